"""Published registries: ``resolved/2.0`` files, which need no resolution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from swarmgen.problems import Location, Problem
from swarmgen.registry.definition_shapes import (
    DEPRECATED_2,
    EXAMPLES,
    FLAG,
    INSTRUMENT,
    LEVEL,
    SIGNAL_LEVEL,
    SPAN_KIND,
    SPAN_NAME,
    STABILITY,
    TEXT,
    TYPE,
)
from swarmgen.registry.definitions import attribute_type, deprecation, examples
from swarmgen.registry.model import Place
from swarmgen.registry.places import Locator
from swarmgen.registry.schema_url import SchemaUrl, parse_schema_url
from swarmgen.registry.shapes import Free, Listed, Mapped, Maybe, Record, Shape, Simple
from swarmgen.registry.yaml_reader import YamlError, read_yaml

SIGNALS = ("metrics", "spans", "events", "entities")


@dataclass(frozen=True)
class Published:
    """A published registry as its file gives it; attributes are indices into ``catalog``."""

    schema_url: SchemaUrl
    path: str
    catalog: list[dict[str, Any]]
    registry: dict[str, list[Any]]
    refinements: dict[str, list[Any]]
    dependencies: list[SchemaUrl] = field(default_factory=list)

    def source_of(self, thing: dict[str, Any]) -> SchemaUrl:
        """The registry that defines an attribute or a signal."""
        return self.foreign_source(thing) or self.schema_url

    def foreign_source(self, thing: dict[str, Any]) -> SchemaUrl | None:
        """The dependency that defines an attribute or a signal, if one does."""
        index = (thing.get("provenance") or {}).get("source")
        if index is None or index >= len(self.dependencies):
            return None
        source: SchemaUrl = self.dependencies[index]
        return source


_INDEX = Simple("an index", frozenset({int}), lambda value: bool(value >= 0))
_PROVENANCE = Record("a provenance", {"source": Maybe(_INDEX)}, open=True)
_COMMON: dict[str, Shape] = {
    "brief": TEXT,
    "note": TEXT,
    "stability": STABILITY,
    "deprecated": DEPRECATED_2,
    "annotations": Mapped(),
    "provenance": _PROVENANCE,
}
_NEEDED = "brief stability"


def _record(name: str, needed: str, fields: dict[str, Shape]) -> Record:
    return Record(name, {**fields, **_COMMON}, frozenset(f"{needed} {_NEEDED}".split()))


_REF = Record(
    "an attribute reference",
    {"base": _INDEX, "requirement_level": LEVEL, "sampling_relevant": Maybe(FLAG)},
    frozenset({"base", "requirement_level"}),
)
_REFS = Listed(_REF, null=True)
_PARTS: dict[str, Shape] = {
    "attributes": _REFS,
    "entity_associations": Listed(Free(), null=True),
    "requirement_level": Maybe(SIGNAL_LEVEL),
}
_SIGNAL_FIELDS: dict[str, tuple[str, str, dict[str, Shape]]] = {
    "metrics": (
        "a metric",
        "name instrument unit",
        {"name": TEXT, "instrument": INSTRUMENT, "unit": TEXT, **_PARTS},
    ),
    "spans": (
        "a span",
        "type kind name",
        {"type": TEXT, "kind": SPAN_KIND, "name": SPAN_NAME, **_PARTS},
    ),
    "events": ("an event", "name", {"name": TEXT, **_PARTS}),
    "entities": (
        "an entity",
        "type identity",
        {
            "type": TEXT,
            "identity": _REFS,
            "description": _REFS,
            "requirement_level": Maybe(SIGNAL_LEVEL),
        },
    ),
}
_GROUP = _record(
    "an attribute group", "id attributes", {"id": TEXT, "attributes": _REFS}
)
_REGISTRY = Record(
    "the registry",
    {
        "attributes": Listed(_INDEX, null=True),
        "attribute_groups": Listed(_GROUP, null=True),
        **{
            key: Listed(_record(*parts), null=True)
            for key, parts in _SIGNAL_FIELDS.items()
        },
    },
    frozenset({"attributes", "attribute_groups", *SIGNALS}),
)
_REFINEMENTS = Record(
    "the refinements",
    {
        key: Listed(_record(name, f"id {needed}", {"id": TEXT, **fields}), null=True)
        for key, (name, needed, fields) in _SIGNAL_FIELDS.items()
    },
    frozenset({"metrics", "spans", "events"}),
)
_ATTRIBUTE = _record(
    "an attribute", "key type", {"key": TEXT, "type": TYPE, "examples": Maybe(EXAMPLES)}
)
SHAPE = Record(
    "the published registry",
    {
        "file_format": TEXT,
        "schema_url": TEXT,
        "attribute_catalog": Listed(_ATTRIBUTE, null=True),
        "registry": _REGISTRY,
        "refinements": _REFINEMENTS,
        "dependencies": Listed(TEXT, null=True),
    },
    frozenset(
        {"file_format", "schema_url", "attribute_catalog", "registry", "refinements"}
    ),
)


def read_published(
    data: bytes | None, file: str, locator: Locator
) -> Published | Problem:
    """The published registry in ``data``, or why there is none; None means no file."""
    if data is None:
        message = f"Invalid Schema path: {file}"
        fields = {"path": file}
        code = "InvalidSchemaPath"
        return Problem(
            code, message, location=Location(file), fields=fields, within=("Resolver",)
        )
    try:
        content = read_yaml(data)
        misfit = next(iter(SHAPE.explain(content, ())), None)
        if misfit:
            return _unreadable(
                misfit.message, locator.at(Place(file, misfit.path)), misfit.hint
            )
        url = parse_schema_url(content["schema_url"])
        dependencies = sorted(
            {parse_schema_url(u) for u in content.get("dependencies") or []}
        )
    except YamlError as error:
        return _unreadable(
            error.message, Location(file, error.line, error.column), error.hint
        )
    except ValueError as error:
        return _unreadable(str(error), locator.at(Place(file, ("schema_url",))), "")
    catalog = [_attribute(item) for item in content["attribute_catalog"] or []]
    registry = {key: _signals(items, key) for key, items in content["registry"].items()}
    refinements = {
        key: _signals(items, key) for key, items in content["refinements"].items()
    }
    return Published(url, file, catalog, registry, refinements, dependencies)


def _unreadable(error: str, location: Location | None, hint: str) -> Problem:
    message = f"Unable to read resolved schema: {error}"
    fields = {"message": message}
    return Problem(
        "ConversionError",
        message,
        location=location,
        hint=hint,
        fields=fields,
        within=("Resolver",),
    )


def _signals(items: list[Any] | None, key: str) -> list[Any]:
    items = items or []
    return items if key == "attributes" else [_common(item) for item in items]


def _attribute(raw: dict[str, Any]) -> dict[str, Any]:
    attribute = {**_common(raw), "type": attribute_type(raw["type"])}
    if raw.get("examples") is not None:
        attribute["examples"] = examples(raw["examples"])
    return attribute


def _common(raw: dict[str, Any]) -> dict[str, Any]:
    """The thing with its stability and deprecation in their normal form, without nulls."""
    thing = {key: value for key, value in raw.items() if value is not None}
    if thing["stability"] == "experimental":
        thing["stability"] = "development"
    if "deprecated" in thing:
        thing["deprecated"] = deprecation(thing["deprecated"])
    return thing
