"""The bytes of one definition file → its groups, imports and problems."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from swarmgen.problems import Location, Problem, Severity
from swarmgen.registry.definition_shapes import DEFINITION_1
from swarmgen.registry.definition_shapes_v2 import DEFINITION_2
from swarmgen.registry.definitions import groups_of_v1, groups_of_v2
from swarmgen.registry.model import Group, Place, Provenance
from swarmgen.registry.places import Locator
from swarmgen.registry.rules import WITHIN, Rules, rules_of_v2
from swarmgen.registry.shapes import SCHEMA, Shape, show
from swarmgen.registry.yaml_reader import YamlError, read_yaml

FATAL_WITHIN = ("Resolver", *WITHIN)
SIGNALS = ("metrics", "events", "spans", "entities", "attribute_groups")


@dataclass(frozen=True)
class Imports:
    """The ``imports`` of one file; ``implicit`` for those that a flag stands for."""

    patterns: dict[str, list[str]]
    place: Place | None = None
    implicit: bool = False


class DefinitionReader:
    """Reads one definition file. Nothing of a file with fatal problems is used."""

    def __init__(self, file: str, provenance: Provenance, locator: Locator) -> None:
        self.groups: list[Group] = []
        self.imports: list[Imports] = []
        self.problems: list[Problem] = []
        self.fatal: list[Problem] = []
        self._file, self._provenance, self._locator = file, provenance, locator

    def read(self, data: bytes) -> None:
        """Fill ``groups``, ``imports``, ``problems`` and ``fatal`` from the file's bytes."""
        try:
            content = read_yaml(data)
        except YamlError as error:
            location = Location(self._file, error.line, error.column)
            self._misread(error.message, location, error.hint)
            return
        notes: list[Problem] = []
        is_v2 = self._is_v2(content, notes)
        if is_v2 is None:
            return
        if not isinstance(content, dict):
            hint = "start the file with `groups:` or `file_format: definition/2`"
            message = f"Expected a YAML mapping at the root, but found {show(content)}"
            self._misread(message, Location(self._file, 1, 1), hint)
            return
        body = {k: v for k, v in content.items() if k not in ("file_format", "version")}
        shape: Shape = DEFINITION_2 if is_v2 else DEFINITION_1
        if shape.accepts(body):
            self._take(body, is_v2)
            self.problems += notes
        else:
            self._explain(shape, body)

    def _problem(
        self, code: str, key: str, message: str, hint: str = "", **fields: str
    ) -> Problem:
        location = self._locator.at(Place(self._file, (key,)))
        return Problem(code, message, Severity.WARNING, location, hint, fields, WITHIN)

    def _misread(self, message: str, location: Location | None, hint: str) -> None:
        fields = {"path_or_url": self._file, "error": message}
        self.fatal.append(
            Problem(
                "DeserializationError",
                message,
                Severity.ERROR,
                location,
                hint,
                fields,
                FATAL_WITHIN,
            )
        )

    def _is_v2(self, content: Any, notes: list[Problem]) -> bool | None:
        """Which version the file is of; None when it says a wrong one."""
        top = content if isinstance(content, dict) else {}
        named = {key: top.get(key) for key in ("version", "file_format")}
        version, format_ = (v if isinstance(v, str) else None for v in named.values())
        path = self._file
        if version is not None:
            said = "The 'version' field is deprecated."
            hint = "use `file_format: definition/2` instead"
            code = "DeprecatedVersionField"
            notes.append(self._problem(code, "version", said, hint, provenance=path))
        if format_ == "definition/2" or version == "2":
            said, key = "File format `definition/2` is not yet stable", "file_format"
            fields = {"file_format": "definition/2", "provenance": path}
            notes.append(self._problem("UnstableFileFormat", key, said, **fields))
            return True
        if (
            format_ == "definition/1"
            or version == "1"
            or (format_ is None and version is None)
        ):
            return False
        key, value = (
            ("version", version) if version is not None else ("file_format", format_)
        )
        said = f"Invalid file format: `{key}: {value}`."
        hint = "expected `file_format: definition/1` or `file_format: definition/2`"
        problem = self._problem(
            "InvalidFileFormat", key, said, hint, field_key=key, field_value=str(value)
        )
        self.fatal.append(
            replace(problem, severity=Severity.ERROR, within=FATAL_WITHIN)
        )
        return None

    def _take(self, body: dict[str, Any], is_v2: bool) -> None:
        if is_v2:
            fatal, warnings = rules_of_v2(body, self._file, self._file, self._locator)
            self.fatal += fatal
            self.problems += warnings
            self.groups = groups_of_v2(body, self._provenance, self._file)
        else:
            self.groups = groups_of_v1(body, self._provenance, self._file)
            rules = Rules(self._file, self._locator)
            for group in self.groups:
                self.problems += rules.problems(group)
        imports = body.get("imports")
        if imports:
            patterns = {name: imports.get(name) or [] for name in SIGNALS}
            self.imports.append(Imports(patterns, Place(self._file, ("imports",))))

    def _explain(self, shape: Shape, body: dict[str, Any]) -> None:
        misfits = list(shape.explain(body, ()))
        by_schema = [misfit for misfit in misfits if misfit.code == SCHEMA]
        for misfit in by_schema or misfits[:1]:
            location = self._locator.at(Place(self._file, misfit.path))
            if misfit.code != SCHEMA:
                self._misread(misfit.message, location, misfit.hint)
                continue
            fields = {"error": misfit.message, "advice": misfit.hint or None}
            within = (*FATAL_WITHIN, "CompoundError")
            self.fatal.append(
                Problem(
                    misfit.code,
                    misfit.message,
                    location=location,
                    hint=misfit.hint,
                    fields=fields,
                    within=within,
                )
            )
