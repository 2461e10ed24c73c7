"""YAML 1.2 as Weaver reads it: a file's bytes → plain values, or one error with its place.

Source of the rules: YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema)
and the choices of serde_yaml 0.9: ``yes`` and dates are texts, ``<<`` is an ordinary
key, keys are texts and unique, one document per file, at most 128 nested collections,
integers of at most 64 bits. An unknown tag ``!x v`` reads as ``{"!x": v}``.

The tree is built from libyaml's events with a stack of its own, so neither deep nesting
nor aliases of aliases can exhaust memory or the C stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

MAX_DEPTH = 128
MAX_ALIAS_FACTOR = 100  # as serde_yaml: what aliases expand to, per event of the file

_INTEGER = re.compile(r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|[0-9]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+\Z")
_NUMBER_START = frozenset("0123456789+-.")
_CONSTANTS: dict[str, Any] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_CORE = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]


@dataclass
class YamlError(Exception):
    """Why a text is no YAML that a registry can hold; line and column count from 1."""

    message: str
    line: int | None = None
    column: int | None = None
    hint: str = ""


def read_yaml(data: bytes) -> Any:
    """The one document in ``data`` as dicts, lists, texts, numbers, booleans and None.

    Equal nodes may be shared (aliases), so the value must not be changed in place.
    Raises YamlError, whose message names every duplicate key with both lines.
    """
    return _Builder(_decode(data)).document()


def top_level_texts(data: bytes) -> dict[str, str]:
    """The scalars of the top-level mapping as they are written: ``1.10`` is not 1.1."""
    texts: dict[str, str] = {}
    depth = 0
    key: str | None = None
    events: Iterator[Any] = yaml.parse(_decode(data), Loader=yaml.CSafeLoader)
    for event in events:
        kind = type(event)
        if depth == 1 and kind in (yaml.ScalarEvent, yaml.AliasEvent, *_STARTS):
            text = event.value if kind is yaml.ScalarEvent else None
            if key is None:
                key = text or ""
            else:
                if text is not None:
                    texts[key] = text
                key = None
        if kind in _STARTS:
            depth += 1
        elif kind in (yaml.SequenceEndEvent, yaml.MappingEndEvent):
            depth -= 1
    return texts


def places(data: bytes) -> Iterator[tuple[Path, int, int]]:
    """The line and column of each key and list item, as (path, line, column), in file order.

    ``("groups", 0, "brief")`` is the place of the *key* ``brief``. Ends early where the
    file stops being YAML; what an alias stands for has no places of its own.
    """
    try:
        yield from _walk_places(_decode(data))
    except (YamlError, yaml.YAMLError):
        return


def _decode(data: bytes) -> bytes:
    """``data`` without a byte order mark; YamlError when it is not UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        message = f"the file is not UTF-8: byte 0x{data[error.start]:02x}"
        hint = "save the file in the encoding UTF-8"
        raise YamlError(message, line, column, hint) from None
    return data.removeprefix(b"\xef\xbb\xbf")


def _walk_places(data: bytes) -> Iterator[tuple[Path, int, int]]:
    """Follow the events with a stack of [path, next index or None for a map, key]."""
    stack: list[list[Any]] = []
    events: Iterator[Any] = yaml.parse(data, Loader=yaml.CSafeLoader)
    for event in events:
        kind = type(event)
        if kind in (yaml.SequenceEndEvent, yaml.MappingEndEvent):
            stack.pop()
        elif kind in (yaml.ScalarEvent, yaml.AliasEvent, *_STARTS):
            path: Path = ()
            if stack:
                path, is_key = _step(stack[-1], event)
                if is_key or stack[-1][1] is not None:
                    yield path, event.start_mark.line + 1, event.start_mark.column + 1
                if is_key:
                    continue
            if kind in _STARTS:
                stack.append(
                    [path, 0 if kind is yaml.SequenceStartEvent else None, None]
                )


_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)


def _step(parent: list[Any], event: Any) -> tuple[Path, bool]:
    """The path of the node that comes next in a collection, and whether it is a key."""
    path, index, key = parent
    if index is not None:
        parent[1] += 1
        return (*path, index), False
    if key is None:
        parent[2] = event.value if isinstance(event, yaml.ScalarEvent) else ""
        return (*path, parent[2]), True
    parent[2] = None
    return (*path, key), False


class _Open:
    """A collection that is being read."""

    __slots__ = ("anchor", "is_map", "key", "lines", "size", "tag", "value")

    def __init__(self, is_map: bool, anchor: str | None, tag: str | None) -> None:
        self.is_map = is_map
        self.value: Any = {} if is_map else []
        self.anchor = anchor
        self.tag = tag if tag and tag.startswith("!") and len(tag) > 1 else None
        self.key: str | None = None
        self.lines: dict[str, int] = {}
        self.size = 1


class _Builder:
    """Builds the value of a document from its events."""

    def __init__(self, data: bytes) -> None:
        self._parser = yaml.CSafeLoader(data)
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._duplicates: list[tuple[str, int, int, int]] = []
        self._events = 0
        self._expanded = 0
        self._documents = 0
        self._root: Any = None

    def document(self) -> Any:
        try:
            self._read()
        except yaml.MarkedYAMLError as error:
            raise self._from_libyaml(error) from None
        except yaml.reader.ReaderError as error:
            message = f"{error.reason}: character 0x{error.character:02x}"
            raise YamlError(message, hint="remove the control character") from None
        finally:
            self._parser.dispose()
        if self._duplicates:
            raise self._duplicate_keys()
        if not self._documents:
            raise YamlError(
                "the file is empty", 1, 1, "write `groups: []` or remove the file"
            )
        return self._root

    def _read(self) -> None:
        next_event = self._parser.get_event
        scalar, end = yaml.ScalarEvent, (yaml.SequenceEndEvent, yaml.MappingEndEvent)
        start_map, start_list = yaml.MappingStartEvent, yaml.SequenceStartEvent
        while (event := next_event()) is not None:
            self._events += 1
            kind = type(event)
            if kind is scalar:
                self._scalar(event)
            elif kind is start_map or kind is start_list:
                self._start(event, kind is start_map)
            elif kind in end:
                closed = self._stack.pop()
                value = {closed.tag: closed.value} if closed.tag else closed.value
                self._add(event, value, closed.size, closed.anchor)
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                self._documents += 1
                if self._documents > 1:
                    message = "the file holds more than one YAML document"
                    raise _at(
                        event, message, "write each document to a file of its own"
                    )
            elif kind is yaml.StreamEndEvent:
                return

    def _scalar(self, event: Any) -> None:
        parent = self._stack[-1] if self._stack else None
        tag = event.tag
        if parent is not None and parent.is_map and parent.key is None:
            self._set_key(parent, event)
        elif tag is None or tag == "!":
            text = event.value
            plain = event.implicit[0]
            self._add(event, _resolve(event, text) if plain else text, 1, event.anchor)
        else:
            self._add(event, _tagged(event), 1, event.anchor)

    def _set_key(self, parent: _Open, event: Any) -> None:
        key = event.value
        if event.implicit[0] and not isinstance(_resolve(event, key), str):
            shown = key or "null"
            message = f"the key `{shown}` is no text"
            raise _at(event, message, f'quote it: "{shown}"')
        line = event.start_mark.line + 1
        first = parent.lines.setdefault(key, line)
        if key in parent.value:
            self._duplicates.append((key, first, line, event.start_mark.column + 1))
        if event.anchor:
            self._anchors[event.anchor] = (key, 1)
        parent.key = key

    def _start(self, event: Any, is_map: bool) -> None:
        parent = self._stack[-1] if self._stack else None
        if parent is not None and parent.is_map and parent.key is None:
            raise _at(event, "a key must be a text, not a collection")
        if len(self._stack) >= MAX_DEPTH:
            message = f"more than {MAX_DEPTH} levels of nesting"
            raise _at(event, message, "flatten the value")
        self._stack.append(_Open(is_map, event.anchor, event.tag))

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if name not in self._anchors:
            inside = any(opened.anchor == name for opened in self._stack)
            reason = (
                "stands inside its own anchor"
                if inside
                else "names no anchor before it"
            )
            raise _at(event, f"the alias `*{name}` {reason}")
        value, size = self._anchors[name]
        parent = self._stack[-1] if self._stack else None
        if parent is not None and parent.is_map and parent.key is None:
            raise _at(event, "a key must be a text, not an alias")
        self._expanded += size
        if self._expanded > MAX_ALIAS_FACTOR * self._events + MAX_ALIAS_FACTOR:
            raise _at(event, "the aliases expand to too much", "write the values out")
        self._add(event, value, size, None)

    def _add(self, event: Any, value: Any, size: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = (value, size)
        if not self._stack:
            self._root = value
            return
        parent = self._stack[-1]
        parent.size += size
        if parent.is_map:
            parent.value[parent.key] = value
            parent.key = None
        else:
            parent.value.append(value)

    def _duplicate_keys(self) -> YamlError:
        _, _, line, column = self._duplicates[0]
        said = [
            f"the key `{key}` stands on line {first} and again on line {again}"
            for key, first, again, _ in self._duplicates
        ]
        return YamlError("; ".join(said), line, column, "keep one of them")

    @staticmethod
    def _from_libyaml(error: yaml.MarkedYAMLError) -> YamlError:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.context, error.problem) if part)
        hint = ""
        if "\\t" in message or "found character that cannot start any token" in message:
            hint = "indent with spaces: YAML allows no tab there"
        if mark is None:
            return YamlError(message, hint=hint)
        return YamlError(message, mark.line + 1, mark.column + 1, hint)


def _at(event: Any, message: str, hint: str = "") -> YamlError:
    mark = event.start_mark
    return YamlError(message, mark.line + 1, mark.column + 1, hint)


def _resolve(event: Any, text: str) -> Any:
    """The value of a plain scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INTEGER.match(text):
        if _LEADING_ZERO.match(text):
            return text
        number = int(text, 0)
        if not -(2**63) <= number < 2**64:
            raise _at(event, f"the integer {text} needs more than 64 bits", "quote it")
        return number
    if _FLOAT.match(text):
        decimal = float(text)
        return decimal if abs(decimal) != float("inf") else text
    return text


def _tagged(event: Any) -> Any:
    """The value of a scalar with an explicit tag."""
    tag, text = event.tag, event.value
    if not tag.startswith(_CORE):
        return {tag: _resolve(event, text)} if tag.startswith("!") else text
    name = tag.removeprefix(_CORE)
    if name == "str":
        return text
    expected = {"int": int, "float": float, "bool": bool, "null": type(None)}.get(name)
    value = _resolve(event, text)
    if expected is None:
        return value
    if name == "float" and type(value) is int:
        return float(value)
    if type(value) is not expected:
        raise _at(event, f"`{text}` is no {name}, as its tag says")
    return value
