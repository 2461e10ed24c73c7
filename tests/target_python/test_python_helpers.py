"""What the generated helpers do, with and without OpenTelemetry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Load = Callable[..., ModuleType]

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"

PROLOGUE = """
import json, sys, warnings
from opentelemetry import metrics as metrics_api, trace, _logs
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
def show(value): print(json.dumps(value))
"""


def run(
    package: Path, script: str, prologue: str = PROLOGUE, **environment: str
) -> Any:
    """What a program prints (JSON) that uses the package, called ``shop``, in a new process."""
    source = f"{prologue}\nimport {package.name} as shop\n{script}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OTEL", "TRACE"))}
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=package.parent,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_importing_every_module_imports_nothing_of_opentelemetry_nor_typing(
    shop_package: Path,
) -> None:
    script = """
import json, sys
for kind in dir(shop):
    for name in dir(getattr(shop, kind)) if kind not in ("types", "resource") else ():
        getattr(getattr(shop, kind), name, None)
with shop.spans.shop.start_shop_checkout(shop_order_id="1"):
    shop.metrics.shop.create_shop_stock().set(3)
print(json.dumps([n for n in sys.modules if n == "typing" or n.startswith("opentelemetry")]))
"""
    assert run(shop_package, script, prologue="") == []


def test_a_span_carries_the_given_attributes_its_kind_and_the_name_of_the_conventions(
    shop_package: Path,
) -> None:
    script = """
with shop.spans.shop.start_shop_checkout(
    shop_order_id="7", shop_label={"a": "x", "b": "y"}, attributes={"extra": 1}
) as scope:
    scope.set({"shop.order.items": 3})
[span] = exporter.get_finished_spans()
show([span.name, span.kind.name, dict(span.attributes), span.instrumentation_scope.schema_url])
"""
    assert run(shop_package, script) == [
        "checkout 7",
        "CLIENT",
        {
            "shop.order.id": "7",
            "shop.label.a": "x",
            "shop.label.b": "y",
            "extra": 1,
            "shop.order.items": 3,
        },
        "https://example.com/shop/1.0.0",
    ]


def test_a_span_started_within_another_is_its_child(shop_package: Path) -> None:
    script = """
start = shop.spans.shop.start_shop_checkout
with start("outer", shop_order_id="1"):
    with start("inner", shop_order_id="2"):
        pass
inner, outer = exporter.get_finished_spans()
show([inner.name, inner.parent.span_id == outer.context.span_id, outer.parent])
"""
    assert run(shop_package, script) == ["inner", True, None]


def test_an_exception_makes_the_span_an_error_and_leaves_the_block(
    shop_package: Path,
) -> None:
    script = """
try:
    with shop.spans.shop.start_shop_checkout(shop_order_id="1"):
        raise ValueError("no money")
except ValueError:
    pass
[span] = exporter.get_finished_spans()
show([span.status.status_code.name, span.status.description, [e.name for e in span.events]])
"""
    assert run(shop_package, script) == ["ERROR", "ValueError: no money", ["exception"]]


def test_a_root_span_continues_the_trace_of_the_environment(shop_package: Path) -> None:
    script = """
with shop.spans.shop.start_shop_checkout(shop_order_id="1"):
    inside = shop.traceparent()
    child = shop.child_environment({"A": "b"})
[span] = exporter.get_finished_spans()
show([f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}", inside == child["TRACEPARENT"],
      inside.split("-")[2] == f"{span.context.span_id:016x}", child["TRACESTATE"], child["A"]])
"""
    found = run(shop_package, script, TRACEPARENT=PARENT, TRACESTATE="vendor=1")
    assert found == [TRACE, "b7ad6b7169203331", True, True, "vendor=1", "b"]


@pytest.mark.parametrize(
    "header", ["", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01"]
)
def test_an_invalid_traceparent_starts_a_new_trace(
    shop_package: Path, header: str
) -> None:
    script = """
with shop.spans.shop.start_shop_checkout(shop_order_id="1"):
    pass
[span] = exporter.get_finished_spans()
show(span.parent)
"""
    assert run(shop_package, script, TRACEPARENT=header) is None


def test_without_a_provider_the_trace_of_the_environment_is_passed_on(
    shop_package: Path,
) -> None:
    script = """
import json
with shop.spans.shop.start_shop_checkout(shop_order_id="1") as scope:
    scope.set({"shop.order.items": 1}); scope.add_event("x"); scope.fail("why"); scope.end()
    print(json.dumps([shop.traceparent(), shop.child_environment({}), scope.span]))
"""
    expected = [PARENT, {"TRACEPARENT": PARENT}, None]
    assert run(shop_package, script, prologue="", TRACEPARENT=PARENT) == expected
    api_only = "import opentelemetry.trace"
    assert run(shop_package, script, prologue=api_only, TRACEPARENT=PARENT) == expected


def test_a_provider_that_only_the_environment_names_is_loaded(
    shop_package: Path,
) -> None:
    script = """
import json
with shop.spans.shop.start_shop_checkout(shop_order_id="1") as scope:
    print(json.dumps(type(scope.span).__module__))
"""
    found = run(
        shop_package,
        script,
        prologue="",
        OTEL_PYTHON_TRACER_PROVIDER="sdk_tracer_provider",
    )
    assert found == "opentelemetry.sdk.trace"


def test_metrics_are_recorded_with_unit_description_and_attributes(
    shop_package: Path,
) -> None:
    script = """
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
module = shop.metrics.shop
duration = module.create_shop_duration()
duration.record(9.0, {"shop.order.id": "lost: no provider yet"})
reader = InMemoryMetricReader()
metrics_api.set_meter_provider(MeterProvider([reader]))
duration.record(0.5, {"shop.order.id": "1", "shop.order.items": 2})
module.create_shop_visits().add(2, {"shop.payment.method": "card"})
module.create_shop_visits().add(3, {"shop.payment.method": "card"})
module.create_shop_stock().set(4)
module.create_shop_open().add(-1)
[resource] = reader.get_metrics_data().resource_metrics
[scope] = resource.scope_metrics
show({m.name: [m.unit, m.description, [dict(p.attributes) for p in m.data.data_points],
               getattr(m.data.data_points[0], "value", None)] for m in scope.metrics})
"""
    card = {"shop.payment.method": "card"}
    assert run(shop_package, script) == {
        "shop.duration": [
            "s",
            "How long.",
            [{"shop.order.id": "1", "shop.order.items": 2}],
            None,
        ],
        "shop.visits": ["1", "A signal.", [card], 5],
        "shop.stock": ["1", "A signal.", [{}], 4],
        "shop.open": ["1", "A signal.", [{}], -1],
    }


def test_an_event_is_a_log_record_with_an_event_name(shop_package: Path) -> None:
    script = """
from opentelemetry.sdk._logs import LoggerProvider
import opentelemetry.sdk._logs.export as export
names = ("InMemoryLogRecordExporter", "InMemoryLogExporter")  # the new name, the old name
[exporter_type] = [getattr(export, n) for n in names if hasattr(export, n)][:1]
emit = shop.events.shop.emit_shop_order_lost
emit(shop_order_id="lost: no provider yet")
logs = exporter_type()
provider = LoggerProvider()
provider.add_log_record_processor(export.SimpleLogRecordProcessor(logs))
_logs.set_logger_provider(provider)
with shop.spans.shop.start_shop_checkout(shop_order_id="1") as scope:
    emit("gone", shop_order_id="1", shop_label={"a": "x"}, severity="warn")
    inside = scope.span.get_span_context().span_id
[data] = logs.get_finished_logs()
record = data.log_record
show([record.event_name, record.body, dict(record.attributes), record.severity_text,
      record.severity_number.name, record.span_id == inside])
"""
    assert run(shop_package, script) == [
        "shop.order.lost",
        "gone",
        {"shop.order.id": "1", "shop.label.a": "x"},
        "WARN",
        "WARN",
        True,
    ]


def test_an_entity_becomes_a_resource(shop_package: Path) -> None:
    script = """
entity = shop.entities.shop.build_shop({"site": "x"}, shop_order_id="1")
show([entity, dict(shop.resource(entity).attributes)["shop.order.id"]])
"""
    assert run(shop_package, script) == [{"shop.order.id": "1", "site": "x"}, "1"]


def test_a_deprecated_constant_warns_and_names_its_replacement(
    shop_package: Path, load: Load
) -> None:
    attributes = load(shop_package, "attributes.shop")
    with pytest.warns(
        DeprecationWarning, match=r"Replaced by `shop\.order\.id`"
    ) as caught:
        assert attributes.SHOP_NUMBER == "shop.number"
    assert caught[0].filename == __file__
    with pytest.raises(AttributeError, match="SHOP_NOMBER"):
        _ = attributes.SHOP_NOMBER


def test_values_of_an_enum_are_plain_and_deprecated_ones_warn(
    shop_package: Path, load: Load
) -> None:
    values = load(shop_package, "attributes.shop").ShopPaymentMethodValues
    assert (list(values), len(values)) == (["card"], 1)
    assert "cheque" in values
    assert "gold" not in values
    with pytest.warns(DeprecationWarning, match="Nobody takes them") as caught:
        assert values.CHEQUE == "cheque"
    assert caught[0].filename == __file__


def test_a_deprecated_helper_warns_where_it_is_called(
    shop_package: Path, load: Load
) -> None:
    spans = load(shop_package, "spans.shop")
    with (
        pytest.warns(DeprecationWarning, match=r"Gone\.") as caught,
        spans.start_shop_browse(),
    ):
        pass
    assert caught[0].filename == __file__
    assert spans.start_shop_browse.__deprecated__ == "Gone."


def test_attribute_sets_know_their_required_keys_at_run_time(
    shop_package: Path, load: Load
) -> None:
    span = load(shop_package, "types.shop").ShopCheckoutSpan
    assert span.__required_keys__ == {"shop.order.id"}
    assert span.__optional_keys__ == {
        "shop.order.items",
        "shop.label",
        "shop.payment.method",
    }
