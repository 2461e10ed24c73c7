"""What each event does: the rule text of PROTOCOL, in the plain form that fast paths must equal.

The generated tables say which transitions an event has; the guards that they name and the effects
are here. No function looks at a clock, a file or the environment (P5).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from swarmsh import choice, effects
from swarmsh.guards import (
    BAD_EVENT,
    BAD_FIELD,
    BAD_STATE,
    agent_guard,
    choose,
    item_guard,
)
from swarmsh.requests import known_key
from swarmsh.state import Agent, Item, Outcome, State
from swarmsh_telemetry import records
from swarmsh_telemetry.records import (
    AgentState,
    Entity,
    Event,
    Transition,
    WorkState,
)

SECOND = 10**9
LONGEST_REST = 3600 * SECOND


class Intent:
    """One record on its way into the state."""

    __slots__ = ("actor", "author", "event", "place", "subject")

    def __init__(
        self,
        event: bytes,
        subject: bytes,
        actor: bytes,
        author: Agent | None,
        place: int,
    ) -> None:
        self.event = event
        self.subject = subject
        self.actor = actor
        self.author = author
        self.place = place


Handler = Callable[[State, Intent, Any], Outcome]
HANDLERS: dict[bytes, Handler] = {}


def handles(event: bytes) -> Callable[[Handler], Handler]:
    """Register the function that carries out an event."""

    def register(handler: Handler) -> Handler:
        HANDLERS[event] = handler
        return handler

    return register


def apply(state: State, intent: Intent, fields: list[bytes]) -> Outcome:
    """Carry out a record whose request is new and whose time is counted."""
    handler = HANDLERS.get(intent.event)
    if handler is None:
        return BAD_EVENT
    values = records.CODECS[intent.event].decode(fields)
    return BAD_FIELD if values is None else handler(state, intent, values)


def ascending(values: tuple[Any, ...]) -> bool:
    """Whether a list is sorted without repetition: then one set has one spelling."""
    return all(one < other for one, other in pairwise(values))


def number_in(subject: bytes) -> int:
    """The item number that a subject spells, 0 when it spells none."""
    if not subject.isdigit() or len(subject) > 18 or subject[:1] == b"0":
        return 0
    return int(subject)


@handles(Event.JOURNAL_TICK)
def tick(state: State, intent: Intent, values: records.JournalTick) -> Outcome:
    return True


@handles(Event.JOURNAL_RULES)
def rules(state: State, intent: Intent, values: records.JournalRules) -> Outcome:
    if values.rules != state.rules + 1:
        return BAD_STATE
    state.rules = values.rules
    state.rules_digest = values.rules_digest
    return True


@handles(Event.AGENT_REGISTER)
def register(state: State, intent: Intent, values: records.AgentRegister) -> Outcome:
    session = (values.pid, values.process_start, values.boot_id, values.init_start)
    if not ascending(values.skills) or len({part is None for part in session}) != 1:
        return BAD_FIELD
    agent = None
    if intent.subject != b"-":
        agent = state.agents.get(intent.subject)
        if agent is None:
            return BAD_STATE
    current = agent.state if agent is not None else None
    chosen = choose(
        intent.event, Entity.AGENT, current, agent_guard(agent, intent.actor)
    )
    if isinstance(chosen, bytes):
        return chosen
    made: Outcome = True
    if agent is None:
        made = slot = state.next_slot
        state.next_slot = slot + 1
        handle = b"%b@%d.%b" % (values.name, slot, values.nonce)
        agent = state.agents[handle] = Agent(slot, handle, chosen.target or b"")
        if values.pid is not None:
            agent.session = tuple(written(part) for part in session)
        intent.author = agent
    agent.skills = values.skills
    agent.capacity = values.capacity
    return made


def written(part: bytes | int | None) -> bytes:
    """A part of a session as its record spells it."""
    return part if isinstance(part, bytes) else b"%d" % (part or 0)


@handles(Event.AGENT_HEARTBEAT)
def heartbeat(state: State, intent: Intent, values: records.AgentHeartbeat) -> Outcome:
    agent = state.agents.get(intent.subject)
    if agent is None:
        return BAD_STATE
    chosen = choose(
        intent.event, Entity.AGENT, agent.state, agent_guard(agent, intent.actor)
    )
    return chosen if isinstance(chosen, bytes) else True


@handles(Event.AGENT_LEAVE)
@handles(Event.AGENT_LOST)
def go(state: State, intent: Intent, values: Any) -> Outcome:
    """An agent leaves or is lost; only a lost one keeps the right to finish what it held (P3)."""
    agent = state.agents.get(intent.subject)
    if agent is None:
        return BAD_STATE
    chosen = choose(
        intent.event, Entity.AGENT, agent.state, agent_guard(agent, intent.actor)
    )
    if isinstance(chosen, bytes):
        return chosen
    lost = chosen.target == AgentState.LOST
    for number in sorted(agent.rights):
        item = state.items[number]
        move = choose(
            intent.event, Entity.WORK, item.state, item_guard(state, item, agent)
        )
        if not isinstance(move, bytes):
            settle(state, item, move, keep_right=lost)
        elif not lost:
            effects.release_right(state, item)
    effects.dismiss(state, agent, chosen.target or b"")
    return True


def settle(
    state: State, item: Item, move: Transition, *, keep_right: bool, rest: int = 0
) -> None:
    """Bring an item to where the transition leads."""
    if move.target == WorkState.PENDING:
        effects.give_back(state, item, keep_right=keep_right, rest=rest)
    elif move.target is not None:
        effects.finish(state, item, move.target)


@handles(Event.WORK_ADD)
def add(state: State, intent: Intent, values: records.WorkAdd) -> Outcome:
    if (
        intent.subject != b"-"
        or not ascending(values.requires)
        or not ascending(values.after)
    ):
        return BAD_FIELD
    if values.payload is not None and values.payload_digest is not None:
        return BAD_FIELD
    if values.key is not None:
        taken = known_key(state, values.key)
        if taken is not None:
            return taken.number
    if values.after and values.after[-1] >= state.next_item:
        return BAD_STATE
    number = state.next_item
    state.next_item = number + 1
    run = choice.run_of(state, (values.priority, values.requires, values.max_attempts))
    after = {wanted for wanted in values.after if not choice.is_done(state, wanted)}
    if not after and values.key is None and values.not_before is None:
        run.numbers.append(number)
        run.places.append(intent.place)
        return number
    item = state.items[number] = Item(number, run, intent.place)
    if values.key is not None:
        effects.take_key(state, item, values.key)
    effects.block(state, item, after)
    if values.not_before is not None:
        effects.delay(state, item, values.not_before)
    if item.ready:
        run.put_back(number)
    return number


def end_leases(state: State, event: bytes) -> None:
    """Return what is no longer leased, offer what has rested long enough (P3, N3)."""
    now = state.now
    if now < state.alarm:
        return
    for item in list(state.claimed.values()):
        move = choose(event, Entity.WORK, item.state, item_guard(state, item, None))
        if not isinstance(move, bytes):
            settle(state, item, move, keep_right=True)
    for item in list(state.delayed.values()):
        if item.not_before <= now:
            item.not_before = 0
            del state.delayed[item.number]
            if item.ready:
                item.run.put_back(item.number)
    state.alarm = effects.next_alarm(state)


def claim_up_to(
    state: State, intent: Intent, agent: Agent | None, count: int, lease: int
) -> tuple[tuple[int, int], ...]:
    """Give the agent the best items there are, at most `count`, within its capacity."""
    end_leases(state, intent.event)
    given: list[tuple[int, int]] = []
    if agent is None or agent.state != AgentState.ACTIVE:
        return ()
    while len(given) < count and agent.claimed < agent.capacity:
        found = choice.best(state, agent.skills)
        if found is None:
            break
        item = choice.take(state, *found)
        effects.assign(state, item, agent, lease)
        given.append((item.number, item.attempt))
    return tuple(given)


@handles(Event.WORK_CLAIM)
def claim(state: State, intent: Intent, values: records.WorkClaim) -> Outcome:
    if intent.subject != b"-":
        return BAD_FIELD
    return claim_up_to(
        state, intent, intent.author, values.count, values.lease_duration
    )


def held_item(
    state: State, intent: Intent, number: int, attempt: int
) -> tuple[Item, Transition] | bytes:
    """The item of a record that its holder must have written, and where the record takes it."""
    item = choice.find(state, number)
    if item is None:
        return BAD_STATE
    guard = item_guard(state, item, intent.author, attempt)
    chosen = choose(intent.event, Entity.WORK, item.state, guard)
    return chosen if isinstance(chosen, bytes) else (item, chosen)


@handles(Event.WORK_RENEW)
def renew(state: State, intent: Intent, values: records.WorkRenew) -> Outcome:
    found = held_item(state, intent, number_in(intent.subject), values.attempt)
    if isinstance(found, bytes):
        return found
    effects.hold(state, found[0], values.lease_duration)
    return True


@handles(Event.WORK_PROGRESS)
def progress(state: State, intent: Intent, values: records.WorkProgress) -> Outcome:
    found = held_item(state, intent, number_in(intent.subject), values.attempt)
    if isinstance(found, bytes):
        return found
    found[0].note = intent.place
    return True


@handles(Event.WORK_COMPLETE)
def complete(state: State, intent: Intent, values: records.WorkComplete) -> Outcome:
    if values.result is not None and values.result_digest is not None:
        return BAD_FIELD
    found = held_item(state, intent, number_in(intent.subject), values.attempt)
    if isinstance(found, bytes):
        return found
    settle(state, *found, keep_right=False)
    return True


@handles(Event.WORK_COMPLETE_NEXT)
def complete_next(
    state: State, intent: Intent, values: records.WorkCompleteNext
) -> Outcome:
    """One record, two effects (X1): when the completion is refused nothing is claimed."""
    if values.result is not None and values.result_digest is not None:
        return BAD_FIELD
    found = held_item(state, intent, number_in(intent.subject), values.attempt)
    if isinstance(found, bytes):
        return found
    settle(state, *found, keep_right=False)
    return claim_up_to(state, intent, intent.author, 1, values.lease_duration)


@handles(Event.WORK_COMPLETE_MANY)
def complete_many(
    state: State, intent: Intent, values: records.WorkCompleteMany
) -> Outcome:
    """All of the items, or none (X1)."""
    if intent.subject != b"-" or len(values.numbers) != len(values.attempts):
        return BAD_FIELD
    if not ascending(values.numbers):
        return BAD_FIELD
    if values.result is not None and values.result_digest is not None:
        return BAD_FIELD
    moves = []
    for number, attempt in zip(values.numbers, values.attempts, strict=True):
        found = held_item(state, intent, number, attempt)
        if isinstance(found, bytes):
            return found
        moves.append(found)
    for item, move in moves:
        settle(state, item, move, keep_right=False)
    return True


@handles(Event.WORK_FAIL)
def fail(state: State, intent: Intent, values: records.WorkFail) -> Outcome:
    found = held_item(state, intent, number_in(intent.subject), values.attempt)
    if isinstance(found, bytes):
        return found
    item, move = found
    rest = values.retry_delay
    if rest is None:
        rest = min(SECOND << min(item.tries - 1, 12), LONGEST_REST)
    item.note = intent.place
    settle(state, item, move, keep_right=False, rest=rest)
    return True


@handles(Event.WORK_RELEASE)
def release(state: State, intent: Intent, values: records.WorkRelease) -> Outcome:
    """Give an item back; the attempt does not count against its maximum."""
    found = held_item(state, intent, number_in(intent.subject), values.attempt)
    if isinstance(found, bytes):
        return found
    found[0].tries -= 1
    settle(state, *found, keep_right=False)
    return True


@handles(Event.WORK_CANCEL)
@handles(Event.WORK_REQUEUE)
def put_aside_or_back(state: State, intent: Intent, values: Any) -> Outcome:
    """Cancel an item, or offer a failed one again with a fresh count of attempts."""
    item = choice.find(state, number_in(intent.subject))
    if item is None:
        return BAD_STATE
    guard = item_guard(state, item, intent.author)
    move = choose(intent.event, Entity.WORK, item.state, guard)
    if isinstance(move, bytes):
        return move
    choice.touch(state, item)
    item.note = intent.place
    if move.target == WorkState.PENDING:
        item.tries = 0
    settle(state, item, move, keep_right=False)
    return True
