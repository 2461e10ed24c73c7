"""Looking before appending (PROTOCOL A1): whether a claim would be given anything."""

from __future__ import annotations

from swarmsh import choice
from swarmsh.clock import DRIFT, predicted
from swarmsh.state import Agent, State


def offers(state: State, agent: Agent, clock: int) -> bool:
    """Whether a claim by this agent, stamped with this clock, would be given an item.

    Only a look: the record decides. Nothing is changed.
    """
    now = predicted(state, clock)
    if now < state.alarm:
        return (
            agent.claimed < agent.capacity
            and choice.best(state, agent.skills) is not None
        )
    ended = [
        item
        for item in state.claimed.values()
        if not item.granted - DRIFT <= now < item.until
    ]
    free = agent.capacity - agent.claimed + sum(item.holder is agent for item in ended)
    if free <= 0:
        return False
    if choice.best(state, agent.skills) is not None:
        return True
    returning = [item for item in ended if item.tries < item.run.limit]
    returning += [
        item
        for item in state.delayed.values()
        if item.not_before <= now and not item.after
    ]
    skills = set(agent.skills)
    return any(skills.issuperset(item.run.requires) for item in returning)
