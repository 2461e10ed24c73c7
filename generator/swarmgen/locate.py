"""Finding what comes with swarmgen: its own target templates and conventions."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from swarmgen.problems import Problem

_PACKAGE = Path(__file__).parent


def data_folder(name: str) -> Path | None:
    """The folder ``templates`` or ``semconv`` that comes with swarmgen, if it is there.

    In an installed package it lies below the package, in a checkout beside ``generator``.
    """
    places = (_PACKAGE / "_data" / name, _PACKAGE.parents[1] / name)
    return next((place for place in places if place.is_dir()), None)


def templates_root(templates: Path) -> Path:
    """The folder that holds the targets: ``templates/registry`` if it exists."""
    inner = templates / "registry"
    return inner if inner.is_dir() else templates


def builtin_targets() -> list[str]:
    """The names of the targets that come with swarmgen."""
    templates = data_folder("templates")
    if templates is None:
        return []
    folders = templates_root(templates).iterdir()
    return sorted(f.name for f in folders if (f / "weaver.yaml").is_file())


def target_folder(
    target: str, templates: Sequence[Path], builtin: bool = True
) -> tuple[Path | None, list[Problem]]:
    """The template folder of a target, or a problem when there is none.

    Looked for in ``templates``, whose first folder that has it counts, and then among
    the targets that come with swarmgen if ``builtin`` allows it. A target never lies
    outside of the folder it is looked for in.
    """
    own = data_folder("templates") if builtin else None
    roots = [templates_root(place) for place in [*templates, *([own] if own else [])]]
    for root in roots:
        folder = root / target
        inside = folder.resolve().is_relative_to(root.resolve())
        if (
            inside
            and folder.is_dir()
            and (own is None or folder != templates_root(own))
        ):
            return folder, []
    places = ", ".join(f"`{root}`" for root in roots)
    text = f"target `{target}` not found in {places}"
    fields = {"root_path": str(roots[0]) if roots else "", "target": target}
    hint = _known_targets(target) if builtin else ""
    return None, [
        Problem("TargetNotSupported", text, hint=hint, fields={**fields, "error": text})
    ]


def _known_targets(target: str) -> str:
    known = builtin_targets()
    near = get_close_matches(target, known, 1)
    return f"did you mean `{near[0]}`?" if near else f"built in: {', '.join(known)}"
