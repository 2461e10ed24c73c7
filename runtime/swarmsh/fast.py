"""The optimistic path: the records that come most, folded in about a microsecond.

Each function here does what `replay.fold_record` and `rules` do for one event in its commonest
form, and gives None, having changed nothing that counts, wherever anything is unusual: then the
plain path folds the record. Property tests hold both to the same state.

Validity is a dictionary lookup wherever possible: a known handle, nonce or item number needs no
pattern check.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from swarmsh import choice
from swarmsh.effects import unblock
from swarmsh.framing import CLOSINGS, LIMIT
from swarmsh.requests import pin
from swarmsh.state import PLACE, WINDOW, Agent, Item, Outcome, RunKey, State
from swarmsh_telemetry.records import (
    TRANSITIONS,
    AgentState,
    Event,
    Guard,
    WorkAdd,
    WorkClaim,
    WorkComplete,
    WorkState,
)

ACTIVE = AgentState.ACTIVE
CLAIMED = WorkState.CLAIMED
RUN_FIELDS = WorkAdd.FIELDS[3], WorkAdd.FIELDS[4], WorkAdd.FIELDS[8]
ADD_SIZE = len(WorkAdd.FIELDS) + 7
CLAIM_SIZE = len(WorkClaim.FIELDS) + 7
COMPLETE_SIZE = len(WorkComplete.FIELDS) + 7
PlainFold = Callable[[State, bytes, int], bool]
Step = Callable[[State, list[bytes], Agent | None], Outcome | None]


def fold(state: State, lines: list[bytes], limit: int, plain: PlainFold) -> int:
    """Fold whole lines without NUL; give the bytes that were folded. See `replay.fold`."""
    used = 0
    steps = STEPS
    for line in lines:
        size = len(line)
        used += size + 1
        if not size:
            state.line += 1
            continue
        if size <= LIMIT - 2 and state.ordinal < limit - 1:
            fields = line.split(b"\t")
            if len(fields) > 6 and fields[-1] == CLOSINGS[size - len(fields[-1])]:
                step = steps.get(fields[1])
                if step is not None and attempt(state, fields, step):
                    state.line += 1
                    continue
        if plain(state, line, limit):
            break
    return used


def attempt(state: State, fields: list[bytes], step: Step) -> bool:
    """Fold a framed record by its step; False when the plain path has to."""
    stamp = fields[0]
    nonce, _, digits = fields[4].partition(b".")
    request = state.requests.get(nonce)
    if (
        request is None
        or not state.low <= stamp <= state.high
        or len(stamp) != 19
        or not stamp.isdigit()
        or not digits.isdigit()
        or digits[0] == 48
        or len(digits) > 18
        or len(fields[5]) not in (1, 55)
        or b"" in fields
    ):
        return False
    number = int(digits)
    records = state.records + 1
    if (
        number <= request.number
        or records - request.ordinal > WINDOW
        or records % WINDOW == 0
    ):
        return False
    author = state.agents.get(fields[3])
    if author is not None and author.state != ACTIVE:
        return False
    if stamp > state.time:
        state.time = stamp
    state.suspect = None
    outcome = step(state, fields, author)
    if outcome is None:
        return False
    state.records = records
    state.ordinal += 1
    request.number = number
    request.ordinal = records
    request.outcome = outcome
    if author is not None:
        author.seen = state.time
        if author.last is not request:
            pin(author, request)
    return True


def claim(state: State, fields: list[bytes], agent: Agent | None) -> Outcome | None:
    """One item for an active agent under its capacity, and no lease ends and no delay is over."""
    if len(fields) != CLAIM_SIZE or agent is None:
        return None
    lease = LEASES.get(fields[6]) or known_lease(fields[6])
    now = int(state.time)
    if (
        not lease
        or fields[7] != b"1"
        or fields[2] != b"-"
        or now >= state.alarm
        or agent.claimed >= agent.capacity
    ):
        return None
    return give(state, agent, now, lease)


def give(state: State, agent: Agent, now: int, lease: int) -> Outcome | None:
    """What `choice.best` and `effects.assign` do, for an item that nobody touched before."""
    found = choice.best(state, agent.skills)
    if found is None:
        return None
    run, number = found
    if run.head >= len(run.numbers) or run.numbers[run.head] != number:
        return None
    item = state.items[number] = state.claimed[number] = Item(number, run, run.take())
    item.state = CLAIMED
    item.attempt = item.tries = 1
    item.holder = agent
    item.granted = now
    item.until = until = now + lease
    if until < state.alarm:
        state.alarm = until
    agent.claimed += 1
    agent.rights.add(number)
    return ((number, 1),)


def complete(state: State, fields: list[bytes], agent: Agent | None) -> Outcome | None:
    """The holder completes an item without a key, with a result in the record or none."""
    if len(fields) != COMPLETE_SIZE or fields[8] != b"-" or agent is None:
        return None
    subject = fields[2]
    if not subject.isdigit() or len(subject) > 18 or subject[0] == 48:
        return None
    number = int(subject)
    item = state.claimed.get(number)
    if (
        item is None
        or item.holder is not agent
        or fields[6] != (b"1" if item.attempt == 1 else b"%d" % item.attempt)
        or item.key != b"-"
    ):
        return None
    del state.claimed[number], state.items[number]
    item.holder = None
    agent.claimed -= 1
    agent.rights.discard(number)
    if number in state.blocking:
        unblock(state, number)
    return True


def add(state: State, fields: list[bytes], agent: Agent | None) -> Outcome | None:
    """An item like one added before, without dependencies, key and not-before time."""
    if len(fields) != ADD_SIZE or fields[2] != b"-" or fields[8] != b"-":
        return None
    like = fields[9], fields[10], fields[14]
    run = LIKE.get(like) or known_run(like)
    if run is None or not fields[11] == fields[12] == fields[13] == b"-":
        return None
    found = state.runs.get(run)
    if found is None:
        return None
    number = state.next_item
    state.next_item = number + 1
    found.numbers.append(number)
    found.places.append(state.segment * PLACE + state.line)
    return number


def known_lease(field: bytes) -> int:
    """The duration that a field spells, remembered; 0 when it is none."""
    try:
        lease: int = WorkClaim.FIELDS[0].decode(field)
    except ValueError:
        return 0
    if len(LEASES) > 1000:
        LEASES.clear()
    LEASES[field] = lease
    return lease


def known_run(like: tuple[bytes, bytes, bytes]) -> RunKey | None:
    """The key of the run that three fields of an added item name, remembered."""
    try:
        priority, requires, limit = (RUN_FIELDS[at].decode(like[at]) for at in range(3))
    except ValueError:
        return None
    if any(one >= other for one, other in pairwise(requires)):
        return None
    if len(LIKE) > 1000:
        LIKE.clear()
    LIKE[like] = priority, requires, limit
    return LIKE[like]


def steps_of_the_tables() -> dict[bytes, Step]:
    """The steps whose transitions stand in the generated tables as the functions above have them."""
    pending, done = WorkState.PENDING, WorkState.DONE
    wanted: dict[bytes, tuple[Step, bytes | None, bytes, str]] = {
        Event.WORK_ADD: (add, None, pending, ""),
        Event.WORK_CLAIM: (claim, pending, CLAIMED, Guard.CLAIMABLE),
        Event.WORK_COMPLETE: (complete, CLAIMED, done, Guard.HOLDER),
    }
    return {
        event: step
        for event, (step, source, target, guard) in wanted.items()
        if any(
            (source in move.sources or (source is None and not move.sources))
            and (move.target, move.guard) == (target, guard)
            for move in TRANSITIONS[event]
        )
    }


LEASES: dict[bytes, int] = {}
LIKE: dict[tuple[bytes, bytes, bytes], RunKey] = {}
STEPS = steps_of_the_tables()
