"""swarmsh: many processes share work through one append-only journal. No server: a directory.

import swarmsh
swarm = swarmsh.init("path")
swarm.add("compile", payload=b"src/main.c")
with swarm.agent("builder") as agent:
    item = agent.claim(lease=30.0, wait=5.0)
    if item is not None:
        item.complete(b"fine")
"""

from __future__ import annotations

from pathlib import Path

from swarmsh import layout
from swarmsh.agent import Agent, Item
from swarmsh.errors import (
    Damaged,
    NotFound,
    OutcomeUnknown,
    Refused,
    SwarmshError,
    Unsafe,
    UnsupportedFilesystem,
    UnsupportedVersion,
    UsageError,
)
from swarmsh.swarm import Swarm

__all__ = [
    "Agent",
    "Damaged",
    "Item",
    "NotFound",
    "OutcomeUnknown",
    "Refused",
    "Swarm",
    "SwarmshError",
    "Unsafe",
    "UnsupportedFilesystem",
    "UnsupportedVersion",
    "UsageError",
    "init",
    "open",
]


def init(
    path: str | Path = layout.NAME, *, durability: str = "process", retain: int = 0
) -> Swarm:
    """Make the swarm directory `path`, or open the one that is there.

    `durability="power"` makes each acknowledgement wait for the disk; it is fixed for the life of
    the swarm. Retirement keeps the newest `retain` segments of the archive, 0 for all of them, and
    each that an item still needs. Raises UnsupportedFilesystem on network filesystems, Unsafe when the directory is
    not ours alone, OSError when it cannot be written.
    """
    return Swarm(layout.create(Path(path), durability=durability, retain=retain))


def open(path: str | Path | None = None) -> Swarm:
    """Open a swarm: `path`, else $SWARMSH_HOME, else `.swarmsh` found upwards from here.

    Raises NotFound, Unsafe, UnsupportedFilesystem or UnsupportedVersion.
    """
    return Swarm(layout.load(layout.find(path)))
