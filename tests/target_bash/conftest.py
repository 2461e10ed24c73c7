"""Registries as contexts, the bash scripts generated from them, and ways to run those."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swarmgen.forge import render_target
from swarmgen.output.tree import write

Json = dict[str, Any]
Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]

TEMPLATES = Path(__file__).parents[2] / "templates/registry/bash"
HOSTILE = (
    "$(touch canary) `touch canary` '\"\\ \n ! \u202e \U0001f600 [= =] {{ }} #} -x \0"
)


def context(text: str) -> Json:
    """A registry with one of everything, and the text in every field."""
    common = {"brief": text, "note": text, "stability": "development"}
    members = [
        {"id": text, "value": text, **common},
        {"id": "b", "value": "B", **common},
    ]
    kinds = {
        "k.int": "int",
        "k.double": "double",
        "k.flag": "boolean",
        "k.list": "string[]",
        "k.map": "template[string]",
    }
    attributes = [{"key": k, "type": t, **common} for k, t in kinds.items()]
    attributes += [
        {"key": "k.enum", "type": {"members": members}, **common},
        {"key": f"k.{text}", "type": "string", "examples": [text], **common},
    ]
    own = [{**attributes[0], "requirement_level": "required"}]
    signal = {"attributes": own, **common}
    span = {"type": "s", "kind": "client", "name": {"note": text}, **signal}
    metric = {"name": "m", "instrument": "counter", "unit": text, **signal}
    event = {"name": "e", "deprecated": {"reason": "obsoleted", "note": text}, **signal}
    registry = {
        "attributes": attributes,
        "attribute_groups": [],
        "spans": [span, {**span, "type": text}],
        "metrics": [
            metric,
            {**metric, "name": "u", "instrument": "updowncounter"},
            {**metric, "name": "g", "instrument": "gauge"},
            {**metric, "name": "h", "instrument": "histogram", "unit": "s"},
        ],
        "events": [event],
        "entities": [
            {"type": "n", "identity": own, "description": attributes[1:2], **common}
        ],
    }
    return {"schema_url": "https://example.com/x/1.0.0", "registry": registry}


@pytest.fixture(scope="session")
def make_context() -> Callable[[str], Json]:
    """The function that puts a text into every field of a registry."""
    return context


@pytest.fixture(scope="session")
def generate() -> Callable[[Path, Json], Path]:
    """Write the scripts of a context into a folder; gives the path of telemetry.sh."""

    def build(folder: Path, ctx: Json) -> Path:
        rendering = render_target(TEMPLATES, ctx, {})
        assert rendering.problems == []
        assert write(rendering.files, folder) == []
        return folder / "telemetry.sh"

    return build


@pytest.fixture(scope="session")
def script(
    generate: Callable[[Path, Json], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The script of a registry with hostile text in every field."""
    return generate(tmp_path_factory.mktemp("bash"), context(HOSTILE))


@pytest.fixture(scope="session")
def run() -> Run:
    """Run the script with arguments, and with nothing in its environment but what is given."""

    def call(script: Path, *arguments: str, **environment: str) -> Done:
        return subprocess.run(
            ["bash", str(script), *arguments],
            capture_output=True,
            text=True,
            cwd=script.parent,
            env={"PATH": os.environ["PATH"], **environment},
        )

    return call


@pytest.fixture(scope="session")
def sourced() -> Run:
    """Run code behind `source`, in a shell with the strictest and oddest settings."""

    def call(script: Path, code: str, cwd: Path | None = None, **more: str) -> Done:
        strict = f"set -euo pipefail; set -f; IFS='_,k'; source {script}\n{code}"
        environment = {"PATH": os.environ["PATH"], **more}
        return subprocess.run(
            ["bash", "-c", strict],
            capture_output=True,
            text=True,
            cwd=cwd or script.parent,
            env=environment,
        )

    return call


@pytest.fixture(scope="session")
def records() -> Callable[[str], list[Json]]:
    """The spans, metrics or log records in OTLP JSON lines, each with its resource."""

    def read(lines: str) -> list[Json]:
        found = []
        for line in lines.split("\n")[:-1]:
            for resource in next(iter(json.loads(line).values())):
                scopes = next(v for k, v in resource.items() if k.startswith("scope"))
                for scope in scopes:
                    inner = ("spans", "metrics", "logRecords")
                    items = next(scope[key] for key in inner if key in scope)
                    found += [{"resource": resource["resource"], **i} for i in items]
        return found

    return read


@pytest.fixture(scope="session")
def strace() -> str:
    """The path of strace; skips where it is absent, except in CI, which installs it."""
    found = shutil.which("strace")
    if found is None:
        message = "strace is not installed"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return str(found)
