"""Every command of the README runs, in order, in an empty folder, and prints what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = re.compile(r"^```console\n(.*?)^```", re.M | re.S)
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
ELSEWHERE = re.compile(r"(pip install|make|bash \.ci/run|git clone)\b")
"""Commands that install or build: .ci/run runs them, with a fresh environment of their own."""


def steps(readme: str) -> list[tuple[str, list[str]]]:
    """Each command with the lines that the README shows below it."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(readme):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.startswith("> ") or line == ">":
                found[-1] = (f"{found[-1][0]}\n{line[2:]}", [])
            elif line.strip():
                found[-1][1].append(line)
    return found


def shown(expected: list[str], output: str) -> bool:
    """Whether the expected lines stand in the output in this order; … stands for anything."""
    pattern = ".*".join(re.escape(line).replace("…", ".*") for line in expected)
    return re.search(pattern, output, re.S) is not None


def test_every_command_of_the_readme_runs_and_prints_what_it_shows(
    checkout: Path, tmp_path: Path
) -> None:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    folder = tmp_path / "work"
    folder.mkdir()
    commands = steps((checkout / "README.md").read_text(encoding="utf-8"))
    assert len(commands) >= 8
    for command, expected in commands:
        if ELSEWHERE.match(command):
            continue
        script = f"{command}\nstatus=$?\npwd >'{tmp_path}/cwd'\nexit $status"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        output = done.stdout
        assert done.returncode == 0, f"$ {command}\n{output}"
        assert shown(expected, output), f"$ {command}\nexpected {expected}\n{output}"
        folder = Path((tmp_path / "cwd").read_text(encoding="utf-8").strip())


def test_the_make_targets_that_the_readme_names_exist(checkout: Path) -> None:
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    makefile = (checkout / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\$ make (\w+)", readme, re.M))
    assert {"demo", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target


@pytest.mark.parametrize("name", ["README.md", "docs"])
def test_links_between_documents_lead_somewhere(name: str, checkout: Path) -> None:
    top = checkout / name
    for page in [top] if top.is_file() else top.glob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page}: {link}"
