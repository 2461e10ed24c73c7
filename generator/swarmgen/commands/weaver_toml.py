"""``.weaver.toml``: what the ``registry`` commands take when an option is not given.

Format: https://github.com/open-telemetry/weaver/blob/main/docs/weaver-toml.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swarmgen.forge.shapes import Fields, ListOf, MapOf, mismatches
from swarmgen.problems import Location, Problem

_OVERRIDES = ("schema_url_overrides", "overrides", "dependency_overrides")
_RESOLVE = Fields(dict.fromkeys(_OVERRIDES, MapOf(str)))
_SHARED = Fields(
    {
        "registry": Fields(
            {
                "path": str,
                "follow_symlinks": bool,
                "include_unreferenced": bool,
                "v2": bool,
            }
        ),
        "policy": Fields(
            {"paths": ListOf(str), "skip": bool, "display_policy_coverage": bool}
        ),
        "diagnostics": Fields({"format": str, "template": str, "stdout": bool}),
        "resolve": _RESOLVE,
        "resolution": _RESOLVE,
        "template": Fields({"acronyms": ListOf(str), "text_maps": MapOf(MapOf(str))}),
    }
)
_COMMANDS = {
    "generate": Fields(dict.fromkeys(("target", "output", "templates"), str)),
}
_OPTIONS = {
    ("registry", "path"): "registry",
    ("registry", "follow_symlinks"): "follow_symlinks",
    ("registry", "include_unreferenced"): "include_unreferenced",
    ("registry", "v2"): "v2",
    ("policy", "paths"): "policy",
    ("policy", "skip"): "skip_policies",
    ("policy", "display_policy_coverage"): "display_policy_coverage",
    ("diagnostics", "format"): "diagnostic_format",
    ("diagnostics", "template"): "diagnostic_template",
    ("diagnostics", "stdout"): "diagnostic_stdout",
}


@dataclass(frozen=True)
class WeaverToml:
    """What a file says; its paths are relative to the working folder, as in Weaver."""

    sections: Mapping[str, Any] = field(default_factory=dict)

    def defaults(self, command: str) -> dict[str, Any]:
        """Values of a command's options by name.

        As in Weaver, a command's own section counts only if all of it has the right types.
        """
        options = {
            option: _as_option(self.sections[section][key])
            for (section, key), option in _OPTIONS.items()
            if key in self.sections.get(section, {})
        }
        shape = _COMMANDS.get(command, Fields({}))
        own = self.sections.get(command, {})
        if not any(mismatches(own, shape)):
            options |= {key: own[key] for key in shape.shapes if key in own}
        return options

    @property
    def overrides(self) -> tuple[tuple[str, str], ...]:
        """Which folder stands for the dependency of a schema URL."""
        section = self.sections.get("resolve") or self.sections.get("resolution") or {}
        maps = (section[key] for key in _OVERRIDES if key in section)
        given: dict[str, str] = next(maps, {})
        return tuple(given.items())

    @property
    def template(self) -> Mapping[str, Any]:
        """``acronyms`` and ``text_maps``, which come before those of weaver.yaml."""
        section: Mapping[str, Any] = self.sections.get("template", {})
        return section


def read(path: Path) -> tuple[WeaverToml, list[Problem]]:
    """The settings in a file, and what is wrong with it. Unknown keys pass in silence."""
    from swarmgen.project.toml import TomlError, parse
    from swarmgen.project.toml_positions import positions

    try:
        text = path.read_text(encoding="utf-8-sig")
        sections = parse(text)
    except OSError as error:
        return WeaverToml(), [_invalid(Location(str(path)), str(error.strerror))]
    except (UnicodeDecodeError, TomlError, RecursionError) as error:
        return WeaverToml(), [_invalid(Location(str(path)), f"no TOML: {error}")]
    wrong = list(mismatches(sections, _SHARED))
    places = positions(text) if wrong else {}
    problems = [
        _invalid(Location(str(path), *places.get(keys, (1, 1))), what)
        for keys, what in wrong
    ]
    return WeaverToml({} if wrong else sections), problems


def _as_option(value: Any) -> Any:
    """A boolean in the spelling of the command line."""
    return str(value).lower() if isinstance(value, bool) else value


def _invalid(where: Location, error: str) -> Problem:
    message = f"the settings in {Path(where.path).name} cannot be used: {error}"
    hint = (
        "this is the project's .weaver.toml, also when -c or --config names it; "
        "a target's weaver.yaml belongs into the target's folder"
    )
    return Problem(
        "Config", message, location=where, hint=hint, fields={"error": error}
    )
