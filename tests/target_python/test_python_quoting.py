"""The filters that put values, names and texts into Python source."""

from __future__ import annotations

import ast
import keyword

import black
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.forge.filters.quoting_python import (
    py_assign,
    py_class,
    py_docstring,
    py_entry,
    py_identifier,
    py_imports,
    py_literal,
    py_named,
    py_parameter,
    py_returns,
    py_span_name,
    py_string,
    py_tuple,
    py_type,
)

NASTY = [
    '"""',
    "'''",
    '"',
    "'",
    "\\",
    "\\N{DASH}",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\f",
    "\x85",
    "\u2028",
    "\u202e",
    "\ud800",
    "\ufeff",
    "\U0001f600",
    "{{ x }}",
    "[= x =]",
    "{% raw %}",
    "$(touch pwned)",
    "`touch pwned`",
    "# type: ignore",
    "# fmt: off",
    "```",
    "| a |",
    "- item",
    "    indented",
    "  ",
    "\xa0",
    "x" * 100,
    "word " * 30,
]
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=8).map("".join)
# As long as py_named makes them; behind longer ones black splits in ways of its own.
NAMES = st.from_regex(r"[a-z][a-z_]{0,59}", fullmatch=True).filter(
    lambda name: not keyword.iskeyword(name)
)


def black_clean(source: str) -> bool:
    """Whether black, as it comes, leaves a source as it is."""
    try:
        black.format_file_contents(source, fast=True, mode=black.Mode())
    except black.NothingChanged:
        return True
    return False


def is_visible(source: str) -> bool:
    """Whether a source has no control, bidirectional or line separating characters."""
    return all(c.isprintable() or c == "\n" for c in source if ord(c) < 0x3000)


@given(TEXTS)
def test_a_string_evaluates_to_itself_and_is_quoted_as_black_does_it(text: str) -> None:
    literal = py_string(text)
    assert ast.literal_eval(literal) == text
    assert "\n" not in literal
    assert is_visible(literal)
    assert black_clean(f"x = [\n    {literal},\n]\n")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=6,
    )
)
def test_a_literal_evaluates_to_its_value(value: object) -> None:
    assert eval(py_literal(value)) == value


@given(NAMES, TEXTS, st.sampled_from([0, 4, 8]))
def test_an_assignment_is_black_clean_at_every_length(
    name: str, text: str, indent: int
) -> None:
    line = py_assign(name.upper(), text, indent)
    heads = {0: "", 4: "if x:\n", 8: "if x:\n    if y:\n"}
    assert black_clean(f"{heads[indent]}{line}\n")


@given(st.lists(TEXTS, max_size=4), st.sampled_from([0, 4]))
def test_a_docstring_is_black_clean_and_harmless_whatever_its_text(
    paragraphs: list[str], indent: int
) -> None:
    docstring = py_docstring(paragraphs, indent)
    source = f"def f():\n{docstring}\n" if indent else f"{docstring}\n\nx = 1\n"
    tree = ast.parse(source)
    assert len(tree.body) == (1 if indent else 2)
    assert is_visible(docstring)
    assert black_clean(source)


@given(NAMES, st.sampled_from(["str", "Sequence[str]", "Mapping[str, Sequence[int]]"]))
def test_signatures_are_black_clean_at_every_length(name: str, annotation: str) -> None:
    required, optional = py_parameter(name, annotation), py_parameter(
        name, annotation, True
    )
    function = f"def f(\n    *,\n{required}\n{optional.replace(name, 'z' + name)}\n"
    assert black_clean(f"{function}{py_returns(f'Scope[{name}]')}\n    pass\n")
    assert black_clean(f"x = [\n    {{\n{py_entry(name, annotation)}\n    }},\n]\n")
    assert black_clean(f"{py_class(name, [name + 'a', name + 'b'])}\n    pass\n")
    assert black_clean(f"x = [\n{py_tuple([name, 1], 4)}\n]\n")
    assert black_clean(f"x = {{\n{py_tuple([name, 1], 4, name)}\n}}\n")


@given(
    st.lists(TEXTS, unique=True, max_size=12),
    st.sets(st.sampled_from(["name", "x", "A"])),
)
def test_names_are_unique_identifiers_for_whatever_keys(
    keys: list[str], reserved: set[str]
) -> None:
    named = py_named([{"key": key} for key in keys], "key", reserved)
    assert [item["key"] for item in named] == keys
    for style in ("const", "cls", "var", "slug"):
        names = [item[style] for item in named]
        assert len(set(names)) == len(keys)
        assert all(name.isidentifier() and name.isascii() for name in names)
        if style != "slug":
            assert not set(names) & reserved
    assert not any(keyword.iskeyword(item["var"]) for item in named)


def test_of_two_keys_that_look_alike_the_one_in_use_has_the_plain_name() -> None:
    keys = [
        {"key": "a.b.c", "deprecated": {"reason": "obsoleted"}},
        {"key": "a.b_c"},
        {"key": "a_b.c"},
    ]
    assert [item["const"] for item in py_named(keys)] == ["A_B_C_3", "A_B_C", "A_B_C_2"]
    assert [item["const"] for item in py_named(keys[::-1])] == [
        "A_B_C_2",
        "A_B_C",
        "A_B_C_3",
    ]


@pytest.mark.parametrize(
    ("key", "snake", "constant", "cls"),
    [
        (
            "http.request.method",
            "http_request_method",
            "HTTP_REQUEST_METHOD",
            "HttpRequestMethod",
        ),
        ("import", "import_", "IMPORT", "Import"),
        ("3d.model", "_3d_model", "_3D_MODEL", "_3dModel"),
        ("tableNames", "table_names", "TABLE_NAMES", "TableNames"),
        ("__init__", "init", "INIT", "Init"),
        ("größe", "gr_e", "GR_E", "GrE"),
        ("", "unnamed", "UNNAMED", "Unnamed"),
    ],
)
def test_an_identifier_in_its_three_styles(
    key: str, snake: str, constant: str, cls: str
) -> None:
    found = [py_identifier(key, style) for style in ("snake", "constant", "class")]
    assert found == [snake, constant, cls]


@pytest.mark.parametrize(
    ("kind", "annotation"),
    [
        ("string", "str"),
        ("double[]", "Sequence[float]"),
        ("template[boolean[]]", "Mapping[str, Sequence[bool]]"),
        ("any", "AnyValue"),
        ({"members": [{"value": 1}, {"value": 2}]}, "int"),
        ({"members": [{"value": 1}, {"value": 2.5}]}, "float"),
        ({"members": [{"value": 1}, {"value": "a"}]}, "AnyValue"),
        ({"members": []}, "AnyValue"),
    ],
)
def test_the_annotation_of_a_type(kind: object, annotation: str) -> None:
    assert py_type(kind) == annotation


@pytest.mark.parametrize(
    ("note", "expression"),
    [
        ("", '"shop.checkout"'),
        ("checkout", '"checkout"'),
        ("checkout {shop.order}", 'f"checkout {shop_order}"'),
        ("checkout {shop.optional}", '"shop.checkout"'),
        ("SHOULD be the name", '"shop.checkout"'),
        ("a name that is rather long", '"shop.checkout"'),
        ('x"y', '"shop.checkout"'),
    ],
)
def test_a_span_is_named_as_the_conventions_say_where_they_give_a_name(
    note: str, expression: str
) -> None:
    attributes = [
        {"key": "shop.order", "var": "shop_order", "requirement_level": "required"},
        {"key": "shop.optional", "var": "shop_optional", "requirement_level": "opt_in"},
    ]
    span = {"id": "shop.checkout", "name": {"note": note}}
    assert py_span_name(span, attributes) == expression


def test_only_what_a_body_uses_is_imported() -> None:
    modules = {
        "Any": "typing",
        "Final": "typing",
        "x as types": "..types",
        "Unpack": "typing_extensions",
    }
    body = "a: Final = types.X\nUnpack[Any]"
    assert py_imports(body, modules) == (
        "from typing import Any, Final\n\nfrom typing_extensions import Unpack\n\n"
        "from ..types import x as types"
    )
    assert py_imports("pass", modules) == ""
