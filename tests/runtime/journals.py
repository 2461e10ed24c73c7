"""A journal written record by record, for tests of single rules."""

from __future__ import annotations

from histories import SECOND, START, frame

from swarmsh import replay
from swarmsh.state import Item, Outcome, State

LEASE = b"30000000000"


class Writer:
    """Appends records to a journal in memory and gives what replay makes of each."""

    def __init__(self, limit: int = 1 << 40) -> None:
        self.state = State()
        self.limit = limit
        self.time = START
        self.numbers: dict[bytes, int] = {}
        self.bytes = b""
        self.plain = False

    def write(
        self,
        event: bytes,
        subject: bytes = b"-",
        actor: bytes = b"-",
        *fields: bytes,
        nonce: bytes = b"me",
        number: int | None = None,
        later: float = 0.001,
        stamp: int | None = None,
        parent: bytes = b"-",
    ) -> Outcome | None:
        """Append one record `later` seconds after the last; its outcome, None when it had none."""
        self.time += round(later * SECOND)
        self.numbers[nonce] = (
            self.numbers.get(nonce, 0) + 1 if number is None else number
        )
        request = b"%b.%d" % (nonce, self.numbers[nonce])
        moment = self.time if stamp is None else stamp
        return self.append(
            frame(b"%d" % moment, event, subject, actor, request, parent, *fields),
            nonce,
            self.numbers[nonce],
        )

    def append(
        self, data: bytes, nonce: bytes = b"me", number: int = 0
    ) -> Outcome | None:
        self.bytes += data
        rest = data
        while used := replay.fold(self.state, rest, self.limit, plain=self.plain):
            rest = rest[used:]
        return replay.outcome_of(self.state, nonce, number)

    def agent(
        self, skills: bytes = b"-", capacity: bytes = b"9", nonce: bytes = b"me"
    ) -> bytes:
        fields = (b"a", b"x", skills, capacity, b"-", b"-", b"-", b"-")
        slot = self.write(b"agent.register", b"-", b"-", *fields, nonce=nonce)
        return b"a@%d.x" % slot

    def add(
        self,
        *,
        priority: int = 0,
        requires: bytes = b"-",
        after: bytes = b"-",
        not_before: bytes = b"-",
        key: bytes = b"-",
        attempts: bytes = b"3",
        nonce: bytes = b"me",
    ) -> Outcome | None:
        fields = (
            b"t",
            b"-",
            b"-",
            b"%d" % priority,
            requires,
            after,
            not_before,
            key,
            attempts,
        )
        return self.write(b"work.add", b"-", b"-", *fields, nonce=nonce)

    def claim(
        self, agent: bytes, count: bytes = b"1", later: float = 0.001
    ) -> Outcome | None:
        return self.write(b"work.claim", b"-", agent, LEASE, count, later=later)

    def finish(
        self, event: bytes, number: int, agent: bytes, attempt: int
    ) -> Outcome | None:
        own = {
            b"work.complete": (b"-", b"-"),
            b"work.complete_next": (b"-", b"-", LEASE),
            b"work.fail": (b"-", b"-"),
            b"work.release": (b"-",),
            b"work.renew": (LEASE,),
            b"work.progress": (b"10", b"-"),
        }
        return self.write(event, b"%d" % number, agent, b"%d" % attempt, *own[event])

    def item(self, number: int) -> Item:
        return self.state.items[number]
