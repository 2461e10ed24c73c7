"""What compiled templates run on: scopes, loops, macros, and the state of a rendering."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from swarmgen.forge import methods
from swarmgen.forge.kinds import (
    Keywords,
    Module,
    Namespace,
    Record,
    TemplateFailure,
    attribute,
    iterate,
    kind,
    length,
)
from swarmgen.forge.printing import escaped
from swarmgen.forge.undefined import UNDEFINED, is_undefined

if TYPE_CHECKING:
    from swarmgen.forge.environment import Environment

Append = Callable[[str], Any]
Body = Callable[..., Any]

# minijinja's limit of nested scopes, and what an include and a macro count for.
_DEEPEST = 500
_INCLUDE_COST = 10
_MACRO_COST = 6


def discard(output: str) -> None:
    """Where the output goes that nobody sees."""


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

    __slots__ = ("enclosed", "loop", "parent")

    def __init__(self, parent: Any) -> None:
        self.parent = parent
        self.loop: Loop | None = getattr(parent, "loop", None)
        # What the macros made here saw of the scopes around, once there is a macro.
        self.enclosed: dict[str, Any] = {}

    def __missing__(self, name: str) -> Any:
        return self.parent[name]


class Enclosure(dict[str, Any]):
    """What a macro sees: the names of the scope it was made in, as they are now, those
    around that scope as they were when it was made, and the variables."""

    __slots__ = ("around", "base", "scope")

    def __init__(self, scope: Scope, base: Base) -> None:
        self.scope = scope
        self.around = scope.enclosed
        self.base = base

    def __missing__(self, name: str) -> Any:
        for names in (self.scope, self.around):
            if name in names:
                return names.get(name)
        return self.base[name]


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
        self.depth0 = around.depth0 + 1 if around and around.body else 0
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


class _Bound(dict[str, Callable[..., Any]]):
    """Filters or tests by name, made ready for a rendering when they are first used."""

    def __init__(self, state: State, word: str, known: Mapping[str, Any]) -> None:
        self._state = state
        self._word = word
        self._known = known

    def __missing__(self, name: str) -> Callable[..., Any]:
        if name not in self._known:
            kind_ = f"unknown {self._word}"
            raise TemplateFailure(f"{self._word} {name} is unknown", kind_)
        bound = self._state.bound(self._known[name])
        self[name] = bound
        return bound

    def apply(self, name: str, positional: Sequence[Any], named: dict[str, Any]) -> Any:
        """Call one with keyword arguments."""
        function = self[name]
        if getattr(self._known[name], "takes_keywords", True):
            return function(*positional, **named)
        return function(*positional, Keywords(named))


class State:
    """One rendering of a template."""

    def __init__(
        self,
        environment: Environment,
        variables: Mapping[str, Any],
        autoescape: str,
        seconds: float,
    ) -> None:
        self.environment = environment
        self.base = Base(variables, environment.globals)
        self.initial_autoescape = autoescape
        self.set_autoescape(autoescape)
        self.deadline = time.monotonic() + seconds
        self.seconds = seconds
        self.filters = _Bound(self, "filter", environment.filters)
        self.tests = _Bound(self, "test", environment.tests)
        self.blocks: dict[str, list[Body]] = {}
        self.levels: dict[str, int] = {}
        self.block: str | None = None
        self.loaded: tuple[str, ...] = ()
        self._depth = 0

    # Values

    def bound(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with what it wants of the rendering given to it."""
        wanted = getattr(function, "jinja_pass_arg", None)
        if wanted is None:
            return function
        given = self.environment if wanted.name == "environment" else self
        return lambda *values, **named: function(given, *values, **named)

    def set_autoescape(self, mode: str) -> None:
        self.autoescape = mode
        self.plain = mode == "none"

    def enter_autoescape(self, value: Any) -> str:
        """Switch escaping as an ``autoescape`` tag says; returns what it was before."""
        before = self.autoescape
        if isinstance(value, str):
            if value not in ("html", "json", "none"):
                raise TemplateFailure("invalid value to autoescape tag")
            self.set_autoescape(str(value))
        elif value == 1 and kind(value) in ("bool", "number"):
            initial = self.initial_autoescape
            self.set_autoescape("html" if initial == "none" else initial)
        else:
            self.set_autoescape("none")
        return before

    def show(self, value: Any) -> str:
        """What a value prints as."""
        return escaped(value, self.autoescape)

    def captured(self, parts: list[str]) -> str:
        """Output as a value: safe where output is escaped."""
        joined = "".join(parts)
        return joined if self.plain else Markup(joined)

    def expired(self) -> None:
        """Stop a template that takes too long. Raises ``TemplateFailure``."""
        message = f"rendering took longer than {self.seconds:g} seconds"
        raise TemplateFailure(message, "limit exceeded")

    # Calls

    def call_name(
        self,
        scope: Scope,
        name: str,
        positional: Sequence[Any],
        named: Mapping[str, Any] | None = None,
    ) -> Any:
        """``name(…)``."""
        function = scope[name]
        if function is UNDEFINED:
            raise TemplateFailure(f"{name} is unknown", "unknown function")
        if isinstance(function, Loop):
            return self._recurse(function, scope, positional, named)
        return self.call(function, positional, named)

    def call(
        self,
        function: Any,
        positional: Sequence[Any],
        named: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call a value. Raises ``TemplateFailure`` if it is nothing to call."""
        if isinstance(function, Macro):
            return self._call_macro(function, positional, named)
        if not callable(function) or is_undefined(function):
            message = f"value of type {kind(function)} is not callable"
            raise TemplateFailure(message)
        ready = self.bound(function)
        if named is None:
            return ready(*positional)
        if getattr(function, "takes_keywords", True):
            return ready(*positional, **named)
        return ready(*positional, Keywords(named))

    def call_method(
        self,
        value: Any,
        name: str,
        positional: Sequence[Any],
        named: Mapping[str, Any] | None = None,
    ) -> Any:
        """``value.name(…)``: an entry of a map that can be called, or a method."""
        if isinstance(value, (dict, Record)):
            if isinstance(value, Loop):
                if name in ("changed", "cycle"):
                    return getattr(value, name)(*positional)
            else:
                entry = attribute(value, name)
                known = isinstance(value, dict) and name in value
                if known or entry is not UNDEFINED:
                    return self.call(entry, positional, named)
        if named is not None:
            positional = [*positional, Keywords(named)]
        return methods.call(value, name, positional)

    def _call_macro(
        self, macro: Macro, positional: Sequence[Any], named: Mapping[str, Any] | None
    ) -> str:
        values = macro.values(positional, named)
        scope = Scope(macro.enclosure)
        if macro.has_caller:
            scope["caller"] = (named or {}).get("caller", UNDEFINED)
        parts: list[str] = []
        before = self.autoescape, self.blocks, self.block
        self.blocks, self.block = {}, None
        self._enter(_MACRO_COST)
        macro.body(self, scope, parts.append, values)
        self._leave(_MACRO_COST)
        self.set_autoescape(before[0])
        self.blocks, self.block = before[1:]
        return self.captured(parts)

    def _recurse(
        self,
        loop: Loop,
        scope: Scope,
        positional: Sequence[Any],
        named: Mapping[str, Any] | None,
    ) -> str:
        if len(positional) + (named is not None) != 1:
            raise TemplateFailure("loop() takes one argument")
        if loop.body is None:
            raise TemplateFailure("cannot recurse outside of recursive loop")
        parts: list[str] = []
        self._enter(1)
        loop.body(self, scope, parts.append, positional[0] if positional else named)
        self._leave(1)
        return self.captured(parts)

    def _enter(self, cost: int) -> None:
        self._depth += cost
        if self._depth > _DEEPEST:
            raise TemplateFailure("recursion limit exceeded")
        if time.monotonic() > self.deadline:
            self.expired()

    def _leave(self, cost: int) -> None:
        self._depth -= cost

    def macro(
        self,
        scope: Scope,
        name: str,
        parameters: Sequence[str],
        body: Body,
        mentioned: Sequence[str],
        has_caller: bool,
    ) -> Macro:
        """Make a macro in a scope; ``mentioned`` are the names its body looks up."""
        enclosed = scope.enclosed
        for other in mentioned:
            if other not in enclosed:
                enclosed[other] = scope[other]
        return Macro(name, parameters, body, Enclosure(scope, self.base), has_caller)

    # Other templates

    def include(
        self, name: Any, scope: Scope, append: Append, ignore_missing: bool = False
    ) -> None:
        """Render another template here; of a list of names, the first that exists."""
        found = self._choose(name, ignore_missing)
        if found is None:
            return
        before = self.autoescape, self.blocks, self.levels, self.loaded
        enclosed, scope.enclosed = scope.enclosed, {}
        self.set_autoescape(self.initial_autoescape)
        self.blocks = {block: [body] for block, body in found.blocks.items()}
        self.levels = {}
        self._enter(_INCLUDE_COST)
        found.root_render_func(self, scope, append)
        self._leave(_INCLUDE_COST)
        scope.enclosed = enclosed
        self.set_autoescape(before[0])
        self.blocks, self.levels, self.loaded = before[1:]

    def _choose(self, name: Any, ignore_missing: bool) -> Any:
        names = iterate(name) if isinstance(name, (list, tuple, dict)) else [name]
        for choice in names:
            try:
                return self._template(choice)
            except jinja2.TemplateNotFound:
                continue
        if names and not ignore_missing:
            tried = ", ".join(map(repr, names))
            raise TemplateFailure(
                f"tried to include non-existing template {tried}", "missing import"
            )
        return None

    def _template(self, name: Any) -> Any:
        if not isinstance(name, str):
            raise TemplateFailure("template name was not a string")
        return self.environment.get_template(str(name))

    def module(self, name: Any, scope: Scope) -> Module:
        """What ``import`` binds; the template is run afresh for every import."""
        inner = Scope(scope)
        parts: list[str] = []
        self.include(name, inner, parts.append)
        return Module(inner, "".join(parts))

    def names_of(self, name: Any, scope: Scope) -> Scope:
        """The scope that ``from … import`` takes names from."""
        inner = Scope(scope)
        self.include(name, inner, discard)
        return inner

    def extend(self, name: Any, already: Body | None) -> Body:
        """Load the template that this one extends, and its blocks."""
        if already is not None:
            raise TemplateFailure("tried to extend a second time in a template")
        if name in self.loaded:
            raise TemplateFailure(
                f"cycle in template inheritance. {name!r} was referenced more than once"
            )
        try:
            parent = self._template(name)
        except jinja2.TemplateNotFound as error:
            message = f"template {name!r} does not exist"
            raise TemplateFailure(message, "missing import") from error
        self.loaded = (*self.loaded, str(name))
        for block, body in parent.blocks.items():
            self.blocks.setdefault(block, []).append(body)
        root: Body = parent.root_render_func
        return root

    def call_block(self, name: str, scope: Scope, append: Append) -> None:
        """Render a block, in its most derived form."""
        if name not in self.blocks:
            raise TemplateFailure(f"block '{name}' not found")
        bodies = self.blocks[name]
        level = self.levels.get(name, 0)
        if len(bodies) == 1 and getattr(bodies[0], "required", False):
            raise TemplateFailure(f"Required block '{name}' not found")
        before, self.block = self.block, name
        self._enter(1)
        bodies[level](self, Scope(scope), append)
        self._leave(1)
        self.block = before

    def block_text(self, name: str, scope: Scope) -> str:
        """``self.name()``."""
        parts: list[str] = []
        self.call_block(name, scope, parts.append)
        return self.captured(parts)

    def super_text(self, scope: Scope, *values: Any) -> str:
        """``super()``."""
        if values:
            raise TemplateFailure("super() takes no arguments")
        name = self.block
        if name is None:
            raise TemplateFailure("cannot super outside of block")
        level = self.levels.get(name, 0) + 1
        if level >= len(self.blocks[name]):
            raise TemplateFailure("no parent block exists")
        parts: list[str] = []
        self.levels[name] = level
        self._enter(1)
        self.blocks[name][level](self, Scope(scope), parts.append)
        self._leave(1)
        self.levels[name] = level - 1
        return self.captured(parts)


def unpack(value: Any, size: int) -> Sequence[Any]:
    """The items of a list for that many targets. Raises ``TemplateFailure``."""
    if not isinstance(value, (list, tuple, dict, Record)):
        raise TemplateFailure("cannot unpack: value is not iterable")
    items = iterate(value)
    if len(items) != size:
        raise TemplateFailure(
            "cannot unpack: sequence of wrong length"
            f" (expected {size}, got {len(items)})"
        )
    return items


def set_attribute(target: Any, name: str, value: Any) -> None:
    """``{% set target.name = value %}``. Raises ``TemplateFailure`` for no namespace."""
    if not isinstance(target, Namespace):
        raise TemplateFailure(f"can only assign to namespaces, not {kind(target)}")
    target[name] = value
