"""How filters look at template values: as minijinja's functions see their arguments."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import Undefined

from swarmgen.forge.errors import FilterError

__all__ = ["attribute_of", "is_undefined", "items_of", "json_text", "natural", "text"]
__all__ += ["text_of"]


def text_of(value: Any) -> str:
    """The text that a template prints for a value."""
    if is_undefined(value):
        return ""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return str(value)


def is_undefined(value: Any) -> bool:
    """Whether a value is undefined in the template."""
    return isinstance(value, Undefined)


def text(value: Any, name: str = "value") -> str:
    """The value as it is. Raises ``FilterError`` if it is no string."""
    if not isinstance(value, str):
        raise FilterError(f"{name} is not a string")
    return value


def items_of(value: Any) -> list[Any]:
    """The items of a list, the keys of a map, the characters of a string.

    None and undefined have none. Raises ``FilterError`` for a number or a boolean.
    """
    if value is None or is_undefined(value):
        return []
    if isinstance(value, Iterable):
        return list(value)
    raise FilterError(f"{_kind(value)} is not iterable")


def attribute_of(value: Any, name: str) -> Any:
    """A key of a map, or an undefined value when there is no such key or no map.

    Raises ``FilterError`` if the value itself is undefined.
    """
    if is_undefined(value):
        raise FilterError("undefined value")
    if isinstance(value, Mapping):
        return value.get(name, Undefined(name=name))
    return Undefined(name=name)


def natural(value: Any) -> int | None:
    """A number that counts something, or None if the value is no such number."""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    return int(value) if isinstance(value, int) and value >= 0 else None


def json_text(value: str) -> str:
    """A JSON string, with everything beyond ASCII as it is."""
    return json.dumps(value, ensure_ascii=False)


def _kind(value: Any) -> str:
    return "boolean" if isinstance(value, bool) else "number"
