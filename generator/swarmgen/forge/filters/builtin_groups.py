"""minijinja's filters that sort, group and drop doubles."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from swarmgen.forge.filters.builtin_arguments import known
from swarmgen.forge.kinds import (
    Group,
    Lazy,
    TemplateFailure,
    boolean,
    iterate,
    kind,
    optional,
    pairs,
    path,
    path_or,
    sort_key,
    string,
)
from swarmgen.forge.undefined import UNDEFINED

Key = Callable[[Any], Any]


def _lower_ascii(value: str) -> str:
    if value.isascii():
        return value.lower()
    return "".join(one.lower() if one.isascii() else one for one in value)


def _folded(value: Any) -> Any:
    return sort_key(_lower_ascii(value) if isinstance(value, str) else value)


def _order(case_sensitive: Any) -> Key:
    """How to compare; without case (of ASCII letters) unless asked for."""
    return sort_key if optional(case_sensitive, boolean, False) else _folded


def sort(value: Any, /, **named: Any) -> list[Any]:
    """Items in order; equal ones keep theirs, also in reverse."""
    found = list(iterate(value))
    attribute, case, backwards = known(named, "attribute", "case_sensitive", "reverse")
    key = _order(case)
    reverse = optional(backwards, boolean, False)
    dotted = optional(attribute, string)
    if dotted is None:
        return sorted(found, key=key, reverse=reverse)
    names = [name.strip(" ") for name in dotted.split(",") if name]
    if len(names) > 1:
        several: Key = lambda one: key(
            [path_or(one, name, UNDEFINED) for name in names]
        )
        return sorted(found, key=several, reverse=reverse)
    return _sorted_by(found, names[0] if names else dotted, key, reverse)


def _sorted_by(found: list[Any], name: str, key: Key, reverse: bool) -> list[Any]:
    """Sorted by a path; an item where it leads nowhere is equal to all others."""
    keys: list[Any] = []
    for one in found:
        try:
            keys.append(key(path(one, name)))
        except TemplateFailure:
            keys.append(None)
    if None not in keys:
        order = sorted(range(len(found)), key=keys.__getitem__, reverse=reverse)
        return [found[index] for index in order]
    sign = -1 if reverse else 1

    def compare(left: int, right: int) -> int:
        one, other = keys[left], keys[right]
        if one is None or other is None:
            return 0
        return sign * ((one > other) - (one < other))

    order = sorted(range(len(found)), key=cmp_to_key(compare))
    return [found[index] for index in order]


def dictsort(value: Any, /, **named: Any) -> list[list[Any]]:
    if kind(value) != "map":
        raise TemplateFailure("cannot convert value into pair list")
    by, case, backwards = known(named, "by", "case_sensitive", "reverse")
    key = _order(case)
    index = int(by == "value" and string(by) == "value")
    reverse = optional(backwards, boolean, False)
    ordered = sorted(pairs(value), key=lambda pair: key(pair[index]), reverse=reverse)
    return [list(pair) for pair in ordered]


def groupby(value: Any, attribute: Any = None, /, **named: Any) -> list[Group]:
    default, case, other = known(named, "default", "case_sensitive", "attribute")
    fallback = optional(default, lambda given: given, UNDEFINED)
    key = _order(case)
    dotted = optional(attribute, string)
    if dotted is None:
        dotted = string(other)
    elif "attribute" in named:
        raise TemplateFailure("unknown keyword argument 'attribute'")
    found = [(path_or(one, dotted, fallback), one) for one in iterate(value)]
    made: list[Group] = []
    before: Any = None
    for group, one in sorted(found, key=lambda pair: key(pair[0])):
        current = key(group)
        if not made or current != before:
            made.append(Group([group, Lazy()]))
        made[-1][0] = group
        made[-1][1].append(one)
        before = current
    return made


def unique(value: Any, /, **named: Any) -> list[Any]:
    attribute, case = known(named, "attribute", "case_sensitive")
    dotted = optional(attribute, string)
    sensitive = optional(case, boolean, False)
    seen: set[Any] = set()
    made = []
    for one in iterate(value):
        compared = one if dotted is None else path_or(one, dotted, UNDEFINED)
        if isinstance(compared, str) and not sensitive:
            compared = compared.lower()
        key = sort_key(compared)
        if key not in seen:
            seen.add(key)
            made.append(one)
    return made


FILTERS: dict[str, Callable[..., Any]] = {
    "sort": sort,
    "dictsort": dictsort,
    "groupby": groupby,
    "unique": unique,
}
