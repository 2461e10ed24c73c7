"""Progress on standard error, once a run takes longer than a second or when asked for."""

from __future__ import annotations

import sys
import threading
import time

# Runs that are shorter than this, in seconds, say nothing.
PATIENCE = 1.0


class Progress:
    """Call it with what happens next; use it as a context that ends with the run.

    The line is rewritten in place, and gone at the end. Where standard error is no
    terminal, nothing is printed: other programs read problems there. With ``debug``
    each step is a line instead, with the seconds since the start, wherever it goes.
    """

    def __init__(self, quiet: bool, debug: bool = False) -> None:
        self._debug = debug
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._step = ""
        self._shown = 0
        self._quiet = quiet or debug or not sys.stderr.isatty()
        self._timer = threading.Timer(PATIENCE, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Progress:
        if not self._quiet:
            self._timer.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._quiet = True
            if self._shown:
                self._print("\r" + " " * self._shown + "\r")

    def __call__(self, step: str) -> None:
        self._step = step
        elapsed = time.monotonic() - self._started
        if self._debug:
            self._print(f"swarmgen: {elapsed:.3f} s: {step}\n")
        elif elapsed >= PATIENCE:
            self._show()

    def _show(self) -> None:
        with self._lock:
            if self._quiet or not self._step:
                return
            line = f"swarmgen: {self._step} …"
            self._print("\r" + line.ljust(self._shown))
            self._shown = len(line)

    def _print(self, text: str) -> None:
        print(text, end="", file=sys.stderr, flush=True)
