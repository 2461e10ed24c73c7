"""Options, values and output that several verbs share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

import swarmsh
from swarmsh import text

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
NOTHING = 3
DAMAGE = 6


class Duration(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A duration such as 30s, 5m or 1.5h, as seconds."""

    name = "DUR"

    def convert(self, value: Any, option: Any, context: Any) -> float:
        try:
            return value if isinstance(value, float) else text.parse_duration(value)
        except ValueError as error:
            self.fail(str(error), option, context)


class Time(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """RFC 3339 or 19-digit nanoseconds, as nanoseconds."""

    name = "T"

    def convert(self, value: Any, option: Any, context: Any) -> int:
        try:
            return value if isinstance(value, int) else text.parse_time(value)
        except ValueError as error:
            self.fail(str(error), option, context)


def with_json(command: Decorated) -> Decorated:
    """Add `--json`: one object on one line, or one per line for lists."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def with_agent(command: Decorated) -> Decorated:
    """Add `--agent HANDLE`, the whole handle that registration printed."""
    return click.option("--agent", "handle", metavar="HANDLE", required=True)(command)


def with_item(command: Decorated) -> Decorated:
    """Add what names an attempt at an item: its number, the agent, the attempt."""
    attempt = click.option("--attempt", type=click.IntRange(1), required=True)
    return click.argument("number", type=click.IntRange(1))(
        with_agent(attempt(command))
    )


def open_swarm(context: click.Context) -> swarmsh.Swarm:
    """The swarm that the command line names."""
    found: Any = context.find_root().obj
    return swarmsh.open(found)


def item_of(
    context: click.Context, number: int, handle: str, attempt: int
) -> swarmsh.Item:
    """An attempt at an item as the command line names it; replay checks that it is true."""
    agent = swarmsh.Agent(open_swarm(context), text.handle(handle))
    return swarmsh.Item(agent, number, attempt, b"")


def content(source: str | None) -> bytes:
    """The bytes of a file, of standard input for `-`, none without a source."""
    if source is None:
        return b""
    return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()


def show_json(value: Any) -> None:
    """Print one JSON value on one line, non-ASCII as it is."""
    write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def write(line: str) -> None:
    """Print text as UTF-8, whatever the locale is."""
    sys.stdout.buffer.write(line.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def visible(value: str) -> str:
    """Text for a terminal: control characters shown, not obeyed."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in value)
