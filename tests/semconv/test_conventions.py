"""Our conventions are a dictionary: whole, uniform, and without a word that nobody uses."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from swarmgen.lifecycle import lifecycles
from swarmgen.registry import Resolution
from swarmgen.registry.lifecycles import check

SIGNALS = ("spans", "metrics", "events", "entities", "attribute_groups")
# UCUM: seconds and bytes, nothing, percent, and things that are counted.
UNIT = re.compile(r"ns|s|By|1|%|\{[a-z]+\}(?:/h)?")

Registry = dict[str, Any]
Attributes = dict[str, dict[str, Any]]

# What the journal's verbs write; the verbs of the command line are these words, too.
RECORDS = """
agent.register agent.heartbeat agent.leave agent.lost
work.add work.claim work.renew work.progress work.complete work.complete_next
work.complete_many work.fail work.release work.cancel work.requeue
journal.tick journal.rules
motion.propose motion.second motion.debate motion.vote motion.close motion.vote_close
team.form team.join team.leave team.disband
sprint.plan sprint.commit sprint.start sprint.report sprint.close sprint.abandon
impediment.raise impediment.escalate impediment.resolve
coordinator.elect coordinator.renew coordinator.resign
decision.advise decision.apply
"""


def referenced(registry: Registry) -> set[str]:
    return {
        attribute["key"]
        for kind in SIGNALS
        for signal in registry[kind]
        for section in ("attributes", "identity", "description")
        for attribute in signal.get(section, ())
    }


def values_of(attribute: dict[str, Any]) -> list[str]:
    return [member["value"] for member in attribute["type"]["members"]]


def test_the_conventions_have_no_problem_but_the_age_of_their_format(
    resolution: Resolution,
) -> None:
    assert {problem.code for problem in resolution.problems} <= {"UnstableFileFormat"}


def test_every_attribute_has_a_brief_a_stability_and_examples(
    attributes: Attributes,
) -> None:
    assert len(attributes) > 130
    for name, attribute in attributes.items():
        assert attribute["brief"].endswith("."), name
        assert attribute["stability"], name
        assert attribute["examples"], name


def test_every_signal_has_a_brief_a_stability_and_a_requirement_level(
    registry: Registry,
) -> None:
    for kind in ("spans", "metrics", "events", "entities"):
        assert registry[kind], kind
        for signal in registry[kind]:
            assert signal["brief"].endswith("."), signal
            assert signal["stability"] and signal["requirement_level"], signal


def test_every_unit_is_one_of_few(registry: Registry, attributes: Attributes) -> None:
    units = {metric["unit"] for metric in registry["metrics"]}
    units |= {
        attribute["annotations"]["swarmsh.unit"]
        for attribute in attributes.values()
        if "swarmsh.unit" in attribute.get("annotations", {})
    }
    assert [unit for unit in units if not UNIT.fullmatch(unit)] == []


def test_every_number_says_its_range_or_its_unit(attributes: Attributes) -> None:
    for name, attribute in attributes.items():
        if attribute["type"] in ("int", "int[]", "double"):
            notes = attribute.get("annotations", {})
            assert {"swarmsh.unit", "swarmsh.range"} & set(notes), name


def test_every_example_is_within_the_limits_that_its_attribute_states(
    attributes: Attributes,
) -> None:
    checked = 0
    for name, attribute in attributes.items():
        notes = attribute.get("annotations", {})
        limits = notes.get("swarmsh.range", {})
        for example in attribute["examples"]:
            for value in example if isinstance(example, list) else [example]:
                checked += 1
                if limits:
                    assert limits.get("minimum", value) <= value, name
                    assert value <= limits.get("maximum", value), name
                if "swarmsh.pattern" in notes:
                    assert re.fullmatch(notes["swarmsh.pattern"], value), name
    assert checked > 150


def test_every_enum_example_is_a_member(attributes: Attributes) -> None:
    for name, attribute in attributes.items():
        if isinstance(attribute["type"], dict):
            assert set(attribute["examples"]) <= set(values_of(attribute)), name


def test_every_attribute_is_used_by_some_signal(
    registry: Registry, attributes: Attributes
) -> None:
    # The guards are named by annotations and never emitted.
    assert set(attributes) - referenced(registry) == {"swarmsh.lifecycle.guard"}


def test_every_record_that_a_verb_writes_is_an_event(registry: Registry) -> None:
    records = [
        record
        for entry in lifecycles(registry_context(registry))
        for record in entry["records"]
    ]
    assert sorted(record["record"] for record in records) == sorted(RECORDS.split())


def registry_context(registry: Registry) -> dict[str, Any]:
    return {"registry": registry}


def test_the_lifecycles_hang_together(registry: Registry) -> None:
    assert check(registry_context(registry)) == []


def test_the_states_of_each_lifecycle_are_those_of_its_state_attribute(
    registry: Registry, attributes: Attributes
) -> None:
    found = lifecycles(registry_context(registry))
    assert len(found) == 9
    for lifecycle in found:
        if lifecycle["entity"] == "journal":
            assert lifecycle["states"] == []
            continue
        attribute = attributes[f"swarmsh.{lifecycle['entity']}.state"]
        assert lifecycle["states"] == sorted(values_of(attribute))


def test_every_guard_is_defined_and_used(
    registry: Registry, attributes: Attributes
) -> None:
    used = {
        g for entry in lifecycles(registry_context(registry)) for g in entry["guards"]
    }
    assert used == set(values_of(attributes["swarmsh.lifecycle.guard"]))


def test_an_item_that_was_returned_may_still_be_finished_by_its_last_holder(
    registry: Registry,
) -> None:
    work = next(
        e for e in lifecycles(registry_context(registry)) if e["entity"] == "work"
    )
    finishing = {
        "work.renew",
        "work.progress",
        "work.complete",
        "work.fail",
        "work.release",
    }
    for transition in work["transitions"]:
        if transition["record"] in finishing:
            assert transition["from"] == ["claimed", "pending"], transition
            assert transition["fields"][0] == "swarmsh.work.attempt", transition


def test_health_has_six_components_whose_weights_are_a_hundred(
    attributes: Attributes,
) -> None:
    members = attributes["swarmsh.health.component"]["type"]["members"]
    names = {member["value"] for member in members}
    assert names == {
        "coordination",
        "work_queue",
        "agents",
        "telemetry",
        "storage",
        "ai",
    }
    assert sum(member["annotations"]["swarmsh.weight"] for member in members) == 100


def test_there_are_seven_wastes_each_with_its_definition(
    attributes: Attributes,
) -> None:
    members = attributes["swarmsh.analytics.waste"]["type"]["members"]
    assert len(members) == 7
    assert all(member["note"].strip() for member in members)


def test_the_targets_are_84_percent_and_4_2_sigma(attributes: Attributes) -> None:
    flow = attributes["swarmsh.analytics.flow_efficiency"]
    sigma = attributes["swarmsh.analytics.sigma"]
    assert flow["annotations"]["swarmsh.target"] == 0.84
    assert sigma["annotations"]["swarmsh.target"] == 4.2


def test_the_gen_ai_attributes_have_their_official_types(
    attributes: Attributes, official_registry: Path
) -> None:
    theirs = {
        attribute["id"]: attribute["type"]
        for path in (official_registry / "gen-ai").rglob("*.yaml")
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
        for attribute in group.get("attributes", ())
        if "id" in attribute
    }
    ours = {
        name: a["type"] for name, a in attributes.items() if name.startswith("gen_ai.")
    }
    assert len(ours) == 9
    for name, kind in ours.items():
        assert kind == theirs[name] or (
            isinstance(kind, dict) and isinstance(theirs[name], dict)
        ), name


@pytest.mark.parametrize("option", [[], ["--v2"]])
def test_weaver_finds_nothing_wrong(checkout: Path, option: list[str]) -> None:
    weaver = os.environ.get("WEAVER")
    if not weaver:
        pytest.skip("$WEAVER does not name a Weaver binary")
    command = [weaver, "registry", "check", "-r", "semconv", *option]
    done = subprocess.run(
        command, cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "declared multiple times" not in done.stdout + done.stderr
