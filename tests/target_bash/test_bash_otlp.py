"""What the scripts write is OTLP JSON for OpenTelemetry's own message types.

OTLP/JSON is the JSON mapping of Protocol Buffers, except that trace and span ids are
hexadecimal (OTLP specification, "JSON Protobuf Encoding").
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

Run = Callable[..., subprocess.CompletedProcess[str]]

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def with_base64_ids(value: Any) -> Any:
    """The JSON with ids as the mapping of Protocol Buffers has bytes."""
    if isinstance(value, list):
        return [with_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    ids = {"traceId", "spanId", "parentSpanId"}
    return {
        key: (
            base64.b64encode(bytes.fromhex(item)).decode()
            if key in ids
            else with_base64_ids(item)
        )
        for key, item in value.items()
    }


def parse(line: str, message: Any) -> Any:
    """The line as a message; an unknown field or a wrong type raises."""
    return json_format.ParseDict(with_base64_ids(json.loads(line)), message)


def attributes(message: Any) -> dict[str, Any]:
    return {a.key: a.value for a in message.attributes}


def test_a_span_is_what_opentelemetry_reads(script: Path, run: Run) -> None:
    values = ["k.int=-7", "k.double=1e3", "k.flag=true", "k.list=a", "k.list=b"]
    more = {
        "TRACEPARENT": PARENT,
        "TRACESTATE": "vendor=1",
        "OTEL_SERVICE_NAME": "shop",
    }
    entity = ["--entity", "n", "k.int=3", "--resource", "k.flag=true"]
    done = run(script, *entity, "span", "emit", "s", *values, "k.map.x=y", **more)
    assert done.returncode == 0, done.stderr
    data = parse(done.stdout, TracesData())
    (span,) = data.resource_spans[0].scope_spans[0].spans
    assert span.trace_id.hex() == PARENT[3:35] and len(span.span_id) == 8
    assert span.parent_span_id.hex() == PARENT[36:52]
    assert (span.kind, span.trace_state) == (Span.SPAN_KIND_CLIENT, "vendor=1")
    assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
    found = attributes(span)
    assert (found["k.int"].int_value, found["k.double"].double_value) == (-7, 1000)
    assert found["k.flag"].bool_value is True
    assert [v.string_value for v in found["k.list"].array_value.values] == ["a", "b"]
    assert found["k.map.x"].string_value == "y"
    resource = data.resource_spans[0].resource
    found = attributes(resource)
    assert found["service.name"].string_value == "shop" and found["k.flag"].bool_value
    (reference,) = resource.entity_refs
    assert (reference.type, list(reference.id_keys)) == ("n", ["k.int"])


def test_an_event_is_what_opentelemetry_reads(script: Path, run: Run) -> None:
    options = ["--severity", "WARN", "--body", "line\nline", "k.int=1"]
    done = run(script, "event", "emit", "e", *options, TRACEPARENT=PARENT)
    data = parse(done.stdout, LogsData())
    record: LogRecord
    (record,) = data.resource_logs[0].scope_logs[0].log_records
    assert (record.event_name, record.severity_number) == ("e", 13)
    assert record.body.string_value == "line\nline"
    assert record.span_id.hex() == PARENT[36:52] and record.flags == 1


@pytest.mark.parametrize(
    ("verb", "name", "value", "kind"),
    [
        ("add", "m", "3", "sum"),
        ("add", "u", "-3", "sum"),
        ("record", "g", "0.5", "gauge"),
        ("record", "g", "NaN", "gauge"),
        ("record", "h", "0.3", "histogram"),
    ],
)
def test_a_metric_is_what_opentelemetry_reads(
    script: Path, run: Run, verb: str, name: str, value: str, kind: str
) -> None:
    done = run(script, "metric", verb, name, value, "k.int=1")
    data = parse(done.stdout, MetricsData())
    metric: Metric
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    assert (metric.name, metric.WhichOneof("data")) == (name, kind)
    (point,) = getattr(metric, kind).data_points
    assert point.start_time_unix_nano <= point.time_unix_nano
    if kind == "histogram":
        assert (sum(point.bucket_counts), point.count, point.sum) == (1, 1, 0.3)
        assert len(point.bucket_counts) == len(point.explicit_bounds) + 1
    else:
        number = getattr(point, point.WhichOneof("value"))
        assert str(number) == value.lower()
