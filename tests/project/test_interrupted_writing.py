"""What stops a run half-way: no permission, no space, a signal, another run."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmgen.output.strays import ABANDONED, unexpected_files
from swarmgen.output.tree import write

SWARMGEN = [sys.executable, "-m", "swarmgen"]

# Writes one file to the working folder as a user who may not: root gives up its rights
# once everything is imported, since nobody else need be allowed to read Python itself.
WRITE_AS_NOBODY = """\
import json, os
from pathlib import Path
from swarmgen.output.tree import write
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
problems = write({"a": "new", "b": "new"}, Path())
print(json.dumps([[problem.code, str(problem.location)] for problem in problems]))
"""
# Says "ready" and then writes one file again and again, half a megabyte each time.
WRITE_FOR_EVER = """\
import itertools, sys
from pathlib import Path
from swarmgen.output.tree import write
print("ready", flush=True)
for number in itertools.count():
    assert write({"a": "ab"[number % 2] * 500_000}, Path(sys.argv[1])) == []
    print(number, flush=True)
"""


def test_a_read_only_folder_is_an_error_that_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    tmp_path.chmod(0o555)
    command = [sys.executable, "-c", WRITE_AS_NOBODY]
    try:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    finally:
        tmp_path.chmod(0o755)
    assert json.loads(done.stdout) == [["WriteFailed", "a"], ["WriteFailed", "b"]]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_a_disk_that_gets_full_leaves_the_old_file_and_no_rubbish(
    make_project: Callable[[dict[str, str]], Path],
) -> None:
    template = {"templates/registry/text/group.txt.j2": "{{ ctx.id }}" * 10_000}
    project = make_project({**template, "out/one.txt": "old"})

    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = subprocess.run(
        [*SWARMGEN, "generate"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=fill_the_disk,
    )
    assert done.returncode == 2
    assert "out/one.txt: error[WriteFailed]: File too large" in done.stderr
    assert "out/two.txt: error[WriteFailed]: File too large" in done.stderr
    assert [entry.name for entry in (project / "out").iterdir()] == ["one.txt"]
    assert (project / "out/one.txt").read_text() == "old"


@pytest.mark.parametrize("writes", range(4))
def test_a_killed_run_leaves_the_old_file_or_the_new_one(
    writes: int, tmp_path: Path
) -> None:
    contents = [letter * 500_000 for letter in "ab"]
    write({"a": contents[0]}, tmp_path)
    command = [sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    for _ in range(writes + 1):
        process.stdout.readline()
    process.kill()
    process.communicate()
    assert (tmp_path / "a").read_text() in contents
    assert write({"a": "next"}, tmp_path) == []
    assert (tmp_path / "a").read_text() == "next"


def test_what_is_being_written_is_no_stray_until_it_is_abandoned(
    tmp_path: Path,
) -> None:
    rubbish = tmp_path / ".swarmgen-0123456789abcdef.tmp"
    rubbish.write_text("half a fi")
    assert unexpected_files(tmp_path, []) == []
    then = rubbish.stat().st_mtime - ABANDONED - 1
    os.utime(rubbish, (then, then))
    assert unexpected_files(tmp_path, []) == [rubbish.name]


def test_two_runs_at_once_both_succeed(
    make_project: Callable[[dict[str, str]], Path],
) -> None:
    project = make_project({})
    subprocess.run([*SWARMGEN, "generate"], check=True, capture_output=True)
    (project / "out/one.txt").write_text("by hand")
    (project / "out/stray.txt").write_text("precious")
    command = [*SWARMGEN, "generate", "--no-cache"]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], errors
    assert {entry.name for entry in (project / "out").iterdir()} == {
        "one.txt",
        "two.txt",
    }
    assert (project / "out/one.txt").read_text() == "one The first."
    (kept,) = (project.parent / "state").rglob("stray.txt")
    assert kept.read_text() == "precious"
