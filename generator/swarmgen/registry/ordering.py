"""The order of attributes, which is the order that Weaver's catalog gives them."""

from __future__ import annotations

import json
from typing import Any

from swarmgen.registry.definition_shapes import TEMPLATES
from swarmgen.registry.model import Attribute

_PRIMITIVES = (
    *("boolean", "int", "double", "string", "any"),
    *("string[]", "int[]", "double[]", "boolean[]"),
)
_TYPES = {name: rank for rank, name in enumerate((*_PRIMITIVES, *TEMPLATES))}
_STABILITIES = (
    "deprecated",
    "stable",
    "development",
    "alpha",
    "beta",
    "release_candidate",
)
_LEVELS = ("required", "recommended", "opt_in")
_LEVEL_TEXTS = ("conditionally_required", "recommended", "opt_in")

Key = tuple[Any, ...]


def attribute_order(attributes: list[Attribute]) -> list[Attribute]:
    """The attributes by name; those of one name by all their fields, absent before present."""
    names = {attribute["name"] for attribute in attributes}
    if len(names) == len(attributes):
        return sorted(attributes, key=lambda attribute: str(attribute["name"]))
    return sorted(attributes, key=_key)


def _key(attribute: Attribute) -> Key:
    stability = attribute.get("stability")
    return (
        attribute["name"],
        _type(attribute["type"]),
        attribute["brief"],
        _value(attribute.get("examples")),
        _value(attribute.get("tag")),
        _level(attribute["requirement_level"]),
        _value(attribute.get("sampling_relevant")),
        attribute["note"],
        -1 if stability is None else _STABILITIES.index(stability),
        _value(attribute.get("deprecated")),
        bool(attribute.get("prefix")),
        _value(attribute.get("annotations")),
        {"identifying": 1, "descriptive": 2}.get(attribute.get("role", ""), 0),
    )


def _type(type_: Any) -> Key:
    if isinstance(type_, str):
        return (_TYPES[type_], "")
    return (len(_TYPES), json.dumps(type_["members"], sort_keys=True))


def _level(level: Any) -> Key:
    if isinstance(level, str):
        return (0, _LEVELS.index(level), "")
    ((name, text),) = level.items()
    return (1, _LEVEL_TEXTS.index(name), text)


def _value(value: Any) -> str:
    """Absent first; equal kinds by their JSON text, which orders texts and booleans."""
    return "" if value is None else json.dumps(value, sort_keys=True)
