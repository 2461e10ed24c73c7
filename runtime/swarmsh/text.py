"""Text as it stands in a field of a record: escapes, identifiers, durations and times."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from swarmsh.errors import UsageError

ESCAPES = {b"\\": b"\\\\", b"\t": b"\\t", b"\n": b"\\n", b"\r": b"\\r"}
PLAIN = {escaped: raw for raw, escaped in ESCAPES.items()} | {b"\\-": b"-"}
NEEDS_ESCAPE = re.compile(rb"[\\\t\n\r]")
ESCAPED = re.compile(rb"\\[\\tnr-]")
FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
IDENTIFIER = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
DURATION = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,9}))?(ns|us|ms|s|m|h|d)", re.ASCII)
UNITS = {
    "ns": 1,
    "us": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "d": 86400 * 10**9,
}
TIME = re.compile(r"[1-8][0-9]{18}", re.ASCII)


def escape(value: bytes) -> bytes:
    """The field that carries `value`: empty is `-`, a literal `-` is `\\-` (PROTOCOL F2).

    Control bytes other than tab, newline and carriage return must not be in it: see `is_plain`.
    """
    if not value:
        return b"-"
    if value == b"-":
        return b"\\-"
    if NEEDS_ESCAPE.search(value) is None:
        return value
    return NEEDS_ESCAPE.sub(lambda found: ESCAPES[found.group()], value)


def unescape(field: bytes) -> bytes:
    """The value that a field carries; an escape nobody defined stays as it is."""
    if field == b"-":
        return b""
    if b"\\" not in field:
        return field
    if field == b"\\-":
        return b"-"
    return ESCAPED.sub(lambda found: PLAIN[found.group()], field)


def is_plain(value: bytes) -> bool:
    """Whether a record may carry these bytes as text: valid UTF-8 without control bytes."""
    if FORBIDDEN.search(value) is not None:
        return False
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def shown(field: bytes) -> str:
    """A field for people and JSON: unescaped, U+FFFD for bytes that are not UTF-8."""
    return unescape(field).decode("utf-8", "replace")


def text_field(value: str, what: str, limit: int) -> bytes:
    """The field for a text of at most `limit` escaped bytes; UsageError when it cannot be one."""
    try:
        raw = value.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(f"{what} is not valid Unicode text") from None
    if FORBIDDEN.search(raw) is not None:
        raise UsageError(
            f"{what} holds a control character; only tab and newline can be kept"
        )
    field = escape(raw)
    if len(field) > limit:
        raise UsageError(
            f"{what} is {len(field):,} bytes long, at most {limit:,} fit: put the rest in the payload"
        )
    return field


def identifier(value: str, what: str) -> bytes:
    """The field for an identifier; UsageError unless it is 1 to 128 of `A-Za-z0-9._:-`."""
    if IDENTIFIER.fullmatch(value) is None:
        raise UsageError(
            f"{what} {value!r}: expected 1 to 128 of the characters A-Z a-z 0-9 . _ : -"
        )
    return value.encode("ascii")


def nanoseconds(seconds: float, what: str, minimum: int, maximum: int) -> int:
    """Seconds as whole nanoseconds; UsageError outside the range the record can carry."""
    if not seconds * 10**9 <= maximum or not seconds * 10**9 >= minimum:
        raise UsageError(
            f"{what} of {seconds} s: expected {minimum / 10**9:g} to {maximum / 10**9:g} seconds"
        )
    return round(seconds * 10**9)


def parse_duration(text: str) -> float:
    """Seconds of a duration such as `30s`, `5m`, `1.5h`; ValueError says what was expected."""
    found = DURATION.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is not a duration: expected for example 30s, 5m or 1.5h"
        )
    whole, fraction, unit = found.groups()
    return (int(whole) + float(f"0.{fraction or 0}")) * UNITS[unit] / 10**9


def parse_time(text: str) -> int:
    """Nanoseconds since 1970 of an RFC 3339 time or a 19-digit number of nanoseconds."""
    if TIME.fullmatch(text):
        return int(text)
    try:
        moment = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(
            f"{text!r} is not a time: expected RFC 3339 with an offset, "
            "such as 2026-01-31T12:00:00Z, or 19-digit nanoseconds"
        )
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    found = (since.days * 86400 + since.seconds) * 10**9 + since.microseconds * 1000
    if TIME.fullmatch(str(found)) is None:
        raise ValueError(f"{text!r} is outside the years 2001 to 2255")
    return found


def local_time(nanoseconds_since_epoch: int) -> str:
    """A time for people: local time to the second."""
    moment = datetime.fromtimestamp(nanoseconds_since_epoch // 10**9)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


HANDLE = re.compile(
    r"[A-Za-z0-9._:-]{1,128}@[1-9][0-9]{0,17}\.[A-Za-z0-9]{1,64}", re.ASCII
)


def handle(value: str) -> bytes:
    """The field for an agent's handle; UsageError unless it looks like `name@slot.nonce`."""
    if HANDLE.fullmatch(value) is None:
        raise UsageError(
            f"{value!r} is no handle: expected name@slot.nonce, as registration printed it"
        )
    return value.encode("ascii")
