"""Items, agents and records as JSON values, the same from every implementation."""

from __future__ import annotations

from typing import Any

from swarmsh import choice, text
from swarmsh.framing import split
from swarmsh.state import Agent, State
from swarmsh.swarm import Swarm
from swarmsh_telemetry.records import WorkAdd, WorkState

ITEM_KEYS = [
    "number",
    "state",
    "title",
    "priority",
    "requires",
    "after",
    "not_before",
    "key",
    "max_attempts",
    "attempt",
    "holder",
    "lease_until",
    "added_at",
]
RECORD_KEYS = ["time", "event", "subject", "actor", "request_id", "traceparent"]


def item_view(swarm: Swarm, number: int) -> dict[str, Any] | None:
    """One item as JSON has it; None when there is no such item. Of a done item only its state."""
    state = swarm.journal.state
    if not 0 < number < state.next_item:
        return None
    item = choice.find(state, number)
    if item is None:
        view = dict.fromkeys(ITEM_KEYS)
        return view | {"number": number, "state": WorkState.DONE.decode()}
    fields = swarm.record_of(item)
    added = dict(zip(WorkAdd.__slots__, fields[6:], strict=True))
    values = (
        number,
        item.state.decode(),
        text.shown(added["title"]),
        item.run.priority,
        [skill.decode() for skill in item.run.requires],
        sorted(item.after),
        item.not_before or None,
        None if added["key"] == b"-" else added["key"].decode(),
        item.run.limit,
        item.attempt,
        item.holder.handle.decode() if item.holder else None,
        item.until or None,
        int(fields[0]),
    )
    return dict(zip(ITEM_KEYS, values, strict=True))


def numbers(state: State, wanted: str | None = None) -> list[int]:
    """The numbers of all items that are not done, by state if one is named."""
    found = [
        item.number
        for item in state.items.values()
        if wanted in (None, item.state.decode())
    ]
    if wanted in (None, WorkState.PENDING.decode()):
        for run in state.runs.values():
            found += run.numbers[run.head :]
    return sorted(found)


def agent_view(agent: Agent) -> dict[str, Any]:
    """One agent as JSON has it."""
    return {
        "handle": agent.handle.decode(),
        "state": agent.state.decode(),
        "capacity": agent.capacity,
        "skills": [skill.decode() for skill in agent.skills],
        "held": agent.claimed,
        "seen_at": int(agent.seen) if agent.seen != b"-" else None,
        "pid": int(agent.session[0]) if agent.session else None,
    }


def record_view(line: bytes) -> dict[str, Any] | None:
    """One record as JSON has it; None for a line that is no record."""
    fields = split(line)
    if fields is None:
        return None
    view: dict[str, Any] = {
        key: text.shown(field) or None
        for key, field in zip(RECORD_KEYS, fields, strict=False)
    }
    return view | {"fields": [text.shown(field) for field in fields[6:]]}
