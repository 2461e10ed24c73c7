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


def start_worker() -> subprocess.Popen[bytes]:
    """A process that waits for a context. Who starts it early saves its start-up time."""
    command = [sys.executable, "-I", str(_HERE / "jq_worker.py")]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


class Query:
    """Filters over one context. Results of equal filters are computed once.

    Use it as a context manager: its process, or the fresh ``worker``, ends with it.
    """

    def __init__(
        self,
        context: Any,
        time_limit: float = TIME_LIMIT,
        worker: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self._context = context
        self._time_limit = time_limit
        self._fresh = worker
        self._worker: subprocess.Popen[bytes] | None = None
        self._results: dict[tuple[str, str], Any] = {}
        self._expected: list[tuple[str, str]] = []
        self._asked: list[tuple[str, str]] = []
        self._together = False

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

        Those with the same variables are computed together, each while the caller is
        still busy with the one before.
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
        if self._asked[:1] != [key]:
            self._ask([key, *self._following(key)])
        answer = self._answer()
        if answer[:1] != b"+" and self._together:
            self._ask([key])
            answer = self._answer()
        if answer[:1] != b"+":
            raise QueryError(_readable(answer[1:].decode("utf-8")))
        outputs: list[Any] = json.loads(
            answer[1:].decode("utf-8", "surrogatepass"),
            object_pairs_hook=_sorted_map,
            parse_int=_number,
            parse_float=_float,
        )
        return outputs

    def _following(self, key: tuple[str, str]) -> list[tuple[str, str]]:
        """What is expected after ``key`` and has the same variables."""
        if key not in self._expected:
            return []
        later = self._expected[self._expected.index(key) + 1 :]
        return [k for k in later if k[1] == key[1] and k not in self._results]

    def _ask(self, keys: list[tuple[str, str]]) -> None:
        """Ask for results, which come one after another. Others are not waited for."""
        if self._asked:
            self._stop()
        try:
            programs = [keep_numbers(filter) for filter, _ in keys]
        except ValueError as error:
            if len(keys) == 1:
                raise QueryError(str(error)) from error
            return self._ask(keys[:1])
        worker = self._worker or self._start()
        assert worker.stdin
        variables = json.loads(keys[0][1])
        request = {"prelude": _prelude(), "programs": programs, "arguments": variables}
        with suppress(BrokenPipeError):
            worker.stdin.write(json.dumps(request).encode("utf-8") + b"\n")
            worker.stdin.flush()
        self._asked, self._together = keys, len(keys) > 1
        return None

    def _answer(self) -> bytes:
        worker = self._worker
        assert worker and worker.stdout
        timer = threading.Timer(self._time_limit, worker.kill)
        timer.start()
        answer = worker.stdout.readline()
        timer.cancel()
        del self._asked[:1]
        if not answer.endswith(b"\n"):
            self._stop()
            raise QueryError(f"the filter ran longer than {self._time_limit:g} seconds")
        return answer[:-1]

    def _start(self) -> subprocess.Popen[bytes]:
        self._worker, self._fresh = self._fresh or start_worker(), None
        assert self._worker.stdin
        context = json.dumps(self._context, ensure_ascii=False)
        self._worker.stdin.write(context.encode("utf-8", "surrogatepass") + b"\n")
        return self._worker

    def _stop(self) -> None:
        workers = [self._worker, self._fresh]
        self._worker = self._fresh = None
        self._asked = []
        for worker in filter(None, workers):
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


def _float(text: str) -> float | None:
    """JSON knows no infinity: Weaver shows it as null, libjq as the largest float."""
    value = float(text)
    return value if abs(value) < sys.float_info.max else None


def _readable(error: str) -> str:
    """libjq's message, with lines counted from the start of the filter."""
    above = _prelude().count("\n")

    def place(match: re.Match[str]) -> str:
        return f" in line {int(match[1]) - above}"

    error = re.sub(r" at <top-level>, line (\d+), column \d+:.*", place, error)
    return error.removeprefix("jq: error: ").strip()
