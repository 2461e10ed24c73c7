"""Reading ``weaver.yaml`` and parameter values as Weaver does, and finding a key again.

Weaver reads YAML 1.2 (core schema) with serde_yaml: only ``true`` and ``false`` are
booleans, there are no dates and no sexagesimal numbers, and numbers do not start with
zeros. The fast loader keeps no positions; ``locate`` parses a file again when a
problem in it has to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any

from swarmgen.problems import Location

Keys = Sequence[str | int]

_RESOLVERS: Sequence[tuple[str, str, str]] = (
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
)
_BASES = {"0x": 16, "0o": 8, "0b": 2}


class YamlError(ValueError):
    """A text that is no YAML. ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int | None, column: int | None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    value = int(digits[2:], _BASES[digits[:2]]) if digits[:2] in _BASES else int(digits)
    return -value if text.startswith("-") else value


@cache
def loader() -> type:
    """The loader class for PyYAML. Its resolvers tell what a plain scalar is."""
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc, valid-type]
        yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_map(loader: Any, node: Any) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable) or key in result:
                wrong = "duplicate key" if isinstance(key, Hashable) else "bad key"
                raise yaml.constructor.ConstructorError(
                    None, None, f"{wrong} {key!r}", key_node.start_mark
                )
            result[key] = loader.construct_object(value_node, deep=True)
        return result

    for name, pattern, starts in _RESOLVERS:
        Loader.add_implicit_resolver(
            f"tag:yaml.org,2002:{name}",
            re.compile(f"(?:{pattern})\\Z"),
            [*starts, ""] if name == "null" else list(starts),
        )
    Loader.add_constructor("tag:yaml.org,2002:map", construct_map)
    Loader.add_constructor(
        "tag:yaml.org,2002:int", lambda _, node: _integer(node.value)
    )
    return Loader


def parse(text: str) -> Any:
    """The value of a YAML document. Raises ``YamlError`` for a text that is none."""
    import yaml

    try:
        return yaml.load(text, Loader=loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise YamlError(error.problem or str(error), *where) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlError(" ".join(str(error).split()), None, None) from error


def locate(path: str, text: str, keys: Keys) -> Location:
    """Where the key at the end of ``keys`` is: or as much of the way as exists."""
    import yaml

    try:
        node = yaml.compose(text, Loader=loader())
    except yaml.YAMLError:
        return Location(path)
    line = 1
    column = 1
    for key in keys:
        found = _child(node, key)
        if found is None:
            break
        shown, node = found
        line, column = shown.start_mark.line + 1, shown.start_mark.column + 1
    return Location(path, line, column)


def _child(node: Any, key: str | int) -> tuple[Any, Any] | None:
    """The node to show and the node to go on with for one key, or None."""
    if isinstance(key, int):
        items = node.value if node is not None and node.id == "sequence" else ()
        return (items[key], items[key]) if key < len(items) else None
    pairs = node.value if node is not None and node.id == "mapping" else ()
    return next(((k, v) for k, v in pairs if k.value == key), None)
