"""The shapes of ``definition/1`` files, as Weaver reads them, and what version 2 shares."""

from __future__ import annotations

from typing import Any

from swarmgen.registry.globs import is_glob
from swarmgen.registry.shapes import (
    STRICTER,
    Choice,
    Either,
    Listed,
    Mapped,
    Maybe,
    Record,
    Shape,
    Simple,
    Tagged,
)

_PLAIN = ("boolean", "int", "double", "string")
_ARRAYS = tuple(f"{name}[]" for name in _PLAIN)
TYPES = (*_PLAIN, "any", *_ARRAYS)
TEMPLATES = tuple(f"template[{name}]" for name in TYPES)

TEXT = Simple("a text", frozenset({str}))
FLAG = Simple("`true` or `false`", frozenset({bool}))
GLOB = Simple("a glob pattern", frozenset({str}), is_glob, STRICTER)
SCALAR = Simple("a text, number or boolean", frozenset({str, int, float, bool}))
MAYBE_TEXT = Maybe(TEXT)
ANNOTATIONS = Maybe(Mapped())
STABILITY = Choice(
    (
        "stable",
        "development",
        "alpha",
        "beta",
        "release_candidate",
        "experimental",
        "deprecated",
    )
)
SPAN_KIND = Choice(("client", "server", "producer", "consumer", "internal"))
INSTRUMENT = Choice(("counter", "gauge", "histogram", "updowncounter"))
SIGNAL_LEVEL = Choice(("recommended", "opt_in"))


def record(name: str, required: str = "", /, **fields: Shape) -> Record:
    """A record of the fields; ``required`` names those that must be there, in one text."""
    return Record(name, fields, frozenset(required.split()))


def _if_text(text: Shape, other: Shape) -> Any:
    """Take a text for a misspelt name and anything else for a misfit of the other shape."""
    return lambda value: text if isinstance(value, str) else other


_LEVEL_NAME = Choice(("required", "recommended", "opt_in"))
_LEVEL_TEXTS = tuple(
    Record("a requirement level", {name: TEXT}, frozenset({name}), open=True)
    for name in ("conditionally_required", "recommended", "opt_in")
)
LEVEL = Either(
    "a requirement level (`required`, `recommended`, `opt_in`, or one of "
    "`conditionally_required`, `recommended`, `opt_in` with a text)",
    (_LEVEL_NAME, *_LEVEL_TEXTS),
    lambda value: _LEVEL_NAME if isinstance(value, str) else None,
)

_NUMBERS = Simple("a number", frozenset({int, float}))
EXAMPLES = Either(
    "examples: a value, a list of values, or a list of lists of values of one type",
    (
        SCALAR,
        Listed(SCALAR),
        Listed(Listed(_NUMBERS)),
        Listed(Listed(FLAG)),
        Listed(Listed(TEXT)),
    ),
)

_REASON = Choice(("renamed", "obsoleted", "uncategorized", "unspecified"))
_DEPRECATION: dict[str, Shape] = {"reason": _REASON, "renamed_to": TEXT, "note": TEXT}


def _deprecated(needs_note: bool) -> Tagged:
    """The structured form: in version 2 only a renamed thing can do without a note."""
    note = frozenset({"reason", "note"} if needs_note else {"reason"})
    renamed = {**_DEPRECATION, "note": MAYBE_TEXT} if needs_note else _DEPRECATION
    lone = {key: shape for key, shape in _DEPRECATION.items() if key != "renamed_to"}
    other = Record(
        "the deprecation", lone if needs_note else _DEPRECATION, note, open=needs_note
    )
    records: dict[str, Shape] = {
        "renamed": Record(
            "the deprecation",
            renamed,
            frozenset({"reason", "renamed_to"}),
            open=needs_note,
        ),
        "obsoleted": other,
        "uncategorized": other,
        "unspecified": other if needs_note else _NeverUnspecified(),
    }
    return Tagged("a deprecation (`reason` and `note`)", "reason", records)


class _NeverUnspecified:
    """A version 1 file writes the plain text instead of the reason ``unspecified``."""

    def accepts(self, value: Any) -> bool:
        return False

    def explain(self, value: Any, path: Any) -> Any:
        from swarmgen.registry.shapes import Misfit

        hint = "write the note itself: `deprecated: text`, or use `uncategorized`"
        yield Misfit(
            (*path, "reason"),
            "the reason `unspecified` cannot be written",
            hint,
            STRICTER,
        )

    def __str__(self) -> str:
        return "a deprecation"


_DEPRECATED_1 = _deprecated(needs_note=False)
DEPRECATED_1 = Maybe(
    Either(
        "a text, or a mapping with `reason`",
        (TEXT, _DEPRECATED_1),
        lambda value: _DEPRECATED_1 if isinstance(value, dict) else None,
    )
)
DEPRECATED_2 = Maybe(_deprecated(needs_note=True))

_MEMBER = record(
    "an enum member",
    "id",
    id=TEXT,
    value=Maybe(SCALAR),
    brief=MAYBE_TEXT,
    note=MAYBE_TEXT,
    stability=Maybe(STABILITY),
    deprecated=DEPRECATED_1,
    annotations=ANNOTATIONS,
)
_ENUM = Record(
    "an enum type", {"members": Listed(_MEMBER)}, frozenset({"members"}), open=True
)
_TYPE_NAME = Choice((*TYPES, *TEMPLATES))
TYPE = Either("an attribute type", (_TYPE_NAME, _ENUM), _if_text(_TYPE_NAME, _ENUM))

ASSOCIATION: Either
_ASSOCIATIONS: list[Shape] = [TEXT]


class _Branch:
    """``one_of`` or ``all_of`` with associations in it, which nest."""

    def __init__(self, key: str) -> None:
        self._key = key

    def accepts(self, value: Any) -> bool:
        branch = value.get(self._key) if type(value) is dict else None
        return type(branch) is list and all(map(ASSOCIATION.accepts, branch))

    def explain(self, value: Any, path: Any) -> Any:
        branch = value.get(self._key)
        yield from Listed(ASSOCIATION).explain(branch, (*path, self._key))

    def __str__(self) -> str:
        return f"a mapping with `{self._key}`"


_ONE_OF, _ALL_OF = _Branch("one_of"), _Branch("all_of")


def _meant_branch(value: Any) -> Shape | None:
    if not isinstance(value, dict):
        return None
    return next(
        (b for k, b in (("one_of", _ONE_OF), ("all_of", _ALL_OF)) if k in value), None
    )


ASSOCIATION = Either(
    "an entity name, `{one_of: [...]}` or `{all_of: [...]}`",
    (TEXT, _ONE_OF, _ALL_OF),
    _meant_branch,
)
ASSOCIATIONS = Listed(ASSOCIATION, null=True)
_ROLE = Maybe(Choice(("identifying", "descriptive")))

_OVERRIDES_1: dict[str, Shape] = {
    "brief": MAYBE_TEXT,
    "examples": Maybe(EXAMPLES),
    "tag": MAYBE_TEXT,
    "requirement_level": Maybe(LEVEL),
    "sampling_relevant": Maybe(FLAG),
    "note": MAYBE_TEXT,
    "stability": Maybe(STABILITY),
    "deprecated": DEPRECATED_1,
    "annotations": ANNOTATIONS,
    "role": _ROLE,
}
_ATTRIBUTE_REF_1 = Record(
    "an attribute reference",
    {"ref": TEXT, **_OVERRIDES_1, "prefix": FLAG},
    frozenset({"ref"}),
)
_ATTRIBUTE_DEF_1 = Record(
    "an attribute definition",
    {
        "id": TEXT,
        "type": TYPE,
        **_OVERRIDES_1,
        "note": TEXT,
        "requirement_level": LEVEL,
    },
    frozenset({"id", "type"}),
)


def _meant_attribute(value: Any) -> Shape | None:
    if not isinstance(value, dict):
        return None
    return (
        _ATTRIBUTE_REF_1 if "ref" in value and "type" not in value else _ATTRIBUTE_DEF_1
    )


_ATTRIBUTE_1 = Either(
    "an attribute (`id` and `type`, or `ref`)",
    (_ATTRIBUTE_REF_1, _ATTRIBUTE_DEF_1),
    _meant_attribute,
)

_BODY_COMMON: dict[str, Shape] = {
    "id": TEXT,
    "brief": TEXT,
    "note": TEXT,
    "stability": Maybe(STABILITY),
    "examples": Maybe(EXAMPLES),
    "requirement_level": LEVEL,
}


class _Body:
    """A value of an event's body, tagged by ``type``; maps hold more of them."""

    def __init__(self) -> None:
        self._tagged = Tagged("a body value", "type", {})

    def complete(self) -> None:
        def body(*extra: str, **fields: Shape) -> Record:
            required = frozenset({"id", "requirement_level", *extra})
            return Record(
                "a body value", {**_BODY_COMMON, **fields}, required, open=True
            )

        plain = body()
        nested = body("fields", fields=Listed(self))
        names = (*_PLAIN, *_ARRAYS, "bytes", "undefined")
        records: dict[str, Shape] = dict.fromkeys(names, plain)
        records |= {"map": nested, "map[]": nested}
        records["enum"] = body("members", members=Listed(_MEMBER))
        self._tagged = Tagged("a body value", "type", records)

    def accepts(self, value: Any) -> bool:
        return self._tagged.accepts(value)

    def explain(self, value: Any, path: Any) -> Any:
        return self._tagged.explain(value, path)

    def __str__(self) -> str:
        return "a body value"


BODY = _Body()
BODY.complete()

_PATTERNS = Maybe(Listed(GLOB))
IMPORTS = Maybe(
    record(
        "the imports",
        metrics=_PATTERNS,
        events=_PATTERNS,
        entities=_PATTERNS,
        spans=_PATTERNS,
        attribute_groups=_PATTERNS,
    )
)
SPAN_NAME = record("a span name", "note", note=TEXT)

_GROUP = record(
    "a group",
    "id brief",
    id=TEXT,
    type=Choice(
        (
            *("attribute_group", "span", "event", "metric", "metric_group", "entity"),
            *("resource", "scope", "undefined"),
        )
    ),
    brief=TEXT,
    note=TEXT,
    prefix=TEXT,
    extends=MAYBE_TEXT,
    stability=Maybe(STABILITY),
    deprecated=DEPRECATED_1,
    attributes=Listed(_ATTRIBUTE_1, null=True),
    span_kind=Maybe(SPAN_KIND),
    events=Listed(TEXT, null=True),
    metric_name=MAYBE_TEXT,
    instrument=Maybe(INSTRUMENT),
    unit=MAYBE_TEXT,
    name=MAYBE_TEXT,
    display_name=MAYBE_TEXT,
    body=Maybe(BODY),
    annotations=ANNOTATIONS,
    entity_associations=ASSOCIATIONS,
    # What Weaver keeps for itself, but reads.
    include_groups=Listed(TEXT, null=True),
    visibility=Maybe(Choice(("internal", "public"))),
    is_v2=FLAG,
    span_name=Maybe(SPAN_NAME),
    requirement_level=Maybe(SIGNAL_LEVEL),
)
DEFINITION_1 = record("the file", groups=Listed(_GROUP, null=True), imports=IMPORTS)
