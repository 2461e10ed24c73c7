"""minijinja's filters that make numbers and booleans."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from swarmgen.forge.filters.builtin_arguments import all_positional
from swarmgen.forge.kinds import (
    LARGEST_INTEGER,
    TemplateFailure,
    integer,
    iterate,
    kind,
    optional,
)
from swarmgen.forge.kinds import length as known_length
from swarmgen.forge.operators import add
from swarmgen.forge.undefined import is_undefined


def length(value: Any, /) -> int:
    size = known_length(value)
    if size is None:
        raise TemplateFailure(f"cannot calculate length of value of type {kind(value)}")
    return size


def absolute(value: Any, /) -> Any:
    if kind(value) != "number":
        raise TemplateFailure("cannot get absolute value")
    return abs(value)


def as_integer(value: Any, /) -> int:
    if value is None or is_undefined(value):
        return 0
    if isinstance(value, str):
        return _parsed_integer(value)
    if isinstance(value, float):
        return _truncated(value)
    if isinstance(value, int):
        return int(value)
    raise TemplateFailure(f"cannot convert {kind(value)} to integer")


def _parsed_integer(value: str) -> int:
    digits = value.removeprefix("-") if value[:1] == "-" else value.removeprefix("+")
    if digits.isascii() and digits.isdigit() and abs(int(value)) <= LARGEST_INTEGER:
        return int(value)
    return _truncated(_parsed_float(value))


def _truncated(value: float) -> int:
    """Towards zero, and to the nearest 128 bit integer."""
    if math.isnan(value):
        return 0
    largest = LARGEST_INTEGER if value > 0 else -LARGEST_INTEGER - 1
    return int(value) if abs(value) < 2.0**127 else largest


def _parsed_float(value: str) -> float:
    allowed = set("0123456789.+-eEinfINFtyTYaA")
    if not value or set(value) - allowed:
        raise TemplateFailure("invalid float literal")
    try:
        return float(value)
    except ValueError as error:
        raise TemplateFailure("invalid float literal") from error


def as_float(value: Any, /) -> float:
    if value is None or is_undefined(value):
        return 0.0
    if isinstance(value, str):
        return _parsed_float(value)
    if isinstance(value, (int, float)):
        return float(value)
    raise TemplateFailure(f"cannot convert {kind(value)} to float")


def total(value: Any, /) -> Any:
    made: Any = 0
    for entry in iterate(value):
        if is_undefined(entry):
            continue
        if kind(entry) != "number":
            raise TemplateFailure(f"can only sum numbers, got {kind(entry)}")
        made = add(made, entry)
    return made


def rounded(value: Any, precision: Any = None, /) -> Any:
    """Halves go away from zero."""
    places = optional(precision, lambda given: integer(given, -(2**31), 2**31 - 1), 0)
    if kind(value) != "number":
        raise TemplateFailure(f"cannot round value ({kind(value)})")
    if isinstance(value, int):
        return value
    try:
        scale = 10.0**places
    except OverflowError:
        scale = math.inf
    scaled = scale * value
    if not math.isfinite(scaled) or not scale:
        return scaled / scale if scale else math.nan
    whole = math.trunc(scaled)
    if abs(scaled - whole) >= 0.5:
        whole += 1 if scaled > 0 else -1
    return math.copysign(float(whole), scaled) / scale


def as_bool(value: Any, /) -> bool:
    return bool(value)


FILTERS: dict[str, Callable[..., Any]] = all_positional(
    {
        "length": length,
        "count": length,
        "abs": absolute,
        "int": as_integer,
        "float": as_float,
        "sum": total,
        "round": rounded,
        "bool": as_bool,
    }
)
