"""The bash script has the verbs, the output and the exit codes of the Python command line."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from test_command_line import (  # noqa: F401 - the same tests, with another `shell`
    Shell,
    test_a_wrong_line_adds_nothing_of_the_file,
    test_damage_has_an_exit_code_of_its_own_and_stops_no_verb,
    test_doctor_finds_a_healthy_swarm_well,
    test_hostile_titles_stay_text,
    test_json_has_the_whole_item,
    test_many_items_are_added_from_json_lines,
    test_state_dump_is_what_the_library_gives,
    test_the_exit_code_tells_what_happened,
    test_the_journal_can_be_read_snapshot_and_retired,
    test_work_goes_from_add_to_complete,
)
from twin import SCRIPT


class BashShell(Shell):
    """Runs the script instead of Python."""

    def __call__(self, *arguments: str, stdin: bytes = b"", status: int = 0) -> str:
        done = subprocess.run(
            [SCRIPT, *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            input=stdin,
            capture_output=True,
        )
        self.errors = done.stderr.decode()
        assert done.returncode == status, (arguments, done.returncode, self.errors)
        return done.stdout.decode()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = BashShell(tmp_path)
    shell("init")
    return shell
