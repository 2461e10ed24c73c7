"""``swarmgen registry generate``: what ``weaver registry generate`` does."""

from __future__ import annotations

from pathlib import Path

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
    registry_options,
)


@click.command(cls=Command)
@click.argument("target", default="")
@click.argument("output", default="output", type=click.Path(path_type=Path))
@click.option(
    "-t",
    "--templates",
    type=click.Path(path_type=Path),
    help="The folder of the targets' templates. [default: templates]",
)
@click.option(
    "-c",
    "--config",
    multiple=True,
    type=click.Path(path_type=Path),
    help="As in Weaver, always an error: put the settings into weaver.yaml.",
)
@click.option(
    "-D",
    "--param",
    multiple=True,
    metavar="KEY=YAML",
    help="A parameter for the templates; repeat for more.",
)
@click.option(
    "--params",
    type=click.Path(path_type=Path),
    help="A YAML file with parameters below the key `params`.",
)
@click.option("--no-cache", is_flag=True, help="Compute everything again.")
@registry_options
@policy_options
@diagnostic_options
@global_options
@click.pass_context
def generate(
    ctx: click.Context,
    target: str,
    output: Path,
    templates: Path | None,
    config: tuple[Path, ...],
    param: tuple[str, ...],
    params: Path | None,
    no_cache: bool,
    registry: RegistryArgs,
    policies: PolicyArgs,
    diagnostics: DiagnosticArgs,
) -> None:
    """Render the templates of TARGET with a registry into the folder OUTPUT."""
    from swarmgen.commands.rendering import Request, run

    request = Request(
        target,
        output,
        templates,
        config,
        param,
        params,
        registry,
        policies,
        cached=not no_cache,
    )
    problems, written = run(request)
    conclude(problems, diagnostics)
    if not ctx.ensure_object(dict).get("quiet"):
        click.echo(f"{written} files written to {output}", err=True)
