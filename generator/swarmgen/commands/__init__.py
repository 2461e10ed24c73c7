"""The command line: one module per command, imported only when that command runs.

Start-up is a feature: this module imports click and nothing else of weight.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from swarmgen import __version__
from swarmgen.commands.ending import like_a_filter


class LazyGroup(click.Group):
    """A group whose commands live in modules that are imported when they are needed."""

    def __init__(self, *args: object, lazy: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = self._lazy.get(cmd_name)
        if target is None:
            return None
        module, name = target.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


class Program(LazyGroup):
    """The whole command line: how it ends is the same for every command."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with like_a_filter():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with like_a_filter():
            return super().invoke(ctx)


@click.group(
    cls=Program,
    lazy={
        "registry": "swarmgen.commands.registry:registry",
        "generate": "swarmgen.commands.generate:generate",
        "init": "swarmgen.commands.init:init",
        "completion": "swarmgen.commands.completion:completion",
    },
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="swarmgen")
@click.option("--debug", is_flag=True, help="Print each step as it begins.")
@click.option("-q", "--quiet", is_flag=True, help="Print results and problems only.")
@click.option("--future", is_flag=True, help="Treat every warning as an error.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Settings of the registry commands. [default: the nearest .weaver.toml]",
)
@click.pass_context
def main(
    ctx: click.Context, debug: bool, quiet: bool, future: bool, config: Path | None
) -> None:
    """Generate code, scripts, docs and schemas from semantic conventions."""
    ctx.obj = {"debug": debug, "quiet": quiet, "future": future, "config": config}
