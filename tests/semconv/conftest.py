"""Our conventions, resolved by our own resolver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swarmgen.registry import RegistryOptions, Resolution, resolve_registry


@pytest.fixture(scope="session")
def resolution(checkout: Path) -> Resolution:
    return resolve_registry(RegistryOptions(path=str(checkout / "semconv")))


@pytest.fixture(scope="session")
def registry(resolution: Resolution) -> dict[str, Any]:
    """The registry of the version 2 context."""
    context = resolution.context(v2=True)
    assert context is not None
    found = context["registry"]
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="session")
def attributes(registry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The attributes by name."""
    return {attribute["key"]: attribute for attribute in registry["attributes"]}
