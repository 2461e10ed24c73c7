"""What `make share` counts as telemetry code that people wrote."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = '''\
"""Uses telemetry."""
import json
from opentelemetry import trace as api


def emits(name):
    """A docstring is no statement."""
    with api.get_tracer("x").start_as_current_span(name):
        pass


def reads(text):
    return json.loads(text)


def imports_on_demand():
    from swarmsh_telemetry.spans import swarmsh
    return swarmsh
'''


@pytest.fixture(scope="module")
def share(checkout: Path) -> ModuleType:
    place = checkout / "benchmarks" / "generated_share.py"
    spec = importlib.util.spec_from_file_location("generated_share", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_statements_that_use_telemetry_count_and_no_others(
    share: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "a.py").write_text(SOURCE)
    assert share.telemetry_statements(tmp_path / "a.py") == {3, 6, 8, 9, 16, 17, 18}


def test_a_file_without_telemetry_has_none(share: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import json\nopentelemetry = json\n")
    assert share.telemetry_statements(tmp_path / "a.py") == set()


def test_the_generator_emits_no_telemetry(share: ModuleType, checkout: Path) -> None:
    used = {
        file
        for file in share.hand_written()
        if file.is_relative_to(checkout / "generator")
        and share.telemetry_statements(file)
    }
    assert used == set()


def test_the_tests_that_use_the_generated_package_are_found(
    share: ModuleType, checkout: Path
) -> None:
    found = set(share.telemetry_tests())
    assert checkout / "tests/generated/test_every_helper.py" in found
    assert checkout / "tests/project/test_tree.py" not in found
