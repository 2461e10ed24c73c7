"""The command line. Each group of verbs is imported when it is used: start-up is a feature."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from swarmsh.errors import SwarmshError

VERBS = {
    "init": ("swarms", "Make a swarm directory."),
    "agent": ("agents", "Register agents, and see who is there."),
    "work": ("work", "Add, claim and finish work items."),
    "journal": ("journals", "Read, check and tidy the journal."),
    "doctor": ("swarms", "Check everything a swarm depends on."),
    "export": ("swarms", "Write the bash script that does all this without Python."),
    "state": ("swarms", "The state as canonical text."),
}


class Verbs(click.Group):
    """A group whose commands live in modules that are imported on use."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        module = importlib.import_module(f"swarmsh.commands.{VERBS[name][0]}")
        command = getattr(module, name)
        return command if isinstance(command, click.Command) else None

    def format_commands(
        self, context: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", metavar="DIR", help="The swarm directory itself.")
@click.pass_context
def swarmsh(context: click.Context, home: str | None) -> None:
    """Share work between processes through a directory: no server, no lock, no conflict.

    The swarm is DIR of --home, else $SWARMSH_HOME, else .swarmsh found upwards from here.

    Exit codes: 0 done, 1 error, 2 usage, 3 nothing to claim, 4 refused, 5 outcome unknown,
    6 damage found (journal verify and doctor only), 7 unsupported filesystem or version.
    """
    context.obj = home


def main(arguments: list[str] | None = None) -> Any:
    """Run one command line; errors go to stderr and become the exit code."""
    try:
        sys.exit(
            swarmsh.main(arguments, prog_name="swarmsh", standalone_mode=False) or 0
        )
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except SwarmshError as error:
        print(f"swarmsh: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        print(f"swarmsh: {error}", file=sys.stderr)
        sys.exit(1)
