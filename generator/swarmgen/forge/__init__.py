"""Templates: weaver.yaml, jq, the template language and its filters.

``render_target`` turns a context into ``{path: text}``. Importing this package costs
next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swarmgen.forge.render import Rendering, render_target

__all__ = ["Rendering", "render_target"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from swarmgen.forge import render

        return getattr(render, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
