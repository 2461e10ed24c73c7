"""Each rule of replay: what a record does, and what it must not do. Both paths are tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from histories import SECOND, START, frame
from journals import LEASE, Writer

from swarmsh import dump
from swarmsh_telemetry.records import RULES_DIGEST

HOLDER_EVENTS = [
    b"work.complete",
    b"work.complete_next",
    b"work.fail",
    b"work.release",
    b"work.renew",
    b"work.progress",
]


@pytest.fixture(params=["fast", "plain"])
def journal(request: pytest.FixtureRequest) -> Iterator[Writer]:
    writer = Writer()
    writer.plain = request.param == "plain"
    yield writer


def test_items_get_dense_numbers_from_one(journal: Writer) -> None:
    assert [journal.add() for _ in range(3)] == [1, 2, 3]


def test_a_rejected_item_uses_up_no_number(journal: Writer) -> None:
    assert journal.add(after=b"9") == b"!state"
    assert journal.add(requires=b"b,a") == b"!field"
    assert journal.add() == 1


def test_agents_get_dense_slots_and_the_whole_handle_counts(journal: Writer) -> None:
    journal.add()
    agent = journal.agent()
    assert agent == b"a@1.x"
    for wrong in (b"a@1.y", b"b@1.x", b"a@2.x", b"-", b"a@1.x "):
        assert journal.claim(wrong) == ()
    assert journal.claim(agent) == ((1, 1),)


def test_a_claim_gets_the_highest_priority_then_the_oldest(journal: Writer) -> None:
    for priority in (0, 5, 0, 5, 1):
        journal.add(priority=priority)
    agent = journal.agent()
    given = [journal.claim(agent) for _ in range(5)]
    assert given == [((2, 1),), ((4, 1),), ((5, 1),), ((1, 1),), ((3, 1),)]


def test_an_agent_is_given_only_what_its_skills_cover(journal: Writer) -> None:
    journal.add(requires=b"gpu,linux", priority=9)
    journal.add(requires=b"linux")
    linux, both = journal.agent(b"linux"), journal.agent(b"gpu,linux")
    assert journal.claim(linux) == ((2, 1),)
    assert journal.claim(linux) == ()
    assert journal.claim(both) == ((1, 1),)


def test_an_agent_is_given_no_more_than_its_capacity(journal: Writer) -> None:
    for _ in range(4):
        journal.add()
    agent = journal.agent(capacity=b"2")
    assert journal.claim(agent, b"9") == ((1, 1), (2, 1))
    assert journal.claim(agent) == ()
    assert journal.finish(b"work.complete", 1, agent, 1) is True
    assert journal.claim(agent) == ((3, 1),)


def test_complete_and_claim_checks_the_capacity_again(journal: Writer) -> None:
    for _ in range(4):
        journal.add()
    agent = journal.agent(capacity=b"2")
    journal.claim(agent, b"2")
    lowered = (b"a", b"x", b"-", b"1", b"-", b"-", b"-", b"-")
    assert journal.write(b"agent.register", agent, agent, *lowered) is True
    assert journal.finish(b"work.complete_next", 1, agent, 1) == ()
    assert journal.finish(b"work.complete_next", 2, agent, 1) == ((3, 1),)


def test_an_item_waits_until_all_it_comes_after_is_done(journal: Writer) -> None:
    agent = journal.agent()
    journal.add(), journal.add(), journal.add(after=b"1,2", priority=9)
    journal.claim(agent, b"2")
    journal.finish(b"work.complete", 1, agent, 1)
    assert journal.claim(agent) == ()
    journal.finish(b"work.complete", 2, agent, 1)
    assert journal.claim(agent) == ((3, 1),)
    assert journal.add(after=b"1") == 4
    assert journal.claim(agent) == ((4, 1),)


def test_an_item_is_held_back_until_its_time_in_log_time(journal: Writer) -> None:
    agent = journal.agent()
    journal.add(not_before=b"%d" % (journal.time + 10 * SECOND))
    assert journal.claim(agent) == ()
    assert journal.claim(agent, later=9) == ()
    assert journal.claim(agent, later=1) == ((1, 1),)


@pytest.mark.parametrize("event", HOLDER_EVENTS)
def test_only_the_holder_with_the_present_attempt_may(
    event: bytes, journal: Writer
) -> None:
    journal.add()
    holder, other = journal.agent(), journal.agent()
    journal.claim(holder)
    journal.finish(b"work.release", 1, holder, 1)
    journal.claim(holder)
    assert journal.finish(event, 1, other, 2) == b"!guard"
    assert journal.finish(event, 1, holder, 1) == b"!guard"
    assert journal.finish(event, 7, holder, 1) == b"!state"
    assert journal.finish(event, 1, holder, 2) in (True, ())


@pytest.mark.parametrize("event", HOLDER_EVENTS)
def test_the_last_holder_of_an_expired_lease_may_until_the_next_claim(
    event: bytes, journal: Writer
) -> None:
    journal.add()
    holder, other = journal.agent(), journal.agent(b"-", b"1")
    journal.claim(holder)
    journal.add(priority=9)
    assert journal.claim(other, later=31) == ((2, 1),)
    assert journal.item(1).state == b"pending"
    assert journal.item(1).attempt == 1
    assert journal.finish(event, 1, holder, 1) in (True, ())


@pytest.mark.parametrize("event", HOLDER_EVENTS)
def test_after_the_next_claim_the_last_holder_is_fenced_off(
    event: bytes, journal: Writer
) -> None:
    journal.add()
    late, other = journal.agent(), journal.agent()
    journal.claim(late)
    assert journal.claim(other, later=31) == ((1, 2),)
    assert journal.finish(event, 1, late, 1) == b"!guard"
    assert journal.finish(event, 1, other, 2) in (True, ())


def test_a_lease_ends_only_at_a_claim_and_only_when_its_time_is_over(
    journal: Writer,
) -> None:
    journal.add()
    holder, other = journal.agent(), journal.agent()
    journal.claim(holder)
    journal.write(b"journal.tick", later=40)
    assert journal.item(1).state == b"claimed"
    assert journal.finish(b"work.renew", 1, holder, 1) is True
    assert journal.claim(other, later=29.9) == ()
    assert journal.claim(other, later=0.2) == ((1, 2),)


def test_a_lease_ends_exactly_at_its_end(journal: Writer) -> None:
    journal.add()
    holder, other = journal.agent(), journal.agent()
    journal.claim(holder)
    granted = journal.time
    end = granted + int(LEASE)
    assert journal.write(b"work.claim", b"-", other, LEASE, b"1", stamp=end - 1) == ()
    assert journal.write(b"work.claim", b"-", other, LEASE, b"1", stamp=end) == (
        (1, 2),
    )


def test_an_item_fails_after_its_last_attempt_and_can_be_requeued(
    journal: Writer,
) -> None:
    journal.add(attempts=b"1")
    agent = journal.agent()
    journal.claim(agent)
    journal.finish(b"work.fail", 1, agent, 1)
    assert journal.item(1).state == b"failed"
    assert journal.write(b"work.requeue", b"1", b"-", b"-") is True
    assert journal.claim(agent) == ((1, 2),)
    assert journal.claim(agent, later=31) == ()
    assert journal.item(1).state == b"failed"
    assert journal.finish(b"work.complete", 1, agent, 2) == b"!state"


def test_a_released_attempt_does_not_count(journal: Writer) -> None:
    journal.add(attempts=b"1")
    agent = journal.agent()
    for attempt in (1, 2, 3):
        assert journal.claim(agent) == ((1, attempt),)
        assert journal.finish(b"work.release", 1, agent, attempt) is True


@pytest.mark.parametrize("attempt, rest", [(1, 1), (2, 2), (3, 4), (13, 3600)])
def test_a_failed_attempt_rests_twice_as_long_each_time(
    attempt: int, rest: int, journal: Writer
) -> None:
    journal.add(attempts=b"99")
    agent = journal.agent()
    for number in range(1, attempt + 1):
        while journal.claim(agent, later=50) != ((1, number),):
            pass
        journal.finish(b"work.fail", 1, agent, number)
    assert journal.item(1).not_before == journal.time + rest * SECOND


def test_leaving_gives_up_the_right_and_being_lost_does_not(journal: Writer) -> None:
    for event, fields, late in (
        (b"agent.leave", (), b"!guard"),
        (b"agent.lost", (b"declared",), True),
    ):
        number = journal.add()
        agent = journal.agent()
        assert journal.claim(agent) == ((number, 1),)
        assert journal.write(event, agent, agent, *fields) is True
        assert journal.item(number).state == b"pending"
        assert journal.claim(agent) == ()
        assert journal.finish(b"work.complete", number, agent, 1) == late
        other = journal.agent()
        if late is not True:
            assert journal.claim(other) == ((number, 2),)


def test_only_an_agent_itself_may_leave_but_anybody_may_declare_it_lost(
    journal: Writer,
) -> None:
    agent, other = journal.agent(), journal.agent()
    assert journal.write(b"agent.leave", agent, other) == b"!guard"
    assert journal.write(b"agent.heartbeat", agent, other) == b"!guard"
    assert journal.write(b"agent.lost", agent, b"-", b"declared") is True
    assert journal.write(b"agent.lost", agent, b"-", b"declared") == b"!state"


def test_a_request_seen_before_has_no_effect_and_its_outcome_stays(
    journal: Writer,
) -> None:
    assert journal.add() == 1
    assert journal.write(b"work.add", *ADD, number=1) == 1
    assert journal.state.next_item == 2
    assert journal.state.conflicts == 1


ADD = (b"-", b"-", b"t", b"-", b"-", b"0", b"-", b"-", b"-", b"-", b"3")


def test_a_request_is_forgotten_after_4096_records_by_count(journal: Writer) -> None:
    journal.write(b"work.add", *ADD, nonce=b"old", number=1)
    for _ in range(4095):
        journal.write(b"journal.tick", later=0)
    journal.write(b"work.add", *ADD, nonce=b"old", number=1)
    assert journal.state.next_item == 2
    journal.write(b"work.add", *ADD, nonce=b"old", number=1)
    assert journal.state.next_item == 3


def test_the_last_request_of_an_active_agent_is_never_forgotten(
    journal: Writer,
) -> None:
    agent = journal.agent(nonce=b"mine")
    for _ in range(5000):
        journal.write(b"journal.tick", later=0)
    journal.write(b"agent.heartbeat", agent, agent, nonce=b"mine", number=1)
    assert journal.state.conflicts == 1
    journal.write(b"agent.leave", agent, agent, nonce=b"mine", number=2)
    assert journal.state.agents == {}


def test_a_key_stands_for_its_item_and_is_free_4096_records_after_its_end(
    journal: Writer,
) -> None:
    assert journal.add(key=b"k") == 1
    assert journal.add(key=b"k") == 1
    journal.write(b"work.cancel", b"1", b"-", b"-")
    for _ in range(4094):
        journal.write(b"journal.tick", later=0)
    assert journal.add(key=b"k") == 1
    journal.write(b"journal.tick", later=0)
    assert journal.add(key=b"k") == 2


def test_one_wrong_clock_does_not_move_log_time(journal: Writer) -> None:
    journal.write(b"journal.tick")
    before = journal.state.now
    journal.write(b"journal.tick", stamp=START + 86400 * SECOND)
    assert journal.state.now == before
    journal.write(b"journal.tick")
    assert journal.state.suspect is None
    assert START <= journal.state.now < START + SECOND


def test_log_time_follows_two_processes_that_agree(journal: Writer) -> None:
    journal.write(b"journal.tick")
    day = START + 86400 * SECOND
    journal.write(b"journal.tick", stamp=day, nonce=b"one")
    journal.write(b"journal.tick", stamp=day + 5, nonce=b"two")
    assert journal.state.now == day + 5


def test_log_time_follows_one_process_only_after_five_in_a_row(journal: Writer) -> None:
    journal.write(b"journal.tick")
    day = START + 86400 * SECOND
    for extra in range(4):
        journal.write(b"journal.tick", stamp=day + extra)
        assert journal.state.now < day
    journal.write(b"journal.tick", stamp=day + 4)
    assert journal.state.now == day + 4


def test_a_step_of_the_clock_backwards_ends_leases_once(journal: Writer) -> None:
    journal.add()
    agent, other = journal.agent(), journal.agent()
    journal.claim(agent)
    for nonce in (b"one", b"two"):
        journal.write(b"journal.tick", stamp=START - 86400 * SECOND, nonce=nonce)
    stamp = START - 86400 * SECOND + 1
    assert journal.write(b"work.claim", b"-", other, LEASE, b"1", stamp=stamp) == (
        (1, 2),
    )


def test_a_stamp_60_seconds_off_counts_and_one_nanosecond_more_does_not(
    journal: Writer,
) -> None:
    journal.write(b"journal.tick", stamp=START)
    journal.write(b"journal.tick", stamp=START + 60 * SECOND)
    assert journal.state.now == START + 60 * SECOND
    journal.write(b"journal.tick", stamp=START + 120 * SECOND + 1)
    assert journal.state.now == START + 60 * SECOND


def test_complete_many_is_all_or_nothing(journal: Writer) -> None:
    journal.add(), journal.add()
    agent = journal.agent()
    journal.claim(agent, b"2")
    many = (b"work.complete_many", b"-", agent)
    assert journal.write(*many, b"1,2", b"1,2", b"-", b"-") == b"!guard"
    assert journal.item(1).state == b"claimed"
    assert journal.write(*many, b"1,2", b"1", b"-", b"-") == b"!field"
    assert journal.write(*many, b"2,1", b"1,1", b"-", b"-") == b"!field"
    assert journal.write(*many, b"1,2", b"1,1", b"-", b"-") is True


def test_a_refused_completion_claims_nothing(journal: Writer) -> None:
    journal.add(), journal.add()
    agent = journal.agent()
    journal.claim(agent)
    assert journal.finish(b"work.complete_next", 1, agent, 9) == b"!guard"
    assert 2 not in journal.state.items


def test_a_cancelled_item_is_nobodys(journal: Writer) -> None:
    journal.add(), journal.add()
    agent = journal.agent()
    journal.claim(agent)
    assert journal.write(b"work.cancel", b"1", b"-", b"-") is True
    assert journal.write(b"work.cancel", b"2", b"-", b"-") is True
    assert journal.finish(b"work.complete", 1, agent, 1) == b"!state"
    assert journal.claim(agent) == ()


def test_rules_govern_only_when_they_are_the_next_ones(journal: Writer) -> None:
    digest = RULES_DIGEST.encode()
    assert journal.write(b"journal.rules", b"-", b"-", b"2", digest) == b"!state"
    assert journal.write(b"journal.rules", b"-", b"-", b"1", digest) is True
    assert journal.write(b"journal.rules", b"-", b"-", b"1", b"0" * 64) == b"!state"
    assert journal.state.rules_digest == digest


def test_an_unknown_event_is_void_and_counted(journal: Writer) -> None:
    assert journal.write(b"work.dance", b"1", b"-", b"x") == b"!event"
    assert (journal.state.records, journal.state.conflicts) == (1, 1)


@pytest.mark.parametrize(
    "fields",
    [
        (b"30000000000",),
        (b"30000000000", b"1", b"1"),
        (b"030", b"1"),
        (b"-1", b"1"),
        (b"1 ", b"1"),
        (b"1_0", b"1"),
        (b"+1", b"1"),
        (b"0", b"1"),
        (b"x[$(touch pwned)]", b"1"),
        (b"99999999999999999999", b"1"),
        (b"30000000000", b""),
        (b"30000000000", b"0"),
        (b"30000000000", b"1001"),
    ],
)
def test_a_field_of_the_wrong_number_type_or_range_voids_the_record(
    fields: tuple[bytes, ...], journal: Writer
) -> None:
    journal.add()
    agent = journal.agent()
    journal.write(b"work.claim", b"-", agent, *fields)
    assert journal.state.claimed == {}
    assert journal.state.conflicts == 1


@pytest.mark.parametrize(
    "envelope",
    [
        (b"1763880000", b"journal.tick", b"-", b"-", b"me.1", b"-"),
        (b"9763880000000000000", b"journal.tick", b"-", b"-", b"me.1", b"-"),
        (b"176388000000000000x", b"journal.tick", b"-", b"-", b"me.1", b"-"),
        (b"%d" % START, b"journal.tick", b"-", b"-", b"me.01", b"-"),
        (b"%d" % START, b"journal.tick", b"-", b"-", b"me.0", b"-"),
        (b"%d" % START, b"journal.tick", b"-", b"-", b"me", b"-"),
        (b"%d" % START, b"journal.tick", b"-", b"-", b"m.e.1", b"-"),
        (b"%d" % START, b"journal.tick", b"-", b"-", b"me.1", b"--"),
        (b"%d" % START, b"journal.tick", b"-", b"-", b"me.1"),
        (b"%d" % START, b"journal.tick", b"", b"-", b"me.1", b"-"),
    ],
)
def test_a_record_with_a_wrong_envelope_has_a_place_but_no_effect(
    envelope: tuple[bytes, ...], journal: Writer
) -> None:
    journal.append(frame(*envelope))
    assert (journal.state.records, journal.state.conflicts) == (1, 1)
    assert journal.state.time == b""
    assert journal.state.requests == {}


def test_a_conflict_changes_nothing_but_counts_time_and_request(
    journal: Writer,
) -> None:
    journal.add()
    agent = journal.agent()
    before = dump.dump(journal.state).decode().split("\n")
    journal.finish(b"work.complete", 1, agent, 1)
    after = dump.dump(journal.state).decode().split("\n")
    changed = {
        old.split("\t")[0]
        for old, new in zip(before, after, strict=False)
        if old != new
    }
    assert changed == {"position", "time", "counts", "agent", "request"}
