"""Single records by their place: what the state does not keep, such as titles and payloads."""

from __future__ import annotations

import os
from array import array
from itertools import accumulate

from swarmsh import framing, snapshots
from swarmsh.errors import Damaged
from swarmsh.layout import Layout
from swarmsh.state import PLACE

KEPT = 16
"""How many segments stay open with the offsets of their lines."""
READ = 1 << 20


class Segment:
    """An open segment with the offset of each of its lines, as far as it was read."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.starts = array("q", [0])
        self.read = 0

    def extend(self) -> None:
        """Find the lines that were appended since."""
        while data := os.pread(self.descriptor, READ, self.read):
            sizes = [len(line) + 1 for line in data.split(b"\n")]
            sizes.pop()  # what follows the last newline ends in the next piece
            ends = accumulate(sizes, initial=self.read)
            next(ends)
            self.starts.extend(ends)
            self.read += len(data)

    def line(self, number: int) -> bytes | None:
        starts = self.starts
        if number + 1 >= len(starts):
            self.extend()
        if number + 1 >= len(starts):
            return None
        start = starts[number]
        return os.pread(self.descriptor, starts[number + 1] - start - 1, start)


class History:
    """Reads records from the journal, and from the archive once their segment is retired."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.segments: dict[int, Segment] = {}
        self.latest: tuple[int, Segment] = 0, Segment(-1)

    def close(self) -> None:
        for segment in self.segments.values():
            os.close(segment.descriptor)
        self.segments.clear()
        self.latest = 0, Segment(-1)

    def record(self, place: int) -> list[bytes]:
        """The fields of the record at a place; Damaged when its segment was removed or changed."""
        number, line = divmod(place, PLACE)
        found = self.segment(number).line(line)
        fields = framing.split(found) if found is not None else None
        if fields is None:
            raise Damaged(
                f"{self.layout.segment(number)}: line {line + 1} is no record any more"
            )
        return fields

    def segment(self, number: int) -> Segment:
        if number == self.latest[0]:
            return self.latest[1]
        segment = self.segments.pop(number, None)
        if segment is None:
            segment = Segment(self.open(number))
            while len(self.segments) >= KEPT:
                oldest = next(iter(self.segments))
                os.close(self.segments.pop(oldest).descriptor)
        self.segments[number] = segment
        self.latest = number, segment
        return segment

    def open(self, number: int) -> int:
        for path in (self.layout.segment(number), self.layout.archived(number)):
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            except FileNotFoundError:
                continue
            if os.pread(descriptor, len(snapshots.GONE), 0) != snapshots.GONE:
                return descriptor
            os.close(descriptor)
        raise Damaged(f"segment {number} is neither in the journal nor in the archive")
