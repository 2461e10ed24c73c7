"""Import patterns match as globset's do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.registry.globs import compile_glob, is_glob


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("http.*", "http.server.duration", True),
        ("http.?", "http.a", True),
        ("http.?", "http.ab", False),
        ("[ab].c", "a.c", True),
        ("[!ab].c", "a.c", False),
        ("{a,b}.c", "b.c", True),
        ("{a,{b,c}}", "c", True),
        ("**", "a/b.c", True),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        ("A", "a", False),
    ],
)
def test_a_pattern_matches_whole_names(pattern: str, text: str, matches: bool) -> None:
    assert bool(compile_glob(pattern).match(text)) is matches


@pytest.mark.parametrize("pattern", ["a[", "a{", "a}", "{a,[b}", "[z-a]", "a\\"])
def test_a_broken_pattern_is_no_glob(pattern: str) -> None:
    assert not is_glob(pattern)


@given(st.text("abc[]{}!-,*?\\/", max_size=12))
def test_any_text_is_a_glob_or_is_refused(pattern: str) -> None:
    assert is_glob(pattern) in (True, False)


@given(st.text("abc._", max_size=12))
def test_a_plain_name_matches_itself_and_a_star_everything(name: str) -> None:
    assert compile_glob(name).match(name)
    assert compile_glob("*").match(name)
