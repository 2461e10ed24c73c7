"""Whatever the bytes of an input are, the result is problems or output, no exception."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from swarmgen.commands.weaver_toml import read
from swarmgen.forge import render_target
from swarmgen.registry import RegistryOptions, resolve_registry

FEW = settings(max_examples=40, deadline=None)
ANYTHING = st.one_of(
    st.binary(max_size=80),
    st.text("{}[]:-,#&*!|>'\"%@`? \n\tagid0.$", max_size=60).map(str.encode),
)
KEYS = st.sampled_from(
    [
        "groups",
        "id",
        "type",
        "brief",
        "attributes",
        "ref",
        "examples",
        "members",
        "extends",
        "file_format",
        "key",
        "body",
        "entity_associations",
        "requirement_level",
        "deprecated",
        "imports",
        "spans",
        "name",
        "note",
        "x",
    ]
)
SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "a", "a.b", "span", "string", "definition/2", 0, 1.5, True]
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=14,
)


def resolved(file: str, content: bytes) -> tuple[bool, bool]:
    """Whether there are problems, and whether there is a context."""
    with TemporaryDirectory() as folder:
        Path(folder, file).write_bytes(content)
        resolution = resolve_registry(RegistryOptions(folder))
        return bool(resolution.problems), resolution.context() is not None


@FEW
@given(ANYTHING)
def test_a_definition_file_of_any_bytes_gives_problems_or_a_context(
    content: bytes,
) -> None:
    assert any(resolved("a.yaml", content))


@FEW
@given(ANYTHING)
def test_a_manifest_of_any_bytes_gives_problems_or_a_context(content: bytes) -> None:
    assert any(resolved("manifest.yaml", content))


@FEW
@given(st.dictionaries(KEYS, DOCUMENTS, max_size=4))
def test_a_document_of_plausible_keys_gives_problems_or_a_context(
    document: dict[str, Any],
) -> None:
    import json

    assert any(resolved("a.yaml", json.dumps(document).encode()))


@FEW
@given(ANYTHING)
def test_a_weaver_toml_of_any_bytes_gives_settings_or_problems(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, ".weaver.toml")
        file.write_bytes(content)
        settings_read, problems = read(file)
        assert problems or settings_read.defaults("generate") is not None


def rendered(name: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        good = 'templates: [{template: "*.j2", application_mode: single}]'
        Path(folder, "weaver.yaml").write_text(good)
        Path(folder, "t.j2").write_text("x")
        Path(folder, name).write_bytes(content)
        rendering = render_target(Path(folder), {"a": [1]}, {})
        assert rendering.problems or isinstance(rendering.files, dict)


@settings(FEW, max_examples=15)
@given(ANYTHING)
def test_a_weaver_yaml_of_any_bytes_raises_nothing(content: bytes) -> None:
    rendered("weaver.yaml", content)


@settings(FEW, max_examples=15)
@given(ANYTHING)
def test_a_template_of_any_bytes_raises_nothing(content: bytes) -> None:
    rendered("t.j2", b"{{ " + content + b" }}")
