"""Runs of the model checker Spin: a model, its settings, and what came of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarmgen.forge import render_target
from swarmgen.registry import RegistryOptions, resolve_registry

LIMIT = 240
"""Seconds after which a run is given up; the longest takes a fifth of it alone on a core."""


@dataclass(frozen=True)
class Verdict:
    """What Spin found in one exploration."""

    states: int
    errors: int
    fault: str
    """Its first error, in its own words; empty without one."""
    seconds: float

    def __str__(self) -> str:
        found = f", {self.fault}" if self.fault else ""
        return f"{self.states:,} states, {self.errors} errors{found}"


class Model:
    """A compiled model: explored as a whole, or for one of its named properties."""

    def __init__(self, verifier: Path) -> None:
        self.verifier = verifier

    def explore(self, *options: str) -> Verdict:
        """Explore every reachable state, or as far as the first error."""
        run = subprocess.run(
            [self.verifier, "-m400000", *options],
            cwd=self.verifier.parent,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        errors = re.search(r"errors: (\d+)", run.stdout)
        states = re.search(r"(\d\S*) states, stored", run.stdout)
        assert errors and states, run.stdout + run.stderr
        fault = re.search(r"^pan:1: (.*) \(at depth \d+\)", run.stdout, re.M)
        took = re.search(r"elapsed time (\S+) seconds", run.stdout)
        if not fault:
            assert "not completed" not in run.stdout, run.stdout
            assert "max search depth too small" not in run.stdout, run.stdout
        return Verdict(
            int(float(states[1])),
            int(errors[1]),
            fault[1] if fault else "",
            float(took[1]) if took else 0.0,
        )


Compile = Callable[..., Model]


def compile_in(
    place: Path,
    name: str,
    settings: Sequence[str],
    options: Sequence[str],
    spin: str,
    compiler: str,
) -> Model:
    """Make the verifier of a model in the folder where it is."""
    made = subprocess.run(
        [spin, *(f"-D{setting}" for setting in settings), "-a", f"{name}.pml"],
        cwd=place,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    subprocess.run(
        [compiler, "-w", *options, "-o", "pan", "pan.c"], cwd=place, check=True
    )
    return Model(place / "pan")


def rendered(target: str, context: Any, checkout: Path) -> dict[str, str]:
    """The files that a target of this project makes of a template context."""
    folder = checkout / "templates" / "registry" / target
    rendering = render_target(folder, context, {})
    assert not rendering.problems, rendering.problems
    return dict(rendering.files)


def render(target: str, registry: Path, folder: Path, checkout: Path) -> Path:
    """The models that a registry gives, written into a folder."""
    resolution = resolve_registry(RegistryOptions(path=str(registry)))
    context: Any = resolution.context(v2=True)
    assert context is not None, resolution.problems
    folder.mkdir()
    for path, text in rendered(target, context, checkout).items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def properties(model: Path) -> list[str]:
    """The names of a model's properties."""
    return re.findall(r"^ltl (\w+)", model.read_text(encoding="utf-8"), re.MULTILINE)


def unmet(compile_model: Compile, folder: Path, entity: str) -> set[str]:
    """Properties of a lifecycle that do not hold, and `never_…` of what is never reached."""
    model = compile_model(folder, entity, options=("-O0",))
    return {
        name
        for name in properties(folder / f"{entity}.pml")
        if (model.explore("-a", "-w12", "-N", name).errors == 0)
        == name.startswith("never_")
    }
