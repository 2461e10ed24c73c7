"""minijinja's filters that make texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from jinja2 import pass_context
from markupsafe import Markup

from swarmgen.forge.filters.builtin_arguments import all_positional, known
from swarmgen.forge.formatting import format_percent
from swarmgen.forge.kinds import (
    TemplateFailure,
    Unsized,
    boolean,
    count,
    integer,
    iterate,
    kind,
    length,
    number,
    optional,
    pairs,
    string,
)
from swarmgen.forge.operators import too_large
from swarmgen.forge.printing import argument, debug, escaped, text, to_json
from swarmgen.forge.texts import WHITESPACE, capitalized, lines, parts, titled
from swarmgen.forge.undefined import is_undefined

_JSON = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027"})


def safe(value: Any, /) -> Markup:
    return Markup(argument(value))


@pass_context
def escape(state: Any, value: Any, /) -> Markup:
    """Escaped as the output is; as HTML where output is not escaped."""
    mode = state.autoescape if state.autoescape != "none" else state.initial_autoescape
    return Markup(escaped(value, "html" if mode == "none" else mode))


def upper(value: Any, /) -> str:
    return argument(value).upper()


def lower(value: Any, /) -> str:
    return argument(value).lower()


def title(value: Any, /) -> str:
    return titled(argument(value))


def capitalize(value: Any, /) -> str:
    return capitalized(argument(value))


def replace(value: Any, old: Any, new: Any, /) -> str:
    shown, before, after = argument(value), argument(old), argument(new)
    too_large(len(shown) * max(1, len(after)))
    return shown.replace(before, after)


def trim(value: Any, characters: Any = None, /) -> str:
    return argument(value).strip(optional(characters, argument, WHITESPACE))


def join(value: Any, separator: Any = None, /) -> str:
    between = optional(separator, argument, "")
    return between.join(map(text, iterate(value)))


def split(value: Any, separator: Any = None, times: Any = None, /) -> Unsized:
    found = parts(string(value), optional(separator, string), optional(times, integer))
    return Unsized(found)


def split_lines(value: Any, /) -> list[str]:
    return lines(string(value))


def indent(
    value: Any, width: Any = None, first: Any = None, blank: Any = None, /, **named: Any
) -> str:
    more = known(named, "width", "first", "blank")
    deep = optional(width, count, optional(more[0], count, 4))
    too_large(deep)
    first = optional(first, boolean, optional(more[1], boolean, False))
    blank = optional(blank, boolean, optional(more[2], boolean, False))
    shown = _without_end(argument(value)).split("\n")
    prefix = " " * deep
    made = [prefix + line if line or blank else line for line in shown]
    if not first:
        made[0] = shown[0]
    return _without_end("\n".join(made) + "\n")


def _without_end(value: str) -> str:
    return value.removesuffix("\n").removesuffix("\r")


def urlencode(value: Any, /) -> str:
    if kind(value) != "map":
        return quote(optional(value, text, ""), safe="/.-_").replace("~", "%7E")
    given = [(key, entry) for key, entry in pairs(value) if entry is not None]
    return "&".join(
        f"{urlencode(text(key))}={urlencode(text(entry))}"
        for key, entry in given
        if not is_undefined(entry)
    )


def tojson(value: Any, indent: Any = None, /, **named: Any) -> Markup:
    wanted = optional(indent, lambda given: given, known(named, "indent")[0])
    deep: int | None = None
    if wanted is True:
        deep = 2
    elif wanted is not False and wanted is not None and not is_undefined(wanted):
        deep = count(wanted)
        too_large(deep)
    return Markup(to_json(value, deep).translate(_JSON))


def pprint(value: Any, /) -> str:
    return debug(value, "")


def format_(template: Any, /, *values: Any) -> str:
    return format_percent(string(template), values)


def as_string(value: Any, /) -> str:
    return value if isinstance(value, str) else text(value)


# From minijinja-contrib.


def pluralize(value: Any, singular: Any = None, plural: Any = None, /) -> Any:
    size = length(value)
    if size is None:
        size = integer(value)
    chosen, default = (singular, "") if size == 1 else (plural, "s")
    return optional(chosen, lambda given: given, default)


def filesizeformat(value: Any, binary: Any = None, /) -> str:
    size = number(value)
    is_binary = optional(binary, boolean, False)
    base = 1024.0 if is_binary else 1000.0
    if size == 1.0:
        return "1 Byte"
    sign, size = ("-", -size) if size < 0 else ("", size)
    if size < base:
        return f"{sign}{text(size).removesuffix('.0')} Bytes"
    prefixes = "KMGTPEZY" if is_binary else "kMGTPEZY"
    for power, prefix in enumerate(prefixes, start=2):
        unit = base**power
        if size < unit or prefix == "Y":
            break
    return f"{sign}{base * size / unit:.1f} {prefix}{'iB' if is_binary else 'B'}"


@pass_context
def truncate(state: Any, value: Any, /, **named: Any) -> str:
    if value is None or is_undefined(value):
        return ""
    shown = string(value)
    given = known(named, "length", "killwords", "end", "leeway")
    limit = optional(given[0], count, 255)
    kill, end = optional(given[1], boolean, False), optional(given[2], string, "...")
    leeway = optional(given[3], count, 5)
    if limit < len(end):
        raise TemplateFailure(f"expected length >= {len(end)}, got {limit}")
    if len(shown) <= limit + leeway:
        return str(shown)
    cut = str(shown)[: limit - len(end)]
    return (cut if kill or " " not in cut else cut.rpartition(" ")[0]) + end


_TAG = re.compile(r"<(?:!--.*?(?:-->|\Z)|[^>]*(?:>|\Z))", re.DOTALL)
_ENTITY = re.compile(rf"&([^;<&{WHITESPACE}]*)(;?)")
_ENTITIES = {"amp": "&", "gt": ">", "lt": "<", "quot": '"'}


def striptags(value: Any, /) -> str:
    plain = _ENTITY.sub(_entity, _TAG.sub("", argument(value)))
    words = re.split(f"[{WHITESPACE}]+", plain)
    return " ".join(words).strip(WHITESPACE)


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    try:
        if name[:2].lower() == "#x":
            return chr(int(name[2:], 16))
        if name[:1] == "#":
            return chr(int(name[1:]))
    except ValueError:
        return found.group()
    return _ENTITIES.get(name, found.group())


FILTERS: dict[str, Callable[..., Any]] = {
    "indent": indent,
    "tojson": tojson,
    "truncate": truncate,
    **all_positional(
        {
            "safe": safe,
            "escape": escape,
            "e": escape,
            "upper": upper,
            "lower": lower,
            "title": title,
            "capitalize": capitalize,
            "replace": replace,
            "trim": trim,
            "join": join,
            "split": split,
            "lines": split_lines,
            "urlencode": urlencode,
            "pprint": pprint,
            "format": format_,
            "string": as_string,
            "pluralize": pluralize,
            "filesizeformat": filesizeformat,
            "striptags": striptags,
        }
    ),
}
