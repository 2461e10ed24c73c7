"""Own operations of one process: register, add, claim, read, complete, renew and fail.

    python benchmarks/registration.py [--count 5000] [--folder DIR]

Microseconds, p50 and p99. Registration is within the process: the record is appended, read back
and folded, and the session of the process (pid, start, boot) goes with it.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import swarmsh

WARM = 100
"""Calls of each operation that are not counted."""


def timed(count: int, operation: Callable[[], object]) -> list[float]:
    """Microseconds of each call, sorted."""
    spent = []
    for _ in range(count + WARM):
        begun = time.perf_counter_ns()
        operation()
        spent.append((time.perf_counter_ns() - begun) / 1000)
    return sorted(spent[WARM:])


def measure(swarm: swarmsh.Swarm, count: int) -> dict[str, list[float]]:
    """The latencies of each operation."""
    found = {}
    handles: list[bytes] = []
    found["register"] = timed(
        count, lambda: handles.append(swarm.register("a", pid=None))
    )
    agents: list[swarmsh.Agent] = []
    found["register a session"] = timed(count, lambda: agents.append(swarm.agent("b")))
    for agent in agents:
        agent.close()
    found["add"] = timed(3 * count + 3 * WARM, lambda: swarm.add("item", "p" * 200))
    held: list[swarmsh.Item] = []

    def claim() -> None:
        item = worker.claim()
        assert item is not None
        held.append(item)

    with swarm.agent("worker", capacity=1_000_000) as worker:
        found["claim"] = timed(count, claim)
        items = iter(held)
        found["read payload"] = timed(count, lambda: next(items).payload)
        items = iter(held)
        found["renew"] = timed(count, lambda: next(items).renew())
        found["complete"] = timed(count, lambda: held.pop().complete())
        found["claim again"] = timed(count, claim)
        found["fail"] = timed(count, lambda: held.pop().fail(retry_in=0))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--folder", default=None)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        with swarmsh.init(folder / "swarm") as swarm:
            for name, spent in measure(swarm, options.count).items():
                p50, p99 = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
                print(f"{name:20}\t{p50:.1f}\t{p99:.1f}", flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
