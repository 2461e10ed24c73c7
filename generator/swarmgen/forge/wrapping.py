"""A text that is written word by word, with lines up to a length.

Lengths count bytes of UTF-8, as in Weaver.
"""

from __future__ import annotations

import re


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


class WrappedText:
    """A growing text. ``length`` None: lines end only where the source's lines do.

    ``join_lines`` says that a line break of the source separates words and is no line
    break of the result.
    """

    def __init__(self, length: int | None, join_lines: bool) -> None:
        self.text = ""
        self.length = length
        self.join_lines = join_lines
        self.space_pending = False
        self._used = 0

    def raw(self, text: str) -> None:
        """Append without any measuring."""
        self.text += text

    def line_break(self, indent: str) -> None:
        """Go to the next line."""
        self.text += "\n" + indent
        self._used = _size(indent)
        self.space_pending = False

    def unbroken(self, text: str, indent: str) -> None:
        """Append a text that stays in one piece, on the next line if it has no room."""
        size = _size(text)
        if self._is_full(size):
            self.text += "\n" + indent
            self._used = _size(indent)
        elif self.space_pending:
            self.text += " "
            self._used += 1
        self.text += text
        self._used += size
        self.space_pending = False

    def words(self, text: str, indent: str) -> None:
        """Append the words of a text, each on the next line if it has no room.

        White space at the end becomes a space only if something follows on the line.
        """
        if self.length is None:
            self.text += text
            self._used += _size(text)
            return
        for index, word in enumerate(self._words(text)):
            moved = self._is_full(_size(word))
            if moved:
                self.text += "\n" + indent
                self._used = _size(indent)
            elif self.space_pending or index:
                self.text += " "
                self._used += 1
            word = word.lstrip() if moved and index == 0 else word
            self.text += word
            self._used += _size(word)
            self.space_pending = False
        self.space_pending = text.endswith(" ") or (
            self.join_lines and text.endswith("\n")
        )

    def _is_full(self, size: int) -> bool:
        return self.length is not None and self._used + size > self.length

    def _words(self, text: str) -> list[str]:
        """The words without the spaces that follow them; leading spaces are a word."""
        spaces = " \r\n" if self.join_lines else " "
        words = re.findall(f"[^{spaces}]+", text)
        if self.join_lines:
            words = [word.rstrip() for word in words]
        leading = text[:1] in spaces if text else False
        return ["", *words] if leading else words
