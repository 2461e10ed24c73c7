"""A fault at every single system call: what was told stays, nobody holds twice, work goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from system_calls import PAYLOAD, STEPS, suffer

import swarmsh
from swarmsh import blobs, choice, layout
from swarmsh.state import Item

NEVER = 1 << 30


def template(folder: Path, durability: str) -> Path:
    """A swarm of small segments, some of them full, in which an agent holds an item."""
    where = layout.create(folder / "template", durability=durability, records=6)
    with swarmsh.Swarm(where) as swarm:
        for index in range(9):
            swarm.add(f"item {index}")
        agent = swarm.agent("faulty", capacity=9)
        assert agent.claim() is not None
        swarm.add("last")
    return folder / "template"


def check_notes(swarm: swarmsh.Swarm, notes: list[str]) -> None:
    """What was told is so."""
    state = swarm.journal.state
    for note in notes:
        kind, *rest = note.split()
        if kind == "add":
            assert 0 < int(rest[0]) < state.next_item, note
        elif kind == "blob":
            item = choice.find(state, int(rest[0]))
            assert item is not None
            digest = swarm.record_of(item)[8]
            assert blobs.get(swarm.layout, digest) == PAYLOAD
        elif kind == "claim" and f"done {rest[0]}" not in notes:
            held = choice.find(state, int(rest[0]))
            if held is not None and not is_held(held, int(rest[1])):
                raise AssertionError(note)
        elif kind == "done":
            assert choice.is_done(state, int(rest[0])), note


def is_held(item: Item, attempt: int) -> bool:
    return (
        item.holder is not None
        and item.holder.handle.startswith(b"faulty@")
        and item.attempt == attempt
    )


def check_goes_on(swarm: swarmsh.Swarm) -> None:
    """The next commands work, and nobody is given what another holds."""
    held = set(swarm.journal.state.claimed)
    number = swarm.add("next")
    assert number == swarm.journal.state.next_item - 1
    with swarm.agent("other", capacity=100) as other:
        given = {item.number for item in other.claim_many(100)}
        assert number in given and not given & held
    assert swarm.dump() == swarmsh.open(swarm.path).dump()


@pytest.mark.parametrize(
    "durability", ["process", pytest.param("power", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    "kind",
    ["kill before", "kill after", "EIO", "ENOSPC", "EINTR", "short write", "interrupt"],
)
@pytest.mark.parametrize("scene", STEPS)
def test_a_fault_at_any_system_call_loses_nothing_that_was_told(
    scene: str, kind: str, durability: str, tmp_path: Path
) -> None:
    origin = template(tmp_path, durability)
    home = tmp_path / "counted"
    shutil.copytree(origin, home)
    notes = suffer(home, STEPS[scene], "none", NEVER)
    assert len(notes) == len(STEPS[scene]) + 1
    calls = int(notes[-1].split()[1])
    assert calls > 5
    for at in range(calls):
        home = tmp_path / str(at)
        shutil.copytree(origin, home)
        notes = suffer(home, STEPS[scene], kind, at)
        with swarmsh.open(home) as swarm:
            check_notes(swarm, notes)
            check_goes_on(swarm)
        shutil.rmtree(home)


def test_after_an_error_the_same_process_goes_on(tmp_path: Path) -> None:
    origin = template(tmp_path, "process")
    for at in range(12):
        home = tmp_path / str(at)
        shutil.copytree(origin, home)
        notes = suffer(home, STEPS["append"], "EIO", at)
        assert sum(note.startswith("add") for note in notes) >= 3, notes
