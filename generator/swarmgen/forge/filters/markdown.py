"""The filter ``markdown_to_html``: CommonMark as HTML, with HTML in it shown as text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from swarmgen.forge.filters.values import text_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.common.utils import escapeHtml

    def shown(renderer: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
        return escapeHtml(tokens[at].content)

    parser = MarkdownIt("commonmark")
    parser.add_render_rule("html_block", shown)
    parser.add_render_rule("html_inline", shown)
    return parser


def markdown_to_html(value: Any, /) -> str:
    """The HTML of a Markdown text; it ends with a line break if the text does."""
    source = text_of(value)
    html: str = _renderer().render(source)
    return html if source.endswith("\n") else html.removesuffix("\n")


FILTERS: dict[str, Callable[..., Any]] = {"markdown_to_html": markdown_to_html}
