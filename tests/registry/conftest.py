"""Registries in temporary folders, as the tests of the registry need them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from swarmgen.registry import RegistryOptions, Resolution, resolve_registry

Resolve = Callable[..., Resolution]


@pytest.fixture
def resolve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """Write files into a folder and resolve ``registry`` there: ``resolve({"main.yaml": text})``."""
    monkeypatch.chdir(tmp_path)

    def run(
        files: dict[str, str | bytes], path: str = "registry", **options: bool
    ) -> Resolution:
        for name, content in files.items():
            file = tmp_path / ("registry" if path == "registry" else "") / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(
                content if isinstance(content, bytes) else content.encode()
            )
        return resolve_registry(RegistryOptions(path, **options))

    return run
