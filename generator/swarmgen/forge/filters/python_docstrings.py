"""Docstrings of the texts of a registry, wrapped and in the form that black leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from swarmgen.forge.filters.python_strings import LINE_LENGTH, escaped

_ARGUMENT = re.compile(r"\w+: ")
_LIST_ITEM = re.compile(r"(?:[-*+]|\d+[.)]) +")


def py_docstring(paragraphs: object, indent: int = 0) -> str:
    """A docstring of the given text, or paragraphs, wrapped at 88 columns.

    Empty and undefined paragraphs are left out. Lines that fit, and code fences and
    tables, keep their form.
    """
    parts = [paragraphs] if isinstance(paragraphs, str) else paragraphs
    texts = [str(part).strip() for part in _defined(parts)]
    lines = _text_lines("\n\n".join(text for text in texts if text), indent)
    margin = " " * indent
    if len(lines) < 2:
        only = lines[0] if lines else "."
        # black sets a quote at the end apart, also an escaped one.
        space = " " if only.endswith('"') else ""
        return f'{margin}"""{only}{space}"""'
    rows = [f'{margin}"""{lines[0]}']
    rows += [margin + line if line else "" for line in lines[1:]]
    return "\n".join([*rows, f'{margin}"""'])


def _defined(parts: object) -> list[object]:
    # An undefined value of the template engine is false, as None and "" are.
    return [part for part in parts if part] if isinstance(parts, Iterable) else []


def _text_lines(text: str, indent: int) -> list[str]:
    """The lines of a docstring's text, escaped, without a common margin."""
    width = LINE_LENGTH - indent
    lines: list[str] = []
    for block in _blocks(text):
        if all(lead + len(row) <= width for lead, row in block) or _is_verbatim(block):
            lines += [" " * lead + row if row else "" for lead, row in block]
        else:
            joined = " ".join(row for _, row in block)
            lines += _wrapped(joined, block[0][0], width)
    if lines:
        lines[0] = lines[0].lstrip()
        if lines[0].startswith('"'):
            lines[0] = "\\" + lines[0]
    # black takes the common margin off all lines but the first.
    margin = min((len(x) - len(x.lstrip()) for x in lines[1:] if x), default=0)
    return [*lines[:1], *(line[margin:] for line in lines[1:])]


def _blocks(text: str) -> Iterable[list[tuple[int, str]]]:
    """Lines that belong together, each as its indentation and its escaped text."""
    block: list[tuple[int, str]] = []
    fenced = False
    for raw in text.splitlines():
        body = raw.strip()
        lead = min(len(raw) - len(raw.lstrip()), 12)
        fence = body.startswith("```")
        alone = not body or body.startswith("|")
        if block and not fenced and (alone or fence or _hang(body, lead)):
            yield block
            block = []
        block.append((lead, escaped(body).replace('"""', '\\"\\"\\"')))
        fenced ^= fence
        if not fenced and (alone or fence):
            yield block
            block = []
    if block:
        yield block


def _is_verbatim(block: list[tuple[int, str]]) -> bool:
    return block[0][1].startswith(("|", "```"))


def _hang(text: str, lead: int) -> int:
    """How far further lines of a list item, or of a named argument, stand in."""
    item = _LIST_ITEM.match(text)
    if item:
        return len(item.group())
    return 4 if lead and _ARGUMENT.match(text) else 0


def _wrapped(text: str, lead: int, width: int) -> list[str]:
    margin = " " * (lead + _hang(text, lead))
    lines, current, empty = [], " " * lead, True
    for word in text.split(" "):
        if not empty and len(current) + 1 + len(word) > width:
            lines.append(current.rstrip())
            current, empty = margin, True
        current += word if empty else " " + word
        empty = False
    return [*lines, current.rstrip()]
