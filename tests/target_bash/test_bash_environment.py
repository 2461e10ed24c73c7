"""The surroundings of a script: variables, locales, settings of the caller, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]
Run = Callable[..., subprocess.CompletedProcess[str]]
Read = Callable[[str], list[Json]]

EVENT = ("event", "emit", "e", "k.int=1")
SPAN = ("span", "run", "s", "k.int=1", "--")


def resource(record: Json) -> dict[str, Json]:
    return {a["key"]: a["value"] for a in record["resource"]["attributes"]}


def test_resource_attributes_come_from_the_environment(
    script: Path, run: Run, records: Read
) -> None:
    given = "a=b=c, d=1,,percent=100%25%2C%20%c3%a9,service.name=other,broken,k.int=5"
    done = run(script, *EVENT, OTEL_RESOURCE_ATTRIBUTES=given, OTEL_SERVICE_NAME="shop")
    found = resource(records(done.stdout)[0])
    assert found["a"] == {"stringValue": "b=c"}
    assert found["percent"] == {"stringValue": "100%, é"}
    assert found["service.name"] == {"stringValue": "shop"}
    assert found["k.int"] == {"intValue": "5"}
    assert "broken" not in found


def test_an_entity_says_which_attributes_identify_the_resource(
    script: Path, run: Run, records: Read
) -> None:
    attributes = ["k.int=5", "k.double=0.5", "k.flag=true"]
    done = run(script, "--entity", "n", *attributes, *EVENT)
    (record,) = records(done.stdout)
    (reference,) = record["resource"]["entityRefs"]
    assert (reference["type"], reference["idKeys"]) == ("n", ["k.int"])
    assert reference["descriptionKeys"] == ["k.double"]
    assert resource(record)["k.double"] == {"doubleValue": 0.5}
    for wrong in (["k.flag=true"], ["k.int=x"], ["k.int=1", "k.flag=2"]):
        done = run(script, "--entity", "n", *wrong, *EVENT)
        assert (done.returncode, done.stdout) == (1, "")
    assert run(script, "--entity", "no").returncode == 2


def test_a_locale_that_does_not_exist_changes_nothing(
    script: Path, run: Run, records: Read
) -> None:
    for locale in ("xx_YY.UTF-8", "C", "C.UTF-8", "POSIX", "../../etc"):
        done = run(script, *EVENT, "--body", "Grüße", LC_ALL=locale, LANG=locale)
        assert records(done.stdout)[0]["body"] == {"stringValue": "Grüße"}
        assert run(script, "list", "spans", LC_ALL=locale).stdout.startswith("$")


def test_the_strictest_caller_gets_every_function(
    script: Path, sourced: Run, records: Read, tmp_path: Path
) -> None:
    code = """
    telemetry_resource k.flag=true
    telemetry_entity n k.int=9
    telemetry_span_start s k.int=1 'k.list=* k,_' --name 'a  *'
    telemetry_span_set k.double=2
    telemetry_span_run s k.int=2 -- true
    telemetry_span_end --status ok
    telemetry_span_emit s k.int=3
    telemetry_metric_add m 1 k.int=1
    telemetry_metric_record h 0.2 k.int=1
    telemetry_event_emit e k.int=1
    telemetry_validate k.enum B
    telemetry_validate k.enum C && exit 9
    telemetry_event_emit nothing && exit 9
    unset -v TRACEPARENT
    [[ $- == *e*f*u* && $IFS == _,k ]]
    """
    done = sourced(script, code, tmp_path, TELEMETRY_FILE="t.jsonl")
    assert done.returncode == 0, done.stderr
    lines = records((tmp_path / "t.jsonl").read_text())
    assert len(lines) == 6
    outer, inner = lines[1], lines[0]
    assert outer["name"] == "a  *" and inner["parentSpanId"] == outer["spanId"]
    (value,) = outer["attributes"][1]["value"]["arrayValue"]["values"]
    assert value == {"stringValue": "* k,_"}


def test_a_caller_that_lacks_srandom_gets_ids_of_its_own(
    script: Path, records: Read, tmp_path: Path
) -> None:
    # As in bash 5.0, where $SRANDOM is a variable like any other: the version is
    # read-only, so the condition that looks at it is the one thing that is changed.
    text = script.read_text()
    condition = "BASH_VERSINFO[0] > 5 || BASH_VERSINFO[1] > 0"
    assert text.count(condition) == 1
    older = tmp_path / "telemetry.sh"
    older.write_text(text.replace(condition, "0"))
    code = f"unset SRANDOM; source {older}; for ((i = 0; i < 200; i++)); do "
    code += "telemetry_span_emit s k.int=1; done"
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True)
    spans = records(done.stdout)
    for key, length in (("traceId", 32), ("spanId", 16)):
        ids = {span[key] for span in spans}
        assert len(ids) == 200 and {len(i) for i in ids} == {length}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_command_and_ends_the_span(
    script: Path, records: Read, tmp_path: Path, number: signal.Signals
) -> None:
    file = tmp_path / "t.jsonl"
    waiting = "printf ready; exec cat"
    command = ["bash", str(script), "--file", str(file), *SPAN, "sh", "-c", waiting]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == b"ready"
        process.send_signal(number)
        assert process.wait() == 128 + number
    (span,) = records(file.read_text())
    assert span["status"] == {"message": f"exit status {128 + number}", "code": 2}


def test_a_command_that_handles_the_signal_decides_the_status(
    script: Path, records: Read, tmp_path: Path
) -> None:
    file = tmp_path / "t.jsonl"
    waiting = "trap 'exit 7' TERM; printf ready; read -r line || exit 8"
    command = ["bash", str(script), "--file", str(file), *SPAN, "bash", "-c", waiting]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == b"ready"
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 7
    assert records(file.read_text())[0]["status"]["message"] == "exit status 7"


def test_a_command_in_a_span_reads_the_input_of_the_script(script: Path) -> None:
    done = subprocess.run(
        ["bash", str(script), "--file", os.devnull, *SPAN, "cat"],
        input=b"input",
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (0, b"input")


def test_a_disabled_sdk_writes_nothing_and_still_runs_the_command(
    script: Path, run: Run
) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    command = (*SPAN, "bash", "-c", 'printf %s "$TRACEPARENT"')
    done = run(script, *command, OTEL_SDK_DISABLED="True", TRACEPARENT=parent)
    assert (done.returncode, done.stdout) == (0, parent)
    assert run(script, *EVENT, OTEL_SDK_DISABLED="true").stdout == ""


@pytest.mark.parametrize(
    ("parent", "joined"),
    [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "unsampled"),
        ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", "yes"),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", "no"),
        ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "no"),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", "no"),
        ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "no"),
        ("00-0af7651916cd43dd8448eb211c80319c-$(touch canary)-01", "no"),
    ],
)
def test_only_a_valid_traceparent_is_joined(
    script: Path, run: Run, parent: str, joined: str
) -> None:
    done = run(script, "span", "emit", "s", "k.int=1", TRACEPARENT=parent)
    assert done.returncode == 0
    if joined == "unsampled":
        assert done.stdout == ""
        return
    (scope,) = json.loads(done.stdout)["resourceSpans"][0]["scopeSpans"]
    assert (scope["spans"][0]["traceId"] == parent[3:35]) == (joined == "yes")
