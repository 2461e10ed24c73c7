"""Problems as text for people, as Weaver's JSON, and as GitHub workflow commands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from swarmgen.problems import Problem, Severity

FORMATS = ("ansi", "json", "gh_workflow_command")

_NAMES = {
    Severity.UNSET: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.ADVICE: "advice",
}
_COLOURS = {"error": "31", "warning": "33", "advice": "36"}
_COMPOUND = "CompoundError"
_SHOWN_ALIKE = 3


def report(problems: Sequence[Problem], format: str, colour: bool = False) -> str:
    """The problems in one of ``FORMATS``; the empty string when there are none.

    ``ansi`` holds every problem, ``json`` those that Weaver reports, in its shape (masked
    ones are left out). ``gh_workflow_command`` is byte for byte
    what Weaver 0.25.1 prints, which names policy violations only: print ``github_annotations``
    beside it. Raises ``KeyError`` for an unknown format.
    """
    writers: dict[str, Callable[[], str]] = {
        "ansi": lambda: for_people(problems, colour),
        "json": lambda: _json(problems),
        "gh_workflow_command": lambda: "\n::group::Diagnostic report\n\n::endgroup::\n\n",
    }
    writer = writers[format]
    told = problems if format == "ansi" else [p for p in problems if not p.masked]
    return writer() if told else ""


def for_people(problems: Iterable[Problem], colour: bool = False) -> str:
    """``path:line:column: error[Code]: message`` and an indented hint, one after another.

    Warnings that say the same of many files are printed once, with the number of places;
    errors are always printed one by one.
    """
    alike: dict[Any, list[Problem]] = {}
    for problem in problems:
        alike.setdefault(_sameness(problem), []).append(problem)
    return "".join(_group_for_people(group, colour) for group in alike.values())


def github_annotations(problems: Iterable[Problem]) -> str:
    """One GitHub workflow command for each problem, shown beside the line it is about.

    Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    return "".join(_annotation(problem) for problem in problems)


def _sameness(problem: Problem) -> Any:
    if problem.is_error:
        return id(problem)
    return problem.code, problem.message, problem.hint


def _group_for_people(group: Sequence[Problem], colour: bool) -> str:
    if len(group) <= _SHOWN_ALIKE:
        return "".join(_for_people(problem, colour) for problem in group)
    more = f"  the same in {len(group) - 1} more places\n"
    return _for_people(group[0], colour) + more


def _for_people(problem: Problem, colour: bool) -> str:
    name = _NAMES[problem.severity]
    label = f"{name}[{problem.code}]"
    if colour:
        label = f"\x1b[1;{_COLOURS[name]}m{label}\x1b[0m"
    where = f"{problem.location}: " if problem.location else ""
    message = problem.message.rstrip("\n").replace("\n", "\n  ")
    hint = f"  hint: {problem.hint}\n" if problem.hint else ""
    return f"{where}{label}: {message}\n{hint}"


def _annotation(problem: Problem) -> str:
    command = {"error": "error", "warning": "warning", "advice": "notice"}[
        _NAMES[problem.severity]
    ]
    properties: dict[str, Any] = {"title": problem.code}
    if problem.location:
        properties["file"] = problem.location.path
        properties["line"] = problem.location.line
        properties["col"] = problem.location.column
    listed = ",".join(
        f"{key}={_escape(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties.items()
        if value is not None
    )
    message = problem.message + (f"\nhint: {problem.hint}" if problem.hint else "")
    return f"::{command} {listed}::{_escape(message)}\n"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _json(problems: Iterable[Problem]) -> str:
    items = []
    seen = [problem for problem in problems if not problem.masked]
    for within, members in groupby(seen, key=lambda problem: problem.within):
        if within[-1:] == (_COMPOUND,):
            items.append(_compound(within, list(members)))
        else:
            items.extend(_item(problem) for problem in members)
    return json.dumps(items, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _item(problem: Problem) -> dict[str, Any]:
    error = _nest(problem.within, _error(problem))
    return {"error": error, "diagnostic": _diagnostic(problem)}


def _compound(within: tuple[str, ...], members: list[Problem]) -> dict[str, Any]:
    """Weaver puts the resolver's errors of one kind into one item."""
    diagnostic = _diagnostic(members[0])
    diagnostic["message"] = "\n".join(member.message for member in members)
    diagnostic["ansi_message"] = for_people(members)
    error = _nest(within, [_error(member) for member in members])
    return {"error": error, "diagnostic": diagnostic}


def _error(problem: Problem) -> Any:
    return {problem.code: dict(problem.fields)} if problem.fields else problem.code


def _nest(within: tuple[str, ...], error: Any) -> Any:
    for name in reversed(within):
        error = {name: error}
    return error


def _diagnostic(problem: Problem) -> dict[str, Any]:
    known: Mapping[str, Any] = {
        "message": problem.message,
        "ansi_message": for_people([problem]),
        "severity": (
            None if problem.severity is Severity.UNSET else problem.severity.value
        ),
        "help": problem.hint or None,
        "location": _location(problem),
    }
    return {key: value for key, value in known.items() if value is not None}


def _location(problem: Problem) -> dict[str, Any] | None:
    if problem.location is None:
        return None
    place = problem.location
    return {"path": place.path, "line": place.line, "column": place.column}


def coloured(stream: Any) -> bool:
    """Colour only on a terminal, and not if https://no-color.org says otherwise."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR")
