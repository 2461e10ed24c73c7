"""Rendering a target: its templates, applied to a context as its weaver.yaml says."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swarmgen.forge.config import Config, Entry, load_config
from swarmgen.forge.environment import Environment, make_environment
from swarmgen.forge.errors import FilterError, TemplateError
from swarmgen.forge.filters import all_filters, all_functions, all_tests
from swarmgen.forge.query import Query, QueryError
from swarmgen.globs import matches
from swarmgen.problems import Location, Problem


@dataclass(frozen=True)
class Rendering:
    """What came of rendering a target.

    ``files`` are texts by POSIX path relative to the output folder. ``collisions`` are
    about paths that were rendered more than once, of which the last one stayed: Weaver
    says nothing of them. ``inputs`` are the
    absolute paths of every file and folder that was looked at, also of files that do
    not exist: as long as their contents and listings stay the same, so does the
    rendering.
    """

    files: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    collisions: list[Problem] = field(default_factory=list)


def render_target(
    folder: Path,
    context: Any,
    parameters: Mapping[str, Any],
    *,
    configs: Sequence[Path] | None = None,
) -> Rendering:
    """Render the templates of a target folder and return the files, unwritten.

    ``context`` is a plain JSON value with sorted keys; ``parameters`` come before those
    of ``weaver.yaml``; ``configs`` replace the lookup of ``weaver.yaml`` files. Never
    raises for what is wrong in the folder: a template that fails is a problem, and the
    other files are there.
    """
    config, problems, inputs = load_config(folder, configs)
    names, places = _listing(folder)
    rendering = Rendering({}, problems, [*inputs, *places])
    if config is None:
        return rendering
    jobs = list(_jobs(config, names, rendering.problems))
    if rendering.problems:
        return rendering
    environment = make_environment(
        folder,
        config.syntax,
        config.whitespace,
        filters=all_filters(config),
        tests=all_tests(),
        functions=all_functions(),
    )
    with Query(context) as query:
        query.expect(
            (entry.filter, _variables(config, entry, parameters))
            for entry, _ in jobs
            if entry.when is None
        )
        for entry, name in jobs:
            job = _Job(environment, query, entry, name, folder)
            job.render(_variables(config, entry, parameters), rendering)
    return rendering


def _variables(
    config: Config, entry: Entry, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters by name, and all of them under the name ``params``."""
    merged = {**config.params, **entry.params, **parameters}
    return {**merged, "params": merged} if merged else {}


def _listing(folder: Path) -> tuple[list[str], list[str]]:
    """The files below a folder by relative POSIX path, and all paths looked at."""
    import os

    names: list[str] = []
    places: list[str] = []
    for place, folders, files in os.walk(folder):
        folders.sort()
        places.append(str(Path(place).absolute()))
        for file in sorted(files):
            path = Path(place, file)
            if path.is_file():
                names.append(path.relative_to(folder).as_posix())
                places.append(str(path.absolute()))
    return names, places


def _jobs(
    config: Config, names: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[Entry, str]]:
    """Each entry with each file that it is about; an entry about none is a problem."""
    for entry in config.entries:
        found = [name for name in names if matches(entry.template, name)]
        if not found:
            text = f"template pattern '{entry.template}' matches no file"
            problems.append(
                Problem(
                    "InvalidTemplateFile",
                    text,
                    location=entry.at("template"),
                    fields={"template": entry.template, "error": text},
                )
            )
        yield from ((entry, name) for name in found)


class _TemplateObject:
    """The global ``template`` of a template."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name

    def set_file_name(self, name: Any, /) -> str:
        if not isinstance(name, str):
            raise FilterError("set_file_name wants a string")
        self.file_name = name
        return ""


@dataclass(frozen=True)
class _Job:
    """One template file with one entry of ``templates``."""

    environment: Environment
    query: Query
    entry: Entry
    name: str
    folder: Path

    def render(self, variables: Mapping[str, Any], rendering: Rendering) -> None:
        """Add the files, or what is wrong, to ``rendering``."""
        problems = rendering.problems
        if "params" in variables.get("params", ()):
            problems.append(self._reserved())
            return
        try:
            if not self._wanted(variables, problems):
                return
            selected = self.query.run(self.entry.filter, variables)
        except QueryError as error:
            problems.append(self._failed_filter(str(error)))
            return
        for value in self._values(selected):
            self._render_one(value, variables, rendering)

    def _values(self, selected: Any) -> list[Any]:
        if self.entry.mode == "each":
            return selected if isinstance(selected, list) else [selected]
        return [] if selected is None or selected == [] else [selected]

    def _wanted(self, variables: Mapping[str, Any], problems: list[Problem]) -> bool:
        if self.entry.when is None:
            return True
        result = self.query.run(self.entry.when, variables)
        if not isinstance(result, bool):
            problems.append(self._not_boolean(result))
        return result is True

    def _render_one(
        self, value: Any, variables: Mapping[str, Any], rendering: Rendering
    ) -> None:
        names = {"ctx": value, "params": variables}
        try:
            template = _TemplateObject(self._file_name(names))
        except TemplateError as error:
            rendering.problems.append(self._bad_file_name(error))
            return
        try:
            text = self.environment.render(
                self.name, {**names, "template": template}, self.entry.auto_escape
            )
        except TemplateError as error:
            rendering.problems.append(self._failed(error))
            return
        path = posixpath.normpath(template.file_name)
        if path.startswith(("/", "../")) or path in (".", "..") or "\0" in path:
            rendering.problems.append(self._misplaced(template.file_name))
            return
        if path in rendering.files:
            rendering.collisions.append(self._collision(path))
        rendering.files[path] = text

    def _file_name(self, names: Mapping[str, Any]) -> str:
        if self.entry.file_name is None:
            base = posixpath.basename(self.name)
            while base.endswith(".j2"):
                base = base[:-3]
            return base
        return self.environment.render_text(
            self.entry.file_name, names, self.entry.auto_escape
        )

    def _where(self, error: TemplateError) -> Location:
        name = self.name if error.template == "<string>" else error.template
        return Location(str(self.folder / name), error.line)

    def _failed(self, error: TemplateError) -> Problem:
        unusable = error.kind in ("syntax error", "template not found")
        own = unusable and error.template == self.name
        return Problem(
            "InvalidTemplateFile" if own else "TemplateEvaluationFailed",
            error.message,
            location=self._where(error),
            fields={"template": self.name, "error": error.message},
        )

    def _bad_file_name(self, error: TemplateError) -> Problem:
        return Problem(
            "InvalidFilePath",
            f"`file_name` must be a template that gives a path: {error.message}",
            location=self.entry.at("file_name"),
            fields={"file_path": self.entry.file_name, "error": error.message},
        )

    def _misplaced(self, path: str) -> Problem:
        key = "file_name" if self.entry.file_name is not None else "template"
        return Problem(
            "OutputPathEscapes",
            f"the file name {path!r} leaves the output folder",
            location=self.entry.at(key),
            hint="a file name must be relative and without '..'",
            fields={"path": path},
        )

    def _collision(self, path: str) -> Problem:
        return Problem(
            "OutputCollision",
            f"the file {path!r} is written more than once",
            location=Location(str(self.folder / self.name)),
            hint="give each rendering a file name of its own with `file_name`",
            fields={"path": path},
        )

    def _failed_filter(self, error: str) -> Problem:
        return Problem(
            "FilterError",
            f"the filter '{self.entry.filter}' failed: {error}",
            location=self.entry.at("filter"),
            fields={"filter": self.entry.filter, "details": [{"error": error}]},
        )

    def _not_boolean(self, result: Any) -> Problem:
        import json

        actual = json.dumps(result, separators=(",", ":"), ensure_ascii=False)
        return Problem(
            "WhenClauseNotBoolean",
            f"`when` must give true or false, but gave {actual}",
            location=self.entry.at("when"),
            hint="make it a condition: any(...), all(...) or a comparison",
            fields={"when": self.entry.when, "actual": actual},
        )

    def _reserved(self) -> Problem:
        return Problem(
            "DuplicateParamKey",
            "the parameter name `params` is reserved",
            location=self.entry.at("params"),
            fields={"key": "params", "error": "`params` is a reserved parameter name"},
        )
