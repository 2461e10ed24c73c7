"""Folders → loaded registries: manifest, dependencies, definition files and their problems."""

# pathlib would rewrite paths, whose spelling is part of ids and provenances.
# ruff: noqa: PTH113, PTH117, PTH118, PTH119, PTH120

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace

from swarmgen.problems import Location, Problem, Severity
from swarmgen.registry import discovery
from swarmgen.registry.definition_reader import FATAL_WITHIN, DefinitionReader, Imports
from swarmgen.registry.manifest import (
    LEGACY_NAME,
    NAME,
    Dependency,
    Manifest,
    read_manifest,
)
from swarmgen.registry.model import Group, Provenance
from swarmgen.registry.places import Locator
from swarmgen.registry.published import Published, read_published
from swarmgen.registry.rules import WITHIN
from swarmgen.registry.schema_url import UNKNOWN, SchemaUrl, VersionConflict, newest

MAX_DEPENDENCIES = 10


class Fatal(Exception):
    """The registry cannot be resolved; the problems say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


@dataclass
class Loaded:
    """A registry as its files give it."""

    schema_url: SchemaUrl
    path: str
    groups: list[Group] = field(default_factory=list)
    imports: list[Imports] = field(default_factory=list)
    dependencies: list[Loaded | Published] = field(default_factory=list)


@dataclass
class Loader:
    """Loads a registry and, depth first, what it depends on."""

    follow_symlinks: bool = False
    locator: Locator = field(default_factory=Locator)
    problems: list[Problem] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    overrides: dict[SchemaUrl, str] = field(default_factory=dict)
    _chosen: dict[str, SchemaUrl] = field(default_factory=dict)
    _chain: list[str] = field(default_factory=list)

    def load(self, spelled: str) -> Loaded | Published:
        """The registry of that spelling. Raises Fatal; warnings are in ``problems``."""
        path = self._local(spelled)
        manifest, problems = self._manifest(path)
        if manifest is None and problems:
            raise Fatal(problems)
        self.problems += problems
        loaded = self._load(path, manifest, None, MAX_DEPENDENCIES)
        for dependency in manifest.dependencies if manifest else ():
            self._warn_of_upgrade(dependency)
        return loaded

    def _local(self, spelled: str) -> str:
        path = discovery.local_path(spelled)
        if path is None:
            message = f"the registry `{spelled}` is no local folder"
            hint = "archives, git repositories and URLs come with a later version: fetch it, and give the folder"
            raise Fatal([Problem("UnsupportedRegistrySource", message, hint=hint)])
        return path

    def _manifest(self, path: str) -> tuple[Manifest | None, list[Problem]]:
        for name in (NAME, LEGACY_NAME):
            file = path if os.path.isfile(path) else os.path.join(path, name)
            self.inputs.append(file)
            if os.path.isfile(file):
                data = self._bytes(file)
                return read_manifest(data, file, os.path.basename(file), self.locator)
        return None, []

    def _bytes(self, file: str) -> bytes:
        self.inputs.append(file)
        try:
            with open(file, "rb") as stream:
                return stream.read()
        except OSError as error:
            fields = {"path_or_url": file, "error": str(error)}
            message = f"the file cannot be read: {error.strerror}"
            problem = Problem(
                "RegistryNotFound",
                message,
                location=Location(file),
                fields=fields,
                within=FATAL_WITHIN,
            )
            raise Fatal([problem]) from None

    def _warn_of_upgrade(self, dependency: Dependency) -> None:
        asked, chosen = dependency.schema_url, self._chosen.get(
            dependency.schema_url.name
        )
        if chosen is None or chosen == asked:
            return
        message = (
            f"version {chosen.version} of dependency '{asked.name}' is used, "
            f"not {asked.version} as the manifest asks"
        )
        fields = {
            "dependency": asked.name,
            "requested_version": asked.version,
            "selected_version": chosen.version,
        }
        code, hint = "DependencyVersionUpgradedWarning", f"ask for {chosen.version}"
        self.problems.append(
            Problem(code, message, Severity.WARNING, None, hint, fields)
        )

    def _load(
        self, path: str, manifest: Manifest | None, url: SchemaUrl | None, depth: int
    ) -> Loaded | Published:
        if depth == 0:
            message = f"the chain of dependencies is too long at registry `{path}`"
            fields = {"registry_name": path}
            raise Fatal(
                [
                    Problem(
                        "MaximumDependencyDepth",
                        message,
                        fields=fields,
                        within=("Resolver",),
                    )
                ]
            )
        schema_url = manifest.schema_url if manifest else url or UNKNOWN
        self._enter(schema_url)
        try:
            if manifest and manifest.resolved_uri is not None:
                return self._published(path, manifest.resolved_uri)
            dependencies = self._dependencies(manifest, depth) if manifest else []
            return self._definitions(path, schema_url, dependencies)
        finally:
            self._chain.pop()

    def _enter(self, url: SchemaUrl) -> None:
        if url.name in self._chain:
            chain = " → ".join([*self._chain, url.name])
            message = f"registry '{url.name}' depends on itself: {chain}"
            fields = {"registry_name": url.name, "chain": chain}
            raise Fatal(
                [
                    Problem(
                        "CircularDependency",
                        message,
                        fields=fields,
                        within=("Resolver",),
                    )
                ]
            )
        self._choose(url)
        self._chain.append(url.name)

    def _choose(self, url: SchemaUrl) -> None:
        """Of all versions of one registry that are met, keep the newest."""
        known = self._chosen.get(url.name)
        if known is None:
            self._chosen[url.name] = url
        elif known != url:
            try:
                self._chosen[url.name] = newest(known, url)
            except VersionConflict as conflict:
                raise Fatal([conflict.problem]) from None

    def _published(self, path: str, uri: str) -> Published:
        folder = os.path.dirname(path) if os.path.isfile(path) else path
        file = uri if os.path.isabs(uri) else f"{folder}/{uri}"
        if discovery.local_path(file) is None or "://" in uri:
            self._local(uri)
        published = read_published(
            self._bytes(file) if os.path.isfile(file) else None, file, self.locator
        )
        if isinstance(published, Problem):
            raise Fatal([published])
        for dependency in published.dependencies:
            self._choose(dependency)
        return published

    def _dependencies(self, manifest: Manifest, depth: int) -> list[Loaded | Published]:
        loaded = []
        seen: dict[str, Dependency] = {}
        for dependency in manifest.dependencies:
            before = seen.setdefault(dependency.schema_url.name, dependency)
            if before is not dependency:
                _check_versions(before, dependency)
            path = self._local(
                dependency.registry_path or str(dependency.schema_url) + ".zip"
            )
            found, problems = self._manifest(path)
            override = self.overrides.get((found or dependency).schema_url)
            if override is not None:
                path = self._local(override)
                found, problems = self._manifest(path)
            problems = [replace(p, within=WITHIN) for p in problems]
            if found is None and problems:
                raise Fatal([replace(p, within=FATAL_WITHIN) for p in problems])
            self.problems += problems
            loaded.append(self._load(path, found, dependency.schema_url, depth - 1))
        return loaded

    def _definitions(
        self, path: str, url: SchemaUrl, dependencies: list[Loaded | Published]
    ) -> Loaded:
        found = discovery.find_definitions(path, self.follow_symlinks)
        self.inputs += found.folders
        fatal = [_walk_error(where, what) for where, what in found.errors]
        if not found.files and os.path.basename(path).startswith("."):
            self.problems.append(_hidden(path))
        registry = Loaded(url, path, dependencies=dependencies)
        for file in found.files:
            reader = DefinitionReader(file, Provenance(url, file), self.locator)
            reader.read(self._bytes(file))
            registry.groups += reader.groups
            registry.imports += reader.imports
            self.problems += reader.problems
            # Weaver stops at the first bad file.
            fatal += (
                [replace(p, masked=True) for p in reader.fatal]
                if fatal
                else reader.fatal
            )
        if fatal:
            raise Fatal(fatal)
        return registry


def _hidden(path: str) -> Problem:
    """Weaver reads nothing there either, without a word."""
    return Problem(
        "HiddenRegistry",
        "no definition was read: as with Weaver, a folder whose name begins with a dot is hidden",
        Severity.WARNING,
        Location(path),
        hint='name the folder another way, for example "$PWD"',
        masked=True,
    )


def _check_versions(before: Dependency, dependency: Dependency) -> None:
    name = dependency.schema_url.name
    if not before.is_versioned or not dependency.is_versioned:
        message = f"registry '{name}' is declared more than once, at least once without a version"
        hint = f"use a schema_url with a version: https://{name}/1.0.0"
        code, fields = "UnversionedDependencyConflict", {"name": name}
        raise Fatal(
            [Problem(code, message, hint=hint, fields=fields, within=("Resolver",))]
        )
    try:
        newest(before.schema_url, dependency.schema_url)
    except VersionConflict as conflict:
        raise Fatal([conflict.problem]) from None


def _walk_error(path: str, what: str) -> Problem:
    message = f"the folder of the registry cannot be walked: {what}"
    return Problem(
        "SemConvSpecError",
        message,
        location=Location(path),
        fields={"error": f"IO error for operation on {path}: {what}"},
        within=FATAL_WITHIN,
    )
