"""Looking things up in the registries that a registry depends on.

A dependency is a registry that was resolved here, or a published one; what is asked of
it is the same: an attribute, a group to extend, an entity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from swarmgen.registry.model import (
    Attribute,
    Group,
    Registry,
    Root,
    Spec,
    is_excluded,
)
from swarmgen.registry.published import Published
from swarmgen.registry.schema_url import (
    SchemaUrl,
    VersionConflict,
    ambiguous_reference,
    newest,
)

Dependency = Registry | Published

_KINDS = (
    ("entities", "entity"),
    ("metrics", "metric"),
    ("events", "event"),
    ("spans", "span"),
)


@dataclass
class Parent:
    """What a group inherits from: a group of this registry or of a dependency."""

    type: str
    fields: dict[str, Any]
    specs: list[Spec]
    is_local: bool


INHERITED = (
    *("brief", "note", "stability", "deprecated", "metric_name", "instrument", "unit"),
    *("requirement_level", "span_kind", "span_name", "annotations"),
)


def parent_of(group: Group, specs: list[Spec], is_local: bool) -> Parent:
    fields = {name: getattr(group, name) for name in INHERITED}
    return Parent(group.type, fields, specs, is_local)


class Versions:
    """Which version of each registry was chosen, and the resolved registry of a URL."""

    def __init__(
        self, dependencies: Sequence[Dependency], resolved: dict[SchemaUrl, Dependency]
    ) -> None:
        self._chosen: dict[str, SchemaUrl] = {}
        self._resolved = resolved
        for dependency in dependencies:
            self._meet(dependency.schema_url)
            for url in dependency.dependencies:
                self._meet(url)

    def _meet(self, url: SchemaUrl) -> None:
        known = self._chosen.get(url.name)
        if known is None:
            self._chosen[url.name] = url
            return
        try:
            self._chosen[url.name] = newest(known, url)
        except VersionConflict:
            return  # was reported, or is harmless, when the registries were loaded

    def upgrade_of(self, url: SchemaUrl) -> SchemaUrl | None:
        """The newer version that is used instead of ``url``; raises VersionConflict."""
        chosen = self._chosen.get(url.name)
        if chosen is None or chosen == url:
            return None
        return chosen if newest(url, chosen) == chosen else None

    def quiet_upgrade_of(self, url: SchemaUrl) -> SchemaUrl | None:
        """As ``upgrade_of``, with None when the versions cannot be compared."""
        try:
            return self.upgrade_of(url)
        except VersionConflict:
            return None

    def registry(self, url: SchemaUrl) -> Dependency | None:
        return self._resolved.get(url)


def winner(name: str, new: Root, old: Root) -> Root:
    """Which of two roots of one attribute name counts. Raises VersionConflict."""
    new_hidden, old_hidden = (
        is_excluded(r.attribute.get("annotations")) for r in (new, old)
    )
    if new_hidden != old_hidden:
        return old if new_hidden else new
    if new.is_definition != old.is_definition:
        return new if new.is_definition else old
    if new.source is None:
        return old
    if old.source is None:
        return new
    try:
        return old if newest(new.source, old.source) == old.source else new
    except VersionConflict:
        problem = ambiguous_reference(name, new.source, old.source)
        raise VersionConflict(problem) from None


def lookup_attribute(dependencies: Sequence[Dependency], name: str) -> Root | None:
    """The attribute of that name in the dependencies. Raises VersionConflict."""
    best: Root | None = None
    for dependency in dependencies:
        found = attribute_of(dependency, name)
        if found is None:
            continue
        if best is None:
            best = found
        elif is_excluded(found.attribute.get("annotations")):
            continue
        elif is_excluded(best.attribute.get("annotations")):
            best = found
        else:
            best = winner(name, found, best)
    return best


def attribute_of(dependency: Dependency, name: str) -> Root | None:
    """The attribute that a dependency itself defines, or passes on."""
    if isinstance(dependency, Published):
        return _published_attribute(dependency, name)
    root = dependency.roots.get(name)
    if root is None or not root.is_definition:
        return None
    return Root(root.attribute, None, source_of_root(dependency, root))


def source_of_root(registry: Registry, root: Root) -> SchemaUrl:
    """The registry that a root attribute of a resolved registry comes from."""
    if root.group_id is None:
        name = root.source.name if root.source else ""
        known = next((url for url in registry.dependencies if url.name == name), None)
        return known or root.source or registry.schema_url
    for group in registry.groups:
        if group.id == root.group_id and group.provenance:
            return group.provenance.schema_url
    return registry.schema_url


def source_of_attribute(registry: Registry, name: str) -> SchemaUrl:
    """The registry that an attribute used in a resolved registry comes from."""
    root = registry.roots.get(name)
    return source_of_root(registry, root) if root else registry.schema_url


def _published_attribute(published: Published, name: str) -> Root | None:
    for index in published.registry["attributes"]:
        raw = published.catalog[index] if index < len(published.catalog) else None
        if raw is not None and raw["key"] == name:
            attribute = attribute_from_published(raw, "required", None, None)
            return Root(attribute, None, published.source_of(raw))
    return None


def attribute_from_published(
    raw: dict[str, Any], level: Any, sampling_relevant: bool | None, role: str | None
) -> Attribute:
    """An entry of a published catalog as an attribute of a group."""
    attribute: Attribute = {
        "name": raw["key"],
        "type": raw["type"],
        "brief": raw["brief"],
        "note": raw.get("note", ""),
        "requirement_level": level,
        "stability": raw["stability"],
        "annotations": raw.get("annotations", {}),
    }
    for key in ("examples", "deprecated"):
        if key in raw:
            attribute[key] = raw[key]
    if sampling_relevant is not None:
        attribute["sampling_relevant"] = sampling_relevant
    if role is not None:
        attribute["role"] = role
    return attribute


def references(signal: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str | None]]:
    """The attribute references of a published signal, with an entity's roles."""
    for item in signal.get("attributes") or []:
        yield item, None
    for item in signal.get("identity") or []:
        yield item, "identifying"
    for item in signal.get("description") or []:
        yield item, "descriptive"


def lookup_parent(dependency: Dependency, id: str) -> Parent | None:
    """The group of a dependency that another one may extend."""
    if isinstance(dependency, Registry):
        group = next((group for group in dependency.groups if group.id == id), None)
        if group is None:
            return None
        specs = [
            as_spec(attribute, source_of_attribute(dependency, attribute["name"]))
            for attribute in group.attributes
        ]
        return parent_of(group, specs, is_local=False)
    for section, kind in _KINDS:
        signal = _published_signal(dependency, section, kind, id)
        if signal is not None:
            return _published_parent(dependency, signal, kind)
    return None


def _published_signal(
    published: Published, section: str, kind: str, id: str
) -> dict[str, Any] | None:
    key = "type" if kind in ("entity", "span") else "name"
    names = [id.removeprefix(f"{kind}."), id] if id.startswith(f"{kind}.") else [id]
    for name in names:
        for signal in published.registry[section]:
            if signal[key] == name:
                return dict(signal)
    return None


def _published_parent(
    published: Published, signal: dict[str, Any], kind: str
) -> Parent:
    fields = dict.fromkeys(INHERITED) | {
        key: signal.get(key)
        for key in ("brief", "stability", "deprecated", "requirement_level")
    }
    fields |= {
        "note": signal.get("note", ""),
        "annotations": signal.get("annotations", {}),
    }
    if kind == "metric":
        fields |= {"metric_name": signal["name"], "instrument": signal["instrument"]}
        fields["unit"] = signal["unit"]
    elif kind == "span":
        fields |= {"span_kind": signal["kind"], "span_name": signal["name"]}
    specs = []
    for item, role in references(signal):
        if item["base"] < len(published.catalog):
            raw = published.catalog[item["base"]]
            level, relevant = item["requirement_level"], item.get("sampling_relevant")
            attribute = attribute_from_published(raw, level, relevant, role)
            specs.append(as_spec(attribute, published.source_of(raw)))
    return Parent(kind, fields, specs, is_local=False)


def as_spec(attribute: Attribute, origin: SchemaUrl) -> Spec:
    """A complete attribute of a dependency as a definition that can be inherited."""
    spec = {k: v for k, v in attribute.items() if k not in ("name", "prefix")}
    spec["id"] = attribute["name"]
    spec["origin"] = origin
    return spec


def import_keys(group: Group) -> list[str]:
    """The names under which a group can be imported, or an entity be associated."""
    id, kind = group.id, group.type
    if group.is_v2:
        if kind in ("scope", "undefined"):
            return []
        prefix = "metric" if kind == "metric_group" else kind
        name = group.metric_name if prefix == "metric" else group.name
        keys = [id]
        if kind != "attribute_group" and name is not None:
            keys.append(name)
        if kind == "attribute_group" and id.startswith("registry."):
            keys.append(id.removeprefix("registry."))
        if id.startswith(f"{prefix}."):
            keys.append(id.removeprefix(f"{prefix}."))
        return keys
    if kind in ("attribute_group", "span"):
        return [id]
    if kind == "entity":
        stripped = [id.removeprefix("entity.")] if id.startswith("entity.") else []
        return list(
            dict.fromkeys([id, *stripped, *([group.name] if group.name else [])])
        )
    name = {"event": group.name, "metric": group.metric_name}.get(kind)
    return [name] if name is not None else []


def lookup_entity(dependency: Dependency, name: str) -> tuple[SchemaUrl, bool] | None:
    """The registry that defines the entity of that name, and whether it is kept private."""
    if isinstance(dependency, Registry):
        for group in dependency.groups:
            if group.type == "entity" and name in import_keys(group):
                provenance = group.provenance
                url = provenance.schema_url if provenance else dependency.schema_url
                return url, group.is_excluded
        return None
    bases = ((e, e["type"]) for e in dependency.registry["entities"])
    refined = ((e, e["id"]) for e in dependency.refinements.get("entities", []))
    for entity, known in (*bases, *refined):
        if known == name:
            return dependency.source_of(entity), is_excluded(entity.get("annotations"))
    return None
