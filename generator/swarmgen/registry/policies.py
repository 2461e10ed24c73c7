"""Rego policies: none is run yet, so that what would be run is refused, loudly."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from swarmgen.problems import Location, Problem, Severity


def find_policies(registry: str, policies: Sequence[str]) -> list[str]:
    """The ``.rego`` files that Weaver would load: those of the registry's folder, then ``policies``.

    Folders are searched at all depths without names that begin with a dot. A path of
    ``policies`` that is no folder is in the list whether it exists or not.
    """
    found = _rego_files(registry) if Path(registry).is_dir() else []
    for path in policies:
        found += _rego_files(path) if Path(path).is_dir() else [path]
    return found


def policy_problems(
    registry: str, policies: Sequence[str], skip: bool, coverage: bool = False
) -> list[Problem]:
    """One error when there is something to run and ``skip`` (``--skip-policies``) is not given.

    ``coverage`` asks for a report of which lines of the policies ran.
    """
    found = [] if skip else find_policies(registry, policies)
    if not found and not (coverage and not skip):
        return []
    others = f" and {len(found) - 1} more" if len(found) > 1 else ""
    what = f"the Rego policy `{found[0]}`{others} cannot be run"
    return [
        Problem(
            "UnsupportedPolicy",
            f"{what if found else 'there is no policy coverage'}: Rego comes with a later version",
            Severity.ERROR,
            Location(found[0]) if found else None,
            "give --skip-policies to go on without the policies",
            {"files": found},
        )
    ]


def _rego_files(folder: str) -> list[str]:
    found = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        rego = (name for name in sorted(files) if name.endswith(".rego"))
        found += [str(Path(path, name)) for name in rego if not name.startswith(".")]
    return found
