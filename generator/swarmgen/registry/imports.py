"""``imports``: signals and attribute groups that come from the dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from swarmgen.problems import Problem, Severity
from swarmgen.registry.dependencies import (
    Dependency,
    Versions,
    attribute_from_published,
    import_keys,
    lookup_entity,
    references,
    source_of_attribute,
)
from swarmgen.registry.globs import compile_glob
from swarmgen.registry.inheritance import excluded_problem
from swarmgen.registry.loader import SIGNALS, Fatal, Imports
from swarmgen.registry.model import (
    Attribute,
    Group,
    Lineage,
    Place,
    Provenance,
    Registry,
    entity_names,
    is_excluded,
)
from swarmgen.registry.places import Locator
from swarmgen.registry.published import Published
from swarmgen.registry.references import References
from swarmgen.registry.schema_url import SchemaUrl, VersionConflict

FIELDS = {
    "metric": "metrics",
    "metric_group": "metrics",
    "event": "events",
    "span": "spans",
    "entity": "entities",
    "attribute_group": "attribute_groups",
}
_PREFIXES = ("metric.", "event.", "entity.", "span.", "attribute_group.", "registry.")
_PUBLISHED = (
    *(("metrics", "metric"), ("events", "event"), ("entities", "entity")),
    *(("spans", "span"), ("attribute_groups", "attribute_group")),
)


@dataclass
class Imported:
    """A group of a dependency, with where the entities it is associated with come from."""

    group: Group
    schema_url: SchemaUrl
    origins: dict[str, SchemaUrl] = field(default_factory=dict)

    @property
    def origin(self) -> SchemaUrl:
        provenance = self.group.provenance
        return provenance.schema_url if provenance else self.schema_url


@dataclass
class Importer:
    """Finds what the imports of a registry match in its dependencies."""

    imports: Sequence[Imports]
    dependencies: Sequence[Dependency]
    attributes: References
    versions: Versions
    locator: Locator
    _hidden: list[Problem] = field(default_factory=list)

    def run(self) -> list[Imported]:
        """Every imported group once. Raises Fatal, with what is imported though private."""
        kept: list[Imported] = []
        if not self.imports:
            return kept
        buckets: dict[tuple[str, str], list[Imported]] = {}
        try:
            for dependency in self.dependencies:
                found = (
                    self._from_registry(dependency)
                    if isinstance(dependency, Registry)
                    else self._from_published(dependency)
                )
                if self._hidden:
                    raise Fatal(self._hidden)
                for imported in found:
                    key = (str(imported.origin), imported.group.type)
                    bucket = buckets.setdefault(key, [])
                    if not any(
                        _is_same(imported.group, other.group) for other in bucket
                    ):
                        bucket.append(imported)
                        kept.append(imported)
        except VersionConflict as conflict:
            raise Fatal([conflict.problem]) from None
        return kept

    def unmatched(self, found: Sequence[Imported]) -> Iterator[Problem]:
        """A warning for each pattern that matches nothing."""
        keys: dict[str, set[str]] = {}
        for imported in found:
            signal = FIELDS.get(imported.group.type, "")
            keys.setdefault(signal, set()).update(import_keys(imported.group))
        for signal in SIGNALS:
            for imports in self.imports:
                for index, pattern in enumerate(imports.patterns[signal]):
                    matches = compile_glob(pattern).match
                    if not imports.implicit and not any(
                        map(matches, keys.get(signal, ()))
                    ):
                        place = (
                            imports.place / signal / index if imports.place else None
                        )
                        yield self._unmatched(pattern, signal, place)

    def _unmatched(self, pattern: str, signal: str, place: Place | None) -> Problem:
        return Problem(
            "UnmatchedImport",
            f"the import `{pattern}` under `{signal}` matches nothing in any dependency",
            Severity.WARNING,
            self.locator.at(place),
            "check the spelling, and that a dependency has it: imports are not transitive",
            {"pattern": pattern, "signal": signal},
        )

    def _matches(self, signal: str, keys: list[str], explicit: bool) -> bool:
        for imports in self.imports:
            if explicit and imports.implicit:
                continue
            for pattern in imports.patterns[signal]:
                if any(map(compile_glob(pattern).match, keys)):
                    return True
        return False

    def _wanted(
        self,
        signal: str,
        keys: list[str],
        id: str,
        kind: str,
        annotations: dict[str, Any] | None,
    ) -> bool:
        if not self._matches(signal, keys, explicit=False):
            return False
        if not is_excluded(annotations):
            return True
        if self._matches(signal, keys, explicit=True):
            self._hidden.append(
                excluded_problem(id, kind, "imports", self.locator, None)
            )
        return False

    def _from_registry(self, registry: Registry) -> list[Imported]:
        found = []
        for group in registry.groups:
            signal, keys = FIELDS.get(group.type), import_keys(group)
            if signal is None:
                continue
            if not self._wanted(signal, keys, group.id, group.type, group.annotations):
                continue
            taken = self._newer(group, registry.schema_url)
            if taken is None:
                taken = self._take(group, registry)
            url = (
                self.versions.quiet_upgrade_of(registry.schema_url)
                or registry.schema_url
            )
            found.append(Imported(taken, url, _origins(registry, taken)))
        return found

    def _take(self, group: Group, registry: Registry) -> Group:
        attributes = [
            self.attributes.keep(a, source_of_attribute(registry, a["name"]))
            for a in group.attributes
        ]
        return replace(group, attributes=attributes, specs=[])

    def _newer(self, group: Group, url: SchemaUrl) -> Group | None:
        """The same group in the chosen version of its registry, if that is another one."""
        origin = group.provenance.schema_url if group.provenance else url
        chosen = self.versions.quiet_upgrade_of(origin)
        registry = self.versions.registry(chosen) if chosen else None
        if chosen is None or not isinstance(registry, Registry):
            return None
        for candidate in registry.groups:
            if _is_same(group, candidate):
                return self._take(candidate, registry)
        return None

    def _from_published(self, published: Published) -> list[Imported]:
        found = []
        for section, kind in _PUBLISHED:
            for signal in published.registry[section]:
                id = _published_id(signal, kind)
                annotations = signal.get("annotations")
                if not self._wanted(section, [id], id, kind, annotations):
                    continue
                group = self._published_group(published, signal, id, kind)
                origins = _published_origins(published, signal)
                group = self._newer(group, published.schema_url) or group
                url = self.versions.quiet_upgrade_of(published.schema_url)
                found.append(Imported(group, url or published.schema_url, origins))
        return found

    def _published_group(
        self, published: Published, signal: dict[str, Any], id: str, kind: str
    ) -> Group:
        source = published.source_of(signal)
        lineage = None if kind == "attribute_group" else Lineage(Provenance(source, ""))
        group = Group(
            id,
            kind,
            signal["brief"],
            Place(published.path),
            note=signal.get("note", ""),
            stability=signal["stability"],
            deprecated=signal.get("deprecated"),
            annotations=signal.get("annotations", {}),
            is_v2=True,
            lineage=lineage,
            attributes=self._published_attributes(published, signal),
        )
        if kind in ("event", "entity", "span"):
            group.name = id
        if kind == "metric":
            group.metric_name, group.unit = id, signal["unit"]
            group.instrument = signal["instrument"]
        elif kind == "span":
            group.span_kind, group.span_name = signal["kind"], signal["name"]
        if kind in ("metric", "event", "span"):
            associations = signal.get("entity_associations") or []
            group.entity_associations = [_named(item) for item in associations]
        return group

    def _published_attributes(
        self, published: Published, signal: dict[str, Any]
    ) -> list[Attribute]:
        attributes = []
        for item, role in references(signal):
            if item["base"] >= len(published.catalog):
                raise Fatal([_bad_index(published, item["base"])])
            raw = published.catalog[item["base"]]
            level, relevant = item["requirement_level"], item.get("sampling_relevant")
            attribute = attribute_from_published(raw, level, relevant, role)
            attributes.append(self.attributes.keep(attribute, published.source_of(raw)))
        return attributes


def _bad_index(published: Published, index: int) -> Problem:
    name = published.schema_url.name
    return Problem(
        "InvalidRegistryAttributeRef",
        f"the published registry {name} has no attribute with the index {index}",
        fields={"registry_name": name, "attribute_ref": index},
        within=("Resolver",),
    )


def _is_same(group: Group, other: Group) -> bool:
    if group.type != other.type:
        return False
    for key in ("metric_name", "name"):
        mine, theirs = getattr(group, key), getattr(other, key)
        if mine is not None or theirs is not None:
            return bool(mine == theirs)
    return _bare(group.id) == _bare(other.id)


def _bare(id: str) -> str:
    for prefix in _PREFIXES:
        if id.startswith(prefix):
            return id.removeprefix(prefix)
    return id


def _origins(registry: Registry, group: Group) -> dict[str, SchemaUrl]:
    recorded = registry.association_origins.get(group.id, {})
    origins = {}
    for name in entity_names(group.entity_associations):
        found = lookup_entity(registry, name)
        if name in recorded:
            origins[name] = recorded[name]
        elif found and not found[1]:
            origins[name] = found[0]
    return origins


def _published_id(signal: dict[str, Any], kind: str) -> str:
    key = {"attribute_group": "id", "entity": "type", "span": "type"}.get(kind, "name")
    return str(signal[key])


def _named(association: Any) -> Any:
    """A published association with names instead of references."""
    if "type" in association:
        return association["type"]
    return {
        key: [_named(item) for item in branch] for key, branch in association.items()
    }


def _published_origins(
    published: Published, signal: dict[str, Any]
) -> dict[str, SchemaUrl]:
    origins: dict[str, SchemaUrl] = {}
    pending = list(signal.get("entity_associations") or [])
    while pending:
        association = pending.pop()
        if "type" not in association:
            pending += [item for branch in association.values() for item in branch]
            continue
        name = association["type"]
        foreign = published.foreign_source(association)
        found = lookup_entity(published, name)
        if foreign:
            origins[name] = foreign
        elif found and not found[1]:
            origins[name] = found[0]
    return origins
