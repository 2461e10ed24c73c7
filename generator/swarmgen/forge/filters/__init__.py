"""Every filter, test and function that templates have, by the name they use.

Each module of this package exports any of FILTERS, TESTS and FUNCTIONS (name → callable).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

MODULES = ("quoting_bash", "quoting_python", "quoting_markdown", "lifecycles")


def _collected(kind: str) -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for module in MODULES:
        name = f"{__name__}.{module}"
        if find_spec(name):
            found.update(getattr(import_module(name), kind, {}))
    return found


def all_filters(config: Any) -> dict[str, Callable[..., Any]]:
    """Every filter, by name."""
    return _collected("FILTERS")


def all_tests() -> dict[str, Callable[..., Any]]:
    """Every test, by name."""
    return _collected("TESTS")


def all_functions() -> dict[str, Callable[..., Any]]:
    """Every function, by name."""
    return _collected("FUNCTIONS")
