"""A resolved registry as version 2 of the template schema (``registry``, ``refinements``)."""

from __future__ import annotations

import json
from typing import Any

from swarmgen.problems import Problem
from swarmgen.registry.context import Finisher
from swarmgen.registry.dependencies import Dependency
from swarmgen.registry.loader import Fatal
from swarmgen.registry.model import (
    Attribute,
    Group,
    Provenance,
    Registry,
    entity_type,
    signal_id,
)
from swarmgen.registry.places import Locator
from swarmgen.registry.published import Published
from swarmgen.registry.schema_url import SchemaUrl

SECTIONS = {
    "metrics": "metric",
    "spans": "span",
    "events": "event",
    "entities": "entity",
}
_OWN_KEY = {"metrics": "name", "spans": "type", "events": "name", "entities": "type"}


def context_v2(
    registry: Dependency, resolved: dict[SchemaUrl, Dependency], locator: Locator
) -> dict[str, Any]:
    """What templates see with ``--v2``; ``resolved`` holds the dependencies.

    Raises loader.Fatal for what version 2 cannot express, such as an event without name.
    """
    context: dict[str, Any] = Finisher()(_context(registry, resolved, locator))
    return context


def _context(
    registry: Dependency, resolved: dict[SchemaUrl, Dependency], locator: Locator
) -> dict[str, Any]:
    converter = (
        _Converter(registry, locator)
        if isinstance(registry, Registry)
        else _Reader(registry, locator)
    )
    context = converter.context()
    dependencies = []
    for url in registry.dependencies:
        if url not in resolved:
            raise Fatal([_not_resolved(url)])
        dependencies.append(_context(resolved[url], resolved, locator))
    if dependencies:
        context["dependencies"] = dependencies
    return context


def _not_resolved(url: SchemaUrl) -> Problem:
    return Problem(
        "UnsupportedRegistrySource",
        f"the registry `{url}` would have to be fetched",
        hint="archives, git repositories and URLs come with a later version",
    )


def _sorted(
    signals: dict[str, list[dict[str, Any]]], key: dict[str, str] | str
) -> dict[str, list[dict[str, Any]]]:
    def order(section: str) -> str:
        return key if isinstance(key, str) else key[section]

    return {
        name: sorted(items, key=lambda i: str(i[order(name)]))
        for name, items in signals.items()
    }


def _without_empty(thing: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing, but with an empty brief, which is always there."""
    empty: tuple[Any, ...] = (None, "", [], {})
    return {
        k: v
        for k, v in thing.items()
        if k == "brief" or not any(v == e and type(v) is type(e) for e in empty)
    }


class _Converter:
    """Makes version 2 of a registry that was resolved here."""

    def __init__(self, registry: Registry, locator: Locator) -> None:
        self._registry = registry
        self._locator = locator
        self._groups = {group.id: group for group in reversed(registry.groups)}
        self._definers = _definers(registry)
        self._attributes: dict[int, dict[str, Any]] = {}
        self._entities: dict[str, SchemaUrl | None] = {}

    def context(self) -> dict[str, Any]:
        base: dict[str, list[dict[str, Any]]] = {section: [] for section in SECTIONS}
        refined: dict[str, list[dict[str, Any]]] = {section: [] for section in SECTIONS}
        for section, kind in (("entities", "entity"), *SECTIONS.items()):
            if section == "entities" and refined["entities"]:
                continue
            for group in self._registry.groups:
                if group.type == kind:
                    self._convert(group, section, base[section], refined[section])
        registry: dict[str, Any] = _sorted(base, _OWN_KEY)
        registry["attributes"] = self._defined()
        registry["attribute_groups"] = [
            self._attribute_group(group)
            for group in self._registry.groups
            if group.type == "attribute_group" and group.visibility == "public"
        ]
        return {
            "schema_url": str(self._registry.schema_url),
            "registry": registry,
            "refinements": _sorted(refined, "id"),
        }

    def _convert(
        self,
        group: Group,
        section: str,
        base: list[dict[str, Any]],
        refined: list[dict[str, Any]],
    ) -> None:
        signal = self._signal(group)
        if group.is_refinement:
            id = group.id.removeprefix(f"{group.type}.")
        else:
            base.append(signal)
            id = str(signal[_OWN_KEY[section]])
        refined.append({**signal, "id": id})
        if group.type == "entity":
            provenance = self._provenance(group)
            self._entities[id] = provenance.get("source")

    def _signal(self, group: Group) -> dict[str, Any]:
        signal = {**self._common(group), "requirement_level": group.requirement_level}
        if group.type == "entity":
            return _without_empty({**signal, **self._entity(group)})
        signal["attributes"] = [self._reference(group, a) for a in group.attributes]
        signal["entity_associations"] = self._associations(
            group, group.entity_associations
        )
        if group.type == "span":
            return self._span(group, signal)
        if group.type == "event":
            if group.name is None:
                raise Fatal([self._nameless(group)])
            return {**_without_empty(signal), "name": group.name}
        if group.metric_name is None or group.instrument is None or group.unit is None:
            raise Fatal([self._incomplete(group)])
        named = {
            "name": group.metric_name,
            "instrument": group.instrument,
            "unit": group.unit,
        }
        return {**_without_empty(signal), **named}

    def _span(self, group: Group, signal: dict[str, Any]) -> dict[str, Any]:
        lineage = group.lineage
        of = lineage.extends_group if group.is_refinement and lineage else group.id
        note = (
            {"note": group.name or ""} if group.span_name is None else group.span_name
        )
        own = {
            "type": (of or "").removeprefix("span."),
            "kind": group.span_kind or "internal",
            "name": note,
        }
        return {**_without_empty(signal), **own}

    def _entity(self, group: Group) -> dict[str, Any]:
        lists: dict[str, list[Any]] = {"identity": [], "description": []}
        for attribute in group.attributes:
            key = (
                "identity" if attribute.get("role") == "identifying" else "description"
            )
            lists[key].append(self._reference(group, attribute))
        lineage = group.lineage
        extended = lineage.extends_group if group.is_refinement and lineage else None
        if extended is None:
            return {**lists, "type": entity_type(group)}
        parent = self._groups.get(extended)
        own = entity_type(parent) if parent else extended.removeprefix("entity.")
        return {**lists, "type": own}

    def _nameless(self, group: Group) -> Problem:
        return Problem(
            "EventNameNotFound",
            f"the event `{group.id}` has no name, which version 2 of the schema needs",
            location=self._locator.at(group.place),
            hint="add `name:`",
            fields={"group_id": group.id},
            within=("ResolvedSchema",),
        )

    def _incomplete(self, group: Group) -> Problem:
        return Problem(
            "InvalidMetric",
            f"the metric `{group.id}` lacks its name, instrument or unit",
            location=self._locator.at(group.place),
            fields={"group_id": group.id},
            within=("ResolvedSchema",),
        )

    def _common(self, group: Group) -> dict[str, Any]:
        return {
            "brief": group.brief,
            "note": group.note,
            "stability": group.stability or "development",
            "deprecated": group.deprecated,
            "annotations": group.annotations,
            "provenance": self._provenance(group),
        }

    def _provenance(self, group: Group) -> dict[str, Any]:
        return self._provenance_json(group.provenance)

    def _provenance_json(self, provenance: Provenance | None) -> dict[str, Any]:
        if provenance is None:
            return {}
        known: dict[str, Any] = {}
        if provenance.schema_url in self._registry.dependencies:
            known["source"] = str(provenance.schema_url)
        if provenance.path:
            known["path"] = provenance.path
        return known

    def _attribute(self, attribute: Attribute) -> dict[str, Any]:
        """The attribute as the catalog has it: without what a reference decides."""
        known = self._attributes.get(id(attribute))
        if known is None:
            known = {
                "key": attribute["name"],
                "type": attribute["type"],
                "brief": attribute["brief"],
                "note": attribute["note"],
                "stability": attribute.get("stability") or "development",
                "deprecated": attribute.get("deprecated"),
                "annotations": attribute.get("annotations"),
                "provenance": self._attribute_provenance(attribute["name"]),
            }
            known = _without_empty(known)
            if attribute.get("examples") is not None:
                known["examples"] = attribute["examples"]
            self._attributes[id(attribute)] = known
        return known

    def _attribute_provenance(self, name: str) -> dict[str, Any]:
        definer = self._definers.get(name)
        if definer:
            return self._provenance(definer)
        root = self._registry.roots.get(name)
        if root is None:
            return {}
        group = self._groups.get(root.source_group)
        if group:
            return self._provenance(group)
        if root.group_id is None and root.source:
            for url in self._registry.dependencies:
                if url.name == root.source.name:
                    return {"source": str(url)}
        return {}

    def _reference(self, group: Group, attribute: Attribute) -> dict[str, Any]:
        known = {
            **self._attribute(attribute),
            "requirement_level": attribute["requirement_level"],
        }
        if group.type == "span" and attribute.get("sampling_relevant") is not None:
            known["sampling_relevant"] = attribute["sampling_relevant"]
        return known

    def _associations(self, group: Group, associations: list[Any]) -> list[Any]:
        converted: list[Any] = []
        for association in associations:
            if isinstance(association, str):
                converted.append(self._entity_reference(group, association))
            else:
                ((key, branch),) = [
                    (k, v) for k, v in association.items() if k in ("one_of", "all_of")
                ][:1]
                converted.append({key: self._associations(group, branch)})
        return converted

    def _entity_reference(self, group: Group, name: str) -> dict[str, Any]:
        origin = self._registry.association_origins.get(group.id, {}).get(name)
        if origin is None or origin not in self._registry.dependencies:
            return {"type": name}
        if name in self._entities and self._entities[name] == str(origin):
            return {"type": name}
        return {"type": name, "provenance": {"source": str(origin)}}

    def _attribute_group(self, group: Group) -> dict[str, Any]:
        return {
            **_without_empty(self._common(group)),
            "id": signal_id(group),
            "attributes": [self._reference(group, a) for a in group.attributes],
        }

    def _defined(self) -> list[dict[str, Any]]:
        """Every attribute that some group has of its own: without a lineage entry."""
        found: dict[str, dict[str, Any]] = {}
        for group in self._registry.groups:
            traces = group.lineage.attributes if group.lineage else {}
            for attribute in group.attributes:
                if attribute["name"] not in traces:
                    known = self._attribute(attribute)
                    found.setdefault(json.dumps(known, sort_keys=True), known)
        return sorted(found.values(), key=lambda attribute: str(attribute["key"]))


def _definers(registry: Registry) -> dict[str, Group]:
    """The first group, by attribute name, whose lineage names itself as the source."""
    definers: dict[str, Group] = {}
    for group in registry.groups:
        if group.lineage:
            for name, trace in group.lineage.attributes.items():
                if trace.source_group == group.id:
                    definers.setdefault(name, group)
    return definers


class _Reader:
    """Makes version 2 of a published registry: indices become what they stand for."""

    def __init__(self, published: Published, locator: Locator) -> None:
        self._published = published
        self._locator = locator

    def context(self) -> dict[str, Any]:
        source = self._published
        base = {
            name: [self._signal(s) for s in source.registry[name]] for name in SECTIONS
        }
        refined = {
            name: [self._signal(s) for s in source.refinements.get(name, [])]
            for name in SECTIONS
        }
        registry: dict[str, Any] = _sorted(base, _OWN_KEY)
        attributes = [self._attribute(i) for i in source.registry["attributes"]]
        registry["attributes"] = sorted(attributes, key=lambda a: str(a["key"]))
        groups = source.registry["attribute_groups"]
        registry["attribute_groups"] = [
            self._signal(g, keep="attributes") for g in groups
        ]
        return {
            "schema_url": str(source.schema_url),
            "registry": registry,
            "refinements": _sorted(refined, "id"),
        }

    def _signal(self, raw: dict[str, Any], keep: str = "") -> dict[str, Any]:
        signal = {**raw, "provenance": self._provenance(raw)}
        for key in ("attributes", "identity", "description"):
            if key in raw:
                signal[key] = [self._reference(item) for item in raw[key]]
        if raw.get("entity_associations"):
            signal["entity_associations"] = [
                self._association(item) for item in raw["entity_associations"]
            ]
        kept: dict[str, Any] = {keep: signal.get(keep, [])} if keep else {}
        fixed: dict[str, Any] = {
            key: raw[key] for key in ("unit", "id", "name", "type") if key in raw
        }
        return {**_without_empty(signal), **kept, **fixed}

    def _association(self, item: dict[str, Any]) -> dict[str, Any]:
        if "type" not in item:
            return {
                k: [self._association(i) for i in branch] for k, branch in item.items()
            }
        provenance = self._provenance(item)
        return {
            "type": item["type"],
            **({"provenance": provenance} if provenance else {}),
        }

    def _provenance(self, raw: dict[str, Any]) -> dict[str, Any]:
        foreign = self._published.foreign_source(raw)
        return {"source": str(foreign)} if foreign else {}

    def _attribute(self, index: int) -> dict[str, Any]:
        if index >= len(self._published.catalog):
            raise Fatal([self._bad_index(index)])
        raw = self._published.catalog[index]
        known = _without_empty({**raw, "provenance": self._provenance(raw)})
        return {**known, "examples": raw["examples"]} if "examples" in raw else known

    def _reference(self, item: dict[str, Any]) -> dict[str, Any]:
        known = {
            **self._attribute(item["base"]),
            "requirement_level": item["requirement_level"],
        }
        if item.get("sampling_relevant") is not None:
            known["sampling_relevant"] = item["sampling_relevant"]
        return known

    def _bad_index(self, index: int) -> Problem:
        return Problem(
            "AttributeNotFound",
            f"the published registry has no attribute with the index {index}",
            fields={"attr_ref": index},
            within=("Forge",),
        )
