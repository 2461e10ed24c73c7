"""Which item a claim gets: the highest priority, then the oldest, of those the agent can do."""

from __future__ import annotations

from swarmsh.state import Item, Run, RunKey, State


def run_of(state: State, key: RunKey) -> Run:
    """The run of items that are alike in this way, made when it is new."""
    run = state.runs.get(key)
    if run is None:
        if len(state.runs) > 64:
            drop_empty_runs(state)
        run = state.runs[key] = Run(*key)
        state.offers.clear()
    return run


def drop_empty_runs(state: State) -> None:
    """Forget runs without any item, so that many different priorities cost nothing for ever."""
    used = {id(item.run) for item in state.items.values()}
    for key, run in list(state.runs.items()):
        if run.head == len(run.numbers) and id(run) not in used:
            del state.runs[key]


def offers(state: State, skills: tuple[bytes, ...]) -> list[list[Run]]:
    """The runs whose requirements are among these skills, in levels of falling priority."""
    levels = state.offers.get(skills)
    if levels is None:
        have = set(skills)
        by_priority: dict[int, list[Run]] = {}
        for run in state.runs.values():
            if have.issuperset(run.requires):
                by_priority.setdefault(run.priority, []).append(run)
        levels = [
            by_priority[priority] for priority in sorted(by_priority, reverse=True)
        ]
        state.offers[skills] = levels
    return levels


def best(state: State, skills: tuple[bytes, ...]) -> tuple[Run, int] | None:
    """The run and number of the item that a claim with these skills gets now."""
    items = state.items
    for level in state.offers.get(skills) or offers(state, skills):
        found: tuple[Run, int] | None = None
        for run in level:
            number = run.first(items)
            if number and (found is None or number < found[1]):
                found = run, number
        if found is not None:
            return found
    return None


def take(state: State, run: Run, number: int) -> Item:
    """Take an item that `best` found out of the pending ones."""
    if run.head < len(run.numbers) and run.numbers[run.head] == number:
        item = state.items[number] = Item(number, run, run.take())
        return item
    return state.items[number]


def find(state: State, number: int) -> Item | None:
    """The item of this number; None when there is none, or when it is done.

    An item that nobody touched becomes an `Item` and leaves its run.
    """
    item = state.items.get(number)
    if item is None and 0 < number < state.next_item:
        for run in state.runs.values():
            at = run.index(number)
            if at >= 0:
                return Item(number, run, run.places[at])
    return item


def touch(state: State, item: Item) -> None:
    """Make an item that `find` gave part of the state, out of the run it stood in."""
    if item.number not in state.items:
        item.run.remove(item.run.index(item.number))
        state.items[item.number] = item


def is_done(state: State, number: int) -> bool:
    """Whether an item was added and completed: it stands nowhere any more (S2)."""
    return 0 < number < state.next_item and find(state, number) is None
