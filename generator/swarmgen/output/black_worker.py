"""A process that formats with black: ``[[is_stub, text], …]`` in, ``[[text, reason], …]`` out.

Both are JSON, on standard input and output. Of a text that black rejects there is null
and the reason.
"""

from __future__ import annotations

import json
import sys

import black


def formatted(is_stub: bool, text: str) -> tuple[str | None, str]:
    """The text in black's default style, or None and why black rejects it."""
    try:
        return black.format_str(text, mode=black.Mode(is_pyi=is_stub)), ""
    except ValueError as error:  # black.InvalidInput is one
        return None, str(error)


if __name__ == "__main__":
    json.dump([formatted(*item) for item in json.load(sys.stdin)], sys.stdout)
