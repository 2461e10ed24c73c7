"""Filters that give the names a metric has in Prometheus.

Rules: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
"""

from __future__ import annotations

import re
from typing import Any

from swarmgen.forge.errors import FilterError
from swarmgen.forge.filters.values import attribute_of, is_undefined, text, text_of

_STRATEGIES = {
    "NoTranslation": (False, False),
    "UnderscoreEscapingWithoutSuffixes": (True, False),
    "NoUTF8EscapingWithSuffixes": (False, True),
    "UnderscoreEscapingWithSuffixes": (True, True),
}
"""For each strategy: whether names are escaped, whether they get suffixes."""

_TIMES = {
    "d": "days",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
}
_PREFIXES = {"K": "kilo", "M": "mega", "G": "giga", "T": "tera"}
_BINARY_PREFIXES = {"Ki": "kibi", "Mi": "mebi", "Gi": "gibi", "Ti": "tebi"}
_UNITS = {
    **_TIMES,
    "By": "bytes",
    "B": "bytes",
    **{f"{short}By": f"{long}bytes" for short, long in _BINARY_PREFIXES.items()},
    **{f"{short}By": f"{long}bytes" for short, long in _PREFIXES.items()},
    **{f"{short}B": f"{long}bytes" for short, long in _PREFIXES.items()},
    "m": "meters",
    "V": "volts",
    "A": "amperes",
    "J": "joules",
    "W": "watts",
    "g": "grams",
    "Cel": "celsius",
    "Hz": "hertz",
    "1": "ratio",
    "%": "percent",
}
_PER = {
    "s": "second",
    "m": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
    "mo": "month",
    "y": "year",
}
_EXPANDED = {
    "histogram": ("", "_bucket", "_count", "_sum"),
    "summary": ("", "_count", "_sum"),
}


def prometheus_unit_name(value: Any, /) -> str:
    """Prometheus' word for the unit of a metric, or the unit where it has none."""
    unit = text(attribute_of(value, "unit"), "unit")
    return _UNITS.get(unit, unit)


def prometheus_metric_name(value: Any, /, **options: Any) -> str:
    """The name of a metric under ``translation_strategy``, which must be given."""
    strategy = _strategy(options)
    if strategy is None:
        raise FilterError("prometheus_metric_name needs translation_strategy")
    return _translated(*_metric(value), strategy)


def prometheus_metric_names(value: Any, /, **options: Any) -> list[str]:
    """All names of a metric, under one ``translation_strategy`` or under any.

    With ``expand_summary_and_histogram`` also the names of their parts.
    """
    strategy = _strategy(options)
    expand = options.get("expand_summary_and_histogram")
    if expand is not None and not is_undefined(expand) and not isinstance(expand, bool):
        raise FilterError("expand_summary_and_histogram is not a boolean")
    metric = _metric(value)
    strategies = [strategy] if strategy else list(_STRATEGIES)
    names = dict.fromkeys(_translated(*metric, each) for each in strategies)
    parts = _EXPANDED.get(metric[2], ("",)) if expand is True else ("",)
    return [name + part for name in names for part in parts]


def _strategy(options: dict[str, Any]) -> str | None:
    strategy = options.get("translation_strategy")
    if strategy is None or is_undefined(strategy):
        return None
    if text(strategy, "translation_strategy") not in _STRATEGIES:
        known = ", ".join(_STRATEGIES)
        shown = text_of(strategy)
        raise FilterError(f"translation_strategy '{shown}' is none of {known}")
    return str(strategy)


def _metric(value: Any) -> tuple[str, str, str]:
    names = ("metric_name", "unit", "instrument")
    metric_name, unit, instrument = (text(attribute_of(value, n), n) for n in names)
    return metric_name, unit, instrument


def _translated(name: str, unit: str, instrument: str, strategy: str) -> str:
    escaped, suffixed = _STRATEGIES[strategy]
    parts = [_escaped(name) if escaped else name]
    if suffixed:
        parts += [_unit_suffix(unit), "total" if instrument == "counter" else ""]
    return "_".join([parts[0], *filter(None, parts[1:])])


def _escaped(name: str) -> str:
    """``name`` without characters that Prometheus does not take.

    As in Weaver, letters beyond ASCII are kept up to the first other odd character.
    """
    leading = "_" if re.match("[0-9]", name) else ""
    valid = re.match(r"[\w:]*", "" if leading else name)
    end = valid.end() if valid else 0
    return leading + name[:end] + re.sub("[^a-zA-Z0-9_:]", "_", name[end:])


def _unit_suffix(unit: str) -> str:
    if unit in _UNITS:
        return _UNITS[unit]
    first, slash, second = unit.partition("/")
    if not slash or second not in _PER:
        return ""
    countable = first != "1" and first not in _TIMES and first in _UNITS
    return f"{_UNITS[first]}_per_{_PER[second]}" if countable else f"per_{_PER[second]}"


FILTERS = {
    "prometheus_unit_name": prometheus_unit_name,
    "prometheus_metric_name": prometheus_metric_name,
    "prometheus_metric_names": prometheus_metric_names,
}
