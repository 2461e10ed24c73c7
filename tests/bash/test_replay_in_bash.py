"""One journal has one state, in Python and in bash."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from histories import SECOND, START, History, frame
from twin import SCRIPT, Dumps, bash, make_swarm, python_dump

from swarmsh import layout, snapshots
from swarmsh.journal import Journal

LIMIT = 64
"""Records per segment, small so that the histories cross many boundaries."""
TOGETHER = 50
"""Journals that one bash process folds."""


def assert_equal(pairs: list[tuple[bytes, bytes]]) -> None:
    for expected, found in pairs:
        lines = found.decode("latin-1").split("\n")
        assert lines == expected.decode("latin-1").split("\n")


@pytest.mark.parametrize("first", range(0, 1000, TOGETHER))
def test_random_histories_have_one_state(first: int, dumps: Dumps) -> None:
    seeds = range(first, first + TOGETHER)
    assert_equal(dumps([History(seed).journal(70) for seed in seeds], LIMIT))


@pytest.mark.parametrize("first", range(0, 1000, TOGETHER))
def test_random_bytes_have_one_state(first: int, dumps: Dumps) -> None:
    seeds = range(first, first + TOGETHER)
    assert_equal(dumps([mangled(random.Random(seed), seed) for seed in seeds], 16))


@pytest.mark.parametrize("seed", range(4))
def test_every_prefix_has_one_state(seed: int, dumps: Dumps) -> None:
    journal = History(3000 + seed).journal(6)
    prefixes = [journal[:end] for end in range(0, len(journal), 1 + seed % 3)]
    assert_equal(dumps(prefixes, 4))


@pytest.mark.parametrize(
    "hostile",
    [
        b"$(touch pwned)",
        b"a[$(touch pwned)]",
        b"x]=1 $(id)",
        b"@",
        b"*",
        b"`id`",
        b"~",
        b"-n",
    ],
)
def test_hostile_text_in_any_field_is_only_text(hostile: bytes, dumps: Dumps) -> None:
    good = [
        [
            b"%d" % START,
            b"agent.register",
            b"-",
            b"-",
            b"n.1",
            b"-",
            b"a",
            b"x",
            b"-",
            b"9",
        ]
        + [b"-"] * 4,
        [b"%d" % (START + SECOND), *b"work.add - - n.2 - t - - 0 - - - - 3".split()],
        [
            b"%d" % (START + SECOND),
            b"work.claim",
            b"-",
            b"a@1.x",
            b"n.3",
            b"-",
            b"%d" % SECOND,
            b"1",
        ],
        [
            b"%d" % (START + SECOND),
            b"work.complete",
            b"1",
            b"a@1.x",
            b"n.4",
            b"-",
            b"1",
            b"-",
            b"-",
        ],
    ]
    journals = []
    for line in range(len(good)):
        for field in range(len(good[line])):
            records = [list(record) for record in good]
            records[line][field] = hostile
            journals.append(b"".join(frame(*record) for record in records))
    assert_equal(dumps(journals, LIMIT))


def mangled(chance: random.Random, seed: int) -> bytes:
    """A history with bytes changed, dropped, doubled and inserted: NUL, bad UTF-8, tabs, newlines."""
    journal = bytearray(History(seed).journal(20))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(journal))
        kind = chance.randrange(5)
        if kind == 0:
            journal[at] = chance.choice(b"\0\n\t\r\x01\x7f\xff-.0\\$[")
        elif kind == 1:
            del journal[at : at + chance.randint(1, 200)]
        elif kind == 2:
            journal[at:at] = journal[at : at + chance.randint(1, 300)]
        elif kind == 3:
            journal[at:at] = bytes(
                chance.randrange(256) for _ in range(chance.randint(1, 40))
            )
        else:
            journal[at:at] = chance.choice(
                (
                    b"\n\0\n",
                    b"\0",
                    b"\n" + b"x" * 5000 + b"\n",
                    b"\n\t.1\n",
                    b"\n.0\n",
                    b"\n\t\t.2\n",
                )
            )
    return bytes(journal)


RESUMED = """
. "$1"
shift
for home; do
    swarmsh_open "$home"
    swarmsh_dump >"$home/dump.bash"
    swarmsh_close
    cat "$home/more" >>"$home/journal/$(cat "$home/last")"
    swarmsh_open "$home"
    swarmsh_dump >"$home/resumed.bash"
    swarmsh_close
done
"""


@pytest.mark.parametrize("first", range(0, 200, TOGETHER))
def test_a_snapshot_of_python_resumes_to_the_same_state(
    first: int, tmp_path: Path
) -> None:
    homes = [tmp_path / str(seed) for seed in range(first, first + TOGETHER)]
    for home in homes:
        history = History(5000 + int(home.name))
        make_swarm(home, history.journal(60) + b"\n", LIMIT)
        saved = Journal(layout.load(home))
        saved.sync()
        snapshots.write(saved.layout, saved.state)
        (home / "last").write_text(f"{saved.state.segment:08d}.tsv")
        (home / "more").write_bytes(history.journal(30))
        saved.close()
    bash(RESUMED, SCRIPT, *homes)
    for home in homes:
        (found,) = (home / "snapshot").iterdir()
        body = found.read_bytes().rpartition(b"end\t")[0]
        assert (home / "dump.bash").read_bytes() == body
        assert (home / "resumed.bash").read_bytes() == python_dump(home)
