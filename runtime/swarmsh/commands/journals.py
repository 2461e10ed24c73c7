"""`swarmsh journal`: read, check and tidy the journal."""

from __future__ import annotations

import sys

import click

from swarmsh import framing, layout, maintenance, verify, views
from swarmsh.commands.options import DAMAGE, open_swarm, show_json, with_json, write


@click.group()
def journal() -> None:
    """Read, check and tidy the journal."""


@journal.command()
@with_json
@click.pass_context
def cat(context: click.Context, as_json: bool) -> None:
    """Print every record, oldest first, archived segments included."""
    where = layout.load(layout.find(context.find_root().obj))
    for path, _ in verify.segments(where):
        records = 0
        for line in path.read_bytes().split(b"\n"):
            if records == where.records or framing.split(line) is None:
                continue
            records += 1
            if as_json:
                show_json(views.record_view(line))
            else:
                sys.stdout.buffer.write(line + b"\n")


@journal.command("verify")
@with_json
@click.pass_context
def verify_journal(context: click.Context, as_json: bool) -> int:
    """Explain every kind of damage, with file and byte offset. Exit 6 when there is some."""
    where = layout.load(layout.find(context.find_root().obj))
    found = list(verify.findings(where))
    for damage in found:
        if as_json:
            show_json(vars(damage) | {"path": str(damage.path)})
        else:
            write(f"{damage}\n")
    if not as_json and not found:
        write("no damage\n")
    return DAMAGE if found else 0


@journal.command()
@click.pass_context
def snapshot(context: click.Context) -> None:
    """Save the state, so that others start faster and old segments can be retired."""
    open_swarm(context).journal.save()


@journal.command()
@with_json
@click.pass_context
def retire(context: click.Context, as_json: bool) -> None:
    """Save the state, move the segments that it covers to the archive, remove unnamed blobs."""
    done = maintenance.retire(open_swarm(context))
    if as_json:
        show_json(done)
    else:
        write("".join(f"{key}\t{value}\n" for key, value in done.items()))
