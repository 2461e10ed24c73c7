"""Processes under kill -9 and SIGSTOP: what they were told is linearizable, nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hammer import LIMIT, Hammer
from history_checker import Ack, check, read_acks

import swarmsh
from swarmsh import layout


def hammered(
    folder: Path, workers: int, acks: int, records: int, seed: int
) -> dict[str, int]:
    """Hammer a new swarm; check what its processes were told; give figures."""
    home, notes = folder / "swarm", folder / "notes"
    notes.mkdir()
    layout.create(home, records=records)
    hammer = Hammer(home, notes, workers, seed)
    hammer.run(acks)
    figures = check(home, read_acks(notes), LIMIT)
    state = swarmsh.open(home).dump()
    assert state == swarmsh.open(home).dump()
    return figures | {"kills": hammer.kills, "stops": hammer.stops}


def test_a_short_hammer_loses_nothing_and_gives_nothing_twice(tmp_path: Path) -> None:
    figures = hammered(tmp_path, workers=4, acks=4000, records=64, seed=1)
    assert figures["acks"] >= 2000
    assert figures["kills"] and figures["stops"]


@pytest.mark.slow
def test_a_long_hammer_loses_nothing_and_gives_nothing_twice(tmp_path: Path) -> None:
    acks = int(os.environ.get("HAMMER_ACKS", "100000"))
    figures = hammered(tmp_path, workers=8, acks=acks, records=1024, seed=2)
    print(figures)


def test_the_checker_sees_a_lost_acknowledgement(tmp_path: Path) -> None:
    swarm = swarmsh.init(tmp_path / "swarm")
    swarm.add("x")
    with pytest.raises(AssertionError, match="lost"):
        check(swarm.path, [Ack(1, 2, "nobody.1", "1")], LIMIT)


def test_the_checker_sees_a_wrong_answer(tmp_path: Path) -> None:
    swarm = swarmsh.init(tmp_path / "swarm")
    swarm.add("x")
    request = f"{swarm.journal.nonce.decode()}.1"
    check(swarm.path, [Ack(1, 2, request, "1")], LIMIT)
    with pytest.raises(AssertionError, match="the queue says 1"):
        check(swarm.path, [Ack(1, 2, request, "2")], LIMIT)


def test_the_checker_sees_an_order_against_real_time(tmp_path: Path) -> None:
    swarm = swarmsh.init(tmp_path / "swarm")
    swarm.add("x"), swarm.add("y")
    nonce = swarm.journal.nonce.decode()
    with pytest.raises(AssertionError, match="stands before"):
        check(
            swarm.path,
            [Ack(5, 6, f"{nonce}.1", "1"), Ack(1, 2, f"{nonce}.2", "2")],
            LIMIT,
        )
