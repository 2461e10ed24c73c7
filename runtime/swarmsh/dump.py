"""The state as text and back: `state dump`, and what a snapshot holds (docs/journal.md, "State").

Canonical: one state has one text, whatever path led to it. Sections stand in the order in which a
reader needs them (PROTOCOL S1).
"""

from __future__ import annotations

from collections.abc import Iterator

from swarmsh.requests import known_key, remembered
from swarmsh.state import Agent, Item, Outcome, Run, State
from swarmsh_telemetry.records import WorkState

LAYOUT = 1
CHUNK = 256
"""The most numbers on one line of a run."""


def dump(state: State) -> bytes:
    """The canonical text of a state."""
    return b"".join(b"\t".join(line) + b"\n" for line in lines(state))


def number(value: int) -> bytes:
    return b"%d" % value


def listed(values: tuple[bytes, ...] | list[bytes], separator: bytes = b",") -> bytes:
    """A list as one field, `-` when it is empty."""
    return separator.join(values) or b"-"


def lines(state: State) -> Iterator[list[bytes]]:
    """The fields of each line."""
    yield from header(state)
    for agent in sorted(state.agents.values(), key=lambda agent: agent.slot):
        yield agent_line(state, agent)
    sections = sort_items(state)
    for item in sections[0] + sections[1]:
        yield item_line(item)
    for _, run in sorted(
        state.runs.items(), key=lambda pair: (-pair[0][0], *pair[0][1:])
    ):
        yield from run_lines(run)
    for item in sections[2] + sections[3]:
        yield item_line(item)
    for key in sorted(state.keys):
        found = known_key(state, key)
        if found is not None:
            yield [b"key", key, number(found.number), number(found.ended)]
    for nonce in sorted(state.requests):
        request = state.requests[nonce]
        if remembered(state, request):
            place = [number(request.number), number(request.ordinal)]
            yield [b"request", nonce, *place, written(request.outcome)]


def header(state: State) -> Iterator[list[bytes]]:
    suspect = state.suspect or (0, b"-", 0)
    until = min((item.until for item in state.claimed.values()), default=0)
    rest = min((item.not_before for item in state.delayed.values()), default=0)
    yield [b"swarmsh.state", number(LAYOUT)]
    place = (state.segment, state.ordinal, state.offset, state.line)
    yield [b"position", *map(number, place)]
    yield [
        b"time",
        number(state.now),
        number(suspect[0]),
        suspect[1],
        number(suspect[2]),
    ]
    yield [b"rules", number(state.rules), state.rules_digest]
    yield [b"next", number(state.next_item), number(state.next_slot)]
    yield [
        b"counts",
        number(state.records),
        number(state.conflicts),
        number(state.damaged),
    ]
    yield [b"first", number(until), number(rest)]


def agent_line(state: State, agent: Agent) -> list[bytes]:
    """An agent; its last request stands with the nonce of the process that made it."""
    nonce = b"-"
    if agent.last is not None:
        nonce = min(
            key for key, request in state.requests.items() if request is agent.last
        )
    rights = listed([number(item) for item in sorted(agent.rights)])
    session = agent.session or (b"-",) * 4
    return [
        b"agent",
        number(agent.slot),
        agent.handle,
        agent.state,
        number(agent.capacity),
        listed(agent.skills),
        agent.seen,
        *session,
        nonce,
        rights,
    ]


def sort_items(state: State) -> tuple[list[Item], ...]:
    """Items in sections: held, pending, blocked, and what nobody can be given."""
    sections: tuple[list[Item], ...] = ([], [], [], [])
    for at in sorted(state.items):
        item = state.items[at]
        if item.state == WorkState.CLAIMED:
            sections[0].append(item)
        elif item.state == WorkState.PENDING:
            sections[2 if item.after else 1].append(item)
        else:
            sections[3].append(item)
    return sections


def item_line(item: Item) -> list[bytes]:
    return [
        b"item",
        number(item.number),
        item.state,
        number(item.attempt),
        number(item.tries),
        number(item.holder.slot if item.holder else 0),
        number(item.granted),
        number(item.until),
        number(item.run.priority),
        listed(item.run.requires),
        number(item.run.limit),
        number(item.not_before),
        listed([number(wanted) for wanted in sorted(item.after)]),
        item.key,
        number(item.place),
        number(item.note),
    ]


def run_lines(run: Run) -> Iterator[list[bytes]]:
    """The untouched items of a run, at most CHUNK on a line."""
    kind = [number(run.priority), listed(run.requires), number(run.limit)]
    for start in range(run.head, len(run.numbers), CHUNK):
        numbers = b" ".join(map(number, run.numbers[start : start + CHUNK]))
        places = b" ".join(map(number, run.places[start : start + CHUNK]))
        yield [b"run", *kind, numbers, places]


def written(outcome: Outcome) -> bytes:
    """An outcome as one field: `+`, a number, `number.attempt` pairs, `-` for none, `!reason`."""
    if outcome is True:
        return b"+"
    if isinstance(outcome, bytes):
        return outcome
    if isinstance(outcome, tuple):
        return listed([b"%d.%d" % pair for pair in outcome])
    return b"%d" % outcome
