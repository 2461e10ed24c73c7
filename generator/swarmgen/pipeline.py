"""From a request to generated texts: resolve, select, render, format; or from the cache.

`swarmgen generate` and `swarmgen registry generate` both call ``produce``. When nothing
that a result was made from has changed, the stages are not even imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swarmgen.cache import Cache, Inputs, digest, fingerprint
from swarmgen.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from swarmgen.registry import RegistryOptions, Resolution


@dataclass(frozen=True)
class Request:
    """What to generate. Paths stay as they are spelled: they can appear in the output.

    ``templates`` are folders to look for the target in, the first that has it counts;
    after them come the built-in targets, unless ``builtin`` is false. ``config`` replaces
    the lookup of weaver.yaml. ``overrides`` and ``project`` are what .weaver.toml says
    of dependencies and of templates.
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
    overrides: tuple[tuple[str, str], ...] = ()
    project: Mapping[str, Any] = field(default_factory=dict)


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


@dataclass
class Session:
    """What the requests of one run share: files are read once, registries resolved once.

    ``report`` is told what happens next.
    """

    cache: Cache
    report: Callable[[str], None] = lambda step: None
    inputs: Inputs = field(default_factory=Inputs)
    _resolutions: dict[RegistryOptions, Resolution] = field(default_factory=dict)

    @cached_property
    def fingerprint(self) -> str:
        """What turns inputs into output; see ``swarmgen.cache.fingerprint``."""
        return fingerprint()

    def resolution(self, options: RegistryOptions) -> Resolution:
        """The registry, resolved when it is asked for first."""
        from swarmgen.registry import resolve_registry

        if options not in self._resolutions:
            self.report(f"resolving {options.path}")
            self._resolutions[options] = resolve_registry(options)
        return self._resolutions[options]


def produce(request: Request, session: Session) -> Product:
    """Generate what is asked for, or take it from the cache if all inputs are unchanged.

    The result depends on nothing but the request, the working folder's files and the
    versions in ``swarmgen.cache.fingerprint``. Never raises for bad input.
    """
    key = digest([asdict(request), str(Path.cwd()), session.fingerprint])
    found = session.cache.load("product", key)
    inputs = session.inputs
    if found and inputs.unchanged(found["inputs"]):
        problems = _problems(found["problems"])
        return Product(found["files"], problems, _problems(found["collisions"]))
    product = _run(request, session)
    if inputs.settled(product.inputs):
        session.cache.store("product", key, _entry(product, inputs))
    return product


def _run(request: Request, session: Session) -> Product:
    from swarmgen.forge import render_target
    from swarmgen.forge.query import start_worker
    from swarmgen.locate import target_folder, templates_root
    from swarmgen.output.formatting import format_files
    from swarmgen.problems import has_errors

    roots = [Path(place) for place in request.templates]
    folder, problems = target_folder(request.target, roots, request.builtin)
    looked_at = [*roots, *(templates_root(root) / request.target for root in roots)]
    inputs = [*map(str, looked_at), *request.policies]
    if folder is None:
        return Product({}, tuple(problems), inputs=tuple(inputs))
    with start_worker() as worker:
        resolution, context = _resolve(request, folder, session)
        problems += [*resolution.problems, *_policy_problems(request)]
        inputs += resolution.inputs
        if context is None:
            return Product({}, tuple(problems), inputs=tuple(inputs))
        session.report(f"rendering {request.target}")
        rendering = render_target(
            folder,
            context,
            request.params,
            configs=[Path(path) for path in request.config] or None,
            project=request.project,
            worker=worker,
        )
    problems += rendering.problems
    files = rendering.files
    if request.format != "none" and not has_errors(problems):
        session.report(f"formatting with {request.format}")
        files, rejected = format_files(files, request.format, session.cache)
        problems += rejected
    inputs += rendering.inputs
    collisions = tuple(rendering.collisions)
    return Product(files, tuple(problems), collisions, tuple(inputs))


def _resolve(
    request: Request, folder: Path, session: Session
) -> tuple[Resolution, Any]:
    from swarmgen.forge.config import load_config
    from swarmgen.registry import RegistryOptions

    options = RegistryOptions(
        request.registry,
        follow_symlinks=request.follow_symlinks,
        include_unreferenced=request.include_unreferenced,
        v2=request.v2,
        overrides=request.overrides,
    )
    resolution = session.resolution(options)
    configs = [Path(path) for path in request.config] or None
    config, _, _ = load_config(folder, configs)
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
