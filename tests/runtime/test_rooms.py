"""Imports of the runtime run one way: what decides knows nothing of what reads and writes."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

PURE = {
    "choice", "clock", "dump", "effects", "fast", "framing", "guards", "load", "look", "replay",
    "requests", "rules", "state",
}  # fmt: skip
IMPURE = {
    "ctypes", "datetime", "io", "os", "pathlib", "random", "secrets", "socket", "subprocess",
    "tempfile", "threading", "time",
}  # fmt: skip


def imports(module: Path) -> set[str]:
    """The modules that a module imports when it is imported, those of the runtime by last name."""
    found: set[str] = set()
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("swarmsh.") for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "swarmsh":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.removeprefix("swarmsh."))
    return found


def modules(checkout: Path) -> dict[str, set[str]]:
    paths = (checkout / "runtime" / "swarmsh").glob("*.py")
    return {path.stem: imports(path) for path in paths if path.stem != "__init__"}


def test_no_module_of_the_runtime_imports_one_that_imports_it(checkout: Path) -> None:
    found = modules(checkout)
    order = list(TopologicalSorter(found).static_order())
    assert order.index("state") < order.index("replay") < order.index("swarm")


def test_replay_imports_no_clock_and_no_file(checkout: Path) -> None:
    found = modules(checkout)
    assert set(found) >= PURE
    for name in PURE:
        assert not found[name] & IMPURE, name
        assert found[name] & set(found) <= PURE, name
