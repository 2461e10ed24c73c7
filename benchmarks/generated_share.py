"""How much of the telemetry code is generated, in statements that a run executes.

Telemetry code is code that names or emits telemetry: it calls the OpenTelemetry API or
the generated helpers. Generated is what lies in ``generated/python``; hand-written is
every statement elsewhere in ``generator``, ``runtime`` and ``examples`` that stands in a
function (or at the top level of a module) that imports or uses ``opentelemetry`` or
``swarmsh_telemetry``. The generator itself is no telemetry code: it writes such code and
emits none; neither are tests, which are counted by nobody's budget.

What executes is read from coverage's data: run the tests with
``coverage run -m pytest`` first, or name a data file. Without one the share is not
measured, which the script says; it then prints
lines only.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
GENERATED = CHECKOUT / "generated"
HAND_WRITTEN = ("generator", "runtime", "examples")
TELEMETRY = {"opentelemetry", "swarmsh_telemetry"}
BUDGET = 0.73


def main() -> None:
    """Print the share and the lines; exits with 1 when the share is below the budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=CHECKOUT / ".coverage")
    data = parser.parse_args().data
    print_lines()
    if not data.is_file():
        print(f"share of executed statements: not measured, there is no {data}")
        return
    executed = executed_lines(data)
    generated = sum(
        len(
            statements(ast.parse(file.read_text(encoding="utf-8")))
            & executed.get(file, set())
        )
        for file in sorted((GENERATED / "python").rglob("*.py"))
    )
    by_hand = sum(
        len(telemetry_statements(file) & executed.get(file, set()))
        for file in hand_written()
    )
    if not generated:
        sys.exit(f"{data} holds no run of generated code")
    share = generated / (generated + by_hand)
    print(f"executed statements: {generated} generated, {by_hand} hand-written")
    print(f"share of generated telemetry code: {share:.1%} (budget {BUDGET:.0%})")
    sys.exit(share < BUDGET)


def executed_lines(data: Path) -> dict[Path, set[int]]:
    """Which lines of which files ran, from the data file of coverage."""
    from coverage import CoverageData

    found = CoverageData(str(data))
    found.read()
    return {Path(name): set(found.lines(name) or ()) for name in found.measured_files()}


def hand_written() -> Iterator[Path]:
    """The Python files that people write, tests and benchmarks apart."""
    for name in HAND_WRITTEN:
        yield from sorted((CHECKOUT / name).rglob("*.py"))


def telemetry_statements(file: Path) -> set[int]:
    """First lines of the statements of a file that belong to telemetry code."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = telemetry_names(tree)
    if not names:
        return set()
    found: set[int] = set()
    for node in tree.body:
        if uses(node, names):
            found |= statements(node)
    return found


def telemetry_names(tree: ast.AST) -> set[str]:
    """The names under which a module imports telemetry packages or parts of them."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            origins = [(alias.name, alias.asname or alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            origins = [
                (node.module, alias.asname or alias.name) for alias in node.names
            ]
        else:
            continue
        names |= {
            name.partition(".")[0]
            for origin, name in origins
            if origin.partition(".")[0] in TELEMETRY
        }
    return names


def uses(node: ast.AST, names: set[str]) -> bool:
    """Whether a statement or anything in it uses or imports one of the names."""
    return any(
        (isinstance(part, ast.Name) and part.id in names)
        or (
            isinstance(part, (ast.Import, ast.ImportFrom))
            and bool(telemetry_names(part) & names)
        )
        for part in ast.walk(node)
    )


def statements(tree: ast.AST) -> set[int]:
    """First lines of all statements, which is how coverage counts them; no docstrings."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    }


def print_lines() -> None:
    """Lines of what is generated against lines of what is hand-written, by suffix."""
    generated = sum(map(lines, filter(Path.is_file, GENERATED.rglob("*"))))
    code = sum(map(lines, GENERATED.rglob("*.py"))) + sum(
        map(lines, GENERATED.rglob("*.sh"))
    )
    by_hand = sum(map(lines, hand_written()))
    templates = sum(
        map(lines, filter(Path.is_file, (CHECKOUT / "templates").rglob("*")))
    )
    conventions = sum(map(lines, (CHECKOUT / "semconv").rglob("*.yaml")))
    print(f"lines generated: {generated}, of which code: {code}")
    print(f"lines written by hand: {by_hand} Python, {templates} templates", end="")
    print(f", {conventions} conventions")


def lines(file: Path) -> int:
    """The number of lines of a text file."""
    return file.read_bytes().count(b"\n")


if __name__ == "__main__":
    main()
