"""The operators of template expressions, as minijinja has them.

All raise ``TemplateFailure`` for values they are not made for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jinja2 import Undefined

from swarmgen.forge.kinds import (
    Lazy,
    Record,
    TemplateFailure,
    Unsized,
    count,
    in_range,
    integer,
    integer_or_none,
    item,
    iterate,
    kind,
    sort_key,
)
from swarmgen.forge.printing import text
from swarmgen.forge.undefined import UNDEFINED

LARGEST_RESULT = 2**26
"""How many characters or items one operation may make at most (minijinja: no limit)."""


def _no_operator(operator: str, left: Any, right: Any) -> TemplateFailure:
    return TemplateFailure(
        f"tried to use {operator} operator on unsupported types"
        f" {kind(left)} and {kind(right)}"
    )


def too_large(size: int) -> None:
    """Refuse to make a text or list of that size."""
    if size > LARGEST_RESULT:
        raise TemplateFailure("the result would be too large", "limit exceeded")


def _are_lists(left: Any, right: Any) -> bool:
    return isinstance(left, (list, tuple)) and isinstance(right, (list, tuple))


def add(left: Any, right: Any) -> Any:
    if _are_lists(left, right):
        sized = not (isinstance(left, Unsized) or isinstance(right, Unsized))
        return (Lazy if sized else Unsized)([*left, *right])
    if isinstance(left, str) and isinstance(right, str):
        too_large(len(left) + len(right))
        return str.__add__(left, right) + ""
    return _calculated("+", left, right, lambda a, b: a + b, lambda a, b: a + b)


def subtract(left: Any, right: Any) -> Any:
    return _calculated("-", left, right, lambda a, b: a - b, lambda a, b: a - b)


def multiply(left: Any, right: Any) -> Any:
    if isinstance(right, str) and not isinstance(left, str):
        left, right = right, left
    if isinstance(left, str):
        times = count(right)
        too_large(len(left) * times)
        return str(left) * times
    if isinstance(right, (list, tuple)) and not isinstance(left, (list, tuple)):
        left, right = right, left
    if isinstance(left, (list, tuple)):
        if isinstance(left, Unsized):
            raise TemplateFailure("cannot repeat unsized iterables")
        times = count(right)
        too_large(len(left) * times)
        return Lazy(list(left) * times)
    return _calculated("*", left, right, lambda a, b: a * b, lambda a, b: a * b)


def _calculated(
    operator: str,
    left: Any,
    right: Any,
    integers: Callable[[int, int], int],
    floats: Callable[[float, float], float],
) -> Any:
    if not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
        raise _no_operator(operator, left, right)
    if isinstance(left, float) or isinstance(right, float):
        return floats(float(left), float(right))
    shown = f"{left} {operator} {right}"
    # Only i128 fits: what is beyond cannot be calculated with.
    in_range(left, shown), in_range(right, shown)
    try:
        return in_range(integers(left, right), shown)
    except ArithmeticError as error:
        raise TemplateFailure(f"unable to calculate {shown}") from error


def divide(left: Any, right: Any) -> Any:
    if not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
        raise _no_operator("/", left, right)
    return _quotient(float(left), float(right))


def _quotient(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def _remainder(left: float, right: float) -> float:
    try:
        return math.fmod(left, right)
    except ValueError:
        return math.nan


def floor_divide(left: Any, right: Any) -> Any:
    """Division whose remainder is never negative."""
    return _calculated("//", left, right, _whole_quotient, _whole_float_quotient)


def _whole_quotient(left: int, right: int) -> int:
    return (left - left % abs(right)) // right


def _whole_float_quotient(left: float, right: float) -> float:
    quotient = _quotient(left, right)
    if not math.isfinite(quotient):
        return quotient
    whole = math.copysign(float(math.trunc(quotient)), quotient)
    if _remainder(left, right) < 0:
        return whole - 1.0 if right > 0 else whole + 1.0
    return whole


def modulo(left: Any, right: Any) -> Any:
    """The remainder: never negative for integers, with the sign of ``left`` for floats."""
    return _calculated("%", left, right, lambda a, b: a % abs(b), _remainder)


def power(left: Any, right: Any) -> Any:
    return _calculated("**", left, right, _integer_power, _float_power)


def _integer_power(left: int, right: int) -> int:
    if right < 0 or right >= 2**32 or (abs(left) > 1 and right > 127):
        raise ArithmeticError
    return int(left**right) if abs(left) > 1 else left ** (right % 2 + 2 * (right > 1))


def _float_power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        odd = right.is_integer() and math.fmod(right, 2) != 0
        return -math.inf if left < 0 and odd else math.inf
    except ValueError:
        if left:
            return math.nan
        odd = right.is_integer() and math.fmod(right, 2) != 0
        return math.copysign(math.inf, left) if odd else math.inf


def negative(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TemplateFailure(f"cannot negate a value of type {kind(value)}")
    if isinstance(value, int) and value != 2**127:
        in_range(value, f"-{value}")
    return -value


def less(left: Any, right: Any) -> bool:
    """``left < right``; values of different kinds are ordered by kind."""
    if isinstance(left, str) and isinstance(right, str):
        return str(left) < str(right)
    return sort_key(left) < sort_key(right)


def more(left: Any, right: Any) -> bool:
    """``left > right``."""
    return less(right, left)


def concat(*parts: Any) -> str:
    """``a ~ b``: what the values print, joined."""
    return "".join([part if part.__class__ is str else text(part) for part in parts])


def contains(value: Any, container: Any) -> bool:
    """``value in container``."""
    if isinstance(container, str):
        return text(value) in str(container)
    if isinstance(container, (list, tuple)):
        return any(entry == value for entry in container)
    if isinstance(container, (dict, Record)):
        return _has(container, value)
    if isinstance(container, Undefined):
        return False
    if kind(container) == "plain object":
        return False
    raise TemplateFailure("cannot perform a containment check on this value")


def _has(container: dict[Any, Any] | Record, key: Any) -> bool:
    if isinstance(container, Record):
        return key in container.NAMES
    if isinstance(key, str):
        return key in container
    return item(container, key) is not UNDEFINED


def both(left: Any, right: Any) -> Any:
    """``left and right`` of two constants: false, not the left one, if either is."""
    return right if left and right else False


def cut(value: Any, start: Any, stop: Any, step: Any) -> Any:
    """``value[start:stop:step]``."""
    bounds = [None if bound is None else integer(bound) for bound in (start, stop)]
    pace = 1 if step is None else integer(step)
    if pace == 0:
        raise TemplateFailure("cannot slice by step size of 0")
    if value is None or isinstance(value, Undefined):
        return []
    if not isinstance(value, (str, list, tuple)):
        raise TemplateFailure(f"value of type {kind(value)} cannot be sliced")
    # What minijinja cannot count, it takes for empty where it has to count.
    size = 0 if isinstance(value, Unsized) and pace > 0 else len(value)
    chosen = _forward if pace > 0 else _backward
    indices = chosen(bounds[0], bounds[1], pace, size)
    entries = [value[index] for index in indices if 0 <= index < len(value)]
    return "".join(entries) if isinstance(value, str) else Lazy(entries)


def _forward(start: int | None, stop: int | None, step: int, size: int) -> range:
    first = start or 0
    if first < 0:
        first = max(0, size + first)
    last = size if stop is None else max(0, size + stop) if stop < 0 else stop
    return range(first, min(last, first + LARGEST_RESULT), step)


def _backward(start: int | None, stop: int | None, step: int, size: int) -> range:
    """minijinja's backward slices: they include the item at ``stop`` when it is 0."""
    if start is None or start >= size:
        first = max(0, size - 1)
    else:
        first = start if start >= 0 else max(0, size + start)
    last = 0 if stop is None else max(0, size + stop) if stop < 0 else stop
    last = min(last, LARGEST_RESULT)
    pace = -step
    many = (first + pace) // pace if last == 0 else -((last - first) // pace)
    lowest = last
    return range(first, lowest - 1, step)[: max(0, many)]


def spread(value: Any) -> list[Any]:
    """The positional arguments of ``*value``."""
    return iterate(value)


def keywords(value: Any) -> dict[str, Any]:
    """The keyword arguments of ``**value``."""
    if not isinstance(value, dict):
        raise TemplateFailure(
            f"attempted to apply keyword arguments from non map (got {kind(value)})"
        )
    return value


def index_of(value: Any) -> int | None:
    """The index that a value stands for, if any."""
    return integer_or_none(value)
