"""Request ids: which are remembered, and for how long (PROTOCOL Q1 to Q3)."""

from __future__ import annotations

from swarmsh.state import WINDOW, Agent, Key, Outcome, Request, State


def known(state: State, nonce: bytes) -> Request | None:
    """The last request of a process, as long as it is remembered.

    It is forgotten WINDOW records after it was made, unless an active agent made it last.
    """
    request = state.requests.get(nonce)
    if request is None or remembered(state, request):
        return request
    return None


def remembered(state: State, request: Request) -> bool:
    return request.pins > 0 or state.records - request.ordinal <= WINDOW


def remember(state: State, nonce: bytes, number: int, outcome: Outcome) -> Request:
    """Keep the outcome of the present record."""
    request = known(state, nonce)
    if request is None:
        request = state.requests[nonce] = Request(number, state.records, outcome)
    else:
        request.number = number
        request.ordinal = state.records
        request.outcome = outcome
    return request


def pin(agent: Agent, request: Request | None) -> None:
    """Make this the last request of the agent; None when the agent is not active any more."""
    if agent.last is not request:
        if agent.last is not None:
            agent.last.pins -= 1
        if request is not None:
            request.pins += 1
        agent.last = request


def known_key(state: State, key: bytes) -> Key | None:
    """What a user's key stands for, as long as it is taken."""
    found = state.keys.get(key)
    if found is None or not found.ended or state.records - found.ended <= WINDOW:
        return found
    return None


def forget(state: State) -> None:
    """Drop what nothing can ask for any more. Only memory: `known` never gives it anyway."""
    state.requests = {
        nonce: request
        for nonce, request in state.requests.items()
        if remembered(state, request)
    }
    state.keys = {
        key: found for key in state.keys if (found := known_key(state, key)) is not None
    }
