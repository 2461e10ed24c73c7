"""Registries: YAML files → definitions → resolved registry → template contexts.

Importing this package costs next to nothing; the reader and the resolver are imported
when a registry is resolved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from swarmgen.problems import Problem


@dataclass(frozen=True)
class RegistryOptions:
    """Which registry to read, and how.

    ``path`` is kept as it is spelled: it is part of provenances and of the ids of groups
    that stand for the attributes of a ``definition/2`` file. ``future`` is what
    ``--future`` says; it changes no result, only how the caller reports warnings.
    """

    path: str
    follow_symlinks: bool = False
    include_unreferenced: bool = False
    v2: bool = False
    future: bool = False


@dataclass(frozen=True)
class Resolution:
    """What came of resolving a registry.

    ``inputs`` are the paths of every file and folder that was looked at: as long as
    their contents and listings stay the same, so does the resolution.
    """

    problems: tuple[Problem, ...]
    inputs: tuple[str, ...]
    build_context: Callable[[bool], dict[str, Any] | None] | None

    def context(self, v2: bool = False) -> dict[str, Any] | None:
        """The value that templates, jq and policies see, or None after a fatal problem.

        Plain JSON values, all keys sorted; in version 1 or, with ``v2``, version 2 of
        the template schema.
        """
        return self.build_context(v2) if self.build_context else None


def resolve_registry(options: RegistryOptions) -> Resolution:
    """Read, check and resolve the registry at ``options.path``.

    Never raises for bad input: every problem is in the result.
    """
    from swarmgen.registry.pipeline import run

    return run(options)
