"""The helpers of this folder can be imported by its tests."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from spin_runs import Compile, Model, compile_in


@pytest.fixture
def compile_model(tmp_path: Path, require_tool: Callable[[str], str]) -> Compile:
    """Compiles a model of a folder with settings like `WORKERS=3`; skips without Spin."""
    spin, compiler = require_tool("spin"), require_tool("gcc")

    def build(
        folder: Path, name: str, *settings: str, options: tuple[str, ...]
    ) -> Model:
        place = tmp_path / "-".join([folder.name, name, *settings, *options])
        shutil.copytree(folder, place)
        return compile_in(place, name, settings, options, spin, compiler)

    return build
