"""Every object of OpenTelemetry's own registry is in the generated scripts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from swarmgen.forge import render_target
from swarmgen.output.tree import write
from swarmgen.registry import RegistryOptions, resolve_registry

ROOT = Path(__file__).parents[2]
MODEL = ROOT.parent / "shared/registries/otel-semconv-1.44.0/model"


@pytest.mark.skipif(not MODEL.is_dir(), reason="the official registry is not beside")
def test_every_object_of_the_official_registry_is_there(tmp_path: Path) -> None:
    context = resolve_registry(RegistryOptions(str(MODEL), v2=True)).context(v2=True)
    assert context is not None
    rendering = render_target(ROOT / "templates/registry/bash", context, {})
    assert rendering.problems == []
    assert write(rendering.files, tmp_path) == []
    keys = {"attributes": "key", "spans": "type", "metrics": "name"}
    keys |= {"events": "name", "entities": "type"}
    for kind, key in keys.items():
        command = ["bash", str(tmp_path / "telemetry.sh"), "list", kind]
        listed = subprocess.run(command, capture_output=True, text=True, check=True)
        names = {item[key] for item in context["registry"][kind]}
        assert names and names <= set(listed.stdout.split())
        constants = rendering.files["constants.sh"]
        assert all(f"='{name}'\n" in constants for name in names)
