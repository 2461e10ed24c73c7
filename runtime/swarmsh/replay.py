"""Replay: the journal's bytes into the state. Pure: no clock, no file, no environment (P5).

`fold` is what everything uses. It tries the optimistic path of `fast` for the records that come
most, and falls back to the plain text of the rules for each record it has any doubt about.
"""

from __future__ import annotations

import re

from swarmsh import fast, framing
from swarmsh.clock import STAMP, advance
from swarmsh.requests import forget, known, pin, remember
from swarmsh.rules import Intent, apply
from swarmsh.state import PLACE, WINDOW, Outcome, State
from swarmsh_telemetry.records import AgentState

REQUEST = re.compile(rb"([A-Za-z0-9]{1,64})\.([1-9][0-9]{0,17})\Z")
ENVELOPE = 6
"""The fields before a record's own: time, event, subject, actor, request id, trace parent."""


def fold(state: State, data: bytes, limit: int, *, plain: bool = False) -> int:
    """Fold the whole lines at the start of `data`; give the number of bytes that were folded.

    `data` continues the present segment at `state.offset`. At most `limit` records make a segment
    (R1): folding stops behind the last of them, with the position at the start of the next
    segment. An unfinished last line is left for the next call (P1). `plain` takes the reference
    path for every record; the outcome is the same.
    """
    end = data.rfind(b"\n")
    if end < 0:
        return 0
    lines = data[:end].split(b"\n")
    segment = state.segment
    if not plain and b"\0" not in data and b"\t\t" not in data:
        folded = fast.fold(state, lines, limit, fold_line)
    else:
        folded = 0
        for line in lines:
            folded += 1
            if fold_line(state, line, limit):
                break
    if folded == len(lines):
        used = end + 1
    else:
        used = folded + sum(map(len, lines[:folded]))
    if state.segment == segment:
        state.offset += used
    return used


def fold_line(state: State, line: bytes, limit: int) -> bool:
    """Fold one line by the plain rules; True when it ended the segment."""
    place = state.segment * PLACE + state.line
    state.line += 1
    if not line:
        return False
    fields = framing.split(line)
    if fields is None:
        state.damaged += 1
        return False
    state.ordinal += 1
    state.records += 1
    fold_record(state, fields, place)
    if state.records % WINDOW == 0:
        forget(state)
    if state.ordinal < limit:
        return False
    next_segment(state)
    return True


def next_segment(state: State) -> None:
    """Go to the start of the next segment."""
    state.segment += 1
    state.ordinal = state.offset = state.line = 0


def fold_record(state: State, fields: list[bytes], place: int) -> None:
    """Fold a whole record, in the order of P3: request id, log time, effect."""
    request = REQUEST.match(fields[4]) if is_enveloped(fields) else None
    if request is None:
        state.conflicts += 1
        return
    stamp, event, subject, actor = fields[:4]
    nonce, number = request[1], int(request[2])
    before = known(state, nonce)
    if before is not None and number <= before.number:
        state.conflicts += 1
        return
    advance(state, int(stamp), nonce)
    intent = Intent(event, subject, actor, state.agents.get(actor), place)
    outcome = apply(state, intent, fields[ENVELOPE:])
    if not outcome or isinstance(outcome, bytes):
        state.conflicts += 1
    made = remember(state, nonce, number, outcome)
    author = intent.author
    if author is not None and author.state == AgentState.ACTIVE:
        author.seen = state.time
        pin(author, made)


def is_enveloped(fields: list[bytes]) -> bool:
    """Whether the fields before the record's own are what they must be (F2, F5, U2)."""
    return (
        len(fields) >= ENVELOPE
        and b"" not in fields
        and STAMP.match(fields[0]) is not None
        and len(fields[5]) in (1, 55)
    )


def outcome_of(state: State, nonce: bytes, number: int) -> Outcome | None:
    """What came of a request, None when replay has not seen it (A3)."""
    request = known(state, nonce)
    return request.outcome if request is not None and request.number >= number else None
