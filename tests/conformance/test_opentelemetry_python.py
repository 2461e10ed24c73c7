"""opentelemetry-python's own templates give its own committed files, byte for byte.

Needs a checkout of https://github.com/open-telemetry/opentelemetry-python beside this
project (its folder in ``OPENTELEMETRY_PYTHON``), the official registry, and the version
of ruff that the checkout formats with (the folder of its program in ``RUFF``, or on PATH).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path("opentelemetry-semantic-conventions/src/opentelemetry/semconv")
TEMPLATES = Path("scripts/semconv/templates")
RUNS = {"stable": "./", "any": "./_incubating/"}
GENERATED = 120


@pytest.fixture(scope="module")
def upstream() -> Path:
    folder = os.environ.get("OPENTELEMETRY_PYTHON")
    if not folder or not (Path(folder) / TEMPLATES).is_dir():
        pytest.skip("OPENTELEMETRY_PYTHON names no checkout of opentelemetry-python")
    return Path(folder)


@pytest.fixture(scope="module")
def ruff(upstream: Path) -> str:
    """The program ruff in the version of the checkout's pre-commit settings."""
    settings = (upstream / ".pre-commit-config.yaml").read_text()
    wanted = re.search(r"ruff-pre-commit\n.*\n\s+rev: v(\S+)", settings)
    assert wanted is not None
    program = shutil.which(os.environ.get("RUFF", "ruff"))
    if program is None:
        pytest.skip("ruff is not installed (RUFF names its program)")
    version = subprocess.check_output([program, "--version"], text=True).split()[1]
    if version != wanted[1]:
        pytest.skip(f"the files are formatted with ruff {wanted[1]}, not {version}")
    return program


def generate(upstream: Path, registry: Path, output: Path) -> None:
    for which, place in RUNS.items():
        command = [sys.executable, "-m", "swarmgen", "registry", "generate"]
        command += ["./", f"{output}/./", f"--registry={registry}"]
        command += [f"--templates={upstream / TEMPLATES}", "--skip-policies"]
        command += ["--param", f"output={place}", "--param", f"filter={which}"]
        subprocess.run(command, check=True)


def test_the_committed_files_come_out_byte_for_byte(
    upstream: Path, ruff: str, official_registry: Path, tmp_path: Path
) -> None:
    output = tmp_path / PACKAGE
    output.mkdir(parents=True)
    shutil.copy(upstream / "pyproject.toml", tmp_path)
    shutil.copy(upstream / PACKAGE.parents[2] / "pyproject.toml", output.parents[2])
    generate(upstream, official_registry, output)
    for task in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([ruff, *task, "."], cwd=tmp_path, check=True)
    generated = sorted(path.relative_to(tmp_path) for path in output.rglob("*.py"))
    differing = [
        str(path)
        for path in generated
        if (tmp_path / path).read_bytes() != (upstream / path).read_bytes()
    ]
    assert (len(generated), differing) == (GENERATED, [])
