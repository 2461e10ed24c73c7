"""Which files of a folder are definitions, walked as Weaver walks it."""

# pathlib would rewrite paths, whose spelling is part of ids and provenances.
# ruff: noqa: PTH110, PTH112, PTH113, PTH114, PTH116, PTH118, PTH119, PTH208

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from swarmgen.registry.manifest import LEGACY_NAME, NAME

_SKIPPED = {"schema-next.yaml", NAME, LEGACY_NAME}
_SOURCE = re.compile(
    r"(?P<source>.+?)(?:@(?P<ref>.+?))?(?:\[(?P<folder>.+?)\])?\Z", re.DOTALL
)


@dataclass
class Found:
    """The definition files in walking order, every folder looked at, and what went wrong."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)  # (path, what)


def local_path(spelled: str) -> str | None:
    """The local folder that a registry's spelling means; None for archives and URLs."""
    match = _SOURCE.match(spelled)
    source = match["source"] if match else spelled
    if source.startswith(("http://", "https://")) or source.endswith(
        (".zip", ".tar.gz")
    ):
        return None
    return source


def find_definitions(root: str, follow_symlinks: bool) -> Found:
    """The definition files below ``root``, sorted, and the folders that were listed.

    Hidden names are skipped, even the root's own. A linked file is a file; a linked
    folder is entered only with ``follow_symlinks``, and a loop of links is an error.
    """
    found = Found()
    if os.path.isdir(root):
        if not _own_name(root).startswith("."):
            _walk(root, follow_symlinks, (), found)
    elif not os.path.exists(root):
        found.errors.append((root, "No such file or directory"))
    return found


def _own_name(path: str) -> str:
    """The last component of a path as Rust's ``Path::file_name`` sees it, else the path."""
    parts = [
        part
        for index, part in enumerate(path.split("/"))
        if part and (part != "." or not index)
    ]
    last = parts[-1] if parts else path
    return path if last in (".", "..") else last


def _walk(
    folder: str, follow: bool, above: tuple[tuple[int, int], ...], found: Found
) -> None:
    """Depth first, without recursion into anything that is already being walked."""
    for path, is_folder in _entries(folder, found):
        if is_folder:
            is_link = os.path.islink(path)
            if is_link and not follow:
                continue
            status = os.stat(folder)
            inside = (*above, (status.st_dev, status.st_ino))
            target = os.stat(path)
            if is_link and (target.st_dev, target.st_ino) in inside:
                found.errors.append(
                    (
                        path,
                        "File system loop found: the link points to a folder around it",
                    )
                )
                continue
            _walk(path, follow, inside, found)
        elif (
            path.endswith((".yaml", ".yml")) and os.path.basename(path) not in _SKIPPED
        ):
            if os.path.isfile(path):
                found.files.append(path)
            elif follow and os.path.islink(path):
                found.errors.append((path, "the link points to nothing"))


def _entries(folder: str, found: Found) -> Iterator[tuple[str, bool]]:
    found.folders.append(folder)
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        found.errors.append((folder, error.strerror or str(error)))
        return
    for name in names:
        if not name.startswith("."):
            path = os.path.join(folder, name)
            yield path, os.path.isdir(path)
