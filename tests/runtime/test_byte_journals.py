"""Damaged journals: whatever the bytes, the fast path and the plain rules give one state."""

from __future__ import annotations

import random

import pytest
from histories import History
from test_replay_equality import folded, plainly

from swarmsh import dump

SPLICES = (b"\0", b"\n", b"\t", b"\t\t", b"$(x)", b"\xff", b"010")


def damaged(journal: bytes, chance: random.Random) -> bytes:
    """A journal with bytes changed, removed, doubled and put in."""
    made = bytearray(journal)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(made))
        kind = chance.randrange(4)
        if kind == 0:
            made[at] = chance.randrange(256)
        elif kind == 1:
            del made[at : at + chance.randrange(1, 60)]
            made += b"\n"
        elif kind == 2:
            start = chance.randrange(len(made))
            made[at:at] = made[start : start + chance.randrange(1, 200)]
        else:
            made[at:at] = chance.choice(SPLICES)
    return bytes(made)


def compare(seed: int, mutations: int) -> None:
    """Compare one random history and damaged forms of it."""
    chance = random.Random(seed)
    journal = History(100_000 + seed).journal(40)
    for found in [journal, *(damaged(journal, chance) for _ in range(mutations))]:
        assert dump.dump(folded(found, chance)) == dump.dump(plainly(found))


@pytest.mark.parametrize("seed", range(50))
def test_a_damaged_journal_has_one_state(seed: int) -> None:
    compare(seed, 3)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 2000, 100))
def test_a_thousand_damaged_journals_have_one_state(start: int) -> None:
    for seed in range(start, start + 100):
        compare(seed, 1)
