"""Rego policies: none is run yet, so that what would be run is refused, loudly."""

from __future__ import annotations

import os
from collections.abc import Sequence

from swarmgen.problems import Location, Problem, Severity


def find_policies(registry: str, policies: Sequence[str]) -> list[str]:
    """The ``.rego`` files that Weaver would load: those of the registry's folder, then ``policies``.

    Folders are searched at all depths without names that begin with a dot. A path of
    ``policies`` that is no folder is in the list whether it exists or not.
    """
    found = _rego_files(registry) if os.path.isdir(registry) else []
    for path in policies:
        found += _rego_files(path) if os.path.isdir(path) else [path]
    return found


def policy_problems(
    registry: str, policies: Sequence[str], skip: bool
) -> list[Problem]:
    """One error when there are policies to run and ``skip`` (``--skip-policies``) is not given."""
    found = [] if skip else find_policies(registry, policies)
    if not found:
        return []
    others = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return [
        Problem(
            "UnsupportedPolicy",
            f"the Rego policy `{found[0]}`{others} cannot be run: Rego comes with a later version",
            Severity.ERROR,
            Location(found[0]),
            "give --skip-policies to go on without the policies",
            {"files": found},
        )
    ]


def _rego_files(folder: str) -> list[str]:
    found = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        rego = (name for name in sorted(files) if name.endswith(".rego"))
        found += [os.path.join(path, name) for name in rego if not name.startswith(".")]
    return found
