"""A target folder with templates, and what rendering it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swarmgen.forge import Rendering, render_target

Render = Callable[..., Rendering]


@pytest.fixture(autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: Any) -> None:
    """No weaver.yaml of whoever runs the tests applies."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Renders a target folder that holds the given files."""

    def run(
        weaver_yaml: str,
        files: dict[str, str],
        context: Any = None,
        **parameters: Any,
    ) -> Rendering:
        target = tmp_path / "target"
        for name, text in {"weaver.yaml": weaver_yaml, **files}.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return render_target(target, {} if context is None else context, parameters)

    return run


@pytest.fixture
def show(render: Render) -> Callable[..., str]:
    """The text that one template expression gives, or the code of the problem."""

    def shown(expression: str, context: Any = None, settings: str = "") -> str:
        entry = "templates: [{template: t.txt, application_mode: single}]\n"
        rendering = render(
            entry + settings,
            {"t.txt": "{{ " + expression + " }}"},
            {"given": True} if context is None else context,
        )
        if rendering.problems:
            return rendering.problems[0].code
        return rendering.files["t.txt"]

    return shown
