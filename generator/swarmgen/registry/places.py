"""Where in a file a key stands; a file is parsed with positions only when that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from swarmgen.problems import Location
from swarmgen.registry.model import Place
from swarmgen.registry.yaml_reader import Path, YamlError, places, read_yaml


class _File:
    """The places of one file, read only as far as they were needed."""

    def __init__(self, file: str) -> None:
        try:
            data = FilePath(file).read_bytes()
        except OSError:
            data = b""
        self._rest: Iterator[tuple[Path, int, int]] = places(data)
        self._known: dict[Path, tuple[int, int]] = {}

    def find(self, path: Path) -> tuple[int, int] | None:
        while path not in self._known:
            found = next(self._rest, None)
            if found is None:
                return None
            self._known.setdefault(found[0], (found[1], found[2]))
        return self._known[path]


class Locator:
    """Turns places into lines and columns."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._values: dict[str, Any] = {}

    def at(self, place: Place | None) -> Location | None:
        """The location of the place, or of the nearest key around it that is in the file."""
        if place is None:
            return None
        file = self._files.get(place.file)
        if file is None:
            file = self._files[place.file] = _File(place.file)
        path = place.path
        while path:
            found = file.find(path)
            if found:
                return Location(place.file, *found)
            path = path[:-1]
        return Location(place.file, 1, 1)

    def attribute(self, place: Place, name: str, *keys: str) -> Place:
        """The place of the first attribute of a group with ``key: name``, else the group's own."""
        content = self._value(place)
        lists = [(place, content)] if isinstance(content, list) else []
        for section in ("attributes", "identity", "description"):
            if isinstance(content, dict) and isinstance(content.get(section), list):
                lists.append((place / section, content[section]))
        for around, items in lists:
            for index, item in enumerate(items):
                for key in keys:
                    if isinstance(item, dict) and item.get(key) == name:
                        return around / index / key
        return place

    def _value(self, place: Place) -> Any:
        """The value at a place, read once more from its file."""
        if place.file not in self._values:
            try:
                self._values[place.file] = read_yaml(FilePath(place.file).read_bytes())
            except (OSError, YamlError):
                self._values[place.file] = None
        value = self._values[place.file]
        for step in place.path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value
