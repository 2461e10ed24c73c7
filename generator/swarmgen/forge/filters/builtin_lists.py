"""minijinja's filters that take or make lists and maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup

from swarmgen.forge.filters.builtin_arguments import all_positional
from swarmgen.forge.kinds import (
    Keywords,
    Lazy,
    TemplateFailure,
    Unsized,
    count,
    item,
    iterate,
    kind,
    length,
    optional,
    pairs,
    path,
    sort_key,
    string,
)
from swarmgen.forge.operators import too_large
from swarmgen.forge.printing import argument
from swarmgen.forge.undefined import UNDEFINED, is_undefined


def items(value: Any, /) -> Lazy:
    if kind(value) != "map":
        raise TemplateFailure("cannot convert value into pairs")
    return Lazy([key, entry] for key, entry in pairs(value))


def reverse(value: Any, /) -> Any:
    if value is None or is_undefined(value):
        return value
    if isinstance(value, str):
        return str(value)[::-1]
    return Lazy(_items_of(value, "cannot reverse values of type")[::-1])


def _items_of(value: Any, refusal: str) -> list[Any]:
    if kind(value) not in ("sequence", "iterator", "map"):
        raise TemplateFailure(f"{refusal} {kind(value)}")
    return iterate(value)


def default(value: Any, /, *others: Any) -> Any:
    if len(others) > 2:
        raise TemplateFailure("too many arguments")
    lax = len(others) > 1 and bool(others[1])
    if is_undefined(value) or (lax and not value):
        return others[0] if others else ""
    return value


def attr(value: Any, key: Any, /) -> Any:
    return item(value, key)


def first(value: Any, /) -> Any:
    found = value if isinstance(value, str) else _items_of(value, "no first item in a")
    return _plain(found[0]) if len(found) else UNDEFINED


def last(value: Any, /) -> Any:
    if isinstance(value, str):
        return _plain(value[-1]) if value else UNDEFINED
    if kind(value) not in ("sequence", "iterator"):
        raise TemplateFailure("cannot get last item from value")
    found = iterate(value)
    return found[-1] if len(found) else UNDEFINED


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Markup) else value


def smallest(value: Any, /) -> Any:
    return min(iterate(value), key=sort_key, default=UNDEFINED)


def largest(value: Any, /) -> Any:
    """The last one of equal items, as in Rust."""
    return max(reversed(iterate(value)), key=sort_key, default=UNDEFINED)


def as_list(value: Any, /) -> list[Any]:
    return list(iterate(value))


def slices(value: Any, size: Any, filler: Any = None, /) -> list[list[Any]]:
    """So many lists, the first ones longer by one if need be."""
    many = _positive(size)
    found = iterate(value)
    whole, longer = divmod(len(found), many)
    made: list[list[Any]] = []
    start = 0
    for index in range(many):
        end = start + whole + (index < longer)
        part = list(found[start:end])
        if index >= longer and optional(filler, lambda given: given) is not None:
            part.append(filler)
        made.append(part)
        start = end
    return made


def batches(value: Any, size: Any, filler: Any = None, /) -> list[list[Any]]:
    """Lists of that length, the last one filled up."""
    many = _positive(size)
    found = iterate(value)
    made = [list(found[at : at + many]) for at in range(0, len(found), many)]
    if made and optional(filler, lambda given: given) is not None:
        made[-1] += [filler] * (many - len(made[-1]))
    return made


def _positive(size: Any) -> int:
    found = count(size)
    if found == 0:
        raise TemplateFailure("count cannot be 0")
    too_large(found)
    return found


def _chosen(inverted: bool, by_attribute: bool) -> Callable[..., list[Any]]:
    """The filters select, reject, selectattr and rejectattr."""

    def choose(state: Any, value: Any, values: tuple[Any, ...]) -> list[Any]:
        dotted = argument(values[0]) if by_attribute else ""
        rest = values[1:] if by_attribute else values
        name = optional(rest[0], argument) if rest else None
        test = bool if name is None else state.tests[name]
        made = []
        for entry in iterate(value):
            tested = path(entry, dotted) if by_attribute else entry
            if bool(test(tested, *rest[1:])) != inverted:
                made.append(entry)
        return made

    if by_attribute:

        def with_attribute(
            state: Any, value: Any, dotted: Any, /, *values: Any
        ) -> list[Any]:
            return choose(state, value, (dotted, *values))

        return pass_context(with_attribute)

    def without(state: Any, value: Any, /, *values: Any) -> list[Any]:
        return choose(state, value, values)

    return pass_context(without)


@pass_context
def map_(state: Any, value: Any, /, *values: Any) -> list[Any]:
    """A filter applied to all items, or an attribute of each."""
    named = values[-1] if values and isinstance(values[-1], Keywords) else Keywords()
    rest = values[:-1] if values and values[-1] is named else values
    if "attribute" in named and optional(named["attribute"], lambda given: True):
        return _attributes(value, rest, named)
    if not rest:
        raise TemplateFailure("filter name is required")
    function = state.filters[string(rest[0])]
    return [function(entry, *rest[1:]) for entry in iterate(value)]


def _attributes(value: Any, rest: tuple[Any, ...], named: Keywords) -> list[Any]:
    if rest or set(named) - {"attribute", "default"}:
        raise TemplateFailure("too many arguments")
    wanted, fallback = named["attribute"], named.get("default", UNDEFINED)
    made = []
    for entry in iterate(value):
        try:
            by_path = isinstance(wanted, str)
            found = path(entry, wanted) if by_path else item(entry, wanted)
        except TemplateFailure:
            if is_undefined(fallback):
                raise
            found = fallback
        made.append(fallback if is_undefined(found) else found)
    return made


def chain(value: Any, /, *others: Any) -> Any:
    """Lists one after the other, maps put over one another."""
    given = [value, *others]
    if all(isinstance(entry, dict) for entry in given):
        merged: dict[Any, Any] = {}
        for entry in given:
            merged.update(entry)
        return dict(pairs(merged))
    together = [part for entry in given for part in iterate(entry)]
    if all(kind(entry) == "sequence" for entry in given):
        return together
    return Unsized(together)


def zip_(value: Any, /, *others: Any) -> Lazy:
    given = [value, *others]
    unknown = any(length(entry) is None for entry in given)
    made = [list(entry) for entry in zip(*map(iterate, given), strict=False)]
    return (Unsized if unknown else Lazy)(made)


FILTERS: dict[str, Callable[..., Any]] = all_positional(
    {
        "items": items,
        "reverse": reverse,
        "default": default,
        "d": default,
        "attr": attr,
        "first": first,
        "last": last,
        "min": smallest,
        "max": largest,
        "list": as_list,
        "slice": slices,
        "batch": batches,
        "select": _chosen(inverted=False, by_attribute=False),
        "reject": _chosen(inverted=True, by_attribute=False),
        "selectattr": _chosen(inverted=False, by_attribute=True),
        "rejectattr": _chosen(inverted=True, by_attribute=True),
        "map": map_,
        "chain": chain,
        "zip": zip_,
    }
)
