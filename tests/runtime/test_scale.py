"""Many agents and many items: nothing grows that should not."""

from __future__ import annotations

from pathlib import Path

import pytest

import swarmsh


def test_500_agents_are_each_given_their_own_item(tmp_path: Path) -> None:
    with swarmsh.init(tmp_path / "swarm") as swarm:
        for index in range(500):
            swarm.add(f"item {index}")
        agents = [swarm.agent(f"agent{index}") for index in range(500)]
        given = [agent.claim() for agent in agents]
        assert sorted(item.number for item in given if item) == list(range(1, 501))
        assert agents[0].claim() is None
        with swarmsh.open(swarm.path) as cold:
            assert len(cold.journal.state.agents) == 500
            assert cold.dump() == swarm.dump()


@pytest.mark.slow
def test_a_million_items_wait_and_are_given_oldest_first(tmp_path: Path) -> None:
    with swarmsh.init(tmp_path / "swarm") as swarm:
        for _ in range(1_000_000):
            swarm.add("x")
        swarm.journal.save()
        state = swarm.journal.state
        assert len(state.items) == 0, "an untouched item is a number and a place"
        with swarmsh.open(swarm.path) as cold, cold.agent(capacity=1000) as agent:
            numbers = [item.number for item in agent.claim_many(1000)]
        assert numbers == list(range(1, len(numbers) + 1)) and numbers
