"""How minijinja's functions take their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from swarmgen.forge.kinds import TemplateFailure

F = TypeVar("F", bound=Callable[..., Any])


def positional(function: F) -> F:
    """Mark a function that knows no keyword arguments."""
    function.takes_keywords = False  # type: ignore[attr-defined] # a mark on a function
    return function


def all_positional(
    functions: Mapping[str, Callable[..., Any]],
) -> dict[str, Callable[..., Any]]:
    """Functions by name, all of them marked."""
    return {name: positional(function) for name, function in functions.items()}


def known(named: Mapping[str, Any], *names: str) -> list[Any]:
    """The values of keyword arguments, None for those that are not given.

    Raises ``TemplateFailure`` for any other one.
    """
    for name in named:
        if name not in names:
            raise TemplateFailure(f"unknown keyword argument '{name}'")
    return [named.get(name) for name in names]
