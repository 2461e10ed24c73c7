"""The trace of `make demo`: generated Python starts generated bash starts generated Python."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from swarmgen.registry import RegistryOptions, resolve_registry

UNWANTED = ("TRACEPARENT", "TRACESTATE", "OTEL_", "TELEMETRY_")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def report(folder: Path, checkout: Path) -> str:
    """What the example prints; its spans are in the folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(UNWANTED)}
    done = subprocess.run(
        [sys.executable, checkout / "examples/trace.py", folder],
        env=kept,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def example(checkout: Path) -> ModuleType:
    """The example as a module."""
    path = checkout / "examples/trace.py"
    spec = importlib.util.spec_from_file_location("example_of_a_trace", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def names(checkout: Path) -> list[str]:
    """The names that the conventions give to spans, without their placeholders."""
    options = RegistryOptions(str(checkout / "semconv"), v2=True)
    context: Any = resolve_registry(options).context(v2=True)
    return [span["name"]["note"] for span in context["registry"]["spans"]]


def test_the_trace_is_a_tree_of_the_conventions_spans(
    report: str, names: list[str]
) -> None:
    lines = report.splitlines()[:3]
    assert [line.split()[-3] for line in lines] == ["Python", "bash", "Python"]
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 2, 4]
    fixed = {name.partition("{")[0].strip() for name in names}
    titles = [line[:40].strip() for line in lines]
    assert titles[0] in names
    assert any(titles[1].startswith(begin) for begin in fixed - {""})


def test_the_spans_have_one_trace_and_each_is_the_child_of_the_one_around(
    report: str, example: ModuleType, folder: Path
) -> None:
    first, middle, last = example.read_spans(folder)
    assert first["traceId"] == middle["traceId"] == last["traceId"]
    assert first["traceId"] in report
    assert first["parentSpanId"] == ""
    assert middle["parentSpanId"] == first["spanId"]
    assert last["parentSpanId"] == middle["spanId"]


def test_a_trace_that_is_torn_is_told(
    report: str, example: ModuleType, folder: Path
) -> None:
    assert "WRONG" not in report
    whole = example.read_spans(folder)
    assert example.faults_of(whole) == []
    for key in ("traceId", "parentSpanId", "language"):
        torn = [dict(span) for span in whole]
        torn[2][key] = "other"
        assert len(example.faults_of(torn)) == 1
    assert example.faults_of(whole[:1]) and example.faults_of([])
