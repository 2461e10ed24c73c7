"""How template values print: like Rust's ``Display`` and ``Debug`` of minijinja's."""

from __future__ import annotations

import json
import math
import unicodedata
from decimal import Decimal
from inspect import isfunction
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup

from swarmgen.forge.kinds import (
    Keywords,
    Module,
    Record,
    TemplateFailure,
    Unsized,
    iterate,
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
    # A function has no text of its own; Python's would name a place in memory.
    return "function" if isfunction(value) else str(value)


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
    if value and math.isfinite(value) and not 1e-4 <= abs(value) < 1e16:
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
    """The value as JSON: compact, or spread over lines with that indent.

    Raises ``TemplateFailure`` for a map with a key that JSON has no text for.
    """
    return _json(value, None if indent is None else " " * indent, "\n")


def _json(value: Any, indent: str | None, start: str) -> str:
    """``start`` is a line end and the indent of the line that the value is on."""
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, bool):
        return text(value)
    if isinstance(value, float):
        return _json_float(value) if math.isfinite(value) else "null"
    if isinstance(value, int):
        return str(value)
    if value is None or isinstance(value, Undefined):
        return "null"
    inner = start + (indent or "")
    colon = ":" if indent is None else ": "
    if isinstance(value, (list, tuple)):
        entries = [_json(entry, indent, inner) for entry in iterate(value)]
        brackets = "[]"
    elif isinstance(value, (dict, Record)):
        entries = [
            _json(_json_key(key), indent, inner) + colon + _json(entry, indent, inner)
            for key, entry in pairs(value)
        ]
        brackets = "{}"
    else:
        return _json(text(value), indent, start)
    if indent is None or not entries:
        return brackets[0] + ",".join(entries) + brackets[1]
    return brackets[0] + inner + f",{inner}".join(entries) + start + brackets[1]


def _json_float(value: float) -> str:
    if value and not 1e-5 <= abs(value) < 1e16:
        mantissa, _, exponent = repr(value).partition("e")
        sign = "+" if exponent.startswith("+") else ""
        return f"{mantissa}e{sign}{int(exponent)}"
    return _float(value)


def _json_key(key: Any) -> str:
    if isinstance(key, str):
        return str(key)
    if isinstance(key, (bool, int, float)):
        return debug(key)
    raise TemplateFailure("cannot serialize to JSON: key must be a string")
