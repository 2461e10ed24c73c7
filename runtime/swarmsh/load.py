"""The state from its text: the counterpart of `dump`."""

from __future__ import annotations

from array import array

from swarmsh import effects
from swarmsh.choice import run_of
from swarmsh.clock import close_window, open_window
from swarmsh.dump import LAYOUT
from swarmsh.requests import pin
from swarmsh.state import Agent, Item, Key, Outcome, Request, RunKey, State
from swarmsh_telemetry.records import WorkState


def load(text: bytes) -> State:
    """The state that `dump` gave this text for; ValueError when it is no such text."""
    state = State()
    slots: dict[bytes, Agent] = {}
    last: list[tuple[Agent, bytes]] = []
    try:
        for line in text.split(b"\n")[:-1]:
            kind, *fields = line.split(b"\t")
            if kind == b"run":
                load_run(state, fields)
            elif kind == b"item":
                load_item(state, fields, slots)
            elif kind == b"request":
                state.requests[fields[0]] = Request(
                    int(fields[1]), int(fields[2]), read(fields[3])
                )
            elif kind == b"key":
                state.keys[fields[0]] = Key(int(fields[1]), int(fields[2]))
            elif kind == b"agent":
                agent = slots[fields[0]] = load_agent(state, fields)
                last.append((agent, fields[10]))
            else:
                load_header(state, kind, fields)
        for agent, nonce in last:
            pin(agent, state.requests[nonce] if nonce != b"-" else None)
    except (IndexError, KeyError, TypeError) as error:
        raise ValueError(f"no text of a state: {error!r}") from error
    state.alarm = effects.next_alarm(state)
    return state


def load_header(state: State, kind: bytes, fields: list[bytes]) -> None:
    if kind == b"swarmsh.state":
        if int(fields[0]) != LAYOUT:
            raise ValueError(f"layout {fields[0]!r} is not known")
    elif kind == b"position":
        state.segment, state.ordinal, state.offset, state.line = map(int, fields)
    elif kind == b"time":
        state.time = fields[0] if fields[0] != b"0" else b""
        if int(fields[1]):
            state.suspect = int(fields[1]), fields[2], int(fields[3])
        if state.time and state.suspect is None:
            open_window(state)
        else:
            close_window(state)
    elif kind == b"rules":
        state.rules, state.rules_digest = int(fields[0]), fields[1]
    elif kind == b"next":
        state.next_item, state.next_slot = map(int, fields)
    elif kind == b"counts":
        state.records, state.conflicts, state.damaged = map(int, fields)
    elif kind != b"first":
        raise ValueError(f"a line of unknown kind {kind!r}")


def parts(field: bytes) -> tuple[bytes, ...]:
    """The elements of a list in one field."""
    return tuple(field.split(b",")) if field != b"-" else ()


def load_agent(state: State, fields: list[bytes]) -> Agent:
    agent = Agent(int(fields[0]), fields[1], fields[2])
    agent.capacity = int(fields[3])
    agent.skills = parts(fields[4])
    agent.seen = fields[5]
    agent.session = tuple(fields[6:10]) if fields[6] != b"-" else ()
    agent.rights = set(map(int, parts(fields[11])))
    state.agents[agent.handle] = agent
    return agent


def run_key(priority: bytes, requires: bytes, limit: bytes) -> RunKey:
    return int(priority), parts(requires), int(limit)


def load_run(state: State, fields: list[bytes]) -> None:
    run = run_of(state, run_key(*fields[:3]))
    run.numbers.extend(array("q", map(int, fields[3].split())))
    run.places.extend(array("q", map(int, fields[4].split())))


def load_item(state: State, fields: list[bytes], slots: dict[bytes, Agent]) -> None:
    item = Item(int(fields[0]), run_of(state, run_key(*fields[7:10])), int(fields[13]))
    item.state = STATES[fields[1]]
    item.attempt, item.tries = int(fields[2]), int(fields[3])
    item.holder = slots[fields[4]] if fields[4] != b"0" else None
    item.granted, item.until, item.not_before = (
        int(fields[5]),
        int(fields[6]),
        int(fields[10]),
    )
    item.key, item.note = fields[12], int(fields[14])
    state.items[item.number] = item
    effects.block(state, item, frozenset(map(int, parts(fields[11]))))
    if item.state == WorkState.CLAIMED:
        state.claimed[item.number] = item
        if item.holder is None:
            raise ValueError(f"item {item.number} is held by nobody")
        item.holder.claimed += 1
    if item.not_before:
        state.delayed[item.number] = item
    if item.ready:
        item.run.put_back(item.number)


STATES = {
    state: state
    for state in (
        WorkState.PENDING,
        WorkState.CLAIMED,
        WorkState.FAILED,
        WorkState.CANCELLED,
    )
}


def read(field: bytes) -> Outcome:
    """The outcome that `dump.written` spelled."""
    if field == b"+":
        return True
    if field == b"-":
        return ()
    if field.startswith(b"!"):
        return field
    if b"." not in field:
        return int(field)
    pairs = [pair.split(b".") for pair in field.split(b",")]
    return tuple((int(number), int(attempt)) for number, attempt in pairs)
