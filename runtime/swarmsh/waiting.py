"""Waking up when the journal grows (PROTOCOL W1 to W3): inotify through ctypes, else polling."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctypes import CDLL

IN_MODIFY = 0x2
IN_CLOEXEC = 0o2000000
IN_NONBLOCK = 0o4000
POLL = 0.02
"""Seconds between looks where there is no inotify."""
FASTEST = 0.001
"""A waiter wakes at most about a thousand times a second, however fast others write."""


def libc() -> CDLL | None:
    """The C library, if it has inotify; loaded only by who waits."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    return library if hasattr(library, "inotify_init1") else None


class Bell:
    """Rings when a file grows. Arm it, look once more, then wait: in that order (W1)."""

    def __init__(self) -> None:
        self.library = libc()
        self.descriptor = -1
        if self.library is not None:
            self.descriptor = self.library.inotify_init1(IN_CLOEXEC | IN_NONBLOCK)
        self.watch = -1
        self.armed: Path | None = None
        self.woken = 0.0

    def arm(self, path: Path) -> None:
        """Watch this file; what happens to it from now on rings."""
        if self.descriptor < 0 or self.library is None or path == self.armed:
            return
        if self.watch >= 0:
            self.library.inotify_rm_watch(self.descriptor, self.watch)
        self.watch = self.library.inotify_add_watch(
            self.descriptor, os.fsencode(path), IN_MODIFY
        )
        self.armed = path if self.watch >= 0 else None

    def wait(self, seconds: float) -> None:
        """Sleep until the file grew since it was armed, or the time is over; may wake early."""
        pause = self.woken + FASTEST - time.monotonic()
        if 0 < pause < seconds:
            time.sleep(pause)
            seconds -= pause
        if self.armed is None:
            time.sleep(min(max(seconds, 0), POLL))
        else:
            poller = select.poll()
            poller.register(self.descriptor, select.POLLIN)
            if poller.poll(max(seconds, 0) * 1000):
                os.read(self.descriptor, 4096)
        self.woken = time.monotonic()

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
