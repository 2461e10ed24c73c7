"""Random journals for property tests: plausible records, wrong ones, and bytes that are none.

The generator folds what it wrote, only to find items and holders that make a record likely to
apply; what the tests compare never comes from here.
"""

from __future__ import annotations

import random

from swarmsh import replay
from swarmsh.state import Agent, Item, State

START = 1_763_880_000_000_000_000
SECOND = 10**9


def frame(*fields: bytes) -> bytes:
    """A record as PROTOCOL F1 spells it, written without the runtime's help."""
    body = b"\t".join(fields) + b"\t"
    return b"\n" + body + b".%d" % len(body) + b"\n"


class History:
    """Writes records of a few processes that share a swarm, guessing what the state is."""

    def __init__(self, seed: int, *, processes: int = 4) -> None:
        self.random = random.Random(seed)
        self.time = START
        self.numbers = {b"p%d" % index: 0 for index in range(processes)}
        self.handles = [b"-", b"ghost@9.zz"]
        self.slots = 0
        self.items = 0
        self.state = State()

    def record(
        self, event: bytes, subject: bytes, actor: bytes, *fields: bytes
    ) -> bytes:
        """One record, mostly with a good stamp and a new request id."""
        chance = self.random.random
        nonce = self.random.choice(sorted(self.numbers))
        if chance() > 0.03:
            self.numbers[nonce] += 1 if chance() < 0.95 else 3
        self.time += self.random.choice((0, 1000, SECOND // 10, SECOND, 7 * SECOND))
        stamp = self.time
        if chance() < 0.05:
            stamp += self.random.choice(
                (-SECOND, 50 * SECOND, 90 * SECOND, -90 * SECOND, 10**15)
            )
        if chance() < 0.01:
            self.time += 100 * SECOND
        parent = (
            b"-" if chance() < 0.8 else b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"
        )
        request = nonce + b".%d" % self.numbers[nonce]
        return frame(b"%d" % stamp, event, subject, actor, request, parent, *fields)

    def handle(self) -> bytes:
        return self.random.choice(self.handles)

    def active(self) -> bytes:
        """Mostly the handle of an agent that is there."""
        if self.state.agents and self.random.random() < 0.9:
            return self.random.choice(sorted(self.state.agents))
        return self.handle()

    def held(self) -> tuple[bytes, bytes, bytes]:
        """Mostly an item with its (last) holder and attempt: number, handle, attempt."""
        choose, chance = self.random.choice, self.random.random
        known = [item for item in self.state.items.values() if item.holder is not None]
        if not known or chance() < 0.1:
            return self.number(), self.active(), self.attempt()
        item: Item = choose(known)
        holder: Agent | None = item.holder
        handle = holder.handle if holder and chance() < 0.9 else self.active()
        attempt = b"%d" % item.attempt if chance() < 0.9 else self.attempt()
        return b"%d" % item.number, handle, attempt

    def number(self) -> bytes:
        return b"%d" % self.random.randint(
            max(1, self.items - 12), max(1, self.items + 1)
        )

    def attempt(self) -> bytes:
        return self.random.choice((b"1", b"1", b"1", b"2", b"3", b"4"))

    def skills(self) -> bytes:
        return self.random.choice(
            (b"-", b"-", b"gpu", b"gpu,linux", b"linux", b"linux,gpu")
        )

    def lease(self) -> bytes:
        return self.random.choice((b"5000000000", b"30000000000", b"1000000000"))

    def step(self) -> bytes:
        """The next bytes of the journal."""
        kinds = (
            [self.add] * 8
            + [self.claim] * 8
            + [self.finish] * 8
            + [self.register, self.end, self.many, self.other, self.wrong]
        )
        if len(self.state.agents) < 2:
            kinds += [self.register] * 8
        written = self.random.choice(kinds)()
        replay.fold(self.state, written, 1 << 40, plain=True)
        return written

    def register(self) -> bytes:
        self.slots += 1
        nonce = b"n%d" % self.slots
        self.handles.append(b"a@%d.%s" % (self.slots, nonce))
        session = self.random.choice(((b"-",) * 4, (b"77", b"5", b"boot", b"1")))
        capacity = self.random.choice((b"1", b"2", b"9"))
        subject = actor = b"-"
        if self.random.random() < 0.2:
            subject = actor = self.active()
        return self.record(
            b"agent.register",
            subject,
            actor,
            b"a",
            nonce,
            self.skills(),
            capacity,
            *session,
        )

    def end(self) -> bytes:
        handle = self.active()
        event = self.random.choice((b"agent.leave", b"agent.lost", b"agent.heartbeat"))
        fields = (b"process_gone",) if event == b"agent.lost" else ()
        return self.record(event, handle, handle, *fields)

    def add(self) -> bytes:
        self.items += 1
        choose = self.random.choice
        some = b"%d" % self.random.randint(1, max(1, self.items))
        return self.record(
            b"work.add",
            b"-",
            b"-",
            choose((b"title", b"\xff\xfe", b"$(touch x)", b"a\\tb")),
            choose((b"-", b"-", b"payload")),
            choose((b"-",) * 12 + (b"ab" * 32,)),
            choose((b"0", b"0", b"5", b"1")),
            self.skills(),
            choose((b"-",) * 6 + (some, b"1,2")),
            choose((b"-",) * 9 + (b"%d" % (self.time + 20 * SECOND), b"%d" % START)),
            choose((b"-",) * 9 + (b"key1", b"key2")),
            choose((b"3", b"3", b"1")),
        )

    def claim(self) -> bytes:
        count = self.random.choice((b"1", b"1", b"1", b"3"))
        return self.record(b"work.claim", b"-", self.active(), self.lease(), count)

    def finish(self) -> bytes:
        event, *fields = self.random.choice(
            (
                (b"work.complete", b"-", b"-"),
                (b"work.complete", b"-", b"-"),
                (b"work.complete", b"fine", b"-"),
                (b"work.complete_next", b"-", b"-", self.lease()),
                (
                    b"work.fail",
                    b"why",
                    self.random.choice((b"-", b"0", b"15000000000")),
                ),
                (b"work.release", b"-"),
                (b"work.renew", self.lease()),
                (b"work.progress", b"50", b"half"),
            )
        )
        number, handle, attempt = self.held()
        return self.record(event, number, handle, attempt, *fields)

    def many(self) -> bytes:
        handle = self.active()
        agent = self.state.agents.get(handle)
        numbers = sorted(agent.rights)[:3] if agent else []
        attempts = [self.state.items[number].attempt for number in numbers]
        if not numbers or self.random.random() < 0.1:
            numbers, attempts = [1, 2], [1, 1]
        lists = [
            b",".join(b"%d" % value for value in values)
            for values in (numbers, attempts)
        ]
        return self.record(b"work.complete_many", b"-", handle, *lists, b"-", b"-")

    def other(self) -> bytes:
        event, *fields = self.random.choice(
            (
                (b"work.cancel", b"-"),
                (b"work.requeue", b"-"),
                (b"journal.tick",),
                (b"journal.rules", b"1", b"a" * 64),
                (b"no.such.event", b"x"),
            )
        )
        failed = [
            item.number for item in self.state.items.values() if item.state == b"failed"
        ]
        number = self.number()
        if failed and event == b"work.requeue":
            number = b"%d" % self.random.choice(failed)
        return self.record(event, number, self.handle(), *fields)

    def wrong(self) -> bytes:
        """Bytes that are no record, or a record that means nothing."""
        good = self.add()
        at = self.random.randrange(len(good))
        return self.random.choice(
            (
                good[:at],
                good[at:],
                good[:at] + b"\0" + good[at:],
                good[:at] + good,
                self.record(b"work.claim", b"-", self.handle(), b"010", b"1"),
                self.record(b"work.claim", b"-", self.handle(), b"", b"1"),
                self.record(
                    b"work.complete", b"x[$(touch x)]", self.handle(), b"1", b"-", b"-"
                ),
                b"\n\n\r\n\t\n",
                b"garbage\t.8\n",
                frame(b"12", b"work.add"),
            )
        )

    def journal(self, steps: int) -> bytes:
        """The bytes of a whole journal."""
        return b"".join(self.step() for _ in range(steps))
