"""Texts of custom fields as they are stored."""

import pytest

from app.services.field_types import (
    BOOLEAN,
    CURRENCY,
    DATE,
    DECIMAL,
    INTEGER,
    LIST,
    STRING,
    canonical,
)

TAKEN = [
    (STRING, " as it is ", " as it is "),
    (LIST, "Rot", "Rot"),
    (DATE, "2025-01-31", "2025-01-30T23:00:00.000000Z"),
    (DATE, " 2025-07-31T10:00 ", "2025-07-31T08:00:00.000000Z"),
    (DATE, "2025-01-31T10:00:00Z", "2025-01-31T10:00:00.000000Z"),
    (DATE, "2025-01-31T10:00:00.1234567+02:00", "2025-01-31T08:00:00.123456Z"),
    (DATE, "0002-01-02T00:00:00Z", "0002-01-02T00:00:00.000000Z"),
    (INTEGER, "0", "0"),
    (INTEGER, "-0", "0"),
    (INTEGER, " +007 ", "7"),
    (INTEGER, "-9223372036854775808", "-9223372036854775808"),
    (INTEGER, "9223372036854775807", "9223372036854775807"),
    (DECIMAL, "1.50", "1.5"),
    (DECIMAL, "100", "100"),
    (DECIMAL, "1e3", "1000"),
    (DECIMAL, "-.5", "-0.5"),
    (DECIMAL, "5.", "5"),
    (DECIMAL, "-0.00", "0"),
    (DECIMAL, "1E-28", "0.0000000000000000000000000001"),
    (DECIMAL, "9" * 28, "9" * 28),
    (CURRENCY, "19.90", "19.9"),
    (BOOLEAN, "TRUE", "true"),
    (BOOLEAN, " 0 ", "false"),
]

REFUSED = [
    (DATE, "31.01.2025"),
    (DATE, "2025-02-30"),
    (DATE, "0001-01-01"),
    (DATE, "0001-01-01T00:00:00+14:00"),
    (DATE, "9999-12-31T23:00:00Z"),
    (DATE, "9999-12-31T23:59:59-14:00"),
    (DATE, "now"),
    (DATE, "2" * 65),
    (INTEGER, "9223372036854775808"),
    (INTEGER, "1.0"),
    (INTEGER, "1_000"),
    (INTEGER, "٣"),
    (INTEGER, ""),
    (INTEGER, "1" * 65),
    (DECIMAL, "1,5"),
    (DECIMAL, "NaN"),
    (DECIMAL, "Infinity"),
    (DECIMAL, "1e99"),
    (DECIMAL, "1e-99"),
    (DECIMAL, "1e999999"),
    (DECIMAL, "9" * 29),
    (DECIMAL, "."),
    (CURRENCY, "€5"),
    (BOOLEAN, "yes"),
    (BOOLEAN, "2"),
]


@pytest.mark.parametrize(("kind", "text", "kept"), TAKEN)
def test_taken(kind: int, text: str, kept: str) -> None:
    assert canonical(kind, text, "Europe/Berlin") == kept
    assert canonical(kind, kept, "UTC") == kept


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_refused(kind: int, text: str) -> None:
    with pytest.raises(ValueError, match="."):
        canonical(kind, text, "Europe/Berlin")
