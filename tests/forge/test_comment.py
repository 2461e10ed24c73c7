"""The filter ``comment``: Markdown as comments, wrapped and framed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.forge.errors import FilterError
from swarmgen.forge.filters.comment import comment_filter

FORMATS = {
    "go": {"format": "markdown", "prefix": "// "},
    "wrapped": {"format": "markdown", "word_wrap": {"line_length": 20}},
    "joined": {
        "format": "markdown",
        "word_wrap": {"line_length": 20, "ignore_newlines": True},
    },
    "links": {"format": "markdown", "shortcut_reference_link": True},
    "escaped": {
        "format": "markdown",
        "escape_backslashes": True,
        "escape_square_brackets": True,
    },
    "block": {
        "format": "markdown",
        "header": "/*",
        "prefix": " * ",
        "footer": " */",
        "enforce_trailing_dots": True,
    },
    "dotless": {"format": "markdown", "remove_trailing_dots": True},
    "both": {
        "format": "markdown",
        "remove_trailing_dots": True,
        "enforce_trailing_dots": True,
    },
    "java": {
        "format": "html",
        "old_style_paragraph": True,
        "omit_closing_li": True,
        "inline_code_snippet": "{@code {{code}}}",
    },
    "html": {"format": "html"},
}


@pytest.fixture
def comment() -> Callable[..., str]:
    def snippet(template: str, variables: object) -> str:
        assert isinstance(variables, dict)
        return template.replace("{{code}}", variables["code"])

    return comment_filter(FORMATS, "go", snippet)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("one\ntwo", {}, "// one\n// two"),
        ("a\n\nb", {}, "// a\n//\n// b"),
        ("x\n\n- a\n- b\n  - c", {}, "// x\n//\n// - a\n// - b\n//     - c"),
        ("x\n\n3. a\n4. b", {}, "// x\n//\n// 1. a\n// 2. b"),
        ("*a* **b** `c`", {}, "// *a* **b** `c`"),
        ("# A\nb", {}, "// # A\n//\n// b"),
        ("> a", {}, "// > a"),
        ("```py\nx\n```", {}, "// ```py\n// x\n// ```"),
        ("a  \nb", {}, "// ab"),
        ("![i](x) [r] <b>", {}, "//  [r] <b>"),
        (["a", "b"], {}, "// a\n// b"),
        ("a", {"prefix": "# "}, "# a"),
        ("a\nb", {"indent": 2}, "// a\n  // b"),
        ("a\nb", {"indent": 1, "indent_type": "tab"}, "// a\n\t// b"),
        ("a", {"header": "<", "footer": ">"}, "<\n// a\n>"),
        ("", {}, ""),
        ("a", {"format": "block"}, "/*\n * a.\n */"),
        ("a..", {"format": "dotless"}, "a"),
        ("[a](http://b)", {}, "// [a](http://b)"),
        ("[a](http://b)", {"format": "links"}, "[a]\n\n[a]: http://b"),
        ("a [b] c\\\\d", {"format": "escaped"}, "a \\[b\\] c\\\\d"),
        ("one two three four five", {"format": "wrapped"}, "one two three four\nfive"),
        ("one two\nthree four five", {"format": "joined"}, "one two three four\nfive"),
        ("one *two three fourth*", {"format": "joined"}, "one\n*two three fourth*"),
        ("a\n\nb", {"format": "java"}, "a\n<p>\nb"),
        ("a\n\n@see b", {"format": "java"}, "a\n\n@see b"),
        ("- a\n- `b`", {"format": "java"}, "<ul>\n  <li>a\n  <li>{@code b}\n</ul>"),
        ("a *b* <i>", {"format": "html"}, "<p>a <em>b</em> <i></p>"),
        ("[a](b)", {"format": "html"}, '<p><a href="b">a</a></p>'),
        ("- a", {"format": "html"}, "<ul>\n  <li>a</li>\n</ul>"),
    ],
)
def test_a_text_becomes_a_comment(
    comment: Callable[..., str], text: object, options: dict[str, object], expected: str
) -> None:
    assert comment(text, **options) == expected


@pytest.mark.parametrize(
    "options", [{"format": "nope"}, {"format": "both"}, {"indent_type": "comma"}]
)
def test_settings_that_make_no_sense_are_refused(
    comment: Callable[..., str], options: dict[str, object]
) -> None:
    with pytest.raises(FilterError):
        comment("a", **options)


@given(st.text(max_size=60), st.sampled_from(["go", "block", "wrapped", "joined"]))
def test_every_line_has_the_prefix_whatever_the_text(text: str, name: str) -> None:
    lines = comment_filter(FORMATS, "go", lambda template, _: template)(
        text, format=name, prefix="// ", header="", footer=""
    )
    assert all(line.startswith("//") for line in lines.split("\n") if lines)
