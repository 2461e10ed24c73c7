"""Which examples fit which type, as Weaver 0.25.1 judges it."""

from __future__ import annotations

from typing import Any

_NAMES: dict[type, str] = {bool: "boolean", int: "int", float: "double", str: "string"}
_BODY_TEXTS = {"string", "string*", "string[]*"}
_OPEN_BODY = ("enum", "bytes", "undefined")


def kind_of(value: Any) -> str:
    """What examples are: ``int`` for one, ``int*`` for a list, ``int[]*`` for a list of lists.

    ``mixed*`` stands for a list of values of several types.
    """
    if type(value) is not list:
        return _NAMES[type(value)]
    if value and type(value[0]) is list:
        names = {_NAMES[type(leaf)] for item in value for leaf in item}
        return f"{names.pop() if names else 'int'}[]*"
    names = {_NAMES[type(item)] for item in value}
    if not names:
        return "int*"
    return f"{names.pop()}*" if len(names) == 1 else "mixed*"


def misfit_of_attribute(value: Any, type_: Any) -> str:
    """``""`` when the examples fit, else ``warning`` or ``error``."""
    if isinstance(type_, dict) or type_ in ("any", "template[any]"):
        return ""
    kind = kind_of(value)
    is_template = type_.startswith("template[")
    name = type_[len("template[") : -1] if is_template else type_
    if not name.endswith("[]"):
        return "" if kind in (name, f"{name}*") else "error"
    if kind == f"{name}*":
        return ""
    if is_template:
        legacy = name == "string[]" and kind in ("string", "string*")
    else:
        legacy = kind == name.replace("[]", "*")
    return "warning" if legacy else "error"


def misfit_of_body(value: Any, type_: str) -> str:
    """What is wrong with the examples of a body value, or the empty text."""
    kind = kind_of(value)
    if type_ in _OPEN_BODY:
        return ""
    if type_ in ("map", "map[]"):
        if kind in _BODY_TEXTS:
            return ""
        return f"Examples for `{type_}` values MUST be a supported string type"
    if type_.endswith("[]"):
        if kind == f"{type_}*":
            return ""
        verb = "SHOULD" if kind == type_.replace("[]", "*") else "MUST"
        return f"All examples {verb} be of type `{type_}`"
    return (
        ""
        if kind in (type_, f"{type_}*")
        else f"All examples MUST be of type `{type_}`"
    )
