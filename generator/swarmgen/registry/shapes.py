"""Shapes: what a value must look like, as data, and one walker that checks a value.

``accepts`` is the quick question for the many good files; ``explain`` finds every
misfit of a bad one: the path of the offending key, what was expected, and a hint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Protocol

from swarmgen.registry.yaml_reader import Path

SCHEMA = "InvalidSemConvSpec"
STRICTER = (
    "DeserializationError"  # what Weaver's JSON schema allows and its reader does not
)


@dataclass(frozen=True)
class Misfit:
    """One place where a value has not the expected shape."""

    path: Path
    message: str
    hint: str = ""
    code: str = SCHEMA


class Shape(Protocol):
    """The two questions that every shape answers."""

    def accepts(self, value: Any) -> bool: ...

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]: ...

    def __str__(self) -> str: ...


def nearest(name: str, known: Sequence[str]) -> str:
    """A hint that names the known name most like ``name``, or nothing."""
    matches = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean `{matches[0]}`?" if matches else ""


def show(value: Any) -> str:
    """What was found, in the words of YAML."""
    if isinstance(value, bool) or value is None:
        return {True: "`true`", False: "`false`", None: "null"}[value]
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    kind = "the text" if isinstance(value, str) else "the number"
    return f"{kind} `{text if len(text) <= 40 else text[:37] + '...'}`"


@dataclass(frozen=True)
class Simple:
    """A scalar of one of the given types (a bool is no int)."""

    name: str
    types: frozenset[type]
    fits: Callable[[Any], bool] = field(default=lambda value: True, compare=False)
    code: str = SCHEMA

    def accepts(self, value: Any) -> bool:
        return type(value) in self.types and self.fits(value)

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        if type(value) not in self.types:
            quote = str in self.types and type(value) in (int, float, bool)
            hint = "put it in quotes to make it a text" if quote else ""
            yield Misfit(path, f"expected {self.name}, found {show(value)}", hint)
        elif not self.fits(value):
            yield Misfit(
                path, f"expected {self.name}, found {show(value)}", code=self.code
            )

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Choice:
    """One of some texts."""

    names: tuple[str, ...]

    def accepts(self, value: Any) -> bool:
        return type(value) is str and value in self.names

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        if not self.accepts(value):
            hint = nearest(value, self.names) if isinstance(value, str) else ""
            yield Misfit(path, f"expected {self}, found {show(value)}", hint)

    def __str__(self) -> str:
        if len(self.names) <= 8:
            return "one of " + ", ".join(f"`{name}`" for name in self.names)
        return f"a type such as `{self.names[0]}`, `{self.names[1]}`, `{self.names[2]}`"


@dataclass(frozen=True)
class Free:
    """Anything that YAML can say."""

    def accepts(self, value: Any) -> bool:
        return True

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        return iter(())

    def __str__(self) -> str:
        return "any value"


@dataclass(frozen=True)
class Mapped:
    """A free mapping with texts as keys."""

    def accepts(self, value: Any) -> bool:
        return type(value) is dict

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        if type(value) is not dict:
            yield Misfit(path, f"expected {self}, found {show(value)}")

    def __str__(self) -> str:
        return "a mapping"


@dataclass(frozen=True)
class Maybe:
    """The shape or null."""

    shape: Shape

    def accepts(self, value: Any) -> bool:
        return value is None or self.shape.accepts(value)

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        if value is not None:
            yield from self.shape.explain(value, path)

    def __str__(self) -> str:
        return str(self.shape)


@dataclass(frozen=True)
class Listed:
    """A list of items of one shape; ``null`` allows null for an empty one."""

    item: Shape
    null: bool = False

    def accepts(self, value: Any) -> bool:
        if type(value) is not list:
            return self.null and value is None
        accepts = self.item.accepts
        return all(map(accepts, value))

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        if type(value) is list:
            for index, item in enumerate(value):
                yield from self.item.explain(item, (*path, index))
        elif not (self.null and value is None):
            yield Misfit(path, f"expected a list, found {show(value)}")

    def __str__(self) -> str:
        return f"a list of {self.item}"


@dataclass(frozen=True)
class Record:
    """A mapping with known keys; ``open`` ignores others, ``required`` must be there."""

    name: str
    fields: Mapping[str, Shape] = field(compare=False)
    required: frozenset[str] = frozenset()
    open: bool = False

    def accepts(self, value: Any) -> bool:
        if type(value) is not dict:
            return False
        fields = self.fields
        for key, item in value.items():
            shape = fields.get(key)
            if shape is None:
                if not self.open:
                    return False
            elif not shape.accepts(item):
                return False
        return self.required <= value.keys()

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        if type(value) is not dict:
            yield Misfit(path, f"expected {self.name}, found {show(value)}")
            return
        known = tuple(self.fields)
        for key, item in value.items():
            if key in self.fields:
                yield from self.fields[key].explain(item, (*path, key))
            elif not self.open:
                hint = nearest(key, known) or "known keys: " + ", ".join(known)
                yield Misfit((*path, key), f"unknown key `{key}` in {self.name}", hint)
        for key in self.fields:
            if key in self.required and key not in value:
                hint = f"add `{key}:`, {self.fields[key]}"
                yield Misfit(path, f"{self.name} lacks the key `{key}`", hint)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Either:
    """One of several shapes; ``pick`` names the one that a misfit was meant to be."""

    name: str
    shapes: tuple[Shape, ...] = field(compare=False)
    pick: Callable[[Any], Shape | None] = field(
        default=lambda value: None, compare=False
    )

    def accepts(self, value: Any) -> bool:
        return any(shape.accepts(value) for shape in self.shapes)

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        if self.accepts(value):
            return
        meant = self.pick(value)
        if meant is None:
            yield Misfit(path, f"expected {self.name}, found {show(value)}")
        else:
            yield from meant.explain(value, path)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Tagged:
    """Records that the value of one key tells apart."""

    name: str
    key: str
    records: Mapping[str, Shape] = field(compare=False)

    def accepts(self, value: Any) -> bool:
        if type(value) is not dict:
            return False
        tag = value.get(self.key)
        record = self.records.get(tag) if type(tag) is str else None
        return record is not None and record.accepts(value)

    def explain(self, value: Any, path: Path) -> Iterator[Misfit]:
        if type(value) is not dict:
            yield Misfit(path, f"expected {self.name}, found {show(value)}")
        elif self.key not in value:
            hint = f"add `{self.key}:`, {Choice(tuple(self.records))}"
            yield Misfit(path, f"{self.name} lacks the key `{self.key}`", hint)
        elif not Choice(tuple(self.records)).accepts(value[self.key]):
            yield from Choice(tuple(self.records)).explain(
                value[self.key], (*path, self.key)
            )
        else:
            yield from self.records[value[self.key]].explain(value, path)

    def __str__(self) -> str:
        return self.name
