"""Bad input: each problem with its code, the place of the offending key, and a hint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from swarmgen.problems import Severity
from swarmgen.registry import Resolution

Resolve = Callable[..., Resolution]

ATTRIBUTES = """\
groups:
  - id: registry.book
    type: attribute_group
    brief: Books.
    attributes:
      - {id: book.title, type: string, stability: stable, brief: Title., examples: [Emma]}
      - {id: book.pages, type: int, stability: stable, brief: Pages.}
"""


def said(resolution: Resolution) -> list[tuple[str, str]]:
    return [(p.code, str(p.location)) for p in resolution.problems if not p.masked]


def test_a_clean_registry_has_no_problems(resolve: Resolve) -> None:
    assert said(resolve({"main.yaml": ATTRIBUTES})) == []


def test_a_misspelt_key_is_located_and_the_right_one_is_named(resolve: Resolve) -> None:
    resolution = resolve(
        {"main.yaml": ATTRIBUTES.replace("    brief: Books", "    breif: Books")}
    )
    assert said(resolution) == [
        ("InvalidSemConvSpec", "registry/main.yaml:4:5"),
        ("InvalidSemConvSpec", "registry/main.yaml:2:5"),
    ]
    unknown, missing = resolution.problems
    assert unknown.hint == "did you mean `brief`?"
    assert "lacks the key `brief`" in missing.message
    assert resolution.context() is None


def test_all_misspelt_keys_of_a_file_are_reported(resolve: Resolve) -> None:
    text = ATTRIBUTES.replace("type: string", "typ: string").replace(
        "type: int", "type: integer"
    )
    resolution = resolve({"main.yaml": text})
    assert [str(p.location) for p in resolution.problems] == [
        "registry/main.yaml:6:26",
        "registry/main.yaml:6:9",
        "registry/main.yaml:7:26",
    ]
    assert resolution.problems[2].hint == "did you mean `int`?"


def test_every_missing_reference_is_located_and_the_nearest_name_is_given(
    resolve: Resolve,
) -> None:
    span = """\
  - id: span.read
    type: span
    span_kind: client
    stability: stable
    brief: Reading.
    attributes:
      - ref: book.titel
      - {note: n, ref: book.pags}
"""
    resolution = resolve({"main.yaml": ATTRIBUTES + span})
    assert said(resolution) == [
        ("UnresolvedAttributeRef", "registry/main.yaml:14:9"),
        ("UnresolvedAttributeRef", "registry/main.yaml:15:19"),
    ]
    hints = [problem.hint for problem in resolution.problems]
    assert hints == ["did you mean `book.title`?", "did you mean `book.pages`?"]


def test_cyclic_extends_are_reported_at_both_groups(resolve: Resolve) -> None:
    text = """\
groups:
  - {id: a, type: attribute_group, brief: b, extends: b}
  - {id: b, type: attribute_group, brief: b, extends: a}
"""
    resolution = resolve({"main.yaml": text})
    assert said(resolution) == [
        ("UnresolvedExtendsRef", "registry/main.yaml:2:46"),
        ("UnresolvedExtendsRef", "registry/main.yaml:3:46"),
    ]
    assert "itself inherits" in resolution.problems[0].hint


def test_an_attribute_defined_twice_is_located_at_the_second_definition(
    resolve: Resolve,
) -> None:
    resolution = resolve(
        {"a.yaml": ATTRIBUTES, "b.yaml": ATTRIBUTES.replace("book:", "tome:")}
    )
    problems = [p for p in resolution.problems if p.code == "DuplicateAttributeId"]
    assert [str(p.location) for p in problems] == [
        "registry/b.yaml:7:10",
        "registry/b.yaml:6:10",
    ]
    assert "registry/a.yaml:2:5, registry/b.yaml:2:5" in problems[0].message


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (
            b"groups: [\n",
            "registry/main.yaml:2:1",
            "did not find expected node content",
        ),
        (b"groups:\n\t- id: x\n", "registry/main.yaml:2:1", "token"),
        (
            b"groups: []\ngroups: []\n",
            "registry/main.yaml:2:1",
            "line 1 and again on line 2",
        ),
        (b"groups: [\xe9]\n", "registry/main.yaml:1:10", "not UTF-8"),
        (b"- a\n", "registry/main.yaml:1:1", "a list"),
        (b"[" * 10_000, "registry/main.yaml:1:129", "128 levels"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_located_error(
    resolve: Resolve, content: bytes, place: str, words: str
) -> None:
    resolution = resolve({"main.yaml": content})
    assert said(resolution) == [("DeserializationError", place)]
    assert words in resolution.problems[0].message
    assert resolution.context() is None


def test_the_bad_files_after_the_first_are_reported_but_masked(
    resolve: Resolve,
) -> None:
    resolution = resolve({"a.yaml": "- a\n", "b.yaml": "- b\n", "c.yaml": ATTRIBUTES})
    assert [(str(p.location), p.masked) for p in resolution.problems] == [
        ("registry/a.yaml:1:1", False),
        ("registry/b.yaml:1:1", True),
    ]


def test_a_large_file_is_read_in_one_go(resolve: Resolve) -> None:
    attribute = "      - {id: book.a%d, type: int, stability: stable, brief: %s}\n"
    lines = [attribute % (number, "b" * 500) for number in range(10_000)]
    resolution = resolve({"main.yaml": ATTRIBUTES + "".join(lines)})
    assert said(resolution) == []
    context = resolution.context()
    assert context is not None and len(context["groups"][0]["attributes"]) == 10_002


def test_a_loop_of_links_is_an_error_only_when_links_are_followed(
    resolve: Resolve,
) -> None:
    first = resolve({"sub/main.yaml": ATTRIBUTES})
    assert said(first) == []
    Path("registry/sub/loop").symlink_to("..")
    assert said(resolve({})) == []
    assert said(resolve({}, follow_symlinks=True)) == [
        ("SemConvSpecError", "registry/sub/loop")
    ]


def test_a_linked_folder_is_read_only_when_links_are_followed(resolve: Resolve) -> None:
    resolve({"a.yaml": "groups: []\n"})
    Path("elsewhere").mkdir()
    Path("elsewhere/main.yaml").write_text(ATTRIBUTES)
    Path("registry/link").symlink_to("../elsewhere")
    without, with_links = resolve({}), resolve({}, follow_symlinks=True)
    assert (without.context() or {})["groups"] == []
    assert len((with_links.context() or {})["groups"]) == 1


def test_a_missing_folder_is_an_error(resolve: Resolve) -> None:
    assert said(resolve({}, path="nowhere")) == [("SemConvSpecError", "nowhere")]


@pytest.mark.parametrize(
    "path", ["reg.zip", "https://example.com/r.git[model]", "a.tar.gz"]
)
def test_archives_and_git_repositories_are_refused_with_a_reason(
    resolve: Resolve, path: str
) -> None:
    resolution = resolve({}, path=path)
    assert [p.code for p in resolution.problems] == ["UnsupportedRegistrySource"]
    assert "later version" in resolution.problems[0].hint


def test_warnings_do_not_stop_the_resolution(resolve: Resolve) -> None:
    resolution = resolve({"main.yaml": ATTRIBUTES.replace(" stability: stable,", "")})
    assert [p.severity for p in resolution.problems] == [Severity.WARNING] * 2
    assert [str(p.location) for p in resolution.problems] == [
        "registry/main.yaml:6:9",
        "registry/main.yaml:7:9",
    ]
    assert resolution.context() is not None


def test_what_was_found_before_a_fatal_problem_is_kept_as_masked(
    resolve: Resolve,
) -> None:
    span = "  - {id: s, type: span, stability: stable, brief: b, attributes: [{ref: no}]}\n"
    resolution = resolve({"main.yaml": ATTRIBUTES + span})
    assert [(p.code, p.masked) for p in resolution.problems] == [
        ("UnresolvedAttributeRef", False),
        ("InvalidSpanMissingSpanKind", True),
    ]


def test_inputs_name_every_file_and_folder_that_was_looked_at(resolve: Resolve) -> None:
    resolution = resolve({"a.yaml": ATTRIBUTES, "sub/b.yaml": "groups: []\n"})
    wanted = {"registry", "registry/sub", "registry/a.yaml", "registry/sub/b.yaml"}
    assert wanted | {"registry/manifest.yaml"} <= set(resolution.inputs)


def test_a_manifest_without_scheme_is_located_at_its_key(resolve: Resolve) -> None:
    resolution = resolve(
        {"manifest.yaml": "description: d\nschema_url: example.com/a\n"}
    )
    assert said(resolution) == [
        ("InvalidRegistryManifest", "registry/manifest.yaml:2:1")
    ]
