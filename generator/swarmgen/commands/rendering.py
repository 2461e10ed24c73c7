"""From the arguments of ``registry generate`` to written files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarmgen.commands.options import PolicyArgs, RegistryArgs
from swarmgen.problems import Location, Problem

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


def run(request: Request) -> tuple[list[Problem], int]:
    """Resolve, render and write; all problems, and how many files were written.

    As in Weaver, policy violations and templates that fail do not keep the other files
    from being written; a registry that cannot be resolved does.
    """
    from swarmgen import pipeline
    from swarmgen.cache import Inputs, open_cache
    from swarmgen.output.tree import write

    problems = _refused_configs(request.configs)
    parameters, wrong = _parameters(request)
    problems += wrong
    if problems:
        return problems, 0
    wanted = pipeline.Request(
        registry=request.registry.registry,
        target=request.target,
        templates=(str(request.templates or DEFAULT_TEMPLATES),),
        params=parameters,
        v2=request.registry.v2,
        follow_symlinks=request.registry.follow_symlinks,
        include_unreferenced=request.registry.include_unreferenced,
        builtin=request.templates is None,
        policies=request.policies.policy,
        skip_policies=request.policies.skip_policies,
        policy_coverage=request.policies.display_policy_coverage,
    )
    product = pipeline.produce(wanted, open_cache(request.cached), Inputs())
    problems = [*product.problems, *write(product.files, request.output)]
    return problems, len(product.files)


def _refused_configs(configs: tuple[Path, ...]) -> list[Problem]:
    """Weaver reads the file of ``-c`` as .weaver.toml and as weaver.yaml; none is both."""
    return [
        Problem(
            "InvalidConfigFile",
            "a file given with -c is read as .weaver.toml and as weaver.yaml,"
            " and no file can be both",
            location=Location(str(path)),
            hint="put the settings into the target's weaver.yaml, or into one of a"
            " folder above it, and parameters on the command line with -D",
            fields={"config_file": str(path), "error": "neither TOML nor YAML"},
        )
        for path in configs
    ]


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
