"""The runtime spells no name of the conventions: they come from what is generated."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from swarmsh import fast, rules
from swarmsh_telemetry import records
from swarmsh_telemetry.records import CODECS, TRANSITIONS, Guard, WorkState


class Constants(ast.NodeVisitor):
    """Collects text and bytes constants; docstrings and names of Python's own left out."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if ast.unparse(node.targets[0]) not in ("__all__", "__slots__"):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bytes):
            self.found.add(node.value.decode("latin-1"))
        elif isinstance(node.value, str):
            self.found.add(node.value)


def constants(module: Path) -> set[str]:
    """Every name that a module could spell as text."""
    visitor = Constants()
    visitor.visit(ast.parse(module.read_text(encoding="utf-8")))
    return visitor.found


def names(checkout: Path) -> set[str]:
    """Every attribute, event and state name of our conventions."""
    found: set[str] = {event.decode() for event in CODECS}
    for path in (checkout / "semconv").rglob("*.yaml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        found |= {attribute["key"] for attribute in document.get("attributes", ())}
        found |= {event["name"] for event in document.get("events", ())}
    for moves in TRANSITIONS.values():
        for move in moves:
            found |= {state.decode() for state in move.sources}
            found |= {move.target.decode()} if move.target else set()
    return found


def test_no_name_of_the_conventions_is_spelled_in_the_runtime(checkout: Path) -> None:
    known = names(checkout)
    assert {"work.claim", "swarmsh.work.attempt", "claimed"} <= known
    for module in (checkout / "runtime" / "swarmsh").rglob("*.py"):
        assert not known & constants(module), module


def test_every_event_of_agents_work_and_journal_is_carried_out() -> None:
    wanted = {
        event
        for event in CODECS
        if event.split(b".")[0] in (b"agent", b"work", b"journal")
    }
    assert wanted <= set(rules.HANDLERS)


def test_every_guard_of_work_and_agents_is_implemented(checkout: Path) -> None:
    used = {
        move.guard
        for event in rules.HANDLERS
        for move in TRANSITIONS[event]
        if move.guard
    }
    source = (checkout / "runtime/swarmsh/guards.py").read_text(encoding="utf-8")
    implemented = {
        getattr(Guard, name)
        for name in vars(Guard)
        if f"Guard.{name}" in source and not name.startswith("_")
    }
    assert used - {Guard.CLAIMABLE} == implemented, "claimable is choice.best"


def test_a_transition_that_is_taken_out_of_the_conventions_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from journals import Writer

    event = records.Event.WORK_COMPLETE
    narrowed = [
        records.Transition("work", (WorkState.CLAIMED.decode(),), "done", "holder")
    ]
    monkeypatch.setitem(records.TRANSITIONS, event, tuple(narrowed))  # type: ignore[arg-type]
    journal = Writer()
    journal.add()
    holder, other = journal.agent(), journal.agent(b"-", b"1")
    journal.claim(holder)
    journal.add(priority=9)
    journal.claim(other, later=31)
    assert journal.finish(event, 1, holder, 1) == b"!state"


def test_the_fast_path_takes_only_what_the_tables_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = records.Event.WORK_COMPLETE
    assert event in fast.steps_of_the_tables()
    changed = (records.Transition("work", ("claimed",), "failed", "holder"),)
    monkeypatch.setitem(records.TRANSITIONS, event, changed)  # type: ignore[arg-type]
    assert event not in fast.steps_of_the_tables()
