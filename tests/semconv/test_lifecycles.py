"""The annotation of lifecycles: what is read from it, and what is found wrong with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from swarmgen.forge import render_target
from swarmgen.lifecycle import RECORD_KEYS, RULE_KEYS, lifecycles
from swarmgen.problems import Location, Severity
from swarmgen.registry import RegistryOptions, resolve_registry
from swarmgen.registry.lifecycles import check

NOTE = "swarmsh.lifecycle"


def event(
    name: str, annotation: Any, *attributes: str, kind: Any = "string"
) -> dict[str, Any]:
    return {
        "name": name,
        "annotations": {NOTE: annotation},
        "attributes": [{"key": key, "type": kind} for key in attributes],
        "provenance": {"path": "registry/orders.yaml"},
    }


def context(*events: dict[str, Any], guards: tuple[str, ...] = ()) -> dict[str, Any]:
    members = [{"id": guard, "value": guard} for guard in guards]
    attribute = {"key": "swarmsh.lifecycle.guard", "type": {"members": members}}
    return {
        "registry": {
            "attributes": [attribute] if guards else [],
            "events": list(events),
        }
    }


PLACE = event("shop.order.place", {"entity": "order", "to": "open"})
SHIP = event("shop.order.ship", {"entity": "order", "from": ["open"], "to": "shipped"})


def codes(*events: dict[str, Any], guards: tuple[str, ...] = ()) -> list[str]:
    return [problem.code for problem in check(context(*events, guards=guards))]


def test_states_and_transitions_come_out_sorted() -> None:
    assert lifecycles(context(SHIP, PLACE)) == [
        {
            "entity": "order",
            "states": ["open", "shipped"],
            "initial": ["open"],
            "terminal": ["shipped"],
            "guards": [],
            "transitions": [
                {
                    "event": "shop.order.place",
                    "record": "order.place",
                    "subject": None,
                    "fields": [],
                    "from": [],
                    "to": "open",
                    "guard": None,
                },
                {
                    "event": "shop.order.ship",
                    "record": "order.ship",
                    "subject": None,
                    "fields": [],
                    "from": ["open"],
                    "to": "shipped",
                    "guard": None,
                },
            ],
            "records": [
                {"event": f"shop.{name}", "record": name, "subject": None, "fields": []}
                for name in ("order.place", "order.ship")
            ],
        }
    ]


def test_the_fields_keep_their_order() -> None:
    annotation = {
        "entity": "order",
        "to": "open",
        "fields": ["b", "a"],
        "subject": "id",
    }
    found = lifecycles(context(event("shop.place", annotation, "a", "b", "id")))
    assert found[0]["records"][0] == {
        "event": "shop.place",
        "record": "place",
        "subject": "id",
        "fields": ["b", "a"],
    }
    assert check(context(event("shop.place", annotation, "a", "b", "id"))) == []


def test_one_event_may_move_several_entities_and_end_in_several_states() -> None:
    lost = event(
        "shop.carrier.lost",
        [
            {"entity": "carrier", "from": ["hired"], "to": "lost", "terminal": True},
            {"entity": "order", "from": ["shipped"], "to": "open", "guard": "insured"},
            {
                "entity": "order",
                "from": ["shipped"],
                "to": "gone",
                "guard": "uninsured",
            },
        ],
    )
    hire = event("shop.carrier.hire", {"entity": "carrier", "to": "hired"})
    whole = context(PLACE, SHIP, hire, lost)
    assert check(whole) == []
    carrier, order = lifecycles(whole)
    assert carrier["terminal"] == ["lost"]
    assert order["terminal"] == ["gone"]
    assert [r["event"] for r in carrier["records"]] == [
        "shop.carrier.hire",
        "shop.carrier.lost",
    ]
    assert [t["to"] for t in order["transitions"] if t["record"] == "carrier.lost"] == [
        "open",
        "gone",
    ]


def test_version_1_and_version_2_give_the_same(checkout: Path) -> None:
    resolution = resolve_registry(RegistryOptions(path=str(checkout / "semconv")))
    first, second = resolution.context(v2=False), resolution.context(v2=True)
    assert lifecycles(first) == lifecycles(second) != []
    assert check(first) == check(second) == []


def test_events_without_the_annotation_have_no_lifecycle() -> None:
    assert lifecycles(context({"name": "a", "annotations": {"other": 1}})) == []
    assert lifecycles({"groups": [{"type": "span", "annotations": {NOTE: {}}}]}) == []


def test_no_state_is_unreachable() -> None:
    returned = event(
        "shop.order.return", {"entity": "order", "from": ["shiped"], "to": "open"}
    )
    problems = check(context(PLACE, SHIP, returned))
    assert [problem.code for problem in problems] == ["UnreachableState"]
    assert problems[0].hint == "did you mean `shipped`?"
    assert problems[0].severity is Severity.ERROR
    assert problems[0].location == Location("registry/orders.yaml")


def test_states_that_only_lead_to_each_other_are_unreachable() -> None:
    one = event("shop.a", {"entity": "order", "from": ["lost"], "to": "found"})
    two = event("shop.b", {"entity": "order", "from": ["found"], "to": "lost"})
    assert codes(PLACE, one, two) == ["UnreachableState", "UnreachableState"]


def test_every_entity_needs_a_beginning() -> None:
    assert codes(SHIP) == ["MissingInitialState"]


def test_nothing_leads_out_of_a_terminal_state() -> None:
    close = event(
        "shop.order.close",
        {"entity": "order", "from": ["open"], "to": "closed", "terminal": True},
    )
    reopen = event(
        "shop.order.reopen", {"entity": "order", "from": ["closed"], "to": "open"}
    )
    assert codes(PLACE, close) == []
    assert codes(PLACE, close, reopen) == ["TransitionFromTerminalState"]


def test_an_event_that_changes_no_state_is_welcome_in_a_terminal_one() -> None:
    close = event(
        "shop.order.close",
        {"entity": "order", "from": ["open"], "to": "closed", "terminal": True},
    )
    comment = event(
        "shop.order.comment", {"entity": "order", "from": ["open", "closed"]}
    )
    assert codes(PLACE, close, comment) == []


def test_a_field_is_an_attribute_of_the_event() -> None:
    annotation = {
        "entity": "order",
        "to": "open",
        "fields": ["shop.prize"],
        "subject": "nobody",
    }
    problems = check(context(event("shop.order.place", annotation, "shop.price")))
    assert [problem.code for problem in problems] == ["UnknownLifecycleField"] * 2
    assert problems[0].hint == "did you mean `shop.price`?"


@pytest.mark.parametrize("kind", ["any", "template[string]"])
def test_a_field_has_a_type_that_a_record_can_hold(kind: str) -> None:
    annotation = {"entity": "order", "to": "open", "fields": ["shop.tags"]}
    placed = event("shop.order.place", annotation, "shop.tags", kind=kind)
    assert codes(placed) == ["UnknownLifecycleField"]


def test_one_event_has_one_rule_per_state_and_guard() -> None:
    twice = event(
        "shop.order.end",
        [
            {"entity": "order", "from": ["open"], "to": "shipped"},
            {"entity": "order", "from": ["open"], "to": "gone"},
        ],
    )
    assert codes(PLACE, twice) == ["DuplicateTransition"]


def test_two_events_do_not_share_a_record() -> None:
    other = event("store.order.place", {"entity": "order", "to": "open"})
    assert codes(PLACE, other) == ["DuplicateLifecycleRecord"]


def test_where_guards_are_listed_no_other_is_used() -> None:
    guarded = event(
        "shop.order.place", {"entity": "order", "to": "open", "guard": "payed"}
    )
    assert codes(guarded) == []
    assert codes(guarded, guards=("payed",)) == []
    problems = check(context(guarded, guards=("paid",)))
    assert [problem.code for problem in problems] == ["UnknownLifecycleGuard"]
    assert problems[0].hint == "did you mean `paid`?"


@pytest.mark.parametrize(
    ("annotation", "keys", "message"),
    [
        ("order", (), "a rule is a map"),
        ([], (), "the list has no rule"),
        ([3], (0,), "a rule is a map"),
        ({"to": "open"}, (), "`entity` is missing"),
        ({"entity": "order", "to": 3}, ("to",), "`to` is a text"),
        (
            {"entity": "order", "from": "open", "to": "shut"},
            ("from",),
            "`from` is a list",
        ),
        (
            {"entity": "order", "from": [], "to": "shut"},
            ("from",),
            "`from` names no state",
        ),
        ({"entity": "Order", "to": "open"}, ("entity",), "no name"),
        ({"entity": "order", "to": "a b"}, ("to",), "no name"),
        ({"entity": "order", "to": "$(touch x)"}, ("to",), "no name"),
        ({"entity": "order", "to": "a" * 65}, ("to",), "no name"),
        ({"entity": "order", "to": "open", "guard": "a;b"}, ("guard",), "no name"),
        ({"entity": "order", "from": ["a\nb"], "to": "open"}, ("from", 0), "no name"),
        (
            {"entity": "order", "to": "open", "form": ["a"]},
            ("form",),
            "unknown key `form`",
        ),
        (
            {"entity": "order", "to": "open", "terminal": "yes"},
            ("terminal",),
            "true or false",
        ),
        ({"entity": "order", "terminal": True}, ("terminal",), "needs a `to`"),
        (
            {"entity": "order", "to": "open", "fields": "a"},
            ("fields",),
            "`fields` is a list",
        ),
        (
            {"entity": "order", "to": "open", "fields": ["a", "a"]},
            ("fields", 1),
            "stands twice",
        ),
        (
            [{"entity": "order", "to": "open"}, {"entity": "b", "fields": []}],
            (1, "fields"),
            "first",
        ),
    ],
)
def test_what_is_out_of_form_is_named_at_its_key(
    annotation: Any, keys: tuple[Any, ...], message: str
) -> None:
    asked = []

    def locate(path: str, name: str, found: tuple[Any, ...]) -> Location:
        asked.append((path, name, found))
        return Location(path, 7, 3)

    broken = event("shop.order.place", annotation, "a")
    problems = check(context(broken), locate)
    named = [problem for problem in problems if message in problem.message]
    assert len(named) == 1, problems
    assert named[0].code == "InvalidLifecycle"
    assert str(named[0].location) == "registry/orders.yaml:7:3"
    assert (
        "registry/orders.yaml",
        "shop.order.place",
        ("annotations", NOTE, *keys),
    ) in asked
    lifecycles(context(broken))


def test_a_registry_with_a_broken_lifecycle_does_not_resolve_silently(
    tmp_path: Path,
) -> None:
    (tmp_path / "orders.yaml").write_text(
        "file_format: definition/2\n"
        "events:\n"
        "  - name: shop.order.ship\n"
        "    brief: Sent off.\n"
        "    stability: stable\n"
        "    requirement_level: recommended\n"
        "    annotations:\n"
        "      swarmsh.lifecycle: {entity: order, from: [open], too: sent}\n",
        encoding="utf-8",
    )
    problems = resolve_registry(RegistryOptions(path=str(tmp_path))).problems
    found = {problem.code: problem for problem in problems}
    assert found["InvalidLifecycle"].is_error
    location = found["InvalidLifecycle"].location
    assert location is not None
    assert (location.line, location.column) == (8, 56)


SHOP = (
    "attributes:\n"
    "  - {key: shop.order.number, type: int, brief: Number., stability: stable}\n"
    "  - {key: shop.order.total, type: double, brief: Total., stability: stable}\n"
)


def test_the_example_of_the_documentation_is_a_registry_without_a_problem(
    checkout: Path, tmp_path: Path
) -> None:
    page = (checkout / "docs" / "lifecycles.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(file_format.*?)```", page, re.DOTALL)
    assert example is not None
    (tmp_path / "shop.yaml").write_text(example.group(1) + SHOP, encoding="utf-8")
    resolution = resolve_registry(RegistryOptions(path=str(tmp_path)))
    assert [problem.code for problem in resolution.problems] == ["UnstableFileFormat"]
    order = lifecycles(resolution.context(v2=True))[0]
    assert order["transitions"][1]["guard"] == "paid"
    assert order["terminal"] == ["shipped"]


def test_the_documentation_names_every_key_and_every_code(checkout: Path) -> None:
    page = (checkout / "docs" / "lifecycles.md").read_text(encoding="utf-8")
    source = (checkout / "generator/swarmgen/registry/lifecycles.py").read_text(
        encoding="utf-8"
    )
    codes = set(re.findall(r'"([A-Z][a-z]+[A-Z]\w+)"', source)) | {"InvalidLifecycle"}
    assert len(codes) == 8
    for word in {*codes, *RULE_KEYS, *RECORD_KEYS}:
        assert f"`{word}`" in page, word


def test_the_documentation_s_template_prints_a_lifecycle(
    checkout: Path, tmp_path: Path
) -> None:
    page = (checkout / "docs" / "lifecycles.md").read_text(encoding="utf-8")
    example = re.search(r"```jinja\n(.*?)```", page, re.DOTALL)
    assert example is not None
    (tmp_path / "all.j2").write_text(example.group(1), encoding="utf-8")
    (tmp_path / "weaver.yaml").write_text(
        "templates: [{template: all.j2, application_mode: single, file_name: all.txt}]\n",
        encoding="utf-8",
    )
    rendering = render_target(tmp_path, context(PLACE, SHIP), {})
    assert rendering.problems == []
    assert "order: open, shipped\n" in rendering.files["all.txt"]
    assert "order.ship: open -> shipped" in rendering.files["all.txt"]
