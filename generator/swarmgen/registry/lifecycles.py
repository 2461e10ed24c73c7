"""Checks lifecycles: do the annotations fit their events, and do the states hang together?

The registry of Weaver knows nothing of them; every finding here is an error of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from swarmgen.lifecycle import (
    ANNOTATION,
    GUARDS,
    Flaw,
    Keys,
    LifecycleEvent,
    Rule,
    read_events,
)
from swarmgen.problems import Location, Problem, Severity

Locate = Callable[[str, str, Keys], Location | None]
"""Where something stands: file, event name, keys below the event (annotation first)."""

Step = tuple[LifecycleEvent, Rule]


def _file_only(path: str, event: str, keys: Keys) -> Location:
    return Location(path)


def check(context: Any, locate: Locate = _file_only) -> list[Problem]:
    """What is wrong with the lifecycles of a context, Weaver's version 1 or 2.

    ``locate`` finds the line and column of a key; it is asked for problems only.
    """
    events, flaws = read_events(context)
    guards = _guards(context)
    for event in events:
        flaws += _names(event, guards)
    flaws += _records(events)
    for entity in sorted({rule.entity for event in events for rule in event.rules}):
        steps = [(e, r) for e in events for r in e.rules if r.entity == entity]
        flaws += _duplicates(steps)
        flaws += _states(entity, steps)
    flaws.sort(key=lambda flaw: (flaw.path, flaw.event, tuple(map(str, flaw.keys))))
    return [_problem(flaw, locate) for flaw in flaws]


def _problem(flaw: Flaw, locate: Locate) -> Problem:
    keys: Keys = ("annotations", ANNOTATION, *flaw.keys)
    return Problem(
        code=flaw.code,
        message=f"event `{flaw.event}`: {ANNOTATION}: {flaw.message}",
        severity=Severity.ERROR,
        location=locate(flaw.path, flaw.event, keys) if flaw.path else None,
        hint=flaw.hint,
        fields={"event": flaw.event, "error": flaw.message},
    )


def _flaw(code: str, step: Step, key: str, message: str, hint: str = "") -> Flaw:
    event, rule = step
    return Flaw(code, message, event.name, event.path, (*rule.keys, key), hint)


def _guards(context: Any) -> list[str]:
    """The values of the attribute that lists the guards; none: any guard will do."""
    if not isinstance(context, Mapping):
        return []
    groups = [context.get("registry"), *(context.get("groups") or ())]
    for group in groups:
        for attribute in (group or {}).get("attributes") or ():
            if GUARDS in (attribute.get("key"), attribute.get("name")):
                kind = attribute.get("type")
                if isinstance(kind, Mapping):
                    return [str(member["value"]) for member in kind["members"]]
    return []


def _names(event: LifecycleEvent, guards: list[str]) -> Iterator[Flaw]:
    """Names that an annotation uses: attributes of its event, and guards."""
    first: Keys = event.rules[0].keys[:1] if event.rules else ()
    places: list[tuple[str, Keys]] = [
        (field, (*first, "fields", index)) for index, field in enumerate(event.fields)
    ]
    if event.subject is not None:
        places.append((event.subject, (*first, "subject")))
    for name, keys in places:
        flaw = _attribute_flaw(event, name)
        if flaw:
            yield Flaw(
                "UnknownLifecycleField",
                flaw,
                event.name,
                event.path,
                keys,
                _hint(name, event),
            )
    for rule in event.rules:
        if rule.guard and guards and rule.guard not in guards:
            message = f"`{rule.guard}` is no guard of `{GUARDS}`"
            hint = _nearest(rule.guard, guards)
            yield _flaw("UnknownLifecycleGuard", (event, rule), "guard", message, hint)


def _attribute_flaw(event: LifecycleEvent, name: str) -> str:
    if name not in event.attributes:
        return f"`{name}` is no attribute of the event"
    kind = event.attributes[name]
    if isinstance(kind, str) and (kind == "any" or kind.startswith("template[")):
        return f"`{name}` is of type {kind}, which a record can not hold"
    return ""


def _hint(name: str, event: LifecycleEvent) -> str:
    return "" if name in event.attributes else _nearest(name, list(event.attributes))


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return (
        f"did you mean `{near[0]}`?" if near else f"known: {', '.join(sorted(known))}"
    )


def _records(events: list[LifecycleEvent]) -> Iterator[Flaw]:
    """Two events that would be one in records, which drop a name's first segment."""
    seen: dict[str, LifecycleEvent] = {}
    for event in events:
        other = seen.setdefault(event.record, event)
        if other.name != event.name:
            message = (
                f"its records are called `{event.record}` as those of `{other.name}`"
            )
            yield Flaw("DuplicateLifecycleRecord", message, event.name, event.path)


def _duplicates(steps: list[Step]) -> Iterator[Flaw]:
    seen = set()
    for event, rule in steps:
        for source in rule.sources or (None,):
            key = (event.name, source, rule.guard)
            if key in seen:
                where = f"from `{source}`" if source else "that creates"
                guard = f" under the guard `{rule.guard}`" if rule.guard else ""
                message = f"a second rule {where}{guard} for one event"
                place = "from" if rule.sources else "to"
                yield _flaw("DuplicateTransition", (event, rule), place, message)
            seen.add(key)


def _states(entity: str, steps: list[Step]) -> Iterator[Flaw]:
    """States that nothing leads to, no beginning, and ways out of terminal states."""
    named = [step for step in steps if step[1].sources or step[1].target]
    if not named:
        return
    if not any(rule.target and not rule.sources for _, rule in named):
        hint = "one event must have `to` and no `from`"
        message = f"no event creates `{entity}`"
        yield _flaw("MissingInitialState", named[0], "from", message, hint)
        return
    reached = _reached([rule for _, rule in named])
    terminal = {rule.target for _, rule in named if rule.terminal}
    for step in named:
        rule = step[1]
        for source in rule.sources:
            if source not in reached:
                message = f"nothing leads `{entity}` to the state `{source}`"
                hint = _nearest(source, sorted(reached))
                yield _flaw("UnreachableState", step, "from", message, hint)
            elif source in terminal and rule.target not in (None, source):
                message = f"leads out of `{source}`, which is terminal"
                yield _flaw("TransitionFromTerminalState", step, "from", message)


def _reached(rules: list[Rule]) -> set[str]:
    reached: set[str] = set()
    growing = True
    while growing:
        before = len(reached)
        for rule in rules:
            if rule.target and (not rule.sources or reached & set(rule.sources)):
                reached.add(rule.target)
        growing = len(reached) > before
    return reached
