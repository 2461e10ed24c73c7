"""`swarmsh agent`: who is in the swarm."""

from __future__ import annotations

import click

import swarmsh
from swarmsh import text, views
from swarmsh.commands.options import open_swarm, show_json, visible, with_json, write


@click.group()
def agent() -> None:
    """Register agents, and see who is there."""


@agent.command()
@click.argument("name", required=False)
@click.option(
    "--skill", "skills", multiple=True, metavar="S", help="What the agent can do."
)
@click.option(
    "--capacity", type=click.IntRange(1, 1_000_000), default=1, show_default=True
)
@click.option(
    "--pid", type=click.IntRange(1), help="A process whose death is the agent's death."
)
@with_json
@click.pass_context
def register(
    context: click.Context,
    name: str | None,
    skills: tuple[str, ...],
    capacity: int,
    pid: int | None,
    as_json: bool,
) -> None:
    """Register an agent and print its handle, which the other verbs ask for."""
    swarm = open_swarm(context)
    try:
        handle = swarm.register(
            name, skills=skills, capacity=capacity, pid=pid
        ).decode()
    except ProcessLookupError as error:
        raise swarmsh.UsageError(str(error)) from None
    if as_json:
        show_json({"handle": handle})
    else:
        write(handle + "\n")


@agent.command()
@click.argument("handle")
@click.pass_context
def heartbeat(context: click.Context, handle: str) -> None:
    """Say that an agent is alive; it renews no lease."""
    swarmsh.Agent(open_swarm(context), text.handle(handle)).heartbeat()


@agent.command()
@click.argument("handle")
@click.pass_context
def leave(context: click.Context, handle: str) -> None:
    """Say goodbye: what the agent holds can be claimed by others."""
    swarm = open_swarm(context)
    swarm.attach(handle).close()


@agent.command("list")
@with_json
@click.pass_context
def list_agents(context: click.Context, as_json: bool) -> None:
    """List the agents that are there."""
    swarm = open_swarm(context)
    for row in sorted(swarm.journal.state.agents.values(), key=lambda row: row.slot):
        view = views.agent_view(row)
        if as_json:
            show_json(view)
            continue
        seen = text.local_time(view["seen_at"]) if view["seen_at"] else "-"
        skills = ",".join(view["skills"]) or "-"
        line = [
            view["handle"],
            view["state"],
            f"{view['held']}/{view['capacity']}",
            skills,
            seen,
        ]
        write("\t".join(map(visible, line)) + "\n")
