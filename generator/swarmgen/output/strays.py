"""Files of an output folder that nothing generates: finding them, moving them aside.

What most runs don't need is imported where it is needed: a warm check is over sooner.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from swarmgen.problems import Location, Problem

ABANDONED = 60.0
"""Seconds after which a temporary file belongs to no run any more."""


def unexpected_files(
    folder: Path, expected: Collection[str], keep: Iterable[str] = ()
) -> list[str]:
    """The files below ``folder`` that are neither expected, kept, nor ignored by git.

    ``__pycache__`` never counts, nor does what another run is writing. A pattern of ``keep`` without a slash is about names at
    any depth, one with a slash about whole paths; ``*`` also crosses slashes, and a
    pattern that matches a folder keeps all of it. Folders don't count, links do. git is
    asked only when there is something to ask; without git nothing is ignored.
    """
    patterns = list(keep)
    if "*" in patterns:
        return []
    strays = [path for path in _walk(folder, "") if path not in expected]
    strays = [path for path in strays if not _is_kept(path, patterns)]
    ignored = _ignored_by_git(folder, strays)
    return sorted(path for path in strays if path not in ignored)


def temporary_name() -> str:
    """A new name for a file that is being written. One that is killed leaves it behind."""
    return f".swarmgen-{os.urandom(8).hex()}.tmp"


def move_aside(paths: Sequence[str], folder: Path) -> tuple[Path | None, list[Problem]]:
    """Move files out of ``folder``, so that it holds nothing but what is generated.

    They go to a new folder below ``$XDG_STATE_HOME/swarmgen/removed`` (returned), where
    their owner finds them again: swarmgen deletes no file. Folders that are empty
    afterwards are removed. What can't be moved stays, and is a problem.
    """
    import shutil

    try:
        aside = _new_folder_aside(folder)
    except (OSError, RuntimeError) as error:
        message = f"there is no place to move {', '.join(paths)} to: {error}"
        return None, [Problem("MoveFailed", message, location=Location(str(folder)))]
    problems = []
    for path in paths:
        place, destination = folder / path, aside / path
        try:
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(place, destination)
        except OSError as error:
            if not os.path.lexists(place):
                continue  # another run was faster
            message = f"can't be moved to {destination}: {error.strerror or error}"
            problems.append(
                Problem("MoveFailed", message, location=Location(str(place)))
            )
            continue
        _remove_empty_parents(place, folder)
    return aside, problems


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        path = prefix + entry.name
        if not entry.is_dir(follow_symlinks=False):
            if not _is_being_written(entry):
                yield path
        elif entry.name != "__pycache__":
            yield from _walk(folder / entry.name, path + "/")


def _is_being_written(entry: os.DirEntry[str]) -> bool:
    if not fnmatchcase(entry.name, ".swarmgen-*.tmp"):
        return False
    try:
        age = time.time() - entry.stat(follow_symlinks=False).st_mtime
    except OSError:
        return True  # it was there a moment ago
    return age < ABANDONED


def _is_kept(path: str, patterns: Sequence[str]) -> bool:
    pure = PurePosixPath(path)
    whole = [str(step) for step in (pure, *pure.parents[:-1])]
    return any(
        fnmatchcase(step if "/" in pattern else step.rpartition("/")[2], pattern)
        for pattern in (pattern.rstrip("/") for pattern in patterns)
        for step in whole
    )


def _ignored_by_git(folder: Path, paths: Sequence[str]) -> set[str]:
    """What git ignores, unless it ignores the folder itself and so has no opinion."""
    if not paths:
        return set()
    import subprocess

    asked = "\0".join([".", *paths]).encode("utf-8", "surrogateescape")
    command = ["git", "-C", str(folder), "check-ignore", "--stdin", "-z"]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, check=False)
    except OSError:
        return set()
    answer = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return set() if "." in answer else set(answer)


def _new_folder_aside(folder: Path) -> Path:
    import tempfile

    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    removed = Path(home) / "swarmgen" / "removed"
    removed.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = folder.resolve().name
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=removed))


def _remove_empty_parents(place: Path, folder: Path) -> None:
    for parent in place.parents:
        if parent == folder:
            return
        try:
            parent.rmdir()
        except OSError:
            return
