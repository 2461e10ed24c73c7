"""Globs match as the Rust library globset does, which Weaver uses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.globs import GlobError, matches


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("*.j2", "a.j2", True),
        ("*.j2", "sub/a.j2", True),
        ("?.j2", "/.j2", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "ab", False),
        ("**/b", "b", True),
        ("**/b", "x/b", True),
        ("**/b", "xb", False),
        ("a/**", "a/b/c", True),
        ("a/**", "a", False),
        ("a**b", "axxb", True),
        ("[a-c].md", "b.md", True),
        ("[!a-c].md", "b.md", False),
        ("[]]", "]", True),
        ("{a,b}.md", "b.md", True),
        ("{a,b}.md", "c.md", False),
        ("{a,{b,c}}", "c", True),
        ("a,b", "a,b", True),
        (r"\*", "*", True),
        (r"\*", "a", False),
        ("a+b", "a+b", True),
        ("A", "a", False),
    ],
)
def test_a_glob_matches_the_whole_path(glob: str, path: str, expected: bool) -> None:
    assert matches(glob, path) is expected


@pytest.mark.parametrize("glob", ["[a", "{a", "a}", "a\\", "[z-a]"])
def test_what_is_no_glob_is_refused(glob: str) -> None:
    with pytest.raises(GlobError):
        matches(glob, "a")


@given(st.text(alphabet="ab/.-_é "))
def test_a_path_without_special_characters_matches_itself_only(path: str) -> None:
    assert matches(path, path)
    assert not matches(path, path + "x")
