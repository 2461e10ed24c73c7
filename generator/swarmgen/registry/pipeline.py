"""Read, check, resolve: the stages of the registry in one call."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

from swarmgen.problems import Location, Problem, Severity
from swarmgen.registry import RegistryOptions, Resolution, lifecycles
from swarmgen.registry.context import context_v1
from swarmgen.registry.context_v2 import context_v2
from swarmgen.registry.dependencies import Dependency
from swarmgen.registry.loader import Fatal, Loader
from swarmgen.registry.model import Place, Registry
from swarmgen.registry.places import Locator
from swarmgen.registry.published import Published
from swarmgen.registry.resolver import Resolver
from swarmgen.registry.yaml_reader import Path


def run(options: RegistryOptions) -> Resolution:
    """What ``resolve_registry`` does."""
    collects = gc.isenabled()
    gc.disable()  # nothing here makes cycles; the collector would only walk the growing tree
    try:
        return _run(options)
    finally:
        if collects:
            gc.enable()


def _run(options: RegistryOptions) -> Resolution:
    locator = Locator()
    loader = Loader(options.follow_symlinks, locator)
    resolver = Resolver(locator, options.include_unreferenced)
    problems: list[Problem] = []
    try:
        registry = resolver.resolve(loader.load(options.path))
        problems = loader.problems + resolver.problems
        contexts = _Contexts(registry, resolver, locator)
        if isinstance(registry, Published) and not options.v2:
            problems.append(_v2_flag_missing())
        context = contexts.of(options.v2)
    except Fatal as fatal:
        found = loader.problems + resolver.problems
        masked = [replace(problem, masked=True) for problem in found]
        return Resolution((*fatal.problems, *masked), _inputs(loader), None)
    problems += _lifecycle_problems(context, registry, locator)
    return Resolution(tuple(problems), _inputs(loader), contexts.of_or_none)


def _inputs(loader: Loader) -> tuple[str, ...]:
    return tuple(dict.fromkeys(loader.inputs))


def _lifecycle_problems(
    context: dict[str, Any], registry: Dependency, locator: Locator
) -> list[Problem]:
    """What is wrong with the lifecycles that events are annotated with."""

    def locate(path: str, event: str, keys: Path) -> Location | None:
        for group in registry.groups if isinstance(registry, Registry) else ():
            known = group.provenance
            if (
                group.type == "event"
                and group.name == event
                and known
                and known.path == path
            ):
                return locator.at(Place(group.place.file, (*group.place.path, *keys)))
        return Location(path)

    return lifecycles.check(context, locate)


def _v2_flag_missing() -> Problem:
    return Problem(
        "V2FlagMissingWarning",
        "the registry is a published one: version 2 of the schema is used without `--v2`",
        Severity.WARNING,
        hint="add `--v2`",
    )


class _Contexts:
    """Both versions of the context, each made once, when it is asked for."""

    def __init__(
        self, registry: Dependency, resolver: Resolver, locator: Locator
    ) -> None:
        self._registry = registry
        self._resolver = resolver
        self._locator = locator
        self._made: dict[bool, dict[str, Any]] = {}

    def of_or_none(self, v2: bool) -> dict[str, Any] | None:
        """The context, or None when the registry cannot be said in that version."""
        try:
            return self.of(v2)
        except Fatal:
            return None

    def of(self, v2: bool) -> dict[str, Any]:
        """The context in one version. Raises Fatal."""
        v2 = v2 or isinstance(self._registry, Published)
        if v2 not in self._made:
            if isinstance(self._registry, Published) or v2:
                resolved = self._resolver.resolved
                self._made[v2] = context_v2(self._registry, resolved, self._locator)
            else:
                self._made[v2] = context_v1(self._registry)
        return self._made[v2]
