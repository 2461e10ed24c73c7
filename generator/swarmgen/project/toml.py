"""TOML on every supported Python."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

_tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

TomlError: type[ValueError] = _tomllib.TOMLDecodeError


def parse(text: str) -> dict[str, Any]:
    """The value of a TOML text. Raises ``TomlError``."""
    value: dict[str, Any] = _tomllib.loads(text)
    return value
