"""minijinja's global functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context

from swarmgen.forge.filters.builtin_arguments import all_positional
from swarmgen.forge.kinds import (
    Lazy,
    Namespace,
    TemplateFailure,
    integer,
    kind,
    make_map,
    optional,
    pairs,
)
from swarmgen.forge.printing import debug

_LONGEST_RANGE = 100_000


def range_(lower: Any, upper: Any = None, step: Any = None, /) -> Lazy:
    """Integers in steps. Raises ``TemplateFailure`` for more than 100000 of them."""
    end = optional(upper, integer)
    start, stop = (0, integer(lower)) if end is None else (integer(lower), end)
    pace = optional(step, integer, 1)
    if pace == 0:
        raise TemplateFailure("cannot create range with step of 0")
    found = range(start, stop, pace)
    if stop - start > _LONGEST_RANGE * abs(pace) or len(found) > _LONGEST_RANGE:
        raise TemplateFailure("range has too many elements")
    return Lazy(found)


def dict_(value: Any = None, /, **named: Any) -> dict[Any, Any]:
    if kind(value) not in ("none", "undefined", "map"):
        raise TemplateFailure("expected a map")
    base = pairs(value) if kind(value) == "map" else []
    return make_map([*base, *named.items()])


@pass_context
def debug_(state: Any, /, *values: Any) -> str:
    """The values spread over lines; without any, the variables of the rendering."""
    if not values:
        return debug(dict(state.base), "")
    return debug(values[0] if len(values) == 1 else list(values), "")


def namespace(value: Any = None, /, **named: Any) -> Namespace:
    if kind(value) not in ("none", "undefined", "map"):
        raise TemplateFailure(
            f"expected object or keyword arguments, got {kind(value)}"
        )
    base = pairs(value) if kind(value) == "map" else []
    return Namespace(
        {key: one for key, one in [*base, *named.items()] if isinstance(key, str)}
    )


class Cycler:
    """Gives the items of a list in turn."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items
        self._position = 0

    def next(self) -> Any:
        """The next item; after the last one the first one again."""
        found = self._items[self._position]
        self._position = (self._position + 1) % len(self._items)
        return found


def cycler(items: Any, /) -> Cycler:
    if kind(items) not in ("sequence", "iterator"):
        raise TemplateFailure("not iterable")
    if not len(items):
        raise TemplateFailure("at least one value required")
    return Cycler(list(items))


class Joiner:
    """Gives its separator, but nothing the first time."""

    def __init__(self, separator: Any) -> None:
        self._separator = separator
        self._used = False

    def __call__(self) -> Any:
        used, self._used = self._used, True
        return self._separator if used else ""


def joiner(separator: Any = None, /) -> Joiner:
    return Joiner(optional(separator, lambda given: given, ", "))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "dict": dict_,
    "namespace": namespace,
    **all_positional(
        {"range": range_, "debug": debug_, "cycler": cycler, "joiner": joiner}
    ),
}
