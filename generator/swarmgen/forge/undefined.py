"""The undefined value of templates."""

from __future__ import annotations

from typing import Any

from jinja2 import Undefined

UNDEFINED = Undefined()
"""What a name, a key or an index that does not exist stands for. It prints as nothing,
is false, has no items, and equals only undefined."""


def is_undefined(value: Any) -> bool:
    """Whether a value is undefined in the template."""
    return isinstance(value, Undefined)
