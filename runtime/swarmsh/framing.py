"""One record on one line: PROTOCOL F1 to F3, and what a line must be to count as one."""

from __future__ import annotations

from collections.abc import Iterable

LIMIT = 4000
"""The most bytes a record may have, both newlines included (F3)."""

CLOSINGS = [b".%d" % size for size in range(LIMIT)]
"""The closing field for each count of the bytes before its dot."""


def frame(fields: Iterable[bytes]) -> bytes:
    """The bytes to append for these fields, the last of which must be empty: the closing length.

    Leading newline, tabs, closing length, newline. The fields must be escaped already; the caller
    checks the size against LIMIT.
    """
    body = b"\t".join(fields)
    return b"\n%b.%d\n" % (body, len(body))


def split(line: bytes) -> list[bytes] | None:
    """The fields of a line without its newline, the closing one left out.

    None when the line is no whole record (P2): a wrong or missing length, a NUL, or too long. What
    the fields say is not looked at.
    """
    if len(line) > LIMIT - 2 or b"\0" in line:
        return None
    fields = line.split(b"\t")
    closing = fields.pop()
    if not fields or closing != CLOSINGS[len(line) - len(closing)]:
        return None
    return fields
