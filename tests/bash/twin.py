"""The script, and folds of many journals by both languages at once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from swarmsh import dump, layout
from swarmsh.framing import split
from swarmsh.journal import Journal

SCRIPT = Path(__file__).resolve().parents[2] / "generated" / "bash" / "swarmsh"

# One process for many journals: it opens each directory as a library does.
DUMPS = """
. "$1"
shift
umask 077
for home; do
    swarmsh_open "$home" || printf '%s: %s\\n' "$home" "$swarmsh_error" >&2
    swarmsh_dump >"$home/dump.bash"
    swarmsh_close
done
"""

Dumps = Callable[[Sequence[bytes], int], list[tuple[bytes, bytes]]]


def bash(code: str, *arguments: object, **options: str) -> str:
    """What a piece of bash prints; it must not print errors."""
    done = subprocess.run(
        ["bash", "-c", code, "bash", *map(str, arguments)],
        capture_output=True,
        env={"PATH": os.environ["PATH"]} | dict(options),
    )
    assert done.stderr == b"", done.stderr.decode("utf-8", "replace")
    return done.stdout.decode()


def make_swarm(home: Path, journal: bytes, records: int) -> None:
    """A swarm directory whose first segment holds these bytes; what does not fit is in the next ones."""
    layout.create(home, records=records)
    rest = journal
    for number in range(1, 1000):
        end = segment_end(rest, records)
        (home / "journal" / f"{number:08d}.tsv").write_bytes(rest[:end])
        rest = rest[end:]
        if not rest:
            return
    raise AssertionError("more than 1,000 segments")


def segment_end(data: bytes, records: int) -> int:
    """How many bytes hold so many records."""
    found = at = 0
    while found < records:
        end = data.find(b"\n", at)
        if end < 0:
            return len(data)
        found += end > at and split(data[at:end]) is not None
        at = end + 1
    return at


def fold_both(
    folder: Path, journals: Sequence[bytes], records: int
) -> list[tuple[bytes, bytes]]:
    """The dumps of each journal by Python and by bash."""
    homes = [folder / f"s{index}" for index in range(len(journals))]
    for home, journal in zip(homes, journals, strict=True):
        make_swarm(home, journal, records)
    bash(DUMPS, SCRIPT, *homes)
    return [(python_dump(home), (home / "dump.bash").read_bytes()) for home in homes]


def python_dump(home: Path) -> bytes:
    journal = Journal(layout.load(home), writable=False)
    journal.sync()
    found = dump.dump(journal.state)
    journal.close()
    return found
