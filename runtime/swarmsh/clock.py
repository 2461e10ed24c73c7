"""Log time (PROTOCOL T1): the time that follows from the records alone, however wrong a clock is."""

from __future__ import annotations

import re

from swarmsh.state import State

DRIFT = 60 * 10**9
"""How far a stamp may lie from log time before it needs to be confirmed (D), in nanoseconds."""

ALONE = 5
"""How many suspect stamps in a row one process must write to be believed without another."""

STAMP = re.compile(rb"[1-8][0-9]{18}\Z")
"""A stamp: 19 digits, below 9 × 10¹⁸ so that adding a lease can not overflow 64 bits."""


def advance(state: State, stamp: int, nonce: bytes) -> None:
    """Count the stamp of a record by the process with this nonce."""
    now = state.now
    if not now or abs(stamp - now) <= DRIFT:
        set_time(state, max(stamp, now))
        state.suspect = None
        return
    suspect = state.suspect
    if suspect is None or abs(stamp - suspect[0]) > DRIFT:
        suspect = stamp, nonce, 1
    elif suspect[1] != nonce or suspect[2] + 1 >= ALONE:
        set_time(state, max(suspect[0], stamp))
        state.suspect = None
        return
    else:
        suspect = stamp, nonce, suspect[2] + 1
    state.suspect = suspect
    close_window(state)


def set_time(state: State, now: int) -> None:
    """Set log time; when it went back, leases have to be looked at again (T2)."""
    if now < state.now:
        state.alarm = 0
    state.time = b"%d" % now
    open_window(state)


def open_window(state: State) -> None:
    """Between these stamps, whatever L becomes by them, each lies within DRIFT of L."""
    now = state.now
    state.low = b"%d" % max(now - DRIFT // 2, 10**18)
    state.high = b"%d" % min(now + DRIFT // 2, 9 * 10**18 - 1)


def close_window(state: State) -> None:
    """No stamp passes without a second look."""
    state.low, state.high = b":", b""


def predicted(state: State, clock: int) -> int:
    """Log time after a record stamped with this clock were counted, suspects aside."""
    now = state.now
    return max(now, clock) if not now or abs(clock - now) <= DRIFT else now
