"""Texts as Rust sees them: white space, escapes."""

from __future__ import annotations

import re

WHITESPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
WHITESPACE += "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""The characters with Unicode's White_Space property, which Rust trims. (Python's
``str.strip`` takes four control characters more.)"""

_ESCAPE = re.compile(r"\\(u....|x..|[0-7]{1,3}|.)", re.DOTALL)
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def unescaped(text: str) -> str:
    """The text of a string literal between its quotes.

    Unknown escapes stay as they are. Raises ``ValueError`` for one that is cut short or
    stands for no character.
    """
    plain = _ESCAPE.sub(_character, text)
    # Two escaped surrogates make one character, a lone one is an error.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16")


def _character(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "ux":
        if len(code) == 1:
            raise ValueError(code)
        return chr(int(code[1:], 16))
    if code[0] in "01234567":
        value = int(code, 8)
        if value > 255:
            raise ValueError(code)
        return chr(value)
    if code in "\"\\/'":
        return code
    return _SIMPLE.get(code, found[0])


def capitalized(text: str) -> str:
    """The first character in upper case, the others in lower case."""
    return text[:1].upper() + text[1:].lower()


def titled(text: str) -> str:
    """Each word capitalised; ASCII punctuation and white space end words."""
    made: list[str] = []
    starts = True
    for character in text:
        if character in WHITESPACE or character in _PUNCTUATION:
            made.append(character)
            starts = True
        else:
            made.append(character.upper() if starts else character.lower())
            starts = False
    return "".join(made)


_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def lines(text: str) -> list[str]:
    """The lines, without their LF or CRLF; a final line end makes no line."""
    found = text.split("\n")
    ended = [line.removesuffix("\r") for line in found[:-1]]
    return [*ended, found[-1]] if found[-1] else ended


def parts(text: str, separator: str | None, times: int | None) -> list[str]:
    """The text split at a separator, or at white space.

    ``times`` limits the number of splits, unless it is negative.
    """
    limit = -1 if times is None or times < 0 else times
    if separator is None:
        words = _WORD.findall(text) if limit < 0 else _first_words(text, limit)
        return [str(word) for word in words]
    if separator:
        return str(text).split(separator, limit)
    # An empty separator splits before, between and after all characters.
    found = ["", *text, ""]
    if limit < 0 or limit >= len(found) - 1:
        return found
    return [*found[:limit], "".join(found[limit:])]


_WORD = re.compile(f"[^{WHITESPACE}]+")


def _first_words(text: str, splits: int) -> list[str]:
    """So many words, and the rest from its first word on."""
    found: list[str] = []
    position = 0
    while match := _WORD.search(text, position):
        if len(found) == splits:
            return [*found, text[match.start() :]]
        found.append(match.group())
        position = match.end()
    # As in minijinja, white space at the end makes a last part.
    return [*found, text[position:]] if text[position:] else found
