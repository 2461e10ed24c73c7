"""Template values: their kinds, order, items and conversions, as in minijinja.

Values are Python's None, bool, int, float, str (``Markup``: safe as it is), list and
dict (sorted by key), ``UNDEFINED``, and the classes below.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import Undefined

from swarmgen.forge.errors import FilterError
from swarmgen.forge.undefined import UNDEFINED

LARGEST_INTEGER = 2**127 - 1
_KINDS = (
    "undefined",
    "none",
    "bool",
    "number",
    "string",
    "bytes",
    "sequence",
    "map",
    "iterator",
    "plain object",
)
_RANKS = {name: rank for rank, name in enumerate(_KINDS)}


class TemplateFailure(FilterError):
    """What a template does wrong while it is rendered; ``kind`` as in TemplateError."""

    def __init__(self, message: str, kind: str = "invalid operation") -> None:
        super().__init__(message)
        self.kind = kind


class Lazy(list[Any]):
    """What minijinja makes item by item: a slice, a range, the items of a map."""

    __slots__ = ()


class Unsized(Lazy):
    """Such items of which minijinja does not know the number beforehand."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True


class Broken(Unsized):
    """Items of which one cannot be had, which shows only when they are looked at."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


class Group(list[Any]):
    """A result of ``groupby``: a pair that is also called grouper and list."""

    __slots__ = ()


class Keywords(dict[str, Any]):
    """Keyword arguments, given to a function that knows none as one more value."""

    __slots__ = ()


class Namespace(dict[str, Any]):
    """The only value whose attributes can be set."""

    __slots__ = ()


class Module(dict[str, Any]):
    """What ``import`` binds: the names set by a template, printed as its output."""

    __slots__ = ("output",)

    def __init__(self, names: Mapping[str, Any], output: str) -> None:
        super().__init__(names)
        self.output = output


class Record:
    """A map whose entries are computed: ``loop``, a macro."""

    NAMES: tuple[str, ...] = ()

    def entry(self, name: Any) -> Any:
        """The entry of that name, or ``UNDEFINED``."""
        raise NotImplementedError


def kind(value: Any) -> str:
    """minijinja's word for the kind of a value."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if value is None:
        return "none"
    if isinstance(value, Lazy):
        return "iterator"
    if isinstance(value, (list, tuple)):
        return "sequence"
    if isinstance(value, (dict, Record)):
        return "map"
    return "undefined" if isinstance(value, Undefined) else "plain object"


def iterate(value: Any) -> list[Any]:
    """The items of a value. None and undefined have none, a map gives its keys.

    Raises ``TemplateFailure`` for a value that has no items.
    """
    if isinstance(value, list):
        if isinstance(value, Broken):
            raise TemplateFailure(value.message)
        return value
    if isinstance(value, dict):
        return sorted_keys(value)
    if isinstance(value, (str, tuple)):
        return list(value)
    if value is None or isinstance(value, Undefined):
        return []
    if isinstance(value, Record):
        return list(value.NAMES)
    raise TemplateFailure(f"{kind(value)} is not iterable")


def sorted_keys(value: Mapping[Any, Any]) -> list[Any]:
    """The keys of a map, in order. (For sorted keys that is fast.)"""
    try:
        return sorted(value)
    except TypeError:
        return sorted(value, key=sort_key)


def pairs(value: Any) -> list[tuple[Any, Any]]:
    """The entries of a map in order."""
    if isinstance(value, Record):
        return [(name, value.entry(name)) for name in value.NAMES]
    return [(key, value[key]) for key in sorted_keys(value)]


def length(value: Any) -> int | None:
    """The number of items, or None for a value that has no known number."""
    if isinstance(value, Unsized):
        return None
    if isinstance(value, (str, list, dict, tuple)):
        return len(value)
    return len(value.NAMES) if isinstance(value, Record) else None


def sort_key(value: Any) -> tuple[int, Any]:
    """A key that puts values of all kinds into minijinja's order."""
    name = kind(value)
    rank = _RANKS[name]
    if name == "number":
        return rank, (value != value, value, math.copysign(1, value))
    if name in ("string", "bool"):
        return rank, value
    if name in ("sequence", "iterator"):
        return rank, tuple(map(sort_key, value))
    if name == "map":
        entries = pairs(value)
        return rank, tuple((sort_key(key), sort_key(item)) for key, item in entries)
    return rank, str(value) if name == "plain object" else 0


def attribute(value: Any, name: str) -> Any:
    """``value.name``: an entry of a map, else undefined.

    Raises ``TemplateFailure`` if the value itself is undefined.
    """
    if value.__class__ is dict:
        return value.get(name, UNDEFINED)
    if isinstance(value, dict):
        return value.get(name, UNDEFINED)
    if isinstance(value, Record):
        return value.entry(name)
    if isinstance(value, Group):
        return {"grouper": value[0], "list": value[1]}.get(name, UNDEFINED)
    if isinstance(value, Undefined):
        raise TemplateFailure("undefined value", "undefined value")
    return UNDEFINED


def item(value: Any, key: Any) -> Any:
    """``value[key]``: an entry of a map, an item of a list, a character, or undefined.

    Raises ``TemplateFailure`` if the value itself is undefined.
    """
    if isinstance(value, (list, str, tuple)) and not isinstance(key, str):
        index = integer_or_none(key)
        if index is None or (index < 0 and isinstance(value, Unsized)):
            return UNDEFINED
        try:
            return value[index]
        except IndexError:
            return UNDEFINED
    if isinstance(value, dict) and not isinstance(key, str):
        return _entry(value, key)
    return attribute(value, key if isinstance(key, str) else "")


def _entry(value: dict[Any, Any], key: Any) -> Any:
    """The entry at a key that is no text; ``True`` is another key than ``1``."""
    try:
        found = value.get(key, UNDEFINED)
    except TypeError:
        return UNDEFINED
    if isinstance(key, (bool, int, float)) and found is not UNDEFINED:
        same = [own for own in value if own == key and not isinstance(own, str)]
        return found if kind(same[0]) == kind(key) else UNDEFINED
    return found


def path(value: Any, dotted: str) -> Any:
    """The value at a dotted path; numbers in it are indices."""
    for part in dotted.split("."):
        key: Any = int(part) if part.isascii() and part.isdigit() else part
        value = item(value, key)
    return value


def path_or(value: Any, dotted: str, default: Any) -> Any:
    """The value at a dotted path, or the default if there is none."""
    try:
        found = path(value, dotted)
    except TemplateFailure:
        return default
    return default if isinstance(found, Undefined) else found


def integer_or_none(value: Any) -> int | None:
    """The integer that a boolean, an integer or an integral float stands for."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value) if abs(value) < 2**63 else None
    return None


def integer(value: Any, low: int = -(2**63), high: int = 2**63 - 1) -> int:
    """An integer argument. Raises ``TemplateFailure``."""
    found = integer_or_none(value)
    if found is None or not low <= found <= high:
        raise TemplateFailure(f"cannot convert {kind(value)} to an integer")
    return found


def count(value: Any) -> int:
    """An integer argument that is not negative. Raises ``TemplateFailure``."""
    return integer(value, 0, 2**64 - 1)


def boolean(value: Any) -> bool:
    """A boolean argument. Raises ``TemplateFailure``."""
    if not isinstance(value, bool):
        raise TemplateFailure(f"cannot convert {kind(value)} to bool")
    return value


def number(value: Any) -> float:
    """A number argument. Raises ``TemplateFailure``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TemplateFailure(f"cannot convert {kind(value)} to f64")
    return float(value)


def string(value: Any) -> str:
    """A text argument. Raises ``TemplateFailure`` for anything else."""
    if not isinstance(value, str):
        raise TemplateFailure("value is not a string")
    return value


def optional(value: Any, convert: Callable[[Any], Any], default: Any = None) -> Any:
    """An argument that may be missing, none or undefined; then it is the default."""
    if value is None or isinstance(value, Undefined):
        return default
    return convert(value)


def in_range(value: int, operation: str) -> int:
    """The result of an integer operation. Raises ``TemplateFailure`` on overflow."""
    if not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
        raise TemplateFailure(f"unable to calculate {operation}: too large")
    return value


def make_map(entries: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """A map from entries, sorted. Raises ``TemplateFailure`` for a key that is a list
    or a map: Weaver allows that, but nothing can look it up."""
    try:
        made = dict(entries)
    except TypeError as error:
        raise TemplateFailure("a list or a map cannot be a key of a map") from error
    return {key: made[key] for key in sorted_keys(made)}
