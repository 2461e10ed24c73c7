"""Faults at single system calls of the runtime, by a shim around `os`. See test_system_calls."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import swarmsh
from swarmsh import maintenance

CALLS = (
    "close", "fdatasync", "fsync", "link", "listdir", "mkdir", "open", "pread", "rename",
    "scandir", "stat", "unlink", "utime", "write",
)  # fmt: skip
PAYLOAD = bytes(range(256)) * 20
Step = Callable[[swarmsh.Swarm], str]


class Fault:
    """Counts the calls that go to the system and strikes at one of them.

    The calls are those of the module `os`; what `pathlib` does for the runtime goes through it.
    """

    def __init__(self, kind: str, at: int) -> None:
        self.kind = kind
        self.at = at
        self.count = 0

    def arm(self) -> None:
        for name in CALLS:
            setattr(os, name, self.around(name, getattr(os, name)))

    def around(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count - 1 != self.at:
                return real(*arguments, **options)
            if self.kind.startswith("kill"):
                try:
                    if self.kind == "kill after":
                        real(*arguments, **options)
                finally:
                    signal.raise_signal(signal.SIGKILL)
            if self.kind == "short write" and name == "write":
                return real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            if self.kind == "interrupt":
                raise KeyboardInterrupt
            if self.kind in errno.__dict__:
                number = getattr(errno, self.kind)
                raise OSError(number, os.strerror(number))
            return real(*arguments, **options)

        return call


def add(swarm: swarmsh.Swarm) -> str:
    return f"add {swarm.add('x', 'short')}"


def add_blob(swarm: swarmsh.Swarm) -> str:
    return f"blob {swarm.add('x', PAYLOAD)}"


def claim(swarm: swarmsh.Swarm) -> str:
    (handle,) = (
        key for key in swarm.journal.state.agents if key.startswith(b"faulty@")
    )
    item = swarm.attach(handle.decode()).claim()
    return f"claim {item.number} {item.attempt}" if item else "nothing"


def complete(swarm: swarmsh.Swarm) -> str:
    """Complete an item that the agent holds since before the fault."""
    (row,) = (
        agent
        for agent in swarm.journal.state.agents.values()
        if agent.handle.startswith(b"faulty@")
    )
    agent = swarm.attach(row.handle.decode())
    number = min(row.rights)
    attempt = swarm.journal.state.items[number].attempt
    swarmsh.Item(agent, number, attempt, b"300000000000").complete(b"fine")
    return f"done {number}"


def save(swarm: swarmsh.Swarm) -> str:
    swarm.journal.save()
    return "saved"


def retire(swarm: swarmsh.Swarm) -> str:
    maintenance.retire(swarm)
    return "retired"


STEPS: dict[str, tuple[Step, ...]] = {
    "append": (add, add, add, add, add),
    "claim": (claim, complete, claim, complete),
    "blob": (add_blob,),
    "snapshot": (add, save, add),
    "retire": (add, retire, add),
}


def work(home: Path, steps: tuple[Step, ...], notes: int, fault: Fault) -> None:
    """In a child: take the steps with the fault; go on after an error; note what was told."""
    real_write, swarm = os.write, None
    fault.arm()
    for step in steps:
        try:
            swarm = swarm or swarmsh.open(home)
            real_write(notes, f"{step(swarm)}\n".encode())
        except (OSError, swarmsh.SwarmshError, KeyboardInterrupt):
            continue
    real_write(notes, f"calls {fault.count}\n".encode())
    os._exit(0)


def suffer(home: Path, steps: tuple[Step, ...], kind: str, at: int) -> list[str]:
    """Run a child through the fault and give the lines that it noted."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            work(home, steps, theirs, Fault(kind, at))
        except BaseException as error:
            os.write(2, f"child: {error!r}\n".encode())
        os._exit(1)
    os.close(theirs)
    with open(ours, encoding="ascii") as file:
        lines = file.read().splitlines()
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) if kind.startswith("kill") else status == 0, lines
    return lines
