"""Cases of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.forge.errors import FilterError
from swarmgen.forge.filters.casing import FILTERS, convert, split_words

NAMES = st.text(alphabet="abcXYZ019_.- é", max_size=20)
WORDS = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True), min_size=1)


@pytest.mark.parametrize(
    ("style", "name", "expected"),
    [
        ("snake_case", "http.serverName", "http_server_name"),
        ("snake_case", "HTTPServer", "http_server"),
        ("snake_case", "k8s.pod", "k8s_pod"),
        ("snake_case", "a__b", "a__b"),
        ("snake_case", "", ""),
        ("pascal_case", "work.item_id", "WorkItemId"),
        ("camel_case", "work.item_id", "workItemId"),
        ("screaming_snake_case", "work.item", "WORK_ITEM"),
        ("kebab_case", "work_item", "work-item"),
        ("screaming_kebab_case", "work_item", "WORK-ITEM"),
        ("title_case", "work.item", "Work Item"),
        ("lower_case", "Work Item", "work item"),
        ("upper_case", "work.item", "WORK ITEM"),
        ("snake_case_const", "work.item_id", "work_itemid"),
        ("pascal_case_const", "work.item_id", "WorkItemid"),
        ("capitalize_first", "work Item", "Work Item"),
        ("capitalize_first", "", ""),
    ],
)
def test_a_filter_writes_the_words_of_a_name_in_its_case(
    style: str, name: str, expected: str
) -> None:
    assert FILTERS[style](name) == expected


@pytest.mark.parametrize("style", sorted(FILTERS))
@pytest.mark.parametrize("value", [3, None, True, ["a"], {"a": 1}])
def test_what_is_no_string_is_refused(style: str, value: object) -> None:
    with pytest.raises(FilterError):
        FILTERS[style](value)


@given(WORDS)
def test_snake_case_gives_the_words_back(words: list[str]) -> None:
    assert convert("_".join(words), "snake_case").split("_") == words


@given(NAMES)
def test_snake_case_of_snake_case_is_the_same(name: str) -> None:
    once = convert(name, "snake_case")
    assert convert(once, "snake_case") == once


@given(NAMES)
def test_no_letter_is_lost_between_words(name: str) -> None:
    kept = [character for character in name if character not in "._- "]
    assert "".join(split_words(name)) == "".join(kept)
