"""Keeping a swarm small: retirement on request, retention of the archive, unnamed blobs."""

from __future__ import annotations

import contextlib

from swarmsh import blobs, snapshots
from swarmsh.state import PLACE
from swarmsh.swarm import Swarm


def retire(swarm: Swarm) -> dict[str, int]:
    """Save a snapshot, retire what it covers, apply the retention, collect blobs; give counts."""
    with swarm.turn():
        swarm.journal.sync()
        before = live_segments(swarm)
        swarm.journal.save()
        snapshots.retire(swarm.layout, swarm.journal.state.segment)
        retired = before - live_segments(swarm)
        removed = apply_retention(swarm)
    return {
        "retired": retired,
        "removed": removed,
        "blobs": blobs.collect(swarm.layout),
    }


def live_segments(swarm: Swarm) -> int:
    names = (swarm.layout.home / "journal").glob("*.tsv")
    return sum(not snapshots.is_gone(path) for path in names)


def apply_retention(swarm: Swarm) -> int:
    """Remove the oldest archived segments beyond `retain`, but none that an item still needs."""
    if not swarm.layout.retain:
        return 0
    needed = needed_segments(swarm)
    paths = sorted((swarm.layout.home / "archive").glob("*.tsv"))
    removed = 0
    for path in paths[: -swarm.layout.retain]:
        if int(path.stem) not in needed:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                removed += 1
    return removed


def needed_segments(swarm: Swarm) -> set[int]:
    """The segments that hold the record of an item that is not done."""
    state = swarm.journal.state
    places = [
        place for item in state.items.values() for place in (item.place, item.note)
    ]
    for run in state.runs.values():
        places += run.places[run.head :]
    return {place // PLACE for place in places}
