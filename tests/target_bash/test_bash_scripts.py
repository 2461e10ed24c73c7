"""The generated scripts: harmless whatever the registry holds, and valid OTLP."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swarmgen.forge import render_target
from swarmgen.output.tree import write

TEMPLATES = Path(__file__).parents[2] / "templates/registry/bash"
HOSTILE = (
    "$(touch canary) `touch canary` '\"\\ \n ! \u202e \U0001f600 [= =] {{ }} #} -x \0"
)


def context(text: str) -> dict[str, Any]:
    """A registry with one of everything, and the text in every field."""
    common = {"brief": text, "note": text, "stability": "development"}
    members = [
        {"id": text, "value": text, **common},
        {"id": "b", "value": "B", **common},
    ]
    kinds = {"k.int": "int", "k.list": "string[]", "k.map": "template[string]"}
    attributes = [{"key": k, "type": t, **common} for k, t in kinds.items()]
    attributes += [
        {"key": "k.enum", "type": {"members": members}, **common},
        {"key": f"k.{text}", "type": "string", "examples": [text], **common},
    ]
    own = [{**attributes[0], "requirement_level": "required"}]
    signal = {"attributes": own, **common}
    span = {"type": "s", "kind": "client", "name": {"note": text}, **signal}
    metric = {"name": "m", "instrument": "counter", "unit": text, **signal}
    event = {"name": "e", "deprecated": {"reason": "obsoleted", "note": text}, **signal}
    registry = {
        "attributes": attributes,
        "attribute_groups": [],
        "spans": [span, {**span, "type": text}],
        "metrics": [
            metric,
            {**metric, "name": "h", "instrument": "histogram", "unit": "s"},
        ],
        "events": [event],
        "entities": [{"type": "n", "identity": own, **common}],
    }
    return {"schema_url": "https://example.com/x/1.0.0", "registry": registry}


def generate(folder: Path, text: str) -> Path:
    rendering = render_target(TEMPLATES, context(text), {})
    assert rendering.problems == []
    assert write(rendering.files, folder) == []
    return folder / "telemetry.sh"


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("bash"), HOSTILE)


def run(
    script: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(script), *arguments],
        capture_output=True,
        text=True,
        cwd=script.parent,
        env={"PATH": os.environ["PATH"], **environment},
    )


def library(script: Path, code: str) -> subprocess.CompletedProcess[str]:
    source = f"set -euo pipefail; set -f; IFS=,; source {script}\n{code}"
    return subprocess.run(
        ["bash", "-c", source], capture_output=True, text=True, cwd=script.parent
    )


def test_the_scripts_are_clean_for_bash_shellcheck_and_shfmt(script: Path) -> None:
    for name in ("telemetry.sh", "constants.sh"):
        path = script.with_name(name)
        subprocess.run(["bash", "-n", path], check=True)
        assert run(path, "--help").returncode == 0
        for tool in (["shellcheck"], ["shfmt", "-d"]):
            found = shutil.which(tool[0])
            if found is None:
                pytest.skip(f"{tool[0]} is not installed")
            done = subprocess.run([*tool, str(path)], capture_output=True, text=True)
            assert done.stdout == ""


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(min_size=1, max_size=20).map(
        lambda text: text + "$(touch canary)`touch canary`"
    )
)
def test_no_text_of_a_registry_runs(tmp_path: Path, text: str) -> None:
    script = generate(tmp_path, text)
    subprocess.run(["bash", "-n", script], check=True)
    assert run(script, "--help").returncode == 0
    assert run(script, "describe", "k.enum").returncode == 0
    expected = text.replace("\0", "\u2400")
    done = run(script.with_name("constants.sh"))
    assert done.returncode == 0
    shown = library(
        script,
        'source constants.sh; printf %s "$TELEMETRY_ATTR_K_INT"; telemetry_describe m',
    )
    assert shown.returncode == 0
    assert run(script, "validate", "k.enum", expected).returncode == 0
    assert not (tmp_path / "canary").exists()


def test_a_span_an_event_and_metrics_are_otlp_json_lines(script: Path) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    span = json.loads(
        run(script, "span", "emit", "s", "k.int=7", TRACEPARENT=parent).stdout
    )
    record = span["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert (record["traceId"], record["parentSpanId"]) == (parent[3:35], parent[36:52])
    assert record["kind"] == 3 and len(record["startTimeUnixNano"]) == 19
    assert record["attributes"] == [{"key": "k.int", "value": {"intValue": "7"}}]
    event = json.loads(
        run(script, "event", "emit", "e", "k.int=1", "--body", '\x01"\\é').stdout
    )
    log = event["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert (log["eventName"], log["body"]["stringValue"]) == ("e", '\x01"\\é')
    metric = json.loads(run(script, "metric", "record", "h", "0.3", "k.int=1").stdout)
    point = metric["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["histogram"]
    counts = point["dataPoints"][0]["bucketCounts"]
    assert counts.index("1") == 7 and len(counts) == 15


def test_a_wrong_value_is_told_and_not_written(script: Path) -> None:
    for arguments in (["k.int=x"], [], ["k.int=1", "k.enum=C"], ["k.int=1", "k.in=2"]):
        done = run(script, "span", "emit", "s", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert "telemetry: error: " in done.stderr
    assert run(script, "span", "emit", "s", "k.int=x", TELEMETRY_VALIDATE="warn").stdout
    assert run(script, "nonsense").returncode == 2


def test_a_command_runs_in_a_span_and_its_status_comes_back(script: Path) -> None:
    command = ["--file", "t.jsonl", "span", "run", "s", "k.int=1", "--"]
    done = run(script, *command, "bash", "-c", 'printf %s "$TRACEPARENT"; exit 3')
    line = json.loads((script.parent / "t.jsonl").read_text())
    record = line["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert done.returncode == 3 and record["status"]["code"] == 2
    assert done.stdout == f"00-{record['traceId']}-{record['spanId']}-01"


def test_a_handle_carries_a_span_from_one_process_to_another(script: Path) -> None:
    handle = run(
        script, "span", "start", "s", "k.int=1", "k.list=a;b c", "k.list=d"
    ).stdout
    line = json.loads(
        run(script, "span", "end", handle.strip(), "--status", "ok").stdout
    )
    record = line["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    values = record["attributes"][1]["value"]["arrayValue"]["values"]
    assert values == [{"stringValue": "a;b c"}, {"stringValue": "d"}]
    assert run(script, "span", "end", "$(touch canary)").returncode == 2


def test_sourced_it_forks_nothing(script: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    code = (
        f"source {script}; export TELEMETRY_FILE=/dev/null; telemetry_span_start s k.int=1;"
        "telemetry_metric_add m 1 k.int=1; telemetry_event_emit e k.int=1; telemetry_span_end"
    )
    done = subprocess.run(
        ["strace", "-f", "-e", "trace=process", "bash", "-c", code],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert not [
        line for line in done.stderr.split("\n") if "clone" in line or "fork" in line
    ]


def test_sourced_under_strict_settings_it_changes_nothing_else(script: Path) -> None:
    code = 'before=$-; telemetry_span_run s k.int=1 -- true >/dev/null; [[ $- == "$before" && $IFS == , ]]'
    done = library(script, code + "; [[ -z ${TRACEPARENT-} ]]; telemetry_list spans")
    assert (done.returncode, len(done.stdout.split())) == (0, 2), done.stderr
