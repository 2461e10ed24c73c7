"""The examples of docs/journal.md run, and its numbers are those of the code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import swarmsh
from swarmsh import dump, errors, framing, state


def test_the_commands_for_people_with_awk_run(checkout: Path, tmp_path: Path) -> None:
    page = (checkout / "docs/journal.md").read_text(encoding="utf-8")
    with swarmsh.init(tmp_path / ".swarmsh") as swarm:
        swarm.add("one"), swarm.add("two")
        with swarm.agent() as agent:
            item = agent.claim()
            assert item is not None
            item.complete()
    commands = re.findall(r"^\$ (.+)$", page, re.M)
    assert len(commands) >= 2
    outputs = [
        subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for command in commands
    ]
    assert "work.add 2\n" in outputs[0]
    assert outputs[1] == "1\n"


def test_the_numbers_of_the_page_are_those_of_the_code(checkout: Path) -> None:
    page = (checkout / "docs/journal.md").read_text(encoding="utf-8")
    assert f"layout of this text: {dump.LAYOUT}" in page
    assert f"longer than {framing.LIMIT - 2:,} bytes" in page
    assert f"segment × {state.PLACE:,} + line" in page
    assert f"At most {dump.CHUNK} numbers" in page
    assert f"at most {state.WINDOW:,} records old" in page
    codes = {
        getattr(errors, name).exit_code
        for name in dir(errors)
        if isinstance(getattr(errors, name), type)
    }
    assert codes == {1, 2, 4, 5, 6, 7}


def test_every_line_of_a_dump_is_explained(checkout: Path) -> None:
    page = (checkout / "docs/journal.md").read_text(encoding="utf-8")
    source = (checkout / "runtime/swarmsh/dump.py").read_text(encoding="utf-8")
    kinds = set(re.findall(r'\[\s*b"([a-z.]+)"', source))
    assert kinds == set(re.findall(r"^\| `([a-z.]+)` \|", page, re.M))
