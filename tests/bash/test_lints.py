"""Traps that were hit, each as a rule over the generated script (PROTOCOL, "Bash traps")."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from twin import SCRIPT

TEXT = SCRIPT.read_text()
CODE = [line for line in TEXT.splitlines() if not line.lstrip().startswith("#")]
DISPATCH = "_sw_status=''\n"
"""Up to here bash has read the file when a hot verb runs."""


def lines_with(pattern: str) -> list[str]:
    return [line.strip() for line in CODE if re.search(pattern, line)]


def tool(name: str) -> str:
    """A program of the environment that runs the tests, else of the PATH."""
    places = [str(Path(sys.executable).parent), os.environ["PATH"]]
    found = shutil.which(name, path=os.pathsep.join(places))
    assert found, f"{name} is not installed"
    return found


def test_shellcheck_finds_nothing() -> None:
    done = subprocess.run([tool("shellcheck"), SCRIPT], capture_output=True, text=True)
    assert done.stdout == ""


def test_shfmt_changes_nothing() -> None:
    done = subprocess.run([tool("shfmt"), "-d", SCRIPT], capture_output=True, text=True)
    assert done.stdout == ""


def test_a_record_is_written_by_one_printf_without_a_newline_in_its_format() -> None:
    assert lines_with(r"printf.*>&.\$_sw_out") == [
        'printf \'%s\' "$_sw_record" >&"$_sw_out" && return',
        'printf \'%s\' "$_sw_record" >&"$_sw_out"',
    ]


def test_nothing_is_evaluated() -> None:
    assert lines_with(r"(^|[;&|\s])eval\s") == []


def test_no_element_is_tested_with_v_and_none_is_set_through_a_name_with_a_subscript() -> (
    None
):
    assert lines_with(r"\[\[ (! )?-v ") == []
    assert lines_with(r"printf -v \"?\S*\[") == []
    assert lines_with(r"\bread\b.*\[\$") == []


def test_numbers_are_compared_in_brackets_only_as_lengths() -> None:
    compared = lines_with(r"\[\[.* -(gt|lt|ge|le|eq|ne) ")
    for line in compared:
        for left, right in re.findall(r"(\S+) -(?:gt|lt|ge|le|eq|ne) (\S+)", line):
            checked = {"$size", "$_sw_out"}
            assert left.startswith("${#") or left in checked, line
            assert re.fullmatch(r"[0-9]+|\$\{#.*", right), line


def test_only_own_numbers_are_subscripts_of_what_is_unset() -> None:
    for line in lines_with(r"\bunset\b.*\["):
        for name in re.findall(r"\[(.*?)\]", line):
            assert name in {
                "-1", "$1", "$each", "$number", "$head", "k${_sw_handle[$1",
            }, line  # fmt: skip


def test_journals_are_read_by_mapfile_with_newlines_kept() -> None:
    assert lines_with(r"mapfile [^<]*-t[^<]*-u") == []
    assert lines_with(r"while .*read .*_sw_in") == []


def test_hot_verbs_need_nothing_that_stands_behind_them() -> None:
    hot, cold = TEXT.split(DISPATCH)
    defined = re.compile(r"^(_?sw\w*)\(\)", re.M)
    behind = set(defined.findall(cold)) - set(defined.findall(hot))
    used = {
        name
        for name in behind
        if re.search(rf"^[^#]*(?<!\w){name}(?!\w|\()", hot, re.M)
    }
    # Options that need these are no part of a hot verb: see _sw_is_hot.
    assert used <= {
        "_sw_arm", "_sw_listen", "_sw_command_doctor", "_sw_command_export",
        "_sw_command_init", "_sw_command_work_add_from", "_sw_draft", "_sw_help",
        "_sw_json", "_sw_time_of", "_sw_view_item",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["eval", "jq", "python", "python3", "perl", "flock"])
def test_no_forbidden_program_is_called(name: str) -> None:
    assert lines_with(rf"(^|[;&|(]\s*|\s){name}\s+[-\"$']") == []


def test_no_file_of_the_templates_is_long() -> None:
    folder = Path(__file__).resolve().parents[2] / "templates/registry/swarmsh"
    assert {
        p.name for p in folder.iterdir() if len(p.read_text().splitlines()) > 420
    } == set()
