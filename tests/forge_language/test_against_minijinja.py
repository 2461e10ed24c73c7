"""Random templates mean the same here and in minijinja (the wheel of that name).

Both give the same text, or both refuse. What the grammar leaves out, and why:

* maps with unsorted keys, or with several keys made by ``|``: the wheel keeps the order
  of insertion, Weaver sorts;
* ``true`` beside ``1`` as keys of one map: they are one key here;
* integers beyond 2**63 compared with floats, backward slices of nothing and
  ``loop.cycle()``: minijinja panics;
* ``chain`` and maps as items of ``reverse``: which items are asked for when differs.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swarmgen.forge.environment import WhitespaceControl, make_environment
from swarmgen.forge.errors import TemplateError

minijinja = pytest.importorskip("minijinja")
if version("minijinja").partition(".")[0] != "2":
    pytest.skip(
        "Weaver has minijinja 2.20; the wheels from 3.0 on print values as Python does",
        allow_module_level=True,
    )

EXAMPLES = int(os.environ.get("MINIJINJA_EXAMPLES", "600"))

LITERALS = st.sampled_from(
    [
        *[
            "none",
            "true",
            "false",
            "0",
            "1",
            "-3",
            "7",
            "2.5",
            "-0.5",
            "1e20",
            "1e-7",
            "nope",
            "x",
            "xs",
            "m",
            "range(3)",
        ],
        *["'a'", "''", "'aB c'", "'a,b'", "' 12 '", "'1.5'", "'<&>'", "'l\\n2'"],
        *["[]", "[1,2,3]", "['b','A',1]", "[[1,2],['x']]", "{}", "{'a':1}"],
        *["{'a':[1],'b':'x'}", "[{'a':2},{'a':1}]", "('<'|safe)"],
    ]
)
BINARY = st.sampled_from(
    [
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "~",
        "==",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "and",
        "or",
        "in",
        "not in",
    ]
)
FILTERS = st.sampled_from(
    [
        *[
            "upper",
            "lower",
            "title",
            "capitalize",
            "trim",
            "length",
            "first",
            "last",
            "list",
            "string",
            "int",
            "float",
        ],
        *[
            "abs",
            "round",
            "sum",
            "min",
            "max",
            "sort",
            "unique",
            "join",
            "reverse",
            "items",
            "tojson",
            "pprint",
            "e",
        ],
        *["escape", "default", "bool", "urlencode", "lines", "safe", "dictsort"],
        *["default('d')", "default('d',true)", "join('-')", "replace('a','z')"],
        *["batch(2)", "batch(2,0)", "slice(2)", "select('odd')", "reject('none')"],
        *[
            "map('string')",
            "map(attribute='a')",
            "selectattr('a')",
            "sort(reverse=true)",
        ],
        *["selectattr('a','eq',1)", "groupby('a')", "indent(2)", "indent(2,true)"],
        *["round(1)", "trim('a')", "split(',')|list", "attr('a')", "tojson(indent=2)"],
        *["sort(attribute='a')", "sort(case_sensitive=true)", "zip([1,2])|list"],
    ]
)
TESTS = st.sampled_from(
    [
        *[
            "defined",
            "undefined",
            "none",
            "boolean",
            "number",
            "integer",
            "float",
            "string",
            "sequence",
        ],
        *["mapping", "iterable", "odd", "even", "true", "false", "safe"],
        *[
            "eq 1",
            "in ['a',1]",
            "divisibleby 2",
            "startingwith('a')",
            "lt 3",
            "sameas 1",
        ],
    ]
)
SUFFIXES = st.sampled_from(
    [
        ".a",
        "[0]",
        "[-1]",
        "['a']",
        "[1:]",
        "[:2]",
        "[::2]",
        ".upper()",
        ".items()|list",
        ".keys()|list",
        ".get('a')",
        ".split(',')",
        ".strip()",
        ".count('a')",
        ".nope()",
    ]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, BINARY, inner),
        st.builds("({}|{})".format, inner, FILTERS),
        st.builds("({}|{})".format, inner, FILTERS),
        st.builds("({} is {})".format, inner, TESTS),
        st.builds("({} is not {})".format, inner, TESTS),
        st.builds("({}){}".format, inner, SUFFIXES),
        st.builds("(not {})".format, inner),
        st.builds("(-({}))".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({} if {})".format, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
    )


EXPRESSIONS = st.recursive(LITERALS, _grown, max_leaves=5)
TEXTS = st.sampled_from(["a", " ", "\n", "  \n", "b\n  ", "\r\n", "{", "%}", "'"])
DASHES = st.sampled_from(["", "", "-", "+"])


@st.composite
def _tags(draw: st.DrawFn, text: str) -> str:
    """Put white space control into the tags of a template."""
    for mark in ("{%", "%}"):
        parts = text.split(mark)
        signs = [draw(DASHES) for _ in parts[1:]]
        joined = [
            (mark + sign if mark == "{%" else sign + mark) + part
            for sign, part in zip(signs, parts[1:], strict=True)
        ]
        text = parts[0] + "".join(joined)
    return text


def _statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    loop = "{{% for x in {} %}}{}{{{{ loop.index }}}}{{% else %}}{}{{% endfor %}}"
    chosen = "{{% for x in {} if {} %}}{}{{{{ loop.last }}}}{{% endfor %}}"
    recursive = (
        "{{% for x in {} recursive %}}{}{{% if x is sequence %}}({{{{ loop(x) }}}})"
    )
    recursive += "{{% endif %}}{{{{ loop.depth }}}}{{% endfor %}}"
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds(loop.format, EXPRESSIONS, inner, inner),
        st.builds(chosen.format, EXPRESSIONS, EXPRESSIONS, inner),
        st.builds(recursive.format, EXPRESSIONS, inner),
        st.builds(
            "{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format,
            EXPRESSIONS,
            inner,
            inner,
        ),
        st.builds("{{% set x = {} %}}{}".format, EXPRESSIONS, inner),
        st.builds("{{% set x %}}{}{{% endset %}}{{{{ x }}}}".format, inner),
        st.builds("{{% with x = {} %}}{}{{% endwith %}}".format, EXPRESSIONS, inner),
        st.builds("{{% filter upper %}}{}{{% endfilter %}}".format, inner),
        st.builds("{{% autoescape 'html' %}}{}{{% endautoescape %}}".format, inner),
        st.builds(
            "{{% macro f(x, y={}) %}}{}{{{{ y }}}}{{% endmacro %}}{{{{ f({}) }}}}".format,
            EXPRESSIONS,
            inner,
            EXPRESSIONS,
        ),
        st.builds("{{% for x in [1,2] %}}{}{{% break %}}{{% endfor %}}".format, inner),
    )


LEAVES = st.one_of(TEXTS, st.builds("{{{{ {} }}}}".format, EXPRESSIONS))
TEMPLATES = st.recursive(LEAVES, _statements, max_leaves=5).flatmap(_tags)
PRELUDE = (
    "{% set x = 3 %}{% set xs = ['q',2,none] %}{% set m = {'a':1,'b':[true,0.5]} %}"
)


def _theirs(template: str, trim: bool, lstrip: bool) -> str | None:
    environment = minijinja.Environment(trim_blocks=trim, lstrip_blocks=lstrip)
    try:
        return str(environment.render_str(PRELUDE + template))
    except minijinja.TemplateError:
        return None


def _ours(template: str, trim: bool, lstrip: bool) -> str | None:
    space = WhitespaceControl(trim_blocks=trim, lstrip_blocks=lstrip)
    environment = make_environment(
        Path(), whitespace=space, filters={}, tests={}, functions={}
    )
    try:
        return environment.render_text(PRELUDE + template, {})
    except TemplateError:
        return None


def _compare(template: str, trim: bool = False, lstrip: bool = False) -> None:
    assert _ours(template, trim, lstrip) == _theirs(template, trim, lstrip)


PROFILE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES <= 600,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@PROFILE
@given(EXPRESSIONS)
def test_an_expression_gives_what_it_gives_in_minijinja(expression: str) -> None:
    _compare(f"{{{{ {expression} }}}}")


@PROFILE
@given(TEMPLATES, st.booleans(), st.booleans())
def test_a_template_gives_what_it_gives_in_minijinja(
    template: str, trim: bool, lstrip: bool
) -> None:
    _compare(template, trim, lstrip)
