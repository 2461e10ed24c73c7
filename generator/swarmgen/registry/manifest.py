"""The manifest of a registry: its schema URL and what it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from swarmgen.problems import Problem, Severity
from swarmgen.registry.definition_shapes import STABILITY
from swarmgen.registry.model import Place
from swarmgen.registry.places import Locator
from swarmgen.registry.schema_url import (
    UNKNOWN_VERSION,
    SchemaUrl,
    parse_schema_url,
    schema_url_of,
)
from swarmgen.registry.shapes import show
from swarmgen.registry.yaml_reader import Path, YamlError, read_yaml, top_level_texts

NAME = "manifest.yaml"
LEGACY_NAME = "registry_manifest.yaml"
PUBLICATION = "manifest/2.0"

_TEXTS = (
    *("file_format", "schema_url", "description", "semconv_version", "schema_base_url"),
    *("resolved_registry_uri", "resolved_schema_uri"),
)
_URL_HINT = (
    "a schema_url names the registry and its version: https://example.com/name/1.0.0"
)
_OLD_SPELLING = "The 'semconv_version' and 'schema_base_url' fields are deprecated in favor of 'schema_url'."
_OLD_URI = (
    "The 'resolved_schema_uri' field is deprecated in favor of 'resolved_registry_uri'."
)


@dataclass(frozen=True)
class Dependency:
    """A registry that another one builds on; without a path it is fetched from its URL."""

    schema_url: SchemaUrl
    registry_path: str | None

    @property
    def is_versioned(self) -> bool:
        return self.schema_url.version != UNKNOWN_VERSION


@dataclass(frozen=True)
class Manifest:
    """What a manifest says. ``resolved_uri`` is there in a published registry only."""

    schema_url: SchemaUrl
    dependencies: tuple[Dependency, ...]
    resolved_uri: str | None = None


class _Invalid(Exception):
    def __init__(self, error: str, path: Path = (), hint: str = "") -> None:
        super().__init__(error)
        self.error, self.path, self.hint = error, path, hint


def read_manifest(
    data: bytes, file: str, name: str, locator: Locator
) -> tuple[Manifest | None, list[Problem]]:
    """The manifest in ``data``, with its warnings, or None with the error.

    ``file`` is the file's path, ``name`` its base name.
    """
    try:
        content = _with_texts(read_yaml(data), data)
        manifest, warnings = _manifest(content)
    except YamlError as error:
        location = locator.at(Place(file))
        if location and error.line:
            location = type(location)(location.path, error.line, error.column)
        return None, [_invalid(file, error.message, error.hint, location)]
    except _Invalid as invalid:
        location = locator.at(Place(file, invalid.path))
        code = "InvalidRegistryManifest"
        if isinstance(content, dict) and content.get("file_format") == PUBLICATION:
            code = "InvalidPublicationManifest"
        return None, [_invalid(file, invalid.error, invalid.hint, location, code)]
    problems = [
        _warning("DeprecatedSyntaxInRegistryManifest", file, w, locator)
        for w in warnings
    ]
    if name == LEGACY_NAME:
        said = f"The registry manifest is using a legacy file name. Please rename it to `{NAME}`."
        problems.insert(0, _warning("LegacyRegistryManifest", file, said, locator))
    return manifest, problems


def _with_texts(content: Any, data: bytes) -> Any:
    """Where a text belongs, a number means its own spelling: a version ``1.10``."""
    if not isinstance(content, dict):
        return content
    written = top_level_texts(data)
    numbers = (k for k in _TEXTS if isinstance(content.get(k), (int, float)))
    return {**content, **{key: written[key] for key in numbers if key in written}}


def _invalid(
    file: str,
    error: str,
    hint: str,
    location: Any,
    code: str = "InvalidRegistryManifest",
) -> Problem:
    key = "details" if code == "InvalidPublicationManifest" else "error"
    message = f"The registry manifest is invalid. {error}"
    fields = {"path": file, key: error}
    return Problem(code, message, Severity.ERROR, location, hint, fields, ("Semconv",))


def _warning(code: str, file: str, said: str, locator: Locator) -> Problem:
    fields = (
        {"path": file}
        if code == "LegacyRegistryManifest"
        else {"path": file, "error": said}
    )
    return Problem(code, said, Severity.WARNING, locator.at(Place(file)), "", fields)


def _manifest(content: Any) -> tuple[Manifest, list[str]]:
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise _Invalid(f"expected a mapping, found {show(content)}")
    for key in _TEXTS:
        if not isinstance(content.get(key), (str, type(None))):
            raise _Invalid(f"expected a text, found {show(content[key])}", (key,))
    if "stability" in content and not STABILITY.accepts(content["stability"]):
        raise _Invalid(
            f"expected {STABILITY}, found {show(content['stability'])}", ("stability",)
        )
    if content.get("file_format") == PUBLICATION:
        return _publication(content)
    if content.get("file_format") is not None:
        error = f"Unknown file_format '{content['file_format']}'. Expected '{PUBLICATION}' or none."
        raise _Invalid(error, ("file_format",))
    return _definition(content)


def _publication(content: dict[str, Any]) -> tuple[Manifest, list[str]]:
    if content.get("schema_url") is None:
        raise _Invalid("missing required field 'schema_url'", hint=_URL_HINT)
    url = _url(content["schema_url"], ("schema_url",))
    dependencies = _dependencies(content, named=False)
    warnings = []
    uri = content.get("resolved_registry_uri")
    if uri is None:
        uri = content.get("resolved_schema_uri")
        warnings.append(_OLD_URI)
    if uri is None:
        raise _Invalid("missing required field 'resolved_registry_uri'")
    return Manifest(url, dependencies, uri), warnings


def _definition(content: dict[str, Any]) -> tuple[Manifest, list[str]]:
    if content.get("schema_url") is not None:
        url = _url(content["schema_url"], ("schema_url",))
        return Manifest(url, _dependencies(content, named=False)), []
    base, version = content.get("schema_base_url"), content.get("semconv_version")
    if base is None or version is None:
        error = "Either 'schema_url' or both 'schema_base_url' and 'semconv_version' must be provided"
        raise _Invalid(error, hint=_URL_HINT)
    try:
        url = schema_url_of(base, version)
    except ValueError as error:
        raise _Invalid(str(error), ("schema_base_url",)) from None
    return Manifest(url, _dependencies(content, named=True)), [_OLD_SPELLING]


def _url(text: Any, path: Path) -> SchemaUrl:
    if not isinstance(text, str):
        raise _Invalid(f"expected a text, found {show(text)}", path)
    try:
        return parse_schema_url(text)
    except ValueError as error:
        raise _Invalid(str(error), path, _URL_HINT) from None


def _dependencies(content: dict[str, Any], named: bool) -> tuple[Dependency, ...]:
    items = content.get("dependencies") or []
    if not isinstance(items, list):
        raise _Invalid(f"expected a list, found {show(items)}", ("dependencies",))
    return tuple(
        _dependency(item, named, ("dependencies", index))
        for index, item in enumerate(items)
    )


def _dependency(item: Any, named: bool, path: Path) -> Dependency:
    """One dependency; only an old-spelling manifest may name it without a URL."""
    if not isinstance(item, dict):
        raise _Invalid(f"expected a dependency, found {show(item)}", path)
    place = item.get("registry_path")
    if not isinstance(place, (str, type(None))):
        raise _Invalid(
            f"expected a text, found {show(place)}", (*path, "registry_path")
        )
    if item.get("schema_url") is not None or "schema_url" in item:
        return Dependency(_url(item["schema_url"], (*path, "schema_url")), place)
    name = item.get("name")
    if not named or not isinstance(name, str):
        subject = f"dependency '{name}'" if isinstance(name, str) else "a dependency"
        error = f"{subject} is missing the required field 'schema_url'."
        raise _Invalid(error, path, _URL_HINT)
    unknown = [key for key in item if key not in ("name", "registry_path")]
    if unknown:
        raise _Invalid(f"unknown field `{unknown[0]}` in {name}", (*path, unknown[0]))
    if place is None:
        raise _Invalid("missing field `registry_path`", path)
    return Dependency(schema_url_of(name, UNKNOWN_VERSION), place)
