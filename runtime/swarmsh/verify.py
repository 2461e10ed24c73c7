"""Looking for damage: bytes that are no record, missing segments, caches and blobs that lie.

Damage never stops another verb: replay passes over it. This is where it is explained.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from swarmsh import blobs, framing, snapshots
from swarmsh.errors import Damaged
from swarmsh.layout import Layout
from swarmsh_telemetry.attributes.swarmsh import (
    SwarmshJournalDamageValues as JournalDamage,
)


@dataclass(frozen=True)
class Damage:
    """One finding: where it is, of which kind, and what it means. Offsets are in bytes."""

    path: Path
    offset: int
    size: int
    kind: str
    meaning: str

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.offset}: {self.kind}, {self.size} bytes: {self.meaning}"
        )


def findings(where: Layout) -> Iterator[Damage]:
    """All damage of a swarm, in the order of the journal, then snapshots, then blobs."""
    yield from missing_segments(where)
    for path, last in segments(where):
        yield from damage_of(path, where.records, last)
    yield from lying_snapshots(where)
    yield from broken_blobs(where)


def segments(where: Layout) -> Iterator[tuple[Path, bool]]:
    """The file of each segment that is there, retired ones from the archive; is it the last?"""
    numbers = present(where)
    for number in sorted(numbers):
        path = where.segment(number)
        if snapshots.is_gone(path):
            path = where.archived(number)
        if path.exists():
            yield path, number == max(numbers)


def present(where: Layout) -> set[int]:
    """The numbers of all segments of which there is a file."""
    return {
        int(path.stem)
        for folder in ("journal", "archive")
        for path in (where.home / folder).glob("*.tsv")
        if path.stem.isdigit()
    }


def missing_segments(where: Layout) -> Iterator[Damage]:
    numbers = present(where)
    for number in range(1, max(numbers, default=0)):
        if number not in numbers:
            yield Damage(
                where.segment(number),
                0,
                0,
                JournalDamage.MISSING_SEGMENT,
                "its records are lost unless a later snapshot covers them; names never vanish "
                "by themselves, so something removed it",
            )


def damage_of(path: Path, limit: int, last: bool) -> Iterator[Damage]:
    """What in a segment is no record. Bytes behind its last record are void, not damage (R1)."""
    data = path.read_bytes()
    offset = records = 0
    while offset < len(data) and records < limit:
        end = data.find(b"\n", offset)
        if end < 0:
            end = len(data)
        line = data[offset:end]
        if line and framing.split(line) is None:
            yield explain(path, offset, line, end == len(data))
        records += bool(line) and framing.split(line) is not None
        offset = end + 1


def explain(path: Path, offset: int, line: bytes, unfinished: bool) -> Damage:
    """Why a line is no record, and what is lost by it: nothing that was acknowledged."""
    if b"\0" in line:
        kind = JournalDamage.NUL
        meaning = "a NUL stands in no record: the disk or another program wrote here"
    elif unfinished or (
        len(line) < framing.LIMIT and not line.rpartition(b"\t")[2].startswith(b".")
    ):
        kind = JournalDamage.TORN
        meaning = "a record without its end: its writer died or the disk was full while it wrote"
    else:
        kind = JournalDamage.LENGTH
        meaning = (
            "its closing length is wrong: these bytes were changed or are no record"
        )
    return Damage(
        path,
        offset,
        len(line),
        kind,
        meaning + "; it was never acknowledged and has no effect",
    )


def lying_snapshots(where: Layout) -> Iterator[Damage]:
    for name in snapshots.names(where.home):
        path = where.home / "snapshot" / name
        try:
            sound = snapshots.read(path) is not None
        except FileNotFoundError:
            continue
        if not sound:
            yield Damage(
                path,
                0,
                path.stat().st_size,
                JournalDamage.SNAPSHOT,
                "it does not match its checksum and is ignored; nothing is lost by it while the "
                "segments since an older snapshot are there",
            )


def broken_blobs(where: Layout) -> Iterator[Damage]:
    """Blobs that do not match their names, and blobs that records name but that are missing."""
    wanted = blobs.named(where)
    kept = {
        path.name
        for path in (where.home / "blobs").iterdir()
        if not path.name.startswith(".")
    }
    for name in sorted(wanted & kept):
        try:
            blobs.get(where, name.encode())
        except Damaged as error:
            yield Damage(
                where.home / "blobs" / name, 0, 0, JournalDamage.BLOB, str(error)
            )
