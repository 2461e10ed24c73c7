"""Glob patterns of ``imports``, as the Rust crate globset reads them.

``*`` and ``?`` also match ``/``, ``**`` is ``*`` unless a path component of its own,
``[a-z]`` and ``[!a]`` are classes, ``{a,b}`` alternatives (they nest), a backslash
escapes. Source: https://docs.rs/globset/0.4/globset/#syntax
"""

from __future__ import annotations

import functools
import re


class GlobError(ValueError):
    """The text is no glob pattern."""


def is_glob(pattern: str) -> bool:
    """Whether the pattern can be compiled."""
    try:
        compile_glob(pattern)
    except GlobError:
        return False
    return True


@functools.lru_cache(maxsize=4096)
def compile_glob(pattern: str) -> re.Pattern[str]:
    """The regular expression that matches what the whole pattern matches.

    Raises GlobError for an unclosed class or alternative.
    """
    parts: list[str] = []
    depth = position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "*":
            position, part = _stars(pattern, position)
            parts.append(part)
        elif character == "?":
            parts.append(".")
        elif character == "[":
            position, part = _class(pattern, position)
            parts.append(part)
        elif character == "{":
            depth += 1
            parts.append("(?:")
        elif character == "}":
            if not depth:
                raise GlobError("unopened alternative")
            depth -= 1
            parts.append(")")
        elif character == "," and depth:
            parts.append("|")
        elif character == "\\":
            if position == len(pattern):
                raise GlobError("dangling escape")
            parts.append(re.escape(pattern[position]))
            position += 1
        else:
            parts.append(re.escape(character))
    if depth:
        raise GlobError("unclosed alternative")
    return re.compile("".join(parts) + r"\Z", re.DOTALL)


def _stars(pattern: str, position: int) -> tuple[int, str]:
    """One star or a run of them; two alone in a path component match components."""
    start = position - 1
    while position < len(pattern) and pattern[position] == "*":
        position += 1
    is_leading = (
        start == 0 and position == 2 and pattern[position : position + 1] == "/"
    )
    return (position + 1, "(?:/?|.*/)") if is_leading else (position, ".*")


def _class(pattern: str, position: int) -> tuple[int, str]:
    negated = pattern[position : position + 1] in ("!", "^")
    position += negated
    end = pattern.find("]", position + 1)
    if end < 0:
        raise GlobError("unclosed class")
    body = pattern[position:end]
    pairs = re.findall(r"(.)-(.)", body, re.DOTALL)
    if any(low > high for low, high in pairs):
        raise GlobError("invalid range")
    escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", body)
    return end + 1, f"[{'^' if negated else ''}{escaped}]"
