"""The state of a swarm as plain values. Nothing here decides anything: see `rules` and `replay`."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from heapq import heappop, heappush

from swarmsh_telemetry.records import WorkState

PLACE = 10**9
"""A place is segment × PLACE + line, lines counted from 0: where a record stands."""

WINDOW = 4096
"""For how many records a finished request or a free key is remembered (W in PROTOCOL)."""


NOTHING: frozenset[int] = frozenset()
NEVER = 10**19


class Request:
    """The last request of one process: its number, where it stood, what came of it (Q2)."""

    __slots__ = ("number", "ordinal", "outcome", "pins")

    def __init__(self, number: int, ordinal: int, outcome: Outcome) -> None:
        self.number = number
        self.ordinal = ordinal
        self.outcome = outcome
        self.pins = 0  # active agents whose last request this is


class Agent:
    """An agent that is active, or was lost and still has the right to finish something."""

    __slots__ = (
        "capacity",
        "claimed",
        "handle",
        "last",
        "rights",
        "seen",
        "session",
        "skills",
        "slot",
        "state",
    )

    def __init__(self, slot: int, handle: bytes, state: bytes) -> None:
        self.slot = slot
        self.handle = handle
        self.state = state
        self.capacity = 1
        self.skills: tuple[bytes, ...] = ()
        self.session: tuple[
            bytes, ...
        ] = ()  # pid, process start, boot id, init start as written
        self.seen = b"-"  # log time of its last record
        self.last: Request | None = None
        self.claimed = 0  # items it holds
        self.rights: set[int] = set()  # items whose (last) holder it is


class Item:
    """A work item about which more is known than its number and its run."""

    __slots__ = (
        "after",
        "attempt",
        "granted",
        "holder",
        "key",
        "not_before",
        "note",
        "number",
        "place",
        "run",
        "state",
        "tries",
        "until",
    )

    def __init__(self, number: int, run: Run, place: int) -> None:
        self.number = number
        self.run = run
        self.place = place
        self.state = WorkState.PENDING
        self.attempt = 0
        self.tries = 0  # attempts that count against the maximum
        self.holder: Agent | None = None
        self.granted = 0
        self.until = 0
        self.not_before = 0
        self.after: set[int] | frozenset[int] = (
            NOTHING  # dependencies that are not done yet
        )
        self.key = b"-"
        self.note = 0  # place of the last record with something to show

    @property
    def ready(self) -> bool:
        """Whether a claim may give it out: pending, not delayed, not blocked."""
        return (
            self.state == WorkState.PENDING and not self.not_before and not self.after
        )


class Run:
    """Pending items that are alike: the same priority, requirements and maximum of attempts.

    Items that nobody touched yet are only a number and a place in two arrays, oldest first; those
    that were returned, delayed or blocked before are `Item`s, and `returned` is a heap of numbers.
    A number in the heap may be out of date: its item tells.
    """

    __slots__ = (
        "head",
        "limit",
        "numbers",
        "places",
        "priority",
        "requires",
        "returned",
    )

    def __init__(self, priority: int, requires: tuple[bytes, ...], limit: int) -> None:
        self.priority = priority
        self.requires = requires
        self.limit = limit
        self.numbers = array("q")
        self.places = array("q")
        self.head = 0
        self.returned: list[int] = []

    def first(self, items: dict[int, Item]) -> int:
        """The smallest number that can be claimed, 0 when there is none."""
        fresh = self.numbers[self.head] if self.head < len(self.numbers) else 0
        while self.returned:
            number = self.returned[0]
            item = items.get(number)
            if item is not None and item.run is self and item.ready:
                return number if not fresh or number < fresh else fresh
            heappop(self.returned)
        return fresh

    def take(self) -> int:
        """Remove the oldest untouched item and give its place."""
        head = self.head
        place = self.places[head]
        self.head = head = head + 1
        if head >= 4096 and head * 2 >= len(self.numbers):
            del self.numbers[:head]
            del self.places[:head]
            self.head = 0
        return place

    def put_back(self, number: int) -> None:
        """Offer a touched item again."""
        heappush(self.returned, number)

    def index(self, number: int) -> int:
        """Where an untouched item stands, -1 when it is not here."""
        at = bisect_left(self.numbers, number, self.head)
        return at if at < len(self.numbers) and self.numbers[at] == number else -1

    def remove(self, at: int) -> int:
        """Take the untouched item at this index out of the order and give its place."""
        place = self.places[at]
        del self.numbers[at], self.places[at]
        return place


class Key:
    """A user's key: the item's number, and the ordinal of the record that ended it, or 0 (Q3)."""

    __slots__ = ("ended", "number")

    def __init__(self, number: int, ended: int = 0) -> None:
        self.number = number
        self.ended = ended


Outcome = bool | int | bytes | tuple[tuple[int, int], ...]
"""What came of a record: True (it applied), the number it made, the (number, attempt) pairs that a
claim gave, or `!` and the reason why it did not apply."""

RunKey = tuple[int, tuple[bytes, ...], int]


class State:
    """Everything that replay knows at one place of the journal."""

    def __init__(self) -> None:
        self.segment = 1
        self.ordinal = 0  # whole records read of this segment
        self.offset = 0  # bytes read of this segment, whole lines
        self.line = 0  # lines read of this segment
        self.time = b""  # log time, 19 digits once it is set
        self.low = b":"  # a stamp from low to high needs no second look (T1); empty while low > high
        self.high = b""
        self.suspect: tuple[int, bytes, int] | None = (
            None  # stamp, author's nonce, how many
        )
        self.rules = 0
        self.rules_digest = b"-"
        self.next_item = 1
        self.next_slot = 1
        self.records = 0
        self.conflicts = 0
        self.damaged = 0
        self.alarm = NEVER  # no lease ends and no delay is over before this log time
        self.agents: dict[bytes, Agent] = {}
        self.items: dict[int, Item] = {}
        self.claimed: dict[int, Item] = {}
        self.delayed: dict[int, Item] = {}
        self.blocking: dict[int, list[Item]] = {}  # number → items that wait for it
        self.runs: dict[RunKey, Run] = {}
        self.offers: dict[tuple[bytes, ...], list[list[Run]]] = (
            {}
        )  # skills → runs by priority
        self.keys: dict[bytes, Key] = {}
        self.requests: dict[bytes, Request] = {}

    @property
    def now(self) -> int:
        """Log time in nanoseconds, 0 before the first record."""
        return int(self.time) if self.time else 0
