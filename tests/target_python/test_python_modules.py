"""Which modules a package has, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Json = dict[str, Any]
Build = Callable[..., Path]
Load = Callable[..., ModuleType]


def attribute(key: str, **more: Any) -> Json:
    return {"key": key, "type": "string", "stability": "stable", "brief": "B."} | more


def names(package: Path, kind: str) -> list[str]:
    return sorted(path.name for path in (package / kind).glob("[!_]*.py"))


def test_namespaces_that_are_no_module_names_get_one(
    make_context: Callable[..., Json], generate: Build, tmp_path: Path, load: Load
) -> None:
    keys = [
        "import.a",
        "_runtime.a",
        "__init__.a",
        "3d.a",
        "Ü.a",
        "loose",
        "A-b.x",
        "a_b.x",
    ]
    package = generate(make_context(attributes=[attribute(k) for k in keys]), tmp_path)
    assert names(package, "attributes") == [
        "a_b.py",
        "import_.py",
        "ns_3d.py",
        "ns__.py",
        "ns__init_.py",
        "ns__runtime.py",
        "other.py",
    ]
    both = load(package, "attributes.a_b")
    assert {both.A_B_X, both.A_B_X_2} == {"A-b.x", "a_b.x"}


def test_keys_named_like_what_the_module_itself_uses_still_work(
    make_context: Callable[..., Json], generate: Build, tmp_path: Path, load: Load
) -> None:
    used = [
        "type.checking",
        "name",
        "kind",
        "class",
        "options",
        "start",
        "context",
        "None",
    ]
    items = [attribute(key, requirement_level="recommended") for key in used]
    span = {"type": "x", "attributes": items}
    package = generate(make_context(attributes=items, spans=[span]), tmp_path)
    assert load(package, "attributes.type").TYPE_CHECKING_2 == "type.checking"
    start = load(package, "spans.x").start_x
    with start(
        "the name", name_="n", kind_="k", class_="c", options_="o", start_="s", none="x"
    ):
        pass


def test_attributes_that_only_a_signal_has_are_there_too(
    make_context: Callable[..., Json], generate: Build, tmp_path: Path, load: Load
) -> None:
    foreign = attribute("other.thing", requirement_level="required")
    event = {"name": "x.done", "attributes": [foreign]}
    package = generate(make_context(events=[event]), tmp_path)
    assert load(package, "attributes.other").OTHER_THING == "other.thing"


def test_a_registry_without_anything_gives_a_package_that_imports(
    make_context: Callable[..., Json], generate: Build, tmp_path: Path, load: Load
) -> None:
    package = generate(make_context(), tmp_path)
    assert sorted(path.name for path in package.iterdir()) == [
        "__init__.py",
        "_runtime.py",
        "_telemetry.py",
        "py.typed",
    ]
    assert "traceparent" in dir(load(package))


def test_one_changed_brief_changes_only_the_modules_that_show_it(
    make_context: Callable[..., Json], generate: Build, tmp_path: Path
) -> None:
    before = make_context(attributes=[attribute("a.x"), attribute("b.x")])
    after = make_context(attributes=[attribute("a.x", brief="New."), attribute("b.x")])
    first, second = generate(before, tmp_path), generate(after, tmp_path)
    changed = [
        path.relative_to(first).as_posix()
        for path in first.rglob("*.py")
        if path.read_bytes() != (second / path.relative_to(first)).read_bytes()
    ]
    assert changed == ["attributes/a.py"]


def test_lifecycles_become_states_and_transitions(
    make_context: Callable[..., Json], generate: Build, tmp_path: Path, load: Load
) -> None:
    number = attribute("job.number", requirement_level="required")
    add = {"entity": "job", "to": "pending", "subject": "job.number", "fields": []}
    done = {
        "entity": "job",
        "from": ["pending"],
        "to": "done",
        "guard": "holder",
        "subject": "job.number",
        "fields": ["job.number"],
    }
    events = [
        {
            "name": f"x.job.{name}",
            "attributes": [number],
            "annotations": {"swarmsh.lifecycle": a},
        }
        for name, a in (("add", add), ("done", done))
    ]
    package = generate(make_context(attributes=[number], events=events), tmp_path)
    lifecycles = load(package, "lifecycles")
    job = lifecycles.LIFECYCLES["job"]
    assert list(lifecycles.JobStates) == ["done", "pending"]
    assert (job.initial, job.terminal) == (("pending",), ("done",))
    assert job.records["x.job.done"] == ("job.number",)
    [move] = job.after("x.job.done", "pending")
    assert (move.target, move.guard) == ("done", "holder")
    assert job.after("x.job.done", "done") == ()
    assert [m.target for m in job.after("x.job.add", None)] == ["pending"]


@pytest.mark.parametrize("stability", [["stable"], "stable"])
def test_a_filter_by_stability_also_drops_members_and_attributes_of_signals(
    make_context: Callable[..., Json],
    generate: Build,
    tmp_path: Path,
    load: Load,
    stability: object,
) -> None:
    members = [
        {"id": "a", "value": "a", "stability": "stable"},
        {"id": "b", "value": "b", "stability": "development"},
    ]
    items = [
        attribute("x.kept", type={"members": members}, requirement_level="recommended"),
        attribute("x.gone", stability="alpha", requirement_level="required"),
    ]
    span = {"type": "x.work", "attributes": items}
    new = {"type": "x.new", "attributes": items, "stability": "development"}
    ctx = make_context(attributes=items, spans=[span, new])
    package = generate(ctx, tmp_path, stability=stability)
    module = load(package, "attributes.x")
    assert not hasattr(module, "X_GONE")
    assert list(module.XKeptValues) == ["a"]
    spans = load(package, "spans.x")
    assert not hasattr(spans, "start_x_new")
    with spans.start_x_work(x_kept="a"):
        pass
