"""An event leads to every state that its rules allow, tried in their order."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from swarmgen.lifecycle import lifecycles
from swarmgen.registry import RegistryOptions, resolve_registry

Json = dict[str, Any]
Run = Callable[..., subprocess.CompletedProcess[str]]

RULES: dict[str, list[Json]] = {
    "create": [{"to": "open"}],
    "create_twice": [{"to": "open"}, {"from": ["open"], "to": "shut", "guard": "fast"}],
    "stay": [{"from": ["open", "shut"]}],
    "apart": [{}],
    "choose": [
        {"from": ["open"], "to": "shut", "guard": "a"},
        {"from": ["open"], "to": "gone", "guard": "b"},
    ],
    "chain": [
        {"from": ["open"], "to": "shut"},
        {"from": ["shut"], "to": "gone", "guard": "a"},
    ],
    "renew": [
        {"from": ["open"], "to": "gone", "guard": "expired"},
        {"to": "open", "guard": "vacant"},
    ],
}
EXPECTED = {
    ("create", "-"): {"open"},
    ("create", "open"): set(),
    ("create_twice", "-"): {"open", "shut"},
    ("stay", "open"): {"open"},
    ("stay", "-"): set(),
    ("apart", "-"): {"-"},
    ("apart", "shut"): {"shut"},
    ("choose", "open"): {"shut", "gone"},
    ("chain", "open"): {"shut", "gone"},
    ("chain", "shut"): {"gone"},
    ("renew", "open"): {"gone"},
    ("renew", "-"): {"open"},
}


def events(rules: dict[str, list[Json]]) -> list[Json]:
    return [
        {
            "name": f"x.{name}",
            "stability": "stable",
            "attributes": [],
            "annotations": {"swarmsh.lifecycle": [{"entity": "x", **r} for r in list_]},
        }
        for name, list_ in rules.items()
    ]


def outcomes(transitions: list[Json], state: str) -> set[str]:
    """The rules followed for every choice of the guards that hold."""
    guards = sorted({t["guard"] for t in transitions if t["guard"]})
    found = set()
    for choice in product([True, False], repeat=len(guards)):
        holds = dict(zip(guards, choice, strict=True))
        now, moved = state, False
        for t in transitions:
            sources = t["from"] or (["-"] if t["to"] else [now])
            if now in sources and holds.get(t["guard"], True):
                now, moved = t["to"] or now, True
        if moved:
            found.add(now)
    return found


@pytest.fixture(scope="module")
def moving(
    tmp_path_factory: pytest.TempPathFactory,
    make_context: Callable[[str], Json],
    generate: Callable[[Path, Json], Path],
) -> Path:
    context = make_context("text")
    context["registry"]["events"] += events(RULES)
    return generate(tmp_path_factory.mktemp("lifecycles"), context)


@pytest.mark.parametrize(("event", "state"), EXPECTED)
def test_an_event_leads_to_every_state_that_its_guards_may_choose(
    moving: Path, run: Run, event: str, state: str
) -> None:
    done = run(moving, "lifecycle", "x", state, f"x.{event}")
    assert set(done.stdout.split()) == EXPECTED[event, state]
    assert len(done.stdout.split()) == len(EXPECTED[event, state])
    assert done.returncode == (0 if EXPECTED[event, state] else 1)


def test_what_is_no_state_or_entity_is_wrong_usage(moving: Path, run: Run) -> None:
    for entity, state in (("x", "*"), ("x", "open shut"), ("x", ""), ("y", "open")):
        done = run(moving, "lifecycle", entity, state, "x.stay")
        assert (done.returncode, done.stdout) == (2, "")
        assert "expected one of" in done.stderr
    done = run(moving, "lifecycle", "x", "open", "x.*")
    assert done.returncode == 1 and "is not allowed" in done.stderr
    assert run(moving, "lifecycle", "x", "open").returncode == 2


def test_our_own_lifecycles_are_what_their_rules_say(checkout: Path) -> None:
    options = RegistryOptions(str(checkout / "semconv"), v2=True)
    cycles = lifecycles(resolve_registry(options).context(v2=True))
    script = checkout / "generated/bash/telemetry.sh"
    code, expected = f"source {script}\n", []
    for cycle in cycles:
        for event in sorted({t["event"] for t in cycle["transitions"]}):
            moves = [t for t in cycle["transitions"] if t["event"] == event]
            for state in ["-", *cycle["states"]]:
                call = f"telemetry_next_state {cycle['entity']} {state} {event}"
                code += f"_telemetry_reply=; {call} 2>&-; echo ${{_telemetry_reply}}\n"
                expected.append(outcomes(moves, state))
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True)
    assert [set(line.split()) for line in done.stdout.splitlines()] == expected
    assert any(len(states) > 1 for states in expected)
