"""Every command of the target's page runs, in order, and prints what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from swarmgen.commands import main


@pytest.fixture(scope="module")
def page(checkout: Path) -> str:
    return (checkout / "docs/target-bash.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `swarmgen init` makes it."""
    folder = tmp_path_factory.mktemp("docs") / "shop"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    return folder


def transcript(page: str) -> tuple[str, str]:
    """The commands of the page as one script that shows them, and the page's own text."""
    shown = "".join(re.findall(r"^```console\n(.*?)^```", page, re.M | re.S))
    script = []
    for command in re.findall(r"^\$ (.*\n(?:>.*\n)*)", shown, re.M):
        lines = [re.sub("^> ?", "", line) for line in command.rstrip("\n").split("\n")]
        quoted = "$ " + "\n> ".join(lines)
        quoted = re.sub(r"^> $", ">", quoted, flags=re.M)
        script.append(f"cat <<'SHOWN'\n{quoted}\nSHOWN\n" + "\n".join(lines) + "\n")
    return "".join(script), shown


def test_the_commands_of_the_page_print_what_it_shows(page: str, project: Path) -> None:
    script, shown = transcript(page)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    cache = str(project.parent / "cache")
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=project,
        env=os.environ | {"PATH": path, "XDG_CACHE_HOME": cache},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.stdout == shown


def test_the_functions_of_the_page_write_one_trace(page: str, project: Path) -> None:
    (code,) = re.findall(r"^```bash\n(.*?)^```", page, re.M | re.S)
    command = ["registry", "generate", "bash", f"{project}/telemetry"]
    generated = CliRunner().invoke(main, [*command, "-r", f"{project}/semconv"])
    assert generated.exit_code == 0, generated.output
    environment = {k: v for k, v in os.environ.items() if k != "TRACEPARENT"}
    done = subprocess.run(
        ["bash", "-euc", code],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    traces = re.findall(r'"traceId":"(\w{32})"', done.stdout)
    assert len(traces) == 2 and len(set(traces)) == 1
    assert "'service.name' is not in the conventions" in done.stderr


def test_the_page_names_every_filter_for_bash(page: str) -> None:
    from swarmgen.forge.filters.quoting_bash import FILTERS

    assert set(FILTERS) <= set(re.findall(r"\w+", page))
