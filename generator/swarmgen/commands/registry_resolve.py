"""``swarmgen registry resolve``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

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
from swarmgen.problems import Location, Problem

FORMATS = ("yaml", "json", "jsonl", "mute")


@click.command(cls=Command)
@registry_options
@click.option(
    "--lineage", is_flag=True, hidden=True, help="Accepted for Weaver's sake."
)
@click.option("-o", "--output", type=click.Path(), help="Write to a file.")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="yaml",
    show_default=True,
)
@policy_options
@diagnostic_options
@global_options
def resolve(
    registry: RegistryArgs,
    lineage: bool,
    output: str | None,
    format_: str,
    policies: PolicyArgs,
    diagnostics: DiagnosticArgs,
) -> None:
    """Print the resolved registry. Deprecated by Weaver, and an error with --future."""
    if click.get_current_context().ensure_object(dict).get("future"):
        conclude([_deprecated()], diagnostics)
    resolution, blocking = read_registry(registry, policies)
    problems = [*blocking, *resolution.problems]
    context = None if blocking else resolution.context(registry.v2)
    if context is not None:
        problems += _write(written(context, format_), output)
    conclude(problems, diagnostics)


def written(value: Any, format_: str) -> str:
    """The value as ``yaml``, ``json``, ``jsonl`` (one line) or ``mute`` (nothing)."""
    if format_ == "mute":
        return ""
    if format_ == "jsonl":
        return json.dumps(value, ensure_ascii=False) + "\n"
    if format_ == "json":
        return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return _yaml(value)


def _yaml(value: Any) -> str:
    """YAML 1.2 that YAML 1.1 readers understand alike: what 1.1 would misread is quoted."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_implicit_resolver(
        "tag:yaml.org,2002:float", _NUMBER_OF_1_2, list("-+.0123456789")
    )
    text: str = yaml.dump(
        value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=2**31
    )
    return text


# Numbers of YAML 1.2 that are texts in YAML 1.1; seen as numbers, a text of this form is quoted.
_NUMBER_OF_1_2 = re.compile(
    r"[-+]?(?:0o[0-7]+|[0-9]+\.?[0-9]*[eE][-+]?[0-9]+|\.[0-9]+[eE][0-9]+)\Z"
)


def _write(text: str, output: str | None) -> list[Problem]:
    if output is None:
        click.echo(text, nl=False)
        return []
    try:
        path = Path(output)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"the output cannot be written: {error.strerror}"
        return [Problem("WriteFailed", message, location=Location(output))]
    return []


def _deprecated() -> Problem:
    return Problem(
        "Deprecated",
        "'registry resolve' is deprecated and will be removed by Weaver",
        hint="use 'registry generate' or drop --future",
    )
