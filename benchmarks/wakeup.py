"""How fast an idle waiter wakes, and what waiting costs while others write.

    python benchmarks/wakeup.py [--count 300] [--seconds 3] [--folder DIR]

Wake-up: from just before `add` in one process to the return of `claim(wait=…)` in another, in
microseconds. Waiting: the share of a core that a waiter uses whom nothing suits, while another
process adds and finishes items as fast as it can.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import struct
import tempfile
import time
from pathlib import Path

import swarmsh


def wakeups(home: Path, count: int) -> list[float]:
    """Microseconds from an add to the claim that waited for it, sorted."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        with swarmsh.open(home).agent("waiter") as agent:
            for _ in range(count):
                item = agent.claim(wait=60)
                os.write(theirs, struct.pack("q", time.monotonic_ns()))
                assert item is not None
                item.complete()
        os._exit(0)
    spent = []
    with swarmsh.open(home) as swarm:
        for _ in range(count):
            time.sleep(0.01)
            begun = time.monotonic_ns()
            swarm.add("ring")
            (woken,) = struct.unpack("q", os.read(ours, 8))
            spent.append((woken - begun) / 1000)
    assert os.waitpid(child, 0)[1] == 0
    return sorted(spent)


def waiting(home: Path, seconds: float) -> tuple[float, float]:
    """The waiter's share of a core, and the records per second that were written meanwhile."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        with swarmsh.open(home).agent("waiter", skills=["none"]) as agent:
            before = resource.getrusage(resource.RUSAGE_SELF)
            agent.claim(wait=seconds)
            after = resource.getrusage(resource.RUSAGE_SELF)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        os.write(theirs, struct.pack("d", used))
        os._exit(0)
    with swarmsh.open(home) as swarm, swarm.agent("busy", skills=["work"]) as busy:
        first, end = swarm.journal.state.records, time.monotonic() + seconds
        while time.monotonic() < end:
            swarm.add("x", requires=["work"])
            item = busy.claim()
            assert item is not None
            item.complete()
        records = swarm.journal.state.records - first
    (used,) = struct.unpack("d", os.read(ours, 8))
    assert os.waitpid(child, 0)[1] == 0
    return used / seconds, records / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--folder", default=None)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        swarmsh.init(folder / "swarm").close()
        spent = wakeups(folder / "swarm", options.count)
        p50, p99 = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
        print(f"wake-up\tp50 {p50:.0f} µs\tp99 {p99:.0f} µs")
        share, rate = waiting(folder / "swarm", options.seconds)
        print(f"waiting\t{share:.1%} of a core\tbeside {rate:,.0f} records/s")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
