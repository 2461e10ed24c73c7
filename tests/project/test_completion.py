"""Completion: bash asks, as it does when somebody presses Tab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from swarmgen.commands import main

# Loads the script, then fills in what bash sets when Tab is pressed, and calls the
# function that the script has registered for the command.
TAB = """\
eval "$(swarmgen completion bash)"
registered=$(complete -p swarmgen)
function=${registered#*-F }
COMP_WORDS=(swarmgen "$@")
COMP_CWORD=$#
"${function%% *}" swarmgen "${!#}" ""
printf '%s\\n' "${COMPREPLY[@]}"
"""

# What pip installs as the command.
ENTRY_POINT = "from swarmgen.__main__ import main\nmain()\n"


def completed(folder: Path, *words: str) -> set[str]:
    """What bash offers for the last of the words."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    program = folder / "bin" / "swarmgen"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{ENTRY_POINT}")
    program.chmod(0o755)
    done = subprocess.run(
        [bash, "--norc", "-c", TAB, "tab", *words],
        env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return set(done.stdout.split())


def test_bash_completes_commands(tmp_path: Path) -> None:
    assert completed(tmp_path, "") == {"registry", "generate", "init", "completion"}


def test_bash_completes_the_commands_of_a_group(tmp_path: Path) -> None:
    assert completed(tmp_path, "registry", "re") == {"resolve"}


def test_bash_completes_options_of_a_command(tmp_path: Path) -> None:
    assert {"--check"} == completed(tmp_path, "generate", "--ch")


def test_bash_completes_the_values_of_an_option(tmp_path: Path) -> None:
    offered = completed(tmp_path, "generate", "--format", "g")
    assert offered == {"github"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script_for_the_command(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0
    assert f"_SWARMGEN_COMPLETE={shell}_complete" in result.stdout


def test_an_unknown_shell_is_refused() -> None:
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2
