"""``swarmgen registry check``."""

from __future__ import annotations

import click

from swarmgen.commands.options import (
    Command,
    DiagnosticArgs,
    PolicyArgs,
    RegistryArgs,
    conclude,
    diagnostic_options,
    global_options,
    policy_options,
    read_registry,
    registry_options,
)


@click.command(cls=Command)
@registry_options
@policy_options
@diagnostic_options
@global_options
def check(
    registry: RegistryArgs, policies: PolicyArgs, diagnostics: DiagnosticArgs
) -> None:
    """Read and resolve a registry, and report every problem in it."""
    resolution, problems = read_registry(registry, policies)
    conclude([*problems, *resolution.problems], diagnostics)
