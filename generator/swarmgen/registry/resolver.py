"""Loaded registries → resolved ones, dependencies first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from swarmgen.problems import Problem, Severity
from swarmgen.registry.associations import Associations
from swarmgen.registry.dependencies import Dependency, Versions
from swarmgen.registry.imports import Importer
from swarmgen.registry.inheritance import Inheritance, apply_prefixes
from swarmgen.registry.loader import SIGNALS, Imports, Loaded
from swarmgen.registry.model import Group, Origins, Registry
from swarmgen.registry.ordering import attribute_order
from swarmgen.registry.places import Locator
from swarmgen.registry.published import Published
from swarmgen.registry.references import References
from swarmgen.registry.schema_url import SchemaUrl
from swarmgen.registry.uniqueness import uniqueness_problems

_EVERYTHING = Imports({signal: ["*"] for signal in SIGNALS}, implicit=True)


@dataclass
class Resolver:
    """Resolves a registry; ``problems`` are the ones that stop nothing."""

    locator: Locator
    include_unreferenced: bool = False
    problems: list[Problem] = field(default_factory=list)
    resolved: dict[SchemaUrl, Dependency] = field(default_factory=dict)

    def resolve(self, loaded: Loaded | Published) -> Dependency:
        """The registry with everything resolved. Raises loader.Fatal."""
        known = self.resolved.get(loaded.schema_url)
        if known is not None:
            return known
        registry = loaded if isinstance(loaded, Published) else self._resolve(loaded)
        self.resolved[loaded.schema_url] = registry
        return registry

    def _resolve(self, loaded: Loaded) -> Registry:
        dependencies = [self.resolve(dependency) for dependency in loaded.dependencies]
        # Weaver drops what it finds in the resolved groups of a dependency.
        self.problems = [replace(problem, masked=True) for problem in self.problems]
        imports = list(loaded.imports)
        if self.include_unreferenced:
            self.problems.append(_deprecated_flag())
            imports.append(_EVERYTHING)
        groups = loaded.groups
        apply_prefixes(groups)
        Inheritance(groups, dependencies, self.locator).resolve()
        versions = Versions(dependencies, self.resolved)
        references = References(groups, dependencies, versions, self.locator)
        references.resolve()
        importer = Importer(imports, dependencies, references, versions, self.locator)
        imported = importer.run()
        self.problems += importer.unmatched(imported)
        groups += [found.group for found in imported]
        origins: Origins = {
            found.group.id: found.origins for found in imported if found.origins
        }
        origins = Associations(groups, dependencies, self.locator).resolve(origins)
        groups = _stabilised(groups)
        self.problems += uniqueness_problems(groups, self.locator)
        urls = {d.schema_url for d in dependencies}.union(
            *(d.dependencies for d in dependencies)
        )
        return Registry(
            loaded.schema_url,
            loaded.path,
            groups,
            references.roots,
            sorted(urls),
            origins,
        )


def _stabilised(groups: list[Group]) -> list[Group]:
    """The groups by id, without internal ones, and the attributes of each in order."""
    for group in groups:
        group.attributes = attribute_order(group.attributes)
    kept = [group for group in groups if group.visibility != "internal"]
    return sorted(kept, key=lambda group: group.id)


def _deprecated_flag() -> Problem:
    return Problem(
        "DeprecatedIncludeUnreferencedWarning",
        "the flag `--include-unreferenced` is deprecated",
        Severity.WARNING,
        hint="import what is needed in the definition files",
        fields={},
    )
