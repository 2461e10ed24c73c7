"""The filter ``journal_records``: everything a target needs to generate record codecs.

``ctx | journal_records`` gives ``digest``, ``entities``, ``guards`` and ``events`` of all
lifecycles of a context, so that every target generates from one reading of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from swarmgen.lifecycle import (
    LifecycleEvent,
    Rule,
    events_of,
    lifecycles,
    read_events,
)

RANGE = "swarmsh.range"
PATTERN = "swarmsh.pattern"
SMALLEST, LARGEST = 0, 999_999_999_999_999_999
"""The range of whole numbers in records, where an attribute names none."""


def journal_records(context: Any) -> dict[str, Any]:
    """The records of all lifecycles as plain values.

    ``events``, by record name: ``record``, ``event``, ``brief``, ``subject``, ``fields`` and
    ``transitions``. A field has ``key``, ``name`` (its own part of the key), ``kind`` (string,
    int, double, boolean, and the first four as ``[]``), ``optional``, ``minimum``, ``maximum``,
    ``pattern`` (or none) and ``brief``. ``entities`` has ``entity``, ``states``, ``initial``
    and ``terminal``. ``guards`` are the names that occur. ``digest`` is the SHA-256 of the
    tables in canonical JSON: texts for people do not count.
    """
    raw = {str(event.get("name")): event for event in events_of(context)}
    events = [_event(event, raw[event.name]) for event in read_events(context)[0]]
    events.sort(key=lambda event: str(event["record"]))
    cycles = [
        {key: cycle[key] for key in ("entity", "states", "initial", "terminal")}
        for cycle in lifecycles(context)
    ]
    guards = {move["guard"] for event in events for move in event["transitions"]}
    return {
        "digest": _digest(events),
        "entities": [cycle for cycle in cycles if cycle["states"]],
        "guards": sorted(guard for guard in guards if guard),
        "events": events,
    }


def _event(event: LifecycleEvent, raw: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {
        str(attribute.get("key", attribute.get("name"))): attribute
        for attribute in raw.get("attributes") or ()
    }
    fields = [key for key in event.fields if key in attributes]
    return {
        "record": event.record,
        "event": event.name,
        "brief": str(raw.get("brief") or ""),
        "subject": event.subject,
        "fields": list(_named(event, [_field(attributes[key]) for key in fields])),
        "transitions": [_transition(rule) for rule in event.rules if _moves(rule)],
    }


def _moves(rule: Rule) -> bool:
    return bool(rule.sources or rule.target)


def _transition(rule: Rule) -> dict[str, Any]:
    return {
        "entity": rule.entity,
        "from": list(rule.sources),
        "to": rule.target,
        "guard": rule.guard,
        "terminal": rule.terminal,
    }


def _field(attribute: Mapping[str, Any]) -> dict[str, Any]:
    """How the value of an attribute stands in a record."""
    annotations = attribute.get("annotations") or {}
    bounds = annotations.get(RANGE) or {}
    kind, pattern = attribute.get("type"), annotations.get(PATTERN)
    if isinstance(kind, Mapping):
        members = [str(member["value"]) for member in kind.get("members") or ()]
        kind, pattern = "string", f"^({'|'.join(members)})$"
    return {
        "key": str(attribute.get("key", attribute.get("name"))),
        "kind": str(kind),
        "optional": attribute.get("requirement_level") != "required",
        "minimum": bounds.get("minimum", SMALLEST),
        "maximum": bounds.get("maximum", LARGEST),
        "pattern": pattern,
        "brief": str(attribute.get("brief") or ""),
    }


def _named(
    event: LifecycleEvent, fields: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The fields, each with a name that is short and unique in its event."""
    entity = event.rules[0].entity if event.rules else ""
    first = event.name.partition(".")[0]
    taken: set[str] = set()
    for field in fields:
        key = field["key"].removeprefix(f"{first}.")
        name = key.removeprefix(f"{entity}.").replace(".", "_")
        while name in taken:
            name += "_"
        taken.add(name)
        yield field | {"name": name}


def _digest(events: list[dict[str, Any]]) -> str:
    def rules(event: dict[str, Any]) -> list[Any]:
        fields = [
            {key: value for key, value in field.items() if key not in ("brief", "name")}
            for field in event["fields"]
        ]
        return [event["record"], event["subject"], fields, event["transitions"]]

    text = json.dumps(
        [rules(event) for event in events], sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


FILTERS = {"journal_records": journal_records}
