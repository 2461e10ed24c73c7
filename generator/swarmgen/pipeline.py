"""From a request to generated texts: resolve, select, render, format; or from the cache.

`swarmgen generate` and `swarmgen registry generate` both call ``produce``. When nothing
that a result was made from has changed, the stages are not even imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swarmgen.cache import Cache, Inputs, digest, fingerprint
from swarmgen.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from swarmgen.registry import Resolution


@dataclass(frozen=True)
class Request:
    """What to generate. Paths stay as they are spelled: they can appear in the output.

    ``templates`` are folders to look for the target in, the first that has it counts;
    after them come the built-in targets, unless ``builtin`` is false. ``config`` replaces
    the lookup of weaver.yaml.
    """

    registry: str
    target: str
    templates: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    v2: bool = False
    follow_symlinks: bool = False
    include_unreferenced: bool = False
    builtin: bool = True
    policies: tuple[str, ...] = ()
    skip_policies: bool = False
    policy_coverage: bool = False
    format: str = "none"


@dataclass(frozen=True)
class Product:
    """What was generated: ``{path: text}``, and every problem on the way.

    ``collisions`` are about paths that several renderings wrote; as with Weaver, one of
    them won. ``inputs`` are all files and folders that the rest depends on.
    """

    files: Mapping[str, str]
    problems: tuple[Problem, ...]
    collisions: tuple[Problem, ...] = ()
    inputs: tuple[str, ...] = ()


def produce(
    request: Request,
    cache: Cache,
    inputs: Inputs,
    report: Callable[[str], None] = lambda step: None,
) -> Product:
    """Generate what is asked for, or take it from the cache if all inputs are unchanged.

    The result depends on nothing but the request, the working folder's files and the
    versions in ``swarmgen.cache.fingerprint``. Never raises for bad input.
    """
    key = digest([asdict(request), str(Path.cwd()), fingerprint()])
    found = cache.load("product", key)
    if found and inputs.unchanged(found["inputs"]):
        problems = _problems(found["problems"])
        return Product(found["files"], problems, _problems(found["collisions"]))
    product = _run(request, cache, report)
    if inputs.settled(product.inputs):
        cache.store("product", key, _entry(product, inputs))
    return product


def _run(request: Request, cache: Cache, report: Callable[[str], None]) -> Product:
    from swarmgen.forge import render_target
    from swarmgen.locate import target_folder, templates_root
    from swarmgen.output.formatting import format_files
    from swarmgen.problems import has_errors

    roots = [Path(place) for place in request.templates]
    folder, problems = target_folder(request.target, roots, request.builtin)
    looked_at = [*roots, *(templates_root(root) / request.target for root in roots)]
    inputs = [*map(str, looked_at), *request.policies]
    if folder is None:
        return Product({}, tuple(problems), inputs=tuple(inputs))
    report(f"resolving {request.registry}")
    resolution, context = _resolve(request, folder)
    problems += [*resolution.problems, *_policy_problems(request)]
    inputs += resolution.inputs
    if context is None:
        return Product({}, tuple(problems), inputs=tuple(inputs))
    report(f"rendering {request.target}")
    configs = [Path(path) for path in request.config] or None
    rendering = render_target(folder, context, request.params, configs=configs)
    problems += rendering.problems
    files = rendering.files
    if request.format != "none" and not has_errors(problems):
        report(f"formatting with {request.format}")
        files, rejected = format_files(files, request.format, cache)
        problems += rejected
    inputs += rendering.inputs
    collisions = tuple(rendering.collisions)
    return Product(files, tuple(problems), collisions, tuple(inputs))


def _resolve(request: Request, folder: Path) -> tuple[Resolution, Any]:
    from swarmgen.forge.config import load_config
    from swarmgen.registry import RegistryOptions, resolve_registry

    options = RegistryOptions(
        request.registry,
        follow_symlinks=request.follow_symlinks,
        include_unreferenced=request.include_unreferenced,
        v2=request.v2,
    )
    resolution = resolve_registry(options)
    config, _, _ = load_config(folder)
    schema = config.context if config else None
    v2 = request.v2 if schema is None else schema == "v2"
    return resolution, resolution.context(v2)


def _policy_problems(request: Request) -> list[Problem]:
    from swarmgen.registry.policies import policy_problems

    return policy_problems(
        request.registry,
        request.policies,
        request.skip_policies,
        request.policy_coverage,
    )


def _entry(product: Product, inputs: Inputs) -> dict[str, Any]:
    return {
        "inputs": inputs.digests(product.inputs),
        "files": dict(product.files),
        "problems": [asdict(problem) for problem in product.problems],
        "collisions": [asdict(problem) for problem in product.collisions],
    }


def _problems(stored: list[dict[str, Any]]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            **{
                **entry,
                "severity": Severity(entry["severity"]),
                "location": entry["location"] and Location(**entry["location"]),
                "within": tuple(entry["within"]),
            }
        )
        for entry in stored
    )
