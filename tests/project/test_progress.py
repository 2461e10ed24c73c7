"""Progress is for people at a terminal, and only while they wait."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty")

REGISTRY = """\
groups:
  - id: one
    type: attribute_group
    brief: The first.
"""
PROJECT = """\
registry = "."
[[targets]]
target = "python"
output = "out"
"""
# How the command line is run by somebody whose patience is over at once.
IMPATIENT = """\
import sys
from swarmgen.commands import main, progress
progress.PATIENCE = float(sys.argv.pop(1))
main()
"""
PATIENCE_OVER, PATIENT = "0", "3600"
COMMANDS = [
    ["registry", "check", "-r", "."],
    ["registry", "resolve", "-r", ".", "-o", "resolved"],
    ["registry", "generate", "schema", "out", "-r", ".", "--no-cache"],
    ["generate", "--no-cache"],
]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(REGISTRY)
    (tmp_path / "swarmgen.toml").write_text(PROJECT)
    return tmp_path


def at_a_terminal(folder: Path, patience: str, arguments: list[str]) -> str:
    """What the command writes to standard error, which is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", IMPATIENT, patience, *arguments]
    process = subprocess.Popen(
        command, cwd=folder, stderr=theirs, stdout=subprocess.DEVNULL
    )
    os.close(theirs)
    written = b""
    while chunk := read(ours):
        written += chunk
    os.close(ours)
    assert process.wait() == 0, written.decode()
    return written.decode()


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other end is closed
        return b""


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_a_terminal_is_told_what_happens_and_the_line_is_gone_at_the_end(
    arguments: list[str], registry: Path
) -> None:
    shown = at_a_terminal(registry, PATIENCE_OVER, arguments)
    assert "\rswarmgen: resolving ." in shown
    before, _, after = shown.rpartition("…")
    assert "swarmgen:" in before
    assert after.lstrip(" ").startswith("\r ")
    assert after.split("\r")[1].strip() == ""


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_a_short_run_says_nothing(arguments: list[str], registry: Path) -> None:
    assert "swarmgen:" not in at_a_terminal(registry, PATIENT, arguments)


def test_quiet_means_quiet(registry: Path) -> None:
    arguments = ["-q", *COMMANDS[0]]
    assert "swarmgen:" not in at_a_terminal(registry, PATIENCE_OVER, arguments)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_where_there_is_no_terminal_there_is_no_progress(
    arguments: list[str], registry: Path
) -> None:
    command = [sys.executable, "-c", IMPATIENT, PATIENCE_OVER, *arguments]
    done = subprocess.run(
        command, cwd=registry, capture_output=True, text=True, check=True
    )
    assert "swarmgen:" not in done.stderr


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_problems_are_coloured_at_a_terminal_unless_no_color_is_set(
    no_color: str, coloured: bool, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    attribute = "    attributes: [{id: a.b, type: double, brief: No stability.}]\n"
    (registry / "a.yaml").write_text(REGISTRY + attribute)
    arguments = ["registry", "check", "-r", str(registry)]
    shown = at_a_terminal(registry, PATIENT, arguments)
    assert "warning" in shown and ("\x1b[" in shown) == coloured
