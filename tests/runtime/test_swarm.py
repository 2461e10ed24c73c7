"""The library: what a Python program does with a swarm, and what it is told when it may not."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import swarmsh
from swarmsh import layout, liveness, maintenance, snapshots


@pytest.fixture
def swarm(tmp_path: Path) -> Iterator[swarmsh.Swarm]:
    with swarmsh.init(tmp_path / "swarm") as made:
        yield made


def test_an_item_goes_from_add_to_done(swarm: swarmsh.Swarm) -> None:
    number = swarm.add("compile", payload=b"main.c", priority=5, requires=["gpu"])
    with swarm.agent("builder", skills=["gpu"], capacity=2) as agent:
        item = agent.claim(lease=30.0)
        assert item is not None
        assert (item.number, item.attempt, item.title) == (number, 1, "compile")
        assert item.payload == b"main.c"
        item.renew()
        item.progress(0.5, "half")
        item.complete(b"fine")
        assert agent.claim() is None


def test_complete_and_claim_gives_the_next_item(swarm: swarmsh.Swarm) -> None:
    first, second = swarm.add("one"), swarm.add("two")
    with swarm.agent() as agent:
        item = agent.claim()
        assert item is not None and item.number == first
        following = item.complete_and_claim(b"done")
        assert following is not None and following.number == second
        assert following.complete_and_claim() is None


def test_several_items_are_claimed_and_completed_in_one_record_each(
    swarm: swarmsh.Swarm,
) -> None:
    for index in range(10):
        swarm.add(f"item {index}")
    with swarm.agent(capacity=8) as agent:
        items = agent.claim_many(20)
        assert [item.number for item in items] == list(range(1, 9))
        agent.complete_many(items)
        with pytest.raises(swarmsh.Refused, match="item 1 is done"):
            agent.complete_many(items[:1])


def test_a_refusal_says_who_holds_the_item_now(swarm: swarmsh.Swarm) -> None:
    swarm.add("x")
    with swarm.agent("first") as first, swarm.agent("second") as second:
        late = first.claim(lease=0.001)
        assert late is not None
        item = second.claim(wait=5)
        assert item is not None and item.attempt == 2
        with pytest.raises(
            swarmsh.Refused, match="attempt 2 belongs to second@2"
        ) as refused:
            late.complete()
        assert refused.value.exit_code == 4


def test_a_failed_item_rests_and_comes_back(swarm: swarmsh.Swarm) -> None:
    swarm.add("x")
    with swarm.agent() as agent:
        item = agent.claim()
        assert item is not None
        item.fail("no compiler", retry_in=0.05)
        again = agent.claim(wait=10)
        assert again is not None and again.attempt == 2


def test_payloads_of_any_bytes_come_back_as_they_were(swarm: swarmsh.Swarm) -> None:
    payloads = [
        b"",
        b"-",
        b"$(touch pwned) `id`",
        b"tab\tnewline\nreturn\rback\\slash",
        "grüße \u202e🎉".encode(),
        b"\0\xff\xfe",
        b"\x1b[31m",
        b"x" * 3001,
        b"\n" * 2000,
        os.urandom(1 << 20),
    ]
    for payload in payloads:
        swarm.add("x", payload)
    with swarm.agent(capacity=99) as agent:
        assert [item.payload for item in agent.claim_many(99)] == payloads


def test_a_payload_that_was_changed_on_disk_is_damage(swarm: swarmsh.Swarm) -> None:
    swarm.add("x", b"\0" * 5000)
    blob = next((swarm.path / "blobs").iterdir())
    blob.write_bytes(b"\1" * 5000)
    with swarm.agent() as agent:
        item = agent.claim()
        assert item is not None
        with pytest.raises(swarmsh.Damaged, match="does not match its digest"):
            _ = item.payload


@pytest.mark.parametrize(
    "title, problem",
    [
        ("", "empty"),
        ("x" * 1_000_000, "at most 1,000 fit"),
        ("nul \0", "control character"),
        ("bell \a", "control character"),
        ("\ud800", "not valid Unicode"),
    ],
)
def test_a_title_that_no_record_can_carry_is_refused(
    title: str, problem: str, swarm: swarmsh.Swarm
) -> None:
    before = swarm.dump()
    with pytest.raises(swarmsh.UsageError, match=problem):
        swarm.add(title)
    assert swarm.dump() == before


def test_other_values_out_of_range_are_refused(swarm: swarmsh.Swarm) -> None:
    wrong: list[dict[str, object]] = [
        {"priority": -1},
        {"priority": 10**12},
        {"max_attempts": 0},
        {"key": "a b"},
        {"key": ""},
        {"requires": ["gpu,linux"]},
        {"requires": "gpu"},
        {"not_before": 5},
        {"after": [0]},
    ]
    for values in wrong:
        with pytest.raises(swarmsh.UsageError):
            swarm.add("x", **values)  # type: ignore[arg-type]
    with pytest.raises(swarmsh.Refused, match="does not exist"):
        swarm.add("x", after=[7])


def test_an_agent_leaves_with_its_block_and_not_before(swarm: swarmsh.Swarm) -> None:
    swarm.add("x")
    with swarm.agent() as agent:
        assert agent.claim() is not None
        assert b"\tclaimed\t" in swarm.dump()
    assert b"\tclaimed\t" not in swarm.dump()
    with pytest.raises(swarmsh.Refused, match="left or was declared lost"):
        agent.claim()


def test_a_waiting_claim_is_woken_by_an_add_of_another_thread(
    swarm: swarmsh.Swarm,
) -> None:
    with swarmsh.open(swarm.path) as other, swarm.agent() as agent:
        found: list[swarmsh.Item | None] = []
        waiter = threading.Thread(target=lambda: found.append(agent.claim(wait=30)))
        waiter.start()
        other.add("x")
        waiter.join(30)
        assert found[0] is not None


def test_threads_share_an_agent_without_getting_an_item_twice(
    swarm: swarmsh.Swarm,
) -> None:
    for index in range(200):
        swarm.add(f"item {index}")
    numbers: list[int] = []
    with swarm.agent(capacity=1000) as agent:

        def work() -> None:
            while item := agent.claim():
                numbers.append(item.number)
                item.complete()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(numbers) == list(range(1, 201))


def test_a_forked_child_has_an_identity_of_its_own(swarm: swarmsh.Swarm) -> None:
    swarm.add("parent")
    nonce = swarm.journal.nonce
    child = os.fork()
    if not child:
        swarm.add("child")
        os._exit(0 if swarm.journal.nonce != nonce else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert swarm.add("parent again") == 3


def test_the_items_of_a_dead_process_come_back(swarm: swarmsh.Swarm) -> None:
    swarm.add("x")
    child = os.fork()
    if not child:
        swarm.agent("doomed").claim(lease=3600)
        os._exit(0)
    os.waitpid(child, 0)
    with swarm.agent("heir") as agent:
        item = agent.claim(wait=30)
        assert item is not None and item.attempt == 2


def test_a_zombie_is_dead_and_a_process_of_another_container_is_not_judged() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    while (found := liveness.process(child)) is None or found[0] != b"Z":
        time.sleep(0)
    session = liveness.session(child)
    assert session is not None
    written = tuple(
        part if isinstance(part, bytes) else b"%d" % part for part in session
    )
    assert liveness.death(written) == b"process_defunct"
    os.waitpid(child, 0)
    assert liveness.death(written) == b"process_gone"
    assert liveness.death((*written[:3], b"1")) is None
    assert liveness.death((*written[:2], b"other", written[3])) == b"rebooted"
    mine = liveness.session()
    assert mine is not None
    assert liveness.death(
        (b"%d" % mine[0], b"%d" % (mine[1] + 1), mine[2], written[3])
    ) == (b"process_replaced")


def small(path: Path, records: int = 16) -> swarmsh.Swarm:
    """A swarm with few records per segment."""
    return swarmsh.Swarm(swarmsh.layout.create(path, records=records))


def test_work_goes_on_over_many_segments_and_after_retirement(tmp_path: Path) -> None:
    with small(tmp_path / "swarm") as swarm:
        for index in range(100):
            swarm.add(f"item {index}", f"payload {index}")
        assert maintenance.retire(swarm)["retired"] >= 6
        segments = sorted((swarm.path / "journal").glob("*.tsv"))
        assert sum(snapshots.is_gone(path) for path in segments) >= 6
        assert len(segments) >= 7
        with swarmsh.open(swarm.path) as cold, cold.agent(capacity=100) as agent:
            items = agent.claim_many(100)
            assert [item.payload for item in items] == [
                b"payload %d" % i for i in range(100)
            ]
        swarm.sync()
        assert swarm.dump() == swarmsh.open(swarm.path).dump()


def test_a_reader_that_fell_behind_starts_cold_behind_tombstones(
    tmp_path: Path,
) -> None:
    with small(tmp_path / "swarm") as swarm, swarmsh.open(swarm.path) as late:
        for index in range(100):
            swarm.add(f"item {index}")
        maintenance.retire(swarm)
        assert late.add("late") == 101
        assert late.dump() == swarm.dump()


def outrun(late: swarmsh.Swarm, adds: int) -> None:
    """Let others add so much, and retire it, between a look of `late` and its next write."""
    inner = late.journal.write

    def write(record: bytes) -> OSError | None:
        late.journal.write = inner  # type: ignore[method-assign]
        with swarmsh.open(late.path) as other:
            for _ in range(adds):
                other.add("x")
            maintenance.retire(other)
        return inner(record)

    late.journal.write = write  # type: ignore[method-assign, assignment]


def test_who_starts_cold_beyond_the_window_reports_unknown_and_does_not_retry(
    tmp_path: Path,
) -> None:
    where = layout.create(tmp_path / "swarm", records=1100)
    with swarmsh.Swarm(where) as late:
        outrun(late, 4500)
        with pytest.raises(swarmsh.OutcomeUnknown, match="too far behind"):
            late.add("late")
        assert late.journal.state.next_item == 4501
        assert late.add("again") == 4501


def test_who_starts_cold_within_the_window_appends_again(tmp_path: Path) -> None:
    where = layout.create(tmp_path / "swarm", records=1100)
    with swarmsh.Swarm(where) as late:
        outrun(late, 2500)
        assert late.add("late") == 2501


def test_a_snapshot_that_lies_is_ignored(tmp_path: Path) -> None:
    with small(tmp_path / "swarm") as swarm:
        for index in range(40):
            swarm.add(f"item {index}")
        swarm.journal.save()
        swarm.add("more")
        swarm.journal.save()
        expected = swarm.dump()
        newest = swarm.path / "snapshot" / snapshots.names(swarm.path)[0]
        text = bytearray(newest.read_bytes())
        text[len(text) // 2] ^= 1
        newest.write_bytes(text)
        assert swarmsh.open(swarm.path).dump() == expected


def test_names_of_segments_never_vanish(tmp_path: Path) -> None:
    with small(tmp_path / "swarm") as swarm:
        for index in range(100):
            swarm.add(f"item {index}")
            if index % 20 == 0:
                maintenance.retire(swarm)
        names = sorted(path.name for path in (swarm.path / "journal").glob("*.tsv"))
        assert names == [f"{number:08d}.tsv" for number in range(1, len(names) + 1)]


def test_power_durability_works_as_the_default_does(tmp_path: Path) -> None:
    with swarmsh.init(tmp_path / "swarm", durability="power") as swarm:
        swarm.add("x")
        with swarmsh.open(swarm.path) as other, other.agent() as agent:
            item = agent.claim()
            assert item is not None
            item.complete()


def test_eight_processes_that_make_one_swarm_get_one_swarm(tmp_path: Path) -> None:
    children = []
    for _ in range(8):
        child = os.fork()
        if not child:
            try:
                swarmsh.init(tmp_path / "swarm").add("x")
            except BaseException:
                os._exit(1)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    assert swarmsh.open(tmp_path / "swarm").add("last") == 9
    assert [path.name for path in tmp_path.iterdir()] == ["swarm"]


def test_after_a_long_silence_a_lease_still_lasts_as_long_as_it_says(
    swarm: swarmsh.Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm.add("x")
    agent, other = swarm.agent("a"), swarm.agent("b")
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 600 * 10**9)
    item = agent.claim(lease=30)
    assert item is not None
    held = swarm.journal.state.items[item.number]
    assert held.until - time.time_ns() > 20 * 10**9
    with swarmsh.open(swarm.path) as cold:
        assert cold.attach(other.handle).claim() is None
    item.complete()


def test_an_idle_poller_writes_nothing_however_long_nothing_happens(
    swarm: swarmsh.Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = swarm.agent()
    before = swarm.dump()
    assert agent.claim() is None
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 600 * 10**9)
    assert agent.claim() is None
    assert swarm.dump() == before


def test_after_a_long_silence_leases_that_are_over_end(
    swarm: swarmsh.Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm.add("x")
    first, second = swarm.agent(), swarm.agent()
    assert first.claim(lease=30) is not None
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 600 * 10**9)
    item = second.claim()
    assert item is not None and item.attempt == 2
