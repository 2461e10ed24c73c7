"""Globs match as the Rust library globset does, which Weaver uses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.globs import GlobError, is_glob, matches


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("http.*", "http.server.duration", True),
        ("http.?", "http.a", True),
        ("http.?", "http.ab", False),
        ("*.j2", "a.j2", True),
        ("*.j2", "sub/a.j2", True),
        ("?.j2", "/.j2", True),
        ("**", "a/b.c", True),
        ("**/", "a", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "ab", False),
        ("**/b", "b", True),
        ("**/b", "x/b", True),
        ("**/b", "xb", False),
        ("**/**/b", "b", True),
        ("a/**", "a/b/c", True),
        ("a/**", "a", False),
        ("{a/**,b}", "a/b", True),
        ("{a/**,b}", "a", False),
        ("a**b", "axxb", True),
        ("[a-c].md", "b.md", True),
        ("[!a-c].md", "b.md", False),
        ("[]]", "]", True),
        ("[a-]", "-", True),
        ("[a-c-e]", "d", True),
        ("[a-c-e]", "-", False),
        ("{a,b}.md", "b.md", True),
        ("{a,b}.md", "c.md", False),
        ("{a,{b,c}}", "c", True),
        ("a{,b}", "a", False),
        ("a{,b}", "ab", True),
        ("a{}", "a", True),
        ("a,b", "a,b", True),
        (r"\*", "*", True),
        (r"\*", "a", False),
        (r"a\*", "ab", False),
        ("a+b", "a+b", True),
        ("A", "a", False),
    ],
)
def test_a_glob_matches_the_whole_path(glob: str, path: str, expected: bool) -> None:
    assert matches(glob, path) is expected


@pytest.mark.parametrize(
    "glob", ["[a", "a[", "{a", "a{", "a}", "{a,[b}", "a\\", "[z-a]"]
)
def test_what_is_no_glob_is_refused(glob: str) -> None:
    assert not is_glob(glob)
    with pytest.raises(GlobError):
        matches(glob, "a")


@given(st.text("abc[]{}!-,*?\\/", max_size=12))
def test_any_text_is_a_glob_or_is_refused(glob: str) -> None:
    try:
        matches(glob, "a/b")
    except GlobError:
        assert not is_glob(glob)
    else:
        assert is_glob(glob)


@given(st.text(alphabet="ab/.-_é "))
def test_a_path_without_special_characters_matches_itself_only(path: str) -> None:
    assert matches(path, path)
    assert matches("*", path)
    assert not matches(path, path + "x")
