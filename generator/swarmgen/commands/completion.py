"""``swarmgen completion``: the script that teaches a shell to complete swarmgen's words."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for a shell.

    \b
    bash:  eval "$(swarmgen completion bash)"    in ~/.bashrc
    zsh:   eval "$(swarmgen completion zsh)"     in ~/.zshrc
    fish:  swarmgen completion fish > ~/.config/fish/completions/swarmgen.fish
    """
    from click.shell_completion import get_completion_class

    from swarmgen.commands import main

    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"this version of click knows no {shell}")
    made = kind(main, {}, "swarmgen", "_SWARMGEN_COMPLETE")
    # source() would start bash to look at its version; the script is the same for all.
    click.echo(made.source_template % made.source_vars())
