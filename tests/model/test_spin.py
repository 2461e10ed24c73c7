"""The model checker explores the generated models: no fault in them, and every mutant is caught."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from spin_runs import Compile, Verdict, properties, render, unmet

Record = Callable[[str, object], None]


class Run(NamedTuple):
    """One configuration of one model of the journal."""

    model: str
    settings: str = ""
    is_fair: bool = False
    """Look for what never happens, under weak fairness, not for what must not happen."""

    def __str__(self) -> str:
        return " ".join([self.model, *self.settings.split()]) + " fair" * self.is_fair


class Mutant(NamedTuple):
    """A rule taken out of a model, and how Spin notices."""

    name: str
    run: Run
    fault: str

    def __str__(self) -> str:
        return f"{self.name}-{self.run.model}"


ASSERTION, STUCK, LIVELOCK = (
    "assertion violated",
    "invalid end state",
    "acceptance cycle",
)
SEGMENTS, WAITING = Run("segments"), Run("waiting")
FORGETFUL = Run("segments", "FORGETS=1")
LEASES = Run("leases", "OPS=3 STAMPS=2 REPEATS=0")
REPEATED = Run("leases", "OPS=2 STAMPS=2 REPEATS=1")
FRAMING = Run("framing")

EVERYDAY = [
    SEGMENTS,
    Run("segments", "KEEPERS=1 ROUNDS=2 RECORDS=1"),
    Run("leases", "OPS=2 REPEATS=0"),
    Run("framing", "REPEATS=0"),
    WAITING,
    Run("waiting", is_fair=True),
]
LARGE = [
    FORGETFUL,
    Run("segments", "KEEPERS=2"),
    Run("segments", "READERS=1"),
    Run("segments", "READERS=1 RECORDS=1"),
    Run("segments", "WORKERS=3 OPS=1 RECORDS=1"),
    LEASES,
    REPEATED,
    Run("leases", "OPS=2 ITEMS=2 STAMPS=2 REPEATS=0"),
    Run("leases", "WORKERS=3 OPS=2 STAMPS=1 REPEATS=0"),
    FRAMING,
    Run("waiting", "WORKERS=3"),
    Run("waiting", "WORKERS=3", is_fair=True),
]
EVERYDAY_MUTANTS = [
    Mutant("NORECHECK", SEGMENTS, ASSERTION),
    Mutant("DELFIRST", SEGMENTS, STUCK),
    Mutant("HOLDERONLY", LEASES, ASSERTION),
    Mutant("DOTONLY", FRAMING, ASSERTION),
    Mutant("NOTIMER", WAITING, STUCK),
]
OTHER_MUTANTS = [
    Mutant("UNLINK", SEGMENTS, ASSERTION),
    Mutant("NOIDS", SEGMENTS, ASSERTION),
    Mutant("VOIDOK", SEGMENTS, ASSERTION),
    Mutant("EARLYACK", SEGMENTS, ASSERTION),
    Mutant("NODEDUP", FORGETFUL, ASSERTION),
    Mutant("SHAREDTMP", Run("segments", "KEEPERS=2"), ASSERTION),
    Mutant("NODEDUP", REPEATED, ASSERTION),
    Mutant("NOFENCE", LEASES, ASSERTION),
    Mutant("LOCALCLOCK", LEASES, ASSERTION),
    Mutant("EARLYACK", LEASES, ASSERTION),
    Mutant("NOLEAD", FRAMING, ASSERTION),
    Mutant("NOCARRY", FRAMING, ASSERTION),
    Mutant("SPLIT", FRAMING, ASSERTION),
    Mutant("ARMLATE", WAITING, STUCK),
    Mutant("POLLAPPEND", WAITING, ASSERTION),
    Mutant("NORENEW", Run("waiting", is_fair=True), LIVELOCK),
]
MUTANTS = EVERYDAY_MUTANTS + OTHER_MUTANTS
HISTORY = {"SEALWAIT"}
"""Mutants of a draft that had a seal record at the end of a segment; nothing is left of it."""


def explore(
    compile_model: Compile, folder: Path, run: Run, *more: str, optimize: str = "-O0"
) -> Verdict:
    """Explore one configuration, with more settings.

    Optimizing takes gcc longer than it spares a small model.
    """
    if run.is_fair:
        options: tuple[str, ...] = (optimize, "-DNFAIR=5")
    elif run.model == "waiting":
        options = (optimize, "-DSAFETY", "-DNOCLAIM")
    else:
        options = (optimize, "-DSAFETY", "-DCOLLAPSE")
    model = compile_model(
        folder, run.model, *run.settings.split(), *more, options=options
    )
    return model.explore("-w20", *(["-a", "-f"] if run.is_fair else []))


@pytest.fixture
def journal(checkout: Path) -> Path:
    """The generated models of the journal."""
    return checkout / "generated" / "model" / "journal"


def holds(
    compile_model: Compile,
    journal: Path,
    run: Run,
    record: Record,
    optimize: str = "-O0",
) -> None:
    verdict = explore(compile_model, journal, run, optimize=optimize)
    record("figure", f"model   {run}: {verdict}, {verdict.seconds:.1f} s")
    assert verdict.errors == 0, verdict.fault


def is_caught(
    compile_model: Compile, journal: Path, mutant: Mutant, record: Record
) -> None:
    verdict = explore(compile_model, journal, mutant.run, f"MUT_{mutant.name}")
    fault = verdict.fault[:90]
    record("figure", f"mutant  {mutant.name} in {mutant.run}: caught by {fault}")
    assert verdict.errors == 1
    assert verdict.fault.startswith(mutant.fault)


@pytest.mark.parametrize("run", EVERYDAY, ids=str)
def test_a_small_swarm_breaks_no_promise_of_the_protocol(
    compile_model: Compile, journal: Path, run: Run, record_property: Record
) -> None:
    holds(compile_model, journal, run, record_property)


@pytest.mark.slow
@pytest.mark.parametrize("run", LARGE, ids=str)
def test_a_larger_swarm_breaks_no_promise_of_the_protocol(
    compile_model: Compile, journal: Path, run: Run, record_property: Record
) -> None:
    holds(compile_model, journal, run, record_property, "-O1")


@pytest.mark.parametrize("mutant", EVERYDAY_MUTANTS, ids=str)
def test_a_rule_taken_out_is_noticed(
    compile_model: Compile, journal: Path, mutant: Mutant, record_property: Record
) -> None:
    is_caught(compile_model, journal, mutant, record_property)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", OTHER_MUTANTS, ids=str)
def test_every_other_rule_taken_out_is_noticed(
    compile_model: Compile, journal: Path, mutant: Mutant, record_property: Record
) -> None:
    is_caught(compile_model, journal, mutant, record_property)


def test_what_a_mutant_is_caught_in_holds_without_it() -> None:
    assert {mutant.run for mutant in MUTANTS} <= {*EVERYDAY, *LARGE}


def test_every_fault_that_the_protocol_names_has_a_mutant(shared: Path) -> None:
    protocol = (shared / "PROTOCOL.md").read_text(encoding="utf-8")
    brackets = re.findall(r"\[([A-Z]{4,}(?:, [A-Z]{4,})*)\]", protocol)
    named = {name for names in brackets for name in names.split(", ")}
    assert named - {mutant.name for mutant in MUTANTS} == HISTORY


def test_every_mutant_of_the_models_is_tried(journal: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in journal.glob("*.pml")]
    made = {name for text in texts for name in re.findall(r"MUT_([A-Z]+)", text)}
    assert made == {mutant.name for mutant in MUTANTS}


# Lifecycles


ENTITIES = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "generated/model/lifecycles").glob("*.pml")
)


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_state_and_transition_of_a_lifecycle_is_reachable_and_ends_are_final(
    compile_model: Compile, checkout: Path, entity: str, record_property: Record
) -> None:
    folder = checkout / "generated" / "model" / "lifecycles"
    count = len(properties(folder / f"{entity}.pml"))
    assert unmet(compile_model, folder, entity) == set()
    record_property("figure", f"lifecycle {entity}: {count} properties hold")


def changed(checkout: Path, tmp_path: Path, old: str, new: str) -> Path:
    """A copy of the conventions with one change to the lifecycle of work."""
    registry = tmp_path / "changed"
    shutil.copytree(checkout / "semconv", registry)
    path = registry / "work" / "records.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return registry


COMPLETE = """        from: [claimed, pending]
        to: done
        terminal: true
        guard: holder
        fields: [swarmsh.work.attempt, swarmsh.work.result, swarmsh.work.result_digest]
"""


def test_a_changed_transition_changes_the_model_and_spin_finds_the_item_done_twice(
    compile_model: Compile, checkout: Path, tmp_path: Path, journal: Path
) -> None:
    wrong = COMPLETE.replace("to: done", "to: pending").replace(
        "        terminal: true\n", ""
    )
    registry = changed(checkout, tmp_path, COMPLETE, wrong)
    folder = render("swarmsh_model", registry, tmp_path / "journal", checkout)
    differing = {
        path.name
        for path in folder.iterdir()
        if path.read_text() != (journal / path.name).read_text()
    }
    assert differing == {"work.pml"}
    verdict = explore(compile_model, folder, Run("leases", "OPS=3 STAMPS=2 REPEATS=0"))
    assert verdict.fault.startswith(ASSERTION)
    assert "told_done" in verdict.fault


def test_a_transition_that_another_one_shadows_is_never_taken(
    compile_model: Compile, checkout: Path, tmp_path: Path
) -> None:
    registry = changed(
        checkout, tmp_path, "          guard: expired\n", "          guard: held\n"
    )
    folder = render("promela", registry, tmp_path / "lifecycles", checkout)
    assert unmet(compile_model, folder, "work") == set()
    shutil.rmtree(registry)
    registry = changed(checkout, tmp_path, "          guard: expired\n", "")
    folder = render("promela", registry, tmp_path / "shadowed", checkout)
    (never,) = unmet(compile_model, folder, "work")
    assert re.fullmatch(r"never_move_\d+_work_claim", never)


def test_the_models_are_those_of_the_conventions(
    checkout: Path, tmp_path: Path
) -> None:
    for target, name in (("promela", "lifecycles"), ("swarmsh_model", "journal")):
        folder = render(target, checkout / "semconv", tmp_path / name, checkout)
        kept = checkout / "generated" / "model" / name
        assert {p.name: p.read_text() for p in folder.iterdir()} == {
            p.name: p.read_text() for p in kept.iterdir()
        }
