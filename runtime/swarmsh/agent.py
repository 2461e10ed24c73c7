"""An agent and the items it holds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from swarmsh import blobs, look, text
from swarmsh.errors import Refused, UsageError
from swarmsh.replay import ENVELOPE
from swarmsh.state import Agent as AgentRow
from swarmsh.state import Outcome
from swarmsh.waiting import Bell
from swarmsh_telemetry import records
from swarmsh_telemetry.records import AgentState, Event, WorkAdd

if TYPE_CHECKING:
    from swarmsh.journal import Journal
    from swarmsh.swarm import Swarm

LEASE = 300.0
"""Seconds of a lease for which nothing was said."""
LONGEST_SLEEP = 1.0
REASON = 1000
TITLE, PAYLOAD, DIGEST = (
    ENVELOPE + WorkAdd.__slots__.index(name)
    for name in ("title", "payload", "payload_digest")
)


class Agent:
    """A registered agent. Use it in `with`, or call `close`: then it leaves.

    Several threads may use it; they hold its items together.
    """

    def __init__(self, swarm: Swarm, handle: bytes) -> None:
        self.swarm = swarm
        self.key = handle
        self.bell: Bell | None = None
        self.left = False

    @property
    def handle(self) -> str:
        """The agent's identity, `name@slot.nonce`."""
        return self.key.decode()

    def __enter__(self) -> Agent:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave: what the agent holds can be claimed by others at once. Once is enough."""
        if not self.left:
            self.left = True
            self.swarm.write(Event.AGENT_LEAVE, self.key, self.key, ())
        if self.bell is not None:
            self.bell.close()
            self.bell = None

    def heartbeat(self) -> None:
        """Say that the agent is alive. It renews no lease, and idle agents need not do it."""
        outcome = self.swarm.write(Event.AGENT_HEARTBEAT, self.key, self.key, ())
        if isinstance(outcome, bytes):
            raise Refused(f"{self.handle} is not active any more", outcome[1:].decode())

    # -- claiming ----------------------------------------------------------------------------

    def claim(self, lease: float = LEASE, wait: float | None = 0.0) -> Item | None:
        """The best item there is for this agent, or None when there is none within `wait` seconds.

        The item is the agent's for `lease` seconds of log time; after that others may be given
        it. `wait=None` waits for ever. Raises Refused when the agent left or was declared lost.
        """
        items = self.claim_many(1, lease, wait)
        return items[0] if items else None

    def claim_many(
        self, count: int, lease: float = LEASE, wait: float | None = 0.0
    ) -> list[Item]:
        """Up to `count` items in one record; fewer when there are fewer or capacity ends."""
        duration = lease_field(lease)
        end = None if wait is None else time.monotonic() + wait
        while True:
            with self.swarm.turn():
                journal = self.swarm.journal
                if self.look(journal):
                    fields = [duration, b"%d" % count]
                    given = journal.append(CLAIM, b"-", self.key, fields)
                    if given:
                        return self.items(given, duration)
            if self.swarm.sweep():
                continue
            left = LONGEST_SLEEP if end is None else end - time.monotonic()
            if left <= 0:
                return []
            self.sleep(left)

    def look(self, journal: Journal) -> bool:
        """Whether there is something to claim: look, and only then sync and look again (A1)."""
        row = journal.state.agents.get(self.key)
        if (
            row is not None
            and row.state == ACTIVE
            and look.offers(journal.state, row, time.time_ns())
        ):
            return True
        journal.sync()
        if journal.state.alarm <= time.time_ns() and journal.is_behind():
            journal.catch_up()  # something may be over, if only the log time knew
        return look.offers(journal.state, self.row(journal), time.time_ns())

    def row(self, journal: Journal) -> AgentRow:
        """The agent in the state; Refused when it is not active."""
        row = journal.state.agents.get(self.key)
        if row is None or row.state != AgentState.ACTIVE:
            raise Refused(f"{self.handle} left or was declared lost: register again")
        return row

    def sleep(self, seconds: float) -> None:
        """Wait for the journal to grow, or for the earliest lease end or delay (W1, W2)."""
        if self.bell is None:
            self.bell = Bell()
        with self.swarm.turn():
            journal = self.swarm.journal
            while True:
                segment = journal.state.segment
                self.bell.arm(journal.layout.segment(segment))
                journal.sync()
                if journal.state.segment == segment:
                    break
            if look.offers(journal.state, self.row(journal), time.time_ns()):
                return
            until = (journal.state.alarm - time.time_ns()) / 10**9
        self.bell.wait(
            max(0.0, min(seconds, until if until > 0 else POLL, LONGEST_SLEEP))
        )

    def items(self, given: Outcome, duration: bytes) -> list[Item]:
        if isinstance(given, bytes) or not isinstance(given, tuple):
            raise Refused(f"the claim of {self.handle} did not apply", str(given))
        return [Item(self, number, attempt, duration) for number, attempt in given]

    def complete_many(self, items: Sequence[Item], result: bytes | str = b"") -> None:
        """Complete several items in one record: all of them, or none. Raises Refused."""
        ordered = sorted(items, key=lambda item: item.number)
        stored = self.swarm.stored(as_bytes(result))
        fields = encode(
            records.WorkCompleteMany(
                tuple(item.number for item in ordered),
                tuple(item.attempt for item in ordered),
                *stored,
            )
        )
        outcome = self.swarm.write(Event.WORK_COMPLETE_MANY, b"-", self.key, fields)
        if isinstance(outcome, bytes):
            for item in ordered:
                raise self.swarm.refusal(item.number, outcome)


class Item:
    """An item that an agent was given: its number, and the attempt that fences off late workers.

    Every method raises Refused, which names the present holder, once the item is another's.
    """

    def __init__(self, agent: Agent, number: int, attempt: int, lease: bytes) -> None:
        self.agent = agent
        self.number = number
        self.attempt = attempt
        self.lease = lease
        state = agent.swarm.journal.state.items.get(number)
        self.place = state.place if state is not None else 0
        self.added: list[bytes] | None = None

    def __repr__(self) -> str:
        return f"<Item {self.number} attempt {self.attempt}>"

    def field(self, index: int) -> bytes:
        """A field of the record that added the item, read when it is first asked for."""
        if self.added is None:
            swarm = self.agent.swarm
            with swarm.turn():
                self.added = swarm.history.record(self.place)
        return self.added[index]

    @property
    def title(self) -> str:
        """What is to be done, in one line."""
        return text.shown(self.field(TITLE))

    @property
    def payload(self) -> bytes:
        """What the worker needs; empty when nothing was given. Raises Damaged when it is lost."""
        digest = self.field(DIGEST)
        if digest != b"-":
            return blobs.get(self.agent.swarm.layout, digest)
        return text.unescape(self.field(PAYLOAD))

    def write(self, event: bytes, fields: list[bytes]) -> Outcome:
        agent = self.agent
        with agent.swarm.turn():
            outcome = agent.swarm.journal.append(
                event, b"%d" % self.number, agent.key, fields
            )
            if isinstance(outcome, bytes):
                raise agent.swarm.refusal(self.number, outcome)
        return outcome

    def renew(self, lease: float | None = None) -> None:
        """Hold the item for `lease` more seconds from now; the claim's lease when not given."""
        duration = self.lease if lease is None else lease_field(lease)
        self.write(Event.WORK_RENEW, [b"%d" % self.attempt, duration])

    def progress(self, share: float, message: str = "") -> None:
        """Say how much is done, from 0 to 1, in whole percent; it renews no lease."""
        if not 0 <= share <= 1:
            raise UsageError(f"progress of {share}: expected 0 to 1")
        note = text.text_field(message, "the message", REASON) if message else None
        record = records.WorkProgress(self.attempt, round(share * 100), note)
        self.write(Event.WORK_PROGRESS, encode(record))

    def complete(self, result: bytes | str = b"") -> None:
        """The item is done. After this returns nobody else can be given it."""
        self.write(Event.WORK_COMPLETE, self.completion(result))

    def complete_and_claim(
        self, result: bytes | str = b"", lease: float | None = None
    ) -> Item | None:
        """Complete this item and claim the next in one record; None when there is no next."""
        duration = self.lease if lease is None else lease_field(lease)
        given = self.write(
            Event.WORK_COMPLETE_NEXT, [*self.completion(result), duration]
        )
        items = self.agent.items(given, duration)
        return items[0] if items else None

    def completion(self, result: bytes | str) -> list[bytes]:
        attempt = b"%d" % self.attempt
        if not result:
            return [attempt, b"-", b"-"]
        stored = self.agent.swarm.stored(as_bytes(result))
        return [attempt, *(field or b"-" for field in stored)]

    def fail(self, why: str = "", retry_in: float | None = None) -> None:
        """The item could not be done: it rests for `retry_in` seconds and is tried again.

        Without `retry_in` it rests a second, doubled with each attempt, an hour at most. After its
        last attempt it has failed, until it is requeued.
        """
        note = text.text_field(why, "the reason", REASON) if why else None
        rest = None
        if retry_in is not None:
            rest = text.nanoseconds(retry_in, "a rest", 0, RESTS.maximum)
        self.write(Event.WORK_FAIL, encode(records.WorkFail(self.attempt, note, rest)))

    def release(self, why: str = "") -> None:
        """Give the item back untouched; the attempt does not count against its maximum."""
        note = text.text_field(why, "the reason", REASON) if why else None
        self.write(Event.WORK_RELEASE, encode(records.WorkRelease(self.attempt, note)))


RESTS = records.WorkFail.FIELDS[2]
LEASES = records.WorkClaim.FIELDS[0]
SHORTEST_LEASE = 10**6
POLL = 0.02
ACTIVE = AgentState.ACTIVE
CLAIM = Event.WORK_CLAIM


def lease_field(seconds: float) -> bytes:
    """The field for a lease; UsageError for less than a millisecond."""
    return b"%d" % text.nanoseconds(seconds, "a lease", SHORTEST_LEASE, LEASES.maximum)


def as_bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value


def encode(record: records.Record) -> list[bytes]:
    """The fields of a record; UsageError when a value is out of range."""
    try:
        return record.encode()
    except ValueError as error:
        raise UsageError(str(error)) from None
