"""Guards and the choice of a transition: the generated tables put to work."""

from __future__ import annotations

from collections.abc import Callable

from swarmsh import effects
from swarmsh.clock import DRIFT
from swarmsh.state import Agent, Item, State
from swarmsh_telemetry.attributes.swarmsh import (
    SwarmshJournalConflictValues as JournalConflict,
)
from swarmsh_telemetry.records import TRANSITIONS, Guard, Transition

BAD_STATE = b"!" + JournalConflict.STATE.encode()
BAD_GUARD = b"!" + JournalConflict.GUARD.encode()
BAD_FIELD = b"!" + JournalConflict.FIELD.encode()
BAD_EVENT = b"!" + JournalConflict.EVENT.encode()

Holds = Callable[[str], bool]


def choose(
    event: bytes, entity: str, current: bytes | None, holds: Callable[[str], bool]
) -> Transition | bytes:
    """The transition that an entity in this state takes; else the reason why there is none.

    A state of None asks for the transition that creates the entity.
    """
    reason = BAD_STATE
    for transition in TRANSITIONS[event]:
        if transition.entity != entity:
            continue
        if current not in transition.sources and (
            current is not None or transition.sources
        ):
            continue
        if not transition.guard or holds(transition.guard):
            return transition
        reason = BAD_GUARD
    return reason


def item_guard(
    state: State, item: Item, agent: Agent | None, attempt: int = 0
) -> Callable[[str], bool]:
    """The guards of work items, for this item, agent and attempt."""
    owner = agent is not None and item.holder is agent
    holder = owner and item.attempt == attempt
    left = item.tries < item.run.limit

    def holds(guard: str) -> bool:
        if guard == Guard.HOLDER:
            return holder
        if guard == Guard.RETRYABLE:
            return holder and left
        if guard == Guard.EXHAUSTED:
            return holder and not left
        if guard == Guard.EXPIRED:
            return left and not effects.is_live(state, item, DRIFT)
        if guard == Guard.EXPIRED_EXHAUSTED:
            return not left and not effects.is_live(state, item, DRIFT)
        if guard == Guard.HELD:
            return owner and left
        return guard == Guard.HELD_EXHAUSTED and owner and not left

    return holds


def agent_guard(agent: Agent | None, actor: bytes) -> Callable[[str], bool]:
    """The guards of agents: only one's own handle counts, and the whole of it."""
    return (
        lambda guard: guard == Guard.SELF
        and agent is not None
        and agent.handle == actor
    )
