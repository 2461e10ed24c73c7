"""Registries as template contexts, and Python packages generated from them."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from swarmgen.forge import render_target

Json = dict[str, Any]
Build = Callable[..., Path]

_numbers = itertools.count()


def attribute(
    key: str, type_: Any = "string", level: Any = "recommended", **more: Any
) -> Json:
    """An attribute as a signal of a version 2 context holds it."""
    return {
        "key": key,
        "type": type_,
        "brief": f"About {key}.",
        "stability": "stable",
        "requirement_level": level,
        **more,
    }


def context(**parts: list[Json]) -> Json:
    """A version 2 context; signals are given without ids, as the registry lists them."""
    kinds = ("spans", "metrics", "events", "entities")
    attributes = parts.get("attributes", [])
    signals = {
        kind: [_signal(kind, item) for item in parts.get(kind, [])] for kind in kinds
    }
    return {
        "schema_url": "https://example.com/shop/1.0.0",
        "registry": {"attributes": attributes, **signals},
        "refinements": signals,
    }


def _signal(kind: str, item: Json) -> Json:
    defaults: Json = {"brief": "A signal.", "stability": "stable"}
    if kind == "spans":
        defaults |= {"kind": "internal", "name": {"note": ""}}
    if kind == "metrics":
        defaults |= {"instrument": "counter", "unit": "1"}
    return {
        "id": item.get("name") if kind in ("metrics", "events") else item.get("type")
    } | (defaults | item)


def shop() -> Json:
    """A small registry that has some of everything."""
    method = {
        "members": [
            {"id": "card", "value": "card", "brief": "By card.", "stability": "stable"},
            {
                "id": "cheque",
                "value": "cheque",
                "stability": "stable",
                "deprecated": {"reason": "obsoleted", "note": "Nobody takes them."},
            },
        ]
    }
    old = {"reason": "renamed", "renamed_to": "shop.order.id", "note": ""}
    order = attribute("shop.order.id", level="required")
    count = attribute("shop.order.items", "int")
    labels = attribute("shop.label", "template[string]", level="opt_in")
    paid = attribute("shop.payment.method", method)
    return context(
        attributes=[
            order,
            count,
            labels,
            paid,
            attribute("shop.number", deprecated=old),
            attribute("shop.raw", "any", stability="development"),
        ],
        spans=[
            {
                "type": "shop.checkout",
                "kind": "client",
                "name": {"note": "checkout {shop.order.id}"},
                "attributes": [order, count, labels, paid],
            },
            {
                "type": "shop.browse",
                "deprecated": {"reason": "obsoleted", "note": "Gone."},
            },
        ],
        metrics=[
            {
                "name": "shop.duration",
                "instrument": "histogram",
                "unit": "s",
                "brief": "How long.",
                "attributes": [order, count],
            },
            {"name": "shop.visits", "attributes": [paid]},
            {"name": "shop.stock", "instrument": "gauge"},
            {"name": "shop.open", "instrument": "updowncounter"},
        ],
        events=[{"name": "shop.order.lost", "attributes": [order, labels]}],
        entities=[{"type": "shop", "identity": [order], "description": [count]}],
    )


@pytest.fixture(scope="session")
def make_context() -> Callable[..., Json]:
    """The function that makes a context of lists of attributes and signals."""
    return context


@pytest.fixture(scope="session")
def target(checkout: Path) -> Path:
    """The folder of the target's templates."""
    return checkout / "templates" / "registry" / "python"


@pytest.fixture(scope="session")
def generate(target: Path) -> Build:
    """Generate a package of a new name from a context into a folder; gives its path."""

    def build(ctx: Json, folder: Path, **parameters: Any) -> Path:
        rendering = render_target(target, ctx, parameters)
        assert rendering.problems == []
        package = folder / f"package_{next(_numbers)}"
        for name, text in rendering.files.items():
            path = package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return package

    return build


@pytest.fixture(scope="session")
def shop_package(generate: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the small registry."""
    return generate(shop(), tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def load() -> Iterator[Callable[..., ModuleType]]:
    """Import a generated package, or a module of it, and forget it at the end."""
    before = set(sys.modules)
    paths = list(sys.path)

    def imported(package: Path, module: str = "") -> ModuleType:
        if str(package.parent) not in sys.path:
            sys.path.insert(0, str(package.parent))
            importlib.invalidate_caches()
        return importlib.import_module(package.name + (f".{module}" if module else ""))

    yield imported
    sys.path[:] = paths
    for name in set(sys.modules) - before:
        if name.startswith("package_"):
            del sys.modules[name]
