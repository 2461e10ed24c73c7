"""How much of the telemetry code is generated, in statements that tests execute: ``make share``.

Runs the tests that use telemetry under coverage, subprocesses included: those whose text
names the generated package, ``examples`` or ``runtime``. Then it counts the statements
that ran, each once, however often it ran:

- generated: those of ``generated/python``;
- hand-written: those of all Python in ``examples``, ``runtime`` and ``generator`` that
  creates or emits telemetry. Such is every top-level statement (a function, a class, an
  import) that uses or imports ``opentelemetry`` or ``swarmsh_telemetry``, with all that
  is in it. The generator itself writes telemetry code and emits none, so nothing of it
  counts as long as that is so; tests count for neither side.

The journal counts for neither side: the codecs and tables that are generated for it
(``records``, ``lifecycles``), and what uses nothing but these. It coordinates; what of
it emits telemetry uses other modules of the package, and counts.

Templates are written by hand, too, but never execute: a second figure sets their lines
against the lines they generate. Exits with 1 when the share is below the budget.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
GENERATED = CHECKOUT / "generated"
HAND_WRITTEN = ("generator", "runtime", "examples")
TELEMETRY = {"opentelemetry", "swarmsh_telemetry"}
JOURNAL = {"records", "lifecycles"}
BUDGET = 0.73


def main() -> None:
    """Print the share and the lines; exits with 1 when the share is below the budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="auto", help="processes that run tests")
    workers = parser.parse_args().workers
    with tempfile.TemporaryDirectory() as folder:
        executed = executed_lines(run_tests(Path(folder), workers))
    files = [
        file
        for file in sorted((GENERATED / "python").rglob("*.py"))
        if file.stem not in JOURNAL
    ]
    generated = sum(len(ran(file, executed)) for file in files)
    by_hand = sum(
        len(telemetry_statements(file) & executed.get(file, set()))
        for file in hand_written()
    )
    if not generated:
        sys.exit("no generated statement was executed")
    every = sum(len(statements_of(file)) for file in files)
    share = generated / (generated + by_hand)
    print(f"executed statements: {generated} generated (of {every})", end="")
    print(f", {by_hand} hand-written")
    print(f"share of generated telemetry code: {share:.1%} (budget {BUDGET:.0%})")
    print_lines()
    sys.exit(share < BUDGET)


def run_tests(folder: Path, workers: str) -> Path:
    """Run the tests that use telemetry; the coverage data of all their processes."""
    data, settings = folder / "data", folder / "coveragerc"
    sources = [GENERATED / "python", *(CHECKOUT / name for name in HAND_WRITTEN)]
    listed = "".join(f"    {place}\n" for place in sources if place.is_dir())
    settings.write_text(
        f"[run]\nparallel = true\ndata_file = {data}\nsource =\n{listed}"
    )
    # Every Python process that inherits this environment measures itself.
    (folder / "sitecustomize.py").write_text(
        "import coverage\ncoverage.process_startup()\n"
    )
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "COVERAGE_PROCESS_START": str(settings),
    }
    tests = list(map(str, telemetry_tests()))
    python = [sys.executable, "-m"]
    run([*python, "pytest", "-q", "-n", workers, *tests], environment)
    run([*python, "coverage", "combine", "--quiet", "--rcfile", str(settings)])
    return data


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run a command in the checkout; a failure ends the program."""
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed")


def telemetry_tests() -> Iterator[Path]:
    """The test files that use generated telemetry, or hand-written code that may."""
    words = ("swarmsh_telemetry", "examples/", "runtime/")
    for file in sorted((CHECKOUT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        if any(word in text for word in words):
            yield file


def executed_lines(data: Path) -> dict[Path, set[int]]:
    """Which lines of which files ran, from the data file of coverage."""
    from coverage import CoverageData

    found = CoverageData(str(data))
    found.read()
    return {Path(name): set(found.lines(name) or ()) for name in found.measured_files()}


def ran(file: Path, executed: dict[Path, set[int]]) -> set[int]:
    """The statements of a file that were executed."""
    return statements_of(file) & executed.get(file, set())


def statements_of(file: Path) -> set[int]:
    """First lines of all statements of a file."""
    return statements(ast.parse(file.read_text(encoding="utf-8")))


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
                (f"{node.module}.{alias.name}", alias.asname or alias.name)
                for alias in node.names
            ]
        else:
            continue
        names |= {
            name.partition(".")[0] for origin, name in origins if is_telemetry(origin)
        }
    return names


def is_telemetry(origin: str) -> bool:
    """Whether a dotted name is of a telemetry package, and not of the journal's modules."""
    package, *parts = origin.split(".")
    return package in TELEMETRY and not JOURNAL & set(parts[:1])


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
    code = sum(
        lines(file) for file in GENERATED.rglob("*") if file.suffix in (".py", ".sh")
    )
    by_hand = sum(map(lines, filter(telemetry_statements, hand_written())))
    templates = sum(
        map(lines, filter(Path.is_file, (CHECKOUT / "templates").rglob("*")))
    )
    conventions = sum(map(lines, (CHECKOUT / "semconv").rglob("*.yaml")))
    print(f"lines generated: {generated}, of which code: {code}")
    print(f"lines written by hand: {by_hand} of Python that uses telemetry", end="")
    print(f", {templates} of templates, {conventions} of conventions")
    share = code / (code + by_hand + templates)
    print(
        f"share of generated lines of code, with templates as hand-written: {share:.1%}"
    )


def lines(file: Path) -> int:
    """The number of lines of a text file."""
    return file.read_bytes().count(b"\n")


if __name__ == "__main__":
    main()
