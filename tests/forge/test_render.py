"""Rendering a target: entries, files, parameters, and everything that can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ONE = "templates: [{template: t.j2, application_mode: %s, filter: '%s'%s}]"


def entry(mode: str = "single", filter: str = ".", more: str = "") -> str:
    return ONE % (mode, filter, f", {more}" if more else "")


def test_single_renders_the_template_once(render: Callable[..., Any]) -> None:
    rendering = render(entry(), {"t.j2": "{{ ctx.a }}"}, {"a": "x"})
    assert (rendering.files, rendering.problems) == ({"t": "x"}, [])


def test_each_renders_the_template_for_each_item(render: Callable[..., Any]) -> None:
    yaml = entry("each", ".[]", 'file_name: "{{ ctx }}.md"')
    rendering = render(yaml, {"t.j2": "<{{ ctx }}>"}, ["a", "b"])
    assert rendering.files == {"a.md": "<a>", "b.md": "<b>"}


@pytest.mark.parametrize("filter", ["null", "[]", "empty"])
def test_single_renders_nothing_of_nothing(
    render: Callable[..., Any], filter: str
) -> None:
    rendering = render(entry("single", filter), {"t.j2": "x"})
    assert (rendering.files, rendering.problems) == ({}, [])


def test_when_decides_whether_an_entry_counts(render: Callable[..., Any]) -> None:
    yaml = entry(more="when: $on")
    assert render(yaml, {"t.j2": "x"}, on=True).files == {"t": "x"}
    assert render(yaml, {"t.j2": "x"}, on=False).files == {}


def test_a_template_may_name_its_file(render: Callable[..., Any]) -> None:
    text = "{{ template.set_file_name('a/b.txt') }}x"
    assert render(entry(), {"t.j2": text}).files == {"a/b.txt": "x"}


def test_given_parameters_come_before_those_of_the_entry_and_the_file(
    render: Callable[..., Any],
) -> None:
    yaml = "params: {a: file, b: file, c: file}\n" + entry(
        "single", "[$a, $b, $c, $params.a]", "params: {b: entry, c: entry}"
    )
    rendering = render(yaml, {"t.j2": "{{ params.c }} {{ ctx | join }}"}, c="given")
    assert rendering.files == {"t": "given fileentrygivenfile"}


def test_the_last_configuration_down_to_the_target_counts(
    render: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "weaver.yaml").write_text("params: {a: above, b: above}")
    rendering = render("params: {b: null}\n" + entry(), {"t.j2": "{{ params.a }}"})
    assert rendering.files == {"t": "above"}
    assert str(tmp_path / "weaver.yaml") in rendering.inputs


def test_a_file_that_fails_does_not_keep_the_others_back(
    render: Callable[..., Any],
) -> None:
    yaml = "templates: [{template: '*.j2', application_mode: single}]"
    rendering = render(yaml, {"a.j2": "a", "b.j2": "1\n{{ nope.x }}", "c.j2": "c"})
    assert rendering.files == {"a": "a", "c": "c"}
    (problem,) = rendering.problems
    assert problem.code == "TemplateEvaluationFailed"
    assert (Path(problem.location.path).name, problem.location.line) == ("b.j2", 2)


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "..", "a\\0b"])
def test_a_file_name_that_leaves_the_output_folder_is_refused(
    render: Callable[..., Any], name: str
) -> None:
    rendering = render(
        entry(more=f"file_name: {json.dumps(name.replace(chr(92) + '0', chr(0)))}"),
        {"t.j2": "x"},
    )
    assert rendering.files == {}
    (problem,) = rendering.problems
    assert problem.code == "OutputPathEscapes"
    assert problem.location.line == 1


def test_a_file_name_is_relative_to_the_output_folder_however_it_is_spelled(
    render: Callable[..., Any],
) -> None:
    assert list(render(entry(more="file_name: ./a//b"), {"t.j2": "x"}).files) == ["a/b"]


def test_a_path_that_is_rendered_twice_is_told(render: Callable[..., Any]) -> None:
    rendering = render(entry("each", ".[]"), {"t.j2": "{{ ctx }}"}, [1, 2])
    assert rendering.files == {"t": "2"}
    assert [problem.code for problem in rendering.collisions] == ["OutputCollision"]


BAD = {
    "templates: [}": ("InvalidConfigFile", (1, 13)),
    "a: 1\na: 2\n": ("InvalidConfigFile", (2, 1)),
    "templates:\n- {template: t.j2}\n": ("InvalidConfigFile", (2, 3)),
    "templates:\n- template: t.j2\n  application_mode: all\n": (
        "InvalidConfigFile",
        (3, 3),
    ),
    "templates:\n- application_mode: single\n": ("InvalidConfigFile", (2, 3)),
    "templates:\n- {application_mode: single, template: '[a'}\n": (
        "InvalidConfigFile",
        (2, 30),
    ),
    "acronyms: [1]": ("InvalidConfigFile", (1, 12)),
    "whitespace_control: {trim_blocks: 1}": ("InvalidConfigFile", (1, 22)),
    "templates:\n- {application_mode: single, template: zz}\n": (
        "InvalidTemplateFile",
        (2, 30),
    ),
    "templates:\n- {application_mode: single, template: t.j2, filter: '.a['}\n": (
        "FilterError",
        (2, 46),
    ),
    "templates:\n- {application_mode: single, template: t.j2, when: '1'}\n": (
        "WhenClauseNotBoolean",
        (2, 46),
    ),
    "templates:\n- {application_mode: single, template: t.j2, params: {params: 1}}\n": (
        "DuplicateParamKey",
        (2, 46),
    ),
    "templates:\n- {application_mode: single, template: t.j2, file_name: '{{ a.b }}'}\n": (
        "InvalidFilePath",
        (2, 46),
    ),
}


@pytest.mark.parametrize("yaml", BAD)
def test_what_is_wrong_in_weaver_yaml_is_shown_at_its_key(
    render: Callable[..., Any], yaml: str
) -> None:
    code, place = BAD[yaml]
    rendering = render(yaml, {"t.j2": "x"})
    (problem,) = rendering.problems
    assert problem.code == code
    assert Path(problem.location.path).name == "weaver.yaml"
    assert (problem.location.line, problem.location.column) == place
    assert rendering.files == {}


def test_all_that_is_wrong_is_told_at_once(render: Callable[..., Any]) -> None:
    rendering = render("acronyms: 1\ntemplates: 2\n", {})
    assert [problem.location.line for problem in rendering.problems] == [2, 1]


def test_unknown_keys_pass_in_silence(render: Callable[..., Any]) -> None:
    assert render("more: {x: 1}\n" + entry(), {"t.j2": "x"}).files == {"t": "x"}


def test_a_target_without_weaver_yaml_renders_nothing(tmp_path: Path) -> None:
    from swarmgen.forge import render_target

    (tmp_path / "t.j2").write_text("x")
    rendering = render_target(tmp_path, {}, {})
    assert (rendering.files, rendering.problems) == ({}, [])


def test_everything_that_was_read_is_an_input(
    render: Callable[..., Any], tmp_path: Path
) -> None:
    inputs = render(entry(), {"t.j2": "x", "sub/other.j2": "y"}).inputs
    target = tmp_path / "target"
    for path in (target, target / "t.j2", target / "sub" / "other.j2"):
        assert str(path) in inputs
    assert str(target / "weaver.yaml") in inputs
    assert all(Path(path).is_absolute() for path in inputs)
