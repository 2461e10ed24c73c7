"""The YAML flavour: Weaver's choices, and errors with a place for everything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.registry.yaml_reader import MAX_DEPTH, YamlError, places, read_yaml

SCALARS = [
    ("yes", "yes"),
    ("True", True),
    ("~", None),
    ("007", "007"),
    ("1_000", "1_000"),
    ("12:30", "12:30"),
    ("2024-01-01", "2024-01-01"),
    ("0o17", 15),
    ("0x1F", 31),
    ("0b11", 3),
    ("+5", 5),
    ("-0x1F", -31),
    ("1.", 1.0),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("1e999", "1e999"),
    ("infinity", "infinity"),
    ("18446744073709551615", 2**64 - 1),
    ("!!str 3", "3"),
    ('!!int "4"', 4),
    ("!x v", {"!x": "v"}),
    ("!y [1]", {"!y": [1]}),
    ("'3'", "3"),
    ("<<", "<<"),
]

BAD: list[tuple[bytes, int | None, int | None, str]] = [
    (b"a: 1\nb: 2\na: 3\n", 3, 1, "the key `a` stands on line 1 and again on line 3"),
    (b"a:\n\tb: 1\n", 2, 1, "cannot start any token"),
    (b"a: [1\n", 2, 1, ""),
    (b"a: \xff\n", 1, 4, "not UTF-8"),
    (b"a: b\x00\n", None, None, "control characters"),
    (b"", 1, 1, "empty"),
    (b"# only a comment\n", 1, 1, "empty"),
    (b"a: 1\n---\nb: 1\n", 2, 1, "more than one YAML document"),
    (b"1: a\n", 1, 1, "the key `1` is no text"),
    (b"{[a]: b}\n", 1, 2, "a key must be a text"),
    (b"a: 18446744073709551616\n", 1, 4, "64 bits"),
    (b"a: *nowhere\n", 1, 4, "names no anchor"),
    (b"a: &x [*x]\n", 1, 8, "inside its own anchor"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_a_plain_scalar_has_the_type_that_weaver_gives_it(
    text: str, value: Any
) -> None:
    found = read_yaml(f"a: {text}\n".encode())["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("data", "line", "column", "said"), BAD)
def test_bad_yaml_is_one_error_with_its_place(
    data: bytes, line: int | None, column: int | None, said: str
) -> None:
    with pytest.raises(YamlError) as caught:
        read_yaml(data)
    assert said in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


def test_every_duplicate_key_is_named_with_both_lines() -> None:
    with pytest.raises(YamlError) as caught:
        read_yaml(b"a: 1\nb: {c: 1,\n  c: 2}\na: 2\n")
    assert "`c` stands on line 2 and again on line 3" in caught.value.message
    assert "`a` stands on line 1 and again on line 4" in caught.value.message


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: |\r\n  x\r\n  y\r\n") == {"a": "x\ny\n"}


def test_the_deepest_allowed_nesting_is_read_and_one_level_more_is_an_error() -> None:
    read_yaml(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(YamlError, match="levels of nesting") as caught:
        read_yaml(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert (caught.value.line, caught.value.column) == (1, MAX_DEPTH + 1)


@pytest.mark.parametrize("bracket", [b"[", b"{a: ", b"- "])
def test_ten_thousand_levels_of_nesting_are_an_error_and_no_crash(
    bracket: bytes,
) -> None:
    with pytest.raises(YamlError, match="levels of nesting"):
        read_yaml(bracket * 10_000)


def test_aliases_of_aliases_cannot_exhaust_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 12):
        references = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{references}]")
    with pytest.raises(YamlError, match="expand to too much"):
        read_yaml("\n".join(lines).encode())


def test_places_name_the_line_and_column_of_keys_and_items() -> None:
    found = {
        path: (line, col)
        for path, line, col in places(b"g:\n  - id: x\n    at: {k: v}\n")
    }
    assert found[("g",)] == (1, 1)
    assert found[("g", 0)] == (2, 5)
    assert found[("g", 0, "at")] == (3, 5)
    assert found[("g", 0, "at", "k")] == (3, 10)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(
        st.characters(
            exclude_categories=("Cs", "Cc"),
            exclude_characters="\u2028\u2029\ufeff\ufffe\uffff",
        )
    ),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text("abcxyz:#- ", min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_json_says_is_read_as_it_is(value: Any) -> None:
    text = json.dumps({"a": value}, ensure_ascii=False)
    assert read_yaml(text.encode()) == {"a": value}


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_yaml_error(data: bytes) -> None:
    try:
        read_yaml(data)
    except YamlError as error:
        assert error.message
    list(places(data))
