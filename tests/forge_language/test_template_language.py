"""What Weaver 0.25.1 makes of small templates; every expectation was printed by it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from swarmgen.forge.environment import (
    TemplateSyntax,
    WhitespaceControl,
    make_environment,
)
from swarmgen.forge.errors import TemplateError

PLAIN = make_environment(Path(), filters={}, tests={}, functions={})
HELLO = "{% macro hello(n) %}hi {{ n }}{{ outer }}{% endmacro %}{% set v = 4 %}text"
COUNTER = (
    "{% set ns = namespace(n=0) %}{% macro add(i) %}{% set ns.n = ns.n + i %}{% endmacro %}"
    "{% macro get() %}{{ ns.n }}{% endmacro %}"
)


def _render(template: str, **variables: Any) -> str:
    return PLAIN.render_text(template, variables)


def _render_files(folder: Path, template: str, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    environment = make_environment(folder, filters={}, tests={}, functions={})
    return environment.render_text(template, {})


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ [true, none, 1.0, 'a', nope] }}", '[true, none, 1.0, "a", undefined]'),
        ("{{ {'b': 1, 'a': [2]} }}", '{"a": [2], "b": 1}'),
        ("{{ 1e16 }} {{ [1e16, 1e-5] }}", "10000000000000000.0 [1e16, 1e-5]"),
        ("{{ 'a b'|split }}", "<iterator>"),
        (
            "{{ {'a': [], 'b': [1]}|pprint }}",
            '{\n    "a": [],\n    "b": [\n        1,\n    ],\n}',
        ),
        ("{{ [1e20, 1e-5, 1e-6]|tojson }}", "[1e+20,0.00001,1e-6]"),
        ("{{ {'a': [1, {}]}|tojson(2) }}", '{\n  "a": [\n    1,\n    {}\n  ]\n}'),
        ("{{ '<a>'|e }}{{ '/'|e }}", "&lt;a&gt;&#x2f;"),
        ("{{ ['a\\n\"'] }}", '["a\\n\\""]'),
    ],
)
def test_values_print_as_in_rust(template: str, expected: str) -> None:
    assert _render(template) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 and 1", "false"),
        ("(0|int) and 1", "0"),
        ("1 < 2 < 3", "true"),
        ("7 // 2 ~ -7 // 2", "3-4"),
        ("-7 % 3", "2"),
        ("1 / 0", "inf"),
        ("[1] + [2]", "[1, 2]"),
        ("true < 1", "true"),
        ("true == 1", "true"),
        ("1 in 'abc1'", "true"),
        ("[2, 1.5, '1', none, true]|sort", '[none, true, 1.5, 2, "1"]'),
        ("'abcdef'[4:1:-1]", "edc"),
        ("2 ** 3 ** 2", "64"),
        ("2.5|round ~ -2.5|round", "3.0-3.0"),
        ("none|default('x')", "none"),
        ("'%5.1f|%-4s|'|format(2.25, 'a')", "  2.2|a   |"),
        ("'{:>4}{x:,}'.format('a', x=1234)", "   a1,234"),
        ("{'items': 1}.keys()", '["items"]'),
        ("[{'k': 'x'}, {'k': 'X'}]|groupby('k')", '[["X", [{"k": "x"}, {"k": "X"}]]]'),
    ],
)
def test_expressions_follow_minijinja(expression: str, expected: str) -> None:
    assert _render(f"{{{{ {expression} }}}}") == expected


@pytest.mark.parametrize(
    "expression",
    [
        "nope.x",
        "3.x.y",
        "[1]|first|length",
        "nope|nofilter",
        "'a' + 1",
        "2 ** -1",
        "'x'|int",
        "range(3)|sum + 'a'",
        "'a.b'.rsplit('.')",
        "{'items': 1}.items()",
        "1 // 0",
        "1 in 1",
        "'a' * -1",
        "f(a=1, 2)",
        "1 2",
        "'a'|replace('b')",
        "nope()",
        "range(100001)",
        "1|round(precision=1)",
        "'unterminated",
        "1_",
        "+1",
        "é",
    ],
)
def test_what_minijinja_refuses_is_an_error(expression: str) -> None:
    with pytest.raises(TemplateError):
        _render(f"{{{{ {expression} }}}}")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        # A name set in a loop is still set in its next round, not after it.
        ("{% for i in [1,2] %}{{ y }}{% set y = i %}{% endfor %}[{{ y }}]", "1[]"),
        ("{% for i in [1,2] %}{% break %}{% else %}never?{% endfor %}", "never?"),
        ("{% for k in {'b':1,'a':2} %}{{ k }}{% endfor %}", "ab"),
        ("{% for c in 'ab' %}{{ loop.length }}{{ loop.last }}{% endfor %}", "falsefalse"),
        ("{% for x in [1,[2]] recursive %}{% if x is sequence %}({{ loop(x) }})"
         "{% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %}", "1@1(2@2)"),
        ("{% set x = 1, 2 %}{{ x }}{% set a, b = x %}{{ b }}", "[1, 2]2"),
        ("{% with a = 1, b = a %}{{ b }}{% endwith %}[{{ a }}]", "1[]"),
        ("{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(b=3, a=1) }}", "13"),
        # The default of a parameter does not see the other parameters.
        ("{% set a = 1 %}{% macro m(a, b=a) %}[{{ b }}]{% endmacro %}{{ m(5) }}", "[]"),
        ("{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}", "1"),
        ("{% macro m(a) %}<{{ caller(a) }}>{% endmacro %}"
         "{% call(x) m(1) %}{{ x }}{% endcall %}", "<1>"),
        ("{% filter upper|replace('A', '-') %}aba{% endfilter %}", "-B-"),
        ("{% set ns = namespace() %}{% for i in [1,2] %}{% set ns.x = i %}{% endfor %}"
         "{{ ns.x }}", "2"),
        ("{% autoescape 'html' %}{% set x %}<{{ '<' }}{% endset %}{{ x }}"
         "{% autoescape false %}{{ '<' }}{% endautoescape %}{% endautoescape %}", "<&lt;<"),
        ("{% raw -%}  {{ x }}  {%- endraw %}", "{{ x }}"),
    ],
)  # fmt: skip
def test_statements_follow_minijinja(template: str, expected: str) -> None:
    assert _render(template) == expected


def test_an_escaping_mode_holds_for_the_whole_rendering() -> None:
    assert PLAIN.render_text("{{ '<' }}{{ [1] }}", {}, "html") == "&lt;[1]"
    assert PLAIN.render_text("{{ '<' }}{{ none }}", {}, "json") == '"<"null'


def test_line_ends_of_templates_are_kept() -> None:
    assert _render("a\r\n{{ 1 }}\r\n\r\n") == "a\r\n1\r\n"


def test_white_space_around_tags_goes_when_asked_for() -> None:
    space = WhitespaceControl(trim_blocks=True, lstrip_blocks=True)
    environment = make_environment(
        Path(), whitespace=space, filters={}, tests={}, functions={}
    )
    template = "  {% if 1 %}\r\n  a {{ 1 }}\n  {%+ endif %}\n{# b #}\nc\n"
    assert environment.render_text(template, {}) == "  a 1\n  c"


def test_delimiters_can_be_any_texts() -> None:
    syntax = TemplateSyntax("[%", "%]", "[=", "=]", "[#", "#]")
    environment = make_environment(Path(), syntax, filters={}, tests={}, functions={})
    template = "[% for x in [1,2] -%] [= x =][# no #]{{ x }}[% endfor %]"
    assert environment.render_text(template, {}) == "1{{ x }}2{{ x }}"


def test_an_imported_template_sees_where_it_is_imported(tmp_path: Path) -> None:
    template = (
        "{% set outer = 'O' %}{% import 'm' as m %}{{ m.hello(1) }}{{ m.v }}{{ m }}"
    )
    assert _render_files(tmp_path, template, {"m": HELLO}) == "hi 1O4text"


def test_every_import_has_a_state_of_its_own(tmp_path: Path) -> None:
    template = "{% import 'c' as a %}{% import 'c' as b %}{{ a.add(1) }}{{ a.get() }}{{ b.get() }}"
    assert _render_files(tmp_path, template, {"c": COUNTER}) == "10"


def test_names_are_imported_under_other_names(tmp_path: Path) -> None:
    template = (
        "{% from 'm' import hello, v as w, nope %}{{ hello('y') }}{{ w }}[{{ nope }}]"
    )
    assert _render_files(tmp_path, template, {"m": HELLO}) == "hi y4[]"


def test_an_included_template_sets_names_here(tmp_path: Path) -> None:
    template = "{% include ['none', 'i'] %}{{ x }}{% include 'none' ignore missing %}"
    assert _render_files(tmp_path, template, {"i": "{% set x = 1 %}I\n"}) == "I1"


def test_blocks_are_overridden_along_the_chain_of_templates(tmp_path: Path) -> None:
    files = {
        "base": "B({% block a %}base{% endblock %}){{ v }}",
        "mid": "{% extends 'base' %}{% block a %}mid<{{ super() }}>{% endblock %}",
    }
    template = (
        "{% extends 'mid' %}{% block a %}[{{ super() }}]{% endblock %}{% set v = 7 %}x"
    )
    assert _render_files(tmp_path, template, files) == "B([mid<base>])7"
