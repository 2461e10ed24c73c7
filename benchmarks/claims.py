"""Claim and complete: swarmsh beside two hand-written SQLite queues, in one run.

    python benchmarks/claims.py [--processes 1,2,8] [--items 20000] [--repeat 3] [--folder DIR]

Each figure is the median of the repetitions, which are interleaved; the latencies are of all
workers of the repetition that is the median. Every worker claims an item, reads its payload of
200 bytes and completes it, until none is left. Nothing is synced to disk by any of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import swarmsh

PAYLOAD = "p" * 200
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
            read = time.perf_counter_ns()
            item.complete()
            return claimed - begun, time.perf_counter_ns() - read

        return cycle


class Plain:
    """A queue without lease, attempt and priority."""

    name = "SQLite, plain"
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
        found = sqlite3.connect(folder / "work.db", timeout=60, isolation_level=None)
        found.execute("PRAGMA journal_mode = WAL")
        found.execute("PRAGMA synchronous = OFF")
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
            database.execute(self.complete, (row[0],))
            return claimed - begun, time.perf_counter_ns() - claimed

        return cycle


class Featured(Plain):
    """A queue with priority, holder, lease, attempt and maximum, fenced as swarmsh's is."""

    name = "SQLite, same features"
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
            done = database.execute(complete, (row[0], holder, row[1]))
            assert done.rowcount == 1
            return claimed - begun, time.perf_counter_ns() - claimed

        return cycle


def worker(cycle: Cycle, out: Path) -> None:
    """Cycle until nothing is left; keep the latencies."""
    spent = []
    while (found := cycle()) is not None:
        spent.append(found)
    out.write_bytes(b"".join(struct.pack("qq", *pair) for pair in spent))


def run(queue: Swarm | Plain, folder: Path, processes: int) -> float:
    """Seconds from the start of all workers, which are ready, to the end of the last."""
    ready, go = os.pipe()
    children = []
    for index in range(processes):
        child = os.fork()
        if not child:
            os.close(go)
            cycle = queue.start(folder)
            os.read(ready, 1)
            worker(cycle, folder / f"{index}.times")
            os._exit(0)
        children.append(child)
    time.sleep(0.5)
    begun = time.perf_counter()
    os.close(go)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    os.close(ready)
    return time.perf_counter() - begun


def measure(
    queue: Swarm | Plain, folder: Path, processes: int, items: int
) -> dict[str, float]:
    """Items per second, and latencies in microseconds."""
    queue.fill(folder, items)
    elapsed = run(queue, folder, processes)
    files = [path.read_bytes() for path in folder.glob("*.times")]
    pairs = [pair for data in files for pair in struct.iter_unpack("qq", data)]
    assert len(pairs) == items, f"{queue.name}: {len(pairs)} of {items} items were done"
    claims, completes = (sorted(values) for values in zip(*pairs, strict=True))
    last = items * 99 // 100
    return {
        "rate": items / elapsed,
        "claim p50": claims[items // 2] / 1000,
        "claim p99": claims[last] / 1000,
        "complete p50": completes[items // 2] / 1000,
        "complete p99": completes[last] / 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", default="1,2,8")
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", default=None)
    options = parser.parse_args()
    queues: list[Swarm | Plain] = [Swarm(), Featured(), Plain()]
    print("processes\tqueue\titems/s\tclaim p50\tp99\tcomplete p50\tp99 (µs)\tratio")
    for processes in map(int, options.processes.split(",")):
        found: dict[str, list[dict[str, float]]] = {queue.name: [] for queue in queues}
        for _ in range(options.repeat):
            for queue in queues:
                folder = Path(tempfile.mkdtemp(dir=options.folder))
                found[queue.name].append(
                    measure(queue, folder, processes, options.items)
                )
                shutil.rmtree(folder)
        ours = statistics.median(figures["rate"] for figures in found["swarmsh"])
        for name, runs in found.items():
            shown = sorted(runs, key=lambda figures: figures["rate"])[len(runs) // 2]
            latencies = "\t".join(f"{shown[key]:.1f}" for key in list(shown)[1:])
            ratio = ours / shown["rate"]
            print(
                f"{processes}\t{name}\t{shown['rate']:,.0f}\t{latencies}\t{ratio:.1f}"
            )


if __name__ == "__main__":
    main()
