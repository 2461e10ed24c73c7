"""Where each key of a TOML file stands, which ``tomllib`` doesn't tell.

Expects a text that ``tomllib`` accepts. Format: https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")


def positions(text: str) -> dict[Path, tuple[int, int]]:
    """Line and column, from 1, of every key, by the path of keys and indices to it."""
    places: dict[Path, tuple[int, int]] = {}
    for path, offset in _Scanner(text):
        before = text[:offset]
        line = before.count("\n") + 1
        places.setdefault(path, (line, offset - (before.rfind("\n") + 1) + 1))
    return places


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._tables: dict[Path, int] = {}

    def __iter__(self) -> Iterator[tuple[Path, int]]:
        """Every key with its offset, in the order of the file."""
        prefix: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            start = self._at
            if self._take("["):
                prefix = self._header()
                yield prefix, start
            else:
                yield from self._pair(prefix)
            self._skip(_BLANK)
            if self._at == start:
                return  # not TOML after all

    def _header(self) -> Path:
        repeated = self._take("[")
        parts = [part for part, _ in self._dotted_key()]
        self._take("]")
        if repeated:
            self._take("]")
        path: Path = ()
        for position, part in enumerate(parts, 1):
            path = (*path, part)
            if repeated and position == len(parts):
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
        return path

    def _pair(self, prefix: Path) -> Iterator[tuple[Path, int]]:
        path = prefix
        for part, offset in self._dotted_key():
            path = (*path, part)
            yield path, offset
        self._take("=")
        self._skip(_SPACE)
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        if self._take("["):
            index = 0
            while self._open("]"):
                yield (*path, index), self._at
                start = self._at
                yield from self._value((*path, index))
                self._between()
                index += 1
                if self._at == start:
                    return  # not TOML after all
        elif self._take("{"):
            while self._open("}"):
                start = self._at
                yield from self._pair(path)
                self._between()
                if self._at == start:
                    return  # not TOML after all
        elif not self._skip(_STRING):
            self._skip(_SCALAR)

    def _open(self, end: str) -> bool:
        return self._at < len(self._text) and not self._take(end)

    def _between(self) -> None:
        self._skip(_BLANK)
        self._take(",")

    def _dotted_key(self) -> list[tuple[str, int]]:
        parts = []
        while True:
            self._skip(_SPACE)
            start = self._at
            self._skip(_STRING) or self._skip(_BARE_KEY)
            parts.append((_plain(self._text[start : self._at]), start))
            self._skip(_SPACE)
            if self._text[self._at : self._at + 1] != ".":
                return parts
            self._at += 1

    def _take(self, mark: str) -> bool:
        """Step over a mark and the blanks on both sides of it, if it comes next."""
        found = _match_end(_BLANK, self._text, self._at)
        if not self._text.startswith(mark, found):
            return False
        self._at = found + len(mark)
        if mark in "{[,":
            self._skip(_BLANK)
        return True

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        end = _match_end(pattern, self._text, self._at)
        moved = end > self._at
        self._at = end
        return moved


def _match_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _plain(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    if not key.startswith('"'):
        return key
    from swarmgen.project.toml import parse

    return str(next(iter(parse(f"{key} = 0"))))
