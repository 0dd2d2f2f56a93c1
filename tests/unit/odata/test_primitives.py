"""Values from and to text, URL literals and JSON."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    BYTE,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    GUID,
    INT16,
    INT32,
    INT64,
    NUMBERS,
    SBYTE,
    SINGLE,
    STREAM,
    STRING,
    TIME_OF_DAY,
    UNTYPED,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.primitives import (
    Kind,
    from_json,
    from_text,
    promote,
    to_json,
    to_literal,
    to_text,
)

PATTERN = EnumType(
    "Shop", "Pattern", (("Plain", 0), ("Red", 1), ("Solid", 2), ("RedSolid", 3), ("Big", 4)), True
)
MOOD = EnumType("Shop", "Mood", (("Glum", -1), ("Gay", 1)))
INFINITY = math.inf


def instant(*parts: int) -> datetime:
    """An instant in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


GUID_TEXT = "01234567-89ab-cdef-0123-456789abcdef"

# Kind, canonical text, value: these go both ways.
CANONICAL: list[tuple[Kind, str, Any]] = [
    (STRING, "O'Neil Ä 😀", "O'Neil Ä 😀"),
    (STRING, "", ""),
    (GUID, GUID_TEXT, GUID_TEXT),
    (BOOLEAN, "true", True),
    (BOOLEAN, "false", False),
    (SBYTE, "-128", -128),
    (BYTE, "255", 255),
    (INT16, "-32768", -32768),
    (INT32, "2147483647", 2147483647),
    (INT64, "-9223372036854775808", -(2**63)),
    (
        DECIMAL,
        "12345678901234567890.123456789012345678901",
        Decimal("12345678901234567890.123456789012345678901"),
    ),
    (DECIMAL, "1.50", Decimal("1.50")),
    (DECIMAL, "-0.001", Decimal("-0.001")),
    (DOUBLE, "3.14", 3.14),
    (DOUBLE, "5", 5.0),
    (DOUBLE, "1e100", 1e100),
    (DOUBLE, "1e-07", 1e-7),
    (DOUBLE, "INF", INFINITY),
    (DOUBLE, "-INF", -INFINITY),
    (SINGLE, "0.1", 0.1),
    (DATE, "2012-09-03", date(2012, 9, 3)),
    (DATE, "0001-01-01", date(1, 1, 1)),
    (TIME_OF_DAY, "11:22:33", time(11, 22, 33)),
    (TIME_OF_DAY, "11:22:33.4", time(11, 22, 33, 400_000)),
    (DATE_TIME_OFFSET, "2014-05-12T10:00:00Z", instant(2014, 5, 12, 10)),
    (DATE_TIME_OFFSET, "2014-05-12T10:00:00.000001Z", instant(2014, 5, 12, 10, 0, 0, 1)),
    (DATE_TIME_OFFSET, "0001-01-01T00:00:00Z", instant(1, 1, 1)),
    (DATE_TIME_OFFSET, "9999-12-31T23:59:59.999999Z", instant(9999, 12, 31, 23, 59, 59, 999999)),
    (DURATION, "P1DT2H3M4.5S", timedelta(1, 4, 500_000, hours=2, minutes=3)),
    (DURATION, "PT0S", timedelta()),
    (DURATION, "-P1D", timedelta(-1)),
    (DURATION, "-PT0.000001S", timedelta(microseconds=-1)),
    (DURATION, "PT59M", timedelta(minutes=59)),
    (BINARY, "", b""),
    (BINARY, "Zg", b"f"),
    (BINARY, "-_8", b"\xfb\xff"),
    (PATTERN, "Plain", 0),
    (PATTERN, "RedSolid", 3),
    (PATTERN, "Red,Big", 5),
    (MOOD, "Glum", -1),
]


@pytest.mark.parametrize(("kind", "text", "value"), CANONICAL)
def test_canonical_text_goes_both_ways(kind: Kind, text: str, value: Any) -> None:
    read = from_text(kind, text)
    assert (read, type(read)) == (value, type(value))
    assert to_text(kind, value) == text


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (GUID, GUID_TEXT.upper(), GUID_TEXT),
        (BOOLEAN, "tRUe", True),
        (INT32, "+5", 5),
        (INT32, "0123", 123),
        (DECIMAL, "-1.234567e3", Decimal("-1234.567")),
        (DECIMAL, "1e-101", Decimal("1e-101")),
        (DECIMAL, "+42", Decimal(42)),
        (DOUBLE, "-0.314E1", -3.14),
        (DOUBLE, "1e-999", 0.0),
        (SINGLE, "3.4e38", 3.4e38),
        (TIME_OF_DAY, "11:22", time(11, 22)),
        (TIME_OF_DAY, "11:22:33.123456999999", time(11, 22, 33, 123456)),
        (DATE_TIME_OFFSET, "2012-09-03T13:52Z", instant(2012, 9, 3, 13, 52)),
        (DATE_TIME_OFFSET, "2012-09-03T14:53+02:00", instant(2012, 9, 3, 12, 53)),
        (DATE_TIME_OFFSET, "2012-09-03T14:53-11:30", instant(2012, 9, 4, 2, 23)),
        (DATE_TIME_OFFSET, "2012-08-31t18:19:22.1z", instant(2012, 8, 31, 18, 19, 22, 100_000)),
        (DATE_TIME_OFFSET, "1972-06-30T23:59:60Z", instant(1972, 7, 1)),
        (DATE_TIME_OFFSET, "1972-07-01T01:59:60.5+02:00", instant(1972, 7, 1, 0, 0, 0, 500_000)),
        (DURATION, "-P6DT23H59M59.9999S", -timedelta(6, 86399, 999900)),
        (DURATION, "+P1D", timedelta(1)),
        (DURATION, "pt36h", timedelta(hours=36)),
        (DURATION, "PT1.9999999S", timedelta(seconds=1, microseconds=999999)),
        (BINARY, "Zm8=", b"fo"),
        (BINARY, "+/8=", b"\xfb\xff"),
        (PATTERN, "Red, Big", 5),
        (PATTERN, "Red,Red", 1),
        (PATTERN, "6", 6),
        (MOOD, "-1", -1),
    ],
)
def test_other_spellings_are_read(kind: Kind, text: str, value: Any) -> None:
    assert from_text(kind, text) == value


def test_not_a_number_goes_both_ways() -> None:
    assert math.isnan(from_text(DOUBLE, "NaN"))
    assert to_text(DOUBLE, math.nan) == "NaN"
    assert math.isnan(from_json(SINGLE, "NaN"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((kind, text) for kind in NUMBERS for text in ("", " 1", "1 ", "1\n", "1_0", "٣", "x")),
        *((kind, text) for kind in NUMBERS for text in ("0x1", "1" * 401, "inf", "nan", "+")),
        (SBYTE, "-129"),
        (BYTE, "256"),
        (BYTE, "-1"),
        (INT16, "32768"),
        (INT32, "-2147483649"),
        (INT64, "9223372036854775808"),
        (INT64, "1.0"),
        (DECIMAL, "INF"),
        (DECIMAL, "NaN"),
        (DECIMAL, "42."),
        (DECIMAL, ".1"),
        (DECIMAL, "1e999"),
        (DECIMAL, "1e99999999999"),
        (DECIMAL, "0e401"),
        (DOUBLE, "-0.314e1e2"),
        (DOUBLE, "1e999"),
        (DOUBLE, "+INF"),
        (SINGLE, "3.5e38"),
        (GUID, "01234g67-89ab-cdef-0123-456789abcdef"),
        (GUID, "01234567-89ab-cdef-456789abcdef"),
        (GUID, "0123456789abcdef0123456789abcdef"),
        (GUID, f"{{{GUID_TEXT}}}"),
        (BOOLEAN, "1"),
        (BOOLEAN, ""),
        (DATE, "2012-02-30"),
        (DATE, "0000-01-01"),
        (DATE, "-10000-04-01"),
        (DATE, "20120903"),
        (DATE, "2012-09-03T00:00Z"),
        (TIME_OF_DAY, "24:00:00"),
        (TIME_OF_DAY, "23:59:60"),
        (TIME_OF_DAY, "1:22:33"),
        (TIME_OF_DAY, "11:22:33.1234567890123"),
        (TIME_OF_DAY, "11%3A22"),
        (DATE_TIME_OFFSET, "2012-09-03T14:53"),
        (DATE_TIME_OFFSET, "2012-09-03"),
        (DATE_TIME_OFFSET, "2011-12-31T24:00Z"),
        (DATE_TIME_OFFSET, "2012-09-03T24:00-03:00"),
        (DATE_TIME_OFFSET, "2012-09-03T14:53+24:00"),
        (DATE_TIME_OFFSET, "2012-09-03T14:53+02:60"),
        (DATE_TIME_OFFSET, "2012-09-03 14:53Z"),
        (DATE_TIME_OFFSET, "2012-13-03T14:53Z"),
        (DATE_TIME_OFFSET, "0001-01-01T00:00+01:00"),
        (DATE_TIME_OFFSET, "9999-12-31T23:00-02:00"),
        (DATE_TIME_OFFSET, "9999-12-31T23:59:60Z"),
        (DATE_TIME_OFFSET, "0000-01-01T00:00Z"),
        (DURATION, "P"),
        (DURATION, "PT"),
        (DURATION, "P1DT"),
        (DURATION, "P1Y"),
        (DURATION, "P1M"),
        (DURATION, "PT1.S"),
        (DURATION, "PT1"),
        (DURATION, "P106751992D"),
        (DURATION, f"P{'9' * 300}D"),
        (BINARY, "Z"),
        (BINARY, "Zh"),
        (BINARY, "Zg==="),
        (BINARY, "Z g"),
        (BINARY, "Zgé="),
        (STRING, "a\x00b"),
        (STRING, "\ud800"),
        (STREAM, "x"),
        (UNTYPED, "x"),
        (PATTERN, "Purple"),
        (PATTERN, "Red,Purple"),
        (PATTERN, "red"),
        (PATTERN, ""),
        (PATTERN, "8"),
        (PATTERN, "-1"),
        (PATTERN, "9" * 5000),
        (PATTERN, ",".join(["Red"] * 2000)),
        (MOOD, "Gay,Glum"),
        (MOOD, "0"),
    ],
)
def test_other_texts_are_refused(kind: Kind, text: str) -> None:
    with pytest.raises(ValueError, match="is not a value of") as refused:
        from_text(kind, text)
    assert kind.qualified in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("kind", "value", "literal"),
    [
        (STRING, None, "null"),
        (STRING, "O'Neil", "'O''Neil'"),
        (DURATION, timedelta(hours=1), "duration'PT1H'"),
        (BINARY, b"f", "binary'Zg'"),
        (PATTERN, 5, "Shop.Pattern'Red,Big'"),
        (PATTERN, 64, "Shop.Pattern'64'"),
        (INT32, 5, "5"),
        (DATE, date(2012, 9, 3), "2012-09-03"),
        (GUID, GUID_TEXT, GUID_TEXT),
        (UNTYPED, "it's", "'it''s'"),
        (UNTYPED, True, "true"),
        (UNTYPED, Decimal("1.0"), "1.0"),
        (UNTYPED, timedelta(1), "duration'P1D'"),
    ],
)
def test_literals(kind: Kind, value: Any, literal: str) -> None:
    assert to_literal(kind, value) == literal


def test_instants_of_other_zones_are_written_in_utc() -> None:
    berlin = datetime(2014, 5, 12, 12, tzinfo=timezone(timedelta(hours=2)))
    assert to_text(DATE_TIME_OFFSET, berlin) == "2014-05-12T10:00:00Z"


@pytest.mark.parametrize(
    ("kind", "given_json", "value"),
    [
        (INT32, 1, 1),
        (INT32, 1.0, 1),
        (INT32, Decimal("1e3"), 1000),
        (INT64, "9223372036854775807", 2**63 - 1),
        (INT64, 9007199254740993, 9007199254740993),
        (DECIMAL, "12.30", Decimal("12.30")),
        (DECIMAL, 0.1, Decimal("0.1")),
        (DECIMAL, 7, Decimal(7)),
        (
            DECIMAL,
            Decimal("1.123456789012345678901234567890"),
            Decimal("1.123456789012345678901234567890"),
        ),
        (DOUBLE, 1, 1.0),
        (DOUBLE, 1.5, 1.5),
        (DOUBLE, Decimal("1.5"), 1.5),
        (DOUBLE, "INF", INFINITY),
        (SINGLE, "-INF", -INFINITY),
        (BOOLEAN, False, False),
        (STRING, "x", "x"),
        (GUID, GUID_TEXT.upper(), GUID_TEXT),
        (DATE, "2012-09-03", date(2012, 9, 3)),
        (DATE_TIME_OFFSET, "2012-09-03T12:53:00Z", instant(2012, 9, 3, 12, 53)),
        (TIME_OF_DAY, "11:22:33", time(11, 22, 33)),
        (DURATION, "PT1H", timedelta(hours=1)),
        (BINARY, "Zg==", b"f"),
        (PATTERN, "Red,Big", 5),
        (PATTERN, "5", 5),
        (PATTERN, 5, 5),
        (MOOD, -1, -1),
        (UNTYPED, "x", "x"),
        (UNTYPED, True, True),
        (UNTYPED, 3, 3),
        (UNTYPED, 1.5, 1.5),
    ],
)
@pytest.mark.parametrize("ieee754", [False, True])
def test_json_is_read(kind: Kind, given_json: Any, value: Any, ieee754: bool) -> None:
    read = from_json(kind, given_json, ieee754=ieee754)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "given_json"),
    [
        *((kind, value) for kind in NUMBERS for value in (True, None, [], {}, "x", "", "1" * 500)),
        *((kind, value) for kind in NUMBERS for value in (INFINITY, math.nan, Decimal("NaN"))),
        (INT32, 1.5),
        (INT32, "1"),
        (INT32, 2**31),
        (INT32, Decimal("1e400000")),
        (INT32, Decimal("sNaN")),
        (INT64, 1e300),
        (INT64, 9.3e18),
        (DECIMAL, Decimal("1e999999")),
        (DECIMAL, "Infinity"),
        (DOUBLE, "1.5"),
        (DOUBLE, Decimal("1e999")),
        (SINGLE, 1e39),
        (BOOLEAN, 1),
        (BOOLEAN, "true"),
        (BOOLEAN, None),
        (STRING, 5),
        (STRING, None),
        (STRING, "a\x00"),
        (STRING, "\udfff"),
        (GUID, 5),
        (DATE, 20120903),
        (DURATION, 5),
        (BINARY, []),
        (STREAM, "x"),
        (PATTERN, True),
        (PATTERN, 8),
        (PATTERN, 1.0),
        (UNTYPED, {"a": 1}),
        (UNTYPED, [1]),
        (UNTYPED, "\x00"),
        (UNTYPED, 2**63),
    ],
)
def test_other_json_is_refused(kind: Kind, given_json: Any) -> None:
    with pytest.raises(ValueError, match="is not a value of") as refused:
        from_json(kind, given_json)
    assert kind.qualified in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("kind", [*NUMBERS, PATTERN, UNTYPED, STRING])
def test_integers_too_long_to_be_written_are_refused(kind: Kind) -> None:
    with pytest.raises(ValueError, match="the number is not a value of"):
        from_json(kind, 10**5000)


@pytest.mark.parametrize(
    ("kind", "value", "plain", "compatible"),
    [
        (STRING, "x", b'"x"', b'"x"'),
        (GUID, GUID_TEXT, f'"{GUID_TEXT}"'.encode(), f'"{GUID_TEXT}"'.encode()),
        (BOOLEAN, True, b"true", b"true"),
        (INT32, 5, b"5", b"5"),
        (INT64, 2**63 - 1, b"9223372036854775807", b'"9223372036854775807"'),
        (DECIMAL, Decimal("1.50"), b"1.50", b'"1.50"'),
        (DECIMAL, Decimal("0E+5"), b"0", b'"0"'),
        (DECIMAL, Decimal("1E+3"), b"1000", b'"1000"'),
        (DECIMAL, Decimal("-1E-7"), b"-0.0000001", b'"-0.0000001"'),
        (DECIMAL, 7, b"7", b'"7"'),
        (DOUBLE, 1.5, b"1.5", b"1.5"),
        (DOUBLE, Decimal("1.5"), b"1.5", b"1.5"),
        (DOUBLE, INFINITY, b'"INF"', b'"INF"'),
        (SINGLE, -INFINITY, b'"-INF"', b'"-INF"'),
        (DOUBLE, math.nan, b'"NaN"', b'"NaN"'),
        (DATE, date(2012, 9, 3), b'"2012-09-03"', b'"2012-09-03"'),
        (TIME_OF_DAY, time(1, 2, 3, 500_000), b'"01:02:03.5"', b'"01:02:03.5"'),
        (DATE_TIME_OFFSET, instant(1, 5, 12, 10), b'"0001-05-12T10:00:00Z"', None),
        (
            DATE_TIME_OFFSET,
            instant(2014, 5, 12, 10, 0, 0, 500_000),
            b'"2014-05-12T10:00:00.500000Z"',
            None,
        ),
        (DURATION, timedelta(1), b'"P1D"', b'"P1D"'),
        (BINARY, memoryview(b"f"), b'"Zg"', b'"Zg"'),
        (PATTERN, 5, b'"Red,Big"', b'"Red,Big"'),
        (MOOD, 99, b'"99"', b'"99"'),
        (UNTYPED, Decimal("1.50"), b"1.50", b"1.50"),
        (UNTYPED, timedelta(1), b'"P1D"', b'"P1D"'),
        (UNTYPED, INFINITY, b'"INF"', b'"INF"'),
        (UNTYPED, [1], b"[1]", b"[1]"),
    ],
)
def test_json_is_written(kind: Kind, value: Any, plain: bytes, compatible: bytes | None) -> None:
    assert written(to_json(kind), value) == plain
    assert written(to_json(kind, ieee754=True), value) == (compatible or plain)


def written(convert: Callable[[Any], Any] | None, value: Any) -> bytes:
    """What orjson makes of a value."""
    return orjson.dumps(value if convert is None else convert(value), option=orjson.OPT_UTC_Z)


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (INT32, DOUBLE, DOUBLE),
        (SINGLE, DOUBLE, DOUBLE),
        (DECIMAL, SINGLE, SINGLE),
        (DECIMAL, INT64, DECIMAL),
        (INT32, INT64, INT64),
        (INT16, INT32, INT32),
        (BYTE, INT16, INT16),
        (BYTE, SBYTE, INT16),
        (BYTE, BYTE, BYTE),
        (DOUBLE, DOUBLE, DOUBLE),
        (INT32, STRING, None),
        (DATE, DATE, None),
        (None, INT32, None),
        (PATTERN, INT32, None),
    ],
)
def test_promotion(a: object, b: object, wanted: PrimitiveType | None) -> None:
    assert promote(a, b) == wanted
    assert promote(b, a) == wanted


INSTANTS = some.datetimes(timezones=some.just(UTC))
DECIMALS = some.decimals(allow_nan=False, allow_infinity=False, places=20)


@settings(deadline=None)
@given(
    some.one_of(
        some.tuples(some.just(DATE_TIME_OFFSET), INSTANTS),
        some.tuples(some.just(TIME_OF_DAY), some.times()),
        some.tuples(some.just(DURATION), some.timedeltas(timedelta(-(10**8)), timedelta(10**8))),
        some.tuples(some.just(DOUBLE), some.floats(allow_nan=False)),
        some.tuples(some.just(DECIMAL), DECIMALS),
        some.tuples(some.just(BINARY), some.binary()),
        some.tuples(some.just(PATTERN), some.integers(0, 7)),
    )
)
def test_every_value_survives_its_text(pair: tuple[Kind, Any]) -> None:
    kind, value = pair
    assert from_text(kind, to_text(kind, value)) == value


ALPHABET = some.text("0123456789+-.:,TZPDHMSeINFaNinf=/_ \x00\ud800é", max_size=40)


@settings(deadline=None)
@given(some.sampled_from([*NUMBERS, DATE_TIME_OFFSET, DURATION, BINARY, PATTERN, DATE]), ALPHABET)
def test_every_text_is_read_or_refused(kind: Kind, text: str) -> None:
    try:
        value = from_text(kind, text)
    except ValueError as refused:
        assert kind.qualified in str(refused)
    else:
        again = from_text(kind, to_text(kind, value))
        assert again == value or value != value  # not a number
