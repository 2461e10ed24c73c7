"""A resolved registry as version 1 of the template schema (``registry_url``, ``groups``)."""

from __future__ import annotations

import math
from typing import Any

from swarmgen.registry.model import Attribute, Group, Lineage, Registry

_TEXTS = ("note", "prefix")
_PRESENT = (
    *(
        "stability",
        "deprecated",
        "span_kind",
        "metric_name",
        "instrument",
        "unit",
        "name",
    ),
    *("display_name", "body", "annotations"),
)
_LISTS = ("events", "entity_associations")


def context_v1(registry: Registry) -> dict[str, Any]:
    """What templates see without ``--v2``. Refinements of v2 files are left out.

    Values that would say nothing (empty texts and lists, nulls) are left out, too.
    """
    finish = Finisher()
    groups = [finish(_group(g)) for g in registry.groups if not g.is_v2_refinement]
    context: dict[str, Any] = {"groups": groups}
    if registry.path:
        context["registry_url"] = registry.path
    return context


class Finisher:
    """Sorts the keys of a value, at all depths; not-a-number and infinity become null.

    What many values share is finished once.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any]] = {}

    def __call__(self, value: Any) -> Any:
        kind = type(value)
        if kind is dict or kind is list:
            known = self._known.get(id(value))
            if known is not None and known[0] is value:
                return known[1]
            done: Any = (
                {key: self(value[key]) for key in sorted(value)}
                if kind is dict
                else [self(item) for item in value]
            )
            self._known[id(value)] = (value, done)
            return done
        if kind is float and not math.isfinite(value):
            return None
        return value


def attribute_json(attribute: Attribute) -> dict[str, Any]:
    """An attribute without empty texts."""
    if attribute["brief"] and attribute["note"]:
        return attribute
    return {k: v for k, v in attribute.items() if v != "" or k not in ("brief", "note")}


def _group(group: Group) -> dict[str, Any]:
    known: dict[str, Any] = {"id": group.id, "type": group.type}
    if group.brief:
        known["brief"] = group.brief
    for key in (*_TEXTS, *_LISTS):
        value = getattr(group, key)
        if value:
            known[key] = value
    for key in _PRESENT:
        value = getattr(group, key)
        if value is not None:
            known[key] = value
    if group.attributes:
        known["attributes"] = [
            attribute_json(attribute) for attribute in group.attributes
        ]
    if group.lineage:
        known["lineage"] = _lineage(group.lineage)
    return known


def _lineage(lineage: Lineage) -> dict[str, Any]:
    known: dict[str, Any] = {"provenance": lineage.provenance.to_json()}
    if lineage.extends_group is not None:
        known["extends_group"] = lineage.extends_group
    if lineage.includes:
        known["includes_group"] = lineage.includes
    if lineage.attributes:
        known["attributes"] = {
            name: t.to_json() for name, t in lineage.attributes.items()
        }
    return known
