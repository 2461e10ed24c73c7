"""Claim and complete: swarmsh beside hand-written SQLite queues, dirq and huey, in one run.

    python benchmarks/claims.py [--processes 1,2,8,32] [--items 20000] [--repeat 3] [--work 0]
                                [--queues NAME,…] [--folder DIR]

Each figure is the median of the repetitions, which are interleaved; the latencies are of all
workers of the repetition that is the median. Every worker claims an item, reads its payload of
200 bytes, sleeps for `--work` milliseconds and completes it, until none is left. SQLite runs with
WAL and synchronous=NORMAL, which forces the disk at checkpoints only; swarmsh forces it for
snapshots only; dirq and huey (its SQLite storage, the storage's calls alone) as they come. CPU is
what all workers together used for one item, system calls included: unlike the rate it hardly
depends on what else the machine does. dirq and huey are left out when they are not installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import shutil
import sqlite3
import struct
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import swarmsh

PAYLOAD = "p" * 200
WORK = 0.0
"""Seconds that a worker sleeps between claim and completion."""
Cycle = Callable[[], tuple[int, int] | None]
"""One claim and completion: nanoseconds of each, or None when nothing is left."""


class Swarm:
    name = "swarmsh"

    def fill(self, folder: Path, items: int) -> None:
        with swarmsh.init(folder / "swarm") as swarm:
            for index in range(items):
                swarm.add(f"item {index}", PAYLOAD)
            swarm.journal.save()

    def start(self, folder: Path) -> Cycle:
        agent = swarmsh.open(folder / "swarm").agent("worker")

        def cycle() -> tuple[int, int] | None:
            begun = time.perf_counter_ns()
            item = agent.claim()
            if item is None:
                return None
            claimed = time.perf_counter_ns()
            assert len(item.payload) == len(PAYLOAD)
            read = worked()
            item.complete()
            return claimed - begun, time.perf_counter_ns() - read

        return cycle


class Plain:
    """A queue without lease, attempt and priority."""

    name = "plain"
    schema = """
        CREATE TABLE work (id INTEGER PRIMARY KEY, payload TEXT, state INT DEFAULT 0);
        CREATE INDEX ready ON work (id) WHERE state = 0;
    """
    claim = (
        "UPDATE work SET state = 1 WHERE id ="
        " (SELECT id FROM work WHERE state = 0 ORDER BY id LIMIT 1) RETURNING id, payload"
    )
    complete = "UPDATE work SET state = 2 WHERE id = ?"

    def open(self, folder: Path) -> sqlite3.Connection:
        found = sqlite3.connect(folder / "work.db", timeout=120, isolation_level=None)
        found.execute("PRAGMA journal_mode = WAL")
        found.execute("PRAGMA synchronous = NORMAL")
        return found

    def fill(self, folder: Path, items: int) -> None:
        database = self.open(folder)
        database.executescript(self.schema)
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO work (payload) VALUES (?)", [(PAYLOAD,)] * items
        )
        database.execute("COMMIT")
        database.close()

    def start(self, folder: Path) -> Cycle:
        database = self.open(folder)

        def cycle() -> tuple[int, int] | None:
            begun = time.perf_counter_ns()
            row = database.execute(self.claim).fetchone()
            if row is None:
                return None
            claimed = time.perf_counter_ns()
            read = worked()
            database.execute(self.complete, (row[0],))
            return claimed - begun, time.perf_counter_ns() - read

        return cycle


class Featured(Plain):
    """A queue with priority, holder, lease, attempt and maximum, fenced as swarmsh's is."""

    name = "featured"
    schema = """
        CREATE TABLE work (id INTEGER PRIMARY KEY, payload TEXT, priority INT DEFAULT 0,
          state INT DEFAULT 0, holder TEXT, attempt INT DEFAULT 0, attempts INT DEFAULT 3,
          until INT DEFAULT 0, not_before INT DEFAULT 0);
        CREATE INDEX ready ON work (priority DESC, id) WHERE state = 0;
        CREATE INDEX held ON work (until) WHERE state = 1;
    """

    def start(self, folder: Path) -> Cycle:
        database, holder = self.open(folder), f"worker-{os.getpid()}"
        claim = (
            "UPDATE work SET state = 1, holder = ?1, attempt = attempt + 1, until = ?2"
            " WHERE id = (SELECT id FROM work WHERE state = 0 AND not_before <= ?3"
            " ORDER BY priority DESC, id LIMIT 1) RETURNING id, attempt, payload"
        )
        expire = (
            "UPDATE work SET state = CASE WHEN attempt < attempts THEN 0 ELSE 3 END"
            " WHERE state = 1 AND until <= ?"
        )
        complete = (
            "UPDATE work SET state = 2"
            " WHERE id = ? AND holder = ? AND attempt = ? AND state < 2"
        )

        def cycle() -> tuple[int, int] | None:
            begun = time.perf_counter_ns()
            now = time.time_ns()
            database.execute("BEGIN IMMEDIATE")
            database.execute(expire, (now,))
            row = database.execute(claim, (holder, now + 300 * 10**9, now)).fetchone()
            database.execute("COMMIT")
            if row is None:
                return None
            claimed = time.perf_counter_ns()
            read = worked()
            done = database.execute(complete, (row[0], holder, row[1]))
            assert done.rowcount == 1
            return claimed - begun, time.perf_counter_ns() - read

        return cycle


class Dirq:
    """A queue of files in directories; a lock is a hard link."""

    name = "dirq"

    def fill(self, folder: Path, items: int) -> None:
        from dirq.QueueSimple import QueueSimple

        queue = QueueSimple(str(folder / "dirq"))
        for _ in range(items):
            queue.add(PAYLOAD)

    def start(self, folder: Path) -> Cycle:
        from dirq.QueueSimple import QueueSimple

        queue = QueueSimple(str(folder / "dirq"))
        names = iter(queue)

        def cycle() -> tuple[int, int] | None:
            begun = time.perf_counter_ns()
            name = next((name for name in names if queue.lock(name)), None)
            if name is None:
                return None
            claimed = time.perf_counter_ns()
            assert len(queue.get(name)) == len(PAYLOAD)
            read = worked()
            queue.remove(name)
            return claimed - begun, time.perf_counter_ns() - read

        return cycle


class Huey:
    """The storage of huey on SQLite: what is taken is gone, so there is nothing to complete."""

    name = "huey"

    def open(self, folder: Path) -> Any:
        from huey.storage import SqliteStorage

        return SqliteStorage("swarm", str(folder / "huey.db"), timeout=120)

    def fill(self, folder: Path, items: int) -> None:
        storage = self.open(folder)
        for _ in range(items):
            storage.enqueue(PAYLOAD.encode())
        storage.close()

    def start(self, folder: Path) -> Cycle:
        storage = self.open(folder)

        def cycle() -> tuple[int, int] | None:
            begun = time.perf_counter_ns()
            if storage.dequeue() is None:
                return None
            claimed = time.perf_counter_ns()
            worked()
            return claimed - begun, 0

        return cycle


class Next(Swarm):
    """swarmsh with one record for a completion and the next claim."""

    name = "swarmsh-next"

    def start(self, folder: Path) -> Cycle:
        agent = swarmsh.open(folder / "swarm").agent("worker")
        held: list[swarmsh.Item | None] = []

        def cycle() -> tuple[int, int] | None:
            begun = time.perf_counter_ns()
            if not held:
                held.append(agent.claim())
            item = held.pop()
            if item is None:
                return None
            claimed = time.perf_counter_ns()
            assert len(item.payload) == len(PAYLOAD)
            read = worked()
            held.append(item.complete_and_claim())
            return claimed - begun, time.perf_counter_ns() - read

        return cycle


def worked() -> int:
    """Work, then the time when the work was over."""
    if WORK:
        time.sleep(WORK)
    return time.perf_counter_ns()


def worker(cycle: Cycle, out: Path) -> None:
    """Cycle until nothing is left; keep the latencies."""
    spent = []
    while (found := cycle()) is not None:
        spent.append(found)
    out.write_bytes(b"".join(struct.pack("qq", *pair) for pair in spent))


Queue = Swarm | Plain | Dirq | Huey


def run(queue: Queue, folder: Path, processes: int) -> tuple[float, float]:
    """Seconds from the start of all workers, which are ready, to the end of the last, and of CPU."""
    ready, go = os.pipe()
    children = []
    for index in range(processes):
        child = os.fork()
        if not child:
            os.close(go)
            child_of(queue, folder, ready, str(index))
        children.append(child)
    time.sleep(0.5 + processes / 50)
    begun = time.perf_counter()
    os.close(go)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    elapsed = time.perf_counter() - begun
    os.close(ready)
    return elapsed, sum(float(path.read_text()) for path in folder.glob("*.cpu"))


def child_of(queue: Queue, folder: Path, ready: int, name: str) -> NoReturn:
    """Be a worker: wait until all are ready, cycle, keep what it cost, and end."""
    try:
        cycle = queue.start(folder)
        os.read(ready, 1)
        before = used()
        worker(cycle, folder / f"{name}.times")
        (folder / f"{name}.cpu").write_text(str(used() - before))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def used() -> float:
    """Seconds of CPU of this process."""
    found = resource.getrusage(resource.RUSAGE_SELF)
    return found.ru_utime + found.ru_stime


def measure(queue: Queue, folder: Path, processes: int, items: int) -> dict[str, float]:
    """Items per second, and microseconds of latency and of CPU per item."""
    queue.fill(folder, items)
    elapsed, spent = run(queue, folder, processes)
    files = [path.read_bytes() for path in folder.glob("*.times")]
    pairs = [pair for data in files for pair in struct.iter_unpack("qq", data)]
    assert len(pairs) == items, f"{queue.name}: {len(pairs)} of {items} items were done"
    claims, completes = (sorted(values) for values in zip(*pairs, strict=True))
    last = items * 99 // 100
    return {
        "rate": items / elapsed,
        "cpu": spent / items * 10**6,
        "claim p50": claims[items // 2] / 1000,
        "claim p99": claims[last] / 1000,
        "complete p50": completes[items // 2] / 1000,
        "complete p99": completes[last] / 1000,
    }


def installed() -> list[Queue]:
    """The queues that can be run here."""
    queues: list[Queue] = [Swarm(), Next(), Featured(), Plain()]
    for queue in (Dirq(), Huey()):
        if importlib.util.find_spec(queue.name):
            queues.append(queue)
    return queues


def report(processes: int, found: dict[str, list[dict[str, float]]]) -> None:
    """One line for each queue: the repetition whose rate is the median."""
    medians = {
        name: sorted(runs, key=lambda figures: figures["rate"])[len(runs) // 2]
        for name, runs in found.items()
    }
    ours = next(iter(medians.values()))
    for name, shown in medians.items():
        rest = "\t".join(f"{shown[key]:.1f}" for key in list(shown)[1:])
        ratio = ours["rate"] / shown["rate"]
        thrift = shown["cpu"] / ours["cpu"]
        print(
            f"{processes}\t{name:20}\t{shown['rate']:,.0f}\t{rest}\t{ratio:.2f}\t{thrift:.2f}",
            flush=True,
        )


def main() -> None:
    global WORK
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", default="1,2,8")
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--work", type=float, default=0, help="milliseconds per item")
    parser.add_argument("--queues", help="names, with commas; the first is compared")
    parser.add_argument("--folder", default=None)
    options = parser.parse_args()
    WORK = options.work / 1000
    queues = {queue.name: queue for queue in installed()}
    if options.queues:
        queues = {name: queues[name] for name in options.queues.split(",")}
    print(
        "processes\tqueue\titems/s\tCPU\tclaim p50\tp99\tcomplete p50\tp99 (µs)\trate ratio\tCPU ratio"
    )
    for processes in map(int, options.processes.split(",")):
        found: dict[str, list[dict[str, float]]] = {name: [] for name in queues}
        for _ in range(options.repeat):
            for name, queue in queues.items():
                folder = Path(tempfile.mkdtemp(dir=options.folder))
                try:
                    found[name].append(measure(queue, folder, processes, options.items))
                finally:
                    shutil.rmtree(folder)
        report(processes, found)


if __name__ == "__main__":
    main()
