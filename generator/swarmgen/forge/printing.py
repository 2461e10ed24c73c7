"""How template values print: like Rust's ``Display`` and ``Debug`` of minijinja's."""

from __future__ import annotations

import json
import math
import unicodedata
from decimal import Decimal
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup

from swarmgen.forge.errors import FilterError
from swarmgen.forge.kinds import (
    Keywords,
    Module,
    Record,
    TemplateFailure,
    Unsized,
    kind,
    pairs,
)

_HTML = str.maketrans(
    {
        "<": "&lt;",
        ">": "&gt;",
        "&": "&amp;",
        '"': "&quot;",
        "'": "&#x27;",
        "/": "&#x2f;",
    }
)
_ESCAPES = {
    "\0": "\\0",
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}


def text(value: Any) -> str:
    """The text that a template prints for a value."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Undefined):
        return ""
    if isinstance(value, Module):
        return value.output
    return debug(value)


def argument(value: Any) -> str:
    """The text of a value given to a filter that wants a text.

    Raises ``TemplateFailure`` for keyword arguments.
    """
    if isinstance(value, Keywords):
        raise TemplateFailure("cannot convert kwargs to string")
    return text(value)


def debug(value: Any, indent: str | None = None) -> str:
    """The value as in a list: texts quoted, undefined named.

    With an indent it is spread over lines, four blanks deeper for each level.
    """
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _debug_float(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Undefined):
        return "undefined"
    if isinstance(value, Unsized):
        return "<iterator>"
    if isinstance(value, Module):
        return value.output
    if isinstance(value, (list, tuple)):
        inner = _deeper(indent)
        return _spread("[", [debug(entry, inner) for entry in value], "]", indent)
    if isinstance(value, dict):
        return debug_map(value, indent)
    return str(value)


def debug_map(value: Any, indent: str | None = None) -> str:
    """A map as in a list."""
    inner = _deeper(indent)
    entries = [
        f"{debug(key, inner)}: {debug(entry, inner)}" for key, entry in pairs(value)
    ]
    return _spread("{", entries, "}", indent)


def _deeper(indent: str | None) -> str | None:
    return None if indent is None else indent + "    "


def _spread(start: str, entries: list[str], end: str, indent: str | None) -> str:
    if indent is None or not entries:
        return start + ", ".join(entries) + end
    lines = "".join(f"{indent}    {entry},\n" for entry in entries)
    return f"{start}\n{lines}{indent}{end}"


def quoted(value: str) -> str:
    """A text in quotes, with Rust's escapes."""
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isascii() and character.isprintable():
        return character
    extends = unicodedata.category(character) in ("Mn", "Me")
    if character.isprintable() and not extends:
        return character
    return f"\\u{{{ord(character):x}}}"


def _float(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value}"
    digits = format(Decimal(repr(value)), "f")
    return digits if "." in digits else f"{digits}.0"


def _debug_float(value: float) -> str:
    if value and math.isfinite(value) and not 1e-5 <= abs(value) < 1e16:
        mantissa, _, exponent = f"{Decimal(repr(value)):e}".partition("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").removesuffix(".")
        return f"{mantissa}e{int(exponent)}"
    return _float(value)


def escape_html(value: str) -> str:
    """The text for HTML, with minijinja's six entities."""
    return value.translate(_HTML)


def escaped(value: Any, mode: str) -> str:
    """What a value prints as under an escaping mode: none, html or json."""
    if isinstance(value, Markup):
        return str(value)
    if mode == "json":
        return to_json(value)
    shown = text(value)
    plain = kind(value) in ("undefined", "none", "bool", "number")
    return shown if mode == "none" or plain else escape_html(shown)


def to_json(value: Any, indent: int | None = None) -> str:
    """The value as JSON: compact, or with an indent.

    Raises ``TemplateFailure`` for a map with a key that JSON has no text for.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    try:
        return json.dumps(
            _plain(value),
            ensure_ascii=False,
            indent=None if indent is None else " " * indent,
            separators=separators,
        ).replace("\x7f", "\x7f")
    except RecursionError as error:
        raise FilterError("too deep for JSON") from error


class _JsonFloat(float):
    """A float that JSON prints as Rust's serde_json does."""

    def __repr__(self) -> str:
        return _json_float(float(self))


def _json_float(value: float) -> str:
    if value and not 1e-5 <= abs(value) < 1e16:
        shown = repr(value)
        mantissa, _, exponent = shown.partition("e")
        return f"{mantissa}e{int(exponent):+d}" if exponent else shown
    return _float(value)


def _plain(value: Any) -> Any:
    """The value made of what ``json`` knows."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return _JsonFloat(value) if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, (dict, Record)):
        return {_json_key(key): _plain(entry) for key, entry in pairs(value)}
    if value is None or isinstance(value, int):
        return value
    return None if isinstance(value, Undefined) else text(value)


def _json_key(key: Any) -> str:
    if isinstance(key, str):
        return str(key)
    if isinstance(key, (bool, int, float)):
        return debug(key)
    raise TemplateFailure("cannot serialize to JSON: key must be a string")
