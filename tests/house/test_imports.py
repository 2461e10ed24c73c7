"""Imports run one way, and start-up imports nothing of weight."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = {
    # room: what it may import of swarmgen
    "problems": set(),
    "registry": {"problems", "globs", "lifecycle"},
    "forge": {"problems", "globs", "lifecycle", "locate"},
    "output": {"problems"},
}
HEAVY = {"jinja2", "yaml", "jq", "black", "jsonschema", "markdown_it", "opentelemetry"}


def modules_of(room: str, package: Path) -> Iterator[Path]:
    folder = package / room
    yield from folder.rglob("*.py") if folder.is_dir() else [package / f"{room}.py"]


def imported_rooms(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("swarmgen.")}
    return found


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_the_rooms_below_it(room: str, checkout: Path) -> None:
    for module in modules_of(room, checkout / "generator" / "swarmgen"):
        assert imported_rooms(module) <= ROOMS[room] | {room}, module


def test_the_generator_and_the_runtime_never_import_each_other(checkout: Path) -> None:
    for root, other in (
        ("generator/swarmgen", "swarmsh"),
        ("runtime/swarmsh", "swarmgen"),
    ):
        for module in (checkout / root).rglob("*.py"):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                else:
                    names = [getattr(node, "module", None) or ""]
                assert other not in {name.split(".")[0] for name in names}, module


def test_showing_the_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; from swarmgen.commands import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "print(sorted(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(ast.literal_eval(done.stdout.splitlines()[-1]))
    assert not loaded & HEAVY
