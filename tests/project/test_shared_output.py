"""Targets that write to one output folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Swarmgen = Callable[..., Result]

SETTINGS = """\
registry = "semconv"
templates = "templates"
[[targets]]
target = "text"
output = "out"
[[targets]]
target = "list"
output = "./out/"
keep = "*.md"
"""
LIST = """\
templates:
  - template: list.csv.j2
    filter: .groups
    application_mode: single
"""
FILES = {
    "swarmgen.toml": SETTINGS,
    "templates/registry/list/weaver.yaml": LIST,
    "templates/registry/list/list.csv.j2": "{% for g in ctx %}{{ g.id }},{% endfor %}",
}


@pytest.fixture
def project(make_project: Callable[[dict[str, str]], Path]) -> Path:
    return make_project(FILES)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_files_of_both_targets_are_expected_there(
    project: Path, swarmgen: Swarmgen
) -> None:
    assert swarmgen("generate").exit_code == 0
    assert names(project / "out") == ["list.csv", "one.txt", "two.txt"]
    assert swarmgen("generate", "--check").exit_code == 0


@pytest.mark.parametrize("target", ["text", "list"])
def test_one_target_alone_leaves_the_files_of_the_other(
    target: str, project: Path, swarmgen: Swarmgen
) -> None:
    assert swarmgen("generate").exit_code == 0
    assert swarmgen("generate", target, "--check").exit_code == 0
    (project / "out/one.txt").unlink()
    (project / "out/list.csv").unlink()
    assert swarmgen("generate", target).exit_code == 0
    restored = {"text": "one.txt", "list": "list.csv"}[target]
    assert names(project / "out") == sorted({restored, "two.txt"})


def test_a_stray_is_named_once_and_moved_aside(
    project: Path, swarmgen: Swarmgen
) -> None:
    assert swarmgen("generate").exit_code == 0
    (project / "out/stray.txt").write_text("?")
    result = swarmgen("generate", "--check")
    assert result.exit_code == 1
    assert result.stdout == "unexpected out/stray.txt\n"
    assert swarmgen("generate").exit_code == 0
    assert names(project / "out") == ["list.csv", "one.txt", "two.txt"]


def test_what_one_target_keeps_is_kept(project: Path, swarmgen: Swarmgen) -> None:
    assert swarmgen("generate").exit_code == 0
    (project / "out/notes.md").write_text("by hand")
    assert swarmgen("generate", "--check").exit_code == 0


def test_a_target_that_joins_a_folder_later_is_no_stranger_there(
    project: Path, swarmgen: Swarmgen
) -> None:
    assert swarmgen("generate", "text").exit_code == 0
    (project / "out/stray.txt").write_text("?")
    assert swarmgen("generate", "list").exit_code == 0
    assert names(project / "out") == ["list.csv", "one.txt", "two.txt"]


def test_a_file_that_both_write_is_refused_and_nothing_is_written(
    project: Path, swarmgen: Swarmgen
) -> None:
    config = project / "templates/registry/list/weaver.yaml"
    config.write_text(LIST + "    file_name: two.txt\n")
    for arguments in ([], ["text"], ["list"]):
        result = swarmgen("generate", *arguments)
        assert result.exit_code == 2
        assert "out/two.txt: error[OutputCollision]" in result.stderr
    assert not (project / "out").exists()


def test_when_one_fails_the_other_is_written_and_no_file_is_moved(
    project: Path, swarmgen: Swarmgen
) -> None:
    assert swarmgen("generate").exit_code == 0
    template = project / "templates/registry/list/list.csv.j2"
    template.write_text("{{ 'x' | int }}")
    (project / "out/one.txt").unlink()
    result = swarmgen("generate")
    assert result.exit_code == 2
    assert "list.csv.j2:1" in result.stderr
    assert names(project / "out") == ["list.csv", "one.txt", "two.txt"]
