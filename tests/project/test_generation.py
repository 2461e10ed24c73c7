"""`swarmgen generate`, `--check` and `init`, as their users run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from swarmgen.commands import main

TEMPLATE = "{{ ctx.id }} {{ ctx.brief }}\n{{ template.set_file_name(ctx.id ~ '.txt') }}"
CONVENTIONS = """\
groups:
  - id: one
    type: attribute_group
    brief: The first.
  - id: two
    type: attribute_group
    brief: The second.
"""
WEAVER_YAML = """\
templates:
  - template: group.txt.j2
    filter: .groups
    application_mode: each
"""
SETTINGS = """\
registry = "semconv"
templates = "templates"
[[targets]]
target = "text"
output = "out"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "project"
    for path, text in {
        "swarmgen.toml": SETTINGS,
        "semconv/a.yaml": CONVENTIONS,
        "templates/registry/text/weaver.yaml": WEAVER_YAML,
        "templates/registry/text/group.txt.j2": TEMPLATE,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    monkeypatch.chdir(folder)
    return folder


def swarmgen(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def drift(*arguments: str) -> dict[str, Any]:
    result = swarmgen("generate", "--check", "--format", "json", *arguments)
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def named(answer: dict[str, Any]) -> dict[str, list[str]]:
    (target,) = answer["targets"]
    kinds = ("changed", "missing", "unexpected")
    return {
        kind: [item["path"] for item in target[kind]] for kind in kinds if target[kind]
    }


def test_generate_then_check_is_fresh(project: Path) -> None:
    assert swarmgen("generate").exit_code == 0
    assert (project / "out/one.txt").read_text().startswith("one The first.")
    result = swarmgen("generate", "--check")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "2 files up to date" in result.stderr


def test_check_writes_nothing(project: Path) -> None:
    assert swarmgen("generate", "--check").exit_code == 1
    assert not (project / "out").exists()


def test_an_edited_brief_names_exactly_the_files_that_show_it(project: Path) -> None:
    swarmgen("generate")
    (project / "semconv/a.yaml").write_text(CONVENTIONS.replace("second", "last"))
    result = swarmgen("generate", "--check")
    assert result.exit_code == 1
    assert "-two The second.\n+two The last.\n" in result.stdout
    assert named(drift()) == {"changed": ["out/two.txt"]}


def test_each_kind_of_drift_is_named_and_generate_ends_it(project: Path) -> None:
    swarmgen("generate")
    (project / "out/one.txt").write_text("by hand\n")
    (project / "out/two.txt").unlink()
    (project / "out/stray.txt").write_text("precious")
    assert named(drift()) == {
        "changed": ["out/one.txt"],
        "missing": ["out/two.txt"],
        "unexpected": ["out/stray.txt"],
    }
    assert swarmgen("generate").exit_code == 0
    assert swarmgen("generate", "--check").exit_code == 0
    (kept,) = (project.parent / "state").rglob("stray.txt")
    assert kept.read_text() == "precious"


def test_the_diff_is_a_patch_that_git_applies(project: Path) -> None:
    swarmgen("generate")
    subprocess.run(["git", "init", "-q"], check=True)
    (project / "out/one.txt").write_text("by hand, no newline")
    (project / "out/two.txt").unlink()
    patch = swarmgen("generate", "--check").stdout
    subprocess.run(["git", "apply"], input=patch.encode(), check=True)
    assert swarmgen("generate", "--check").exit_code == 0


def test_a_folder_of_somebody_else_is_refused(project: Path) -> None:
    (project / "out").mkdir()
    (project / "out/precious.py").write_text("x")
    result = swarmgen("generate")
    assert result.exit_code == 2
    assert "ForeignOutputFolder" in result.stderr
    assert [entry.name for entry in (project / "out").iterdir()] == ["precious.py"]


def test_nothing_of_a_target_is_written_when_a_template_fails(project: Path) -> None:
    template = project / "templates/registry/text/group.txt.j2"
    template.write_text(TEMPLATE + "{% if ctx.id == 'two' %}{{ ctx.no.such }}{% endif %}")
    assert swarmgen("generate").exit_code == 2
    assert swarmgen("generate", "--check").exit_code == 2
    assert not (project / "out").exists()


def test_two_templates_that_write_one_file_are_refused(project: Path) -> None:
    template = project / "templates/registry/text/group.txt.j2"
    template.write_text("{{ template.set_file_name('same.txt') }}")
    result = swarmgen("generate")
    assert result.exit_code == 2
    assert "same.txt" in result.stderr
    assert not (project / "out").exists()


def test_a_template_that_leaves_the_output_folder_is_refused(project: Path) -> None:
    template = project / "templates/registry/text/group.txt.j2"
    template.write_text("{{ template.set_file_name('../' ~ ctx.id) }}")
    assert swarmgen("generate").exit_code == 2
    assert not (project / "one").exists()
    assert not (project / "out").exists()


def test_a_file_that_is_added_to_the_registry_is_noticed(project: Path) -> None:
    swarmgen("generate")
    text = CONVENTIONS.replace("one", "three").replace("two", "four")
    (project / "semconv/b.yaml").write_text(text)
    assert named(drift()) == {"missing": ["out/four.txt", "out/three.txt"]}


def test_the_cache_gives_what_a_run_without_it_gives(project: Path) -> None:
    for arguments in (["--no-cache"], [], []):
        assert named(drift(*arguments)) == {"missing": ["out/one.txt", "out/two.txt"]}


def test_a_warm_check_imports_nothing_heavy(project: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "swarmgen", "generate"]
    subprocess.run(command, check=True, capture_output=True)
    done = subprocess.run(
        [*command, "--check"], check=True, capture_output=True, text=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "swarmgen.pipeline" in loaded
    assert not loaded & {"yaml", "jinja2", "jq", "black", "jsonschema", "markdown_it"}


def test_an_unknown_target_names_the_nearest(project: Path) -> None:
    result = swarmgen("generate", "txt")
    assert result.exit_code == 2
    assert "did you mean 'text'?" in result.stderr


def test_without_a_project_file_the_next_step_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = swarmgen("generate")
    assert result.exit_code == 2
    assert "swarmgen init" in result.stderr


def test_github_gets_one_annotation_for_each_file(project: Path) -> None:
    result = swarmgen("generate", "--check", "--format", "github")
    assert result.exit_code == 1
    lines = [line for line in result.stdout.splitlines() if line.startswith("::error ")]
    assert len(lines) == 2
    assert "file=out/one.txt" in lines[0]


def test_where_the_command_is_started_changes_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarmgen("generate")
    monkeypatch.chdir(project / "semconv")
    assert swarmgen("generate", "--check", "--no-cache").exit_code == 0


def test_init_makes_a_project_that_is_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "My shop"
    result = swarmgen("init", str(folder))
    assert result.exit_code == 0, result.output
    assert (folder / "generated/my_shop_telemetry/__init__.py").is_file()
    monkeypatch.chdir(folder)
    assert swarmgen("generate", "--check").exit_code == 0
    assert swarmgen("registry", "check", "-r", "semconv").exit_code == 0


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("precious")
    result = swarmgen("init", str(tmp_path))
    assert result.exit_code == 2
    assert "Makefile" in result.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["Makefile"]
