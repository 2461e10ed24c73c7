"""How the program ends when it is interrupted, or when nobody takes its output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SWARMGEN = [sys.executable, "-m", "swarmgen"]
REGISTRY = """\
groups:
  - id: one
    type: attribute_group
    brief: The first.
"""
ENDLESS = """\
{% for x in range(90000) %}{% for y in range(90000) %}{% endfor %}{% endfor %}
"""
COMMANDS = [["--help"], ["registry", "resolve", "-r", "."], ["completion", "bash"]]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(REGISTRY)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_reader_that_has_gone_ends_the_run_without_a_word(
    command: list[str], registry: Path
) -> None:
    read, written = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*SWARMGEN, *command], cwd=registry, stdout=written, stderr=subprocess.PIPE
    )
    os.close(written)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_full_disk_behind_the_output_is_one_line_and_an_error(
    command: list[str], registry: Path
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*SWARMGEN, *command], cwd=registry, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1 and b"No space left" in done.stderr


def test_an_interrupted_run_ends_as_one_and_writes_nothing(registry: Path) -> None:
    templates = registry / "templates" / "endless"
    templates.mkdir(parents=True)
    (templates / "weaver.yaml").write_text("templates: [{template: a.j2, filter: .}]")
    (templates / "a.j2").write_text(ENDLESS)
    process = subprocess.Popen(
        [*SWARMGEN, "--debug", "registry", "generate", "endless", "out", "-r", "."],
        cwd=registry,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr
    while b"rendering" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, said) == (128 + signal.SIGINT, b"")
    assert not (registry / "out").exists()


def test_debug_tells_each_step(registry: Path) -> None:
    command = ["--debug", "registry", "generate", "markdown", "out", "-r", "."]
    done = subprocess.run(
        [*SWARMGEN, *command], cwd=registry, capture_output=True, text=True, check=True
    )
    steps = [line.split(": ")[-1] for line in done.stderr.splitlines()]
    assert steps[0] == "resolving ." and "writing out" in steps


def test_a_report_of_coverage_without_policies_is_refused(registry: Path) -> None:
    command = ["registry", "check", "-r", ".", "--display-policy-coverage"]
    done = subprocess.run(
        [*SWARMGEN, *command], cwd=registry, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error[UnsupportedPolicy]: there is no policy")
