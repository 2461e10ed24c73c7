"""``swarmgen generate``: everything the project file says; ``--check`` is the drift gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from swarmgen.commands.options import Command, global_options

EXIT_DRIFT = 1
EXIT_ERROR = 2


@click.command(cls=Command)
@click.argument("targets", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; print what differs.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print what differs and what is wrong.",
)
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    help="The project file, or a folder to look for it from.  [default: .]",
)
@click.option("--no-cache", is_flag=True, help="Compute everything again.")
@global_options
@click.pass_context
def generate(
    ctx: click.Context,
    targets: tuple[str, ...],
    check: bool,
    style: str,
    project: Path | None,
    no_cache: bool,
) -> None:
    """Generate all TARGETS of the project file, or the named ones.

    \b
    Exit status: 0 done, or with --check nothing differs
                 1 with --check: something differs
                 2 an error; the targets it is about are not written
    """
    from swarmgen.cache import open_cache
    from swarmgen.commands.progress import Progress
    from swarmgen.commands.summary import print_summary
    from swarmgen.problems import has_errors, warnings_as_errors
    from swarmgen.project.generation import Run, run_targets, unknown_targets

    settings: dict[str, Any] = ctx.ensure_object(dict)
    found, problems = _project(project or Path())
    if found:
        problems += unknown_targets(found, targets)
    if settings.get("future"):
        problems = warnings_as_errors(problems)
    outcomes = []
    if found and not has_errors(problems):
        quiet, debug = settings.get("quiet", False), settings.get("debug", False)
        with Progress(quiet, debug) as progress:
            run = Run(
                write=not check,
                cache=open_cache(not no_cache),
                report=progress,
                future=settings.get("future", False),
            )
            outcomes = run_targets(found, targets, run)
    print_summary(outcomes, problems, style, check, settings.get("quiet", False))
    if has_errors(problems) or any(outcome.failed for outcome in outcomes):
        ctx.exit(EXIT_ERROR)
    if check and not all(outcome.drift.fresh for outcome in outcomes):
        ctx.exit(EXIT_DRIFT)


def _project(start: Path) -> tuple[Any, list[Any]]:
    from swarmgen.problems import Location, Problem
    from swarmgen.project.settings import FILE_NAMES, find_project_file, read_project

    file = start if start.is_file() else None
    message = "there is no such file or folder"
    if start.is_dir():
        file = find_project_file(start.absolute())
        message = (
            f"neither {FILE_NAMES[0]} nor a {FILE_NAMES[1]} with [tool.swarmgen]"
            " is here or above"
        )
    if file:
        return read_project(file)
    hint = "`swarmgen init DIR` makes a project to start from"
    return None, [
        Problem("NoProject", message, location=Location(str(start)), hint=hint)
    ]
