"""Comments in HTML, as Javadoc wants them. Texts are not escaped, as in Weaver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from swarmgen.forge.markdown_tree import Node
from swarmgen.forge.wrapping import WrappedText

Snippet = Callable[[str, Mapping[str, Any]], str]
"""Renders a template text with variables."""


@dataclass(frozen=True)
class HtmlOptions:
    """The keys of a comment format that are about HTML."""

    old_style_paragraph: bool = False
    omit_closing_li: bool = False
    inline_code_snippet: str = "<c>{{code}}</c>"
    block_code_snippet: str = "<pre>\n{{code}}\n</pre>"


def to_html(
    root: Node, options: HtmlOptions, out: WrappedText, snippet: Snippet
) -> str:
    """The HTML text of a tree, written to the empty ``out``."""
    _Writer(options, out, snippet).write(root, "")
    return out.text


class _Writer:
    """Walks the tree depth first.

    ``_break_owed`` and ``_mark_owed`` are a line break and an old-style ``<p>`` that
    are written only if another node follows.
    """

    def __init__(
        self, options: HtmlOptions, out: WrappedText, snippet: Snippet
    ) -> None:
        self.options = options
        self.out = out
        self._snippet = snippet
        self._break_owed = False
        self._mark_owed = False
        self._writers: Mapping[str, Callable[[Node, str], None]] = {
            "root": self._children,
            "paragraph": self._paragraph,
            "text": lambda node, indent: self.out.words(node.value, indent),
            "list": self._list,
            "item": self._item,
            "quote": self._quote,
            "code": self._code,
            "html": lambda node, _: self.out.raw(node.value),
            "inline_code": self._inline_code,
            "emphasis": lambda node, indent: self._tagged("em", node, indent),
            "strong": lambda node, indent: self._tagged("strong", node, indent),
            "link": self._link,
            "heading": self._heading,
        }

    def write(self, node: Node, indent: str) -> None:
        """Write a node and what was owed before it."""
        if self._break_owed:
            self.out.line_break(indent)
            self._break_owed = False
        if self._mark_owed:
            self._old_style_mark(node, indent)
            self._mark_owed = False
        writer = self._writers.get(node.kind)
        if writer:
            writer(node, indent)

    def _old_style_mark(self, node: Node, indent: str) -> None:
        """A line ``<p>`` before a paragraph; a Javadoc tag stands alone."""
        if node.kind != "paragraph":
            return
        first = node.children[0] if node.children else None
        is_tag = first is not None and first.kind == "text" and first.value[:1] == "@"
        self.out.unbroken("" if is_tag else "<p>", indent)
        self.out.line_break(indent)

    def _children(self, node: Node, indent: str) -> None:
        for child in node.children:
            self.write(child, indent)

    def _paragraph(self, node: Node, indent: str) -> None:
        if self.options.old_style_paragraph:
            self._children(node, indent)
            self._mark_owed = True
        else:
            self._tagged("p", node, indent)
        self._break_owed = True

    def _tagged(self, tag: str, node: Node, indent: str) -> None:
        self.out.unbroken(f"<{tag}>", indent)
        self._children(node, indent)
        self.out.unbroken(f"</{tag}>", indent)

    def _list(self, node: Node, indent: str) -> None:
        tag = "ol" if node.ordered else "ul"
        inner = indent + "  "
        self.out.unbroken(f"<{tag}>", indent)
        for item in node.children:
            self.out.line_break(inner)
            self.out.unbroken("<li>", inner)
            self.write(item, inner)
            if not self.options.omit_closing_li:
                self.out.unbroken("</li>", indent)
        self.out.line_break(indent)
        self.out.unbroken(f"</{tag}>", indent)
        self._break_owed = True
        self._mark_owed = self._mark_owed or self.options.old_style_paragraph

    def _item(self, node: Node, indent: str) -> None:
        for child in node.children:
            if child.kind == "paragraph":
                self._children(child, indent)
            else:
                self.write(child, indent)

    def _quote(self, node: Node, indent: str) -> None:
        self.out.unbroken("<blockquote>", indent)
        self.out.line_break(indent)
        self._children(node, indent)
        self.out.unbroken("</blockquote>", indent)
        self._break_owed = True

    def _code(self, node: Node, indent: str) -> None:
        template = self.options.block_code_snippet
        self.out.unbroken(self._snippet(template, {"code": node.value}), indent)

    def _inline_code(self, node: Node, indent: str) -> None:
        template = self.options.inline_code_snippet
        self.out.unbroken(self._snippet(template, {"code": node.value}), indent)

    def _link(self, node: Node, indent: str) -> None:
        self.out.unbroken(f'<a href="{node.url}">', indent)
        self._children(node, indent)
        self.out.unbroken("</a>", indent)

    def _heading(self, node: Node, indent: str) -> None:
        self.out.unbroken(f"<h{node.depth}>", indent)
        self._children(node, indent)
        self.out.unbroken(f"</h{node.depth}>\n", indent)


def options_from(given: Mapping[str, Any]) -> HtmlOptions:
    """The options among the keys of a comment format."""
    names = HtmlOptions.__dataclass_fields__
    return HtmlOptions(**{k: v for k, v in given.items() if k in names})
