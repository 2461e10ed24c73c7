"""Checked files → groups. What a ``definition/2`` file defines becomes v1 groups, too,
so that there is one resolution."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from swarmgen.registry.model import Group, Lineage, Place, Provenance, Spec

_NOTES = {"obsoleted": "Obsoleted.", "uncategorized": "Uncategorized."}
_GROUP_TEXTS = (
    *(
        "note",
        "prefix",
        "extends",
        "span_kind",
        "metric_name",
        "instrument",
        "unit",
        "name",
    ),
    *(
        "display_name",
        "annotations",
        "visibility",
        "is_v2",
        "span_name",
        "requirement_level",
    ),
)
_OPTIONAL = (
    "brief",
    "tag",
    "requirement_level",
    "sampling_relevant",
    "note",
    "annotations",
    "role",
)


def groups_of_v1(
    content: dict[str, Any], provenance: Provenance, file: str
) -> list[Group]:
    """The groups of a v1 file."""
    groups = []
    for index, raw in enumerate(content.get("groups") or []):
        given = {key: raw[key] for key in _GROUP_TEXTS if raw.get(key) is not None}
        kind = raw.get("type", "undefined")
        group = Group(
            id=raw["id"],
            type="entity" if kind == "resource" else kind,
            brief=raw["brief"],
            place=Place(file, ("groups", index)),
            stability=_stability(raw.get("stability")),
            deprecated=deprecation(raw.get("deprecated")),
            specs=[_spec(item) for item in raw.get("attributes") or []],
            events=raw.get("events") or [],
            body=_body(raw["body"]) if raw.get("body") else None,
            entity_associations=raw.get("entity_associations") or [],
            includes=list(raw.get("include_groups") or []),
            lineage=Lineage(provenance),
            **given,
        )
        groups.append(group)
    return groups


def deprecation(value: Any) -> dict[str, Any] | None:
    """The structured form, always with a note."""
    if value is None:
        return None
    if isinstance(value, str):
        return {"note": value, "reason": "unspecified"}
    reason = value["reason"]
    if reason == "renamed":
        target = value["renamed_to"]
        note = value.get("note")
        note = f"Replaced by `{target}`." if note is None else note
        return {"note": note, "reason": reason, "renamed_to": target}
    return {"note": value.get("note", _NOTES.get(reason, "")), "reason": reason}


def _stability(value: str | None) -> str | None:
    return "development" if value == "experimental" else value


def _spec(raw: dict[str, Any]) -> Spec:
    """An attribute of a v1 group without what is null; definitions with their defaults."""
    spec: Spec = {key: raw[key] for key in _OPTIONAL if raw.get(key) is not None}
    _add_common(spec, raw)
    if "ref" in raw:
        spec["ref"] = raw["ref"]
        if raw.get("prefix"):
            spec["prefix"] = True
        return spec
    spec["id"] = raw["id"]
    spec["type"] = attribute_type(raw["type"])
    spec.setdefault("note", "")
    spec.setdefault("requirement_level", "recommended")
    return spec


def _add_common(spec: Spec, raw: dict[str, Any]) -> None:
    if raw.get("stability") is not None:
        spec["stability"] = _stability(raw["stability"])
    if raw.get("deprecated") is not None:
        spec["deprecated"] = deprecation(raw["deprecated"])
    if raw.get("examples") is not None:
        spec["examples"] = examples(raw["examples"])


def attribute_type(value: Any) -> Any:
    """A type's name, or an enum with complete members."""
    if isinstance(value, str):
        return value
    return {"members": [_member(member) for member in value["members"]]}


def _member(raw: dict[str, Any]) -> dict[str, Any]:
    value = raw.get("value")
    member: dict[str, Any] = {
        "id": raw["id"],
        "value": examples(raw["id"] if value is None else value),
    }
    for key in ("annotations", "brief", "note"):
        if raw.get(key) is not None:
            member[key] = raw[key]
    if raw.get("stability") is not None:
        member["stability"] = _stability(raw["stability"])
    if raw.get("deprecated") is not None:
        member["deprecated"] = deprecation(raw["deprecated"])
    return member


def examples(value: Any) -> Any:
    """Examples in the type that fits all of them: one float makes a list of ints floats."""
    if type(value) is int:
        return value if -(2**63) <= value < 2**63 else float(value)
    if type(value) is not list:
        return value
    if value and all(type(item) is list for item in value):
        flat = [leaf for item in value for leaf in item]
        return [_as_floats(item) for item in value] if _need_floats(flat) else value
    if _need_floats(value):
        return _as_floats(value)
    return (
        [examples(item) for item in value]
        if any(type(v) is int for v in value)
        else value
    )


def _need_floats(values: list[Any]) -> bool:
    numbers = all(type(value) in (int, float) for value in values)
    return numbers and any(
        type(v) is float or not -(2**63) <= v < 2**63 for v in values
    )


def _as_floats(values: list[Any]) -> list[float]:
    return [float(value) for value in values]


def _body(raw: dict[str, Any]) -> dict[str, Any]:
    """A body value with what the template schema shows of it."""
    body: dict[str, Any] = {"id": raw["id"], "type": raw["type"]}
    for key in ("brief", "note"):
        if raw.get(key):
            body[key] = raw[key]
    if raw.get("stability") is not None:
        body["stability"] = _stability(raw["stability"])
    if raw.get("examples") is not None:
        body["examples"] = examples(raw["examples"])
    body["requirement_level"] = raw["requirement_level"]
    if raw["type"] in ("map", "map[]"):
        body["fields"] = [_body(item) for item in raw["fields"]]
    elif raw["type"] == "enum":
        body["members"] = [_member(member) for member in raw["members"]]
    return body


def groups_of_v2(
    content: dict[str, Any], provenance: Provenance, file: str
) -> list[Group]:
    """The groups that stand for what a v2 file defines, in Weaver's order."""
    maker = _Version2(content, provenance, file)
    return [
        *maker.attributes(),
        *maker.each("entities", "entity"),
        *maker.each("events", "event"),
        *maker.each("metrics", "metric"),
        *maker.each("spans", "span"),
        *maker.attribute_groups(),
        *maker.refinements("entity"),
        *maker.refinements("event"),
        *maker.refinements("metric"),
        *maker.refinements("span"),
    ]


def synthetic_id(path: str) -> str:
    """The id of the group that holds the attributes of a v2 file: its path, dotted.

    Each component loses its last extension; the root, ``.`` and ``..`` are left out.
    """
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
    return "registry." + ".".join(_stem(part) for part in parts)


def _stem(name: str) -> str:
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name


class _Version2:
    """Turns the sections of one v2 file into groups."""

    def __init__(
        self, content: dict[str, Any], provenance: Provenance, file: str
    ) -> None:
        self._content = content
        self._provenance = provenance
        self._file = file

    def _section(self, name: str) -> list[tuple[Place, dict[str, Any]]]:
        items = self._content.get(name) or []
        return [
            (Place(self._file, (name, index)), item) for index, item in enumerate(items)
        ]

    def _group(
        self, id: str, type: str, brief: str, place: Place, **fields: Any
    ) -> Group:
        lineage = Lineage(self._provenance)
        return Group(id, type, brief, place, lineage=lineage, is_v2=True, **fields)

    def attributes(self) -> list[Group]:
        section = self._section("attributes")
        if not section:
            return []
        specs = []
        for _, raw in section:
            spec: Spec = {"id": raw["key"], "type": attribute_type(raw["type"])}
            spec |= {"brief": raw["brief"], "note": raw.get("note", "")}
            spec["requirement_level"] = "recommended"
            _add_common(spec, raw)
            if raw.get("annotations"):
                spec["annotations"] = raw["annotations"]
            specs.append(spec)
        place = Place(self._file, ("attributes",))
        id = synthetic_id(self._provenance.path)
        return [
            self._group(id, "attribute_group", "<synthetic v2>", place, specs=specs)
        ]

    def each(self, section: str, kind: str) -> list[Group]:
        groups = []
        for place, raw in self._section(section):
            name = raw["type"] if kind in ("entity", "span") else raw["name"]
            fields = {**_common(raw), **_signal_parts(raw, kind)}
            if kind == "metric":
                fields |= {"metric_name": name, "instrument": raw["instrument"]}
                fields["unit"] = raw["unit"]
            else:
                fields["name"] = name
            if kind == "span":
                fields |= {"span_kind": raw["kind"], "span_name": raw["name"]}
            fields["requirement_level"] = raw.get("requirement_level")
            groups.append(
                self._group(f"{kind}.{name}", kind, raw["brief"], place, **fields)
            )
        return groups

    def attribute_groups(self) -> list[Group]:
        groups = []
        for place, raw in self._section("attribute_groups"):
            specs, includes = _references(raw.get("attributes") or [])
            fields: dict[str, Any] = {"specs": specs, "includes": includes}
            fields["visibility"] = raw["visibility"]
            brief = raw["id"]
            if raw["visibility"] == "public":
                fields |= _common(raw)
                brief = raw["brief"]
            groups.append(
                self._group(raw["id"], "attribute_group", brief, place, **fields)
            )
        return groups

    def refinements(self, kind: str) -> list[Group]:
        groups = []
        for place, raw in self._section(f"{kind}_refinements"):
            fields = {**_common(raw), **_signal_parts(raw, kind)}
            fields["extends"] = f"{kind}.{raw['ref']}"
            if kind != "metric":
                fields["name"] = raw["id"]
            if kind == "span":
                fields["span_name"] = raw.get("name")
            groups.append(
                self._group(raw["id"], kind, raw.get("brief") or "", place, **fields)
            )
        return groups


def _common(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "note": raw.get("note") or "",
        "stability": _stability(raw.get("stability")),
        "deprecated": deprecation(raw.get("deprecated")),
        "annotations": raw.get("annotations") or None,
    }


def _signal_parts(raw: dict[str, Any], kind: str) -> dict[str, Any]:
    if kind == "entity":
        identity = [
            _reference(item, "identifying") for item in raw.get("identity") or []
        ]
        description = [
            _reference(item, "descriptive") for item in raw.get("description") or []
        ]
        return {"specs": identity + description}
    specs, includes = _references(raw.get("attributes") or [])
    associations = raw.get("entity_associations") or []
    return {"specs": specs, "includes": includes, "entity_associations": associations}


def _references(items: list[dict[str, Any]]) -> tuple[list[Spec], list[str]]:
    specs = [_reference(item) for item in items if "ref" in item]
    return specs, [item["ref_group"] for item in items if "ref" not in item]


def _reference(raw: dict[str, Any], role: str | None = None) -> Spec:
    keys = ("brief", "note", "requirement_level", "sampling_relevant")
    spec: Spec = {key: raw[key] for key in keys if raw.get(key) is not None}
    _add_common(spec, raw)
    if raw.get("annotations"):
        spec["annotations"] = raw["annotations"]
    if role:
        spec["role"] = role
    spec["ref"] = raw["ref"]
    return spec
