"""Whatever a text holds, only inert Markdown comes out of the quoting filters."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from swarmgen.forge.filters.quoting_markdown import (
    markdown_anchor,
    markdown_code,
    markdown_line,
    markdown_page,
    markdown_text,
    mermaid_text,
)

INERT = {"p", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "a", "br"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}

# As a forge renders: raw HTML passes, tables are on.
FORGE = MarkdownIt("commonmark", {"html": True}).enable("table")

Read = Callable[[str], Any]

ANYTHING = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<!--",
            "-->",
            "<",
            ">",
            "|",
            "\\",
            "`",
            "```",
            "~~~",
            "\n",
            "\n\n",
            "    ",
            "# ",
            "- ",
            "1. ",
            "> ",
            "---",
            "===",
            "[x](",
            "javascript:",
            ")",
            "![",
            "]",
            "[a]: b",
            "*",
            "_",
            "**",
            "&lt;",
            "&#60;",
            "\x00",
            "\u202e",
            " ",
            "a",
            "é",
            "| - |",
            "<?",
            "<![CDATA[",
        ]
    ),
    max_size=16,
).map("".join)


def check_inert(read: Read, page: str, allowed: set[str]) -> None:
    found = read(page)
    assert set(found.tags) <= allowed, page
    assert found.comments == []
    assert found.odd == [], page


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
def test_block_text_is_inert(read: Read, text: str) -> None:
    check_inert(read, FORGE.render(markdown_text(text)), INERT | TABLE)


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_block_text_ends_where_it_ends(text: str) -> None:
    page = FORGE.render(f"{markdown_text(text)}\n\n## After\n")
    assert page.endswith("<h2>After</h2>\n")


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
def test_a_line_is_one_inert_cell_of_a_table(read: Read, text: str) -> None:
    row = f"| {markdown_line(text)} | {markdown_code(text)} | end |"
    page = FORGE.render(f"| a | b | c |\n| --- | --- | --- |\n{row}\n")
    check_inert(read, page, {"em", "strong", "a", "code"} | TABLE)
    assert read(page).tags.count("tr") == 2
    assert "<td>end</td>" in page


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_a_line_alone_is_one_paragraph(read: Read, text: str) -> None:
    page = FORGE.render(markdown_line(text))
    check_inert(read, page, {"p", "em", "strong", "a", "code"})
    assert read(page).tags.count("p") <= 1


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=40
    )
)
def test_code_shows_exactly_its_value(text: str) -> None:
    page = FORGE.renderInline(f"x {markdown_code(text)} y")
    assert page == f"x <code>{html.escape(text)}</code> y" or (
        html.unescape(page) == f"x <code>{text}</code> y"
    )


def test_code_of_several_lines_stays_on_its_line() -> None:
    assert markdown_code("a\nb|`c`") == "<code>a&#10;b&#124;&#96;c&#96;</code>"


@pytest.mark.parametrize(
    "text", ["\x00", "\x1b", "\u202e", "\u2066", "\ufeff", "\u2028", "\ud800"]
)
def test_what_nobody_sees_is_shown_by_its_number(text: str) -> None:
    shown = f"U+{ord(text):04X}"
    assert shown in markdown_text(f"a{text}b")
    assert shown in markdown_line(f"a{text}b")
    assert shown in markdown_code(f"a{text}b")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("See `http.route` and *this*.", "See `http.route` and *this*."),
        ("[RFC](https://example.com/a-b)", "[RFC](https://example.com/a-b)"),
        ("a [b] c\n\n[b]: https://example.com", "a [b](https://example.com) c"),
        ("- one\n- two", "- one\n- two"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("a_b snake_case", "a_b snake_case"),
        ("`<key>` is <key>", "`<key>` is &lt;key&gt;"),
        ("```sh\necho | cat", "```sh\necho | cat\n```"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("![alt](https://example.com/x.png)", "alt"),
        ("# Title", "Title"),
    ],
)
def test_inert_markdown_stays_and_the_rest_becomes_text(
    text: str, written: str
) -> None:
    assert markdown_text(text) == written


def test_anchors_hold_nothing_but_what_anchors_may_hold() -> None:
    assert markdown_anchor("http.request.method") == "http.request.method"
    assert markdown_anchor('a"><b>&c') == "a-b-c"
    assert markdown_anchor("") == "-"


def test_labels_of_diagrams_can_not_end_the_diagram() -> None:
    assert mermaid_text("work.claim [holder]") == "work.claim #91;holder#93;"
    assert "`" not in mermaid_text("```\n<script>") and "\n" not in mermaid_text("a\nb")


def test_a_page_has_single_blank_lines_and_one_newline_at_its_end() -> None:
    assert markdown_page("\n\na  \n\n\n\nb\n\n") == "a\n\nb\n"
