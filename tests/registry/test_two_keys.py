"""A mapping that says two things at once: the first of the known names counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from swarmgen.registry import RegistryOptions, resolve_registry


def attribute(folder: Path, **more: Any) -> dict[str, Any] | list[str]:
    """The only attribute of a registry, or the codes of its problems."""
    own = {"id": "n.a", "type": "int", "brief": "A.", "stability": "stable", **more}
    group = {"id": "g", "type": "attribute_group", "brief": "b", "attributes": [own]}
    (folder / "a.yaml").write_text(json.dumps({"groups": [group]}))
    resolution = resolve_registry(RegistryOptions(str(folder)))
    context = resolution.context()
    if context is None:
        return [problem.code for problem in resolution.problems]
    found: dict[str, Any] = context["groups"][0]["attributes"][0]
    return found


def test_a_requirement_level_with_two_texts_keeps_the_first_of_the_order(
    tmp_path: Path,
) -> None:
    level = {"recommended": "y", "conditionally_required": "x"}
    found = attribute(tmp_path, requirement_level=level)
    assert isinstance(found, dict)
    assert found["requirement_level"] == {"conditionally_required": "x"}


def test_an_unknown_key_of_a_deprecation_with_a_note_is_a_reading_error(
    tmp_path: Path,
) -> None:
    extra = {"reason": "obsoleted", "note": "n", "x": 1}
    assert attribute(tmp_path, deprecated=extra) == ["DeserializationError"]
    del extra["note"]
    assert attribute(tmp_path, deprecated=extra) == ["InvalidSemConvSpec"]
