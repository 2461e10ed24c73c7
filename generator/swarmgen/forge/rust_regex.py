"""Regular expressions as Weaver's filters take them: those of the Rust library regex.

They have no look-around and no back-references. A pattern is translated to one of
Python's; what Python's ``re`` cannot say (Unicode scripts such as ``\\p{Greek}``,
sets within sets) is refused. Syntax: https://docs.rs/regex/latest/regex/#syntax
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7F",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1F\\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_TOKEN = re.compile(r"""(?xs)
    \\x\{(?P<hex>[0-9A-Fa-f]+)\} | \\[uU]\{(?P<unicode>[0-9A-Fa-f]+)\}
  | \\[pP](?:\{(?P<class>[^}]*)\}|(?P<letter>[A-Z]))
  | \\(?P<escaped>.)
  | \(\?(?P<look>[=!]|<[=!]|P[=>]|\(|\#)
  | \(\?P?<(?P<name>[^>]*)>
  | \(\?(?P<flags>[a-zA-Z-]+)(?P<after>[:)])
  | \[:(?P<posix>\^?[a-z]+):\]
  | (?P<plain>.)
    """)
_UNKNOWN = "cghijklmoqyCEFGHIJKLMNOQRTVXYZ0123456789e"
_COUNT = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_GROUP = re.compile(r"\$(?:\$|\{([^}]*)\}|([0-9A-Za-z_]+))")


class RegexError(ValueError):
    """A pattern that Rust refuses, or that Python cannot express."""


def replace_all(text: str, pattern: str, replacement: str) -> str:
    """``text`` with every match of a Rust pattern replaced, as ``Regex::replace_all``.

    Raises ``RegexError`` for a pattern that cannot be used.
    """
    out: list[str] = []
    copied = 0
    for match in _matches(compile_rust(pattern), text):
        out += [text[copied : match.start()], _expand(match, replacement)]
        copied = match.end()
    return "".join([*out, text[copied:]])


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """All matches, as Rust finds them: none is empty where another one ends."""
    at = 0
    last = -1
    while at <= len(text) and (match := pattern.search(text, at)):
        if match.end() == match.start() == last:
            at = match.end() + 1
            continue
        yield match
        at = last = match.end()


@lru_cache(maxsize=256)
def compile_rust(pattern: str) -> re.Pattern[str]:
    """The Python form of a Rust pattern. Raises ``RegexError`` if there is none."""
    try:
        return re.compile(_Translator(pattern).translate())
    except (re.error, OverflowError, RecursionError) as error:
        raise RegexError(str(error)) from error


def _expand(match: re.Match[str], replacement: str) -> str:
    def value(reference: re.Match[str]) -> str:
        if reference[0] == "$$":
            return "$"
        name = reference[1] if reference[1] is not None else reference[2]
        try:
            found = match[int(name) if name.isdecimal() else name]
        except (IndexError, ValueError):
            return ""
        return found or ""

    return _GROUP.sub(value, replacement)


@lru_cache(maxsize=64)
def _category(name: str) -> str:
    """The members of a set that has the characters of a Unicode general category."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if not unicodedata.category(chr(code)).startswith(name):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    if not ranges:
        raise RegexError(f"swarmgen knows no Unicode class {name!r}")
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


class _Translator:
    """Turns one pattern, token by token, into Python's notation."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.in_class = False
        self.multiline = False
        self.open_flags = [0]

    def translate(self) -> str:
        out = []
        at = 0
        while at < len(self.pattern):
            token = _TOKEN.match(self.pattern, at)
            if token is None:
                raise RegexError(f"a backslash ends the pattern {self.pattern!r}")
            kind = token.lastgroup or "plain"
            kind = "flags" if kind == "after" else kind
            if self.in_class and kind in ("look", "name", "flags"):
                out.append("(")
                at += 1
                continue
            if (
                token[0] == "{"
                and not self.in_class
                and not _COUNT.match(self.pattern, at)
            ):
                raise RegexError("a repetition is {n}, {n,} or {n,m}")
            out.append(getattr(self, f"_{kind}")(token))
            at = token.end()
        return "".join(out) + ")" * self.open_flags[0]

    def _hex(self, token: re.Match[str]) -> str:
        return re.escape(chr(int(token["hex"], 16)))

    def _unicode(self, token: re.Match[str]) -> str:
        return re.escape(chr(int(token["unicode"], 16)))

    def _class(self, token: re.Match[str]) -> str:
        members = _category(token["class"] or token["letter"])
        negated = "^" if token[0][1] == "P" else ""
        if self.in_class and negated:
            raise RegexError("swarmgen knows no \\P within a set")
        return members if self.in_class else f"[{negated}{members}]"

    _letter = _class

    def _escaped(self, token: re.Match[str]) -> str:
        character = token["escaped"]
        if character in _UNKNOWN:
            raise RegexError(f"unrecognized escape sequence {token[0]!r}")
        special = {"z": "\\Z", "<": "\\b(?=\\w)", ">": "\\b(?<=\\w)", "a": "\\a"}
        return token[0] if self.in_class else special.get(character, token[0])

    def _look(self, token: re.Match[str]) -> str:
        raise RegexError("look-around and back-references are not supported")

    def _name(self, token: re.Match[str]) -> str:
        self.open_flags.append(0)
        return f"(?P<{token['name']}>"

    def _flags(self, token: re.Match[str]) -> str:
        on, _, off = token["flags"].partition("-")
        if set(on + off) - set("imsxu"):
            raise RegexError(f"unsupported flags {token[0]!r}")
        self.multiline = ("m" in on or self.multiline) and "m" not in off
        flags = "".join(f for f in on if f != "u") or ""
        minus = "".join(f for f in off if f != "u")
        group = f"(?{flags}{'-' + minus if minus else ''}:"
        if token["after"] == ":":
            self.open_flags.append(0)
        else:
            self.open_flags[-1] += 1
        return group

    def _posix(self, token: re.Match[str]) -> str:
        name = token["posix"]
        if not self.in_class or name not in _POSIX:
            raise RegexError(f"unsupported class {token[0]!r}")
        return _POSIX[name]

    def _plain(self, token: re.Match[str]) -> str:
        character = token["plain"]
        if self.in_class:
            return self._in_class(character)
        if character == "[":
            self.in_class = True
        elif character == "(":
            self.open_flags.append(0)
        elif character == ")" and len(self.open_flags) > 1:
            return ")" * (self.open_flags.pop() + 1)
        elif character == "$" and not self.multiline:
            return "\\Z"
        return character

    def _in_class(self, character: str) -> str:
        if character == "]":
            self.in_class = False
        elif character == "[":
            raise RegexError("sets within sets are not supported by swarmgen")
        return character
