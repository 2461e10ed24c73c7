"""Whether the process that vouches for an agent still lives (PROTOCOL L0 to L3)."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from swarmsh_telemetry.attributes.swarmsh import SwarmshAgentLossValues as AgentLoss

PROC = Path("/proc")
Session = tuple[bytes, ...]
"""pid, process start, boot id and start of process 1, as the registration wrote them."""


def process(pid: int, proc: Path = PROC) -> tuple[bytes, bytes] | None:
    """State letter and start time (fields 3 and 22 of /proc/PID/stat); None when it is gone.

    Source: proc(5). The command in field 2 may hold spaces and parentheses: the last one ends it.
    """
    try:
        text = (proc / str(pid) / "stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text[text.rfind(b")") + 2 :].split()
    return fields[0], fields[19]


@lru_cache(maxsize=1)
def machine(proc: Path = PROC) -> tuple[bytes, bytes]:
    """This boot, and the start of process 1, which tells pid namespaces apart (L1)."""
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_bytes().strip()
    except OSError:
        boot = b""
    first = process(1, proc)
    return boot, first[1] if first else b""


def session(pid: int | None = None) -> tuple[int, int, bytes, int] | None:
    """What a registration says of a process, ours by default; None where /proc does not tell.

    Raises ProcessLookupError when there is no such process.
    """
    boot, first = machine()
    start = own_start(os.getpid()) if pid is None else start_of(pid)
    if pid is not None and not start:
        raise ProcessLookupError(f"there is no process {pid}")
    if not boot or not first or not start:
        return None
    return pid or os.getpid(), int(start), boot, int(first)


def start_of(pid: int) -> bytes:
    """The start time of a process, empty when there is none."""
    found = process(pid)
    return found[1] if found is not None else b""


@lru_cache(maxsize=1)
def own_start(pid: int) -> bytes:
    """The start time of this process, whose id is an argument because of forks."""
    return start_of(pid)


def death(written: Session, proc: Path = PROC) -> bytes | None:
    """How it shows that the process of a session is dead; None when it does not show.

    Says nothing of a process in another pid namespace or without a session: its lease decides.
    Nothing is promised about a process that hangs: it lives.
    """
    if not written:
        return None
    pid, start, boot, first = written
    here, first_here = machine(proc)
    if not here or not first_here:
        return None
    if boot != here:
        return AgentLoss.REBOOTED.encode()
    if first != first_here:
        return None
    found = process(int(pid), proc)
    if found is None:
        return AgentLoss.PROCESS_GONE.encode()
    if found[1] != start:
        return AgentLoss.PROCESS_REPLACED.encode()
    return AgentLoss.PROCESS_DEFUNCT.encode() if found[0] in (b"Z", b"X") else None
