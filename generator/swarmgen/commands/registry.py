"""``swarmgen registry``: the commands that take Weaver's arguments."""

from __future__ import annotations

import click

from swarmgen.commands import LazyGroup
from swarmgen.commands.options import global_options


@click.group(
    cls=LazyGroup,
    lazy={
        "check": "swarmgen.commands.registry_check:check",
        "generate": "swarmgen.commands.registry_generate:generate",
        "resolve": "swarmgen.commands.registry_resolve:resolve",
    },
)
@global_options
def registry() -> None:
    """Check, resolve and generate from a registry, spelled as Weaver spells it."""
