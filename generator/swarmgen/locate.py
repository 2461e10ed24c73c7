"""Finding what comes with swarmgen: its own target templates and conventions."""

from __future__ import annotations

from pathlib import Path

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


def builtin_target(name: str) -> Path | None:
    """The template folder of a target that comes with swarmgen."""
    templates = data_folder("templates")
    if templates is None or name not in builtin_targets():
        return None
    return templates_root(templates) / name
