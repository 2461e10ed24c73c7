"""Every object of OpenTelemetry's own registry is in the generated scripts."""

from __future__ import annotations

import subprocess
from pathlib import Path

from swarmgen.forge import render_target
from swarmgen.output.tree import write
from swarmgen.registry import RegistryOptions, resolve_registry


def test_every_object_of_the_official_registry_is_there(
    official_registry: Path, checkout: Path, tmp_path: Path
) -> None:
    options = RegistryOptions(str(official_registry), v2=True)
    context = resolve_registry(options).context(v2=True)
    assert context is not None
    rendering = render_target(checkout / "templates/registry/bash", context, {})
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
