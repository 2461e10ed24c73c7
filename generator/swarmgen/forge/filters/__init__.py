"""Every filter, test and function that templates have, by the name they use.

Each module in ``MODULES`` exports any of FILTERS, TESTS and FUNCTIONS (name → callable).
The filters that depend on the configuration are made for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swarmgen.forge.config import Config

Functions = dict[str, Callable[..., Any]]

MODULES = (
    "ansi",
    "casing",
    "markdown",
    "otel",
    "prometheus",
    "text",
    "lifecycles",
    "records",
    "quoting_bash",
    "quoting_markdown",
    "quoting_python",
)


def _collected(kind: str) -> Functions:
    found: Functions = {}
    for module in MODULES:
        found.update(getattr(import_module(f"{__name__}.{module}"), kind, {}))
    return found


def all_filters(config: Config) -> Functions:
    """Every filter, by name."""
    from swarmgen.forge.filters.comment import comment_filter

    filters = _without_comment(config)
    filters["comment"] = comment_filter(
        config.comment_formats, config.default_comment_format, _snippets(filters)
    )
    return filters


def all_tests() -> Functions:
    """Every test, by name."""
    return _collected("TESTS")


def all_functions() -> Functions:
    """Every function, by name."""
    return _collected("FUNCTIONS")


def _without_comment(config: Config) -> Functions:
    from swarmgen.forge.filters import text

    return {
        **_collected("FILTERS"),
        "acronym": text.acronym_filter(config.acronyms),
        "map_text": text.map_text_filter(config.text_maps),
        "type_mapping": text.type_mapping_filter(config.type_mapping),
    }


def _snippets(filters: Functions) -> Callable[[str, Mapping[str, Any]], str]:
    """Renders the templates inside comment formats, in an environment made when needed."""
    made: list[Any] = []

    def render(template: str, variables: Mapping[str, Any]) -> str:
        from swarmgen.forge.environment import make_environment

        if not made:
            made.append(
                make_environment(
                    Path(),
                    filters=dict(filters),
                    tests=all_tests(),
                    functions=all_functions(),
                )
            )
        return str(made[0].render_text(template, variables))

    return render
