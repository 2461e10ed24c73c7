"""Filters and functions for texts and collections that Weaver adds to the language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from swarmgen.forge.errors import FilterError
from swarmgen.forge.filters.values import (
    UNDEFINED,
    is_undefined,
    items_of,
    text,
    text_of,
)
from swarmgen.forge.kinds import item
from swarmgen.forge.rust_regex import RegexError, replace_all

_ESCAPES = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&'"})


def flatten(value: Any, /) -> list[Any]:
    """The items of the items: one level less."""
    return [each for part in items_of(value) for each in items_of(part)]


def numsort(value: Any, /) -> list[list[Any]]:
    """``[key, value]`` of a map, keys that are whole numbers first, by number."""
    pairs = [[key, item(value, key)] for key in items_of(value)]
    return sorted(pairs, key=lambda pair: _number_first(pair[0]))


def _number_first(key: Any) -> tuple[bool, int, str]:
    is_float = isinstance(key, float) and key.is_integer()
    if isinstance(key, int) or is_float:
        return False, int(key), ""
    if isinstance(key, str) and re.fullmatch(r"[+-]?[0-9]+", key, re.ASCII):
        number = int(key)
        if -(2**63) <= number < 2**63:
            return False, number, ""
    return True, 0, text_of(key)


def split_id(value: Any, /) -> list[str]:
    """The parts of an id, between its dots."""
    return text(value).split(".")


def regex_replace(value: Any, pattern: Any, replacement: Any, /) -> str:
    """The text with every match of a regular expression replaced.

    ``$1`` and ``${name}`` in the replacement stand for groups, ``$$`` for a dollar sign.
    """
    try:
        return replace_all(text_of(value), text_of(pattern), text_of(replacement))
    except RegexError as error:
        raise FilterError(f"invalid regular expression: {error}") from error


def toyaml(value: Any, /) -> str:
    """The value as a YAML document, with ``< > & '`` written as ``\\u003c`` …"""
    from swarmgen.forge.yaml_output import to_yaml

    return to_yaml(value).translate(_ESCAPES)


def concat_if(*values: Any) -> Any:
    """The texts of all values, one after another; undefined if one of them is."""
    if any(is_undefined(value) for value in values):
        return UNDEFINED
    return "".join(map(text_of, values))


def comment_with_prefix(value: Any, prefix: Any, /) -> str:
    """The text with a prefix before each line."""
    lines = split_lines(text_of(value))
    result = ""
    for line in lines:
        result += ("\n" if result else "") + text(prefix, "prefix") + line
    return result


def split_lines(value: str) -> list[str]:
    """The lines of a text; its last line break ends a line and begins none."""
    *lines, rest = value.split("\n")
    return [line.removesuffix("\r") for line in lines] + ([rest] if rest else [])


def acronym_filter(acronyms: Sequence[str]) -> Callable[..., str]:
    """The filter ``acronym``: spells words as the configuration's ``acronyms`` do."""
    known = {acronym.lower(): acronym for acronym in acronyms}

    def acronym(value: Any, /) -> str:
        parts = re.findall(r"\s+|\w+|[^\w\s]+", text(value))
        return "".join(known.get(part.lower(), part) for part in parts)

    return acronym


def map_text_filter(maps: Mapping[str, Mapping[str, str]]) -> Callable[..., Any]:
    """The filter ``map_text``: looks a text up in one of the ``text_maps``."""

    def map_text(value: Any, name: Any, default: Any = None, /) -> Any:
        mapping = maps.get(text(name, "the name of the map"), {})
        absent = default is None or is_undefined(default)
        fallback = value if absent else text(default, "the default")
        return mapping.get(value, fallback) if isinstance(value, str) else fallback

    return map_text


def type_mapping_filter(mapping: Mapping[str, str]) -> Callable[..., Any]:
    """The filter ``type_mapping``: looks a type up in ``type_mapping``."""

    def type_mapping(value: Any, /) -> Any:
        return mapping.get(value, value) if isinstance(value, str) else value

    return type_mapping


FILTERS: dict[str, Callable[..., Any]] = {
    "comment_with_prefix": comment_with_prefix,
    "flatten": flatten,
    "numsort": numsort,
    "regex_replace": regex_replace,
    "split_id": split_id,
    "toyaml": toyaml,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {"concat_if": concat_if}
