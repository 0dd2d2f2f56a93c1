"""Longer expressions of PostgreSQL, as templates of functions.py: {0}, {1} … are the arguments.

None of them ever raises an error: whatever could is asked first, or bounded. An argument that a
template names twice is evaluated once (operations.py wraps it). No % may stand in a template, and
braces are doubled.
"""

from app.odata.engine.sql.casts import DAY, INSTANT, INTEGER, LONGEST, NUMBER, TIME

_EPOCH = "TIMESTAMP '1970-01-01 00:00:00'"
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999  # microseconds: years 1 and 9999
_MANY_ZEROS = "0." + "0" * 40


def within(value: str, low: int | str, high: int | str) -> str:
    """A numeric expression between two bounds, both excluded; null outside. Names it once.

    GREATEST makes the lower bound of null, which the outer NULLIF makes null again.
    """
    return f"NULLIF(NULLIF(LEAST(GREATEST({value}, {low}), {high}), {low}), {high})"


def whole(value: str) -> str:
    """A numeric expression as an Int64; null beyond."""
    return f"{within(value, -(2**63) - 1, 2**63)}::bigint"


def ranged(value: str) -> str:
    """A numeric expression, rounded, from {1} to {2}: template of a cast to an integer type."""
    return f"{within(f'round({value})', '({1} - 1::numeric)', '({2} + 1::numeric)')}::bigint"


def division(left: str, right: str) -> str:
    """A quotient of numerics with at least 40 digits behind the point; null for a divisor of 0."""
    return f"(({left} + {_MANY_ZEROS}) / NULLIF({right}, 0))"


def quotient(left: str, right: str) -> str:
    """A quotient of numerics with at most 20 digits behind the point."""
    return f"trim_scale(round({division(left, right)}, 20))"


_LARGEST = "1.7976931348623158e308"


def as_double(value: str) -> str:
    """A numeric expression as a double precision; null beyond its range, 0 below 1e-320."""
    bounded = within(f"trim_scale(round({value}, 320))", f"-{_LARGEST}", _LARGEST)
    return f"{bounded}::double precision"


def exact(value: str) -> str:
    """A double precision as the shortest decimal that is it; infinities and NaN stay."""
    return f"({value})::text::numeric"


def finite(value: str) -> str:
    """A numeric that is neither an infinity nor NaN."""
    return f"NULLIF(NULLIF(NULLIF({value}, 'NaN'), 'Infinity'), '-Infinity')"


def as_instant(microseconds: str) -> str:
    """Microseconds since 1970 as a timestamptz; null outside of years 1 to 9999."""
    bounded = within(microseconds, _FIRST - 1, _LAST + 1)
    return f"(({_EPOCH} + ({bounded}::bigint::text || ' us')::interval) AT TIME ZONE 'UTC')"


def instant_microseconds(value: str) -> str:
    """A timestamptz as microseconds since 1970."""
    return f"(extract(epoch FROM {value}) * 1000000)"


def date_microseconds(value: str) -> str:
    """The beginning of a date as microseconds since 1970."""
    return f"(({value} - DATE '1970-01-01')::numeric * 86400000000)"


def as_date(microseconds: str) -> str:
    """Microseconds since 1970 as a date."""
    return f"({as_instant(microseconds)} AT TIME ZONE 'UTC')::date"


def of_instant(field: str) -> str:
    """A field of an instant in UTC, as an integer."""
    return f"floor(extract({field} FROM {{0}} AT TIME ZONE 'UTC'))::bigint"


def of_moment(field: str) -> str:
    """A field of a date or time, as an integer."""
    return f"floor(extract({field} FROM {{0}}))::bigint"


# Double arithmetic raises errors where IEEE 754 gives an infinity or rounds to zero: asked first.
_NO_NAN = "NULLIF({}, 'NaN')"
_HUGE = "'Infinity'::double precision"


def double_sum(sign: str) -> str:
    """A sum or difference of doubles."""
    half = f"({{0}} * 0.5 {sign} {{1}} * 0.5)"
    return _NO_NAN.format(
        f"CASE WHEN abs({{0}}) > 1e200 AND abs({{1}}) > 1e200 AND abs({half}) "
        f">= power(2::double precision, 1023) THEN sign({half}) * {_HUGE} "
        f"ELSE {{0}} {sign} {{1}} END"
    )


DOUBLE_MUL = _NO_NAN.format(
    "CASE WHEN abs({0}) > 1 AND abs({1}) > 1 AND (abs({0}) * power(2::double precision, -512)) "
    "* (abs({1}) * power(2::double precision, -512)) >= 1 "
    f"THEN sign({{0}}) * sign({{1}}) * {_HUGE} "
    "WHEN abs({0}) < 1 AND abs({1}) < 1 AND least(abs({0}), abs({1})) < 1e-150 "
    "AND (abs({0}) * power(2::double precision, 537)) "
    "* (abs({1}) * power(2::double precision, 538)) <= 1 THEN 0 ELSE {0} * {1} END"
)
DOUBLE_DIV = _NO_NAN.format(
    f"CASE WHEN {{1}} = 0 THEN CASE WHEN {{0}} <> 0 THEN sign({{0}}) * {_HUGE} END "
    "WHEN abs({1}) < 1 AND abs({0}) > 1e-290 AND abs({0}) * power(2::double precision, -40) "
    ">= abs({1}) * power(2::double precision, 984) "
    f"THEN sign({{0}}) * sign({{1}}) * {_HUGE} "
    "WHEN abs({0}) < 1e-15 AND abs({1}) > 1 AND abs({0}) * power(2::double precision, 600) "
    "<= abs({1}) * power(2::double precision, -475) THEN 0 ELSE {0} / {1} END"
)
DOUBLE_MOD = as_double(f"round(mod({exact('{0}')}, NULLIF({exact('{1}')}, 0)), 320)")
DOUBLE_TO_TEXT = (
    "CASE WHEN {0} = 'Infinity' THEN 'INF' WHEN {0} = '-Infinity' THEN '-INF' "
    "WHEN abs({0}) >= 1e15 AND abs({0}) < 1e16 THEN {0}::text::numeric::text "
    "ELSE replace({0}::text, 'e+', 'e') END"
)

SUBSTRING = (
    "CASE WHEN {1} < 0 THEN right({0}, (-greatest({1}, -2147483647))::int) "
    "WHEN {1} >= 0 THEN substr({0}, (least({1}, 2147483646) + 1)::int) END"
)
LEFT = (
    "CASE WHEN {1} > 0 THEN left({0}, least({1}, 2147483647)::int) "
    "WHEN {1} <= 0 THEN left({0}, 0) END"
)


def _escaped(pattern: str) -> str:
    return pattern.replace("{", "{{").replace("}", "}}")


def _read(pattern: str, value: str, kind: str | None = None) -> str:
    """A value read from the text {0} where it has a form, and where the type takes it."""
    valid = f" AND pg_input_is_valid({{0}}, '{kind}')" if kind else ""
    form = f"length({{0}}) <= {LONGEST} AND {{0}} ~ '^({_escaped(pattern)})$'"
    return f"CASE WHEN {form} THEN CASE WHEN true{valid} THEN {value} END END"


_CUT = r"regexp_replace({0}, '(\.[0-9]{{6}})[0-9]+', '\1')"  # to microseconds, not rounded
TEXT_TO_BOOL = "CASE lower({0} COLLATE \"C\") WHEN 'true' THEN true WHEN 'false' THEN false END"
TEXT_TO_INT = _read(INTEGER, ranged("{0}::numeric"))
TEXT_TO_NUMBER = _read(NUMBER, "{0}::numeric")
BOUNDED_DECIMAL = "CASE WHEN abs({0}) < 1e401 AND scale({0}) <= 400 THEN {0} END"
TEXT_TO_DOUBLE = (
    f"CASE {{0}} WHEN 'INF' THEN {_HUGE} WHEN '-INF' THEN -{_HUGE} "
    f"ELSE {_read(NUMBER, as_double('{0}::numeric'))} END"
)
TEXT_TO_GUID = _read("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", "lower({0})")
TEXT_TO_DATE = _read(DAY, "{0}::date", "date")
TEXT_TO_TIME = _read(TIME, f"{_CUT}::time")
_WITH_ZONE = f"({_CUT} || CASE WHEN {{0}} ~ '[Tt][0-9:.]+$' THEN 'Z' ELSE '' END)"
TEXT_TO_INSTANT = _read(
    INSTANT, as_instant(instant_microseconds(f"{_WITH_ZONE}::timestamptz")), "timestamptz"
)
_PARTS = (
    "^([+-]?)[Pp](?=.)(?:([0-9]+)[Dd])?(?:[Tt](?=.)(?:([0-9]+)[Hh])?(?:([0-9]+)[Mm])?"
    r"(?:([0-9]+)(?:\.([0-9]+))?[Ss])?)?$"
)
_SIZE = " + ".join(
    f"coalesce(parts[{place}], '0')::numeric * {unit}"
    for place, unit in ((2, 86_400_000_000), (3, 3_600_000_000), (4, 60_000_000), (5, 1_000_000))
)
_FRACTION = "rpad(left(coalesce(parts[6], ''), 6), 6, '0')::numeric"
_SIGNED = f"(CASE parts[1] WHEN '-' THEN -1 ELSE 1 END) * ({_SIZE} + {_FRACTION})"
_SHORT = f"CASE WHEN length({{0}}) <= {LONGEST} THEN {{0}} END"
_LENGTH = f"CASE WHEN parts IS NOT NULL THEN {within(_SIGNED, -(2**63), 2**63)}::bigint END"
_MATCHED = f"regexp_match({_SHORT}, '{_PARTS}') AS parts"
TEXT_TO_DURATION = f"(SELECT {_LENGTH} FROM {_MATCHED})"  # noqa: S608 (constants)
INSTANT_TO_TEXT = (
    "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') || "
    "rtrim(rtrim(to_char({0} AT TIME ZONE 'UTC', '.US'), '0'), '.') || 'Z'"
)
BINARY_TO_TEXT = "translate(encode({0}, 'base64'), '+/=' || chr(10), '-_')"


def _part(unit: int, size: int | None, letter: str) -> str:
    number = f"div(abs({{0}}::numeric), {unit})"
    count = number if size is None else f"mod({number}, {size})"
    return f"coalesce(NULLIF(({count})::text, '0') || '{letter}', '')"


_SECONDS = "trim_scale(mod(abs({0}::numeric), 60000000) * 0.000001)::text"
DURATION_TO_TEXT = (
    "CASE WHEN {0} = 0 THEN 'PT0S' WHEN {0} <> 0 THEN "
    f"CASE WHEN {{0}} < 0 THEN '-' ELSE '' END || 'P' || {_part(86_400_000_000, None, 'D')} || "
    "CASE WHEN mod({0}, 86400000000) = 0 THEN '' ELSE 'T' || "
    f"{_part(3_600_000_000, 24, 'H')} || {_part(60_000_000, 60, 'M')} || "
    f"coalesce(NULLIF({_SECONDS}, '0') || 'S', '') END END"
)
