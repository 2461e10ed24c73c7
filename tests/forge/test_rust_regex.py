"""Replacing with Rust's regular expressions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.forge.rust_regex import RegexError, replace_all


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "expected"),
    [
        ("a.b", r"\.", "_", "a_b"),
        ("ab", "(a)(b)", "$2$1", "ba"),
        ("ab", "(a)(b)", "${1}_$2", "a_b"),
        ("ab", "(a)(b)", "$1_$2", "b"),
        ("ab", "(?<first>a)", "<$first>", "<a>b"),
        ("a", "a", "$$", "$"),
        ("a", "(a)", "$7", ""),
        ("aa", "a*?", "-", "-a-a-"),
        ("abc", "b|", "-", "-a-c-"),
        ("a\n", "a$", "x", "a\n"),
        ("a\nb", "(?m)^", "# ", "# a\n# b"),
        ("aXb", "a(?i)x", "_", "_b"),
        ("a]b", "[]]", "-", "a-b"),
        ("a1", "[[:digit:]]", "d", "ad"),
        ("aB", r"\p{Lu}", "x", "ax"),
        ("aB", r"\PL", "x", "aB"),
        ("x", r"\x{78}", "y", "y"),
        ("ab", r"b\z", "x", "ax"),
    ],
)
def test_a_replacement_is_what_rust_makes_of_it(
    text: str, pattern: str, replacement: str, expected: str
) -> None:
    assert replace_all(text, pattern, replacement) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "a(?=b)",
            "(?!a)",
            "(?<=a)b",
            r"(a)\1",
            "(?P=a)",
            r"\Z",
            r"\y",
            "x{",
            "a{,2}",
        ),
        *("(", ")", "*", "[b-a]", "[[a]b]", "a\\", r"\p{Greek}"),
    ],
)
def test_what_rust_or_python_cannot_say_is_refused(pattern: str) -> None:
    with pytest.raises(RegexError):
        replace_all("a", pattern, "")


@given(st.text(), st.text(min_size=1), st.text(alphabet="xyz"))
def test_a_literal_is_replaced_everywhere(text: str, old: str, new: str) -> None:
    assert replace_all(text, re.escape(old), new) == text.replace(old, new)
