"""Everything a swarm depends on, looked at one by one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from swarmsh import filesystem, layout, liveness, verify
from swarmsh.clock import DRIFT
from swarmsh.errors import SwarmshError
from swarmsh.journal import Journal
from swarmsh_telemetry.records import AgentState

LOW_SPACE = 64 << 20


class Finding(NamedTuple):
    """One thing looked at; `code` is 0 when it is well, else the exit code it asks for."""

    name: str
    code: int
    message: str


def examine(home: Path) -> Iterator[Finding]:
    """What is well and what is not, the basics first; stops where nothing more can be read."""
    kind = filesystem.filesystem_of(home)
    try:
        where = layout.load(home)
    except SwarmshError as error:
        yield Finding("directory", error.exit_code, str(error))
        return
    yield Finding(
        "directory",
        0,
        f"{home}, {where.records} records per segment, {where.durability}",
    )
    known = kind in filesystem.TRUSTED
    yield Finding(
        "filesystem", 0, kind if known else f"{kind}: not known to be safe, nor refused"
    )
    yield writable(home)
    yield space(home)
    damage = list(verify.findings(where))
    for found in damage:
        yield Finding("damage", 6, str(found))
    if not damage:
        yield Finding("damage", 0, "none")
    journal = Journal(where, writable=False)
    journal.sync()
    for check in CHECKS:
        yield check(journal)
    journal.close()


def writable(home: Path) -> Finding:
    folders = [home / name for name in layout.FOLDERS[:5]]
    closed = [
        str(folder) for folder in folders if not os.access(folder, os.W_OK | os.X_OK)
    ]
    return Finding(
        "writable", int(bool(closed)), f"not: {', '.join(closed)}" if closed else "yes"
    )


def space(home: Path) -> Finding:
    found = os.statvfs(home)
    free, inodes = found.f_bavail * found.f_frsize, found.f_favail
    low = free < LOW_SPACE or (found.f_files and inodes < 1000)
    return Finding(
        "space", int(bool(low)), f"{free >> 20:,} MiB and {inodes:,} inodes free"
    )


def rules(journal: Journal) -> Finding:
    try:
        journal.check_rules()
    except SwarmshError as error:
        return Finding("rules", error.exit_code, str(error))
    return Finding("rules", 0, f"version {journal.state.rules}")


def clock(journal: Journal) -> Finding:
    apart = time.time_ns() - journal.state.now
    if apart < -DRIFT:
        return Finding(
            "clock", 1, f"this clock is {-apart // 10**9} s behind the journal"
        )
    return Finding("clock", 0, f"last record {apart / 10**9:.1f} s ago")


def agents(journal: Journal) -> Finding:
    found = journal.state.agents.values()
    active = [agent for agent in found if agent.state == AgentState.ACTIVE]
    dead = [agent.handle.decode() for agent in active if liveness.death(agent.session)]
    message = f"{len(active)} active"
    return Finding(
        "agents", 0, message + (f", dead: {', '.join(dead)}" if dead else "")
    )


CHECKS: tuple[Callable[[Journal], Finding], ...] = (rules, clock, agents)
