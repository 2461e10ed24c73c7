"""The script alone, in whatever environment its caller has."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from twin import SCRIPT, bash

import swarmsh

TOOLS = [
    "bash",
    "cat",
    "chmod",
    "cp",
    "date",
    "df",
    "find",
    "grep",
    "ln",
    "mkdir",
    "mv",
    "rm",
    "sha256sum",
    "sort",
    "stat",
    "sync",
    "tail",
    "wc",
    "awk",
]

CYCLE = """
set -eu
s=$1/swarmsh
cd "$1"
"$s" init swarm
"$s" --home swarm work add first --payload "$s"
"$s" --home swarm work add second
h=$("$s" --home swarm agent register a)
"$s" --home swarm work claim --agent "$h"
"$s" --home swarm work complete 1 --agent "$h" --attempt 1 --next
"$s" --home swarm journal retire
"$s" --home swarm journal verify
"$s" --home swarm doctor >doctor
"""
PRINTED = "swarm\n1\n2\n1\t1\tfirst\n2\t1\tsecond\nretired\t0\nremoved\t0\nblobs\t0\nno damage\n"


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder with a copy of the script, and a PATH without Python."""
    shutil.copy(SCRIPT, tmp_path / "swarmsh")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
        {"LC_ALL": "tr_TR.UTF-8", "POSIXLY_CORRECT": "1"},
        {"IFS": "0123456789", "BASH_ENV": "/nonexistent", "CDPATH": "/"},
        {"SHELLOPTS": "nounset:errexit:noglob", "GLOBIGNORE": "*"},
    ],
)
def test_every_part_works_without_python(
    environment: dict[str, str], alone: Path
) -> None:
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-c", CYCLE, "bash", alone],
        env={"PATH": str(alone / "bin"), **environment},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.returncode) == (PRINTED, 0), done.stderr
    assert all(
        line.startswith("ok\t") for line in (alone / "doctor").read_text().splitlines()
    )


@pytest.mark.parametrize("closing", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_descriptors_do_no_harm(closing: str, tmp_path: Path) -> None:
    subprocess.run([SCRIPT, "init", tmp_path / "s"], check=True, capture_output=True)
    code = f'"$1" --home "$2" work add x {closing} || :'
    subprocess.run(["bash", "-c", code, "bash", SCRIPT, tmp_path / "s"], check=True)
    assert swarmsh.open(tmp_path / "s").add("y") == 2


def test_what_is_made_is_the_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    bash(
        'umask 000; "$1" init "$2" >/dev/null; "$1" --home "$2" work add x >/dev/null',
        SCRIPT,
        tmp_path / "s",
    )
    bash('"$1" --home "$2" journal snapshot', SCRIPT, tmp_path / "s")
    for path in [tmp_path / "s", *(tmp_path / "s").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


LIBRARY = """
set -eu
. "$1"
swarmsh_open "$2"
PATH=/nonexistent
swarmsh_register handle worker gpu,arm 2
swarmsh_add number 'a title' --skill gpu
swarmsh_claim item attempt "$handle"
swarmsh_title title "$item"
swarmsh_renew "$item" "$attempt" "$handle" 1h
swarmsh_complete "$item" "$attempt" "$handle" 'fine'
status=0
swarmsh_claim item attempt "$handle" || status=$?
echo "$number $item $attempt $title $status $- ${IFS@Q}"
swarmsh_complete 1 1 "$handle" || echo "$? $swarmsh_error"
"""


def test_the_library_needs_no_program_and_leaves_the_shell_as_it_was(
    tmp_path: Path,
) -> None:
    swarmsh.init(tmp_path / "s")
    shown = bash(LIBRARY, SCRIPT, tmp_path / "s").splitlines()
    assert shown == ["1 1 1 a title 3 ehuBc $' \\t\\n'", "4 item 1 is done"]


CHILDREN = """
. "$1"
swarmsh_open "$2"
for worker in 1 2 3; do
    (
        swarmsh_register handle worker '' 100
        while swarmsh_claim item attempt "$handle"; do
            echo "$item"
            swarmsh_complete "$item" "$attempt" "$handle"
        done
    ) &
done
wait
"""


def test_children_of_a_fork_share_the_work_without_a_conflict(tmp_path: Path) -> None:
    swarm = swarmsh.init(tmp_path / "s")
    numbers = [swarm.add(f"item {index}") for index in range(60)]
    shown = bash(CHILDREN, SCRIPT, tmp_path / "s").split()
    assert sorted(map(int, shown)) == numbers


def test_a_waiting_claim_wakes_when_work_is_added(tmp_path: Path) -> None:
    swarm = swarmsh.init(tmp_path / "s")
    handle = swarm.register("w").decode()
    command = [
        SCRIPT,
        "--home",
        tmp_path / "s",
        "work",
        "claim",
        "--agent",
        handle,
        "--wait",
        "60s",
    ]
    waiting = subprocess.Popen(
        command, stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"]}
    )
    number = swarm.add("late")
    shown, _ = waiting.communicate(timeout=60)
    assert shown.decode() == f"{number}\t1\tlate\n"


def test_segments_turn_over_and_snapshots_are_read_by_both_languages(
    tmp_path: Path,
) -> None:
    from swarmsh import layout

    layout.create(tmp_path / "s", records=16)
    swarm = swarmsh.open(tmp_path / "s")
    for index in range(40):
        swarm.add(f"item {index}", key=f"k{index}" if index % 3 else None)
    home = ["--home", str(tmp_path / "s")]
    subprocess.run(
        [SCRIPT, *home, "journal", "retire"], check=True, capture_output=True
    )
    assert (tmp_path / "s/journal/00000001.tsv").read_bytes() == b"gone\n"
    fresh = swarmsh.open(tmp_path / "s")
    assert fresh.add("after") == 41
    dumped = subprocess.run(
        [SCRIPT, *home, "state", "dump"], check=True, capture_output=True
    )
    assert dumped.stdout == fresh.dump() == swarm.dump()


MANY = """
. "$1"
swarmsh_open "$2"
swarmsh_register handle worker '' 1000
while swarmsh_claim item attempt "$handle"; do
    echo "$item"
done
swarmsh_dump >"$2/dump.bash"
"""


def test_items_of_a_snapshot_are_claimed_in_their_order(tmp_path: Path) -> None:
    swarm = swarmsh.init(tmp_path / "s")
    numbers = [swarm.add(f"item {index}") for index in range(600)]
    swarm.journal.save()
    swarm.cancel(300)
    numbers.remove(300)
    numbers.append(swarm.add("last"))
    shown = bash(MANY, SCRIPT, tmp_path / "s").split()
    assert list(map(int, shown)) == numbers
    assert (tmp_path / "s/dump.bash").read_bytes() == swarm.dump()
