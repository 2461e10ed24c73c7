"""The package of OpenTelemetry's own registry: complete, typed, formatted, importable."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from swarmgen.registry import RegistryOptions, resolve_registry

Json = dict[str, Any]
Build = Callable[..., Path]


@pytest.fixture(scope="module")
def registry(official_registry: Path) -> Json:
    """The resolved registry, version 2."""
    ctx = resolve_registry(RegistryOptions(str(official_registry), v2=True)).context(
        v2=True
    )
    assert ctx is not None
    return ctx


@pytest.fixture(scope="module")
def package(
    registry: Json, generate: Build, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The generated package."""
    return generate(registry, tmp_path_factory.mktemp("official"))


def modules(package: Path, kind: str) -> Iterator[ast.Module]:
    for path in sorted((package / kind).glob("[!_]*.py")):
        yield ast.parse(path.read_text("utf-8"))


def constants(package: Path, kind: str) -> list[Any]:
    """The values of the constants of a kind's modules, deprecated ones too."""
    found = []
    for module in modules(package, kind):
        bodies = [
            module.body,
            *(node.body for node in module.body if isinstance(node, ast.If)),
        ]
        for node in (node for body in bodies for node in body):
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                found.append(ast.literal_eval(node.value))
    return found


def functions(package: Path, kind: str, prefix: str) -> int:
    """How many functions of that prefix a kind's modules have."""
    found = [node for module in modules(package, kind) for node in module.body]
    return sum(
        isinstance(n, ast.FunctionDef) and n.name.startswith(prefix) for n in found
    )


def test_every_attribute_metric_event_and_entity_has_a_constant(
    registry: Json, package: Path
) -> None:
    attributes = [item["key"] for item in registry["registry"]["attributes"]]
    assert len(attributes) == 940
    assert sorted(constants(package, "attributes")) == sorted(attributes)
    for kind, key in (("metrics", "name"), ("events", "name"), ("entities", "type")):
        names = [item[key] for item in registry["refinements"][kind]]
        assert sorted(constants(package, kind)) == sorted(names)
        assert {item[key] for item in registry["registry"][kind]} <= set(names)


def test_every_signal_and_refinement_has_its_helper(
    registry: Json, package: Path
) -> None:
    for kind, prefix in (
        ("spans", "start_"),
        ("metrics", "create_"),
        ("events", "emit_"),
        ("entities", "build_"),
    ):
        assert functions(package, kind, prefix) == len(registry["refinements"][kind])


def test_every_member_of_every_enum_is_there(registry: Json, package: Path) -> None:
    types = [item["type"] for item in registry["registry"]["attributes"]]
    members = [m["value"] for t in types if isinstance(t, dict) for m in t["members"]]
    found = []
    for module in modules(package, "attributes"):
        for owner in (node for node in module.body if isinstance(node, ast.ClassDef)):
            bodies = [
                owner.body,
                *(n.body for n in owner.body if isinstance(n, ast.If)),
            ]
            lines = [
                line
                for body in bodies
                for line in body
                if isinstance(line, ast.AnnAssign)
            ]
            found += [ast.literal_eval(line.value) for line in lines if line.value]
    assert sorted(map(str, found)) == sorted(map(str, members))


def test_a_filter_by_stability_keeps_only_that(
    registry: Json, generate: Build, tmp_path: Path
) -> None:
    package = generate(registry, tmp_path, stability=["stable"])
    kept = [
        a["key"]
        for a in registry["registry"]["attributes"]
        if a["stability"] == "stable"
    ]
    assert 0 < len(kept) < 940
    assert sorted(constants(package, "attributes")) == sorted(kept)


def test_black_leaves_every_file_as_it_is(package: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "black", "--check", "--quiet", str(package)],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_mypy_strict_accepts_every_module(package: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "-p",
        package.name,
    ]
    done = subprocess.run(
        [*command, f"--cache-dir={tmp_path}"],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def pythons() -> list[str]:
    """Every supported Python on the path, and those that pyenv has."""
    names = [f"python3.{minor}" for minor in range(10, 16)]
    found = {name: shutil.which(name) for name in names}
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for path in sorted(root.glob("3.*/bin/python3.*")):
        if path.name in found and os.access(path, os.X_OK):
            found[path.name] = str(path)
    return sorted({sys.executable, *(path for path in found.values() if path)})


IMPORT_ALL = """
import importlib, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    importlib.import_module(name)
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
"""


@pytest.mark.parametrize("python", pythons())
def test_every_module_imports_on_every_python_without_opentelemetry(
    python: str, package: Path
) -> None:
    done = subprocess.run(
        [python, "-B", "-W", "error", "-c", IMPORT_ALL, package.name],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_example_of_the_documentation_runs_and_passes_mypy(
    package: Path, checkout: Path, tmp_path: Path
) -> None:
    text = (checkout / "docs" / "target-python.md").read_text("utf-8")
    (tmp_path / "example.py").write_text(text.split("```python\n")[1].split("```")[0])
    (tmp_path / "acme_telemetry").symlink_to(package)
    mypy = [
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        f"--cache-dir={tmp_path / 'cache'}",
    ]
    for arguments in (["example.py"], [*mypy, "example.py"]):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
