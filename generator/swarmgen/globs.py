"""Globs as the Rust library globset reads them by default, which Weaver uses.

Unlike a shell's, ``*`` and ``?`` match ``/`` too. ``**`` is special only as a whole
path component; ``[a-z]``, ``[!a]``, ``{a,b}`` and ``\\x`` have their usual meanings;
empty alternatives are dropped. Syntax: https://docs.rs/globset/latest/globset/#syntax
"""

from __future__ import annotations

import re
from functools import lru_cache

_LEADING = "(?:/?|.*/)"  # `**/` at the start: no folder, or any
_WITHIN = "(?:/|/.*/)"  # `/**/`
_TRAILING = "/.*"  # `/**` at the end


class GlobError(ValueError):
    """A text that is no glob."""


def matches(glob: str, path: str) -> bool:
    """Whether ``path``, with ``/`` between its components, matches ``glob``.

    Raises ``GlobError`` for a text that is no glob.
    """
    return compile_glob(glob).match(path) is not None


def is_glob(text: str) -> bool:
    """Whether the text is a glob."""
    try:
        compile_glob(text)
    except GlobError:
        return False
    return True


@lru_cache(maxsize=4096)
def compile_glob(glob: str) -> re.Pattern[str]:
    """The regular expression of a glob. Raises ``GlobError`` for a text that is none."""
    return re.compile(f"(?s:{_Translator(glob).translate()})\\Z")


class _Translator:
    """Turns one glob into the text of a regular expression, from left to right.

    ``open_braces`` holds the alternatives of each unclosed brace, the whole glob being
    the first; an alternative is a list of regular expressions, one for each token.
    """

    def __init__(self, glob: str) -> None:
        self.glob = glob
        self.at = 0
        self.open_braces: list[list[list[str]]] = [[[]]]

    @property
    def tokens(self) -> list[str]:
        """What was read of the current alternative."""
        return self.open_braces[-1][-1]

    def translate(self) -> str:
        steps = {
            "*": self._stars,
            "?": lambda: self.tokens.append("."),
            "[": self._class,
            "{": lambda: self.open_braces.append([[]]),
            "}": self._close,
            ",": self._comma,
            "\\": self._escaped,
        }
        while self.at < len(self.glob):
            character = self.glob[self.at]
            self.at += 1
            step = steps.get(character)
            if step:
                step()
            else:
                self.tokens.append(re.escape(character))
        if len(self.open_braces) > 1:
            raise GlobError(f"unclosed '{{' in glob '{self.glob}'")
        return ".*" if self.tokens == [_LEADING] else "".join(self.tokens)

    def _stars(self) -> None:
        if self._next() != "*":
            self.tokens.append(".*")
            return
        before = self.glob[self.at - 2] if self.at > 1 else ""
        self.at += 1
        after = self._next()
        if not self.tokens:
            self.tokens.append(_LEADING if after in ("", "/") else ".*")
            self.at += after == "/"
            return
        is_last = not after or (len(self.open_braces) > 1 and after in "},")
        if before != "/" or not (is_last or after == "/"):
            self.tokens.append(".*")
            return
        self.at += after == "/"
        if self.tokens[-1] != _LEADING:  # else it was the `/` of `**/`
            self.tokens[-1] = _TRAILING if is_last else _WITHIN

    def _class(self) -> None:
        start = self.at
        negated = self._next() in ("!", "^")
        self.at += negated
        end = self.glob.find("]", self.at + 1)
        if end < 0:
            raise GlobError(f"unclosed '[' at character {start} of '{self.glob}'")
        members = self.glob[self.at : end]
        self.at = end + 1
        ranges = [f"{re.escape(a)}-{re.escape(z)}" for a, z in self._ranges(members)]
        self.tokens.append(f"[{'^' if negated else ''}{''.join(ranges)}]")

    def _ranges(self, members: str) -> list[tuple[str, str]]:
        """The first and last characters of each range; `a-c-e` is `a-e`."""
        ranges: list[tuple[str, str]] = []
        is_within = False
        for index, character in enumerate(members):
            if is_within:
                first = ranges[-1][0]
                if character < first:
                    raise GlobError(
                        f"bad range '{first}-{character}' in glob '{self.glob}'"
                    )
                ranges[-1] = (first, character)
                is_within = False
            elif character == "-" and index:
                is_within = True
            else:
                ranges.append((character, character))
        return [*ranges, ("-", "-")] if is_within else ranges

    def _comma(self) -> None:
        if len(self.open_braces) > 1:
            self.open_braces[-1].append([])
        else:
            self.tokens.append(",")

    def _close(self) -> None:
        if len(self.open_braces) == 1:
            raise GlobError(f"unopened '}}' in glob '{self.glob}'")
        texts = ["".join(tokens) for tokens in self.open_braces.pop()]
        # An empty brace is a token all the same: `**` behind it is not leading.
        self.tokens.append(f"(?:{'|'.join(filter(None, texts))})")

    def _escaped(self) -> None:
        if self.at == len(self.glob):
            raise GlobError(f"dangling '\\' in glob '{self.glob}'")
        self.tokens.append(re.escape(self.glob[self.at]))
        self.at += 1

    def _next(self) -> str:
        return self.glob[self.at : self.at + 1]
