"""Files of an output folder that nothing generates."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from swarmgen.output.strays import move_aside, unexpected_files


def fill(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)


def test_every_file_that_is_not_expected_is_named(tmp_path: Path) -> None:
    fill(tmp_path, "a", "b", "deep/c", ".hidden")
    (tmp_path / "link").symlink_to("/nowhere")
    (tmp_path / "empty").mkdir()
    assert unexpected_files(tmp_path, {"a"}) == [".hidden", "b", "deep/c", "link"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert unexpected_files(tmp_path / "none", {"a"}) == []


def test_compiled_python_does_not_count(tmp_path: Path) -> None:
    fill(tmp_path, "__pycache__/a.pyc", "deep/__pycache__/b.pyc")
    assert unexpected_files(tmp_path, ()) == []


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.md", ["docs/deep/b.txt", "py.typed"]),
        ("py.typed", ["a.md", "docs/c.md", "docs/deep/b.txt"]),
        ("docs", ["a.md", "py.typed"]),
        ("docs/", ["a.md", "py.typed"]),
        ("docs/*.md", ["a.md", "docs/deep/b.txt", "py.typed"]),
        ("docs/deep", ["a.md", "docs/c.md", "py.typed"]),
        ("*", []),
    ],
)
def test_keep_patterns_leave_files_alone(
    pattern: str, left: list[str], tmp_path: Path
) -> None:
    fill(tmp_path, "a.md", "docs/c.md", "docs/deep/b.txt", "py.typed")
    assert unexpected_files(tmp_path, (), [pattern]) == left


def test_what_git_ignores_does_not_count(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    fill(tmp_path, "out/a.log", "out/b.txt", "out/ü x.log")
    (tmp_path / ".gitignore").write_text("*.log\n")
    assert unexpected_files(tmp_path / "out", ()) == ["b.txt"]


def test_in_a_folder_that_git_ignores_everything_counts(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    fill(tmp_path, "out/b.txt")
    (tmp_path / ".gitignore").write_text("out/\n")
    assert unexpected_files(tmp_path / "out", ()) == ["b.txt"]


def test_moving_aside_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    fill(tmp_path, "out/mine", "out/deep/er/too", "out/stays")
    (tmp_path / "out/link").symlink_to("mine")
    aside, problems = move_aside(["mine", "deep/er/too", "link"], tmp_path / "out")
    assert problems == []
    assert aside is not None
    assert (aside / "mine").read_text() == "out/mine"
    assert (aside / "deep/er/too").read_text() == "out/deep/er/too"
    assert (aside / "link").is_symlink()
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["stays"]


def test_without_a_place_to_move_to_the_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "out/mine", "state")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    aside, problems = move_aside(["mine"], tmp_path / "out")
    assert aside is None
    assert [problem.code for problem in problems] == ["MoveFailed"]
    assert (tmp_path / "out/mine").read_text() == "out/mine"
