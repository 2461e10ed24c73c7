"""Where a generated file may be written: inside its output folder, and nowhere else."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from swarmgen.problems import Location, Problem


def misplaced(paths: Iterable[str], folder: Path) -> dict[str, Problem]:
    """The paths that can't be written below ``folder``, each with the reason.

    Refused are paths that leave the folder (``..``, absolute, through a symbolic link),
    that name something else than a file (a folder or a link is in the way), and that are
    no file names at all. The folder itself may be a link: whoever named it chose so.
    """
    found: dict[str, Problem] = {}
    wanted = set(paths)
    parents: dict[PurePosixPath, Problem | None] = {}
    for path in sorted(wanted):
        problem = _spelling(path, folder) or _ancestry(path, folder, wanted, parents)
        problem = problem or _occupant(path, folder)
        if problem:
            found[path] = problem
    return found


def _spelling(path: str, folder: Path) -> Problem | None:
    pure = PurePosixPath(path)
    if "\0" in path or pure.name == "":
        return _problem("InvalidOutputPath", folder, f"{path!r} is no file name")
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return _problem("InvalidOutputPath", folder, f"{path!r} is not valid Unicode")
    if pure.is_absolute() or ".." in pure.parts:
        return _problem(
            "OutputPathEscapes",
            folder,
            f"the template's file name {path!r} leaves the output folder {str(folder)!r}",
            "a file name must be relative and without '..'",
        )
    return None


def _ancestry(
    path: str,
    folder: Path,
    wanted: set[str],
    parents: dict[PurePosixPath, Problem | None],
) -> Problem | None:
    for parent in reversed(PurePosixPath(path).parents[:-1]):
        if parent not in parents:
            parents[parent] = _parent(parent, folder, wanted)
        if problem := parents[parent]:
            return problem
    return None


def _parent(parent: PurePosixPath, folder: Path, wanted: set[str]) -> Problem | None:
    place = folder / parent
    if str(parent) in wanted:
        return _problem(
            "OutputPathOccupied", place, "is generated both as a file and as a folder"
        )
    if place.is_symlink():
        return _problem(
            "OutputPathEscapes",
            place,
            "is a symbolic link; nothing is written through it",
            "remove the link, or name its target as the output folder",
        )
    return None


def _occupant(path: str, folder: Path) -> Problem | None:
    place = folder / path
    try:
        mode = place.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return _problem("OutputUnreadable", place, error.strerror or str(error))
    if stat.S_ISREG(mode):
        return None
    kind = (
        "a folder"
        if stat.S_ISDIR(mode)
        else "a symbolic link" if stat.S_ISLNK(mode) else "no regular file"
    )
    return _problem(
        "OutputPathOccupied",
        place,
        f"is {kind}; a file is to be written here",
        "move it away, then generate again",
    )


def _problem(code: str, place: Path, message: str, hint: str = "") -> Problem:
    return Problem(code, message, location=Location(str(place)), hint=hint)
