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
from swarmsh.effects import give_back, hold, release_right, unblock
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
    WorkCompleteMany,
    WorkCompleteNext,
    WorkFail,
    WorkRenew,
    WorkState,
)

ACTIVE = AgentState.ACTIVE
CLAIMED = WorkState.CLAIMED
RUN_FIELDS = WorkAdd.FIELDS[3], WorkAdd.FIELDS[4], WorkAdd.FIELDS[8]
ADD_SIZE = len(WorkAdd.FIELDS) + 7
CLAIM_SIZE = len(WorkClaim.FIELDS) + 7
COMPLETE_SIZE = len(WorkComplete.FIELDS) + 7
COMPLETE_NEXT_SIZE = len(WorkCompleteNext.FIELDS) + 7
COMPLETE_MANY_SIZE = len(WorkCompleteMany.FIELDS) + 7
RENEW_SIZE = len(WorkRenew.FIELDS) + 7
FAIL_SIZE = len(WorkFail.FIELDS) + 7
PlainFold = Callable[[State, bytes, int], bool]
Move = tuple[bytes | None, bytes, str]
Step = Callable[[State, list[bytes], Agent | None], Outcome | None]


def fold(state: State, lines: list[bytes], limit: int, plain: PlainFold) -> int:
    """Fold whole lines without NUL and without empty fields; give how many lines were folded."""
    steps, closings = STEPS, CLOSINGS
    for folded, line in enumerate(lines, 1):
        if not line:
            state.line += 1
            continue
        size = len(line)
        if size <= LIMIT - 2 and state.ordinal < limit - 1:
            fields = line.split(b"\t")
            if len(fields) > 6 and fields[-1] == closings[size - len(fields[-1])]:
                step = steps.get(fields[1])
                if step is not None and attempt(state, fields, step):
                    state.line += 1
                    continue
        if plain(state, line, limit):
            return folded
    return len(lines)


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
    """Items for an active agent under its capacity, and no lease ends and no delay is over."""
    if len(fields) != CLAIM_SIZE or agent is None or fields[2] != b"-":
        return None
    lease = LEASES.get(fields[6]) or known_lease(fields[6])
    count = 1 if fields[7] == b"1" else known_count(fields[7])
    now = int(state.time)
    if not lease or not count or now >= state.alarm:
        return None
    return give(state, agent, now, lease, count) or None


def give(
    state: State, agent: Agent, now: int, lease: int, count: int
) -> tuple[tuple[int, int], ...]:
    """What `rules.claim_up_to` gives when nothing ends."""
    given: tuple[tuple[int, int], ...] = ()
    while len(given) < count and agent.claimed < agent.capacity:
        found = choice.best(state, agent.skills)
        if found is None:
            break
        run, number = found
        if run.head < len(run.numbers) and run.numbers[run.head] == number:
            item = state.items[number] = Item(number, run, run.take())
        else:
            item = state.items[number]
            if item.holder is not None:
                release_right(state, item)
        state.claimed[number] = item
        item.state = CLAIMED
        item.attempt += 1
        item.tries += 1
        item.holder = agent
        item.granted = now
        item.until = until = now + lease
        if until < state.alarm:
            state.alarm = until
        agent.claimed += 1
        agent.rights.add(number)
        given += ((number, item.attempt),)
    return given


def held(
    state: State, subject: bytes, attempt: bytes, agent: Agent | None
) -> Item | None:
    """The claimed item without a key that its author holds at this attempt."""
    if agent is None or not subject.isdigit() or subject[0] == 48:
        return None
    item = state.claimed.get(int(subject))
    if (
        item is None
        or item.holder is not agent
        or item.key != b"-"
        or attempt != (b"1" if item.attempt == 1 else b"%d" % item.attempt)
    ):
        return None
    return item


def done(state: State, item: Item, agent: Agent) -> None:
    """What `effects.finish` does for a claimed item that is done."""
    number = item.number
    del state.claimed[number], state.items[number]
    item.holder = None
    agent.claimed -= 1
    agent.rights.discard(number)
    if number in state.blocking:
        unblock(state, number)


def complete(state: State, fields: list[bytes], agent: Agent | None) -> Outcome | None:
    """The holder completes an item, with a result in the record or none."""
    if len(fields) != COMPLETE_SIZE or fields[8] != b"-":
        return None
    item = held(state, fields[2], fields[6], agent)
    if item is None or agent is None:
        return None
    done(state, item, agent)
    return True


def complete_next(
    state: State, fields: list[bytes], agent: Agent | None
) -> Outcome | None:
    """The holder completes an item and claims the next, and no lease ends and no delay is over."""
    if len(fields) != COMPLETE_NEXT_SIZE or fields[8] != b"-":
        return None
    lease = LEASES.get(fields[9]) or known_lease(fields[9])
    now = int(state.time)
    if not lease or now >= state.alarm:
        return None
    item = held(state, fields[2], fields[6], agent)
    if item is None or agent is None:
        return None
    done(state, item, agent)
    given = give(state, agent, now, lease, 1)
    if not given:
        state.conflicts += 1
    return given


def complete_many(
    state: State, fields: list[bytes], agent: Agent | None
) -> Outcome | None:
    """The holder completes several items that it holds, all of them."""
    if len(fields) != COMPLETE_MANY_SIZE or fields[2] != b"-" or fields[9] != b"-":
        return None
    numbers, attempts = fields[6].split(b","), fields[7].split(b",")
    if agent is None or len(numbers) != len(attempts):
        return None
    items: list[Item] = []
    last = 0
    for number, attempt in zip(numbers, attempts, strict=True):
        item = held(state, number, attempt, agent)
        if item is None or item.number <= last:
            return None
        last = item.number
        items.append(item)
    for item in items:
        done(state, item, agent)
    return True


def renew(state: State, fields: list[bytes], agent: Agent | None) -> Outcome | None:
    """The holder holds a claimed item for longer."""
    if len(fields) != RENEW_SIZE:
        return None
    lease = LEASES.get(fields[7]) or known_lease(fields[7])
    item = held(state, fields[2], fields[6], agent)
    if item is None or not lease:
        return None
    hold(state, item, lease)
    return True


def fail(state: State, fields: list[bytes], agent: Agent | None) -> Outcome | None:
    """The holder fails a claimed item that has attempts left, and says how long it rests."""
    if len(fields) != FAIL_SIZE:
        return None
    rest = known_rest(fields[8])
    item = held(state, fields[2], fields[6], agent)
    if item is None or rest is None or item.tries >= item.run.limit:
        return None
    item.note = state.segment * PLACE + state.line
    give_back(state, item, keep_right=False, rest=rest)
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


def known_count(field: bytes) -> int:
    """How many items a claim asks for; 0 when the field is no count."""
    try:
        count: int = WorkClaim.FIELDS[1].decode(field)
    except ValueError:
        return 0
    return count


def known_rest(field: bytes) -> int | None:
    """How long an item rests; None when the field does not say it."""
    try:
        rest: int | None = WorkFail.FIELDS[2].decode(field)
    except ValueError:
        return None
    return rest


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
    finished = CLAIMED, done, Guard.HOLDER
    claimed = pending, CLAIMED, Guard.CLAIMABLE
    wanted: dict[bytes, tuple[Step, tuple[Move, ...]]] = {
        Event.WORK_ADD: (add, ((None, pending, ""),)),
        Event.WORK_CLAIM: (claim, (claimed,)),
        Event.WORK_COMPLETE: (complete, (finished,)),
        Event.WORK_COMPLETE_NEXT: (complete_next, (finished, claimed)),
        Event.WORK_COMPLETE_MANY: (complete_many, (finished,)),
        Event.WORK_RENEW: (renew, ((CLAIMED, CLAIMED, Guard.HOLDER),)),
        Event.WORK_FAIL: (fail, ((CLAIMED, pending, Guard.RETRYABLE),)),
    }
    return {
        event: step
        for event, (step, moves) in wanted.items()
        if all(stands(event, *move) for move in moves)
    }


def stands(event: bytes, source: bytes | None, target: bytes, guard: str) -> bool:
    """Whether a transition stands in the generated tables."""
    return any(
        (source in move.sources or (source is None and not move.sources))
        and (move.target, move.guard) == (target, guard)
        for move in TRANSITIONS[event]
    )


LEASES: dict[bytes, int] = {}
LIKE: dict[tuple[bytes, bytes, bytes], RunKey] = {}
STEPS = steps_of_the_tables()
