"""jq: selecting what a template sees from the context of a registry.

Weaver runs jaq; this module runs libjq, in a process of its own (see ``jq_worker``),
with the differences that matter evened out by ``jaq.jq``. ``semconv.jq`` holds the
functions ``semconv_*`` that Weaver gives to every filter.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from swarmgen.forge.jq_numbers import keep_numbers

TIME_LIMIT = 60.0
"""Seconds that one filter may run."""

_HERE = Path(__file__).parent
_LARGEST = 2**64 - 1
_SMALLEST = -(2**63)


class QueryError(ValueError):
    """A filter that cannot be compiled, or that failed."""


_FLOATS_OF_TWO = ("pow", "atan2", "fmod", "ldexp", "scalb", "scalbln", "hypot")
_FLOATS = re.findall(
    r"\w+",
    "acos acosh asin asinh atan atanh cbrt cos cosh exp exp10 exp2 expm1 log log10"
    " log1p log2 logb nearbyint rint significand sin sinh sqrt tan tanh trunc",
)
"""Functions whose result is a float in jaq, even where it is whole."""


@cache
def _prelude() -> str:
    files = [
        (_HERE / name).read_text(encoding="utf-8") for name in ("semconv.jq", "jaq.jq")
    ]
    floats = [
        f"def _native_{name}: {name}; def {name}: _native_{name} | _as_float;\n"
        for name in _FLOATS
    ]
    floats += [
        f"def _native_{name}(a; b): {name}(a; b);"
        f" def {name}(a; b): _native_{name}(a; b) | _as_float;\n"
        for name in _FLOATS_OF_TWO
    ]
    return "".join([*files, *floats])


class Query:
    """Filters over one context. Results of equal filters are computed once.

    Use it as a context manager: its process ends with it.
    """

    def __init__(self, context: Any, time_limit: float = TIME_LIMIT) -> None:
        self._context = context
        self._time_limit = time_limit
        self._worker: subprocess.Popen[bytes] | None = None
        self._results: dict[tuple[str, str], Any] = {}
        self._expected: list[tuple[str, str]] = []
        self._asked: tuple[str, str] | None = None

    def __enter__(self) -> Query:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def expect(self, requests: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Announce filters with their variables in the order in which they will be run.

        Each is computed while its caller is still busy with the one before.
        """
        self._expected = list(dict.fromkeys(_key(*request) for request in requests))

    def run(self, filter: str, variables: Mapping[str, Any]) -> Any:
        """The result of a filter: its only output, else the list of its outputs.

        ``variables`` are visible as ``$name``. The keys of all maps are sorted. Callers
        must not change the result, which they may share.

        Raises ``QueryError`` if the filter is wrong, fails or takes too long.
        """
        key = _key(filter, variables)
        if key not in self._results:
            self._results[key] = self._outputs(key)
        outputs = self._results[key]
        return outputs[0] if len(outputs) == 1 else outputs

    def _outputs(self, key: tuple[str, str]) -> list[Any]:
        if self._asked != key:
            self._stop_if_busy()
            self._ask(key)
        answer = self._answer()
        self._ask_ahead(key)
        if answer[:1] != b"+":
            raise QueryError(_readable(answer[1:].decode("utf-8")))
        outputs: list[Any] = json.loads(
            answer[1:].decode("utf-8", "surrogatepass"),
            object_pairs_hook=_sorted_map,
            parse_int=_number,
        )
        return outputs

    def _ask_ahead(self, done: tuple[str, str]) -> None:
        """Ask for the next expected result, so that it is ready when it is needed."""
        later = [k for k in self._expected if k not in self._results and k != done]
        self._expected = later
        if later:
            with suppress(QueryError):
                self._ask(later[0])

    def _ask(self, key: tuple[str, str]) -> None:
        filter, variables = key
        try:
            program = _prelude() + keep_numbers(filter)
        except ValueError as error:
            raise QueryError(str(error)) from error
        worker = self._worker or self._start()
        assert worker.stdin
        request = json.dumps({"program": program, "arguments": json.loads(variables)})
        with suppress(BrokenPipeError):
            worker.stdin.write(request.encode("utf-8") + b"\n")
            worker.stdin.flush()
        self._asked = key

    def _answer(self) -> bytes:
        worker = self._worker
        assert worker and worker.stdout
        timer = threading.Timer(self._time_limit, worker.kill)
        timer.start()
        answer = worker.stdout.readline()
        timer.cancel()
        self._asked = None
        if not answer.endswith(b"\n"):
            self._stop()
            raise QueryError(f"the filter ran longer than {self._time_limit:g} seconds")
        return answer[:-1]

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", str(_HERE / "jq_worker.py")]
        self._worker = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._worker.stdin
        context = json.dumps(self._context, ensure_ascii=False)
        self._worker.stdin.write(context.encode("utf-8", "surrogatepass") + b"\n")
        return self._worker

    def _stop_if_busy(self) -> None:
        """A worker that works on something else is not waited for."""
        if self._asked is not None:
            self._stop()

    def _stop(self) -> None:
        worker, self._worker, self._asked = self._worker, None, None
        if worker is None:
            return
        worker.kill()
        with suppress(BrokenPipeError):
            worker.communicate()


def _key(filter: str, variables: Mapping[str, Any]) -> tuple[str, str]:
    return filter, json.dumps(variables, sort_keys=True, default=str)


def _sorted_map(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    pairs.sort(key=_name)
    return dict(pairs)


def _name(pair: tuple[str, Any]) -> str:
    return pair[0]


def _number(text: str) -> int | float:
    """Whole numbers beyond 64 bits are floats, as in Weaver."""
    value = int(text)
    return value if _SMALLEST <= value <= _LARGEST else float(text)


def _readable(error: str) -> str:
    """libjq's message, with lines counted from the start of the filter."""
    above = _prelude().count("\n")

    def place(match: re.Match[str]) -> str:
        return f" in line {int(match[1]) - above}"

    error = re.sub(r" at <top-level>, line (\d+), column \d+:.*", place, error)
    return error.removeprefix("jq: error: ").strip()
