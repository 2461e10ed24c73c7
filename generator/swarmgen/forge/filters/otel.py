"""Filters and tests that know attributes, metrics, spans and their types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import pass_environment

from swarmgen.forge.errors import FilterError
from swarmgen.forge.filters.casing import convert
from swarmgen.forge.filters.values import (
    attribute_of,
    is_undefined,
    items_of,
    json_text,
    text,
    text_of,
)

_ARRAYS = ("string[]", "int[]", "double[]", "boolean[]")
_SIMPLE = ("string", "int", "double", "boolean", *_ARRAYS)
_LEVELS = {"required": 1, "recommended": 3, "opt_in": 4}


def _namespace_of(value: Any, family: str) -> str:
    """The second part of an id whose first part must be ``family``."""
    parts = text(value).split(".")
    if len(parts) < 2 or parts[0] != family:
        raise FilterError(f"`{value}` is no {family} id: expected `{family}.NAMESPACE`")
    return parts[1]


def attribute_registry_namespace(value: Any, /) -> str:
    """``a`` of ``registry.a.b``."""
    return _namespace_of(value, "registry")


def attribute_registry_title(value: Any, /) -> str:
    """``Aws Ecs`` of ``registry.aws_ecs``."""
    return convert(_namespace_of(value, "registry"), "title_case")


def attribute_registry_file(value: Any, /) -> str:
    """``attributes-registry/aws-ecs.md`` of ``registry.aws_ecs``."""
    return f"attributes-registry/{convert(_namespace_of(value, 'registry'), 'kebab_case')}.md"


def metric_namespace(value: Any, /) -> str:
    """``a`` of ``metric.a.b``."""
    return _namespace_of(value, "metric")


def _split_attribute(value: Any) -> tuple[str, str]:
    namespace, dot, rest = text(value).partition(".")
    if not dot:
        namespace, rest = "other", namespace
    if not namespace or not rest:
        raise FilterError(f"`{value}`: namespace and id must not be empty")
    return namespace, rest


def attribute_namespace(value: Any, /) -> str:
    """The part of a name before its first dot, ``other`` when there is none."""
    return _split_attribute(value)[0]


def attribute_id(value: Any, /) -> str:
    """The part of a name behind its first dot, or the whole name when there is none."""
    return _split_attribute(value)[1]


def required(value: Any, /) -> list[Any]:
    """The items whose requirement level is ``required``."""
    return [i for i in items_of(value) if _is_required(i)]


def not_required(value: Any, /) -> list[Any]:
    """The items whose requirement level is anything else."""
    return [i for i in items_of(value) if not _is_required(i)]


def _is_required(item: Any) -> bool:
    return bool(attribute_of(item, "requirement_level") == "required")


@pass_environment
def attribute_sort(environment: Any, value: Any, /) -> list[Any]:
    """The attributes by requirement level, required first, and then by name."""
    items = items_of(value)
    if len(items) < 2:
        return items
    keyed = [{"level": _level(i), "name": _name(i), "item": i} for i in items]
    options = {"attribute": "name", "case_sensitive": True}
    named = environment.call_filter("sort", keyed, kwargs=options)
    return [each["item"] for each in sorted(named, key=lambda each: each["level"])]


def _level(attribute: Any) -> int:
    level = attribute_of(attribute, "requirement_level")
    if is_undefined(level):
        return 0
    if isinstance(level, Mapping):
        for name, rank in (("conditionally_required", 2), ("recommended", 3)):
            if name in level:
                return rank
    if isinstance(level, str) and level in _LEVELS:
        return _LEVELS[level]
    raise FilterError(f"expected a requirement level, found {text_of(level)}")


def _name(attribute: Any) -> Any:
    name = attribute_of(attribute, "name")
    return attribute_of(attribute, "key") if is_undefined(name) else name


def instantiated_type(value: Any, /) -> str:
    """A simple type as it is, ``T`` of ``template[T]``, the type of an enum's values."""
    if is_simple_type(value):
        return str(value)
    if is_template_type(value):
        return str(value)[len("template[") : -1]
    if is_enum_type(value):
        return enum_type(value)
    raise FilterError(
        f"expected a simple type, a template type or an enum, found {text_of(value)}"
    )


def enum_type(value: Any, /) -> str:
    """``int``, ``double`` or ``string``: what the members of an enum type are."""
    if is_undefined(value):
        raise FilterError("expected an enum type, found undefined")
    kinds = [
        _member_type(attribute_of(member, "value"))
        for member in items_of(attribute_of(value, "members"))
    ]
    if not kinds:
        raise FilterError("an enum type without members")
    return kinds[0] if len(set(kinds)) == 1 else "string"


def _member_type(value: Any) -> str:
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FilterError(
            f"enum values must be int, double or string, found {text_of(value)}"
        )
    return "int" if value == int(value) and abs(value) < 2**63 else "double"


def print_member_value(value: Any, /) -> str:
    """A string in JSON quotes, a number or boolean as it is, nothing of anything else."""
    if isinstance(value, str):
        return json_text(value)
    return text_of(value) if isinstance(value, (int, float)) else ""


@pass_environment
def body_fields(environment: Any, value: Any, /, **options: Any) -> list[list[Any]]:
    """``[path, field, depth]`` of the fields of an event body, depth first.

    Fields of one depth are in the order of their ``sort_by`` (``id``).
    """
    key = options.get("sort_by")
    key = "id" if key is None or is_undefined(key) else text(key, "sort_by")

    def walk(field: Any, above: str, depth: int) -> list[list[Any]]:
        if field is None or is_undefined(field):
            return []
        name = text_of(attribute_of(field, "id"))
        path = f"{above}.{name}" if above else name
        inner = attribute_of(field, "fields")
        found = [[path, field, depth]]
        if not is_undefined(inner):
            ordered = environment.call_filter("sort", inner, kwargs={"attribute": key})
            for each in ordered:
                found += walk(each, path, depth + 1)
        return found

    return walk(value, "", 0)


def is_stable(value: Any, /) -> bool:
    """Whether the stability is ``stable``."""
    return isinstance(value, Mapping) and value.get("stability") == "stable"


def is_experimental(value: Any, /) -> bool:
    """Whether the stability is anything else, or missing."""
    return not is_stable(value)


def is_deprecated(value: Any, /) -> bool:
    """Whether there is a ``deprecated`` that is a map (or a list): a text does not count."""
    found = value.get("deprecated") if isinstance(value, Mapping) else None
    return isinstance(found, (Mapping, list, tuple))


def is_enum(value: Any, /) -> bool:
    """Whether an attribute's type is an enum."""
    return isinstance(value, Mapping) and is_enum_type(value.get("type"))


def is_enum_type(value: Any, /) -> bool:
    """Whether a type is an enum: whether it has members."""
    return isinstance(value, Mapping) and "members" in value


def is_simple_type(value: Any, /) -> bool:
    """Whether a type is string, int, double, boolean or an array of one."""
    return isinstance(value, str) and value in _SIMPLE


def is_template_type(value: Any, /) -> bool:
    """Whether a type is the template of a simple type."""
    inner = re.fullmatch(r"template\[(.*)\]", value) if isinstance(value, str) else None
    return inner is not None and inner[1] in _SIMPLE


def is_array(value: Any, /) -> bool:
    """Whether a type is an array of a simple type."""
    return isinstance(value, str) and value in _ARRAYS


FILTERS: dict[str, Callable[..., Any]] = {
    "attribute_id": attribute_id,
    "attribute_namespace": attribute_namespace,
    "attribute_registry_file": attribute_registry_file,
    "attribute_registry_namespace": attribute_registry_namespace,
    "attribute_registry_title": attribute_registry_title,
    "attribute_sort": attribute_sort,
    "body_fields": body_fields,
    "enum_type": enum_type,
    "instantiated_type": instantiated_type,
    "metric_namespace": metric_namespace,
    "not_required": not_required,
    "print_member_value": print_member_value,
    "required": required,
}
TESTS: dict[str, Callable[..., bool]] = {
    "array": is_array,
    "deprecated": is_deprecated,
    "enum": is_enum,
    "enum_type": is_enum_type,
    "experimental": is_experimental,
    "simple_type": is_simple_type,
    "stable": is_stable,
    "template_type": is_template_type,
}
