"""The journal's files: following them, and appending to them (PROTOCOL A1 to A5, R1 to R6, C1)."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Sequence

from swarmsh import framing, layout, snapshots
from swarmsh.clock import ALONE, DRIFT
from swarmsh.errors import (
    Damaged,
    OutcomeUnknown,
    UnsupportedVersion,
    UsageError,
)
from swarmsh.fast import STEPS, attempt
from swarmsh.layout import RULES, Layout
from swarmsh.replay import fold, outcome_of
from swarmsh.state import WINDOW, Outcome, State
from swarmsh_telemetry.records import RULES_DIGEST, Event

DIGEST = RULES_DIGEST.encode()
READ = 65536
MOST_COLD_STARTS = 1000
SAVE_EVERY = 1024
LONG_TAIL = 8
FIRST_COST = 0.02
"""What saving is taken to cost, in seconds, before this process did it once."""
SAVE_SHARE = 20
"""A process spends at most one part in so many of its time on saving snapshots."""
FRESH = 1.0
"""Seconds after which a process reads on before it appends: what it knows may be old."""


class Journal:
    """A state that follows the journal, and the end of the journal to append to.

    Not thread-safe: one operation at a time. Reading needs no write access to the directory.
    """

    def __init__(self, where: Layout, *, writable: bool = True) -> None:
        self.layout = where
        self.writable = writable
        self.state = State()
        self.nonce = b""
        self.number = 0
        self.descriptor = -1
        self.opened = 0  # the segment of the descriptor, 0 for none
        self.starts = 0
        self.synced = 0.0
        self.saved_at = time.monotonic()
        self.save_cost = FIRST_COST
        self.renew_nonce()
        self.start()

    def renew_nonce(self) -> None:
        """Take a new identity for requests, as every process and every fork must (Q1)."""
        self.nonce = secrets.token_hex(8).encode()
        self.number = 0

    def close(self) -> None:
        if self.descriptor >= 0:
            descriptor, self.descriptor, self.opened = self.descriptor, -1, 0
            os.close(descriptor)

    def start(self) -> None:
        """Start cold, from the newest snapshot whose segment is still there (C1)."""
        for _ in range(MOST_COLD_STARTS):
            self.starts += 1
            state = self.newest()
            if state is not None and self.open_segment(state.segment):
                self.state = state
                return
        raise Damaged(
            f"{self.layout.home}: no snapshot leads to a segment that is there"
        )

    def newest(self) -> State | None:
        """The state of the newest readable snapshot; None when it vanished: list again."""
        folder = self.layout.home / "snapshot"
        for name in snapshots.names(self.layout.home):
            try:
                state = snapshots.read(folder / name)
            except FileNotFoundError:
                return None
            if state is not None:
                return state
        return State()

    def open_segment(self, number: int) -> bool:
        """Open a segment, made when it is not there yet (R2); False when it is a tombstone.

        Without write access a segment that is not there yet is waited for: it reads as empty.
        """
        self.close()
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT if self.writable else os.O_RDONLY
        try:
            self.descriptor = os.open(
                self.layout.segment(number), flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
            )
        except FileNotFoundError:
            return True
        if self.writable and self.layout.power:
            os.fsync(self.descriptor)
            layout.sync_folder(self.layout.home / "journal")
        if os.pread(self.descriptor, len(snapshots.GONE), 0) == snapshots.GONE:
            return False
        self.opened = number
        return True

    def sync(self) -> None:
        """Fold everything that the journal holds by now.

        May be called again after any error or interrupt: position and open file are compared.
        """
        size = READ
        self.synced = time.monotonic()
        while True:
            state = self.state
            if self.opened != state.segment:
                self.follow()
                if not self.opened:
                    return
                continue
            data = os.pread(self.descriptor, size, state.offset)
            used = fold(state, data, self.layout.records)
            if state.segment != self.opened:
                continue
            if len(data) < size:
                return
            if not used:
                size *= 2  # a line longer than what was read: damage, but its end must be found

    def follow(self) -> None:
        """Open the segment of the present position, or start cold when that is gone."""
        if self.opened and self.layout.power and self.writable:
            os.fdatasync(self.descriptor)
        if not self.open_segment(self.state.segment):
            self.start()

    def check_rules(self) -> None:
        """Raise UnsupportedVersion unless this software knows the rules in force (V1)."""
        state = self.state
        if state.rules == RULES and state.rules_digest == DIGEST:
            return
        raise UnsupportedVersion(
            f"the journal follows rules {state.rules} ({state.rules_digest[:12].decode()}…), this "
            f"swarmsh writes by rules {RULES} ({RULES_DIGEST[:12]}…): use the swarmsh that made it, "
            "or upgrade"
        )

    def append(
        self,
        event: bytes,
        subject: bytes,
        actor: bytes,
        fields: Sequence[bytes],
        parent: bytes = b"-",
    ) -> Outcome:
        """Append one record and give the outcome that replay shows for it (A2 to A4).

        When log time lies far behind the clock, ticks bring it near first: otherwise what this
        record grants would be over as soon as the others confirm the time (T3). Raises OSError when nothing was written, OutcomeUnknown when that cannot be told.
        """
        if self.state.rules != RULES or self.state.rules_digest != DIGEST:
            self.sync()
            self.check_rules()
        if b"%d" % time.time_ns() > self.state.high:
            self.catch_up()
        return self.put(event, subject, actor, fields, parent)

    def put(
        self,
        event: bytes,
        subject: bytes,
        actor: bytes,
        fields: Sequence[bytes],
        parent: bytes = b"-",
    ) -> Outcome:
        """What `append` does once rules and log time are as they should be."""
        self.number += 1
        request = b"%b.%d" % (self.nonce, self.number)
        values = [b"", event, subject, actor, request, parent, *fields, b""]
        idle = time.monotonic() - self.synced > FRESH
        if idle or self.opened != self.state.segment:
            self.sync()  # a first attempt far behind the end could come to nothing (A5)
        first, starts = self.state.records, self.starts
        while True:
            values[0] = b"%d" % time.time_ns()
            record = framing.frame(values)
            if len(record) > framing.LIMIT:
                raise UsageError(
                    f"the record has {len(record)} bytes, at most {framing.LIMIT} fit"
                )
            segment = self.state.segment
            problem = self.write(record)
            if problem is None and self.read_own(record, values):
                return self.acknowledge()
            self.read_back()
            if outcome_of(self.state, self.nonce, self.number) is not None:
                return self.acknowledge()
            if self.starts > starts and self.state.records - first > WINDOW:
                raise OutcomeUnknown(
                    "this process fell too far behind to see its own record"
                )
            if problem is not None:
                raise problem
            if self.state.segment == segment:
                raise OutcomeUnknown(
                    "the record was written whole but is not in the journal"
                )

    def read_own(self, record: bytes, values: list[bytes]) -> bool:
        """Read the own record back and fold it without parsing, when it stands next (A3).

        What is in the file is compared byte for byte; False leaves everything to `read_back`.
        """
        state = self.state
        step = STEPS.get(values[1])
        if step is None or state.ordinal >= self.layout.records - 1:
            return False
        try:
            if os.pread(self.descriptor, len(record), state.offset) != record:
                return False
        except OSError:
            return False
        state.line += 1
        values[-1] = b"."  # stands for the closing length, whose bytes were compared
        if not attempt(state, values, step):
            values[-1] = b""
            state.line -= 1
            return False
        state.line += 1
        state.offset += len(record)
        return True

    def write(self, record: bytes) -> OSError | None:
        """Write a record at once; after a short write or an error the outcome is unknown (A2)."""
        try:
            if os.write(self.descriptor, record) == len(record):
                return None
            problem = OSError(28, "No space left on device: the record was cut")
        except OSError as error:
            problem = error
        with contextlib.suppress(OSError):
            os.write(self.descriptor, b"\n")
        return problem

    def read_back(self) -> None:
        """Read forward; a failure to read leaves the outcome unknown (A3)."""
        try:
            self.sync()
        except OSError as error:
            raise OutcomeUnknown(
                f"the journal could not be read back: {error}"
            ) from error

    def acknowledge(self) -> Outcome:
        """Give the outcome of the present request, once it is as durable as it has to be.

        When it is this record's turn, the author saves a snapshot first (R4).
        """
        if self.layout.power:
            try:
                os.fdatasync(self.descriptor)
            except OSError as error:
                raise OutcomeUnknown(
                    f"the record is not surely on disk: {error}"
                ) from error
        request = self.state.requests[self.nonce]
        if request.ordinal % SAVE_EVERY == 0:
            self.save_in_turn(request.ordinal)
        return request.outcome

    def save_in_turn(self, ordinal: int) -> None:
        """Save a snapshot when this record is the one in K whose author does (R4).

        K grows with the state. A process that just started or just saved leaves it to others,
        unless nobody did for long, so that saving stays a small share of everybody's time. A
        failure to save is no failure of the operation: the next one tries.
        """
        runs = self.state.runs.values()
        size = sum(len(run.numbers) - run.head for run in runs) + len(self.state.items)
        every = SAVE_EVERY
        while every * 4 < size:
            every *= 2
        if ordinal % every:
            return
        tail = self.state.records - snapshots.covered(self.layout)
        busy = time.monotonic() - self.saved_at < SAVE_SHARE * self.save_cost
        if tail >= every * (LONG_TAIL if busy else 1):
            with contextlib.suppress(OSError):
                self.save()

    def save(self) -> None:
        """Save a snapshot of the present state, durably."""
        begun = time.monotonic()
        snapshots.write(self.layout, self.state)
        self.saved_at = time.monotonic()
        self.save_cost = self.saved_at - begun

    def is_behind(self) -> bool:
        """Whether log time lies so far behind the clock that a stamp would be doubted (T1)."""
        return time.time_ns() - self.state.now > DRIFT

    def catch_up(self) -> None:
        """Bring log time near the clock after a sleep, by ticks (T3).

        Several are needed when only this process is there to confirm the time (T1).
        """
        if self.is_behind():
            self.sync()
        for _ in range(ALONE + 1):
            if not self.is_behind():
                return
            self.put(Event.JOURNAL_TICK, b"-", b"-", ())
