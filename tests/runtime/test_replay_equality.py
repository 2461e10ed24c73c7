"""One journal has one state: by fast path or plain rules, in any pieces, through any snapshot."""

from __future__ import annotations

import random

import pytest
from histories import History
from journals import Writer

from swarmsh import dump, fast, load, replay
from swarmsh.clock import close_window
from swarmsh.state import State

LIMIT = 64
"""Records per segment, small so that the histories cross many boundaries."""


def folded(
    journal: bytes, pieces: random.Random | None = None, **options: bool
) -> State:
    """The state of a journal, its segments cut from one stream, read in random pieces."""
    state = State()
    held = b""
    position = 0
    while True:
        size = pieces.randint(1, 400) if pieces else 1 << 16
        read = journal[position : position + size]
        position += len(read)
        held += read
        while used := replay.fold(state, held, LIMIT, **options):
            held = held[used:]
        if not read:
            return state


def plainly(journal: bytes) -> State:
    """The state by the rule text alone: no cached time window, no alarm, no fast path."""
    state = State()
    end = journal.rfind(b"\n")
    for line in journal[:end].split(b"\n") if end >= 0 else []:
        close_window(state)
        state.alarm = 0
        segment = state.segment
        replay.fold_line(state, line, LIMIT)
        if state.segment == segment:
            state.offset += len(line) + 1
    return state


@pytest.mark.parametrize("seed", range(150))
def test_fast_path_plain_rules_and_any_pieces_give_one_state(seed: int) -> None:
    journal = History(seed).journal(150)
    expected = dump.dump(plainly(journal)).decode("latin-1").split("\n")
    assert dump.dump(folded(journal)).decode("latin-1").split("\n") == expected
    assert (
        dump.dump(folded(journal, plain=True)).decode("latin-1").split("\n") == expected
    )
    pieces = folded(journal, random.Random(seed))
    assert dump.dump(pieces).decode("latin-1").split("\n") == expected


@pytest.mark.parametrize("seed", range(100))
def test_a_snapshot_taken_anywhere_resumes_to_the_same_state(seed: int) -> None:
    history = History(1000 + seed)
    first, second = history.journal(100), b"\n" + history.journal(100)
    state = folded(first + b"\n")
    text = dump.dump(state)
    resumed = load.load(text)
    assert dump.dump(resumed) == text
    for one in (state, resumed):
        held = second
        while used := replay.fold(one, held, LIMIT):
            held = held[used:]
    assert dump.dump(resumed) == dump.dump(state)


@pytest.mark.parametrize("seed", range(5))
def test_every_prefix_of_a_journal_folds_without_an_error(seed: int) -> None:
    journal = History(2000 + seed).journal(12)
    for end in range(len(journal)):
        prefix = journal[:end]
        assert dump.dump(folded(prefix)) == dump.dump(plainly(prefix))


def test_the_records_that_come_most_take_the_fast_path() -> None:
    journal = Writer()
    agent = journal.agent()
    journal.add()
    resumed = load.load(dump.dump(journal.state))
    for state in (journal.state, resumed):
        slow: list[bytes] = []

        def plain(
            state: State, line: bytes, limit: int, seen: list[bytes] = slow
        ) -> bool:
            seen.append(line)
            return replay.fold_line(state, line, limit)

        journal.state, journal.bytes = state, b""
        for _ in range(50):
            number = journal.add()
            journal.claim(agent)
            assert isinstance(number, int)
            journal.finish(b"work.complete", number - 1, agent, 1)
        again = load.load(dump.dump(state))
        assert dump.dump(again) == dump.dump(state)
        fresh = load.load(dump.dump(journal_at_start(agent)))
        fast.fold(fresh, journal.bytes.split(b"\n")[:-1], 1 << 40, plain)
        assert len(slow) <= 1, slow


def test_the_other_records_of_a_holder_take_the_fast_path_too() -> None:
    journal = Writer()
    agent = journal.agent()
    journal.add()
    start, journal.bytes = load.load(dump.dump(journal.state)), b""
    for _ in range(9):
        journal.add()
    journal.claim(agent, b"5")
    journal.finish(b"work.renew", 1, agent, 1)
    journal.write(b"work.fail", b"2", agent, b"1", b"why", b"0")
    journal.finish(b"work.complete_next", 3, agent, 1)
    assert journal.item(2).attempt == 2
    journal.write(b"work.complete_many", b"-", agent, b"4,5", b"1,1", b"-", b"-")
    slow: list[bytes] = []

    def plain(state: State, line: bytes, limit: int) -> bool:
        slow.append(line)
        return replay.fold_line(state, line, limit)

    fast.fold(start, journal.bytes.split(b"\n")[:-1], 1 << 40, plain)
    assert slow == []
    start.offset = journal.state.offset
    assert dump.dump(start) == dump.dump(journal.state)


def journal_at_start(agent: bytes) -> State:
    """The state in which the records of the test above begin."""
    start = Writer()
    assert start.agent() == agent
    start.add()
    return start.state
