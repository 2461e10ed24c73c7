"""A small project with templates of its own, and the command line in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

Swarmgen = Callable[..., Result]

FILES = {
    "swarmgen.toml": """\
registry = "semconv"
templates = "templates"
[[targets]]
target = "text"
output = "out"
""",
    "semconv/a.yaml": """\
groups:
  - id: one
    type: attribute_group
    brief: The first.
  - id: two
    type: attribute_group
    brief: The second.
""",
    "templates/registry/text/weaver.yaml": """\
templates:
  - template: group.txt.j2
    filter: .groups
    application_mode: each
    file_name: "{{ ctx.id }}.txt"
""",
    "templates/registry/text/group.txt.j2": "{{ ctx.id }} {{ ctx.brief }}\n",
}


@pytest.fixture
def make_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, str]], Path]:
    """Make a project of the small project's files and the given ones, and go there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def make(files: dict[str, str]) -> Path:
        folder = tmp_path / "project"
        for path, text in {**FILES, **files}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        monkeypatch.chdir(folder)
        return folder

    return make


@pytest.fixture
def swarmgen() -> Swarmgen:
    """Run ``swarmgen`` with arguments."""
    from swarmgen.commands import main

    return lambda *arguments: CliRunner().invoke(main, list(arguments))
