"""Problems are values: what is wrong, where, how bad, and what to do next.

Every stage of the generator returns its problems beside its result; nothing is printed
half-way and nothing but a programming error is raised across a stage. ``report`` turns
problems into text, Weaver's JSON or GitHub workflow commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


class Severity(str, Enum):
    """How bad a problem is. ``UNSET`` counts as an error but is ``null`` in Weaver's JSON."""

    UNSET = "Unset"
    ERROR = "Error"
    WARNING = "Warning"
    ADVICE = "Advice"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in an input file. Lines and columns count from 1; ``None`` means unknown."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.path, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the input.

    ``code`` is stable and, where Weaver has the same diagnostic, Weaver's own name.
    ``fields`` are the members of Weaver's JSON error; ``within`` are the names of the
    error families that Weaver wraps around it, outermost first. ``masked`` problems are
    real ones that Weaver never comes to, because a worse one stops it before.
    """

    code: str
    message: str
    severity: Severity = Severity.UNSET
    location: Location | None = None
    hint: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    within: tuple[str, ...] = ()
    masked: bool = False

    @property
    def is_error(self) -> bool:
        """Whether the command that met this problem must exit with 1."""
        return not self.masked and self.severity in (Severity.UNSET, Severity.ERROR)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any problem is more than a warning."""
    return any(problem.is_error for problem in problems)


def warnings_as_errors(problems: Iterable[Problem]) -> list[Problem]:
    """What ``--future`` does: every warning becomes an error."""
    return [
        (
            replace(problem, severity=Severity.ERROR)
            if problem.severity is Severity.WARNING
            else problem
        )
        for problem in problems
    ]
