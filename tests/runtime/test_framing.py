"""Records on lines: whole ones count, and nothing that a crash can leave passes for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmsh import framing, text
from swarmsh_telemetry.records import CODECS

VALUES = st.binary().filter(lambda value: b"\0" not in value)
FIELDS = st.lists(VALUES.map(text.escape), min_size=1, max_size=8)


@given(VALUES)
def test_a_field_gives_back_the_value_it_carries(value: bytes) -> None:
    field = text.escape(value)
    assert text.unescape(field) == value
    assert field
    assert not set(field) & set(b"\t\n\r")


@given(FIELDS)
def test_a_framed_record_is_split_into_its_fields(fields: list[bytes]) -> None:
    record = framing.frame([*fields, b""])
    assert record[:1] == record[-1:] == b"\n"
    if len(record) <= framing.LIMIT:
        assert framing.split(record[1:-1]) == fields


@given(FIELDS, st.data())
def test_no_part_of_a_record_passes_for_one(
    fields: list[bytes], data: st.DataObject
) -> None:
    line = framing.frame([*fields, b""])[1:-1]
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    part = line[start:end]
    if part != line:
        found = framing.split(part)
        # Only a record that stands whole inside another's text could: its author wrote it so.
        assert found is None or framing.frame([*found, b""])[1:-1] == part


@given(FIELDS, FIELDS, st.data())
def test_no_splice_of_two_records_passes_for_one(
    first: list[bytes], second: list[bytes], data: st.DataObject
) -> None:
    one, other = (framing.frame([*fields, b""])[1:-1] for fields in (first, second))
    spliced = one[: data.draw(st.integers(1, len(one) - 1))] + other
    found = framing.split(spliced)
    assert found is None or len(spliced) == len(other)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b".0",
        b"a",
        b"a\t",
        b"a\t.",
        b"a\t.3",
        b"a\t.02",
        b"a\t2",
        b"a\t.2\t",
        b"a\t. 2",
        b"a\0\t.3",
        b"\0",
        b"a" * 3996 + b"\t.3997",
    ],
)
def test_a_line_with_a_wrong_frame_is_no_record(line: bytes) -> None:
    assert framing.split(line) is None


def test_the_longest_record_is_4000_bytes_with_its_newlines() -> None:
    longest = framing.frame([b"a" * (4000 - 2 - 6), b""])
    assert len(longest) == 4000
    assert framing.split(longest[1:-1]) is not None
    assert framing.split(framing.frame([b"a" * (4000 - 2 - 5), b""])[1:-1]) is None


@pytest.mark.parametrize("event", sorted(CODECS))
def test_a_codec_takes_its_exact_number_of_fields(event: bytes) -> None:
    codec = CODECS[event]
    count = len(codec.FIELDS)
    samples = [sample(field) for field in codec.FIELDS]
    record = codec.decode(samples)
    assert record is not None
    assert record.encode() == samples
    assert codec.decode([*samples, b"1"]) is None
    if count:
        assert codec.decode(samples[:-1]) is None
        assert codec.decode([b"", *samples[1:]]) is None


def sample(field: object) -> bytes:
    """A valid value for a field, from its own description."""
    kind = getattr(field, "kind")  # noqa: B009
    minimum = getattr(field, "minimum")  # noqa: B009
    if kind.startswith("int"):
        return b"%d" % minimum
    if kind == "boolean":
        return b"true"
    if kind == "double":
        return b"0.5"
    for candidate in (
        b"a",
        b"0" * 64,
        b"0" * 32,
        b"a" * 64,
        b"a@1.b",
        b"yes",
        *words(field),
    ):
        try:
            field.decode(candidate)  # type: ignore[attr-defined]
        except ValueError:
            continue
        return candidate
    raise AssertionError(field)


def words(field: object) -> list[bytes]:
    """The members of an enumeration, from its pattern."""
    pattern: bytes = getattr(field, "pattern")  # noqa: B009
    return (pattern or b"").strip(b"^$()").split(b"|")


@given(st.text())
def test_what_is_not_plain_never_gets_into_a_field(value: str) -> None:
    raw = value.encode("utf-8", "surrogatepass")
    if text.is_plain(raw):
        field = text.text_field(value, "a text", 10**9) if value else b"-"
        assert b"\0" not in field and b"\x1b" not in field


@pytest.mark.parametrize(
    "written, seconds",
    [
        ("30s", 30),
        ("5m", 300),
        ("1.5h", 5400),
        ("2d", 172800),
        ("250ms", 0.25),
        ("0s", 0),
    ],
)
def test_durations_are_numbers_with_a_unit(written: str, seconds: float) -> None:
    assert text.parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written", ["", "30", "s", "-1s", "1e3s", "1 s", "٣s", "1.s", "5w"]
)
def test_other_durations_are_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="expected for example 30s"):
        text.parse_duration(written)


def test_times_are_rfc_3339_or_19_digits() -> None:
    assert text.parse_time("2026-01-31T12:00:00Z") == 1769860800 * 10**9
    assert (
        text.parse_time("2026-01-31T14:00:00.5+02:00") == 1769860800 * 10**9 + 5 * 10**8
    )
    assert text.parse_time("1769860800000000001") == 1769860800000000001
    for wrong in (
        "2026-01-31T12:00:00",
        "yesterday",
        "1769860800",
        "1969-01-01T00:00:00Z",
    ):
        with pytest.raises(ValueError):
            text.parse_time(wrong)
