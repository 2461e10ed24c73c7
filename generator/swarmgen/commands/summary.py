"""What ``swarmgen generate`` prints: for people, as JSON, as GitHub workflow commands."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

import click

from swarmgen.output.patch import patch
from swarmgen.output.tree import Change
from swarmgen.problems import Location, Problem
from swarmgen.project.generation import Outcome
from swarmgen.report import for_people, github_annotations, report

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_summary(
    outcomes: Sequence[Outcome],
    problems: Sequence[Problem],
    style: str,
    check: bool,
    quiet: bool,
) -> None:
    """Print drift or what was written to stdout, problems and the last line to stderr.

    ``json`` is one value on stdout that holds all of it; its members are described in
    docs/project-file.md and only ever added to.
    """
    problems = _once([*problems, *(p for o in outcomes for p in o.problems)])
    if style == "json":
        click.echo(json.dumps(_as_json(outcomes, problems, check), indent=2))
        return
    if style == "github":
        click.echo("".join(_annotations(outcomes, check)), nl=False)
        click.echo(github_annotations(problems), nl=False)
    click.echo("".join(_lists(outcomes)), nl=False)
    if check:
        _echo_patches(outcomes, group=style == "github")
    if style == "text":
        click.echo(
            for_people(problems, colour=_coloured(sys.stderr)), err=True, nl=False
        )
    if not quiet and outcomes:
        click.echo(_last_line(outcomes, check), err=True)


def _lists(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.failed:
            continue
        for word, path in _differences(outcome):
            yield f"{word:<10} {path}\n"
        if outcome.moved_to:
            yield f"moved what nothing generates to {outcome.moved_to}\n"


def _differences(outcome: Outcome) -> Iterator[tuple[str, str]]:
    drift = outcome.drift
    for word, paths in (
        ("changed", [change.path for change in drift.changed]),
        ("missing", [change.path for change in drift.missing]),
        ("unexpected", drift.unexpected),
    ):
        for path in paths:
            yield word, _joined(outcome, path)


def _echo_patches(outcomes: Sequence[Outcome], group: bool) -> None:
    text = "".join(
        patch(change, PurePath(outcome.target.output).as_posix())
        for outcome in outcomes
        for change in _changes(outcome)
    )
    if not text:
        return
    if _coloured(sys.stdout):
        text = "".join(map(_coloured_line, text.splitlines(keepends=True)))
    click.echo(f"::group::diff\n{text}::endgroup::" if group else text, nl=group)


def _annotations(outcomes: Sequence[Outcome], check: bool) -> Iterator[str]:
    if not check:
        return
    drifted = [
        Problem(
            f"drift: {word}",
            f"{path} is {word}",
            location=Location(path),
            hint="run `swarmgen generate` and commit the result",
        )
        for outcome in outcomes
        if not outcome.failed
        for word, path in _differences(outcome)
    ]
    yield github_annotations(drifted)


def _last_line(outcomes: Sequence[Outcome], check: bool) -> str:
    files = sum(outcome.files for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    if failed:
        return f"{failed} of {len(outcomes)} targets failed"
    counts = {
        "changed": sum(len(outcome.drift.changed) for outcome in outcomes),
        "missing": sum(len(outcome.drift.missing) for outcome in outcomes),
        "unexpected": sum(len(outcome.drift.unexpected) for outcome in outcomes),
    }
    if not any(counts.values()):
        return f"{_count(files)} up to date"
    listed = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    if check:
        return f"{_count(files)} checked: {listed}; `swarmgen generate` repairs them"
    return f"{_count(files)} up to date now; there were {listed}"


def _as_json(
    outcomes: Sequence[Outcome], problems: Sequence[Problem], check: bool
) -> dict[str, Any]:
    failed = any(problem.is_error for problem in problems)
    drifted = not all(outcome.drift.fresh for outcome in outcomes)
    return {
        "mode": "check" if check else "write",
        "status": "error" if failed else "drift" if check and drifted else "fresh",
        "targets": [_target_as_json(outcome) for outcome in outcomes],
        "problems": json.loads(report(problems, "json") or "[]"),
    }


def _target_as_json(outcome: Outcome) -> dict[str, Any]:
    target, drift = outcome.target, outcome.drift
    folder = PurePath(target.output).as_posix()

    def described(change: Change) -> dict[str, str]:
        return {"path": _joined(outcome, change.path), "diff": patch(change, folder)}

    return {
        "name": target.name,
        "target": target.target,
        "output": target.output,
        "failed": outcome.failed,
        "files": outcome.files,
        "changed": [described(change) for change in drift.changed],
        "missing": [described(change) for change in drift.missing],
        "unexpected": [{"path": _joined(outcome, path)} for path in drift.unexpected],
        "moved_to": str(outcome.moved_to) if outcome.moved_to else None,
    }


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """Targets of one registry have the same problems; nobody wants them for each."""
    return [p for index, p in enumerate(problems) if p not in problems[:index]]


def _changes(outcome: Outcome) -> Sequence[Change]:
    return () if outcome.failed else (*outcome.drift.changed, *outcome.drift.missing)


def _joined(outcome: Outcome, path: str) -> str:
    return (PurePath(outcome.target.output) / path).as_posix()


def _count(files: int) -> str:
    return f"{files} file" if files == 1 else f"{files} files"


def _coloured(stream: Any) -> bool:
    """Colour only on a terminal, and not if https://no-color.org says otherwise."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR")


def _coloured_line(line: str) -> str:
    colour = _COLOURS.get(line[0])
    return click.style(line, fg=colour) if colour else line
