"""Registries made of the nastiest texts: every name and value comes back as it went in."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from swarmgen.forge.filters.quoting_bash import bash_field

Json = dict[str, Any]
Run = Callable[..., subprocess.CompletedProcess[str]]
Read = Callable[[str], list[Json]]

NASTY = [
    "$(touch canary)",
    "`touch canary`",
    "${x:=y}",
    "'; touch canary; '",
    '"; touch canary; "',
    "\n#| attribute k",
    "\n#: span k - internal",
    "\nEOF\n",
    "\\",
    "%s%n",
    "-",
    "--",
    "~",
    "*",
    "!!",
    "[@]",
    "a[$(touch canary)]",
    "{{ 7 }}",
    "[= 7 =]",
    "[% raw %]",
    "#}",
    "\x1f",
    "\x7f",
    "\r\n",
    "\t",
    " ",
    "\u202e",
    "\u2028",
    "\ufeff",
    "é",
    "e\u0301",
    "\U0001f469\u200d\U0001f680",
]
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.lists(
    st.sampled_from(NASTY) | st.text(characters, min_size=1, max_size=4),
    min_size=1,
    max_size=4,
).map("".join)
names = texts | st.from_regex(r"[a-z]{1,3}[._][a-z]{1,2}", fullmatch=True)
levels = st.one_of(
    st.sampled_from(["required", "recommended", "opt_in"]),
    texts.map(lambda text: {"conditionally_required": text}),
)
scalars = st.sampled_from(
    ["string", "int", "double", "boolean", "any", "string[]", "template[int]"]
)
values = texts | st.integers(-(2**63), 2**63 - 1) | st.booleans()
enums = st.lists(values, min_size=1, max_size=4, unique_by=str).map(
    lambda items: {"members": [{"id": str(i), "value": i} for i in items]}
)
deprecations = st.none() | texts.map(lambda text: {"reason": "obsoleted", "note": text})


@st.composite
def registries(draw: st.DrawFn) -> Json:
    """A context whose every field may be nasty."""

    def one(**fields: Any) -> Json:
        texts_of = {"brief": draw(texts), "note": draw(texts), "stability": "stable"}
        return {**fields, **texts_of, "deprecated": draw(deprecations)}

    def signals(key: str, **fields: Any) -> list[Json]:
        found = draw(st.lists(names, min_size=1, max_size=4, unique=True))
        return [
            one(**{key: name}, **fields, attributes=draw(some), name_=draw(texts))
            for name in found
        ]

    keys = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    attributes = [
        one(key=key, type=draw(scalars | enums), examples=[draw(texts)]) for key in keys
    ]
    some = st.lists(st.sampled_from(attributes), max_size=2).flatmap(
        lambda chosen: levels.map(
            lambda level: [{**a, "requirement_level": level} for a in chosen]
        )
    )
    entity = one(type=draw(names), identity=draw(some), description=draw(some))
    return {
        "schema_url": "https://example.com/" + draw(texts),
        "registry": {
            "attributes": attributes,
            "attribute_groups": [],
            "spans": signals("type", kind="server", name={"note": draw(texts)}),
            "metrics": signals("name", instrument="gauge", unit=draw(texts)),
            "events": signals("name"),
            "entities": [entity],
        },
    }


KEYS = {
    "ATTR": ("attributes", "key"),
    "SPAN": ("spans", "type"),
    "METRIC": ("metrics", "name"),
    "EVENT": ("events", "name"),
    "ENTITY": ("entities", "type"),
}


# Not made smaller: an example starts dozens of processes.
SETTINGS = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
FILES = {"constants.sh", "telemetry.sh"}


def as_text(value: str | int | bool) -> str:
    """A member's value as bash has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def constants(script: Path, kind: str) -> list[str]:
    """The values of the variables of a kind, as a script that sources them has them."""
    code = f"source {script.with_name('constants.sh')}\n"
    code += f'for v in "${{!TELEMETRY_{kind}_@}}"; do printf "%s\\0" "${{!v}}"; done'
    done = subprocess.run(["bash", "-c", code], capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode().split("\0")[:-1]


@SETTINGS
@given(context=registries())
def test_every_name_and_value_of_a_nasty_registry_comes_back(
    tmp_path_factory: Any,
    context: Json,
    generate: Callable[[Path, Json], Path],
    run: Run,
) -> None:
    script = generate(tmp_path_factory.mktemp("nasty"), context)
    registry = context["registry"]
    for file in (script, script.with_name("constants.sh")):
        done = subprocess.run(["bash", "-n", file], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    for kind, (part, key) in KEYS.items():
        expected = [item[key] for item in registry[part]]
        assert sorted(constants(script, kind)) == sorted(expected)
        listed = run(script, "list", part).stdout.split("\n")[:-1]
        assert sorted(listed) == sorted(map(bash_field, expected))
    members = [
        as_text(member["value"])
        for attribute in registry["attributes"]
        if isinstance(attribute["type"], dict)
        for member in attribute["type"]["members"]
    ]
    assert sorted(constants(script, "VALUE")) == sorted(members)
    assert run(script, "--help").returncode == 0
    assert {path.name for path in script.parent.iterdir()} == FILES


@SETTINGS
@given(context=registries())
def test_every_object_of_a_nasty_registry_can_be_used(
    tmp_path_factory: Any,
    context: Json,
    generate: Callable[[Path, Json], Path],
    run: Run,
    records: Read,
) -> None:
    script = generate(tmp_path_factory.mktemp("nasty"), context)
    registry = context["registry"]
    off = ["--validate", "off"]
    first = registry["spans"][0]["type"]
    for item in registry["attributes"]:
        key, type_ = item["key"], item["type"]
        assert run(script, "describe", key).returncode == 0
        if isinstance(type_, dict):
            text = as_text(type_["members"][0]["value"])
            assert run(script, "validate", key, text).returncode == 0
        if type_ == "string" and "=" not in key:
            pair = ["--attr", f"{key}=x\ny"]
            done = run(script, *off, "span", "emit", first, *pair)
            assert done.returncode == 0, done.stderr
            (span,) = records(done.stdout)
            assert span["attributes"] == [
                {"key": key, "value": {"stringValue": "x\ny"}}
            ]
    for event in registry["events"]:
        done = run(script, *off, "event", "emit", event["name"])
        assert records(done.stdout)[0]["eventName"] == event["name"]
    for metric in registry["metrics"]:
        done = run(script, *off, "metric", "record", metric["name"], "1")
        (record,) = records(done.stdout)
        assert (record["name"], record["unit"]) == (metric["name"], metric["unit"])
    assert {path.name for path in script.parent.iterdir()} == FILES
