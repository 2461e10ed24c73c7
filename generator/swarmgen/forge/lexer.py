"""Splitting a template into tokens, as minijinja's lexer does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from swarmgen.forge.errors import TemplateError
from swarmgen.forge.texts import WHITESPACE, unescaped


@dataclass(frozen=True, slots=True)
class TemplateSyntax:
    """The six delimiters of a template; the defaults are Weaver's."""

    block_start: str = "{%"
    block_end: str = "%}"
    variable_start: str = "{{"
    variable_end: str = "}}"
    comment_start: str = "{#"
    comment_end: str = "#}"


@dataclass(frozen=True, slots=True)
class WhitespaceControl:
    """How white space around blocks is kept; the defaults are Weaver's."""

    trim_blocks: bool = False
    lstrip_blocks: bool = False
    keep_trailing_newline: bool = False


class Token(NamedTuple):
    """A piece of a template: ``kind`` is one of data, name, string, number, the four
    delimiters (``variable start`` ...), ``end`` or an operator itself."""

    kind: str
    value: object
    line: int


_SPACE = re.compile(r"[ \t\n\r\f]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r"//|\*\*|[=!<>]=|[-+*/%.,:~|=><()\[\]{}]")
_STRING = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
# A dot belongs to a number unless an identifier follows: 3.x is an attribute of 3.
_NUMBER = re.compile(
    r"0(?:[bB]|[oO])[0-9_]*|0[xX][0-9a-fA-F_]*"
    r"|[0-9][0-9_]*(?:\.(?=[eE][-+0-9]|[^A-Za-z_]|\Z)[0-9_]*)?(?:[eE][-+]?[0-9_]*)?"
)
_BALANCE = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_LARGEST = 2**128


class Lexer:
    """The tokens of one template."""

    def __init__(
        self, source: str, name: str, syntax: TemplateSyntax, space: WhitespaceControl
    ) -> None:
        if not space.keep_trailing_newline:
            source = source.removesuffix("\n").removesuffix("\r")
        self._source = source
        self._name = name
        self._syntax = syntax
        self._space = space
        self._at = 0
        self._line = 1
        self._balance = 0
        self._trim = False
        self._tokens: list[Token] = []
        starts = (syntax.variable_start, syntax.block_start, syntax.comment_start)
        longest_first = sorted(starts, key=len, reverse=True)
        self._start = re.compile("|".join(map(re.escape, longest_first)))

    def tokens(self) -> list[Token]:
        """All tokens; the last one is ``end``. Raises ``TemplateError``."""
        while self._at < len(self._source):
            self._data()
        self._add("end", "")
        return self._tokens

    def _add(self, kind: str, value: object) -> None:
        self._tokens.append(Token(kind, value, self._line))

    def _fail(self, message: str) -> TemplateError:
        return TemplateError(self._name, self._line, message, "syntax error")

    def _advance(self, end: int) -> str:
        text = self._source[self._at : end]
        self._line += text.count("\n")
        self._at = end
        return text

    def _data(self) -> None:
        """Text up to the next tag, and that tag."""
        if self._trim:
            self._trim = False
            rest = self._source[self._at :]
            self._advance(len(self._source) - len(rest.lstrip(WHITESPACE)))
        found = self._start.search(self._source, self._at)
        if found is None:
            self._emit(self._source[self._at :], len(self._source))
            return
        text = self._source[self._at : found.start()]
        sign = self._source[found.end() : found.end() + 1]
        is_variable = found.group() == self._syntax.variable_start
        if sign == "-":
            text = text.rstrip(WHITESPACE)
        elif sign != "+" and self._space.lstrip_blocks and not is_variable:
            text = _without_indent(text, self._at_line_start(found.start()))
        self._emit(text, found.start())
        self._tag(found.group(), found.end() + (sign in ("-", "+") and sign != ""))

    def _emit(self, text: str, end: int) -> None:
        if text:
            self._add("data", text)
        self._advance(end)

    def _at_line_start(self, position: int) -> bool:
        """Whether only blanks stand between the start of the line and the position."""
        while position > 0 and self._source[position - 1] in _BLANKS:
            position -= 1
        return position == 0 or self._source[position - 1] in "\r\n"

    def _tag(self, start: str, inside: int) -> None:
        syntax = self._syntax
        if start == syntax.comment_start:
            self._comment(inside)
        elif start == syntax.variable_start:
            self._advance(inside)
            self._add("variable start", "")
            self._inside("variable end", syntax.variable_end)
        elif raw := self._basic_tag("raw", inside, signed=False):
            self._advance(raw[0])
            self._raw(raw[1])
        else:
            self._advance(inside)
            self._add("block start", "")
            self._inside("block end", syntax.block_end)

    def _comment(self, inside: int) -> None:
        end = self._source.find(self._syntax.comment_end, inside)
        if end < 0:
            raise self._fail("unexpected end of comment")
        sign = self._source[max(end - 1, inside)]
        self._advance(end + len(self._syntax.comment_end))
        self._tail(sign)

    def _tail(self, sign: str) -> None:
        """What the end of a tag does to the white space after it."""
        if sign == "-":
            self._trim = True
        elif sign != "+" and self._space.trim_blocks:
            found = re.compile(r"\r?\n?").match(self._source, self._at)
            self._advance(found.end() if found else self._at)

    def _basic_tag(
        self, name: str, position: int, *, signed: bool
    ) -> tuple[int, str] | None:
        """End and sign of a tag that holds just a name, such as ``raw``."""
        opening = "[-+]?" if signed else ""
        pattern = rf"{opening}[ \t\n\r\f]*{name}[ \t\n\r\f]*([-+]?)"
        end = re.escape(self._syntax.block_end)
        found = re.compile(pattern + end).match(self._source, position)
        return (found.end(), found[1]) if found else None

    def _raw(self, sign: str) -> None:
        """Everything up to ``endraw``, as it is."""
        start = self._at
        position = start
        block_start = self._syntax.block_start
        while (position := self._source.find(block_start, position)) >= 0:
            inside = position + len(block_start)
            if closing := self._basic_tag("endraw", inside, signed=True):
                text = self._source[start:position]
                self._emit(self._trimmed(text, sign, self._source[inside]), closing[0])
                self._tail(closing[1])
                return
            position = inside
        raise self._fail("unexpected end of raw block")

    def _trimmed(self, text: str, before: str, after: str) -> str:
        if before == "-":
            text = text.lstrip(WHITESPACE)
        elif before == "" and self._space.trim_blocks:
            text = text.removeprefix("\r").removeprefix("\n")
        if after == "-":
            return text.rstrip(WHITESPACE)
        if after != "+" and self._space.lstrip_blocks:
            return _without_indent(text, at_line_start=True)
        return text

    def _inside(self, kind: str, end: str) -> None:
        """The tokens of a tag up to and including its end."""
        source = self._source
        while self._at < len(source):
            if found := _SPACE.match(source, self._at):
                self._advance(found.end())
                continue
            if self._balance == 0:
                sign = source[self._at] if source[self._at] in "-+" else ""
                if source.startswith(end, self._at + len(sign)):
                    self._advance(self._at + len(sign) + len(end))
                    self._add(kind, "")
                    if sign == "-" or kind == "block end":
                        self._tail(sign)
                    return
            self._one()

    def _one(self) -> None:
        """One token of an expression."""
        source, position = self._source, self._at
        if found := _OPERATOR.match(source, position):
            operator = found.group()
            self._balance += _BALANCE.get(operator, 0)
            self._add(operator, operator)
        elif found := _NAME.match(source, position):
            self._add("name", found.group())
        elif found := _STRING.match(source, position):
            self._add("string", self._string(found.group()[1:-1]))
        elif found := _NUMBER.match(source, position):
            self._add("number", self._number(found.group()))
        elif source[position] in "'\"":
            raise self._fail("unexpected end of string")
        else:
            raise self._fail(f"unexpected character {source[position]!r}")
        self._advance(found.end())

    def _string(self, text: str) -> str:
        try:
            return unescaped(text) if "\\" in text else text
        except ValueError as error:
            raise self._fail("bad string escape") from error

    def _number(self, text: str) -> int | float:
        digits = text.replace("_", "")
        try:
            if text.endswith("_"):
                raise ValueError("'_' at the end of a number")
            radix = {"b": 2, "o": 8, "x": 16}.get(text[1:2].lower(), 10)
            value = int(digits, radix) if _is_integer(digits) else float(digits)
        except ValueError as error:
            raise self._fail(f"invalid number {text}") from error
        if isinstance(value, int) and value >= _LARGEST:
            raise self._fail("invalid integer (too large)")
        return value


_BLANKS = WHITESPACE.replace("\n", "").replace("\r", "")


def _is_integer(digits: str) -> bool:
    return digits[1:2].lower() in ("b", "o", "x") or digits.isdigit()


def _without_indent(text: str, at_line_start: bool) -> str:
    """The text without the blanks at its end, if they begin a line."""
    stripped = text.rstrip(_BLANKS)
    begins_line = not stripped or stripped.endswith("\n")
    return stripped if at_line_start and begins_line else text
