"""Globs as the Rust library globset reads them by default, which Weaver uses.

Unlike a shell's, ``*`` and ``?`` match ``/`` too. ``**`` is special only as a whole
path component; ``[a-z]``, ``[!a]``, ``{a,b}`` and ``\\x`` have their usual meanings.
Syntax: https://docs.rs/globset/latest/globset/#syntax
"""

from __future__ import annotations

import re
from functools import lru_cache


class GlobError(ValueError):
    """A text that is no glob."""


def matches(glob: str, path: str) -> bool:
    """Whether ``path``, with ``/`` between its components, matches ``glob``.

    Raises ``GlobError`` for a text that is no glob.
    """
    return compile_glob(glob).match(path) is not None


@lru_cache(maxsize=1024)
def compile_glob(glob: str) -> re.Pattern[str]:
    """The regular expression of a glob. Raises ``GlobError`` for a text that is none."""
    return re.compile(f"(?s:{_Translator(glob).translate()})\\Z")


class _Translator:
    """Turns one glob into the text of a regular expression, from left to right."""

    def __init__(self, glob: str) -> None:
        self.glob = glob
        self.at = 0
        self.out: list[str] = []
        self.open_braces = 0

    def translate(self) -> str:
        steps = {
            "*": self._stars,
            "?": lambda: self.out.append("."),
            "[": self._class,
            "{": self._open,
            "}": self._close,
            ",": lambda: self.out.append("|" if self.open_braces else ","),
            "\\": self._escaped,
        }
        while self.at < len(self.glob):
            character = self.glob[self.at]
            self.at += 1
            step = steps.get(character)
            if step:
                step()
            else:
                self.out.append(re.escape(character))
        if self.open_braces:
            raise GlobError(f"unclosed '{{' in glob '{self.glob}'")
        return "".join(self.out)

    def _stars(self) -> None:
        start = self.at - 1
        while self.glob[self.at : self.at + 1] == "*":
            self.at += 1
        first = start == 0 or self.glob[start - 1] in "/{,"
        last = self.at == len(self.glob) or self.glob[self.at] in "/},"
        if self.at - start != 2 or not (first and last):
            self.out.append(".*")
        elif self.glob[self.at : self.at + 1] == "/":
            self.at += 1
            if start and self.glob[start - 1] == "/":
                self.out[-1] = "(?:/|/.*/)"
            else:
                self.out.append("(?:/?|.*/)")
        elif start and self.glob[start - 1] == "/":
            self.out[-1] = "/.*"
        else:
            self.out.append(".*")

    def _class(self) -> None:
        start = self.at
        negated = self.glob[self.at : self.at + 1] in ("!", "^")
        self.at += negated
        end = self.glob.find("]", self.at + 1)
        if end < 0:
            raise GlobError(f"unclosed '[' at character {start} of '{self.glob}'")
        members = re.sub(r"([\\\[\]^&~|])", r"\\\1", self.glob[self.at : end])
        self.at = end + 1
        try:
            re.compile(f"[{members}]")
        except re.error as error:
            raise GlobError(f"bad range in glob '{self.glob}': {error}") from error
        self.out.append(f"[{'^' if negated else ''}{members}]")

    def _open(self) -> None:
        self.open_braces += 1
        self.out.append("(?:")

    def _close(self) -> None:
        if not self.open_braces:
            raise GlobError(f"unopened '}}' in glob '{self.glob}'")
        self.open_braces -= 1
        self.out.append(")")

    def _escaped(self) -> None:
        if self.at == len(self.glob):
            raise GlobError(f"dangling '\\' in glob '{self.glob}'")
        self.out.append(re.escape(self.glob[self.at]))
        self.at += 1
