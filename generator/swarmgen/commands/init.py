"""``swarmgen init``: a project that generates, checks, and does so in CI."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_context
def init(ctx: click.Context, folder: Path) -> None:
    """Make a project in DIR and generate it for the first time.

    It holds conventions to start from, swarmgen.toml, a Makefile, a README and a CI
    workflow that fails when what is committed is stale. Nothing is overwritten.
    """
    from swarmgen.commands.generate import EXIT_ERROR, generate
    from swarmgen.project.scaffold import scaffold
    from swarmgen.report import for_people

    if problems := scaffold(folder):
        click.echo(for_people(problems), err=True, nl=False)
        ctx.exit(EXIT_ERROR)
    ctx.invoke(
        generate, targets=(), check=False, style="text", project=folder, no_cache=False
    )
    click.echo(f"made {folder}; edit semconv/ there, then run `swarmgen generate`")
