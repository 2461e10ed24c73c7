"""jq programs, rewritten so that libjq does not fold their numbers into constants.

libjq computes ``4 / 2`` while it compiles, before the operators of ``jaq.jq`` are
known. Hence every number ``4`` becomes ``(4|_same)``, which means the same.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"""(?xs)
    (?P<comment>\#[^\n]*)
  | (?P<name>[.$@]?[A-Za-z_]\w*(?:::\w+)*)
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<quote>")
  | (?P<open>\()
  | (?P<close>\))
  | (?P<other>.)
    """)
_STRING_PART = re.compile(r'(?s)((?:[^"\\]|\\[^(])*)("|\\\(|$)')
_UNDEFINED = frozenset({"$ENV", "$__loc__", "$__prog_args"})


def keep_numbers(program: str) -> str:
    """The program with each of its numbers in parentheses.

    Raises ``ValueError`` for a variable or a number that Weaver's jq does not know.
    """
    out: list[str] = []
    at = 0
    depths: list[int] = []
    while at < len(program):
        token = _TOKEN.match(program, at)
        assert token is not None
        text = token[0]
        at = token.end()
        if text in _UNDEFINED:
            raise ValueError(f"undefined variable {text}")
        if token["number"] and "." in (text[0], text[-1]):
            raise ValueError(f"{text} is no number: digits must surround the dot")
        if token["open"] and depths:
            depths[-1] += 1
        resumes = False
        if token["close"] and depths:
            depths[-1] -= 1
            resumes = depths[-1] == 0
        out.append(f"({text}|_same)" if token["number"] else text)
        if resumes:
            depths.pop()
        if token["quote"] or resumes:
            at, interpolated = _string(program, at, out)
            if interpolated:
                depths.append(1)
    return "".join(out)


def _string(program: str, at: int, out: list[str]) -> tuple[int, bool]:
    """Copy a string up to its end or to its next interpolation; which of them it is."""
    part = _STRING_PART.match(program, at)
    assert part is not None
    out.append(part[0])
    return part.end(), part[2] == "\\("
