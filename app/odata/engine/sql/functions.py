"""The table of operations: what each is in PostgreSQL, and what in SQLite.

`{0}`, `{1}` … are the arguments. In SQLite an operation is a Python function on stored values, run
by programs.py; where there is a template for SQLite too, that is used as long as the expression is
not deep. Operations never raise errors: where there is no value, they are null.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.odata.engine.sql import casts, logic, moments, numbers, patterns, postgresql, texts

Template = str | Callable[[Sequence[str]], str]
COLLATION: Final = "odata_decimal"  # orders texts as the Decimals they are
_BY_NUMBER: Final = f"COLLATE {COLLATION}"
_C: Final = 'COLLATE "C"'
_UNICODE: Final = 'COLLATE "pg_c_utf8"'


@dataclass(frozen=True, slots=True)
class Function:
    """One operation. Without `python` it cannot be part of a program (aggregates). `nulls`: it
    takes null as an argument; others are null then. `cost` is how much of the parser's stack the
    template for SQLite takes. `takes`: how many arguments Python gets, where others are for SQL.
    """

    postgresql: Template
    python: Callable[..., Any] | None = None
    sqlite: Template | None = None
    nulls: bool = False
    cost: int = 3
    takes: int | None = None


def _infix(sign: str) -> Callable[[Sequence[str]], str]:
    return lambda arguments: f"({f' {sign} '.join(arguments)})"


def _case(arguments: Sequence[str]) -> str:
    pairs = zip(arguments[::2], arguments[1::2], strict=True)
    return f"(CASE {' '.join(f'WHEN {each} THEN {value}' for each, value in pairs)} END)"


def _both(template: str, python: Callable[..., Any], **more: Any) -> Function:
    return Function(template, python, template, **more)


def _comparisons() -> dict[str, Function]:
    found: dict[str, Function] = {}
    signs = {"eq": "=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
    for name, sign in signs.items():
        python = logic.COMPARISONS[name]
        plain = f"({{0}} {sign} {{1}})"
        collated = f"({{0}} {_C} {sign} {{1}} {_C})"
        found[f"{name}.plain"] = _both(plain, python)
        found[f"{name}.text"] = Function(plain if name == "eq" else collated, python, plain)
        by_number = f"({{0}} {sign} {{1}} {_BY_NUMBER})"
        found[f"{name}.decimal"] = Function(plain, logic.of_decimals(python), by_number)
    for name, postgres, sqlite, python, decimal in (
        ("same", "IS NOT DISTINCT FROM", "IS", logic.same, logic.same_decimal),
        ("differs", "IS DISTINCT FROM", "IS NOT", logic.differs, logic.differs_decimal),
    ):
        template = f"({{0}} {postgres} {{1}})"
        bare = Function(template, python, f"({{0}} {sqlite} {{1}})", nulls=True)
        found |= {f"{name}.plain": bare, f"{name}.text": bare}
        collated = f"({{0}} {sqlite} {{1}} {_BY_NUMBER})"
        found[f"{name}.decimal"] = Function(template, decimal, collated, nulls=True)
    return found


_LOGIC: Final[Mapping[str, Function]] = {
    "null": _both("({0} IS NULL)", logic.is_null, nulls=True, cost=1),
    "given": _both("({0} IS NOT NULL)", logic.is_not_null, nulls=True, cost=1),
    "sure": _both("({0} IS TRUE)", logic.sure, nulls=True, cost=1),
    "unsure": _both("({0} IS NOT TRUE)", logic.unsure, nulls=True, cost=1),
    "not": _both("(NOT {0})", logic.negated, cost=2),
    "and": Function(_infix("AND"), logic.all_of, _infix("AND"), nulls=True),
    "or": Function(_infix("OR"), logic.any_of, _infix("OR"), nulls=True),
    "case": Function(_case, logic.case, _case, nulls=True, cost=6),
    "has": _both("(({0} & {1}) = {1})", logic.has, cost=4),
}

_ORDER: Final[Mapping[str, Function]] = {  # an expression as ORDER BY and < have to see it
    "sort.text": Function(f"({{0}} {_C})", sqlite="{0}", cost=0),
    "sort.decimal": Function("{0}", sqlite=f"({{0}} {_BY_NUMBER})", cost=1),
}

_TEXTS: Final[Mapping[str, Function]] = {
    "text.contains": Function(
        "(strpos({0}, {1}) > 0)", texts.contains, "(instr({0}, {1}) > 0)", cost=6
    ),
    "text.starts": Function("starts_with({0}, {1})", texts.starts, "(instr({0}, {1}) = 1)", cost=6),
    "text.starts.column": Function(  # {2} and {3}: the bounds of the range of such texts
        "starts_with({0}, {1})", texts.starts, "({0} >= {2} AND {0} < {3})", takes=2
    ),
    "text.ends": Function("starts_with(reverse({0}), reverse({1}))", texts.ends),
    "text.index": Function(
        "(strpos({0}, {1}) - 1)::bigint", texts.index, "(instr({0}, {1}) - 1)", cost=6
    ),
    "text.length": Function("length({0})::bigint", texts.length),
    "text.rest": Function(postgresql.SUBSTRING, texts.rest),
    "text.left": Function(postgresql.LEFT, texts.left),
    "text.concat": _both("({0} || {1})", texts.concat),
    "text.lower": Function(f"(lower({{0}} {_UNICODE}) {_C})", texts.lower),
    "text.upper": Function(f"(upper({{0}} {_UNICODE}) {_C})", texts.upper),
    "text.trim": Function("btrim({0}, {1})", texts.trim, "trim({0}, {1})", cost=5),
    "text.matches": Function(f"({{0}} {_C} ~ {{2}})", patterns.matches, takes=2),
}


_NUMBERS: Final[Mapping[str, Function]] = {
    "int.add": Function(postgresql.whole("({0}::numeric + {1})"), numbers.int_add),
    "int.sub": Function(postgresql.whole("({0}::numeric - {1})"), numbers.int_sub),
    "int.mul": Function(postgresql.whole("({0}::numeric * {1})"), numbers.int_mul),
    "int.div": Function(
        postgresql.whole("div({0}::numeric, NULLIF({1}::numeric, 0))"), numbers.int_div
    ),
    "int.mod": Function("mod({0}::numeric, NULLIF({1}::numeric, 0))::bigint", numbers.int_mod),
    "decimal.add": Function("({0} + {1})", numbers.decimal_add),
    "decimal.sub": Function("({0} - {1})", numbers.decimal_sub),
    "decimal.mul": Function("({0} * {1})", numbers.decimal_mul),
    "decimal.div": Function(postgresql.quotient("{0}", "{1}"), numbers.decimal_div),
    "decimal.mod": Function("mod({0}, NULLIF({1}, 0))", numbers.decimal_mod),
    "double.add": Function(postgresql.double_sum("+"), numbers.double_add),
    "double.sub": Function(postgresql.double_sum("-"), numbers.double_sub),
    "double.mul": Function(postgresql.DOUBLE_MUL, numbers.double_mul),
    "double.div": Function(postgresql.DOUBLE_DIV, numbers.double_div),
    "double.mod": Function(postgresql.DOUBLE_MOD, numbers.double_mod),
    "decimal.floor": Function("floor({0})", numbers.decimal_floor),
    "decimal.ceiling": Function("ceil({0})", numbers.decimal_ceiling),
    "decimal.round": Function("round({0})", numbers.decimal_round),
    "double.floor": Function("floor({0})", numbers.double_floor),
    "double.ceiling": Function("ceil({0})", numbers.double_ceiling),
    "double.round": Function(
        f"round({postgresql.exact('{0}')})::double precision", numbers.double_round
    ),
    "int.decimal": Function("{0}::numeric", numbers.int_to_decimal, "CAST({0} AS TEXT)"),
    "int.double": Function("{0}::double precision", numbers.int_to_double, "CAST({0} AS REAL)"),
    "decimal.double": Function(postgresql.as_double("{0}"), numbers.decimal_to_double),
    "double.decimal": Function(
        postgresql.finite(postgresql.exact("{0}")), numbers.double_to_decimal
    ),
    "int.int": Function(postgresql.ranged("{0}::numeric"), numbers.int_within),
    "decimal.int": Function(postgresql.ranged("{0}"), numbers.decimal_to_int),
    "double.int": Function(postgresql.ranged(postgresql.exact("{0}")), numbers.double_to_int),
}

_MOMENTS: Final[Mapping[str, Function]] = {
    "duration.add": Function(postgresql.whole("({0}::numeric + {1})"), numbers.int_add),
    "duration.sub": Function(postgresql.whole("({0}::numeric - {1})"), numbers.int_sub),
    "duration.mul.int": Function(
        postgresql.whole("({0}::numeric * {1})"), numbers.duration_mul_int
    ),
    "duration.mul.decimal": Function(
        postgresql.whole("round({0} * {1})"), numbers.duration_mul_decimal
    ),
    "duration.mul.double": Function(
        postgresql.whole(f"round({{0}} * {postgresql.exact('{1}')})"), numbers.duration_mul_double
    ),
    "duration.div.decimal": Function(
        postgresql.whole(f"round({postgresql.division('{0}', '{1}')})"),
        numbers.duration_div_decimal,
    ),
    "duration.div.double": Function(
        postgresql.whole(f"round({postgresql.division('{0}', postgresql.exact('{1}'))})"),
        numbers.duration_div_double,
    ),
    "duration.seconds": Function("({0} * 0.000001)", numbers.total_seconds),
    "instant.add": Function(
        postgresql.as_instant(f"({postgresql.instant_microseconds('{0}')} + {{1}})"),
        moments.instant_add,
    ),
    "instant.sub": Function(
        postgresql.as_instant(f"({postgresql.instant_microseconds('{0}')} - {{1}})"),
        moments.instant_sub,
    ),
    "instant.difference": Function(
        "((extract(epoch FROM {0}) - extract(epoch FROM {1})) * 1000000)::bigint",
        moments.instant_difference,
    ),
    "date.add": Function(
        postgresql.as_date(f"({postgresql.date_microseconds('{0}')} + {{1}})"), moments.date_add
    ),
    "date.sub": Function(
        postgresql.as_date(f"({postgresql.date_microseconds('{0}')} - {{1}})"), moments.date_sub
    ),
    "date.difference": Function("(({0} - {1})::bigint * 86400000000)", moments.date_difference),
    "instant.date": Function("({0} AT TIME ZONE 'UTC')::date", moments.instant_date),
    "instant.time": Function("({0} AT TIME ZONE 'UTC')::time", moments.instant_time),
    "instant.totaloffsetminutes": Function(
        "(CASE WHEN {0} IS NOT NULL THEN 0::bigint END)", moments.instant_offset
    ),
    "instant.fractionalseconds": Function(
        "mod(extract(second FROM {0} AT TIME ZONE 'UTC'), 1)", moments.fraction(19)
    ),
    "time.fractionalseconds": Function("mod(extract(second FROM {0}), 1)", moments.fraction(8)),
    "date.instant": Function("({0}::timestamp AT TIME ZONE 'UTC')", moments.midnight),
}
_DATE_PARTS: Final = {"year": (0, 4), "month": (5, 7), "day": (8, 10)}
_TIME_PARTS: Final = {"hour": (0, 2), "minute": (3, 5), "second": (6, 8)}


def _parts() -> dict[str, Function]:
    found: dict[str, Function] = {}
    for name, (start, end) in _DATE_PARTS.items():
        python = moments.part(start, end)
        found[f"date.{name}"] = Function(postgresql.of_moment(name), python)
        found[f"instant.{name}"] = Function(postgresql.of_instant(name), python)
    for name, (start, end) in _TIME_PARTS.items():
        found[f"time.{name}"] = Function(postgresql.of_moment(name), moments.part(start, end))
        later = moments.part(start + moments.CLOCK, end + moments.CLOCK)
        found[f"instant.{name}"] = Function(postgresql.of_instant(name), later)
    return found


_CASTS: Final[Mapping[str, Function]] = {
    "text.bool": Function(postgresql.TEXT_TO_BOOL, casts.text_to_bool),
    "text.int": Function(postgresql.TEXT_TO_INT, casts.text_to_int),
    "text.number": Function(postgresql.TEXT_TO_NUMBER, casts.text_to_decimal),
    "number.decimal": Function(postgresql.BOUNDED_DECIMAL, casts.unchanged),
    "text.double": Function(postgresql.TEXT_TO_DOUBLE, casts.text_to_double),
    "text.guid": Function(postgresql.TEXT_TO_GUID, casts.text_to_guid),
    "text.date": Function(postgresql.TEXT_TO_DATE, casts.text_to_date),
    "text.time": Function(postgresql.TEXT_TO_TIME, casts.text_to_time),
    "text.instant": Function(postgresql.TEXT_TO_INSTANT, casts.text_to_instant),
    "text.duration": Function(postgresql.TEXT_TO_DURATION, casts.text_to_duration),
    "bool.text": Function("({0})::text", casts.bool_to_text),
    "int.text": Function("({0})::text", casts.int_to_text),
    "decimal.text": Function("trim_scale({0})::text", casts.decimal_to_text),
    "double.text": Function(postgresql.DOUBLE_TO_TEXT, casts.double_to_text),
    "date.text": Function("to_char({0}, 'YYYY-MM-DD')", casts.unchanged),
    "time.text": Function("({0})::text", casts.time_to_text),
    "instant.text": Function(postgresql.INSTANT_TO_TEXT, casts.instant_to_text),
    "duration.text": Function(postgresql.DURATION_TO_TEXT, casts.duration_to_text),
    "binary.text": Function(postgresql.BINARY_TO_TEXT, casts.binary_to_text),
}


def _sum_of_doubles(result: str) -> str:
    """Null where one is larger than 1e290: the sum of such could overflow, which is an error."""
    return f"CASE WHEN bool_or(abs({{0}}) > 1e290) THEN NULL ELSE {result} END"


_SAFE_SUM: Final = "sum({0}) FILTER (WHERE abs({0}) <= 1e290)"
# A sum that is only compared: what is larger counts as 1e290, and nothing overflows.
_CLIPPED: Final = "sum(CASE WHEN {0} > 1e290 THEN 1e290 WHEN {0} < -1e290 THEN -1e290 ELSE {0} END)"
_AGGREGATES: Final[Mapping[str, Function]] = {
    "count": Function("count(*)", sqlite="count(*)"),
    "sum.int": Function(postgresql.whole("sum({0}::numeric)"), sqlite="odata_sum_int({0})"),
    "sum.decimal": Function("sum({0})", sqlite="odata_sum_decimal({0})"),
    "sum.double": Function(_sum_of_doubles(_SAFE_SUM), sqlite="odata_sum_double({0})"),
    "average.int": Function(
        "(sum({0}::numeric)::double precision / count({0}))", sqlite="odata_average_int({0})"
    ),
    "average.decimal": Function(
        postgresql.quotient("sum({0})", "count({0})"), sqlite="odata_average_decimal({0})"
    ),
    "average.double": Function(
        _sum_of_doubles(f"{_SAFE_SUM} / count({{0}})"), sqlite="odata_average_double({0})"
    ),
    "running.int": Function("sum({0}::numeric)", sqlite="odata_sum_decimal({0})"),
    "running.decimal": Function("sum({0})", sqlite="odata_sum_decimal({0})"),
    "running.double": Function(_CLIPPED, sqlite=_CLIPPED),
    "min.bool": Function("bool_and({0})", sqlite="min({0})"),
    "max.bool": Function("bool_or({0})", sqlite="max({0})"),
    "countdistinct.plain": Function("count(DISTINCT {0})", sqlite="count(DISTINCT {0})"),
    "countdistinct.decimal": Function(
        "count(DISTINCT {0})", sqlite=f"count(DISTINCT {{0}} {_BY_NUMBER})"
    ),
}


def _extremes() -> dict[str, Function]:
    found: dict[str, Function] = {}
    for name in ("min", "max"):
        plain = f"{name}({{0}})"
        found[f"{name}.plain"] = Function(plain, sqlite=plain)
        found[f"{name}.text"] = Function(f"{name}({{0}} {_C})", sqlite=plain)
        found[f"{name}.decimal"] = Function(plain, sqlite=f"{name}({{0}} {_BY_NUMBER})")
    return found


FUNCTIONS: Final[Mapping[str, Function]] = {
    **_comparisons(),
    **_LOGIC,
    **_ORDER,
    **_TEXTS,
    **_NUMBERS,
    **_MOMENTS,
    **_parts(),
    **_CASTS,
    **_AGGREGATES,
    **_extremes(),
}
