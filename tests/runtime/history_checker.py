"""Checks that what processes were told is linearizable. Shares no code with the runtime.

Three things are checked against the bytes of the journal, read by an own parser:

1. Every acknowledged request stands in the journal, once in effect.
2. What each process was told equals what a sequential work queue answers when the records are
   put to it one after another in the order of the journal.
3. That order respects real time: a request that was acknowledged before another began stands
   before it.

Together these are linearizability (Herlihy and Wing 1990), with the journal's order as witness.
The model knows the queue that the hammer uses: one priority, no requirements, leases, attempts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FORMAT = re.compile(rb"records ([0-9]+)")
MOST = 4000


@dataclass
class Ack:
    """What a process was told: when it began and ended to ask, in nanoseconds of one clock."""

    begun: int
    ended: int
    request: str
    answer: str


@dataclass
class Work:
    """One item as the sequential queue sees it."""

    state: str = "pending"
    holder: str = ""
    attempt: int = 0
    tries: int = 0
    until: int = 0


@dataclass
class Queue:
    """A sequential work queue: the specification."""

    limit: int
    time: int = 0
    items: dict[int, Work] = field(default_factory=dict)
    agents: dict[str, int] = field(default_factory=dict)
    slots: int = 0
    added: int = 0

    def put(self, fields: list[str]) -> str:
        """The answer to one record."""
        stamp, event, subject, actor, _, _, *own = fields
        self.time = max(self.time, int(stamp))
        step = getattr(self, "on_" + event.replace(".", "_"))
        answer: str = step(subject, actor, own)
        return answer

    def on_journal_rules(self, subject: str, actor: str, own: list[str]) -> str:
        return "+"

    def on_journal_tick(self, subject: str, actor: str, own: list[str]) -> str:
        return "+"

    def on_agent_register(self, subject: str, actor: str, own: list[str]) -> str:
        self.slots += 1
        self.agents[f"{own[0]}@{self.slots}.{own[1]}"] = int(own[3])
        return str(self.slots)

    def on_agent_leave(self, subject: str, actor: str, own: list[str]) -> str:
        return self.depart(subject, keep=False) if subject == actor else "!"

    def on_agent_lost(self, subject: str, actor: str, own: list[str]) -> str:
        return self.depart(subject, keep=True)

    def depart(self, handle: str, keep: bool) -> str:
        if self.agents.pop(handle, None) is None:
            return "!"
        for work in self.items.values():
            if work.holder == handle:
                if work.state == "claimed":
                    self.give_back(work)
                if not keep:
                    work.holder = ""
        return "+"

    def give_back(self, work: Work) -> None:
        work.state = "pending" if work.tries < self.limit else "failed"
        if work.state == "failed":
            work.holder = ""

    def on_work_add(self, subject: str, actor: str, own: list[str]) -> str:
        self.added += 1
        self.items[self.added] = Work()
        return str(self.added)

    def on_work_claim(self, subject: str, actor: str, own: list[str]) -> str:
        for work in self.items.values():
            if work.state == "claimed" and self.time >= work.until:
                self.give_back(work)
        given = []
        while len(given) < int(own[1]) and self.held(actor) < self.agents.get(actor, 0):
            ready = [
                number for number, work in self.items.items() if work.state == "pending"
            ]
            if not ready:
                break
            number = min(ready)
            work = self.items[number]
            work.state, work.holder = "claimed", actor
            work.attempt += 1
            work.tries += 1
            work.until = self.time + int(own[0])
            given.append(f"{number}.{work.attempt}")
        return ",".join(given) or "-"

    def held(self, handle: str) -> int:
        return sum(
            w.state == "claimed" and w.holder == handle for w in self.items.values()
        )

    def own_work(self, subject: str, actor: str, attempt: str) -> Work | None:
        work = self.items.get(int(subject))
        if (
            work is None
            or work.state not in ("claimed", "pending")
            or work.holder != actor
        ):
            return None
        return work if work.attempt == int(attempt) else None

    def on_work_complete(self, subject: str, actor: str, own: list[str]) -> str:
        if self.own_work(subject, actor, own[0]) is None:
            return "!"
        del self.items[int(subject)]
        return "+"

    def on_work_complete_next(self, subject: str, actor: str, own: list[str]) -> str:
        if self.on_work_complete(subject, actor, own) == "!":
            return "!"
        return self.on_work_claim("-", actor, [own[3], "1"])

    def on_work_release(self, subject: str, actor: str, own: list[str]) -> str:
        work = self.own_work(subject, actor, own[0])
        if work is None:
            return "!"
        work.state, work.holder = "pending", ""
        work.tries -= 1
        return "+"

    def on_work_renew(self, subject: str, actor: str, own: list[str]) -> str:
        work = self.own_work(subject, actor, own[0])
        if work is None:
            return "!"
        work.state, work.until = "claimed", self.time + int(own[1])
        return "+"

    def on_work_fail(self, subject: str, actor: str, own: list[str]) -> str:
        work = self.own_work(subject, actor, own[0])
        if work is None:
            return "!"
        work.state = "pending" if work.tries < self.limit else "failed"
        work.holder = ""
        assert own[2] == "0", "the hammer fails without a rest"
        return "+"


def records(home: Path) -> Iterator[list[str]]:
    """The whole records of a swarm in the order of its journal, archived segments included."""
    most = int(FORMAT.search((home / "format").read_bytes())[1])  # type: ignore[index]
    for path in sorted((home / "journal").glob("*.tsv")):
        data = path.read_bytes()
        if data == b"gone\n":
            data = (home / "archive" / path.name).read_bytes()
        count = 0
        for line in data[: data.rfind(b"\n") + 1].split(b"\n"):
            body, tab, closing = line.rpartition(b"\t")
            whole = tab and closing == b".%d" % (len(body) + 1) and b"\0" not in line
            if whole and len(line) <= MOST - 2 and count < most:
                count += 1
                yield body.decode().split("\t")


def check(home: Path, acks: list[Ack], limit: int) -> dict[str, int]:
    """Raise AssertionError where a history is not linearizable; else give figures."""
    queue = Queue(limit)
    answers: dict[str, str] = {}
    places: dict[str, int] = {}
    last: dict[str, int] = {}
    conflicts = 0
    for place, fields in enumerate(records(home)):
        nonce, _, number = fields[4].partition(".")
        if int(number) <= last.get(nonce, 0):
            continue
        last[nonce] = int(number)
        answers[fields[4]] = queue.put(fields)
        places[fields[4]] = place
        conflicts += answers[fields[4]] in ("!", "-")
    for ack in acks:
        assert ack.request in answers, f"acknowledged but lost: {ack}"
        assert (
            answers[ack.request] == ack.answer
        ), f"{ack} but the queue says {answers[ack.request]}"
    check_real_time(acks, places)
    check_holders(acks)
    return {"records": len(places), "acks": len(acks), "conflicts": conflicts}


def check_real_time(acks: list[Ack], places: dict[str, int]) -> None:
    """What ended before another began must stand before it."""
    begins = sorted(acks, key=lambda ack: ack.begun)
    ends = sorted(acks, key=lambda ack: ack.ended)
    latest = -1
    at = 0
    for ack in begins:
        while at < len(ends) and ends[at].ended < ack.begun:
            latest = max(latest, places[ends[at].request])
            at += 1
        assert (
            places[ack.request] > latest
        ), f"{ack} stands before what had ended when it began"


def check_holders(acks: list[Ack]) -> None:
    """No attempt at an item was given to two processes."""
    holders: dict[str, str] = {}
    for ack in acks:
        if "." in ack.answer:
            for pair in ack.answer.split(","):
                process = ack.request.partition(".")[0]
                assert (
                    holders.setdefault(pair, process) == process
                ), f"{pair} has two holders"


def read_acks(folder: Path) -> list[Ack]:
    """The acknowledgements that processes noted, one file each; a torn last line is left out."""
    found = []
    for path in sorted(folder.glob("*.ack")):
        for line in path.read_text().split("\n")[:-1]:
            begun, ended, request, answer = line.split(" ")
            found.append(Ack(int(begun), int(ended), request, answer))
    return found
