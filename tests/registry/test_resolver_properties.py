"""What holds of every resolved registry, whatever its files say."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from swarmgen.registry import RegistryOptions, resolve_registry

FEW = settings(max_examples=30, deadline=None)
TOLD = {"brief": "b", "stability": "stable"}
NAMES = [f"shop.{letter}" for letter in "abcde"]
ATTRIBUTE_KEYS = {
    *("name", "type", "brief", "examples", "requirement_level", "stability"),
    *("note", "deprecated", "annotations", "role"),
}
GROUP_KEYS = {
    *("id", "type", "brief", "note", "stability", "attributes", "lineage", "name"),
    *("span_kind", "metric_name", "instrument", "unit"),
}
OWN_KEYS: dict[str, dict[str, Any]] = {
    "span": {"span_kind": "client"},
    "metric": {"instrument": "gauge", "unit": "1"},
    "event": {},
    "entity": {},
}
OVERRIDES = st.fixed_dictionaries(
    {},
    optional={
        "brief": st.sampled_from(["other", ""]),
        "note": st.just("n"),
        "requirement_level": st.sampled_from(["required", {"recommended": "r"}]),
        "role": st.sampled_from(["identifying", "descriptive"]),
    },
)


def definitions() -> dict[str, Any]:
    """The group that defines every name."""
    attributes = [{"id": name, "type": "int", **TOLD} for name in reversed(NAMES)]
    group = {"id": "registry.shop", "type": "attribute_group", "brief": "b"}
    return {**group, "attributes": attributes}


@st.composite
def signals(draw: st.DrawFn, index: int, extends: bool) -> dict[str, Any]:
    """A signal that refers to some of the names, and perhaps extends the registry group."""
    kind = draw(st.sampled_from(sorted(OWN_KEYS)))
    name = f"{kind}{index}"
    named = {"metric_name": name} if kind == "metric" else {"name": name}
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    group = {
        **{"id": f"{kind}.{name}", "type": kind, **TOLD, **OWN_KEYS[kind], **named},
        "attributes": [{"ref": name, **draw(OVERRIDES)} for name in names],
    }
    return (
        {**group, "extends": "registry.shop"}
        if extends and draw(st.booleans())
        else group
    )


@st.composite
def registries(draw: st.DrawFn, extends: bool = True) -> list[list[dict[str, Any]]]:
    """The groups of each of a few files.

    With ``extends`` the order of files may show, as docs/compatibility.md says.
    """
    count = draw(st.integers(0, 4))
    groups = [definitions(), *(draw(signals(index, extends)) for index in range(count))]
    files: list[list[dict[str, Any]]] = [[] for _ in range(3)]
    for group in groups:
        files[draw(st.integers(0, 2))].append(group)
    return files


def context(
    files: list[list[dict[str, Any]]], names: str = "abc", v2: bool = False
) -> Any:
    """The context, with a file called by its first group instead of by its name."""
    with TemporaryDirectory() as folder:
        titles = {}
        for name, groups in zip(names, files, strict=True):
            file = Path(folder, f"{name}.yaml")
            file.write_text(json.dumps({"groups": groups}))
            titles[str(file)] = groups[0]["id"] if groups else "empty"
        resolution = resolve_registry(RegistryOptions(folder))
        assert not resolution.problems
        text = json.dumps(resolution.context(v2))
        for path, title in titles.items():
            text = text.replace(path, title)
        return json.loads(text.replace(folder, "folder"))


@FEW
@given(registries(extends=False), st.permutations("abc"), st.booleans())
def test_the_order_of_files_does_not_matter(
    files: list[list[dict[str, Any]]], names: list[str], v2: bool
) -> None:
    assert context(files, "".join(names), v2) == context(files, v2=v2)


@FEW
@given(registries(), st.booleans())
def test_resolving_twice_gives_the_same_text(
    files: list[list[dict[str, Any]]], v2: bool
) -> None:
    first, second = (json.dumps(context(files, v2=v2)) for _ in range(2))
    assert first == second


@FEW
@given(registries())
def test_groups_are_sorted_by_id_and_their_attributes_by_name(
    files: list[list[dict[str, Any]]],
) -> None:
    groups = context(files)["groups"]
    ids = [group["id"] for group in groups]
    assert ids == sorted(ids)
    for group in groups:
        names = [attribute["name"] for attribute in group.get("attributes", ())]
        assert names == sorted(names)


@FEW
@given(registries())
def test_every_ref_becomes_a_whole_attribute_with_what_it_overrides(
    files: list[list[dict[str, Any]]],
) -> None:
    resolved = {
        group["id"]: {known["name"]: known for known in group.get("attributes", ())}
        for group in context(files)["groups"]
    }
    for group in (group for groups in files for group in groups):
        attributes = resolved[group["id"]]
        inherited = NAMES if "extends" in group else []
        references = [a for a in group["attributes"] if "ref" in a]
        for name in (*inherited, *(a["ref"] for a in references)):
            assert attributes[name]["type"] == "int"
            assert attributes[name]["stability"] == "stable"
        for reference in references:
            said = {k: v for k, v in reference.items() if k != "ref" and v != ""}
            assert said.items() <= attributes[reference["ref"]].items()


@FEW
@given(registries())
def test_no_key_of_the_input_or_the_program_leaks(
    files: list[list[dict[str, Any]]],
) -> None:
    for group in context(files)["groups"]:
        assert group.keys() <= GROUP_KEYS
        for attribute in group.get("attributes", ()):
            assert attribute.keys() <= ATTRIBUTE_KEYS
