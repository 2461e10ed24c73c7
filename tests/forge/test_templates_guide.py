"""The guide for template authors: its examples run, and it names every filter."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swarmgen.forge.config import Config
from swarmgen.forge.filters import all_filters, all_functions, all_tests

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "templates.md"
ROW = re.compile(r"^\| (`.*?) \| .* \| (`.*`) \| (`.*`) \|$", re.MULTILINE)
SETTINGS = (
    "templates: [{template: t.txt, application_mode: single}]\n"
    "acronyms: [API]\ntext_maps: {types: {int: i64}}\ntype_mapping: {int: i64}\n"
    "comment_formats: {c: {format: markdown, prefix: '# '}}\n"
    "default_comment_format: c\n"
)
CONTEXT = {
    "attributes": [
        {"name": "a", "requirement_level": "recommended"},
        {"name": "b", "requirement_level": "required"},
    ],
    "metric": {"metric_name": "a.b", "unit": "s", "instrument": "counter"},
}


def plain(cell: str) -> str:
    cell = cell.replace("\\|", "|")
    fence = re.match("`+", cell)
    assert fence is not None
    return cell.strip("`").strip() if len(fence[0]) == 1 else cell[3:-3]


EXAMPLES = [(plain(row[1]), plain(row[2])) for row in ROW.findall(GUIDE.read_text())]


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) > 60


@pytest.mark.parametrize(("expression", "expected"), EXAMPLES)
def test_an_example_gives_what_the_guide_says(
    render: Callable[..., Any], expression: str, expected: str
) -> None:
    rendering = render(SETTINGS, {"t.txt": f"{{{{ {expression} }}}}"}, CONTEXT)
    assert rendering.problems == []
    assert rendering.files["t.txt"].rstrip("\n") == expected


def test_the_base_and_its_blocks_give_what_the_guide_says(
    render: Callable[..., Any],
) -> None:
    base, names = re.findall(r"```jinja\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (expected,) = re.findall(r"```text\n(.*?)\n```", GUIDE.read_text(), re.DOTALL)
    settings = (
        "params: {title: Names}\n"
        "templates: [{template: names.txt.j2, application_mode: single}]\n"
    )
    files = {"base.txt.j2": base, "names.txt.j2": names}
    assert render(settings, files, ["a", "b"]).files == {"names.txt": expected}


def test_every_filter_test_and_function_is_in_the_guide() -> None:
    words = set(re.findall(r"[a-z_0-9]+", GUIDE.read_text()))
    names = {*all_filters(Config()), *all_tests(), *all_functions()}
    known = {name for name in names if not name.startswith("ansi_")}
    assert known - words == set()
