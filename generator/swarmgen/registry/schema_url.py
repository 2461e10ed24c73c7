"""Schema URLs: the name and the version of a registry, and which of two versions wins."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from swarmgen.problems import Problem

UNKNOWN_VERSION = "unknown"

_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
    r"(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?\Z"
)


@functools.total_ordering
@dataclass(frozen=True, eq=False)
class SchemaUrl:
    """``scheme://host/path/version``; equal and ordered by the whole text."""

    text: str
    name: str = field(repr=False)
    version: str = field(repr=False)

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SchemaUrl) and self.text == other.text

    def __lt__(self, other: SchemaUrl) -> bool:
        return self.text < other.text

    def __hash__(self) -> int:
        return hash(self.text)


def parse_schema_url(text: str) -> SchemaUrl:
    """A schema URL of its text, without trailing slashes.

    The name is host and path without the last segment, the version the last segment.
    Raises ValueError when there is no scheme or no path.
    """
    url = text.rstrip("/")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"Invalid schema URL: {error}") from None
    if not parts.scheme:
        raise ValueError("Invalid schema URL: relative URL without a base")
    if not parts.path.strip("/"):
        raise ValueError("The schema URL must have at least one path segment.")
    start = url.index("://") + 3 if "://" in url else len(parts.scheme) + 1
    bare = url[start:].split("?")[0].split("#")[0]
    name, _, version = bare.rpartition("/")
    return SchemaUrl(url, name, version)


def schema_url_of(name: str, version: str) -> SchemaUrl:
    """The URL of a registry that is given by name (with or without a scheme) and version.

    Raises ValueError when one of them is blank.
    """
    if not name.strip() or not version.strip():
        raise ValueError("Registry name and version cannot be empty.")
    scheme = "" if name.startswith(("http://", "https://")) else "https://"
    return parse_schema_url(f"{scheme}{name.rstrip('/')}/{version}")


UNKNOWN = parse_schema_url("https://unknown/unknown")


class VersionConflict(Exception):
    """Two versions of one registry that cannot both be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def newest(one: SchemaUrl, other: SchemaUrl) -> SchemaUrl:
    """The higher of two versions of one registry with the same major version.

    Raises VersionConflict for different names or major versions and for a version that
    is no semantic version (https://semver.org).
    """
    if one.name != other.name:
        raise VersionConflict(_ambiguous(one, other))
    first, second = _semver(one), _semver(other)
    if first[0] == second[0]:
        return one if first > second else other
    raise VersionConflict(
        Problem(
            "IncompatibleDependencyVersions",
            f"Incompatible dependency versions for '{one.name}': {one.version} and {other.version}",
            hint="depend on versions with the same major number",
            fields={
                "name": one.name,
                "version1": one.version,
                "version2": other.version,
            },
            within=("Resolver",),
        )
    )


def ambiguous_reference(ref: str, one: SchemaUrl, other: SchemaUrl) -> Problem:
    """The same name comes from two registries that are not versions of one."""
    return Problem(
        "AmbiguousReference",
        f"Ambiguous reference '{ref}' found in multiple dependencies with different "
        f"SchemaURLs: {one} and {other}",
        hint="define the attribute in this registry, or drop one of the dependencies",
        fields={"ref": ref, "schema_url1": str(one), "schema_url2": str(other)},
        within=("Resolver",),
    )


def _ambiguous(one: SchemaUrl, other: SchemaUrl) -> Problem:
    return ambiguous_reference(
        f"registry mismatch: {one.name} vs {other.name}", one, other
    )


Rank = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...], str]


def _semver(url: SchemaUrl) -> Rank:
    match = _SEMVER.match(url.version.lstrip("v"))
    if match is None:
        raise VersionConflict(
            Problem(
                "InvalidSemVer",
                f"Registry `{url}` contains an invalid version: `{url.version}`.",
                hint="end the schema_url in a semantic version such as 1.0.0",
                fields={"schema_url": str(url), "err": "not a semantic version"},
                within=("Resolver", "FailToResolveDefinition"),
            )
        )
    major, minor, patch, before, build = match.groups()
    parts = tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part)
        for part in (before or "").split(".")
        if part
    )
    return int(major), int(minor), int(patch), before is None, parts, build or ""
