"""Filters that turn a name into a case: ``snake_case``, ``pascal_case`` …

Words are separated by dots, underscores, hyphens and spaces, where an upper-case letter
follows a lower-case one, and before the last capital of an acronym that goes on in
lower case (``HTTPServer``). Digits separate nothing. Empty words are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from swarmgen.forge.filters.values import text

_SEPARATORS = "._- "


def _is_upper(character: str) -> bool:
    return character.upper() != character.lower() and character == character.upper()


def _is_lower(character: str) -> bool:
    return character.upper() != character.lower() and character == character.lower()


def _starts_word(name: str, at: int) -> bool:
    """Whether a letter begins a word although no separator precedes it."""
    if at == 0 or not _is_upper(name[at]):
        return False
    before = name[at - 1]
    after = name[at + 1 : at + 2]
    return _is_lower(before) or (_is_upper(before) and after != "" and _is_lower(after))


@lru_cache(maxsize=16384)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a name; none of an empty one."""
    if not name:
        return ()
    words = [""]
    for at, character in enumerate(name):
        if character in _SEPARATORS:
            words.append("")
        elif _starts_word(name, at):
            words.append(character)
        else:
            words[-1] += character
    return tuple(words)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:].lower()


def _camel(words: tuple[str, ...]) -> list[str]:
    return [words[0].lower(), *map(_capital, words[1:])] if words else []


def _lower(words: tuple[str, ...]) -> list[str]:
    return [word.lower() for word in words]


def _upper(words: tuple[str, ...]) -> list[str]:
    return [word.upper() for word in words]


def _capitals(words: tuple[str, ...]) -> list[str]:
    return [_capital(word) for word in words]


_STYLES: dict[str, tuple[Callable[[tuple[str, ...]], list[str]], str]] = {
    "lower_case": (_lower, " "),
    "upper_case": (_upper, " "),
    "title_case": (_capitals, " "),
    "pascal_case": (_capitals, ""),
    "camel_case": (_camel, ""),
    "snake_case": (_lower, "_"),
    "screaming_snake_case": (_upper, "_"),
    "kebab_case": (_lower, "-"),
    "screaming_kebab_case": (_upper, "-"),
}
_CONSTANTS = (
    "kebab_case",
    "pascal_case",
    "camel_case",
    "snake_case",
    "screaming_snake_case",
)


@lru_cache(maxsize=16384)
def convert(name: str, style: str) -> str:
    """``name`` in one of the styles, which are named as the filters are."""
    pattern, separator = _STYLES[style]
    return separator.join(pattern(split_words(name)))


def _filter(style: str) -> Callable[..., str]:
    def case(value: Any, /) -> str:
        return convert(text(value), style)

    return case


def _constant_filter(style: str) -> Callable[..., str]:
    def case_const(value: Any, /) -> str:
        return convert(text(value).replace("_", ""), style)

    return case_const


def capitalize_first(value: Any, /) -> str:
    """The text with its first character in upper case."""
    name = text(value)
    return name[:1].upper() + name[1:]


FILTERS = {
    **{style: _filter(style) for style in _STYLES},
    **{f"{style}_const": _constant_filter(style) for style in _CONSTANTS},
    "capitalize_first": capitalize_first,
}
