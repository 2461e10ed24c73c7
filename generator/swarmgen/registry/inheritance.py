"""``extends`` and ``ref_group``: groups take attributes, and refinements fields, from others.

Groups are settled round by round: one is settled when everything that it inherits from
is. What is left when a round settles none refers to something unknown, or to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from swarmgen.problems import Problem
from swarmgen.registry.dependencies import (
    INHERITED,
    Dependency,
    Parent,
    lookup_parent,
    parent_of,
)
from swarmgen.registry.loader import Fatal
from swarmgen.registry.model import Group, Spec, Trace, is_excluded, spec_name
from swarmgen.registry.places import Locator
from swarmgen.registry.shapes import nearest

WITHIN = ("Resolver", "CompoundError")
OVERRIDABLE = (
    *("brief", "examples", "tag", "requirement_level", "sampling_relevant", "note"),
    *("stability", "deprecated", "prefix", "annotations", "role"),
)
# Made only when they are reported: a round that settles something forgets them.
Found = list[Callable[[], Problem]]

_REPLACED = ("instrument", "unit", "span_kind", "metric_name", "requirement_level")
_KEPT = ("stability", "deprecated", "brief", "note", "span_name")
_TRACED_FROM_PARENT = tuple(
    key for key in OVERRIDABLE if key not in ("annotations", "role")
)


def apply_prefixes(groups: Sequence[Group]) -> None:
    """Put a group's prefix before the ids of the attributes that it defines."""
    for group in groups:
        if group.prefix:
            group.specs = [
                {**spec, "id": f"{group.prefix}.{spec['id']}"} if "id" in spec else spec
                for spec in group.specs
            ]


def excluded_problem(
    id: str, kind: str, used_in: str, locator: Locator, group: Group | None
) -> Problem:
    """Something private is used where it would become public."""
    message = (
        f"{kind} '{id}' is marked as excluded from dependency resolution "
        f"and cannot be used by '{used_in}'"
    )
    return Problem(
        "ExcludedFromDependencyResolution",
        message,
        location=locator.at(group.place) if group else None,
        hint="exclude the user, too, or drop the annotation `dependency_resolution`",
        fields={"id": id, "type": kind, "used_in": used_in},
        within=WITHIN,
    )


@dataclass
class Inheritance:
    """Resolves what the groups of one registry inherit."""

    groups: Sequence[Group]
    dependencies: Sequence[Dependency]
    locator: Locator
    _settled: dict[str, Parent] = field(default_factory=dict)
    _fatal: list[Problem] = field(default_factory=list)

    def resolve(self) -> None:
        """Merge what is inherited into the groups. Raises Fatal with every problem."""
        waiting = [
            group
            for group in self.groups
            if group.extends is not None or group.includes
        ]
        if not waiting:
            return
        for group in self.groups:
            if group.extends is None and not group.includes:
                self._settled[group.id] = parent_of(group, group.specs, is_local=True)
        while waiting:
            problems: Found = []
            left = [group for group in waiting if not self._settle(group, problems)]
            if not problems:
                break
            if len(left) == len(waiting):
                raise Fatal(self._fatal + [make() for make in problems])
            waiting = left
        if self._fatal:
            raise Fatal(self._fatal)

    def _settle(self, group: Group, problems: Found) -> bool:
        included = self._included(group, problems)
        if included is None:
            return False
        bases: list[tuple[str, list[Spec]]] = []
        if group.extends is not None:
            parent = self._parent(group, group.extends, problems)
            if parent is None:
                return False
            bases.append((group.extends, parent.specs))
        if group.lineage:
            group.lineage.includes += group.includes
        group.specs = _merge(group, [*bases, *included])
        group.extends = None
        group.includes = []
        self._settled[group.id] = parent_of(group, group.specs, is_local=True)
        return True

    def _unresolved(self, group: Group, code: str, key: str, ref: str) -> Problem:
        what = "extends" if key == "extends_ref" else "ref_group"
        place = group.place / ("extends" if not group.is_v2 else "ref")
        if what == "ref_group":
            place = group.place / "attributes"
        known = [g.id for g in self.groups if g.id != group.id]
        hint = nearest(ref, known)
        if any(other.id == ref for other in self.groups):
            hint = f"`{ref}` itself inherits, in the end, from `{group.id}` or from something unknown"
        provenance = group.provenance
        return Problem(
            code,
            f"the `{what}` of group `{group.id}` names `{ref}`, which is not there",
            location=self.locator.at(place),
            hint=hint,
            fields={
                "group_id": group.id,
                key: ref,
                "provenance": provenance.to_json() if provenance else None,
            },
            within=WITHIN,
        )

    def _included(
        self, group: Group, problems: Found
    ) -> list[tuple[str, list[Spec]]] | None:
        """The included groups' attributes, or None when one is missing or two collide."""
        before = len(problems)
        seen: set[str] = set()
        included = []
        for name in group.includes:
            parent = self._settled.get(name)
            if parent is None:
                code = "UnresolvedIncludeRef"
                problems.append(
                    partial(self._unresolved, group, code, "include_ref", name)
                )
                continue
            if self._is_forbidden(group, parent):
                problems.append(
                    partial(
                        excluded_problem,
                        name,
                        parent.type,
                        group.id,
                        self.locator,
                        group,
                    )
                )
                continue
            for spec in parent.specs:
                if spec_name(spec) in seen:
                    problems.append(partial(self._collision, group, spec_name(spec)))
                seen.add(spec_name(spec))
            included.append((name, parent.specs))
        return included if len(problems) == before else None

    def _collision(self, group: Group, name: str) -> Problem:
        return Problem(
            "DuplicateAttributeId",
            f"two of the groups that `{group.id}` includes bring the attribute `{name}`: "
            + ", ".join(f"`{include}`" for include in group.includes),
            location=self.locator.at(group.place / "attributes"),
            fields={"group_ids": list(group.includes), "attribute_id": name},
            within=WITHIN,
        )

    @staticmethod
    def _is_forbidden(group: Group, parent: Parent) -> bool:
        hidden = parent.is_local and is_excluded(parent.fields["annotations"])
        return hidden and not group.is_private

    def _parent(self, group: Group, ref: str, problems: Found) -> Parent | None:
        parent = self._settled.get(ref) or self._foreign_parent(group, ref, problems)
        if parent is None:
            return None
        if self._is_forbidden(group, parent):
            problems.append(
                partial(
                    excluded_problem, ref, parent.type, group.id, self.locator, group
                )
            )
            return None
        if group.lineage:
            group.lineage.extends_group = ref
            group.lineage.extends_type = parent.type
        if group.is_v2:
            self._refine(group, ref, parent, problems)
        return parent

    def _foreign_parent(self, group: Group, ref: str, problems: Found) -> Parent | None:
        hidden = None
        for dependency in self.dependencies:
            parent = lookup_parent(dependency, ref)
            if parent and not is_excluded(parent.fields["annotations"]):
                return parent
            hidden = hidden or parent
        if hidden:
            problems.append(
                partial(
                    excluded_problem, ref, hidden.type, group.id, self.locator, group
                )
            )
        else:
            problems.append(
                partial(
                    self._unresolved, group, "UnresolvedExtendsRef", "extends_ref", ref
                )
            )
        return None

    def _refine(self, group: Group, ref: str, parent: Parent, problems: Found) -> None:
        """A v2 refinement inherits the fields of its signal, too."""
        if group.type != parent.type:
            problems.append(partial(self._wrong_kind, group, ref, parent))
        for key in _REPLACED:
            setattr(group, key, parent.fields[key])
        for key in _KEPT:
            if not getattr(group, key):
                setattr(group, key, parent.fields[key])
        base = parent.fields["annotations"] or {}
        group.annotations = _merge_maps(base, group.annotations or {}) or None
        if group.type == parent.type == "entity":
            self._fatal += self._changed_identity(group, ref, parent)

    def _wrong_kind(self, group: Group, ref: str, parent: Parent) -> Problem:
        mine, theirs = (
            kind.title().replace("_", "") for kind in (group.type, parent.type)
        )
        return Problem(
            "InvalidRefinement",
            f"refinement `{group.id}` of type `{mine}` cannot refine `{ref}` of type `{theirs}`",
            location=self.locator.at(group.place / "ref"),
            fields={
                "refinement_id": group.id,
                "ref": ref,
                "refinement_type": mine,
                "signal_type": theirs,
            },
            within=WITHIN,
        )

    def _changed_identity(
        self, group: Group, ref: str, parent: Parent
    ) -> list[Problem]:
        roles = {spec_name(spec): spec.get("role") for spec in reversed(parent.specs)}
        problems = []
        for spec in group.specs:
            name, role = spec.get("ref"), spec.get("role")
            if name is None or role is None:
                continue
            base = roles.get(name)
            changed = (
                base not in (None, role) if name in roles else role == "identifying"
            )
            if changed:
                problems.append(self._identity_problem(group, ref, name, role))
        return problems

    def _identity_problem(
        self, group: Group, ref: str, name: str, role: str
    ) -> Problem:
        section = "identity" if role == "identifying" else "description"
        provenance = group.provenance
        return Problem(
            "EntityRefinementChangedIdentity",
            f"entity refinement `{group.id}` changes the identity of `{ref}`: "
            f"`{name}` stands under `{section}`",
            location=self.locator.at(group.place / section),
            hint="keep the attributes of the base where they are, and add none to `identity`",
            fields={
                "refinement_id": group.id,
                "ref": ref,
                "attribute_id": name,
                "role": role,
                "provenance": provenance.to_json() if provenance else None,
            },
            within=WITHIN,
        )


def _merge_maps(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        known = merged.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[key] = _merge_maps(known, value) if both and known is not None else value
    return merged


def _merge(group: Group, bases: list[tuple[str, list[Spec]]]) -> list[Spec]:
    """The attributes of the bases, later ones first in rank, under the group's own; by name."""
    merged: dict[str, tuple[Spec, Trace]] = {}
    for base, specs in bases:
        for spec in specs:
            name = spec_name(spec)
            if name in merged:
                below, trace = merged[name]
                above = _override(spec, below, trace)
                merged[name] = (
                    _with_origin(above, spec),
                    replace(trace, source_group=base),
                )
            else:
                merged[name] = (spec, _trace_of(base, spec))
    for spec in group.specs:
        name = spec_name(spec)
        if "ref" in spec and name in merged:
            below, trace = merged[name]
            merged[name] = (_with_origin(_override(spec, below, trace), below), trace)
        else:
            merged[name] = (spec, Trace(group.id))
    for name, (_, trace) in merged.items():
        if group.lineage and (trace.inherited or trace.overridden):
            group.lineage.attributes[name] = trace
    return [merged[name][0] for name in sorted(merged)]


def _with_origin(spec: Spec, source: Spec) -> Spec:
    rest = {key: value for key, value in spec.items() if key != "origin"}
    return {**rest, "origin": source["origin"]} if "origin" in source else rest


def _trace_of(base: str, spec: Spec) -> Trace:
    inherited = {key for key in _TRACED_FROM_PARENT if key in spec}
    return Trace(base, inherited)


def _override(spec: Spec, below: Spec, trace: Trace) -> Spec:
    """``spec`` over ``below``, field by field when it is a reference."""
    if "id" in spec:
        return spec
    result = dict(below)
    for key in OVERRIDABLE:
        if key in spec and not (key == "prefix" and "id" in below):
            result[key] = spec[key]
            trace.overridden.add(key)
            trace.inherited.discard(key)
        elif key in below:
            trace.inherited.add(key)
    return result


__all__ = ["INHERITED", "Inheritance", "apply_prefixes", "excluded_problem"]
