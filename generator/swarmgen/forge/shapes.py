"""Checking a parsed YAML value against the shape that a reader expects.

A shape is a type (``str``, ``bool``, ``int``), ``Any``, ``Choice``, ``ListOf``,
``MapOf`` or ``Fields``. As in Weaver, null stands for an absent optional value and
keys without a meaning pass in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Keys = tuple[str | int, ...]
Mismatch = tuple[Keys, str]
"""The keys that lead to a wrong value, and what is wrong with it."""

_NAMES = {str: "a string", bool: "true or false", int: "a whole number, 0 or more"}


@dataclass(frozen=True)
class Choice:
    """One of several words."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class ListOf:
    """A list whose items have one shape."""

    item: Any


@dataclass(frozen=True)
class MapOf:
    """A map with any texts as keys, whose values have one shape."""

    value: Any


@dataclass(frozen=True)
class Fields:
    """A map with known keys; ``required`` names those that must be there."""

    shapes: Mapping[str, Any]
    required: tuple[str, ...] = ()


def mismatches(value: Any, shape: Any, at: Keys = ()) -> Iterator[Mismatch]:
    """Everything in ``value`` that is not as ``shape`` wants it."""
    if shape is Any:
        return
    if isinstance(shape, Fields):
        yield from _in_fields(value, shape, at)
    elif isinstance(shape, MapOf):
        yield from _in_map(value, shape, at)
    elif isinstance(shape, ListOf):
        yield from _in_list(value, shape, at)
    elif isinstance(shape, Choice):
        if value not in shape.words:
            yield at, f"expected one of {', '.join(shape.words)}, got {value!r}"
    elif not isinstance(value, shape) or (
        shape is int and (isinstance(value, bool) or value < 0)
    ):
        yield at, f"expected {_NAMES[shape]}, got {value!r}"


def _in_fields(value: Any, shape: Fields, at: Keys) -> Iterator[Mismatch]:
    if not isinstance(value, dict):
        yield at, f"expected a map, got {value!r}"
        return
    for name in shape.required:
        if value.get(name) is None:
            yield at, f"missing key `{name}`"
    for name, inner in shape.shapes.items():
        if value.get(name) is not None:
            yield from mismatches(value[name], inner, (*at, name))


def _in_map(value: Any, shape: MapOf, at: Keys) -> Iterator[Mismatch]:
    if not isinstance(value, dict):
        yield at, f"expected a map, got {value!r}"
        return
    for key, item in value.items():
        if isinstance(key, str):
            yield from mismatches(item, shape.value, (*at, key))
        else:
            yield at, f"expected a string as key, got {key!r}"


def _in_list(value: Any, shape: ListOf, at: Keys) -> Iterator[Mismatch]:
    if not isinstance(value, list):
        yield at, f"expected a list, got {value!r}"
        return
    for index, item in enumerate(value):
        yield from mismatches(item, shape.item, (*at, index))
