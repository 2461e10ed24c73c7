"""The target `promela` makes models of the lifecycles of any registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spin_runs import Compile, properties, rendered, unmet

Json = dict[str, Any]


def event(name: str, *rules: Json) -> Json:
    """An event with the rules of a lifecycle, as a version 2 context holds it."""
    return {"name": name, "annotations": {"swarmsh.lifecycle": list(rules)}}


def files(checkout: Path, *events: Json) -> dict[str, str]:
    """The models of a registry with these events."""
    return rendered("promela", {"registry": {"events": list(events)}}, checkout)


def models(checkout: Path, folder: Path, *events: Json) -> Path:
    """A folder with the models of a registry with these events."""
    folder.mkdir()
    for path, text in files(checkout, *events).items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_a_registry_without_lifecycles_has_no_model(checkout: Path) -> None:
    assert files(checkout) == {}
    assert files(checkout, {"name": "shop.order.note"}) == {}


def test_an_entity_without_a_state_has_no_model(checkout: Path) -> None:
    assert files(checkout, event("shop.till.tick", {"entity": "till"})) == {}


def test_words_of_promela_are_names_like_any_other(
    compile_model: Compile, checkout: Path, tmp_path: Path
) -> None:
    folder = models(
        checkout,
        tmp_path / "words",
        event("a.do", {"entity": "init", "to": "active"}),
        event("a.od", {"entity": "init", "from": ["active"], "to": "skip"}),
        event(
            "a.if", {"entity": "init", "from": ["skip"], "to": "end", "guard": "run"}
        ),
    )
    assert unmet(compile_model, folder, "init") == set()


def test_hostile_names_of_events_stay_names(
    compile_model: Compile, checkout: Path, tmp_path: Path
) -> None:
    folder = models(
        checkout,
        tmp_path / "hostile",
        event('a.*/ } init { assert(0) } "\n#error', {"entity": "x", "to": "made"}),
        event("a.b_c", {"entity": "x", "from": ["made"], "to": "gone"}),
        event("a.b.c", {"entity": "x", "from": ["made"], "to": "gone"}),
    )
    assert unmet(compile_model, folder, "x") == set()


def test_a_lifecycle_without_an_end_claims_none(
    compile_model: Compile, checkout: Path, tmp_path: Path
) -> None:
    folder = models(
        checkout,
        tmp_path / "endless",
        event("a.on", {"entity": "lamp", "to": "on"}),
        event("a.dim", {"entity": "lamp", "from": ["on"], "to": "dim"}),
        event("a.up", {"entity": "lamp", "from": ["dim"], "to": "on"}),
    )
    names = properties(folder / "lamp.pml")
    assert not any("end" in name or "terminal" in name for name in names)
    assert unmet(compile_model, folder, "lamp") == set()


def test_a_way_out_of_a_terminal_state_is_found(
    compile_model: Compile, checkout: Path, tmp_path: Path
) -> None:
    folder = models(
        checkout,
        tmp_path / "undead",
        event("a.make", {"entity": "x", "to": "made"}),
        event(
            "a.end", {"entity": "x", "from": ["made"], "to": "ended", "terminal": True}
        ),
        event("a.wake", {"entity": "x", "from": ["ended"], "to": "made"}),
    )
    assert unmet(compile_model, folder, "x") == {"terminal_is_final"}


def test_a_state_that_nothing_leads_to_is_found(
    compile_model: Compile, checkout: Path, tmp_path: Path
) -> None:
    folder = models(
        checkout,
        tmp_path / "lost",
        event("a.make", {"entity": "x", "to": "made"}),
        event("a.end", {"entity": "x", "from": ["made", "lost"], "to": "ended"}),
    )
    assert unmet(compile_model, folder, "x") == {"never_lost", "never_ends_in_lost"}


def test_a_cycle_that_leads_to_no_end_is_found(
    compile_model: Compile, checkout: Path, tmp_path: Path
) -> None:
    folder = models(
        checkout,
        tmp_path / "cycle",
        event("a.make", {"entity": "x", "to": "made"}),
        event("a.end", {"entity": "x", "from": ["made"], "to": "ended"}),
        event("a.turn", {"entity": "x", "from": ["made", "left"], "to": "right"}),
        event("a.back", {"entity": "x", "from": ["right"], "to": "left"}),
    )
    assert unmet(compile_model, folder, "x") == {
        "never_ends_in_left",
        "never_ends_in_right",
    }
