"""`swarmsh init`, `doctor` and `state`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import swarmsh
from swarmsh import doctor as examination
from swarmsh import exporting, layout
from swarmsh.commands.options import open_swarm, show_json, with_json, write


@click.command()
@click.argument("directory", required=False)
@click.option(
    "--durability", type=click.Choice(["process", "power"]), default="process"
)
@click.option(
    "--retain",
    type=click.IntRange(0),
    default=0,
    help="Segments to keep in the archive. [all]",
)
@click.pass_context
def init(
    context: click.Context, directory: str | None, durability: str, retain: int
) -> None:
    """Make the swarm directory, .swarmsh by default; fine when it is there already."""
    path = directory or context.find_root().obj or layout.NAME
    with swarmsh.init(path, durability=durability, retain=retain) as swarm:
        write(f"{swarm.path}\n")


@click.command()
@with_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> int:
    """Check directory, filesystem, space, damage, rules, clock and agents."""
    worst = 0
    for finding in examination.examine(Path(layout.find(context.find_root().obj))):
        worst = max(worst, finding.code)
        if as_json:
            show_json(finding._asdict())
        else:
            write(
                f"{'ok' if not finding.code else 'BAD'}\t{finding.name}\t{finding.message}\n"
            )
    return worst


@click.command()
@click.argument("directory", metavar="DIR")
def export(directory: str) -> None:
    """Write the same command line as one bash script, DIR/swarmsh, which needs no Python."""
    write(f"{exporting.export(Path(directory))}\n")


@click.group()
def state() -> None:
    """The state as canonical text."""


@state.command()
@click.pass_context
def dump(context: click.Context) -> None:
    """Print the state: one state has one text, in every implementation."""
    sys.stdout.buffer.write(open_swarm(context).dump())
