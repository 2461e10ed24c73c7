"""Compare generated files with a folder, and write them to it.

Both work on ``{path: text}``, POSIX paths relative to the folder. A text that starts
with ``#!`` belongs to an executable file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from swarmgen.output.places import misplaced
from swarmgen.output.strays import temporary_name, unexpected_files
from swarmgen.problems import Location, Problem


@dataclass(frozen=True, slots=True)
class State:
    """What a file holds, and whether its owner may execute it."""

    content: bytes
    executable: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is not as it would be generated. ``old`` is None where it is missing."""

    path: str
    old: State | None
    new: State


@dataclass(frozen=True)
class Drift:
    """How a folder differs from what would be generated.

    ``unexpected`` are files of the folder that nothing generates. With problems, the
    three lists are about the remaining files.
    """

    changed: tuple[Change, ...] = ()
    missing: tuple[Change, ...] = ()
    unexpected: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def fresh(self) -> bool:
        """Whether generating would do nothing."""
        return not (self.changed or self.missing or self.unexpected or self.problems)


def compare(
    files: Mapping[str, str],
    folder: Path,
    keep: Iterable[str] = (),
    others: Iterable[str] = (),
) -> Drift:
    """How ``folder`` differs from ``files``. Reads every file, writes nothing.

    ``keep`` are patterns of files that are not swarmgen's, see
    ``swarmgen.output.strays``; ``others`` are paths that somebody else looks after.
    Never raises for what it finds in the folder.
    """
    problems = misplaced(files, folder)
    changes = []
    for path, text in sorted(files.items()):
        if path in problems:
            continue
        try:
            change = _change(path, text, folder)
        except (OSError, UnicodeEncodeError) as error:
            problems[path] = _failure("OutputUnreadable", folder / path, error)
            continue
        if change:
            changes.append(change)
    return Drift(
        changed=tuple(change for change in changes if change.old),
        missing=tuple(change for change in changes if not change.old),
        unexpected=tuple(unexpected_files(folder, {*files, *others}, keep)),
        problems=tuple(problems.values()),
    )


def write(files: Mapping[str, str], folder: Path) -> list[Problem]:
    """Write what differs from ``folder``; other files of it stay as they are.

    Each file is replaced as a whole or not at all, and an unchanged file is not touched.
    The umask decides the permissions. What can't be written is a problem; the rest is
    written. Not promised: that all files of one call appear at the same moment.
    """
    drift = compare(files, folder, keep=("*",))
    return [*drift.problems, *write_changes((*drift.changed, *drift.missing), folder)]


def write_changes(changes: Iterable[Change], folder: Path) -> list[Problem]:
    """Write the files that ``compare`` found to be changed or missing."""
    problems = []
    for change in changes:
        try:
            _replace(folder / change.path, change)
        except OSError as error:
            problems.append(_failure("WriteFailed", folder / change.path, error))
    return problems


def _change(path: str, text: str, folder: Path) -> Change | None:
    new = State(text.encode("utf-8"), text.startswith("#!"))
    try:
        with open(folder / path, "rb") as file:
            executable = bool(os.fstat(file.fileno()).st_mode & 0o100)
            old = State(file.read(), executable)
    except (FileNotFoundError, NotADirectoryError):
        return Change(path, None, new)
    return Change(path, old, new) if old != new else None


def _replace(place: Path, change: Change) -> None:
    """Write beside the file and rename, so that no reader sees half a file."""
    if change.old and change.old.content == change.new.content:
        mode = place.stat().st_mode & 0o777
        place.chmod(
            mode | (mode & 0o444) >> 2 if change.new.executable else mode & ~0o111
        )
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(temporary_name())
    mode = 0o777 if change.new.executable else 0o666
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(descriptor, "wb") as file:
            file.write(change.new.content)
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)


def _failure(code: str, place: Path, error: Exception) -> Problem:
    reason = error.strerror if isinstance(error, OSError) else None
    return Problem(code, reason or str(error), location=Location(str(place)))
