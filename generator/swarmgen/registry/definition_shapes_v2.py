"""The shapes of ``definition/2`` files, as Weaver 0.25.1 reads them."""

from __future__ import annotations

from swarmgen.registry.definition_shapes import (
    ASSOCIATIONS,
    DEPRECATED_2,
    EXAMPLES,
    FLAG,
    IMPORTS,
    INSTRUMENT,
    LEVEL,
    MAYBE_TEXT,
    SIGNAL_LEVEL,
    SPAN_KIND,
    SPAN_NAME,
    STABILITY,
    TEXT,
    TYPE,
    record,
)
from swarmgen.registry.shapes import (
    Choice,
    Either,
    Listed,
    Mapped,
    Maybe,
    Record,
    Shape,
    Tagged,
)

_COMMON: dict[str, Shape] = {
    "brief": TEXT,
    "note": TEXT,
    "stability": STABILITY,
    "deprecated": DEPRECATED_2,
    "annotations": Mapped(),
}
_LOOSE_COMMON: dict[str, Shape] = {
    "brief": MAYBE_TEXT,
    "note": MAYBE_TEXT,
    "stability": Maybe(STABILITY),
    "deprecated": DEPRECATED_2,
    "annotations": Mapped(),
}
_REFERENCE: dict[str, Shape] = {
    "ref": TEXT,
    **_LOOSE_COMMON,
    "examples": Maybe(EXAMPLES),
    "requirement_level": Maybe(LEVEL),
}
_ATTRIBUTE_REF = Record("an attribute reference", _REFERENCE, frozenset({"ref"}))
_SPAN_REF = Record(
    "an attribute reference",
    {**_REFERENCE, "sampling_relevant": Maybe(FLAG)},
    frozenset({"ref"}),
)
_GROUP_REF = record("a group reference", "ref_group", ref_group=TEXT)


def _references(reference: Record) -> Listed:
    either = Either(
        "an attribute reference (`ref`) or a group reference (`ref_group`)",
        (reference, _GROUP_REF),
        lambda value: (
            None
            if not isinstance(value, dict)
            else (
                _GROUP_REF if "ref_group" in value and "ref" not in value else reference
            )
        ),
    )
    return Listed(either, null=True)


_REFS, _SPAN_REFS = _references(_ATTRIBUTE_REF), _references(_SPAN_REF)
_ENTITY_REFS = Listed(_ATTRIBUTE_REF, null=True)


def _signal(name: str, required: str, /, **fields: Shape) -> Record:
    known = {**fields, "requirement_level": Maybe(SIGNAL_LEVEL), **_COMMON}
    return Record(name, known, frozenset(f"{required} brief stability".split()))


def _refinement(name: str, /, **fields: Shape) -> Record:
    known = {"id": TEXT, "ref": TEXT, **fields, **_LOOSE_COMMON}
    return Record(name, known, frozenset({"id", "ref"}))


_VISIBILITY = Choice(("internal", "public"))
_ATTRIBUTE_GROUP = Tagged(
    "an attribute group",
    "visibility",
    {
        "internal": record(
            "an internal attribute group",
            "id",
            visibility=_VISIBILITY,
            id=TEXT,
            attributes=Listed(_REFS.item),
        ),
        "public": Record(
            "a public attribute group",
            {
                "visibility": _VISIBILITY,
                "id": TEXT,
                "attributes": Listed(_REFS.item),
                **_COMMON,
            },
            frozenset({"id", "brief", "stability"}),
        ),
    },
)
_SIGNAL_PARTS: dict[str, Shape] = {
    "attributes": _REFS,
    "entity_associations": ASSOCIATIONS,
}
_SPAN_PARTS: dict[str, Shape] = {
    "attributes": _SPAN_REFS,
    "entity_associations": ASSOCIATIONS,
}
_ENTITY_PARTS: dict[str, Shape] = {
    "identity": _ENTITY_REFS,
    "description": _ENTITY_REFS,
}

DEFINITION_2 = record(
    "the file",
    attributes=Listed(
        Record(
            "an attribute definition",
            {"key": TEXT, "type": TYPE, "examples": Maybe(EXAMPLES), **_COMMON},
            frozenset({"key", "type", "brief", "stability"}),
        ),
        null=True,
    ),
    attribute_groups=Listed(_ATTRIBUTE_GROUP, null=True),
    entities=Listed(
        _signal("an entity", "type identity", type=TEXT, **_ENTITY_PARTS), null=True
    ),
    events=Listed(_signal("an event", "name", name=TEXT, **_SIGNAL_PARTS), null=True),
    metrics=Listed(
        _signal(
            "a metric",
            "name instrument unit",
            name=TEXT,
            instrument=INSTRUMENT,
            unit=TEXT,
            **_SIGNAL_PARTS,
        ),
        null=True,
    ),
    spans=Listed(
        _signal(
            "a span",
            "type kind name",
            type=TEXT,
            kind=SPAN_KIND,
            name=SPAN_NAME,
            **_SPAN_PARTS,
        ),
        null=True,
    ),
    entity_refinements=Listed(
        _refinement("an entity refinement", **_ENTITY_PARTS), null=True
    ),
    event_refinements=Listed(
        _refinement("an event refinement", **_SIGNAL_PARTS), null=True
    ),
    metric_refinements=Listed(
        _refinement("a metric refinement", **_SIGNAL_PARTS), null=True
    ),
    span_refinements=Listed(
        _refinement("a span refinement", name=Maybe(SPAN_NAME), **_SPAN_PARTS),
        null=True,
    ),
    imports=IMPORTS,
)
