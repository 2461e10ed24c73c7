"""A template that is wrong, or never ends, is stopped, and the error says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from swarmgen.forge.environment import Environment, make_environment
from swarmgen.forge.errors import FilterError, TemplateError


def _refuse(value: object) -> str:
    raise FilterError(f"refused {value}")


def _environment(folder: Path, seconds: float = 60.0, **files: str) -> Environment:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return make_environment(
        folder, filters={"refuse": _refuse}, tests={}, functions={}, seconds=seconds
    )


def _error(environment: Environment, name: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        environment.render(name, {})
    return caught.value


@pytest.mark.parametrize(
    ("template", "line", "kind"),
    [
        ("a\n{{ 1 2 }}", 2, "syntax error"),
        ("a\n\n{% if %}", 3, "syntax error"),
        ("a\n{{ nope.x }}\nb", 2, "undefined value"),
        ("a\n{{ 1|nothing }}", 2, "unknown filter"),
        ("\n\n{% if 1 is nothing %}{% endif %}", 3, "unknown test"),
        ("{{ nothing() }}", 1, "unknown function"),
        ("{{ 'a'.nothing() }}", 1, "unknown method"),
        ("\n{{ 'a'|upper(1) }}", 2, "invalid operation"),
        ("\n{{ 1|refuse }}", 2, "invalid operation"),
        ("{% include 'nothing' %}", 1, "missing import"),
        ("{% extends 'nothing' %}", 1, "missing import"),
    ],
)
def test_an_error_names_its_line_and_its_kind(
    tmp_path: Path, template: str, line: int, kind: str
) -> None:
    error = _error(_environment(tmp_path, t=template), "t")
    assert (error.template, error.line, error.kind) == ("t", line, kind)
    assert error.message


def test_an_error_in_an_imported_template_is_found_there(tmp_path: Path) -> None:
    environment = _environment(
        tmp_path,
        m="{% macro f(x) %}\n{{ x.y.z }}\n{% endmacro %}",
        t="{% import 'm' as m %}\n\n{{ m.f(1) }}",
    )
    error = _error(environment, "t")
    assert (error.template, error.line) == ("m", 2)


def test_an_unknown_filter_matters_only_where_it_is_used(tmp_path: Path) -> None:
    environment = _environment(tmp_path, t="{% if false %}{{ 1|nothing }}{% endif %}ok")
    assert environment.render("t", {}) == "ok"


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    error = _error(_environment(tmp_path), "nothing")
    assert error.kind == "template not found"


def test_a_template_outside_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    error = _error(_environment(tmp_path / "inner", t="{% include '../secret' %}"), "t")
    assert error.kind == "missing import"


@pytest.mark.parametrize(
    "template",
    [
        "{% for x in range(9) %}{{ x }}{% endfor %}",
        "{% macro f() %}{% endmacro %}{{ f() }}",
    ],
)
def test_a_template_is_stopped_when_its_time_is_over(
    tmp_path: Path, template: str
) -> None:
    error = _error(_environment(tmp_path, seconds=-1.0, t=template), "t")
    assert error.kind == "limit exceeded"


@pytest.mark.parametrize(
    "expression",
    [
        "'x' * 10**10",
        "[1] * 10**10",
        "range(10**12)",
        "'%999999999999d'|format(1)",
        "'x'|indent(10**10, true)",
        "[1]|batch(10**10, 1)",
        "[1]|tojson(10**10)",
    ],
)
def test_what_would_fill_the_memory_is_refused(tmp_path: Path, expression: str) -> None:
    error = _error(_environment(tmp_path, t=f"{{{{ {expression} }}}}"), "t")
    assert "too large" in error.message or "too many" in error.message


@pytest.mark.parametrize(
    "template",
    [
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include 't' %}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{% set x = 'ab' %}{% for i in range(99) %}{% set x = x ~ x %}{% endfor %}",
    ],
)
def test_a_template_that_grows_without_end_is_refused(
    tmp_path: Path, template: str
) -> None:
    assert _error(_environment(tmp_path, t=template), "t").message
