"""``registry check`` and ``registry resolve``: options, streams, formats and exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from swarmgen.commands import main

GOOD = """\
groups:
  - id: registry.k
    type: attribute_group
    brief: b
    attributes: [{id: k.a, type: double, stability: stable, brief: b, examples: [1.0]}]
"""
WARNED = GOOD.replace(" stability: stable,", "")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "main.yaml").write_text(GOOD)
    return folder


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["registry", *args])


def test_a_clean_registry_prints_nothing_and_exits_with_0(registry: Path) -> None:
    result = run("check", "-r", "registry")
    assert (result.exit_code, result.output) == (0, "")


def test_a_warning_is_printed_with_its_place_and_exits_with_0(registry: Path) -> None:
    (registry / "main.yaml").write_text(WARNED)
    result = run("check", "-r", "registry")
    assert result.exit_code == 0 and result.stdout == ""
    assert result.stderr.startswith(
        "registry/main.yaml:5:18: warning[InvalidAttributeWarning]"
    )


@pytest.mark.parametrize("args", [("--future", "check"), ("check", "--future")])
def test_future_makes_an_error_of_a_warning(
    registry: Path, args: tuple[str, ...]
) -> None:
    (registry / "main.yaml").write_text(WARNED)
    result = run(*args, "-r", "registry")
    assert result.exit_code == 1 and "error[InvalidAttributeWarning]" in result.stderr


def test_json_goes_to_standard_output_on_request_in_weavers_shape(
    registry: Path,
) -> None:
    (registry / "main.yaml").write_text(GOOD + "  - {ref: x}\n")
    args = ("--diagnostic-format", "json", "--diagnostic-stdout")
    result = run("check", "-r", "registry", *args)
    (item,) = json.loads(result.stdout)
    (error,) = item["error"]["Resolver"]["FailToResolveDefinition"]["CompoundError"][:1]
    assert "InvalidSemConvSpec" in error and result.exit_code == 1


def test_unresolved_references_are_one_json_item_as_with_weaver(registry: Path) -> None:
    span = "  - {id: s, type: span, stability: stable, brief: b, attributes: [{ref: x}, {ref: y}]}\n"
    (registry / "main.yaml").write_text(GOOD + span)
    args = ("--diagnostic-format", "json", "--diagnostic-stdout")
    (item,) = json.loads(run("check", "-r", "registry", *args).stdout)
    refs = [
        e["UnresolvedAttributeRef"] for e in item["error"]["Resolver"]["CompoundError"]
    ]
    assert [ref["attribute_ref"] for ref in refs] == ["x", "y"]


def test_github_gets_weavers_bytes_and_beside_them_an_annotation(
    registry: Path,
) -> None:
    (registry / "main.yaml").write_text(WARNED)
    args = ("--diagnostic-format", "gh_workflow_command", "--diagnostic-stdout")
    result = run("check", "-r", "registry", *args)
    assert result.stdout == "\n::group::Diagnostic report\n\n::endgroup::\n\n"
    assert (
        "::warning title=InvalidAttributeWarning,file=registry/main.yaml,line=5"
        in result.stderr
    )


def test_an_unknown_option_exits_with_2(registry: Path) -> None:
    assert run("check", "--nope").exit_code == 2


def test_rego_files_stop_the_command_unless_policies_are_skipped(
    registry: Path,
) -> None:
    (registry / "p.rego").write_text("package after_resolution\n")
    refused = run("check", "-r", "registry")
    assert refused.exit_code == 1 and "--skip-policies" in refused.stderr
    assert run("check", "-r", "registry", "--skip-policies").exit_code == 0
    assert run("check", "-r", "registry", "--skip-policies=false").exit_code == 1


def test_hidden_rego_files_are_not_run_and_given_ones_are(registry: Path) -> None:
    (registry / ".hidden.rego").write_text("x")
    assert run("check", "-r", "registry").exit_code == 0
    assert run("check", "-r", "registry", "-p", "mine.rego").exit_code == 1


def test_a_bare_switch_takes_no_value(registry: Path) -> None:
    result = run("resolve", "--v2", "-r", "registry", "-f", "json")
    assert set(json.loads(result.stdout)) == {"schema_url", "registry", "refinements"}


@pytest.mark.parametrize("format_", ["json", "jsonl", "yaml"])
def test_resolve_prints_the_registry_and_keeps_floats(
    registry: Path, format_: str
) -> None:
    result = run("resolve", "-r", "registry", "-f", format_)
    assert "1.0" in result.stdout and result.exit_code == 0
    assert (result.stdout.count("\n") == 1) == (format_ == "jsonl")


def test_resolve_writes_a_file(registry: Path) -> None:
    result = run("resolve", "-r", "registry", "-f", "json", "-o", "out/r.json")
    assert result.stdout == ""
    assert json.loads(Path("out/r.json").read_text())["registry_url"] == "registry"


def test_own_diagnostic_templates_print_the_problems(registry: Path) -> None:
    (registry / "main.yaml").write_text(WARNED)
    folder = Path("mine/short")
    folder.mkdir(parents=True)
    (folder / "weaver.yaml").write_text(
        "templates: [{template: errors.txt.j2, filter: ., application_mode: single}]"
    )
    (folder / "errors.txt.j2").write_text("{{ ctx | length }} found")
    args = ("--diagnostic-format", "short", "--diagnostic-template", "mine")
    assert "1 found" in run("check", "-r", "registry", *args).stderr


def test_a_hidden_folder_is_as_empty_as_with_weaver_but_not_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.yaml").write_text("groups: {", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["registry", "check", "-r", "."])
    assert result.exit_code == 0
    assert ".: warning[HiddenRegistry]" in result.stderr
