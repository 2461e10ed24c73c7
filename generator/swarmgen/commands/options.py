"""Options that several commands share, spelled as Weaver spells them.

Each decorator packs its options into one frozen value, so that a command takes
``registry: RegistryArgs`` instead of four loose arguments.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from swarmgen.problems import Problem
    from swarmgen.registry import Resolution

DEFAULT_REGISTRY = "https://github.com/open-telemetry/semantic-conventions.git[model]"

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class RegistryArgs:
    """Which registry to read, and how."""

    registry: str
    follow_symlinks: bool
    include_unreferenced: bool
    v2: bool


@dataclass(frozen=True)
class PolicyArgs:
    """Which Rego policies to run."""

    policy: tuple[str, ...]
    skip_policies: bool
    display_policy_coverage: bool


@dataclass(frozen=True)
class DiagnosticArgs:
    """How and where to print problems."""

    diagnostic_format: str
    diagnostic_template: str | None
    diagnostic_stdout: bool


class _Switch(click.Option):
    """A boolean option with the forms ``--name``, ``--name=true`` and ``--name=false``."""

    def __init__(self, *names: Any, **attributes: Any) -> None:
        choice = click.Choice(["true", "false"])
        attributes = {"type": choice, "default": "false", **attributes}
        super().__init__(*names, metavar="[=true|false]", **attributes)

    def process_value(self, ctx: click.Context, value: Any) -> bool:
        return bool(super().process_value(ctx, value) == "true")


class Command(click.Command):
    """A command whose boolean options take a value only after an equals sign.

    Click would take the next argument as the value of a bare ``--v2``; as with Weaver,
    a bare one means true.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        switches = [p for p in self.params if isinstance(p, _Switch)]
        full_names = {name: p.opts[-1] for p in switches for name in p.opts}
        end = args.index("--") if "--" in args else len(args)
        given = [f"{full_names[a]}=true" if a in full_names else a for a in args[:end]]
        return super().parse_args(ctx, given + args[end:])


def _pack(keyword: str, kind: type, function: Function) -> Function:
    """Give ``function`` one value of ``kind`` instead of the options of that name."""

    @functools.wraps(function)
    def packed(*args: Any, **kwargs: Any) -> Any:
        values = {field.name: kwargs.pop(field.name) for field in fields(kind)}
        return function(*args, **{keyword: kind(**values)}, **kwargs)

    packed.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    return packed  # type: ignore[return-value]


def _apply(
    function: Function, options: Sequence[Callable[[Function], Function]]
) -> Function:
    for option in reversed(options):
        function = option(function)
    return function


def registry_options(function: Function) -> Function:
    """``-r``, ``-s``, ``--include-unreferenced``, ``--v2`` as ``registry: RegistryArgs``."""
    options = [
        click.option(
            "-r",
            "--registry",
            default=DEFAULT_REGISTRY,
            show_default=True,
            help="The folder of the registry.",
        ),
        click.option(
            "-s",
            "--follow-symlinks",
            cls=_Switch,
            help="Follow symbolic links when the registry is read.",
        ),
        click.option(
            "--include-unreferenced",
            cls=_Switch,
            help="Deprecated: take everything of the dependencies in.",
        ),
        click.option("--v2", cls=_Switch, help="Use version 2 of the schema."),
    ]
    return _apply(_pack("registry", RegistryArgs, function), options)


def policy_options(function: Function) -> Function:
    """``-p``, ``--skip-policies``, ``--display-policy-coverage`` as ``policies: PolicyArgs``."""
    options = [
        click.option(
            "-p",
            "--policy",
            multiple=True,
            help="A Rego file or a folder of them; repeat for more.",
        ),
        click.option("--skip-policies", cls=_Switch, help="Run no Rego policy."),
        click.option(
            "--display-policy-coverage",
            cls=_Switch,
            help="Print which lines of the policies ran.",
        ),
    ]
    return _apply(_pack("policies", PolicyArgs, function), options)


def diagnostic_options(function: Function) -> Function:
    """``--diagnostic-format``, ``-template``, ``-stdout`` as ``diagnostics: DiagnosticArgs``."""
    options = [
        click.option(
            "--diagnostic-format",
            default="ansi",
            show_default=True,
            help="ansi, json, gh_workflow_command, or a format of --diagnostic-template.",
        ),
        click.option(
            "--diagnostic-template",
            type=click.Path(),
            help="A folder with one folder of templates for each format.",
        ),
        click.option(
            "--diagnostic-stdout",
            cls=_Switch,
            help="Print problems to standard output, not to standard error.",
        ),
    ]
    return _apply(_pack("diagnostics", DiagnosticArgs, function), options)


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    settings = ctx.ensure_object(dict)
    settings[param.name] = settings.get(param.name) or value


def global_options(function: Function) -> Function:
    """``--debug``, ``-q`` and ``--future`` after the command's name, as before it."""
    settings: dict[str, Any] = {"callback": _remember, "expose_value": False}
    options = [
        click.option(
            "--debug", count=True, help="Print log lines; repeat for more.", **settings
        ),
        click.option(
            "-q",
            "--quiet",
            is_flag=True,
            help="Print results and problems only.",
            **settings,
        ),
        click.option(
            "--future",
            is_flag=True,
            help="Treat every warning as an error.",
            **settings,
        ),
    ]
    return _apply(function, options)


def conclude(problems: Iterable[Problem], diagnostics: DiagnosticArgs) -> None:
    """Print the problems as the options ask and leave with Weaver's exit status.

    Ends the command with status 1 when a problem is an error (``--future`` makes one of
    every warning); returns otherwise.
    """
    from swarmgen.problems import has_errors, warnings_as_errors
    from swarmgen.report import FORMATS, github_annotations, report

    ctx = click.get_current_context()
    if ctx.ensure_object(dict).get("future"):
        problems = warnings_as_errors(problems)
    problems = list(problems)
    stream = sys.stdout if diagnostics.diagnostic_stdout else sys.stderr
    if diagnostics.diagnostic_format not in FORMATS or diagnostics.diagnostic_template:
        text = _by_template(problems, diagnostics)
    else:
        text = report(problems, diagnostics.diagnostic_format, colour=stream.isatty())
    click.echo(text, file=stream, nl=False)
    if diagnostics.diagnostic_format == "gh_workflow_command":
        click.echo(github_annotations(problems), err=True, nl=False)
    if has_errors(problems):
        ctx.exit(1)


def _by_template(problems: list[Problem], diagnostics: DiagnosticArgs) -> str:
    """The problems as the templates of a format's own folder print them.

    The templates see what the format ``json`` prints.
    """
    from swarmgen.forge import render_target
    from swarmgen.report import for_people, report

    name, root = diagnostics.diagnostic_format, diagnostics.diagnostic_template
    folder = Path(root or "diagnostic_templates", name)
    if not folder.is_dir():
        raise click.BadParameter(f"no format `{name}`: there is no folder {folder}")
    if not problems:
        return ""
    rendering = render_target(folder, json.loads(report(problems, "json")), {})
    if rendering.problems:
        return for_people([*problems, *rendering.problems])
    return "".join(rendering.files.values())


def read_registry(
    registry: RegistryArgs, policies: PolicyArgs
) -> tuple[Resolution, list[Problem]]:
    """The resolved registry, and the problems of its policies (which stop the command)."""
    from swarmgen.registry import RegistryOptions, resolve_registry
    from swarmgen.registry.policies import policy_problems

    problems = policy_problems(
        registry.registry,
        policies.policy,
        policies.skip_policies,
        policies.display_policy_coverage,
    )
    options = RegistryOptions(
        registry.registry,
        follow_symlinks=registry.follow_symlinks,
        include_unreferenced=registry.include_unreferenced,
        v2=registry.v2,
    )
    return resolve_registry(options), problems
