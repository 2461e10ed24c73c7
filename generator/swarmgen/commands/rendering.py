"""From the arguments of ``registry generate`` to written files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swarmgen.commands.options import PolicyArgs, RegistryArgs
from swarmgen.problems import Location, Problem

if TYPE_CHECKING:
    from swarmgen.commands.weaver_toml import WeaverToml

DEFAULT_TEMPLATES = Path("templates")


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    target: str
    output: Path
    templates: Path | None
    configs: tuple[Path, ...]
    param: tuple[str, ...]
    params: Path | None
    registry: RegistryArgs
    policies: PolicyArgs
    cached: bool
    project: WeaverToml | None


def run(request: Request, report: Callable[[str], None]) -> tuple[list[Problem], int]:
    """Resolve, render and write; all problems, and how many files were written.

    ``report`` is told what happens next.

    As in Weaver, policy violations and templates that fail do not keep the other files
    from being written; a registry that cannot be resolved does.
    """
    from swarmgen import pipeline
    from swarmgen.cache import open_cache
    from swarmgen.output.tree import write

    parameters, problems = _parameters(request)
    if problems:
        return problems, 0
    project = request.project
    wanted = pipeline.Request(
        registry=request.registry.registry,
        target=request.target,
        templates=(str(request.templates or DEFAULT_TEMPLATES),),
        config=tuple(map(str, request.configs)),
        params=parameters,
        v2=request.registry.v2,
        follow_symlinks=request.registry.follow_symlinks,
        include_unreferenced=request.registry.include_unreferenced,
        builtin=request.templates is None,
        policies=request.policies.policy,
        skip_policies=request.policies.skip_policies,
        policy_coverage=request.policies.display_policy_coverage,
        overrides=project.overrides if project else (),
        project=project.template if project else {},
    )
    session = pipeline.Session(open_cache(request.cached), report)
    product = pipeline.produce(wanted, session)
    report(f"writing {request.output}")
    problems = [*product.problems, *write(product.files, request.output)]
    return problems, len(product.files)


def _parameters(request: Request) -> tuple[dict[str, Any], list[Problem]]:
    """The parameters of ``--params``, overridden by those of ``-D``."""
    from swarmgen.forge.config_yaml import YamlError, parse

    values, problems = _parameter_file(request.params) if request.params else ({}, [])
    for text in request.param:
        name, equals, value = text.partition("=")
        try:
            values[name] = parse(value)
            error = "" if equals else "there is no `=`"
        except YamlError as reason:
            error = str(reason)
        if error:
            message = f"bad parameter `{text}`: {error}"
            hint = "a parameter is `name=value`, the value in YAML"
            fields = {"param": text, "error": error}
            problems.append(Problem("InvalidParam", message, hint=hint, fields=fields))
    return values, problems


def _parameter_file(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    from swarmgen.forge.config_yaml import YamlError, parse

    where = Location(str(path))
    try:
        value = parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as reason:
        error = str(reason)
    except YamlError as reason:
        where = Location(str(path), reason.line, reason.column)
        error = str(reason)
    else:
        value = {} if value is None else value
        values = (value.get("params") or {}) if isinstance(value, dict) else None
        if isinstance(values, dict):
            return dict(values), []
        error = "expected a map with a map below the key `params`"
    fields = {"params_file": str(path), "error": error}
    return {}, [
        Problem(
            "InvalidParams", f"bad parameters: {error}", location=where, fields=fields
        )
    ]
