"""Processes that share a small swarm while others kill and stop them. See test_hammer."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import swarmsh
from swarmsh import dump, maintenance

LIMIT = 50
LEASE = 0.2


class Noted:
    """A swarm whose acknowledged requests are noted in a file of the process's own."""

    def __init__(self, home: Path, notes: Path) -> None:
        self.swarm = swarmsh.open(home)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.notes = os.open(
            notes / f"{os.getpid()}.{time.time_ns()}.ack", flags, 0o600
        )
        inner = self.swarm.journal.append

        def append(*arguments: object, **options: object) -> object:
            begun = time.monotonic_ns()
            outcome = inner(*arguments, **options)  # type: ignore[arg-type]
            ended = time.monotonic_ns()
            answer = (
                "!" if isinstance(outcome, bytes) else dump.written(outcome).decode()
            )
            journal = self.swarm.journal
            request = f"{journal.nonce.decode()}.{journal.number}"
            os.write(self.notes, f"{begun} {ended} {request} {answer}\n".encode())
            return outcome

        self.swarm.journal.append = append  # type: ignore[method-assign, assignment]


def worker(home: Path, notes: Path) -> None:
    """Claim and finish items in every way, until killed."""
    chance = random.Random(os.urandom(8)).random
    noted = Noted(home, notes)
    agent: swarmsh.Agent | None = None
    held: list[swarmsh.Item] = []
    while True:
        try:
            if agent is None or agent.key not in noted.swarm.journal.state.agents:
                agent, held = noted.swarm.agent("worker", capacity=3), []
            if chance() < 0.02:
                maintenance.retire(noted.swarm)
            if chance() < 0.3:
                noted.swarm.add("more", max_attempts=LIMIT)
            if len(held) < 3 and (item := agent.claim(lease=LEASE)) is not None:
                held.append(item)
            if held and chance() < 0.8:
                finish(held.pop(0), held, chance())
        except (swarmsh.Refused, swarmsh.OutcomeUnknown):
            pass  # nothing was acknowledged: the item is another's, or nobody can tell


def finish(item: swarmsh.Item, held: list[swarmsh.Item], dice: float) -> None:
    if dice < 0.5:
        item.complete()
    elif dice < 0.7:
        following = item.complete_and_claim()
        if following is not None:
            held.append(following)
    elif dice < 0.8:
        item.fail("why", retry_in=0)
    elif dice < 0.9:
        item.release()
    else:
        item.renew()
        held.append(item)


class Hammer:
    """Starts workers, and kills and stops them."""

    def __init__(self, home: Path, notes: Path, workers: int, seed: int) -> None:
        self.home, self.notes = home, notes
        self.random = random.Random(seed)
        self.children: set[int] = set()
        self.stopped: dict[int, float] = {}
        self.kills = self.stops = 0
        for _ in range(workers):
            self.start()

    def start(self) -> None:
        child = os.fork()
        if not child:
            try:
                worker(self.home, self.notes)
            except BaseException as error:
                os.write(2, f"worker: {error!r}\n".encode())
            os._exit(3)
        self.children.add(child)

    def strike(self) -> None:
        """Kill one or stop one, and wake those that were stopped long enough."""
        now = time.monotonic()
        for child in [child for child, until in self.stopped.items() if until < now]:
            os.kill(child, signal.SIGCONT)
            del self.stopped[child]
        child = self.random.choice(sorted(self.children))
        if self.random.random() < 0.4:
            self.end(child)
            self.kills += 1
            self.start()
        elif child not in self.stopped:
            os.kill(child, signal.SIGSTOP)
            self.stopped[child] = now + self.random.random() * 3 * LEASE
            self.stops += 1

    def end(self, child: int) -> None:
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        self.children.discard(child)
        self.stopped.pop(child, None)
        assert os.WIFSIGNALED(status), "a worker ended by itself: see its message"

    def run(self, acks: int) -> None:
        """Strike until so many requests were acknowledged."""
        try:
            while self.noted() < acks:
                self.strike()
                time.sleep(0.02)
        finally:
            for child in sorted(self.children):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)

    def noted(self) -> int:
        return sum(path.stat().st_size for path in self.notes.glob("*.ack")) // 50
