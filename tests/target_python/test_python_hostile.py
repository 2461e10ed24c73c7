"""Registries whose every field is hostile give valid, harmless Python that says the same."""

from __future__ import annotations

import ast
import difflib
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import black
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

Json = dict[str, Any]
Build = Callable[..., Path]
Load = Callable[..., ModuleType]

FRAGMENTS = [
    '"""',
    "'''",
    '"',
    "\\",
    "\\N{DASH}",
    "\n",
    "\r",
    "\t",
    "\0",
    "\f",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\U0001f600",
    "é",
    "{{ 7 * 7 }}",
    "{% endblock %}",
    "[= 7 =]",
    "$(touch pwned)",
    "`touch pwned`",
    "# type: ignore",
    "# fmt: off",
    '" + open("pwned", "w") + "',
    "```",
    "import",
    "__init__",
    "_runtime",
    "self",
    "name",
    ".",
    "A",
    "-",
    " ",
    "x" * 90,
]
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=5).map(
    # JSON, as YAML, has no lone surrogates.
    lambda parts: "".join(parts)
    .encode("utf-8", "replace")
    .decode()
)
KEYS = st.lists(TEXTS.filter(bool), min_size=1, max_size=3).map(".".join)
OLD = st.none() | st.fixed_dictionaries(
    {"reason": st.just("renamed"), "renamed_to": TEXTS, "note": TEXTS}
)
LEVELS = st.sampled_from(["required", "recommended", "opt_in"]) | TEXTS.map(
    lambda text: {"conditionally_required": text}
)
STABILITIES = st.sampled_from(["stable", "development", "alpha"])
VALUES = TEXTS | st.integers(-(2**63), 2**63 - 1) | st.floats(-1e9, 1e9) | st.booleans()
MEMBERS = st.lists(
    st.fixed_dictionaries(
        {
            "id": TEXTS,
            "value": VALUES,
            "brief": TEXTS,
            "stability": STABILITIES,
            "deprecated": OLD,
        }
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda member: member["id"],
)
TYPES = st.sampled_from(
    ["string", "int", "any", "double[]", "template[string]"]
) | MEMBERS.map(lambda members: {"members": members})


def _texts(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {
            "brief": TEXTS,
            "note": TEXTS,
            "stability": STABILITIES,
            "deprecated": OLD,
            **more,
        }
    )


ATTRIBUTES = st.lists(
    _texts(
        key=KEYS,
        type=TYPES,
        requirement_level=LEVELS,
        examples=st.lists(TEXTS, max_size=2),
    ),
    max_size=6,
    unique_by=lambda item: item["key"],
)


@st.composite
def registries(draw: st.DrawFn) -> Json:
    attributes = draw(ATTRIBUTES)
    some = (
        st.lists(st.sampled_from(attributes), unique_by=lambda a: a["key"])
        if attributes
        else (st.just([]))
    )

    def signals(key: str, **more: st.SearchStrategy[Any]) -> list[Json]:
        one = _texts(**{key: KEYS}, **more)
        return draw(st.lists(one, max_size=2, unique_by=lambda item: item[key]))

    return {
        "attributes": attributes,
        "spans": signals(
            "type",
            attributes=some,
            kind=st.sampled_from(["client", "internal"]),
            name=st.fixed_dictionaries({"note": TEXTS}),
        ),
        "metrics": signals(
            "name",
            attributes=some,
            unit=TEXTS,
            instrument=st.sampled_from(
                ["counter", "gauge", "histogram", "updowncounter"]
            ),
        ),
        "events": signals("name", attributes=some),
        "entities": signals("type", identity=some, description=some),
    }


def constants(source: str) -> Iterator[tuple[str, str, Any]]:
    """The class (or ""), name and value of each constant of a module."""
    for node in ast.walk(ast.parse(source)):
        owner = node.name if isinstance(node, ast.ClassDef) else ""
        if not isinstance(node, ast.Module | ast.ClassDef):
            continue
        bodies = [node.body, *(n.body for n in node.body if isinstance(n, ast.If))]
        for line in (line for body in bodies for line in body):
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                assert line.value is not None
                yield owner, line.target.id, ast.literal_eval(line.value)


def assert_black_leaves(package: Path) -> None:
    for path in sorted(package.rglob("*.py")):
        if path.name.startswith("_") and path.parent == package:
            continue  # the same for every registry; another test covers them
        source = path.read_text("utf-8")
        formatted = black.format_str(source, mode=black.Mode())
        difference = difflib.unified_diff(source.splitlines(), formatted.splitlines())
        assert source == formatted, "\n".join([str(path), *difference])


def found_constants(package: Path, kind: str, load: Load) -> list[Any]:
    """Every constant of a kind's modules, after a look at the imported module."""
    found = []
    for path in sorted((package / kind).glob("*.py")):
        module = load(package, f"{kind}.{path.stem}")
        for owner, name, value in constants(path.read_text("utf-8")):
            holder = getattr(module, owner) if owner else module
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                assert getattr(holder, name) == value
            found.append((owner != "", value))
    return found


@settings(
    max_examples=25,
    deadline=None,
    # No shrinking: each try generates, formats and imports a whole package.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(registry=registries())
def test_hostile_registries_give_harmless_python_that_holds_every_value(
    registry: Json, make_context: Callable[..., Json], generate: Build, load: Load
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        package = generate(make_context(**registry), Path(folder))
        assert_black_leaves(package)
        for path in package.rglob("*.py"):
            load(package, ".".join(path.relative_to(package).with_suffix("").parts))
        found = found_constants(package, "attributes", load)
        attributes = registry["attributes"]
        assert sorted(v for inner, v in found if not inner) == sorted(
            a["key"] for a in attributes
        )
        values = [m["value"] for a in attributes for m in members(a)]
        assert sorted(map(repr, values)) == sorted(
            repr(v) for inner, v in found if inner
        )
        for kind, key in (
            ("metrics", "name"),
            ("events", "name"),
            ("entities", "type"),
        ):
            names = [item[key] for item in registry[kind]]
            assert sorted(v for _, v in found_constants(package, kind, load)) == sorted(
                names
            )
        assert not [p for p in (Path.cwd(), Path(folder)) if (p / "pwned").exists()]
        assert [path.name for path in Path(folder).iterdir()] == [package.name]


def test_a_hostile_package_passes_mypy_strict(
    make_context: Callable[..., Json], generate: Build, tmp_path: Path
) -> None:
    texts = {
        "brief": 'a"""b',
        "note": "\\\0\u202e\n# type: ignore",
        "stability": "stable",
    }
    old = {"reason": "renamed", "renamed_to": "'\"", "note": "\n\\"}
    types = [
        "any",
        "double[]",
        "template[int]",
        {"members": [{"id": "'", "value": "\0"} | texts]},
    ]
    items = [
        {"key": f"import.{key}", "type": type_, "requirement_level": level} | texts
        for key in ("class", "name", '"', "a.b_c", "a_b.c", "x" * 99)
        for type_ in types[len(key) % 4 :][:1]
        for level in (["required", {"opt_in": '"'}][len(key) % 2],)
    ]
    signal = texts | {"attributes": items, "deprecated": old}
    package = generate(
        make_context(
            attributes=[items[0] | {"deprecated": old}, *items[1:]],
            spans=[signal | {"type": "import.x", "name": {"note": "{import.name} `"}}],
            metrics=[signal | {"name": "y" * 99, "unit": '"'}],
            events=[signal | {"name": "__init__"}],
            entities=[texts | {"type": "3", "identity": items}],
        ),
        tmp_path,
    )
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "-p",
        package.name,
    ]
    done = subprocess.run(
        [*command, f"--cache-dir={tmp_path / 'cache'}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def members(item: Json) -> list[Json]:
    """The members of an attribute's type, if it is an enum."""
    return list(item["type"]["members"]) if isinstance(item["type"], dict) else []
