"""The rules for one group, and for what a v2 file says about its signals.

Codes, severities and wording are those of Weaver 0.25.1, so that its users find what
they know; each problem also names the key that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from swarmgen.problems import Problem, Severity
from swarmgen.registry.examples import misfit_of_attribute, misfit_of_body
from swarmgen.registry.model import Association, Group, Place, Spec
from swarmgen.registry.places import Locator

WITHIN = ("FailToResolveDefinition",)
_ERROR, _WARNING, _UNSET = Severity.ERROR, Severity.WARNING, Severity.UNSET
_METRIC_KEYS = ("metric_name", "instrument", "unit")
_OLD_STABILITY = "stability is set to 'deprecated' which is no longer supported."


class Rules:
    """Checks the groups of one v1 file."""

    def __init__(self, path: str, locator: Locator) -> None:
        self._path = path
        self._locator = locator

    def problems(self, group: Group) -> list[Problem]:
        """Everything that is wrong with the group as it stands in its file."""
        found = [*self._group(group), *self._span(group), *self._event(group)]
        found += [
            *self._metric(group),
            *self._attributes(group),
            *self._associations(group),
        ]
        return found

    def _problem(
        self,
        code: str,
        severity: Severity,
        place: Place,
        message: str,
        hint: str = "",
        **fields: str,
    ) -> Problem:
        location = self._locator.at(place)
        fields = {"path_or_url": self._path, **fields}
        return Problem(code, message, severity, location, hint, fields, WITHIN)

    def _of_group(
        self,
        group: Group,
        code: str,
        severity: Severity,
        key: str,
        error: str,
        hint: str = "",
    ) -> Problem:
        place = group.place / key if key else group.place
        message = f"group `{group.id}`: {error}"
        return self._problem(
            code, severity, place, message, hint, group_id=group.id, error=error
        )

    def _group(self, group: Group) -> Iterator[Problem]:
        if group.prefix:
            message = f"group `{group.id}` defines a prefix. These are no longer used."
            place, hint = group.place / "prefix", "write the ids out"
            yield self._problem(
                "InvalidGroupUsesPrefix",
                _WARNING,
                place,
                message,
                hint,
                group_id=group.id,
            )
        if group.type != "attribute_group" and group.stability is None:
            error, hint = (
                "This group does not contain a stability field.",
                "add `stability:`",
            )
            yield self._of_group(
                group, "InvalidGroupStability", _WARNING, "", error, hint
            )
        if group.stability == "deprecated":
            error = f"Group {_OLD_STABILITY}"
            hint = "use `deprecated:` beside the stability that the group had"
            yield self._of_group(
                group, "InvalidGroupStability", _WARNING, "stability", error, hint
            )
        yield from self._repeated_refs(group)
        exempt = (
            group.type in ("metric", "event")
            or group.extends is not None
            or group.specs
        )
        if not exempt:
            error = "This group does not contain an extends or attributes field."
            code = "InvalidGroupMissingExtendsOrAttributes"
            yield self._of_group(group, code, _WARNING, "", error)
        if group.type == "undefined":
            error, hint = "This group does not contain a type field.", "add `type:`"
            yield self._of_group(
                group, "InvalidGroupMissingType", _WARNING, "", error, hint
            )
        yield from self._unstructured(
            group.deprecated,
            group.id,
            group.place,
            "Unstructured deprecated note is not " "supported on groups.",
        )

    def _repeated_refs(self, group: Group) -> Iterator[Problem]:
        seen: set[str] = set()
        for index, spec in enumerate(group.specs):
            ref = spec.get("ref")
            if ref is None:
                continue
            if ref in seen:
                place = group.place / "attributes" / index / "ref"
                message = f"group `{group.id}` refers to `{ref}` more than once."
                fields = {"group_id": group.id, "attribute_ref": ref}
                code, hint = "InvalidGroupDuplicateAttributeRef", "keep one of them"
                yield self._problem(code, _WARNING, place, message, hint, **fields)
            seen.add(ref)

    def _unstructured(
        self, deprecated: dict[str, Any] | None, id: str, place: Place, error: str
    ) -> Iterator[Problem]:
        if deprecated and deprecated["reason"] == "unspecified":
            message = f"the `deprecated` property in `{id}` is invalid. {error}"
            hint = "write `deprecated: {reason: obsoleted, note: ...}`"
            code, where = "UnstructuredDeprecatedProperty", place / "deprecated"
            yield self._problem(
                code, _WARNING, where, message, hint, id=id, error=error
            )

    def _span(self, group: Group) -> Iterator[Problem]:
        if group.type not in ("span", "undefined"):
            for key, given in (
                ("span_kind", group.span_kind),
                ("events", group.events),
            ):
                if given:
                    article = "a" if key == "span_kind" else "an"
                    error = f"This group contains {article} {key} field but the type is not set to span."
                    yield self._of_group(group, "InvalidGroup", _UNSET, key, error)
        if group.type == "span" and group.span_kind is None:
            error = "This group is a Span but the span_kind is not set."
            hint = "add `span_kind:`"
            yield self._of_group(
                group, "InvalidSpanMissingSpanKind", _WARNING, "", error, hint
            )

    def _event(self, group: Group) -> Iterator[Problem]:
        if group.type != "event":
            if group.body is not None:
                error = (
                    "This group contains a body field but the type is not set to event."
                )
                yield self._of_group(group, "InvalidGroup", _UNSET, "body", error)
            return
        if group.name is None and (group.body is not None or not group.prefix):
            error = "This group contains an event type but the name is not set and no prefix is defined."
            if group.body is not None:
                error = "This group contains an event type with a body definition but the name is not set."
            yield self._of_group(
                group, "InvalidGroup", _UNSET, "", error, "add `name:`"
            )
        if group.body is not None:
            yield from self._body_stability(group, group.body, group.place / "body")
            yield from self._body_examples(group, group.body, group.place / "body")

    def _of_body(
        self,
        group: Group,
        body: dict[str, Any],
        place: Place,
        error: str,
        severity: Severity,
    ) -> Problem:
        code = (
            "InvalidAnyValue" if severity is _WARNING else "InvalidAnyValueExampleError"
        )
        fields = {"group_id": group.id, "value_id": body["id"], "error": error}
        message = f"body value `{body['id']}` of group `{group.id}`: {error}"
        return self._problem(code, severity, place, message, **fields)

    def _body_stability(
        self, group: Group, body: dict[str, Any], place: Place
    ) -> Iterator[Problem]:
        if "stability" not in body:
            yield self._of_body(
                group, body, place, "Missing stability field.", _WARNING
            )
        for index, member in enumerate(body.get("members", [])):
            if "stability" not in member:
                error = f"Missing stability field for enum member {member['id']}."
                where = place / "members" / index
                yield self._of_body(group, body, where, error, _WARNING)
        if body["type"] == "map":
            for index, item in enumerate(body["fields"]):
                yield from self._body_stability(group, item, place / "fields" / index)

    def _body_examples(
        self, group: Group, body: dict[str, Any], place: Place
    ) -> Iterator[Problem]:
        if "examples" in body:
            error = misfit_of_body(body["examples"], body["type"])
            if error:
                yield self._of_body(group, body, place / "examples", error, _ERROR)
        elif body["type"] in ("string", "string[]"):
            kind = "string" if body["type"] == "string" else "string array"
            error = f"This value is a {kind} but it does not contain any examples."
            yield self._of_body(group, body, place, error, _ERROR)
        if body["type"] == "map":
            for index, item in enumerate(body["fields"]):
                yield from self._body_examples(group, item, place / "fields" / index)

    def _metric(self, group: Group) -> Iterator[Problem]:
        if group.type != "metric":
            return
        for key in _METRIC_KEYS:
            if getattr(group, key) is None:
                error = f"This group contains a metric type but the {key} is not set."
                yield self._of_group(
                    group, "InvalidMetric", _UNSET, "", error, f"add `{key}:`"
                )

    def _attributes(self, group: Group) -> Iterator[Problem]:
        for index, spec in enumerate(group.specs):
            if "id" in spec:
                place = group.place / "attributes" / index
                yield from self._attribute(group, spec, place)

    def _of_attribute(
        self,
        group: Group,
        spec: Spec,
        code: str,
        severity: Severity,
        place: Place,
        error: str,
        hint: str = "",
    ) -> Problem:
        fields = {"group_id": group.id, "attribute_id": spec["id"], "error": error}
        message = f"attribute `{spec['id']}` of group `{group.id}`: {error}"
        return self._problem(code, severity, place, message, hint, **fields)

    def _attribute(self, group: Group, spec: Spec, place: Place) -> Iterator[Problem]:
        id, warning = spec["id"], "InvalidAttributeWarning"
        if "brief" not in spec and "deprecated" not in spec:
            error = (
                "This attribute is not deprecated and does not contain a brief field."
            )
            yield self._of_attribute(
                group, spec, "InvalidAttribute", _UNSET, place, error, "add `brief:`"
            )
        stability = spec.get("stability")
        if stability is None:
            error, hint = "Missing stability field.", "add `stability:`"
            yield self._of_attribute(group, spec, warning, _WARNING, place, error, hint)
        elif stability == "deprecated":
            where = place / "stability"
            error = f"Attribute {_OLD_STABILITY}"
            yield self._of_attribute(group, spec, warning, _WARNING, where, error)
        if isinstance(spec["type"], dict):
            yield from self._members(group, spec, place / "type" / "members")
        error = "Unstructured deprecated note is not supported on attributes."
        yield from self._unstructured(spec.get("deprecated"), id, place, error)
        yield from self._examples(group, spec, place)

    def _members(self, group: Group, spec: Spec, place: Place) -> Iterator[Problem]:
        for index, member in enumerate(spec["type"]["members"]):
            where, stability = place / index, member.get("stability")
            error = ""
            if stability is None:
                error = f"Missing stability field on enum member {member['id']}."
            elif stability == "deprecated":
                where, error = (
                    where / "stability",
                    f"Member {member['id']} {_OLD_STABILITY}",
                )
            if error:
                code = "InvalidAttributeWarning"
                yield self._of_attribute(group, spec, code, _WARNING, where, error)
            note = (
                f"Unstructured deprecated note is used on enum member {member['id']}."
            )
            yield from self._unstructured(
                member.get("deprecated"), spec["id"], place / index, note
            )

    def _examples(self, group: Group, spec: Spec, place: Place) -> Iterator[Problem]:
        type_ = spec["type"]
        if "examples" not in spec:
            if type_ in ("string", "string[]"):
                kind = "string" if type_ == "string" else "string array"
                error = (
                    f"This attribute is a {kind} but it does not contain any examples."
                )
                code = "InvalidExampleWarning"
                yield self._of_attribute(
                    group, spec, code, _WARNING, place, error, "add `examples:`"
                )
            return
        misfit = misfit_of_attribute(spec["examples"], type_)
        where = place / "examples"
        if misfit == "warning":
            error = f"All examples SHOULD be of type `{type_}`"
            code = "InvalidExampleWarning"
            yield self._of_attribute(group, spec, code, _WARNING, where, error)
        elif misfit:
            error = f"All examples MUST be of type `{type_}`"
            code = "InvalidExampleError"
            yield self._of_attribute(group, spec, code, _ERROR, where, error)

    def _associations(self, group: Group) -> Iterator[Problem]:
        if not group.entity_associations:
            return
        key = "entity_associations"
        if group.type not in ("event", "metric", "span"):
            shown = group.type.title().replace("_", "")
            error = f"Group with entity_associations cannot have type: {shown}"
            yield self._of_group(group, "InvalidGroup", _UNSET, key, error)
        for association in group.entity_associations:
            error = _association_error(association)
            if error:
                yield self._of_group(group, "InvalidGroup", _UNSET, key, error)


def _association_error(association: Association) -> str:
    """The first empty name or empty branch in an association."""
    if isinstance(association, str):
        blank = not association.strip()
        return "entity_associations contains an empty entity reference" if blank else ""
    (name, branch), *_ = association.items()
    if not branch:
        return f"entity_associations contains an empty `{name}` group"
    errors = (_association_error(item) for item in branch)
    return next((error for error in errors if error), "")


def rules_of_v2(
    content: dict[str, Any], file: str, path: str, locator: Locator
) -> tuple[list[Problem], list[Problem]]:
    """What a v2 file says amiss about its signals: (fatal problems, warnings)."""
    warnings = [
        Problem(
            "MissingRequirementLevelWarning",
            f"the signal `{id}` does not set `requirement_level`, which will be required",
            _WARNING,
            locator.at(place),
            "add `requirement_level: recommended` or `opt_in`",
            {"path_or_url": path, "group_id": id},
            WITHIN,
        )
        for id, place in _without_level(content, file)
    ]
    fatal: list[Problem] = []
    for section in ("entities", "entity_refinements"):
        for index, entity in enumerate(content.get(section) or []):
            place = Place(file, (section, index))
            fatal += _entity_problems(
                entity, section == "entities", place, path, locator
            )
    return fatal, warnings


def _without_level(content: dict[str, Any], file: str) -> Iterator[tuple[str, Place]]:
    sections = (
        *(("metrics", "metric", "name"), ("spans", "span", "type")),
        *(("events", "event", "name"), ("entities", "entity", "type")),
    )
    for section, kind, key in sections:
        for index, raw in enumerate(content.get(section) or []):
            if raw.get("requirement_level") is None:
                yield f"{kind}.{raw[key]}", Place(file, (section, index))


def _entity_problems(
    entity: dict[str, Any], is_base: bool, place: Place, path: str, locator: Locator
) -> Iterator[Problem]:
    id = entity["type"] if is_base else entity["id"]
    within = ("Resolver", *WITHIN, "CompoundError")
    fields = {"path_or_url": path, "group_id": id}
    identity = {item["ref"] for item in entity.get("identity") or []}
    for index, item in enumerate(entity.get("description") or []):
        if item["ref"] in identity:
            yield Problem(
                "AttributeInIdentityAndDescription",
                f"the attribute `{item['ref']}` is listed under both `identity` and "
                f"`description` of `{id}`",
                location=locator.at(place / "description" / index / "ref"),
                hint="list it once: under `identity` if it identifies the entity",
                fields={**fields, "attribute_id": item["ref"]},
                within=within,
            )
    if is_base and not identity:
        yield Problem(
            "EntityMissingIdentity",
            f"the entity `{id}` does not declare any `identity` attributes",
            location=locator.at(place / "identity"),
            hint="list at least one attribute that identifies the entity",
            fields=fields,
            within=within,
        )
