"""Prints how many conformance cases of each kind passed."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "xfailed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = re.search(r"test_conformance\.py::.*\[([a-z]+)/", report.nodeid)
            if found:
                counts.setdefault(found[1], Counter())[outcome] += 1
    for kind, counter in sorted(counts.items()):
        expected = (
            f", {counter['xfailed']} expected to fail" if counter["xfailed"] else ""
        )
        total = sum(counter.values())
        terminalreporter.write_line(
            f"conformance {kind}: {counter['passed']} of {total} passed{expected}"
        )
