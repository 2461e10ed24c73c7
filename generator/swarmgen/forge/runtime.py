"""The state of a rendering: what compiled templates call."""

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
)
from swarmgen.forge.printing import escaped
from swarmgen.forge.scopes import Base, Body, Enclosure, Loop, Macro, Scope
from swarmgen.forge.undefined import UNDEFINED, is_undefined

if TYPE_CHECKING:
    from swarmgen.forge.environment import Environment

Append = Callable[[str], Any]

# minijinja's limit of nested scopes, and what an include and a macro count for.
_DEEPEST = 500
_INCLUDE_COST = 10
_MACRO_COST = 6


def discard(output: str) -> None:
    """Where the output goes that nobody sees."""


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
        enclosure = Enclosure(scope.enclose(mentioned), self.base)
        return Macro(name, parameters, body, enclosure, has_caller)

    # Other templates

    def include(
        self, name: Any, scope: Scope, append: Append, ignore_missing: bool = False
    ) -> None:
        """Render another template here; of a list of names, the first that exists."""
        found = self._choose(name, ignore_missing)
        if found is None:
            return
        before = self.autoescape, self.blocks, self.levels, self.loaded
        closure, scope.closure = scope.closure, None
        self.set_autoescape(self.initial_autoescape)
        self.blocks = {block: [body] for block, body in found.blocks.items()}
        self.levels = {}
        self._enter(_INCLUDE_COST)
        found.root_render_func(self, scope, append)
        self._leave(_INCLUDE_COST)
        scope.closure = closure
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
