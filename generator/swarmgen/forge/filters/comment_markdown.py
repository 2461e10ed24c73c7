"""Comments in Markdown: the tree written again, with lines of a limited length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from swarmgen.forge.markdown_tree import Node
from swarmgen.forge.wrapping import WrappedText


@dataclass(frozen=True)
class MarkdownOptions:
    """The keys of a comment format that are about Markdown."""

    escape_backslashes: bool = False
    escape_square_brackets: bool = False
    indent_first_level_list_items: bool = False
    shortcut_reference_link: bool = False
    default_block_code_language: str | None = None
    use_go_style_list_indent: bool = False


def to_markdown(root: Node, options: MarkdownOptions, out: WrappedText) -> str:
    """The Markdown text of a tree, written to the empty ``out``."""
    return _Writer(options, out).document(root)


class _Writer:
    """Walks the tree depth first.

    ``_owed`` counts line breaks that are written only if another node follows that is
    no list. ``_held`` collects a text that must stay on one line (a link, emphasis).
    """

    def __init__(self, options: MarkdownOptions, out: WrappedText) -> None:
        self.options = options
        self.out = out
        self._list_depth = 0
        self._item = 0
        self._links: list[str] = []
        self._owed = 0
        self._prefix = ""
        self._prefix_written = False
        self._held: str | None = None
        self._writers: Mapping[str, Callable[[Node, str], None]] = {
            "root": self._children,
            "paragraph": self._paragraph,
            "text": self._text,
            "list": self._list,
            "item": self._unwrapped,
            "quote": self._quote,
            "code": self._code,
            "html": lambda node, _: self._unbroken(node.value),
            "inline_code": lambda node, _: self._unbroken(f"`{node.value}`"),
            "emphasis": lambda node, indent: self._marked("*", node, indent),
            "strong": lambda node, indent: self._marked("**", node, indent),
            "link": self._link,
            "heading": self._heading,
        }

    def document(self, root: Node) -> str:
        self._write(root, "")
        if self._links:
            self.out.raw("\n" * self._take_owed())
            self.out.raw("".join(f"\n{link}" for link in self._links))
        return self.out.text

    def _write(self, node: Node, indent: str) -> None:
        owed = self._take_owed()
        if node.kind != "list":
            for _ in range(owed):
                self._line_break()
        writer = self._writers.get(node.kind)
        if writer:
            writer(node, indent)

    def _take_owed(self) -> int:
        owed, self._owed = self._owed, 0
        return owed

    def _children(self, node: Node, indent: str) -> None:
        for child in node.children:
            self._write(child, indent)

    def _unwrapped(self, node: Node, indent: str) -> None:
        """The children, and of paragraphs only what is in them."""
        for child in node.children:
            if child.kind == "paragraph":
                self._children(child, indent)
            else:
                self._write(child, indent)

    def _line_break(self) -> None:
        self.out.line_break(self._prefix)

    def _blank_line(self) -> None:
        if self.out.text and not self.out.text.endswith("\n\n"):
            self._line_break()

    def _unbroken(self, text: str) -> None:
        if self._held is not None:
            self._held += text
        else:
            self.out.unbroken(text, self._prefix)

    def _hold(self, text: str) -> None:
        if self._held is not None:
            self.out.unbroken(self._held, self._prefix)
        if self.out.length is None:
            self.out.raw(text)
        else:
            self._held = text

    def _release(self, text: str = "") -> None:
        held, self._held = self._held or "", None
        self._unbroken(held + text)

    def _text(self, node: Node, indent: str) -> None:
        text = node.value
        if self.options.escape_backslashes:
            text = text.replace("\\", "\\\\")
        if self.options.escape_square_brackets:
            text = _brackets_escaped(text)
        if self._held is not None:
            self._held += text
        elif self.out.length is None:
            self._as_it_stands(text)
        else:
            self._wrapped(text)

    def _as_it_stands(self, text: str) -> None:
        first, *rest = text.split("\n")
        self.out.raw(("" if self._prefix_written else self._prefix) + first)
        for line in rest:
            self.out.raw("\n" + self._prefix + line)

    def _wrapped(self, text: str) -> None:
        if self._prefix and not self._prefix_written:
            self._unbroken(self._prefix)
        lines = [text] if self.out.join_lines else text.split("\n")
        for index, line in enumerate(lines):
            if index:
                self._line_break()
            self.out.words(line, self._prefix)

    def _paragraph(self, node: Node, indent: str) -> None:
        self._blank_line()
        self._children(node, indent)
        self._line_break()

    def _list(self, node: Node, indent: str) -> None:
        self._list_depth += 1
        if self._list_depth > 1 or self.options.indent_first_level_list_items:
            narrow = self.options.use_go_style_list_indent and node.ordered
            indent += " " if narrow else "  "
        self._line_break()
        for item in node.children:
            owed = self._take_owed()
            if owed:
                self._prefix = ""
            for _ in range(owed):
                self._line_break()
            self._item += 1
            bullet = indent + (f"{self._item}. " if node.ordered else "- ")
            self._prefix_written = True
            self._prefix = " " * len(bullet)
            self._unbroken(bullet)
            self._write(item, indent)
            self._owed += 1
        self._list_depth -= 1
        self._item = 0
        self._reset_prefix()
        self._owed += 1

    def _reset_prefix(self) -> None:
        self._prefix = ""
        self._prefix_written = False

    def _quote(self, node: Node, indent: str) -> None:
        self._blank_line()
        self._prefix = "> "
        self._unwrapped(node, indent)
        self._reset_prefix()
        self._line_break()

    def _code(self, node: Node, indent: str) -> None:
        language = node.language
        if language is None:
            language = self.options.default_block_code_language or ""
        self._unbroken(f"```{language}\n{node.value}\n```")
        self._line_break()

    def _marked(self, mark: str, node: Node, indent: str) -> None:
        self._hold(mark)
        self._children(node, indent)
        self._release(mark)

    def _link(self, node: Node, indent: str) -> None:
        self._hold("[")
        start = len(self.out.text)
        self._children(node, indent)
        label = self.out.text[start:] if self._held is None else self._held[1:]
        self._unbroken("]")
        if self.options.shortcut_reference_link and node.url:
            self._links.append(f"[{label}]: {node.url}")
        else:
            self._unbroken(f"({node.url})")
        self._release()

    def _heading(self, node: Node, indent: str) -> None:
        self._blank_line()
        self._hold(f"{indent}{'#' * node.depth} ")
        self._children(node, indent)
        self._release()
        self._line_break()
        self._owed += 1


def _brackets_escaped(text: str) -> str:
    """A backslash before every square bracket that has none."""
    result = ""
    backslashes = 0
    for character in text:
        if character in "[]" and backslashes % 2 == 0:
            result += "\\"
        backslashes = backslashes + 1 if character == "\\" else 0
        result += character
    return result


def options_from(given: Mapping[str, Any]) -> MarkdownOptions:
    """The options among the keys of a comment format."""
    names = MarkdownOptions.__dataclass_fields__
    return MarkdownOptions(**{k: v for k, v in given.items() if k in names})
