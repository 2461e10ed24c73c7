"""What the names of a compiled template stand for: scopes, ``loop`` and macros."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from swarmgen.forge.kinds import Record, TemplateFailure, iterate, length
from swarmgen.forge.undefined import UNDEFINED

Body = Callable[..., Any]


class Base(dict[str, Any]):
    """The variables of a rendering; behind them are the global functions."""

    __slots__ = ("functions",)

    def __init__(
        self, variables: Mapping[str, Any], functions: Mapping[str, Any]
    ) -> None:
        super().__init__(variables)
        self.functions = functions

    def __missing__(self, name: str) -> Any:
        return self.functions.get(name, UNDEFINED)


class Scope(dict[str, Any]):
    """The names set in a block; what is not here is looked up in the scope around it."""

    __slots__ = ("closure", "loop", "parent")

    def __init__(self, parent: Scope | Enclosure | Base) -> None:
        self.parent = parent
        self.loop: Loop | None = getattr(parent, "loop", None)
        self.closure: Closure | None = None

    def __missing__(self, name: str) -> Any:
        return self.parent[name]

    def enclose(self, names: Sequence[str]) -> Closure | None:
        """Keep names for a macro that is made here; all macros here share them."""
        if self.closure is None and names:
            self.closure = Closure(self)
        if self.closure is not None:
            self.closure.add(names)
        return self.closure


class Closure:
    """What the macros made in a scope see of it: the names that they mention, and those
    that are set after the first macro was made. The scope's own names change with it,
    others stay as they were."""

    __slots__ = ("_hidden", "_kept", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._hidden = set(scope)
        self._kept: dict[str, Any] = {}

    def add(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self._kept:
                self._kept[name] = self._scope[name]
        self._hidden.difference_update(names)

    def find(self, name: str, base: Base) -> Any:
        """The value of a name for a macro."""
        if name in self._scope and name not in self._hidden:
            return self._scope.get(name)
        return self._kept[name] if name in self._kept else base[name]


class Enclosure(dict[str, Any]):
    """The scope around the body of a macro."""

    __slots__ = ("_base", "_closure")

    def __init__(self, closure: Closure | None, base: Base) -> None:
        self._closure = closure
        self._base = base

    def __missing__(self, name: str) -> Any:
        if self._closure is None:
            return self._base[name]
        return self._closure.find(name, self._base)


class Loop(Record):
    """The variable ``loop``."""

    NAMES = (
        "index0",
        "index",
        "length",
        "revindex",
        "revindex0",
        "first",
        "last",
        "depth",
        "depth0",
        "previtem",
        "nextitem",
    )

    def __init__(self, value: Any, around: Loop | None, body: Body | None) -> None:
        self.items = iterate(value)
        self.index0 = 0
        self.body = body
        # Texts have no known number of items in minijinja's loops.
        self.size = None if isinstance(value, str) else length(value)
        if self.size is None and not self.items and not isinstance(value, list):
            self.size = 0
        self.depth0: int = around.depth0 + 1 if around and around.body else 0
        self.changing: tuple[Any, ...] | None = None

    def entry(self, name: Any) -> Any:
        if name not in self.NAMES:
            return UNDEFINED
        return getattr(self, f"_{name}")()

    def _index0(self) -> int:
        return self.index0

    def _index(self) -> int:
        return self.index0 + 1

    def _length(self) -> Any:
        return UNDEFINED if self.size is None else self.size

    def _revindex(self) -> Any:
        return UNDEFINED if self.size is None else max(0, self.size - self.index0)

    def _revindex0(self) -> Any:
        return UNDEFINED if self.size is None else max(0, self.size - self.index0 - 1)

    def _first(self) -> bool:
        return self.index0 == 0

    def _last(self) -> bool:
        return self.size is not None and self.index0 == self.size - 1

    def _depth(self) -> int:
        return self.depth0 + 1

    def _depth0(self) -> int:
        return self.depth0

    def _previtem(self) -> Any:
        return self.items[self.index0 - 1] if self.index0 else UNDEFINED

    def _nextitem(self) -> Any:
        following = self.items[self.index0 + 1 : self.index0 + 2]
        return following[0] if following else UNDEFINED

    def changed(self, *values: Any) -> bool:
        """Whether the values differ from those of the last call."""
        before, self.changing = self.changing, values
        return before != values

    def cycle(self, *values: Any) -> Any:
        """The values in turn."""
        if not values:
            raise TemplateFailure("loop.cycle needs a value")
        return values[self.index0 % len(values)]

    def __str__(self) -> str:
        return f"<loop {self.index0}/{'?' if self.size is None else self.size}>"


class Macro(Record):
    """A macro, with the scope it was made in."""

    NAMES = ("name", "arguments", "caller")

    def __init__(
        self,
        name: str,
        parameters: Sequence[str],
        body: Body,
        enclosure: Enclosure,
        has_caller: bool,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.body = body
        self.enclosure = enclosure
        self.has_caller = has_caller

    def entry(self, name: Any) -> Any:
        known = {
            "name": self.name,
            "arguments": list(self.parameters),
            "caller": self.has_caller,
        }
        return known.get(name, UNDEFINED)

    def values(
        self, positional: Sequence[Any], named: Mapping[str, Any] | None
    ) -> list[Any]:
        """The values of the parameters. Raises ``TemplateFailure`` for too many."""
        if len(positional) > len(self.parameters):
            raise TemplateFailure(f"too many arguments for macro {self.name}")
        values = [*positional, *[UNDEFINED] * (len(self.parameters) - len(positional))]
        for name in named or ():
            if name in self.parameters:
                index = self.parameters.index(name)
                if index < len(positional):
                    raise TemplateFailure(f"duplicate argument `{name}`")
                values[index] = (named or {})[name]
            elif name != "caller" or not self.has_caller:
                raise TemplateFailure(f"unknown keyword argument `{name}`")
        return values

    def __str__(self) -> str:
        return f"<macro {self.name}>"
