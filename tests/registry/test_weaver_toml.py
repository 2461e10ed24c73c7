"""``.weaver.toml``: defaults of the registry commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from swarmgen.commands import main

REGISTRY = """
groups:
- id: registry.n
  type: attribute_group
  brief: Names.
  attributes:
  - {id: n.a, type: int, brief: A., stability: stable}
"""
TARGET = "templates: [{template: t.j2, application_mode: single}]\nacronyms: [Api, URL]\ntext_maps: {m: {a: yaml}}\n"
TEMPLATE = '{{ "the API url" | acronym }} {{ "a" | map_text("m", "?") }}'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("model/a.yaml", REGISTRY),
        ("ours/x/weaver.yaml", TARGET),
        ("ours/x/t.j2", TEMPLATE),
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["--quiet", "registry", *arguments])


def test_its_sections_are_the_defaults_of_options_and_arguments(project: Path) -> None:
    (project / ".weaver.toml").write_text(
        '[registry]\npath = "model"\n[generate]\ntarget = "x"\noutput = "out"\ntemplates = "ours"\n'
    )
    assert run("generate").exit_code == 0
    assert (project / "out/t").read_text() == "the Api URL yaml"


def test_an_option_comes_before_the_file(project: Path) -> None:
    (project / ".weaver.toml").write_text('[registry]\npath = "model"\nv2 = true\n')
    schema = json.loads(run("resolve", "-f", "json", "--v2=false").stdout)
    assert "groups" in schema
    assert "groups" not in json.loads(run("resolve", "-f", "json").stdout)


def test_the_file_is_found_in_a_folder_above_and_its_paths_stay_relative(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".weaver.toml").write_text('[registry]\npath = "../model"\n')
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    assert run("check").exit_code == 0


def test_acronyms_and_text_maps_of_the_project_come_before_those_of_a_target(
    project: Path,
) -> None:
    (project / ".weaver.toml").write_text(
        '[template]\nacronyms = ["API"]\ntext_maps = {m = {a = "toml"}}\n'
    )
    assert run("generate", "x", "out", "-r", "model", "-t", "ours").exit_code == 0
    assert (project / "out/t").read_text() == "the API URL toml"


def test_a_schema_url_can_stand_for_another_folder(project: Path) -> None:
    (project / "app").mkdir()
    (project / "app/manifest.yaml").write_text(
        "schema_url: https://e.com/app/1.0.0\n"
        "dependencies: [{schema_url: https://e.com/base/1.0.0, registry_path: nowhere}]\n"
    )
    (project / "app/a.yaml").write_text(
        "groups: [{id: span.s, type: span, span_kind: client, stability: stable,"
        " brief: b, attributes: [{ref: n.a}]}]"
    )
    assert run("check", "-r", "app").exit_code == 1
    (project / ".weaver.toml").write_text(
        '[resolve.schema_url_overrides]\n"https://e.com/base/1.0.0" = "model"\n'
    )
    assert run("check", "-r", "app").exit_code == 0


def test_a_section_of_a_command_with_a_wrong_type_is_left_out_as_a_whole(
    project: Path,
) -> None:
    (project / ".weaver.toml").write_text('[generate]\noutput = "o"\ntarget = 1\n')
    assert run("generate", "x", "-r", "model", "-t", "ours").exit_code == 0
    assert (project / "output/t").exists()


@pytest.mark.parametrize(
    ("text", "place"),
    [("[registry]\npath = 3\n", ".weaver.toml:2:1"), ("[registry", ".weaver.toml")],
)
def test_a_file_that_cannot_be_used_is_an_error_that_names_the_place(
    project: Path, text: str, place: str
) -> None:
    (project / ".weaver.toml").write_text(text)
    result = run("check", "-r", "model")
    assert result.exit_code == 1
    assert f"{place}: error[Config]" in result.stderr


@pytest.mark.parametrize("before", [True, False])
def test_config_names_another_file(project: Path, before: bool) -> None:
    (project / ".weaver.toml").write_text('[registry]\npath = "nowhere"\n')
    (project / "other.toml").write_text('[registry]\npath = "model"\n')
    config = ["--config", "other.toml"]
    parts = [*config, "registry", "check"] if before else ["registry", "check", *config]
    assert CliRunner().invoke(main, parts).exit_code == 0
