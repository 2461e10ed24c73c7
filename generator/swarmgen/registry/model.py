"""What a registry is made of while it is resolved.

Attributes are plain dicts, because "the key is there" is what overriding and lineage
are about. A *spec* is an attribute as a file gives it, with ``ref`` or ``id``; an
*attribute* is complete, with ``name``, in the form of the template schema. Neither is
changed once it is made, so both may be shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from swarmgen.registry.schema_url import SchemaUrl
from swarmgen.registry.yaml_reader import Path

Spec = dict[str, Any]
Attribute = dict[str, Any]
Association = str | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which file of which registry something comes from."""

    schema_url: SchemaUrl
    path: str

    def to_json(self) -> dict[str, str]:
        return {"path": self.path, "schema_url": str(self.schema_url)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the file on disk and the keys that lead to it."""

    file: str
    path: Path = ()

    def __truediv__(self, step: str | int) -> Place:
        return Place(self.file, (*self.path, step))


@dataclass(slots=True)
class Trace:
    """Where the fields of one attribute of a group come from."""

    source_group: str
    inherited: set[str] = field(default_factory=set)
    overridden: set[str] = field(default_factory=set)

    def to_json(self) -> dict[str, Any]:
        known: dict[str, Any] = {"source_group": self.source_group}
        if self.inherited:
            known["inherited_fields"] = sorted(self.inherited)
        if self.overridden:
            known["locally_overridden_fields"] = sorted(self.overridden)
        return known


@dataclass(slots=True)
class Lineage:
    """How a group came to be what it is."""

    provenance: Provenance
    extends_group: str | None = None
    extends_type: str | None = None
    includes: list[str] = field(default_factory=list)
    attributes: dict[str, Trace] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """A v1 group; a v2 signal is resolved as one, too."""

    id: str
    type: str
    brief: str
    place: Place
    note: str = ""
    prefix: str = ""
    extends: str | None = None
    stability: str | None = None
    deprecated: dict[str, Any] | None = None
    specs: list[Spec] = field(default_factory=list)
    span_kind: str | None = None
    events: list[str] = field(default_factory=list)
    metric_name: str | None = None
    instrument: str | None = None
    unit: str | None = None
    name: str | None = None
    display_name: str | None = None
    body: dict[str, Any] | None = None
    annotations: dict[str, Any] | None = None
    entity_associations: list[Association] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    visibility: str | None = None
    is_v2: bool = False
    span_name: dict[str, Any] | None = None
    requirement_level: str | None = None
    lineage: Lineage | None = None
    attributes: list[Attribute] = field(default_factory=list)

    @property
    def is_refinement(self) -> bool:
        """Whether the group extends one of its own type, as refinements do."""
        return self.lineage is not None and self.lineage.extends_type == self.type

    @property
    def is_v2_refinement(self) -> bool:
        """Whether the group comes from a v2 file and extends another one."""
        return (
            self.is_v2
            and self.lineage is not None
            and self.lineage.extends_group is not None
        )

    @property
    def provenance(self) -> Provenance | None:
        return self.lineage.provenance if self.lineage else None

    @property
    def is_excluded(self) -> bool:
        """Whether an annotation keeps the group from registries that depend on this one."""
        return is_excluded(self.annotations)

    @property
    def is_private(self) -> bool:
        """Whether what the group uses may itself be kept from dependents."""
        hidden = self.type == "attribute_group" and self.visibility != "public"
        return hidden or self.is_excluded


@dataclass(frozen=True, slots=True)
class Root:
    """The attribute that a reference to a name starts from."""

    attribute: Attribute
    group_id: str | None  # of the group that defines it, unless a dependency does
    source: SchemaUrl | None
    is_definition: bool = True

    @property
    def source_group(self) -> str:
        """How lineages name the source."""
        return (
            self.group_id or f"v2_dependency.{self.source.name if self.source else ''}"
        )


Origins = dict[str, dict[str, SchemaUrl]]


@dataclass(slots=True)
class Registry:
    """A resolved registry."""

    schema_url: SchemaUrl
    path: str
    groups: list[Group]
    roots: dict[str, Root]
    dependencies: list[SchemaUrl]
    association_origins: Origins  # group id → entity name → registry that defines it


def is_excluded(annotations: dict[str, Any] | None) -> bool:
    """Whether the annotations say ``dependency_resolution: {exclude: true}``."""
    wish = (annotations or {}).get("dependency_resolution")
    return isinstance(wish, dict) and wish.get("exclude") is True


def spec_name(spec: Spec) -> str:
    """The name that a spec defines or refers to."""
    name: str = spec["ref"] if "ref" in spec else spec["id"]
    return name


def entity_names(associations: list[Association]) -> Iterator[str]:
    """Every entity that the associations name, each once, in order."""
    seen: set[str] = set()
    pending = list(reversed(associations))
    while pending:
        association = pending.pop()
        if isinstance(association, dict):
            for branch in association.values():
                pending.extend(reversed(branch))
        elif association not in seen:
            seen.add(association)
            yield association


def signal_id(group: Group) -> str | None:
    """The id of the group in version 2 of the schema; None when it has none there."""
    if group.type in ("span", "attribute_group"):
        return group.id.removeprefix(f"{group.type}.")
    if group.type in ("entity", "event", "metric"):
        if group.is_refinement:
            return group.id.removeprefix(f"{group.type}.")
        if group.type == "metric":
            return group.metric_name
        return entity_type(group) if group.type == "entity" else group.name
    return None


def entity_type(group: Group) -> str:
    """The type of an entity: its name, else what its id says."""
    return group.name if group.name is not None else group.id.removeprefix("entity.")
