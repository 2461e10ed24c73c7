"""`swarmsh work`: add, claim and finish work items."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

import swarmsh
from swarmsh import text, views
from swarmsh.agent import LEASE
from swarmsh.commands.options import (
    NOTHING,
    Duration,
    Time,
    content,
    item_of,
    open_swarm,
    show_json,
    visible,
    with_agent,
    with_item,
    with_json,
    write,
)

BULK = {
    "title": str,
    "payload": str,
    "priority": int,
    "requires": list,
    "after": list,
    "not_before": (int, str),
    "key": str,
    "max_attempts": int,
}
FOREVER = "forever"


@click.group()
def work() -> None:
    """Add, claim and finish work items."""


@work.command()
@click.argument("title", required=False)
@click.option("--payload", metavar="FILE|-", help="What the worker needs.")
@click.option(
    "--priority", type=click.IntRange(0, 999_999_999), default=0, help="Highest first."
)
@click.option("--skill", "skills", multiple=True, metavar="S", help="Needed to do it.")
@click.option(
    "--after", type=click.IntRange(1), multiple=True, metavar="N", help="Wait for N."
)
@click.option("--not-before", type=Time(), help="RFC 3339 or 19-digit nanoseconds.")
@click.option("--key", metavar="K", help="Adding the same key twice gives one item.")
@click.option(
    "--max-attempts", type=click.IntRange(1, 1_000_000), default=3, show_default=True
)
@click.option("--from", "source", metavar="FILE|-", help="JSON lines, one item each.")
@with_json
@click.pass_context
def add(
    context: click.Context, /, title: str | None, source: str | None, **options: Any
) -> None:
    """Add an item and print its number; or, with --from, many."""
    if (title is None) == (source is None):
        raise click.UsageError("give either TITLE or --from FILE")
    as_json = options.pop("as_json")
    if source is not None:
        wanted = bulk(content(source))
    else:
        options["requires"] = options.pop("skills")
        wanted = [{"title": title, **options, "payload": content(options["payload"])}]
    swarm = open_swarm(context)
    for values in wanted:
        number = swarm.add(values.pop("title"), values.pop("payload", b""), **values)
        if as_json:
            show_json({"number": number})
        else:
            write(f"{number}\n")


def bulk(data: bytes) -> list[dict[str, Any]]:
    """The items of JSON lines; all of them are read and checked before the first is added."""
    found = []
    for at, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise swarmsh.UsageError(f"line {at}: not JSON: {error}") from None
        problem = bulk_problem(value)
        if problem:
            raise swarmsh.UsageError(f"line {at}: {problem}")
        if isinstance(value.get("not_before"), str):
            value["not_before"] = text.parse_time(value["not_before"])
        found.append(value)
    return found


def bulk_problem(value: Any) -> str:
    """What is wrong with one item of JSON lines, nothing when it is right."""
    if not isinstance(value, dict) or not value.get("title"):
        return 'expected an object with at least "title"'
    for key, given in value.items():
        if key not in BULK:
            return f'unknown key "{key}": expected {", ".join(BULK)}'
        if not isinstance(given, BULK[key]) or isinstance(given, bool):  # type: ignore[arg-type]
            return f'"{key}" has the wrong type'
    return ""


@work.command()
@with_agent
@click.option(
    "--lease", type=Duration(), default=LEASE, help="How long it is yours. [300s]"
)
@click.option(
    "--wait", is_flag=False, flag_value=FOREVER, metavar="[DUR]", help="Wait for one."
)
@with_json
@click.pass_context
def claim(
    context: click.Context, handle: str, lease: float, wait: str | None, as_json: bool
) -> int:
    """Claim the best item there is: prints number, attempt and title. Exit 3 when there is none."""
    try:
        seconds = None if wait == FOREVER else text.parse_duration(wait or "0s")
    except ValueError as error:
        raise click.UsageError(f"--wait: {error}") from None
    swarm = open_swarm(context)
    item = swarm.attach(handle).claim(lease, seconds)
    return show_claim(swarm, item, as_json)


def show_claim(swarm: swarmsh.Swarm, item: swarmsh.Item | None, as_json: bool) -> int:
    """Print what was claimed; give the exit code."""
    if item is None:
        print("swarmsh: nothing to claim", file=sys.stderr)
        return NOTHING
    if as_json:
        view = views.item_view(swarm, item.number) or {}
        show_json(view | {"payload": item.payload.decode("utf-8", "replace")})
    else:
        write(f"{item.number}\t{item.attempt}\t{visible(item.title)}\n")
    return 0


@work.command()
@with_item
@click.option(
    "--lease", type=Duration(), default=LEASE, help="How long from now. [300s]"
)
@click.pass_context
def renew(
    context: click.Context, number: int, handle: str, attempt: int, lease: float
) -> None:
    """Hold an item for longer."""
    item_of(context, number, handle, attempt).renew(lease)


@work.command()
@with_item
@click.argument("percent", type=click.IntRange(0, 100))
@click.option("--message", default="", help="What has been done.")
@click.pass_context
def progress(
    context: click.Context,
    number: int,
    handle: str,
    attempt: int,
    percent: int,
    message: str,
) -> None:
    """Say how far an item is, in percent."""
    item_of(context, number, handle, attempt).progress(percent / 100, message)


@work.command()
@with_item
@click.option("--result", metavar="FILE|-", help="What came out.")
@click.option(
    "--next", "claim_next", is_flag=True, help="Claim the next item in one record."
)
@click.option(
    "--lease", type=Duration(), default=LEASE, help="For the next item. [300s]"
)
@with_json
@click.pass_context
def complete(
    context: click.Context,
    number: int,
    handle: str,
    attempt: int,
    result: str | None,
    claim_next: bool,
    lease: float,
    as_json: bool,
) -> int:
    """An item is done; with --next, print the next one as claim does."""
    item = item_of(context, number, handle, attempt)
    if not claim_next:
        item.complete(content(result))
        return 0
    following = item.complete_and_claim(content(result), lease)
    return show_claim(item.agent.swarm, following, as_json)


@work.command()
@with_item
@click.option("--reason", default="", help="Why.")
@click.option("--retry-in", type=Duration(), help="Rest before it is tried again.")
@click.pass_context
def fail(
    context: click.Context,
    number: int,
    handle: str,
    attempt: int,
    reason: str,
    retry_in: float | None,
) -> None:
    """An item could not be done; it is tried again while attempts are left."""
    item_of(context, number, handle, attempt).fail(reason, retry_in)


@work.command()
@with_item
@click.option("--reason", default="", help="Why.")
@click.pass_context
def release(
    context: click.Context, number: int, handle: str, attempt: int, reason: str
) -> None:
    """Give an item back untouched; the attempt does not count."""
    item_of(context, number, handle, attempt).release(reason)


@work.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", default="", help="Why.")
@click.pass_context
def cancel(context: click.Context, number: int, reason: str) -> None:
    """Nobody wants an item any more."""
    open_swarm(context).cancel(number, reason)


@work.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", default="", help="Why.")
@click.pass_context
def requeue(context: click.Context, number: int, reason: str) -> None:
    """Offer a failed item again."""
    open_swarm(context).requeue(number, reason)


@work.command()
@click.argument("number", type=click.IntRange(1))
@with_json
@click.pass_context
def show(context: click.Context, number: int, as_json: bool) -> None:
    """Show one item."""
    view = views.item_view(open_swarm(context), number)
    if view is None:
        raise swarmsh.NotFound(f"there is no item {number}")
    if as_json:
        show_json(view)
        return
    for key, value in view.items():
        if value not in (None, []):
            write(f"{key}\t{visible(str(value))}\n")


@work.command("list")
@click.option("--state", help="Only items in this state.")
@with_json
@click.pass_context
def list_items(context: click.Context, state: str | None, as_json: bool) -> None:
    """List the items that are not done."""
    swarm = open_swarm(context)
    for number in views.numbers(swarm.journal.state, state):
        view = views.item_view(swarm, number)
        if view is None:
            continue
        if as_json:
            show_json(view)
        else:
            line = [str(number), view["state"], str(view["priority"]), view["title"]]
            write("\t".join(map(visible, line)) + "\n")
