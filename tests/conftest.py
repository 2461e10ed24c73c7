"""What several test folders share: where the checkout is and what lies beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# What CI says must not depend on chance; everybody else searches anew with each run.
settings.register_profile("chance", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "chance")

CHECKOUT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("SWARMSH_SHARED", CHECKOUT.parent / "shared"))


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of this project's checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared conformance cases and registries; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared cases and registries at {SHARED} (set SWARMSH_SHARED)")
    return SHARED


@pytest.fixture(scope="session")
def official_registry(shared: Path) -> Path:
    """OpenTelemetry's own registry, 250 files."""
    return shared / "registries" / "otel-semconv-1.44.0" / "model"


def _require_tool(name: str) -> str:
    """The path of a program; skips without it, but fails under CI=true where it must be there."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return str(found)


@pytest.fixture(scope="session", name="require_tool")
def require_tool() -> Callable[[str], str]:
    """Gives the path of a program, or ends the test when it is not there."""
    return _require_tool


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests found out: what they gave to `record_property("figure", …)`."""
    figures = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "figure" and report.when == "call"
    ]
    if figures:
        terminalreporter.section("figures")
        for figure in sorted(figures):
            terminalreporter.write_line(figure)
