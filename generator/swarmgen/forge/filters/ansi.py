"""Filters that give a text a colour or a style on a terminal (``ansi_red``, ``ansi_bold`` …).

Codes: ECMA-48, 5th edition, 8.3.117 (SGR); the bright colours are aixterm's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from swarmgen.forge.filters.values import text_of

_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_GROUPS = {"": 30, "bright_": 90, "bg_": 40, "bg_bright_": 100}
_STYLES = {"bold": 1, "italic": 3, "underline": 4, "strikethrough": 9}


def _filter(code: int) -> Callable[..., str]:
    def ansi(value: Any, /) -> str:
        return f"\x1b[{code}m{text_of(value)}\x1b[0m"

    return ansi


FILTERS = {
    **{
        f"ansi_{group}{colour}": _filter(first + index)
        for group, first in _GROUPS.items()
        for index, colour in enumerate(_COLOURS)
    },
    **{f"ansi_{style}": _filter(code) for style, code in _STYLES.items()},
}
