"""Markdown as a tree of plain nodes, named as mdast names them.

Parsing follows CommonMark: https://spec.commonmark.org. Tree: https://github.com/syntax-tree/mdast
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass
class Node:
    """A piece of Markdown. ``value`` is a text or code; ``children`` hold the rest.

    Kinds: root, paragraph, heading, list, item, quote, code, html, text, inline_code,
    emphasis, strong, link, and other (which is not shown).
    """

    kind: str
    value: str = ""
    children: list[Node] = field(default_factory=list)
    ordered: bool = False
    depth: int = 0
    language: str | None = None
    url: str = ""


_BLOCKS = {
    "paragraph_open": "paragraph",
    "blockquote_open": "quote",
    "list_item_open": "item",
    "em_open": "emphasis",
    "strong_open": "strong",
}


def _with_definitions(parser: MarkdownIt) -> None:
    """Leave a token where a link reference definition is: mdast has a node for it."""
    rules = parser.block.ruler
    original = next(rule.fn for rule in rules.__rules__ if rule.name == "reference")

    def reference(state: Any, start: int, end: int, silent: bool) -> bool:
        found = bool(original(state, start, end, silent))
        if found and not silent:
            state.push("definition", "", 0)
        return found

    rules.at("reference", reference)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"store_labels": True})
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    _with_definitions(parser)
    return parser


def parse_markdown(text: str) -> Node:
    """The tree of a Markdown text. Every text is valid Markdown."""
    return _tree(_parser().parse(text), Node("root"))


def _tree(tokens: list[Token], root: Node) -> Node:
    """Put the nodes of a flat token stream below ``root``."""
    open_nodes = [root]
    for token in tokens:
        if token.nesting < 0:
            open_nodes.pop()
            continue
        if token.type == "inline":
            _tree(token.children or [], open_nodes[-1])
            continue
        node = _node(token)
        _append(open_nodes[-1], node)
        if token.nesting > 0:
            open_nodes.append(node)
    return root


def _append(parent: Node, node: Node) -> None:
    last = parent.children[-1] if parent.children else None
    if node.kind == "text" and last is not None and last.kind == "text":
        last.value += node.value
    elif node.kind != "text" or node.value:
        parent.children.append(node)


def _node(token: Token) -> Node:
    kind = token.type
    if kind in _BLOCKS:
        return Node(_BLOCKS[kind])
    if kind in ("bullet_list_open", "ordered_list_open"):
        return Node("list", ordered=kind == "ordered_list_open")
    if kind == "heading_open":
        return Node("heading", depth=int(token.tag[1:]))
    if kind == "link_open":
        # A link that is written with a reference is not shown, nor is its text.
        by_reference = "label" in token.meta
        return Node("other" if by_reference else "link", url=_url(token))
    if kind in ("fence", "code_block"):
        language = next(iter(token.info.split()), None)
        return Node("code", token.content.removesuffix("\n"), language=language)
    if kind in ("html_block", "html_inline"):
        return Node("html", token.content.removesuffix("\n"))
    if kind == "code_inline":
        return Node("inline_code", token.content)
    if kind in ("text", "text_special"):
        return Node("text", token.content)
    if kind == "softbreak":
        return Node("text", "\n")
    return Node("other")


def _url(token: Any) -> str:
    return str(token.attrs.get("href", ""))
