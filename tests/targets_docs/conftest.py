"""Registries and what the documentation targets make of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from swarmgen.forge import render_target
from swarmgen.registry import RegistryOptions, resolve_registry

Context = dict[str, Any]
Render = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def render(checkout: Path) -> Render:
    """Renders a built-in target and expects no problem."""

    def rendered(target: str, context: Any, **parameters: Any) -> dict[str, str]:
        folder = checkout / "templates" / "registry" / target
        rendering = render_target(folder, context, parameters)
        assert rendering.problems == []
        return rendering.files

    return rendered


def _context(path: Path, v2: bool) -> Context:
    context = resolve_registry(RegistryOptions(path=str(path))).context(v2=v2)
    assert context is not None
    return context


@pytest.fixture(scope="session")
def contexts(
    checkout: Path, request: pytest.FixtureRequest
) -> Callable[[str, bool], Context]:
    """The context of our registry (`own`) or of OpenTelemetry's (`official`)."""
    known: dict[tuple[str, bool], Context] = {}

    def context(name: str, v2: bool) -> Context:
        if (name, v2) not in known:
            if name == "own":
                path = checkout / "semconv"
            else:
                path = request.getfixturevalue("official_registry")
            known[name, v2] = _context(path, v2)
        return known[name, v2]

    return context


class Elements(HTMLParser):
    """The elements and comments of a page, and attributes that a forge's page does not have."""

    SAFE = re.compile(r"(?!\w+:)|https?:|mailto:")
    PLAIN = {("a", "id"), ("a", "title"), ("code", "class"), ("ol", "start")}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.comments: list[str] = []
        self.odd: list[tuple[str, str, str | None]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            plain = (tag, name) in self.PLAIN
            linked = (tag, name) == ("a", "href") and self.SAFE.match(value or "")
            aligned = name == "style" and re.fullmatch(r"text-align:\w+", value or "")
            if not (plain or linked or aligned):
                self.odd.append((tag, name, value))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.tags.append("!" + decl)

    def handle_pi(self, data: str) -> None:
        self.tags.append("?" + data)

    def unknown_decl(self, data: str) -> None:
        self.tags.append("![" + data)


@pytest.fixture(scope="session")
def read() -> Callable[[str], Elements]:
    """Reads the elements of an HTML page."""
    return Elements


# Everything that has broken out of some generated document before.
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- open",
    "--> closed",
    "]]> <![CDATA[ <b>x</b>",
    "<?php echo 1 ?>",
    "a | b \\| c",
    "`tick` ``two`` ```three",
    "```\nfence without end <i>",
    "~~~\nother fence",
    "# heading\n\n===\n\n---\n\n***",
    "- a\n- b\n\n1. c",
    "> quote",
    "    indented <u>code</u>",
    "[click](javascript:alert(1))",
    "[click](<data:text/html,<b>x</b>>)",
    "![i](http://example.com/track.png)",
    "[ref]: javascript:alert(1)\n\n[ref]",
    "<javascript:alert(1)>",
    "&lt;b&gt; &amp;lt;i&amp;gt; &#60;u&#62;",
    "[= 1 =] [% if x %] {{ 7 * 7 }} {% raw %} {# c #}",
    "$(touch x) ${HOME} `touch y`",
    '"""\\\'\'\'"',
    "\x00\x01\x1b[31m\x7f",
    "\u202eevil\u2066\u2069\u200f",
    "emoji \U0001f41d and é and 漢字",
    "line\r\nbreaks\rand\ttabs\u2028here",
    "",
    " ",
    "|",
    "\\",
    "*",
    "</td></tr></table><h1>out</h1>",
]


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> str:
    """A text that wants to break out."""
    return str(request.param)


@pytest.fixture(scope="session")
def spread() -> Callable[[str], Context]:
    """Makes a version 2 context that has the text wherever one may stand."""
    return _spread


def _spread(value: str) -> Context:
    deprecated = {"reason": "renamed", "renamed_to": value, "note": value}
    common: Mapping[str, Any] = {
        "brief": value,
        "note": value,
        "stability": value,
        "deprecated": deprecated,
        "annotations": {value: value, "swarmsh.lifecycle": {"entity": "x", "to": "y"}},
    }
    attribute = {
        **common,
        "key": f"a.{value}",
        "type": "string",
        "examples": [value, [value]],
    }
    member = {**common, "id": value, "value": value}
    enum = {
        **attribute,
        "key": f"b.{value}",
        "type": {"members": [member]},
        "examples": value,
    }
    used = [
        {**attribute, "requirement_level": {"conditionally_required": value}},
        {**enum, "note": value + "!", "requirement_level": "required"},
    ]
    signal = {**common, "attributes": used, "entity_associations": [{"type": value}]}
    entity = {**common, "type": value, "identity": used, "description": used}
    span = {**signal, "type": value, "kind": value, "name": {"note": value}}
    metric = {**signal, "name": value, "unit": value, "instrument": value}
    event = {**signal, "name": value}
    return {
        "schema_url": value,
        "registry": {
            "attributes": [attribute, enum],
            "attribute_groups": [{**common, "id": value, "attributes": used}],
            "entities": [entity],
            "events": [event],
            "metrics": [metric],
            "spans": [span],
        },
        "refinements": {
            "entities": [{**entity, "id": value + "r"}],
            "events": [{**event, "id": value + "r"}],
            "metrics": [{**metric, "id": value + "r"}],
            "spans": [{**span, "id": value + "r"}],
        },
    }
