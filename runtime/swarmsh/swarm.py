"""A swarm as a Python program sees it: add work, register agents, look."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from swarmsh import blobs, choice, dump, layout, liveness, text
from swarmsh.agent import Agent
from swarmsh.errors import NotFound, Refused, UsageError
from swarmsh.history import History
from swarmsh.journal import Journal
from swarmsh.state import Item as ItemState
from swarmsh.state import Outcome
from swarmsh_telemetry.records import (
    AgentLost,
    AgentRegister,
    AgentState,
    Event,
    WorkAdd,
    WorkCancel,
    WorkRequeue,
)

TITLE = 1000
REASON = 1000
INLINE = 3000
"""The most bytes of payload, escaped, that stay in the record; more becomes a blob."""
SESSION_CHECK = 1.0
"""Seconds between looks whether other agents' processes still live."""

OPEN: weakref.WeakSet[Swarm] = weakref.WeakSet()


class Swarm:
    """One swarm directory, open for reading and writing.

    Thread-safe: the operations of several threads take turns. Fork-safe: a child goes on with an
    identity of its own. Nothing is cached that another process could make wrong: each call looks
    at the journal first.
    """

    def __init__(self, where: layout.Layout, *, writable: bool = True) -> None:
        self.layout = where
        self.lock = threading.RLock()
        self.journal = Journal(where, writable=writable)
        self.history = History(where)
        self.checked = 0.0
        self.forked = False
        self.sync()
        OPEN.add(self)

    @property
    def path(self) -> Path:
        """The swarm's directory."""
        return self.layout.home

    def close(self) -> None:
        """Close the files. Agents do not leave by this: close them first."""
        with self.lock:
            self.journal.close()
            self.history.close()

    def __enter__(self) -> Swarm:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def turn(self) -> AbstractContextManager[object]:
        """The lock to hold for one operation of one thread on `journal`."""
        if self.forked:
            self.reopen()
        return self.lock

    def reopen(self) -> None:
        """In the child of a fork: files, lock and identity of its own."""
        self.forked = False
        self.lock = threading.RLock()
        self.journal = Journal(self.layout, writable=self.journal.writable)
        self.history = History(self.layout)

    def sync(self) -> None:
        """Read what others wrote since."""
        with self.turn():
            self.journal.sync()

    # -- adding work -------------------------------------------------------------------------

    def add(
        self,
        title: str,
        payload: bytes | str = b"",
        *,
        priority: int = 0,
        requires: Iterable[str] = (),
        after: Iterable[int] = (),
        not_before: int | None = None,
        key: str | None = None,
        max_attempts: int = 3,
    ) -> int:
        """Add a work item and give its number; with a key that is taken, that item's number.

        `not_before` is in nanoseconds since 1970. Raises UsageError for what no record can carry,
        Refused when `after` names an item that does not exist. A key is free again once its item
        is done or cancelled for 4,096 records.
        """
        data = payload.encode() if isinstance(payload, str) else payload
        record = WorkAdd(
            title_field(title),
            *self.stored(data),
            priority=priority,
            requires=identifiers(requires, "skill"),
            after=tuple(sorted(set(after))),
            not_before=not_before,
            key=text.identifier(key, "key") if key is not None else None,
            max_attempts=max_attempts,
        )
        outcome = self.write(Event.WORK_ADD, b"-", b"-", encoded(record))
        if isinstance(outcome, bytes):
            raise Refused(
                f"an item in after={list(record.after)} does not exist", reason(outcome)
            )
        assert isinstance(outcome, int)
        return outcome

    def stored(self, data: bytes) -> tuple[bytes | None, bytes | None]:
        """Data as the two fields for it: short plain text, or the digest of a blob."""
        if not data:
            return None, None
        if len(data) <= INLINE and text.is_plain(data):
            field = text.escape(data)
            if len(field) <= INLINE:
                return field, None
        return None, blobs.put(self.layout, data)

    # -- items -------------------------------------------------------------------------------

    def cancel(self, number: int, why: str = "") -> None:
        """Nobody wants the item any more; who holds it is refused from now on.

        Raises Refused when the item is done or cancelled already, or does not exist.
        """
        self.change(Event.WORK_CANCEL, number, WorkCancel(reason=reason_field(why)))

    def requeue(self, number: int, why: str = "") -> None:
        """Offer a failed item again, with a fresh count of attempts.

        Raises Refused when the item has not failed.
        """
        self.change(Event.WORK_REQUEUE, number, WorkRequeue(reason=reason_field(why)))

    def change(
        self, event: bytes, number: int, record: WorkCancel | WorkRequeue
    ) -> None:
        outcome = self.write(event, b"%d" % number, b"-", encoded(record))
        if isinstance(outcome, bytes):
            raise self.refusal(number, outcome)

    def refusal(self, number: int, outcome: bytes) -> Refused:
        """The exception that tells where the item stands now."""
        with self.turn():
            state = self.journal.state
            item = choice.find(state, number)
            if not 0 < number < state.next_item:
                message = f"there is no item {number}"
            elif item is None:
                message = f"item {number} is done"
            elif item.holder is not None:
                handle = item.holder.handle.decode()
                message = (
                    f"item {number} is {item.state.decode()}: "
                    f"attempt {item.attempt} belongs to {handle}"
                )
            else:
                message = (
                    f"item {number} is {item.state.decode()} at attempt {item.attempt}"
                )
        return Refused(message, reason(outcome))

    # -- agents ------------------------------------------------------------------------------

    def agent(
        self,
        name: str | None = None,
        *,
        skills: Iterable[str] = (),
        capacity: int = 1,
    ) -> Agent:
        """Register an agent that this process vouches for: when the process dies, it is lost.

        It leaves when its `with` block ends or `close` is called, not when the object is
        collected. Without a name it is called `agent_` and the nanoseconds of now.
        """
        handle = self.register(name, skills=skills, capacity=capacity, pid=os.getpid())
        return Agent(self, handle)

    def register(
        self,
        name: str | None = None,
        *,
        skills: Iterable[str] = (),
        capacity: int = 1,
        pid: int | None = None,
    ) -> bytes:
        """Register an agent and give its handle; with a pid, that process vouches for it."""
        if pid is None:
            session = None
        else:
            session = liveness.session(None if pid == os.getpid() else pid)
        nonce = os.urandom(4).hex().encode()
        wanted = text.identifier(name or f"agent_{time.time_ns()}", "agent name")
        record = AgentRegister(
            wanted,
            nonce,
            identifiers(skills, "skill"),
            capacity,
            *(session or (None,) * 4),
        )
        slot = self.write(Event.AGENT_REGISTER, b"-", b"-", encoded(record))
        if isinstance(slot, bytes) or not isinstance(slot, int):
            raise Refused("the registration did not apply", reason(slot))
        return b"%b@%d.%b" % (wanted, slot, nonce)

    def attach(self, handle: str) -> Agent:
        """An agent that registered before, by its whole handle; NotFound when it is not active."""
        with self.turn():
            self.journal.sync()
            found = self.journal.state.agents.get(handle.encode("ascii", "replace"))
            if found is None or found.state != AgentState.ACTIVE:
                raise NotFound(f"no active agent has the handle {handle!r}")
        return Agent(self, found.handle)

    def declare_lost(self, handle: bytes, how: bytes) -> bool:
        """Record that an agent is dead; False when it was not active any more."""
        return (
            self.write(Event.AGENT_LOST, handle, b"-", encoded(AgentLost(how))) is True
        )

    def sweep(self) -> int:
        """Declare the agents lost whose processes are dead; give how many (L3).

        At most once in SESSION_CHECK seconds. Agents without a process, in other containers or on
        other machines are left to their leases.
        """
        if time.monotonic() - self.checked < SESSION_CHECK:
            return 0
        self.checked = time.monotonic()
        with self.turn():
            active = [
                a
                for a in self.journal.state.agents.values()
                if a.state == AgentState.ACTIVE
            ]
            dead = [
                (a.handle, how) for a in active if (how := liveness.death(a.session))
            ]
        return sum(self.declare_lost(handle, how) for handle, how in dead)

    # -- the journal -------------------------------------------------------------------------

    def write(
        self, event: bytes, subject: bytes, actor: bytes, fields: Sequence[bytes]
    ) -> Outcome:
        """Append one record and give its outcome, as read back."""
        with self.turn():
            return self.journal.append(event, subject, actor, fields)

    def dump(self) -> bytes:
        """The canonical text of the state by now (docs/journal.md, "State")."""
        with self.turn():
            self.journal.sync()
            return dump.dump(self.journal.state)

    def record_of(self, item: ItemState) -> list[bytes]:
        """The fields of the record that added an item."""
        with self.turn():
            return self.history.record(item.place)


def title_field(title: str) -> bytes:
    if not title:
        raise UsageError("the title is empty")
    return text.text_field(title, "the title", TITLE)


def reason_field(why: str) -> bytes | None:
    return text.text_field(why, "the reason", REASON) if why else None


def identifiers(values: Iterable[str], what: str) -> tuple[bytes, ...]:
    """A set of identifiers in its one spelling: sorted, each once."""
    if isinstance(values, str):
        raise UsageError(f"{what}s: expected a list of texts, not the text {values!r}")
    return tuple(sorted({text.identifier(value, what) for value in values}))


def encoded(
    record: WorkAdd | WorkCancel | WorkRequeue | AgentRegister | AgentLost,
) -> list[bytes]:
    """The fields of a record; UsageError when a value is out of range."""
    try:
        return record.encode()
    except ValueError as error:
        raise UsageError(str(error)) from None


def reason(outcome: object) -> str:
    return outcome[1:].decode() if isinstance(outcome, bytes) else ""


def after_fork() -> None:
    for swarm in list(OPEN):
        swarm.forked = True


os.register_at_fork(after_in_child=after_fork)
