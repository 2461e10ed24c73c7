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
    take_defaults,
    weaver_toml_of,
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
    is_eager=True,
    callback=take_defaults,
    help="Read as .weaver.toml and instead of weaver.yaml, as in Weaver.",
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
    from swarmgen.commands.progress import Progress
    from swarmgen.commands.rendering import Request, run

    settings = ctx.ensure_object(dict)
    inherited = settings.get("config")
    request = Request(
        target,
        output,
        templates,
        config or ((inherited,) if inherited else ()),
        param,
        params,
        registry,
        policies,
        cached=not no_cache,
        project=weaver_toml_of(ctx),
    )
    quiet = bool(settings.get("quiet"))
    with Progress(quiet, bool(settings.get("debug"))) as progress:
        problems, written = run(request, progress)
    conclude(problems, diagnostics)
    if not quiet:
        click.echo(f"{written} files written to {output}", err=True)
