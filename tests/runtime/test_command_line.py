"""The command line: what it prints, its exit codes, its JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import swarmsh


class Shell:
    """Runs `swarmsh` as a process, in a directory of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.status = 0
        self.errors = ""

    def __call__(self, *arguments: str, stdin: bytes = b"", status: int = 0) -> str:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-m", "swarmsh", *arguments],
            cwd=self.folder,
            env=environment,
            input=stdin,
            capture_output=True,
        )
        self.errors = done.stderr.decode()
        assert done.returncode == status, (arguments, done.returncode, self.errors)
        return done.stdout.decode()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    shell("init")
    return shell


def test_work_goes_from_add_to_complete(shell: Shell) -> None:
    assert shell("work", "add", "compile", "--payload", "-", stdin=b"main.c") == "1\n"
    assert shell("work", "add", "test", "--after", "1", "--priority", "9") == "2\n"
    handle = shell("agent", "register", "bob", "--skill", "gpu").strip()
    assert handle.startswith("bob@1.")
    assert shell("work", "claim", "--agent", handle) == "1\t1\tcompile\n"
    shell("work", "renew", "1", "--agent", handle, "--attempt", "1", "--lease", "5m")
    shell(
        "work",
        "progress",
        "1",
        "50",
        "--agent",
        handle,
        "--attempt",
        "1",
        "--message",
        "half",
    )
    following = shell(
        "work", "complete", "1", "--agent", handle, "--attempt", "1", "--next"
    )
    assert following == "2\t1\ttest\n"
    shell("work", "release", "2", "--agent", handle, "--attempt", "1")
    shell("agent", "heartbeat", handle)
    shell("agent", "leave", handle)
    assert shell("agent", "list") == ""
    assert shell("work", "list") == "2\tpending\t9\ttest\n"


def test_the_exit_code_tells_what_happened(shell: Shell) -> None:
    handle = shell("agent", "register").strip()
    shell("work", "claim", "--agent", handle, status=3)
    shell("work", "add", status=2)
    shell("work", "add", "x", "--priority", "many", status=2)
    shell("work", "add", "x" * 5000, status=2)
    shell("work", "cancel", "9", status=4)
    assert "there is no item 9" in shell.errors
    shell("work", "show", "9", status=1)
    shell("work", "claim", "--agent", "nobody@1.x", status=1)
    shell("work", "complete", "1", "--agent", "$(id)", "--attempt", "1", status=2)
    shell("--home", "/nonexistent", "work", "list", status=1)
    (shell.folder / ".swarmsh" / "format").write_text("swarmsh\nversion 2\n")
    shell("work", "list", status=7)


def test_json_has_the_whole_item(shell: Shell) -> None:
    shell("work", "add", "compile ✓", "--key", "k", "--skill", "gpu", "--skill", "arm")
    item = json.loads(shell("work", "show", "1", "--json"))
    assert item["title"] == "compile ✓"
    assert (item["number"], item["state"], item["key"]) == (1, "pending", "k")
    assert item["requires"] == ["arm", "gpu"]
    handle = json.loads(
        shell("agent", "register", "--skill", "gpu", "--skill", "arm", "--json")
    )
    claimed = json.loads(shell("work", "claim", "--agent", handle["handle"], "--json"))
    assert claimed["holder"] == handle["handle"]
    assert claimed["attempt"] == 1
    assert claimed["payload"] == ""
    assert set(claimed) == {*item, "payload"}


def test_many_items_are_added_from_json_lines(shell: Shell) -> None:
    lines = b'{"title": "a", "payload": "p"}\n\n{"title": "b", "priority": 3, "after": [1]}\n'
    assert shell("work", "add", "--from", "-", stdin=lines) == "1\n2\n"


@pytest.mark.parametrize(
    "line, problem",
    [
        (b"{", "line 2: not JSON"),
        (b"[]", 'line 2: expected an object with at least "title"'),
        (b'{"title": "x", "prio": 1}', 'line 2: unknown key "prio"'),
        (
            b'{"title": "x", "priority": "high"}',
            'line 2: "priority" has the wrong type',
        ),
        (b'{"title": "x", "priority": true}', 'line 2: "priority" has the wrong type'),
    ],
)
def test_a_wrong_line_adds_nothing_of_the_file(
    line: bytes, problem: str, shell: Shell
) -> None:
    shell("work", "add", "--from", "-", stdin=b'{"title": "good"}\n' + line, status=2)
    assert problem in shell.errors
    assert shell("work", "list") == ""


def test_hostile_titles_stay_text(shell: Shell) -> None:
    titles = [
        "$(touch pwned)",
        "a[$(touch pwned)]",
        "`id`",
        "--json",
        "-",
        "\\t",
        "tab\there",
    ]
    for title in titles:
        shell("work", "add", "--", title)
    shown = [json.loads(line) for line in shell("work", "list", "--json").splitlines()]
    assert [item["title"] for item in shown] == titles
    assert "\x1b" not in shell("work", "list")
    assert not (shell.folder / "pwned").exists()


def test_damage_has_an_exit_code_of_its_own_and_stops_no_verb(shell: Shell) -> None:
    assert shell("journal", "verify") == "no damage\n"
    with (shell.folder / ".swarmsh/journal/00000001.tsv").open("ab") as file:
        file.write(b"\ngarbage\n")
    assert "00000001.tsv:" in shell("journal", "verify", status=6)
    (found,) = map(
        json.loads, shell("journal", "verify", "--json", status=6).splitlines()
    )
    assert (found["kind"], found["size"]) == ("torn", 7)
    assert "BAD\tdamage" in shell("doctor", status=6)
    shell("work", "add", "x")


def test_the_journal_can_be_read_snapshot_and_retired(shell: Shell) -> None:
    shell("work", "add", "x")
    lines = shell("journal", "cat").splitlines()
    assert [line.split("\t")[1] for line in lines] == ["journal.rules", "work.add"]
    records = [
        json.loads(line) for line in shell("journal", "cat", "--json").splitlines()
    ]
    assert records[1]["event"] == "work.add"
    shell("journal", "snapshot")
    assert json.loads(shell("journal", "retire", "--json")) == {
        "retired": 0,
        "removed": 0,
        "blobs": 0,
    }


def test_state_dump_is_what_the_library_gives(shell: Shell) -> None:
    shell("work", "add", "x")
    dumped = shell("state", "dump")
    assert dumped.encode() == swarmsh.open(shell.folder / ".swarmsh").dump()
    assert dumped.startswith("swarmsh.state\t1\nposition\t1\t2\t")


def test_doctor_finds_a_healthy_swarm_well(shell: Shell) -> None:
    lines = shell("doctor").splitlines()
    assert {line.split("\t")[0] for line in lines} == {"ok"}
    assert len(lines) >= 7


def test_help_imports_neither_the_verbs_nor_what_they_need() -> None:
    code = (
        "import sys; from swarmsh.commands import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.splitlines()[-1]
    for heavy in ("swarmsh.commands.work", "opentelemetry", "yaml", "jinja2", "ctypes"):
        assert f"'{heavy}'" not in loaded


def test_export_writes_a_script_that_runs_without_python(
    shell: Shell, tmp_path: Path
) -> None:
    script = shell("export", "tools/here").strip()
    assert script == "tools/here/swarmsh"
    path = tmp_path / script
    assert path.stat().st_mode & 0o7777 == 0o755
    assert [found.name for found in path.parent.iterdir()] == ["swarmsh"]
    done = subprocess.run(
        [path, "work", "add", "from bash"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("1\n", "", 0)
    assert json.loads(shell("work", "show", "1", "--json"))["title"] == "from bash"


def test_the_archive_keeps_what_init_was_told_to_retain(shell: Shell) -> None:
    shell("init", "other", "--retain", "2")
    shell("init", "other", "--retain", "-1", status=2)
    assert swarmsh.open(shell.folder / "other").layout.retain == 2
