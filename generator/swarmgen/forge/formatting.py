"""The filter ``format`` (printf style) and the method ``format`` of texts.

Both follow minijinja, which follows Python: numbers are left to Python's ``format``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from swarmgen.forge.kinds import Keywords, TemplateFailure, attribute, item, kind
from swarmgen.forge.operators import too_large
from swarmgen.forge.printing import text
from swarmgen.forge.undefined import is_undefined

_PERCENT = re.compile(
    r"%(?P<key>\([^)]*\))?(?P<flags>[-#0 +]*)(?P<width>[0-9]*)"
    r"(?:\.(?P<precision>[0-9]*))?[hlL]?(?P<type>[dieEfFgGoxXcs])|%%"
)
_BRACES = re.compile(
    r"\{(?P<name>[0-9]+|[A-Za-z_][A-Za-z0-9_]*)?(?P<path>(?:\.[A-Za-z_][A-Za-z0-9_]*"
    r"|\[[^\]]*\])*)(?::(?P<spec>(?:.?[<>^])?[-+ ]?#?0?[0-9]*[,_]?(?:\.[0-9]*)?"
    r"[bdeEfFgGoxXcs]?))?\}|\{\{|\}\}",
    re.DOTALL,
)
_SPEC = re.compile(
    r"(?P<fill>.(?=[<>^]))?(?P<align>[<>^])?(?P<sign>[-+ ])?(?P<alternate>#)?"
    r"(?P<zero>0)?(?P<width>[0-9]*)(?P<group>[,_])?(?:\.(?P<precision>[0-9]*))?"
    r"(?P<type>[bdeEfFgGoxXcs]?)",
    re.DOTALL,
)
_PATH = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class _Spec:
    """How to format one value."""

    kind: str
    printf: bool
    align: str = ""
    fill: str = " "
    sign: str = ""
    alternate: bool = False
    zero: bool = False
    width: int | None = None
    group: str = ""
    precision: int | None = None

    def format(self, value: Any) -> str:
        if isinstance(value, bool):
            return self._bool(value)
        if isinstance(value, int):
            return self._integer(value)
        if isinstance(value, float):
            return self._float(value)
        return self._text(text(value))

    def _wrong(self, found: str) -> TemplateFailure:
        return TemplateFailure(f"'{found}' cannot be formatted as '{self.kind}'")

    def _pad(self, shown: str, align: str, size: int | None = None) -> str:
        """Fill up to the width; the size of a text is counted in bytes, as in Rust."""
        size = len(shown.encode()) if size is None else size
        missing = max(0, (self.width or 0) - size)
        align = self.align or align
        left = {"<": 0, ">": missing, "^": missing // 2}[align]
        return self.fill * left + shown + self.fill * (missing - left)

    def _bool(self, value: bool) -> str:
        as_number = self.align or self.sign == "+" or self.alternate or self.zero
        as_number = as_number or self.width is not None or self.precision is not None
        if not self.kind and not as_number:
            return text(value)
        if self.kind == "s":
            if not self.printf:
                raise self._wrong("bool")
            return self._pad(text(value), ">")
        return self._integer(int(value))

    def _text(self, value: str) -> str:
        if self.kind == "c" and self.printf and len(value) == 1:
            return self._character(value)
        if self.kind not in ("", "s"):
            raise self._wrong("string")
        if self.precision is not None:
            value = value.encode()[: self.precision].decode(errors="strict")
        return self._pad(value, ">" if self.printf else "<")

    def _character(self, value: str) -> str:
        if self.zero and not self.align and not self.printf:
            return value.rjust(self.width or 0, "0")
        return self._pad(value, ">", 1)

    def _integer(self, value: int) -> str:
        if self.kind == "c":
            if not 0 <= value < 0x110000 or 0xD800 <= value < 0xE000:
                raise TemplateFailure("character not in range(0x110000)")
            return self._character(chr(value))
        if self.kind == "s":
            if not self.printf:
                raise self._wrong("integer")
            return self._number(abs(value), "-" if value < 0 else "", "d")
        if self.group == "," and self.kind in ("b", "o", "x", "X"):
            raise TemplateFailure(f"',' cannot be specified with '{self.kind}'")
        sign = "-" if value < 0 else self.sign.strip("-")
        return self._number(abs(value), sign, self.kind or "d")

    def _float(self, value: float) -> str:
        if self.kind in ("b", "o", "x", "X", "d", "c") or (
            self.kind == "s" and not self.printf
        ):
            raise self._wrong("float")
        sign = self.sign.strip("-")
        if math.copysign(1, value) < 0:
            sign = "-"
        elif sign == "+" and self.kind == "s":
            sign = ""
        if math.isnan(value):
            sign = ""
        return self._number(abs(value), sign, self.kind)

    def _number(self, value: float, sign: str, kind_: str) -> str:
        whole = "" if kind_ in ("d", "b", "o", "x", "X") else self._precision(kind_)
        alternate = "#" if self.alternate and kind_ not in ("", "s") else ""
        special = isinstance(value, float) and not math.isfinite(value)
        group = "" if special else self.group
        shown_kind = {"": "g", "s": "g"}.get(kind_, kind_)
        zero = f"0{max(0, (self.width or 0) - len(sign))}" if self.zero else ""
        shown = format(value, f"{alternate}{zero}{group}{whole}{shown_kind}")
        if kind_ in ("", "s") and isinstance(value, float) and not special:
            shown = "0" if value == 0 else shown
            if value and not set(shown) & set(".eE"):
                shown += ".0"
        return sign + shown if self.zero else self._pad(sign + shown, ">")

    def _precision(self, kind_: str) -> str:
        return "" if self.precision is None else f".{self.precision}"


def _number_or_none(digits: str | None) -> int | None:
    if not digits:
        return None
    too_large(int(digits[:12]))
    return int(digits)


def _percent_spec(found: re.Match[str]) -> _Spec:
    flags = found["flags"]
    width = _number_or_none(found["width"])
    zero = "0" in flags and "-" not in flags
    return _Spec(
        kind={"i": "d"}.get(found["type"], found["type"]),
        printf=True,
        align="<" if "-" in flags else "",
        sign="+" if "+" in flags else " " if " " in flags else "",
        alternate="#" in flags,
        zero=zero and width is not None,
        width=0 if zero and width is None else width,
        precision=_number_or_none(found["precision"]),
    )


def format_percent(template: str, values: Sequence[Any]) -> str:
    """``"%s"|format(value)``. Raises ``TemplateFailure``."""
    waiting = iter(values)

    def shown(found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%"
        key = found["key"]
        if key is None:
            value = next(waiting, None) if False else _next(waiting, template)
        else:
            value = _mapped(values, key[1:-1])
        return _percent_spec(found).format(value)

    return _filled(template, _PERCENT, "%", shown)


def _next(waiting: Any, template: str) -> Any:
    for value in waiting:
        return value
    raise TemplateFailure(f"missing an argument for the format {template!r}")


def _mapped(values: Sequence[Any], key: str) -> Any:
    value = attribute(values[0], key) if values else None
    if not values or kind(values[0]) != "map" or is_undefined(value):
        raise TemplateFailure(f"missing an argument {key!r} for the format")
    return value


def _filled(
    template: str,
    pattern: re.Pattern[str],
    marks: str,
    shown: Callable[[re.Match[str]], str],
) -> str:
    """The template with everything that the pattern finds replaced.

    Raises ``TemplateFailure`` for a mark that begins nothing known.
    """
    made: list[str] = []
    position = 0
    while position < len(template):
        if template[position] not in marks:
            made.append(template[position])
            position += 1
            continue
        found = pattern.match(template, position)
        if found is None:
            raise TemplateFailure(f"invalid format at offset {position}")
        made.append(shown(found))
        position = found.end()
    return "".join(made)


def _brace_spec(text_: str) -> _Spec:
    found = _SPEC.fullmatch(text_)
    if found is None:
        raise TemplateFailure(f"invalid format spec {text_!r}")
    width = _number_or_none(found["width"])
    zero = bool(found["zero"])
    if found["type"] == "c" and (found["sign"] or found["alternate"] or found["group"]):
        raise TemplateFailure("sign, '#' and grouping are not allowed with 'c'")
    return _Spec(
        kind=found["type"],
        printf=False,
        align=found["align"] or "",
        fill=found["fill"] or " ",
        sign=found["sign"] or "",
        alternate=bool(found["alternate"]),
        zero=zero and width is not None,
        width=0 if zero and width is None else width,
        group=found["group"] or "",
        precision=_number_or_none(found["precision"]),
    )


def format_braces(template: str, values: Sequence[Any]) -> str:
    """``"{}".format(value)``. Raises ``TemplateFailure``."""
    positional = [value for value in values if not isinstance(value, Keywords)]
    named = values[-1] if values and isinstance(values[-1], Keywords) else {}
    numbered: list[bool] = []

    def shown(found: re.Match[str]) -> str:
        if found.group() in ("{{", "}}"):
            return found.group()[0]
        name = found["name"]
        if name is None or name.isdigit():
            numbered.append(name is not None)
            if len(set(numbered)) > 1:
                raise TemplateFailure("cannot mix manual and automatic numbering")
            index = len(numbered) - 1 if name is None else int(name)
            if index >= len(positional):
                raise TemplateFailure(f"missing argument {index} for the format")
            value = positional[index]
        elif name in named:
            value = named[name]
        else:
            raise TemplateFailure(f"missing argument {name!r} for the format")
        return _brace_spec(found["spec"] or "").format(_nested(value, found["path"]))

    return _filled(str(template), _BRACES, "{}", shown)


def _nested(value: Any, path: str) -> Any:
    for found in _PATH.finditer(path):
        key = found[1] or found[2]
        value = item(value, int(key)) if key.isdigit() else attribute(value, key)
    if path and is_undefined(value):
        raise TemplateFailure("undefined value", "undefined value")
    return value
