"""What happens to items and agents when a transition takes place."""

from __future__ import annotations

from swarmsh.requests import known_key, pin
from swarmsh.state import NEVER, NOTHING, Agent, Item, Key, State
from swarmsh_telemetry.records import AgentState, WorkState


def assign(state: State, item: Item, agent: Agent, lease: int) -> None:
    """Give a pending item to an agent: its next attempt begins."""
    release_right(state, item)
    item.attempt += 1
    item.tries += 1
    item.holder = agent
    agent.rights.add(item.number)
    hold(state, item, lease)


def hold(state: State, item: Item, lease: int) -> None:
    """Let the item's holder hold it from now on, for as long as the lease lasts (T2)."""
    if item.state != WorkState.CLAIMED:
        item.state = WorkState.CLAIMED
        item.not_before = 0
        state.claimed[item.number] = item
        assert item.holder is not None
        item.holder.claimed += 1
    item.granted = state.now
    item.until = item.granted + lease
    state.alarm = min(state.alarm, item.until)


def let_go(state: State, item: Item) -> None:
    """End the holding of an item; what it becomes is the caller's to say."""
    if state.claimed.pop(item.number, None) is not None:
        assert item.holder is not None
        item.holder.claimed -= 1
        item.granted = item.until = 0
    if item.not_before:
        item.not_before = 0
        state.delayed.pop(item.number, None)


def release_right(state: State, item: Item) -> None:
    """The last holder may not finish the item any more."""
    agent = item.holder
    if agent is not None:
        item.holder = None
        agent.rights.discard(item.number)
        if agent.state == AgentState.LOST and not agent.rights:
            del state.agents[agent.handle]


def give_back(state: State, item: Item, *, keep_right: bool, rest: int = 0) -> None:
    """Make an item pending again, after a rest; its last holder may keep the right to finish it."""
    let_go(state, item)
    item.state = WorkState.PENDING
    if not keep_right:
        release_right(state, item)
    if rest:
        delay(state, item, state.now + rest)
    elif item.ready:
        item.run.put_back(item.number)


def delay(state: State, item: Item, not_before: int) -> None:
    """Keep a pending item back until this log time."""
    item.not_before = not_before
    state.delayed[item.number] = item
    state.alarm = min(state.alarm, not_before)


def finish(state: State, item: Item, target: bytes) -> None:
    """Bring an item into a state in which nobody can be given it."""
    let_go(state, item)
    release_right(state, item)
    item.after = NOTHING
    item.state = target
    if target == WorkState.DONE:
        del state.items[item.number]
        end_key(state, item)
        unblock(state, item.number)
    elif target == WorkState.CANCELLED:
        end_key(state, item)


def end_key(state: State, item: Item) -> None:
    """From now on the item's key is only remembered for a while (Q3)."""
    if item.key != b"-":
        state.keys[item.key] = Key(item.number, state.records)


def unblock(state: State, number: int) -> None:
    """An item is done: those that waited for nothing else can be claimed."""
    for item in state.blocking.pop(number, ()):
        item.after = item.after - {number}
        if item.ready:
            item.run.put_back(item.number)


def block(state: State, item: Item, after: set[int] | frozenset[int]) -> None:
    """Keep an item back until all of these are done."""
    item.after = after
    for number in after:
        state.blocking.setdefault(number, []).append(item)


def take_key(state: State, item: Item, key: bytes) -> None:
    """Give the item its user's key."""
    assert known_key(state, key) is None
    item.key = key
    state.keys[key] = Key(item.number)


def is_live(state: State, item: Item, drift: int) -> bool:
    """Whether the item's lease is live at log time (T2)."""
    return item.granted - drift <= state.now < item.until


def dismiss(state: State, agent: Agent, target: bytes) -> None:
    """An agent is not active any more."""
    agent.state = target
    pin(agent, None)
    if target != AgentState.LOST or not agent.rights:
        del state.agents[agent.handle]


def next_alarm(state: State) -> int:
    """The earliest log time at which a lease ends or a delay is over."""
    ends = [item.until for item in state.claimed.values()]
    ends += [item.not_before for item in state.delayed.values()]
    return min(ends, default=NEVER)
