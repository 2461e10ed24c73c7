"""Ids and names that must be there once in a resolved registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from swarmgen.problems import Problem, Severity
from swarmgen.registry.model import Group, signal_id
from swarmgen.registry.places import Locator

_KEYS: tuple[tuple[str, str, str, str], ...] = (
    ("DuplicateGroupId", "group_id", "id", "group id"),
    ("DuplicateMetricName", "metric_name", "metric_name", "metric name"),
    ("DuplicateGroupName", "group_name", "name", "group name"),
)


def uniqueness_problems(groups: Sequence[Group], locator: Locator) -> Iterator[Problem]:
    """Duplicate ids, names and attributes, and groups that become one v2 signal."""
    for code, key, attribute, what in _KEYS:
        yield from _repeated(groups, code, key, attribute, what, locator)
    yield from _attribute_ids(groups, locator)
    yield from _collisions(groups, locator)


def _by(
    groups: Sequence[Group], key: Callable[[Group], str | None]
) -> dict[str, list[Group]]:
    found: dict[str, list[Group]] = {}
    for group in groups:
        value = key(group)
        if value is not None:
            found.setdefault(value, []).append(group)
    return found


def _said(groups: Sequence[Group], locator: Locator) -> str:
    places = (locator.at(group.place) for group in groups)
    return ", ".join(str(place) for place in places)


def _provenances(groups: Sequence[Group]) -> list[dict[str, str]]:
    unique = dict.fromkeys(group.provenance for group in groups if group.provenance)
    return [provenance.to_json() for provenance in unique]


def _repeated(
    groups: Sequence[Group],
    code: str,
    key: str,
    attribute: str,
    what: str,
    locator: Locator,
) -> Iterator[Problem]:
    def value(group: Group) -> str | None:
        if group.provenance is None or (attribute != "id" and group.is_v2_refinement):
            return None
        found: str | None = getattr(group, attribute)
        return found

    for name, same in _by(groups, value).items():
        if len(same) > 1:
            yield Problem(
                code,
                f"the {what} `{name}` is declared more than once: {_said(same, locator)}",
                Severity.WARNING,
                locator.at(same[1].place / attribute),
                "rename one of them",
                {key: name, "provenances": _provenances(same)},
            )


def _attribute_ids(groups: Sequence[Group], locator: Locator) -> Iterator[Problem]:
    """An attribute that several attribute groups define, each for itself."""
    owners: dict[str, list[Group]] = {}
    for group in groups:
        if group.type == "attribute_group" and group.lineage:
            for attribute in group.attributes:
                if attribute["name"] not in group.lineage.attributes:
                    owners.setdefault(attribute["name"], []).append(group)
    for name, same in owners.items():
        if len(same) > 1:
            yield Problem(
                "DuplicateAttributeId",
                f"the attribute `{name}` is defined more than once: {_said(same, locator)}",
                location=locator.at(
                    locator.attribute(same[1].place, name, "id", "key")
                ),
                hint="define it once, and refer to it with `ref` elsewhere",
                fields={
                    "group_ids": [group.id for group in same],
                    "attribute_id": name,
                },
            )


def _collisions(groups: Sequence[Group], locator: Locator) -> Iterator[Problem]:
    def key(group: Group) -> str | None:
        id = signal_id(group)
        return f"{group.type} {id}" if id is not None else None

    for name, same in sorted(_by(groups, key).items()):
        ids = list(dict.fromkeys(group.id for group in same))
        if len(ids) > 1:
            signal = name.split(" ", 1)[1]
            yield Problem(
                "CollidingV2SignalId",
                f"the groups {', '.join(f'`{id}`' for id in ids)} all become `{signal}` in the "
                f"v2 output, so one of them replaces the others: {_said(same, locator)}",
                Severity.WARNING,
                locator.at(same[1].place / "id"),
                "a v2 id has no group-type prefix: give the groups ids that differ by more",
                {
                    "signal_id": signal,
                    "group_ids": ids,
                    "provenances": _provenances(same),
                },
            )
