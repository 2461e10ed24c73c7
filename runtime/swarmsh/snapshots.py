"""Snapshots: the fold at one place, kept so that nobody has to read the whole journal (R3 to R5).

A cache: deleting them loses nothing as long as the segments before them are there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from pathlib import Path

from swarmsh import dump, layout
from swarmsh import load as loading
from swarmsh.layout import Layout
from swarmsh.state import State

NAME = re.compile(r"([0-9]{8})\.[0-9]{7}\.[0-9]{12}", re.ASCII)
GONE = b"gone\n"
KEPT = 2
"""How many snapshots stay: the newest, and one more in case the newest is damaged."""
SPARED = 8
"""How many covered segments stay for readers that are a little behind: reading on costs them less
than starting cold."""
STALE = 3600
"""After how many seconds a temporary file is garbage of a process that died."""


def names(home: Path) -> list[str]:
    """The names of the snapshots, newest first: lexical order is the order of their places."""
    return sorted(
        (
            path.name
            for path in (home / "snapshot").iterdir()
            if NAME.fullmatch(path.name)
        ),
        reverse=True,
    )


def covered(where: Layout) -> int:
    """How many records the newest snapshot covers, by its name."""
    for name in names(where.home):
        segment, ordinal, _ = map(int, name.split("."))
        return (segment - 1) * where.records + ordinal
    return 0


def read(path: Path) -> State | None:
    """The state of a snapshot; None when it does not match its checksum.

    Raises FileNotFoundError when another process removed it: list again (C1).
    """
    text = path.read_bytes()
    body, _, end = text.rpartition(b"end\t")
    if end != hashlib.sha256(body).hexdigest().encode() + b"\n":
        return None
    try:
        state = loading.load(body)
    except ValueError:
        return None
    return state if path.name == name_of(state) else None


def name_of(state: State) -> str:
    return f"{state.segment:08d}.{state.ordinal:07d}.{state.offset:012d}"


def write(where: Layout, state: State) -> None:
    """Save the state durably, then retire the segments that it makes unnecessary, a few spared.

    Any number of processes may do this at once: names are unique until the rename, and equal
    places have equal content.
    """
    folder = where.home / "snapshot"
    body = dump.dump(state)
    draft = folder / f".{os.getpid()}.{secrets.token_hex(6)}"
    try:
        layout.write_file(
            draft, body + b"end\t%b\n" % hashlib.sha256(body).hexdigest().encode()
        )
        draft.rename(folder / name_of(state))
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    layout.sync_folder(folder)
    tidy(where)
    retire(where, state.segment - SPARED)


def tidy(where: Layout) -> None:
    """Remove old snapshots and what dead processes left; never the newest (R5)."""
    folder = where.home / "snapshot"
    for name in names(where.home)[KEPT:]:
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
    before = time.time() - STALE
    for place in (folder, where.home / "journal", where.home / "blobs"):
        for path in place.glob(".*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()


def retire(where: Layout, covered: int) -> int:
    """Retire the segments before `covered`, for which a durable snapshot must exist; give how many.

    Each step can be done again by anybody: link into the archive, then rename a tombstone over
    the name. Never an unlink: names in `journal` never vanish (R2, R5).
    """
    live: list[int] = []
    for number in range(covered - 1, 0, -1):
        if is_gone(where.segment(number)):
            break  # segments are retired in their order, so all below are gone too
        live.append(number)
    for number in reversed(live):
        retire_one(where, number)
    return len(live)


def retire_one(where: Layout, number: int) -> None:
    path, archived = where.segment(number), where.archived(number)
    with contextlib.suppress(FileExistsError):
        os.link(path, archived)
    layout.sync_folder(archived.parent)
    draft = path.with_name(f".{os.getpid()}.{secrets.token_hex(6)}")
    layout.write_file(draft, GONE)
    draft.rename(path)
    layout.sync_folder(path.parent)


def is_gone(path: Path) -> bool:
    """Whether this segment is a tombstone; a missing one counts as gone, for nothing is in it."""
    try:
        with path.open("rb") as file:
            return file.read(len(GONE)) == GONE
    except FileNotFoundError:
        return True
