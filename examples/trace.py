"""One trace through generated code in two languages: Python, then bash, then Python.

`trace.py FOLDER` opens a span, starts `worker.sh` inside it, and prints the trace that was
written to FOLDER. `worker.sh` opens a span and starts `trace.py FOLDER child`, which opens
the last one. $TRACEPARENT (https://www.w3.org/TR/trace-context/) ties them together.

Exit status: 0, or 1 when the three spans are not one trace with the right parents.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from swarmsh_telemetry import child_environment
from swarmsh_telemetry.attributes.swarmsh import SwarmshOperationOutcomeValues
from swarmsh_telemetry.spans.swarmsh import (
    start_swarmsh_coordinator_round,
    start_swarmsh_operation,
)

PYTHON, BASH = "python.jsonl", "bash.jsonl"
WORKER = Path(__file__).with_name("worker.sh")


def write_spans_to(path: Path) -> None:
    """Set up the SDK: every span that ends becomes a line of the file."""
    exporter = ConsoleSpanExporter(out=path.open("a"), formatter=as_line)
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


def as_line(span: ReadableSpan) -> str:
    """A finished span as JSON, its fields named as in OTLP."""
    fields = {
        "name": span.name,
        "traceId": f"{span.context.trace_id:032x}",
        "spanId": f"{span.context.span_id:016x}",
        "parentSpanId": f"{span.parent.span_id:016x}" if span.parent else "",
        "startTimeUnixNano": span.start_time,
        "endTimeUnixNano": span.end_time,
    }
    return json.dumps(fields) + "\n"


def run(folder: Path) -> int:
    """The first span, with the bash script as its child process; then the report."""
    write_spans_to(folder / PYTHON)
    with start_swarmsh_coordinator_round(
        swarmsh_agent_handle="lead@0.c01d", swarmsh_coordinator_term=1
    ):
        subprocess.run(
            ["bash", WORKER, sys.executable, __file__, folder, "child"],
            env=child_environment() | {"TELEMETRY_FILE": str(folder / BASH)},
            check=True,
        )
    spans = read_spans(folder)
    faults = faults_of(spans)
    print_tree(spans)
    for fault in faults:
        print(f"WRONG: {fault}")
    if not faults:
        print(f"one trace, {spans[0]['traceId']}; every parent is the span around")
    return 1 if faults else 0


def run_child(folder: Path) -> int:
    """The last span, in a process of its own."""
    write_spans_to(folder / PYTHON)
    with start_swarmsh_operation(
        swarmsh_operation_name="work complete",
        swarmsh_operation_outcome=SwarmshOperationOutcomeValues.DONE,
    ):
        return 0


def read_spans(folder: Path) -> list[dict[str, Any]]:
    """The spans of both files, in the order in which they were started."""
    spans = []
    for line in (folder / PYTHON).read_text().splitlines():
        spans.append({"language": "Python", "parentSpanId": "", **json.loads(line)})
    for line in (folder / BASH).read_text().splitlines():
        (resource,) = json.loads(line)["resourceSpans"]
        (scope,) = resource["scopeSpans"]
        spans += [
            {"language": "bash", "parentSpanId": "", **span} for span in scope["spans"]
        ]
    return sorted(spans, key=lambda span: int(span["startTimeUnixNano"]))


def faults_of(spans: list[dict[str, Any]]) -> list[str]:
    """What keeps the spans from being one trace that goes from span to span."""
    faults = []
    languages = [span["language"] for span in spans]
    if languages != ["Python", "bash", "Python"]:
        faults.append(f"expected a span of Python, bash and Python, got {languages}")
    if len({span["traceId"] for span in spans}) != 1:
        faults.append("the spans are of different traces")
    outer = ""
    for span in spans:
        if span["parentSpanId"] != outer:
            faults.append(f"{span['name']!r} is not a child of the span around it")
        outer = span["spanId"]
    return faults


def print_tree(spans: list[dict[str, Any]], parent: str = "", depth: int = 0) -> None:
    """The spans below the parent, indented, with language and duration."""
    for span in spans:
        if span["parentSpanId"] == parent:
            start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
            name = "  " * depth + span["name"]
            print(f"{name:<40} {span['language']:<8} {(end - start) / 1e6:8.1f} ms")
            print_tree(spans, span["spanId"], depth + 1)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    sys.exit(run_child(target) if sys.argv[2:] == ["child"] else run(target))
