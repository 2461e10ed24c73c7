"""Entity associations: every name must be an entity of the registry or of one dependency."""

from __future__ import annotations

from collections.abc import Sequence

from swarmgen.problems import Problem
from swarmgen.registry.dependencies import Dependency, import_keys, lookup_entity
from swarmgen.registry.inheritance import WITHIN, excluded_problem
from swarmgen.registry.loader import Fatal
from swarmgen.registry.model import Group, Origins, Registry, entity_names, signal_id
from swarmgen.registry.places import Locator
from swarmgen.registry.schema_url import SchemaUrl
from swarmgen.registry.shapes import nearest


class Associations:
    """Finds the registry of every entity that a group is associated with."""

    def __init__(
        self,
        groups: Sequence[Group],
        dependencies: Sequence[Dependency],
        locator: Locator,
    ) -> None:
        self._groups = groups
        self._dependencies = dependencies
        self._locator = locator
        self._found: dict[str, SchemaUrl] = {}
        self._local = {
            id: group.is_private
            for group in groups
            if group.type == "entity" and (id := signal_id(group)) is not None
        }

    def resolve(self, imported: Origins) -> Origins:
        """The origins of foreign entities, ``imported`` ones kept. Raises Fatal with all problems."""
        origins: Origins = {id: dict(names) for id, names in imported.items()}
        problems = []
        for group in self._groups:
            for name in entity_names(group.entity_associations):
                if name in imported.get(group.id, {}):
                    continue
                private = self._local.get(name)
                if private is not None and (not private or group.is_private):
                    continue
                url = None if private else self._foreign(name)
                if url:
                    origins.setdefault(group.id, {})[name] = url
                else:
                    problems.append(self._problem(group, name))
        if problems:
            raise Fatal(problems)
        return origins

    def _candidates(self, name: str) -> tuple[list[SchemaUrl], bool]:
        """The registries that declare the entity, and whether one of them keeps it private."""
        urls: list[SchemaUrl] = []
        private = False
        for dependency in self._dependencies:
            found = lookup_entity(dependency, name)
            if found and found[1]:
                private = True
            elif found and found[0] not in urls:
                urls.append(found[0])
        return urls, private

    def _foreign(self, name: str) -> SchemaUrl | None:
        if name not in self._found:
            urls, _ = self._candidates(name)
            if len(urls) != 1:
                return None
            self._found[name] = urls[0]
        return self._found[name]

    def _problem(self, group: Group, name: str) -> Problem:
        urls, private = self._candidates(name)
        location = self._locator.at(group.place / "entity_associations")
        if name in self._local or (private and not urls):
            return excluded_problem(name, "entity", group.id, self._locator, group)
        fields = {"group_id": group.id, "entity_type": name}
        if urls:
            registries = [str(url) for url in urls]
            message = (
                f"the entity association `{name}` of group `{group.id}` is ambiguous: declared by "
                + ", ".join(registries)
            )
            hint = "import the one you mean, or define the entity in this registry"
            more = {**fields, "registries": registries}
            code = "AmbiguousEntityAssociation"
            return Problem(
                code, message, location=location, hint=hint, fields=more, within=WITHIN
            )
        provenance = group.provenance
        return Problem(
            "UnresolvedEntityAssociation",
            f"group `{group.id}` is associated with the entity `{name}`, which is not defined",
            location=location,
            hint=nearest(name, self._known()),
            fields={
                **fields,
                "provenance": provenance.to_json() if provenance else None,
            },
            within=WITHIN,
        )

    def _known(self) -> list[str]:
        known = list(self._local)
        for dependency in self._dependencies:
            if isinstance(dependency, Registry):
                entities = (g for g in dependency.groups if g.type == "entity")
                known += [key for group in entities for key in import_keys(group)]
        return known
