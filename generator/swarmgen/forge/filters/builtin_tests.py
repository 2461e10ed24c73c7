"""minijinja's tests."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup

from swarmgen.forge.filters.builtin_arguments import all_positional
from swarmgen.forge.kinds import TemplateFailure, integer_or_none, iterate, kind, string
from swarmgen.forge.operators import contains, less
from swarmgen.forge.printing import argument
from swarmgen.forge.undefined import is_undefined


def _is_kind(name: str) -> Callable[[Any], bool]:
    def test(value: Any, /) -> bool:
        return kind(value) == name

    return test


def _is_integer(value: Any, /) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _odd(value: Any, /) -> bool:
    found = integer_or_none(value)
    return found is not None and found % 2 != 0


def _even(value: Any, /) -> bool:
    found = integer_or_none(value)
    return found is not None and found % 2 == 0


def _divisible(value: Any, other: Any, /) -> bool:
    if not (isinstance(value, (int, float)) and isinstance(other, (int, float))):
        return False
    if isinstance(value, float) or isinstance(other, float):
        return bool(other) and math.isfinite(value) and math.fmod(value, other) == 0
    if not other:
        raise TemplateFailure("cannot divide by zero")
    return value % other == 0


def _iterable(value: Any, /) -> bool:
    try:
        iterate(value)
    except TemplateFailure:
        return False
    return True


def _in(value: Any, container: Any, /) -> bool:
    try:
        return contains(value, container)
    except TemplateFailure:
        return False


def _same(value: Any, other: Any, /) -> bool:
    """The same list or map, or equal values of one kind, integers not equal to floats."""
    objects = ("sequence", "map", "iterator", "plain object")
    if kind(value) in objects or kind(other) in objects:
        return value is other
    return (
        kind(value) == kind(other)
        and isinstance(value, float) == isinstance(other, float)
        and bool(value == other)
    )


@pass_context
def _filter(state: Any, name: Any, /) -> bool:
    return string(name) in state.environment.filters


@pass_context
def _test(state: Any, name: Any, /) -> bool:
    return string(name) in state.environment.tests


TESTS: dict[str, Callable[..., Any]] = all_positional(
    {
        "undefined": lambda value, /: is_undefined(value),
        "defined": lambda value, /: not is_undefined(value),
        "none": _is_kind("none"),
        "safe": lambda value, /: isinstance(value, Markup),
        "escaped": lambda value, /: isinstance(value, Markup),
        "boolean": _is_kind("bool"),
        "odd": _odd,
        "even": _even,
        "divisibleby": _divisible,
        "number": _is_kind("number"),
        "integer": _is_integer,
        "int": _is_integer,
        "float": lambda value, /: isinstance(value, float),
        "string": _is_kind("string"),
        "sequence": _is_kind("sequence"),
        "iterable": _iterable,
        "mapping": _is_kind("map"),
        "startingwith": lambda value, other, /: argument(value).startswith(
            argument(other)
        ),
        "endingwith": lambda value, other, /: argument(value).endswith(argument(other)),
        "lower": lambda value, /: all(map(str.islower, string(value))),
        "upper": lambda value, /: all(map(str.isupper, string(value))),
        "sameas": _same,
        "eq": lambda value, other, /: value == other,
        "equalto": lambda value, other, /: value == other,
        "==": lambda value, other, /: value == other,
        "ne": lambda value, other, /: value != other,
        "!=": lambda value, other, /: value != other,
        "lt": lambda value, other, /: less(value, other),
        "lessthan": lambda value, other, /: less(value, other),
        "<": lambda value, other, /: less(value, other),
        "le": lambda value, other, /: not less(other, value),
        "<=": lambda value, other, /: not less(other, value),
        "gt": lambda value, other, /: less(other, value),
        "greaterthan": lambda value, other, /: less(other, value),
        ">": lambda value, other, /: less(other, value),
        "ge": lambda value, other, /: not less(value, other),
        ">=": lambda value, other, /: not less(value, other),
        "in": _in,
        "true": lambda value, /: value is True,
        "false": lambda value, /: value is False,
        "filter": _filter,
        "test": _test,
    }
)
