"""A project to start from: conventions, a project file, a README and a CI workflow."""

from __future__ import annotations

import re
from pathlib import Path

from swarmgen.output.tree import write
from swarmgen.problems import Location, Problem

_FILES = Path(__file__).parent / "new_project"


def scaffold(folder: Path) -> list[Problem]:
    """Write the files of a new project to ``folder``, which is made if it isn't there.

    Nothing is written when one of the files exists already.
    """
    files = scaffold_files(folder.resolve().name)
    problems = [
        Problem(
            "FileExists",
            "is there already; nothing was written",
            location=Location(str(folder / path)),
            hint="name a folder without it",
        )
        for path in files
        if (folder / path).exists() or (folder / path).is_symlink()
    ]
    return problems or write(files, folder)


def scaffold_files(name: str) -> dict[str, str]:
    """The files of a new project called ``name``, by path."""
    words = re.findall(r"[a-z0-9]+", name.lower()) or ["project"]
    package = "_".join([*words, "telemetry"])
    if package[0].isdigit():
        package = f"p{package}"
    files = {}
    for source in sorted(_FILES.rglob("*")):
        if source.is_file():
            text = source.read_text(encoding="utf-8")
            text = text.replace("@project@", " ".join(words)).replace(
                "@package@", package
            )
            files[source.relative_to(_FILES).as_posix()] = text
    return files
