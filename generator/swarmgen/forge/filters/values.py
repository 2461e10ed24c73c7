"""How filters look at template values: as minijinja's functions see their arguments."""

from __future__ import annotations

import json
from typing import Any

from swarmgen.forge.errors import FilterError
from swarmgen.forge.kinds import attribute as attribute_of
from swarmgen.forge.kinds import integer_or_none
from swarmgen.forge.kinds import iterate as items_of
from swarmgen.forge.printing import text as text_of
from swarmgen.forge.undefined import UNDEFINED, is_undefined

__all__ = ["UNDEFINED", "attribute_of", "is_undefined", "items_of", "json_text"]
__all__ += ["natural", "text", "text_of"]


def text(value: Any, name: str = "value") -> str:
    """The value as it is. Raises ``FilterError`` if it is no string."""
    if not isinstance(value, str):
        raise FilterError(f"{name} is not a string")
    return value


def natural(value: Any) -> int | None:
    """A number that counts something, or None if the value is no such number."""
    number = integer_or_none(value)
    return number if number is not None and number >= 0 else None


def json_text(value: str) -> str:
    """A JSON string, with everything beyond ASCII as it is."""
    return json.dumps(value, ensure_ascii=False)
