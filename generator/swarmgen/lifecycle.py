"""Lifecycles: what the annotation ``swarmsh.lifecycle`` of events says.

An event of a registry may say how it moves an entity from state to state, and which
fields its record has, in which order (``docs/lifecycles.md`` has the whole form). This
module reads the annotations of a template context, Weaver's version 1 or 2, into plain
values. It judges only the form; whether the states hang together is judged by
``swarmgen.registry.lifecycles``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ANNOTATION = "swarmsh.lifecycle"
GUARDS = "swarmsh.lifecycle.guard"
"""The enum attribute that, where a registry has it, names all the guards there are."""

RULE_KEYS = ("entity", "from", "to", "terminal", "guard")
RECORD_KEYS = ("subject", "fields")

# Safe as a part of an identifier in every language that is generated.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_LONGEST = 64

Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One change of an entity: from any of ``sources`` to ``target``.

    Without ``sources`` the entity is created; without a ``target`` it stays as it is;
    with neither, the event belongs to the entity and no state is involved.
    """

    entity: str
    sources: tuple[str, ...]
    target: str | None
    guard: str | None
    terminal: bool
    keys: Keys
    """The keys within the annotation that lead to this rule."""


@dataclass(frozen=True, slots=True)
class LifecycleEvent:
    """An event that carries the annotation."""

    name: str
    path: str
    """The file that defines it, as the registry names it."""
    attributes: Mapping[str, Any]
    """The type of each attribute, by name."""
    subject: str | None
    fields: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def record(self) -> str:
        """The short name in records: the event's name without its first segment."""
        return self.name.partition(".")[2] or self.name


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with one annotation; ``keys`` lead to it within the annotation."""

    code: str
    message: str
    event: str
    path: str
    keys: Keys = ()
    hint: str = ""


def events_of(context: Any) -> Iterator[Mapping[str, Any]]:
    """The events of a context: version 1, version 2, or a list of events."""
    if isinstance(context, Mapping):
        registry = context.get("registry")
        if isinstance(registry, Mapping):
            context = registry.get("events")
        else:
            context = context.get("groups", context.get("events"))
    if isinstance(context, Iterable) and not isinstance(context, str | bytes | Mapping):
        for group in context:
            if isinstance(group, Mapping) and group.get("type", "event") == "event":
                yield group


def read_events(context: Any) -> tuple[list[LifecycleEvent], list[Flaw]]:
    """The events that carry the annotation, by name, and what is wrong with its form.

    A rule that is not in form is left out and has its flaws.
    """
    events, flaws = [], []
    for event in events_of(context):
        annotations = event.get("annotations")
        if isinstance(annotations, Mapping) and ANNOTATION in annotations:
            reader = _Reader(event)
            events.append(reader.read(annotations[ANNOTATION]))
            flaws += reader.flaws
    return sorted(events, key=lambda event: event.name), flaws


class _Reader:
    """Reads one annotation and collects its flaws."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self.name = str(event.get("name", ""))
        self.path = _path(event)
        self.attributes = {
            str(attribute.get("key", attribute.get("name"))): attribute.get("type")
            for attribute in event.get("attributes") or ()
        }
        self.flaws: list[Flaw] = []

    def flaw(self, keys: Keys, message: str, hint: str = "") -> None:
        self.flaws.append(
            Flaw("InvalidLifecycle", message, self.name, self.path, keys, hint)
        )

    def read(self, annotation: Any) -> LifecycleEvent:
        many = isinstance(annotation, list)
        entries = annotation if many else [annotation]
        if not entries:
            self.flaw((), "the list has no rule")
        rules = []
        first: Mapping[str, Any] = {}
        for index, entry in enumerate(entries):
            keys: Keys = (index,) if many else ()
            if not isinstance(entry, Mapping):
                self.flaw(keys, "a rule is a map with the key `entity`")
                continue
            rule = self._rule(entry, keys)
            rules += [rule] if rule else []
            self._known_keys(entry, keys, index)
            first = entry if index == 0 else first
        where: Keys = (0,) if many else ()
        return LifecycleEvent(
            name=self.name,
            path=self.path,
            attributes=self.attributes,
            subject=self._text(first, "subject", where),
            fields=self._texts(first, "fields", where),
            rules=tuple(rules),
        )

    def _known_keys(self, entry: Mapping[str, Any], keys: Keys, index: int) -> None:
        for key in entry:
            if key in RECORD_KEYS and index:
                self.flaw((*keys, key), f"`{key}` stands in the first rule only")
            elif key not in (*RULE_KEYS, *RECORD_KEYS):
                known = ", ".join((*RULE_KEYS, *RECORD_KEYS))
                self.flaw((*keys, str(key)), f"unknown key `{key}`", f"known: {known}")

    def _rule(self, entry: Mapping[str, Any], keys: Keys) -> Rule | None:
        before = len(self.flaws)
        entity = self._identifier(entry, "entity", keys)
        target = self._identifier(entry, "to", keys)
        guard = self._identifier(entry, "guard", keys)
        sources = self._texts(entry, "from", keys)
        for index, source in enumerate(sources):
            self._check_identifier(source, (*keys, "from", index))
        if "entity" not in entry:
            self.flaw(keys, "the key `entity` is missing")
        if "from" in entry and not sources and len(self.flaws) == before:
            self.flaw(
                (*keys, "from"),
                "`from` names no state",
                "leave `from` out where the event creates the entity",
            )
        terminal = entry.get("terminal", False)
        if not isinstance(terminal, bool):
            self.flaw((*keys, "terminal"), "`terminal` is true or false")
        elif terminal and target is None:
            self.flaw((*keys, "terminal"), "`terminal` needs a `to`, which it is about")
        if len(self.flaws) > before or entity is None:
            return None
        return Rule(entity, sources, target, guard, bool(terminal), keys)

    def _text(self, entry: Mapping[str, Any], key: str, keys: Keys) -> str | None:
        value = entry.get(key)
        if value is None or isinstance(value, str):
            return value
        self.flaw((*keys, key), f"`{key}` is a text")
        return None

    def _texts(self, entry: Mapping[str, Any], key: str, keys: Keys) -> tuple[str, ...]:
        value = entry.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or any(
            not isinstance(item, str) for item in value
        ):
            self.flaw((*keys, key), f"`{key}` is a list of texts")
            return ()
        for index, item in enumerate(value):
            if item in value[:index]:
                self.flaw((*keys, key, index), f"`{item}` stands twice in `{key}`")
        return tuple(dict.fromkeys(value))

    def _identifier(self, entry: Mapping[str, Any], key: str, keys: Keys) -> str | None:
        value = self._text(entry, key, keys)
        if value is not None:
            self._check_identifier(value, (*keys, key))
        return value

    def _check_identifier(self, value: str, keys: Keys) -> None:
        if len(value) > _LONGEST or not _IDENTIFIER.fullmatch(value):
            self.flaw(
                keys,
                f"{value!r} is no name for an entity, a state or a guard",
                f"lower-case letters, digits and single `_` between them, a letter first,"
                f" {_LONGEST} characters at the most",
            )


def _path(event: Mapping[str, Any]) -> str:
    provenance = event.get("provenance") or (event.get("lineage") or {}).get(
        "provenance"
    )
    return str((provenance or {}).get("path", ""))


def lifecycles(context: Any) -> list[dict[str, Any]]:
    """The lifecycles of a context as plain values, for templates.

    One map per entity, by name: ``entity``; ``states``, ``initial``, ``terminal`` and
    ``guards``, each sorted; ``transitions``, by event and then in the annotation's order,
    each with ``event``, ``record``, ``from`` (sorted, empty: creates the entity), ``to``
    (none: stays as it is), ``guard`` (or none), ``subject`` (or none) and ``fields``;
    ``records``, the events whose own entity this is, with ``event``, ``record``,
    ``subject`` and ``fields``. A state is terminal when a rule says so or when no
    transition leads out of it. Rules that are not in form are left out:
    ``swarmgen registry check`` names them.
    """
    events, _ = read_events(context)
    entities = {rule.entity for event in events for rule in event.rules}
    return [_lifecycle(entity, events) for entity in sorted(entities)]


def _lifecycle(entity: str, events: list[LifecycleEvent]) -> dict[str, Any]:
    pairs = [(e, r) for e in events for r in e.rules if r.entity == entity]
    rules = [rule for _, rule in pairs]
    states = {state for rule in rules for state in rule.sources}
    states |= {rule.target for rule in rules if rule.target}
    left = {s for r in rules for s in r.sources if r.target not in (None, s)}
    declared = {rule.target for rule in rules if rule.terminal and rule.target}
    return {
        "entity": entity,
        "states": sorted(states),
        "initial": sorted({r.target for r in rules if r.target and not r.sources}),
        "terminal": sorted(declared | (states - left)),
        "guards": sorted({rule.guard for rule in rules if rule.guard}),
        "transitions": [_transition(event, rule) for event, rule in pairs],
        "records": [
            _record(event)
            for event in events
            if event.rules and event.rules[0].entity == entity
        ],
    }


def _record(event: LifecycleEvent) -> dict[str, Any]:
    return {
        "event": event.name,
        "record": event.record,
        "subject": event.subject,
        "fields": list(event.fields),
    }


def _transition(event: LifecycleEvent, rule: Rule) -> dict[str, Any]:
    return {
        **_record(event),
        "from": sorted(rule.sources),
        "to": rule.target,
        "guard": rule.guard,
    }
