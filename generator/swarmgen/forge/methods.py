"""The methods of Python's texts, lists and maps that templates can call.

What they take and return is as in minijinja-contrib's ``pycompat``; like there, a method
exists only when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jinja2 import Undefined

from swarmgen.forge.formatting import format_braces
from swarmgen.forge.kinds import (
    Lazy,
    Record,
    TemplateFailure,
    boolean,
    integer,
    iterate,
    kind,
    optional,
    pairs,
    string,
)
from swarmgen.forge.printing import text
from swarmgen.forge.texts import WHITESPACE, capitalized, lines, parts, titled

_MISSING = object()


def call(value: Any, name: str, values: Sequence[Any]) -> Any:
    """Call a method. Raises ``TemplateFailure`` if the value has none of that name."""
    known = _METHODS.get(kind(value), {})
    if name in known:
        return known[name](value, *values)
    own = kind(value) == "plain object" and not name.startswith("_")
    method = getattr(value, name, None) if own else None
    if not callable(method):
        message = f"{kind(value)} has no method named {name}"
        raise TemplateFailure(message, "unknown method")
    return method(*values)


def _all(test: Callable[[str], bool]) -> Callable[[str], bool]:
    """A method that tests every character; an empty text passes."""

    def method(value: str, /) -> bool:
        return all(map(test, value))

    return method


def _strip(value: str, characters: Any = None, /) -> str:
    return str(value).strip(optional(characters, string, WHITESPACE))


def _lstrip(value: str, characters: Any = None, /) -> str:
    return str(value).lstrip(optional(characters, string, WHITESPACE))


def _rstrip(value: str, characters: Any = None, /) -> str:
    return str(value).rstrip(optional(characters, string, WHITESPACE))


def _replace(value: str, old: Any, new: Any, times: Any = None, /) -> str:
    many = optional(times, lambda given: integer(given, -(2**31), 2**31 - 1), -1)
    return str(value).replace(string(old), string(new), many)


def _split(value: str, separator: Any = None, times: Any = None, /) -> list[str]:
    return parts(value, optional(separator, string), optional(times, integer))


def _splitlines(value: str, keep_ends: Any = None, /) -> list[str]:
    if optional(keep_ends, boolean, False):
        return [line for line in _with_ends(value) if line]
    return lines(value)


def _with_ends(value: str) -> list[str]:
    found = str(value).split("\n")
    return [f"{line}\n" for line in found[:-1]] + found[-1:]


def _count(value: str, what: Any, /) -> int:
    if not string(what):
        raise TemplateFailure("cannot count empty texts")
    return value.count(what)


def _find(value: str, what: Any, /) -> int:
    """The offset in bytes, as in Rust."""
    return len(value[: value.find(string(what))].encode()) if what in value else -1


def _rfind(value: str, what: Any, /) -> int:
    return len(value[: value.rfind(string(what))].encode()) if what in value else -1


def _affix(name: str, test: Callable[[str, str], bool]) -> Callable[[str, Any], bool]:
    def method(value: str, affix: Any, /) -> bool:
        if isinstance(affix, str):
            return test(value, affix)
        if not isinstance(affix, (list, tuple)):
            raise TemplateFailure(
                f"{name} argument must be string or a tuple of strings,"
                f" not {kind(affix)}"
            )
        return any(test(value, string(one)) for one in affix)

    return method


def _join(value: str, items: Any, /) -> str:
    return value.join(map(text, iterate(items)))


def _keys(value: Any, /) -> Lazy:
    return Lazy(iterate(value))


def _values(value: Any, /) -> Lazy:
    return Lazy(entry for _, entry in pairs(value))


def _items(value: Any, /) -> Lazy:
    return Lazy([key, entry] for key, entry in pairs(value))


def _get(value: Any, key: Any, default: Any = None, /) -> Any:
    found = _found(value, key)
    if found is not _MISSING:
        return found
    return None if isinstance(default, Undefined) else default


def _found(value: Any, key: Any) -> Any:
    if isinstance(value, Record):
        return value.entry(key) if key in value.NAMES else _MISSING
    try:
        return value.get(key, _MISSING)
    except TypeError:
        return _MISSING


def _count_items(value: list[Any], what: Any, /) -> int:
    return sum(1 for entry in value if entry == what)


_METHODS: dict[str, dict[str, Callable[..., Any]]] = {
    "string": {
        "upper": lambda value, /: str(value).upper(),
        "lower": lambda value, /: str(value).lower(),
        "islower": _all(str.islower),
        "isupper": _all(str.isupper),
        "isspace": _all(WHITESPACE.__contains__),
        "isdigit": _all(str.isnumeric),
        "isnumeric": _all(str.isnumeric),
        "isalnum": _all(str.isalnum),
        "isalpha": _all(str.isalpha),
        "isascii": lambda value, /: value.isascii(),
        "strip": _strip,
        "lstrip": _lstrip,
        "rstrip": _rstrip,
        "replace": _replace,
        "title": lambda value, /: titled(value),
        "split": _split,
        "splitlines": _splitlines,
        "capitalize": lambda value, /: capitalized(value),
        "count": _count,
        "find": _find,
        "rfind": _rfind,
        "format": lambda value, /, *values: format_braces(value, values),
        "startswith": _affix("startswith", str.startswith),
        "endswith": _affix("endswith", str.endswith),
        "join": _join,
    },
    "map": {"keys": _keys, "values": _values, "items": _items, "get": _get},
    "sequence": {"count": _count_items},
}
