"""Every helper of the package generated from our own conventions, used once.

What comes out is compared with the resolved registry: the same names, units and
attributes, and nothing that is not in the conventions.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import Gauge, Histogram, InMemoryMetricReader, Sum
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from swarmgen.registry import RegistryOptions, resolve_registry

PACKAGE = "swarmsh_telemetry"
ROOT = Path(__file__).resolve().parents[2]

Json = dict[str, Any]


def _conventions() -> Json:
    context = resolve_registry(RegistryOptions(str(ROOT / "semconv"))).context(v2=True)
    assert context is not None
    return context


CONVENTIONS = _conventions()


def signals(kind: str, name: str) -> list[Any]:
    """Each signal of a kind as a parameter of a test, called by its name."""
    return [
        pytest.param(signal, id=signal[name])
        for signal in CONVENTIONS["refinements"][kind]
    ]


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    """Every module of the generated package in this checkout, by its name."""
    place = str(ROOT / "generated" / "python")
    sys.path.insert(0, place)
    try:
        package = import_module(PACKAGE)
        assert Path(str(package.__file__)).is_relative_to(place)
        found = pkgutil.walk_packages(package.__path__, f"{PACKAGE}.")
        yield {module.name: import_module(module.name) for module in found}
    finally:
        sys.path.remove(place)


@pytest.fixture(scope="module")
def helpers(modules: dict[str, ModuleType]) -> dict[str, Callable[..., Any]]:
    """Every public helper of the modules of signals, by its name."""
    kinds = ("spans", "metrics", "events", "entities")
    return {
        name: helper
        for path, module in modules.items()
        if path.split(".")[1] in kinds
        for name, helper in vars(module).items()
        if inspect.isfunction(helper) and helper.__module__ == path
    }


def python_name(prefix: str, name: str) -> str:
    return f"{prefix}_{re.sub('[^a-z0-9]+', '_', name)}"


def example(attribute: Json) -> Any:
    """The first example of the conventions; of an enum, its first member."""
    kind = attribute["type"]
    if isinstance(kind, dict):
        return kind["members"][0]["value"]
    examples = attribute.get("examples")
    if examples is None:
        return {"boolean": True, "int": 1, "double": 0.5, "string": "x"}[kind]
    first = examples[0] if isinstance(examples, list) else examples
    return examples if kind.endswith("[]") and not isinstance(first, list) else first


def arguments(helper: Callable[..., Any], attributes: list[Json]) -> Json:
    """A value for each keyword of a helper; its keywords are the attributes."""
    by_name = {
        re.sub("[^a-z0-9]+", "_", attribute["key"]): attribute
        for attribute in attributes
    }
    keywords = {
        parameter.name: parameter.default is inspect.Parameter.empty
        for parameter in inspect.signature(helper).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert keywords == {
        name: attribute["requirement_level"] == "required"
        for name, attribute in by_name.items()
    }
    return {name: example(attribute) for name, attribute in by_name.items()}


def expected(attributes: list[Json]) -> Json:
    return {attribute["key"]: plain(example(attribute)) for attribute in attributes}


def plain(value: Any) -> Any:
    """The SDK makes tuples of lists."""
    return tuple(value) if isinstance(value, list) else value


def span_name(span: Json) -> str:
    """The name of the conventions; the type where it needs what may be missing."""
    required = [
        attribute
        for attribute in span.get("attributes", [])
        if attribute["requirement_level"] == "required"
    ]
    values, note = expected(required), str(span["name"]["note"])
    if not {*re.findall(r"{([^}]+)}", note)} <= values.keys():
        return str(span["type"])
    return re.sub(r"{([^}]+)}", lambda match: str(values[match[1]]), note)


@pytest.mark.parametrize("span", signals("spans", "type"))
def test_a_span_is_what_the_conventions_say(
    span: Json, helpers: dict[str, Callable[..., Any]]
) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    start = helpers[python_name("start", span["type"])]
    attributes = span.get("attributes", [])
    with start(**arguments(start, attributes), tracer=provider.get_tracer("test")):
        pass
    (finished,) = exporter.get_finished_spans()
    assert finished.name == span_name(span)
    assert finished.kind.name.lower() == span["kind"]
    assert dict(finished.attributes or {}) == expected(attributes)


@pytest.mark.parametrize("metric", signals("metrics", "name"))
def test_a_metric_is_what_the_conventions_say(
    metric: Json, helpers: dict[str, Callable[..., Any]]
) -> None:
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader], shutdown_on_exit=False).get_meter("test")
    instrument = helpers[python_name("create", metric["name"])](meter)
    method = {"histogram": "record", "gauge": "set"}.get(metric["instrument"], "add")
    attributes = expected(metric.get("attributes", []))
    getattr(instrument, method)(3, attributes)
    data = reader.get_metrics_data()
    assert data is not None
    (made,) = data.resource_metrics[0].scope_metrics[0].metrics
    assert (made.name, made.unit) == (metric["name"], metric["unit"])
    assert made.description == metric["brief"]
    kind = {"histogram": Histogram, "gauge": Gauge}.get(metric["instrument"], Sum)
    assert isinstance(made.data, kind)
    if isinstance(made.data, Sum):
        assert made.data.is_monotonic is (metric["instrument"] == "counter")
    (point,) = made.data.data_points
    assert dict(point.attributes or {}) == attributes


@pytest.mark.parametrize("event", signals("events", "name"))
def test_an_event_is_what_the_conventions_say(
    event: Json, helpers: dict[str, Callable[..., Any]]
) -> None:
    records: list[Any] = []
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(Collector(records))  # type: ignore[arg-type]
    emit = helpers[python_name("emit", event["name"])]
    attributes = event.get("attributes", [])
    emit(**arguments(emit, attributes), logger=provider.get_logger("test"))
    (record,) = records
    assert record.event_name == event["name"]
    found = {key: plain(value) for key, value in record.attributes.items()}
    assert found == expected(attributes)


class Collector:
    """Keeps log records; not the SDK's exporter, whose name depends on the version."""

    def __init__(self, records: list[Any]) -> None:
        self._records = records

    def on_emit(self, data: Any) -> None:
        self._records.append(data.log_record)


@pytest.mark.parametrize("entity", signals("entities", "type"))
def test_an_entity_is_what_the_conventions_say(
    entity: Json, helpers: dict[str, Callable[..., Any]]
) -> None:
    identity = [
        {**part, "requirement_level": "required"} for part in entity["identity"]
    ]
    attributes = identity + entity.get("description", [])
    build = helpers[python_name("build", entity["type"])]
    built = build(**arguments(build, attributes))
    assert {key: plain(value) for key, value in built.items()} == expected(attributes)


def test_there_is_no_helper_that_the_conventions_do_not_have(
    helpers: dict[str, Callable[..., Any]],
) -> None:
    named = [
        python_name(prefix, signal[name])
        for prefix, kind, name in (
            ("start", "spans", "type"),
            ("create", "metrics", "name"),
            ("emit", "events", "name"),
            ("build", "entities", "type"),
        )
        for signal in CONVENTIONS["refinements"][kind]
    ]
    assert sorted(helpers) == sorted(named)


def test_the_constants_are_the_keys_and_names_of_the_conventions(
    modules: dict[str, ModuleType],
) -> None:
    found: dict[str, set[str]] = {}
    for path, module in modules.items():
        constants = found.setdefault(path.split(".")[1], set())
        constants |= {
            value
            for name, value in vars(module).items()
            if name.isupper() and isinstance(value, str)
        }
    refinements, registry = CONVENTIONS["refinements"], CONVENTIONS["registry"]
    for kind, name in (("metrics", "name"), ("events", "name"), ("entities", "type")):
        assert found[kind] == {signal[name] for signal in refinements[kind]}
    assert found["attributes"] == {item["key"] for item in registry["attributes"]}
