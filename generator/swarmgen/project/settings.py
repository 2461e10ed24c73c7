"""The project file: ``swarmgen.toml``, or ``[tool.swarmgen]`` of ``pyproject.toml``.

docs/project-file.md describes every key. Unknown keys are warnings, wrong ones errors;
each names its line and column.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from swarmgen.problems import Location, Problem, Severity
from swarmgen.project.toml import TomlError, parse

FILE_NAMES = ("swarmgen.toml", "pyproject.toml")
FORMATS = ("none", "black", "shfmt")

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")

# What each key must be. "texts" is a string or a list of strings.
_SHARED_KEYS = {
    "registry": "text",
    "templates": "texts",
    "params": "table",
    "keep": "texts",
    "format": "format",
    "v2": "switch",
    "follow_symlinks": "switch",
    "skip_policies": "switch",
}
_PROJECT_KEYS = {**_SHARED_KEYS, "targets": "tables"}
_TARGET_KEYS = {
    **_SHARED_KEYS,
    "name": "text",
    "target": "text",
    "output": "text",
    "config": "texts",
}
_EXPECTED = {
    "text": "a string that is not empty",
    "texts": "a string, or a list of strings",
    "table": "a table of values that JSON has",
    "tables": "an array of tables: [[targets]]",
    "format": "one of " + ", ".join(f'"{name}"' for name in FORMATS),
    "switch": "true or false",
}


@dataclass(frozen=True)
class Target:
    """One thing to generate. Paths are as they are spelled, relative to the project."""

    name: str
    target: str
    output: str
    registry: str
    templates: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    params: Mapping[str, Any] | None = None
    keep: tuple[str, ...] = ()
    format: str = "none"
    v2: bool = False
    follow_symlinks: bool = False
    skip_policies: bool = False


@dataclass(frozen=True)
class Project:
    """What the project file says. ``root`` is its folder, absolute."""

    root: Path
    targets: tuple[Target, ...]


def find_project_file(start: Path) -> Path | None:
    """The nearest project file of ``start`` and the folders above it.

    In one folder ``swarmgen.toml`` comes before ``pyproject.toml``, which counts only
    with a table ``[tool.swarmgen]``.
    """
    for folder in (start, *start.parents):
        for name in FILE_NAMES:
            file = folder / name
            if file.is_file() and (name == FILE_NAMES[0] or _has_table(file)):
                return file
    return None


def read_project(file: Path) -> tuple[Project | None, list[Problem]]:
    """The settings of a project file, and what is wrong with it.

    With an error there are no settings.
    """
    shown = os.path.relpath(file)
    try:
        text = file.read_bytes().decode("utf-8")
        content = parse(text)
    except (OSError, UnicodeDecodeError, TomlError) as error:
        return None, [_unreadable(error, shown)]
    prefix = ("tool", "swarmgen") if file.name == "pyproject.toml" else ()
    reader = _Reader(shown, file.absolute().parent, text, prefix)
    targets = reader.project(_table_at(content, prefix))
    if any(problem.is_error for problem in reader.problems):
        return None, reader.problems
    return Project(file.absolute().parent, tuple(targets)), reader.problems


class _Reader:
    """Collects the problems of one project file."""

    def __init__(
        self, file: str, root: Path, text: str, prefix: tuple[str, ...]
    ) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._root = root
        self._text = text
        self._prefix = prefix

    def project(self, table: Mapping[str, Any]) -> list[Target]:
        shared = self._checked(table, _PROJECT_KEYS, ())
        if not shared.get("targets"):
            self._problem("NoTargets", "the project has no [[targets]]", ())
        targets = [
            target
            for index, item in enumerate(shared.pop("targets", []))
            if (target := self._target(shared, item, index, {*table, *item}))
        ]
        self._refuse_equal_names(targets)
        self._refuse_outputs_around_sources(targets)
        self._refuse_nested_outputs(targets)
        return targets

    def _target(
        self,
        shared: Mapping[str, Any],
        item: Mapping[str, Any],
        index: int,
        given: set[str],
    ) -> Target | None:
        place = ("targets", index)
        own = self._checked(item, _TARGET_KEYS, place)
        values = {**shared, **own}
        values["params"] = {**shared.get("params", {}), **own.get("params", {})}
        values["keep"] = (*shared.get("keep", ()), *own.get("keep", ()))
        missing = [key for key in ("target", "output", "registry") if key not in values]
        for key in missing:
            if key not in given:  # else it is there and wrong, which was reported
                self._problem("MissingKey", f"the target has no key {key!r}", place)
        if missing:
            return None
        return Target(**{"name": values["target"], **values})

    def _checked(
        self, table: Mapping[str, Any], keys: Mapping[str, str], place: tuple[Any, ...]
    ) -> dict[str, Any]:
        """The values of known keys that are what they must be; problems for the others."""
        values = {}
        for key, value in table.items():
            if key not in keys:
                self._unknown(key, keys, place)
            elif _fits(value, keys[key]):
                values[key] = _normalised(value, keys[key])
            else:
                message = f"{key} must be {_EXPECTED[keys[key]]}, not {value!r}"
                self._problem("WrongType", message, (*place, key))
        return values

    def _unknown(
        self, key: str, keys: Mapping[str, str], place: tuple[Any, ...]
    ) -> None:
        near = get_close_matches(key, keys, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(keys)}"
        self._problem(
            "UnknownKey", f"unknown key {key!r}", (*place, key), hint, Severity.WARNING
        )

    def _refuse_equal_names(self, targets: Sequence[Target]) -> None:
        seen: set[str] = set()
        for index, target in enumerate(targets):
            if target.name in seen:
                message = f"another target is called {target.name!r}, too"
                hint = "give one of them another `name`"
                self._problem(
                    "DuplicateTarget", message, ("targets", index, "name"), hint
                )
            seen.add(target.name)

    def _refuse_outputs_around_sources(self, targets: Sequence[Target]) -> None:
        """What lies in an output folder and isn't generated is moved out of it."""
        for index, target in enumerate(targets):
            for source in (".", target.registry, *target.templates):
                if _within(self._root, source, target.output):
                    message = (
                        f"the output folder {target.output!r} holds what it is made "
                        f"from: {source!r}"
                    )
                    hint = "an output folder belongs to swarmgen alone"
                    place = ("targets", index, "output")
                    self._problem("OutputHoldsSources", message, place, hint)
                    break

    def _refuse_nested_outputs(self, targets: Sequence[Target]) -> None:
        """An output folder belongs to one target: its files would be the other's strays.

        Targets share a folder when each keeps what the other writes.
        """
        for index, target in enumerate(targets):
            for other in targets[:index]:
                pair = (target.output, other.output)
                if os.path.normpath(pair[0]) == os.path.normpath(pair[1]) and (
                    target.keep and other.keep
                ):
                    continue
                if _within(self._root, *pair) or _within(self._root, *pair[::-1]):
                    message = (
                        f"the output folders {other.output!r} of {other.name!r} "
                        f"and {target.output!r} lie in each other"
                    )
                    hint = (
                        "give each target a folder of its own, or the same one and a "
                        "`keep` for what the other writes"
                    )
                    self._problem(
                        "NestedOutputs", message, ("targets", index, "output"), hint
                    )

    def _problem(
        self,
        code: str,
        message: str,
        place: tuple[Any, ...],
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        line, column = self._position((*self._prefix, *place))
        location = Location(self._file, line, column)
        self.problems.append(Problem(code, message, severity, location, hint))

    def _position(self, path: tuple[Any, ...]) -> tuple[int | None, int | None]:
        from swarmgen.project.toml_positions import positions

        places = positions(self._text)
        for steps in range(len(path), 0, -1):
            if path[:steps] in places:
                return places[path[:steps]]
        return None, None


def _unreadable(error: Exception, file: str) -> Problem:
    if isinstance(error, OSError):
        message = error.strerror or str(error)
        return Problem("UnreadableSettings", message, location=Location(file))
    if isinstance(error, UnicodeDecodeError):
        message = f"is not UTF-8: {error.reason} at byte {error.start}"
        return Problem("UnreadableSettings", message, location=Location(file))
    place = _PLACE.search(str(error))
    message = _PLACE.sub("", str(error))
    line, column = (int(place[1]), int(place[2])) if place else (None, None)
    return Problem("InvalidToml", message, location=Location(file, line, column))


def _has_table(file: Path) -> bool:
    """Whether a pyproject.toml is about swarmgen; one that can't be read may be."""
    try:
        text = file.read_bytes()
        return b"swarmgen" in text and bool(
            _table_at(parse(text.decode()), ("tool", "swarmgen"))
        )
    except ValueError:
        return True
    except OSError:
        return False


def _table_at(content: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    value: Any = content
    for key in path:
        value = value.get(key, {}) if isinstance(value, Mapping) else {}
    return dict(value) if isinstance(value, Mapping) else {}


def _fits(value: Any, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str) and value != ""
    if kind == "texts":
        return all(isinstance(text, str) and text for text in _listed(value))
    if kind == "table":
        return isinstance(value, dict) and _is_json(value)
    if kind == "tables":
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return value in FORMATS if kind == "format" else isinstance(value, bool)


def _normalised(value: Any, kind: str) -> Any:
    return tuple(_listed(value)) if kind == "texts" else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    if isinstance(value, list):
        return all(map(_is_json, value))
    return isinstance(value, (str, int, float, bool))


def _within(root: Path, inner: str, outer: str) -> bool:
    folders = [Path(os.path.normpath(root / path)) for path in (inner, outer)]
    return folders[0].is_relative_to(folders[1])
