"""Filters that put values, names and texts of a registry into Python source.

Whatever comes in, valid and harmless Python comes out, and in the form that
``black`` (line length 88) leaves as it is, so that generated files need no
formatting pass.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from swarmgen.forge.filters.python_docstrings import py_docstring
from swarmgen.forge.filters.python_names import py_identifier, py_named
from swarmgen.forge.filters.python_strings import LINE_LENGTH, escaped, measurable

_WORD = re.compile(r"[A-Za-z_]\w*")
_NAME_WORD = re.compile(r"[a-z0-9_./-]+\Z")

_SCALARS = {"string": "str", "int": "int", "double": "float", "boolean": "bool"}


def py_string(text: object) -> str:
    """A string literal that evaluates to exactly ``text``.

    Quoted as black does it: with double quotes, unless single ones need fewer
    escapes.
    """
    plain = str(text)
    quote = "'" if plain.count('"') > plain.count("'") else '"'
    return quote + escaped(plain).replace(quote, "\\" + quote) + quote


def py_literal(value: object) -> str:
    """A Python expression on one line that evaluates to the JSON-like ``value``."""
    if isinstance(value, str):
        return py_string(value)
    if isinstance(value, Mapping):
        pairs = (f"{py_literal(k)}: {py_literal(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(py_literal, value)) + "]"
    if isinstance(value, float):
        # JSON has neither infinities nor NaN; `1e400` reads as infinity.
        finite = value - value == 0
        return repr(value) if finite else f'float("{value}")'
    if value is None or isinstance(value, bool | int):
        return repr(value)
    return py_string(value)


def py_assign(name: str, value: object, indent: int = 0) -> str:
    """The line ``NAME: Final = value``, wrapped where black wraps it."""
    margin = " " * indent
    head = f"{margin}{name}: Final = "
    literal = measurable(py_literal(value), len(head))
    line = head + literal
    if len(line) <= LINE_LENGTH:
        return line
    return f"{margin}{name}: Final = (\n{margin}    {literal}\n{margin})"


def py_tuple(values: Sequence[object], indent: int = 0, key: object = None) -> str:
    """A tuple of ``values`` as an argument, one to a line if it would be too long.

    With a ``key`` it is an entry of a dict.
    """
    literals = [measurable(py_literal(value), LINE_LENGTH) for value in values]
    margin = " " * indent
    head = margin
    if key is not None:
        head += measurable(py_string(key), LINE_LENGTH) + ": "
    line = f"{head}({', '.join(literals)}{',' * (len(literals) == 1)}),"
    if len(line) <= LINE_LENGTH or not literals:
        return line
    listed = "".join(f"{margin}    {literal},\n" for literal in literals)
    return f"{head}(\n{listed}{margin}),"


def py_type(attribute_type: object) -> str:
    """The annotation for values of an attribute's ``type``.

    An enum gives the type of its members' values (its set of values is open),
    ``any`` and unknown types give ``AnyValue``, a template a mapping from the last
    part of the key.
    """
    if isinstance(attribute_type, Mapping):
        return _enum_type(attribute_type.get("members") or ())
    text = str(attribute_type)
    if text.startswith("template[") and text.endswith("]"):
        return f"Mapping[str, {py_type(text[9:-1])}]"
    if text.endswith("[]"):
        return f"Sequence[{py_type(text[:-2])}]"
    return _SCALARS.get(text, "AnyValue")


def _enum_type(members: Sequence[Mapping[str, Any]]) -> str:
    types = {type(member.get("value")).__name__ for member in members}
    if types == {"int", "float"}:
        return "float"
    if len(types) == 1 and types <= set(_SCALARS.values()):
        return types.pop()
    return "AnyValue"


def py_span_name(
    span: Mapping[str, Any], attributes: Sequence[Mapping[str, Any]]
) -> str:
    """The expression for a span's name: from its conventions, else its id.

    A name of a few plain words is taken as it is, `{attribute.key}` in it as that
    argument where the attribute is required. Longer texts are advice for people.
    """
    note = str((span.get("name") or {}).get("note") or "").strip()
    arguments = {
        f"{{{item['key']}}}": f"{{{item['var']}}}"
        for item in attributes
        if item.get("requirement_level") == "required"
    }
    words = note.split(" ")
    if len(words) > 4 or not all(w in arguments or _NAME_WORD.match(w) for w in words):
        return py_string(span["id"])
    text = " ".join(arguments.get(word, word) for word in words)
    return f'f"{text}"' if "{" in text else f'"{text}"'


def py_template_keys(attributes: Iterable[Mapping[str, Any]]) -> list[str]:
    """The keys of those attributes that are templates, as in `http.request.header`."""
    return [
        item["key"]
        for item in attributes
        if isinstance(item["type"], str) and item["type"].startswith("template[")
    ]


def py_parameter(name: str, annotation: str, optional: bool = False) -> str:
    """One line of an exploded parameter list, wrapped where black wraps it."""
    line = f"    {name}: {annotation}{' | None = None' if optional else ''},"
    if len(line) <= LINE_LENGTH:
        return line
    if optional:
        return f"    {name}: (\n        {annotation} | None\n    ) = None,"
    return _subscript(f"    {name}: ", annotation, ",", 4)


def py_entry(key: object, annotation: str, indent: int = 8) -> str:
    """One line ``"key": annotation,`` of an exploded dict of types."""
    literal = measurable(py_string(key), indent + len(annotation) + 3)
    return _subscript(f"{' ' * indent}{literal}: ", annotation, ",", indent)


def py_returns(annotation: str) -> str:
    """The line that closes an exploded parameter list."""
    return _subscript(") -> ", annotation, ":", 0)


def _subscript(head: str, annotation: str, tail: str, indent: int) -> str:
    """``head annotation tail``, split at the outermost brackets if too long."""
    line = head + annotation + tail
    name, bracket, inner = annotation.partition("[")
    if len(line) <= LINE_LENGTH or not bracket:
        return line
    margin = " " * indent
    return f"{head}{name}[\n{margin}    {inner[:-1]}\n{margin}]{tail}"


def py_class(name: str, bases: Sequence[str]) -> str:
    """The line that opens a class, one base to a line if it would be too long."""
    line = f"class {name}({', '.join(bases)}):"
    if len(line) <= LINE_LENGTH:
        return line
    listed = "".join(f"    {base},\n" for base in bases)
    return f"class {name}(\n{listed}):"


def py_imports(body: str, modules: Mapping[str, str], indent: int = 0) -> str:
    """``from … import …`` lines for those of ``modules``' names that ``body`` uses.

    ``modules`` maps a name, or ``name as alias``, to its module. The standard library
    comes first, then other packages, then relative imports, a blank line between.
    """
    words = set(_WORD.findall(body))
    needed: dict[str, list[str]] = {}
    for name, module in sorted(modules.items()):
        if name.rpartition(" ")[2] in words:
            needed.setdefault(module, []).append(name)
    groups: dict[int, list[str]] = {}
    for module in sorted(needed):
        line = _import_line(" " * indent, module, needed[module])
        groups.setdefault(_import_rank(module), []).append(line)
    return "\n\n".join("\n".join(groups[rank]) for rank in sorted(groups))


def _import_line(margin: str, module: str, names: list[str]) -> str:
    line = f"{margin}from {module} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
        return line
    listed = "".join(f"{margin}    {name},\n" for name in names)
    return f"{margin}from {module} import (\n{listed}{margin})"


def _import_rank(module: str) -> int:
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


FILTERS: dict[str, Callable[..., Any]] = {
    "py_assign": py_assign,
    "py_class": py_class,
    "py_docstring": py_docstring,
    "py_entry": py_entry,
    "py_identifier": py_identifier,
    "py_imports": py_imports,
    "py_literal": py_literal,
    "py_named": py_named,
    "py_parameter": py_parameter,
    "py_returns": py_returns,
    "py_span_name": py_span_name,
    "py_string": py_string,
    "py_template_keys": py_template_keys,
    "py_tuple": py_tuple,
    "py_type": py_type,
}
