"""Definitions and references of attributes → complete attributes with their lineage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from swarmgen.problems import Problem
from swarmgen.registry.dependencies import (
    Dependency,
    Versions,
    attribute_of,
    lookup_attribute,
    winner,
)
from swarmgen.registry.inheritance import WITHIN, excluded_problem
from swarmgen.registry.loader import Fatal
from swarmgen.registry.model import Attribute, Group, Root, Spec, Trace, is_excluded
from swarmgen.registry.places import Locator
from swarmgen.registry.schema_url import SchemaUrl, VersionConflict
from swarmgen.registry.shapes import nearest

_ALWAYS = ("brief", "note", "requirement_level")
_SOMETIMES = (
    *(
        "examples",
        "tag",
        "sampling_relevant",
        "stability",
        "deprecated",
        "role",
        "annotations",
    ),
)
_KEPT = ("tags", "value")


@dataclass
class References:
    """Turns the specs of all groups of a registry into attributes."""

    groups: Sequence[Group]
    dependencies: Sequence[Dependency]
    versions: Versions
    locator: Locator
    roots: dict[str, Root] = field(default_factory=dict)

    def resolve(self) -> None:
        """Fill ``attributes`` of every group. Raises Fatal with every unresolved reference."""
        try:
            problems = self._define()
            waiting = [(group, spec) for group in self.groups for spec in group.specs]
            while waiting:
                left = [(g, spec) for g, spec in waiting if not self._refer(g, spec)]
                if len(left) == len(waiting):
                    break
                waiting = left
        except VersionConflict as conflict:
            raise Fatal([conflict.problem]) from None
        problems += [self._unresolved(group, spec) for group, spec in waiting]
        if problems:
            raise Fatal(problems)

    def _define(self) -> list[Problem]:
        """All definitions first, so that no dependency comes before a local one."""
        problems = []
        for group in self.groups:
            left = []
            for spec in group.specs:
                if "ref" in spec:
                    left.append(spec)
                elif not group.is_private and is_excluded(spec.get("annotations")):
                    kind = "Attribute"
                    problems.append(
                        excluded_problem(
                            spec["id"], kind, group.id, self.locator, group
                        )
                    )
                else:
                    self._add_definition(group, spec)
            group.specs = left
        return problems

    def _add_definition(self, group: Group, spec: Spec) -> None:
        attribute = {k: v for k, v in spec.items() if k not in ("id", "origin")}
        attribute["name"] = name = spec["id"]
        attribute.setdefault("brief", "")
        origin: SchemaUrl | None = spec.get("origin")
        root = Root(attribute, None if origin else group.id, origin, origin is None)
        known = self.roots.get(name)
        self.roots[name] = winner(name, root, known) if known else root
        group.attributes.append(attribute)

    def root_of(self, name: str) -> Root | None:
        """The root of a name: a local definition, else the one of a dependency."""
        root = self.roots.get(name)
        if root is not None and root.is_definition:
            return root
        foreign = lookup_attribute(self.dependencies, name)
        if foreign is None:
            return None
        self.roots[name] = self.upgraded(foreign)
        return self.roots[name]

    def upgraded(self, root: Root) -> Root:
        """The root as the chosen version of its registry has it. Raises VersionConflict."""
        chosen = self.versions.upgrade_of(root.source) if root.source else None
        registry = self.versions.registry(chosen) if chosen else None
        if registry is None or root.source is None:
            return root
        name = root.attribute["name"]
        newer = attribute_of(registry, name)
        if newer is None:
            fields = {
                "attribute_name": name,
                "original_url": str(root.source),
                "upgraded_url": str(chosen),
            }
            raise VersionConflict(
                Problem(
                    "AttributeNotFoundInUpgradedSchema",
                    f"attribute '{name}' of '{root.source}' is not in '{chosen}', which is used",
                    fields=fields,
                    within=("Resolver",),
                )
            )
        return Root(newer.attribute, None, chosen, newer.is_definition)

    def keep(self, attribute: Attribute, source: SchemaUrl) -> Attribute:
        """Take an imported attribute in; the chosen version of it is returned."""
        root = self.upgraded(Root(attribute, None, source))
        name = attribute["name"]
        known = self.roots.get(name)
        self.roots[name] = winner(name, root, known) if known else root
        return root.attribute

    def _refer(self, group: Group, spec: Spec) -> bool:
        root = self.root_of(spec["ref"])
        if root is None or self._is_forbidden(group, root):
            return False
        trace = Trace(root.source_group)
        attribute = _overridden(root.attribute, spec, trace)
        if spec.get("prefix"):
            name = attribute["name"] = f"{group.prefix}.{spec['ref']}"
            attribute["prefix"] = True
            self.roots[name] = Root(attribute, group.id, None)
        group.attributes.append(attribute)
        if group.lineage:
            group.lineage.attributes[attribute["name"]] = trace
        return True

    @staticmethod
    def _is_forbidden(group: Group, root: Root) -> bool:
        hidden = is_excluded(root.attribute.get("annotations"))
        return hidden and (root.group_id is None or not group.is_private)

    def _unresolved(self, group: Group, spec: Spec) -> Problem:
        ref = spec["ref"]
        if self.root_of(ref) is not None:
            return excluded_problem(ref, "Attribute", group.id, self.locator, group)
        provenance = group.provenance
        return Problem(
            "UnresolvedAttributeRef",
            f"group `{group.id}` refers to the attribute `{ref}`, which is not defined",
            location=self.locator.at(self.locator.attribute(group.place, ref, "ref")),
            hint=nearest(ref, list(self.roots)),
            fields={
                "group_id": group.id,
                "attribute_ref": ref,
                "provenance": provenance.to_json() if provenance else None,
            },
            within=WITHIN,
        )


def _overridden(root: Attribute, spec: Spec, trace: Trace) -> Attribute:
    """The root with what the reference overrides; the trace tells which is which."""
    attribute: dict[str, Any] = {"name": root["name"], "type": root["type"]}
    for key in _ALWAYS:
        if key in spec:
            attribute[key] = spec[key]
            trace.overridden.add(key)
        else:
            attribute[key] = root[key]
            trace.inherited.add(key)
    for key in _SOMETIMES:
        if key in spec:
            attribute[key] = spec[key]
            trace.overridden.add(key)
        elif key in root:
            attribute[key] = root[key]
            trace.inherited.add(key)
    for key in _KEPT:
        if key in root:
            attribute[key] = root[key]
    return attribute
