"""What a filter means, worked out in Python from the standard, apart from all SQL.

It reads typed nodes and the plain entities of the second service. Where the standard leaves a
choice, it follows docs/compatibility.md: numbers out of range and division of integers and Decimals
by zero are null, a quotient of Decimals has 20 digits behind the point, NaN is null.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

from app.odata.engine import ast
from app.odata.engine.edm import (
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
    SBYTE,
    SINGLE,
    STRING,
    TIME_OF_DAY,
    CollectionType,
    EntityType,
    EnumType,
)
from app.odata.engine.primitives import from_text, to_text
from tests.second_service import data
from tests.second_service.layout import LAYOUTS
from tests.second_service.model import MODEL

EXACT = Context(prec=5000)
RANGES = {
    SBYTE: (-128, 127),
    BYTE: (0, 255),
    INT16: (-32768, 32767),
    INT32: (-(2**31), 2**31 - 1),
    INT64: (-(2**63), 2**63 - 1),
}
INTEGERS, FLOATS = tuple(RANGES), (SINGLE, DOUBLE)
MICROSECOND = timedelta(microseconds=1)
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """An entity of a set."""

    home: str
    entity: data.Entity


Scope = Mapping[str, Item]


class Evaluator:
    """Expressions over what a caller sees, at an instant."""

    def __init__(self, caller: str, now: datetime) -> None:
        self.caller = caller
        self.now = now

    def keys(self, home: str, condition: ast.Node) -> list[tuple[Any, ...]]:
        """The keys of the entities of a set for which a condition is true."""
        names = LAYOUTS[home].type.key
        found = [
            each
            for each in data.visible(home, self.caller)
            if self.value(condition, {"$it": Item(home, each)}) is True
        ]
        return sorted(tuple(each[name] for name in names) for each in found)

    def value(self, node: ast.Node, scope: Scope) -> Any:
        """The value of a node, None for null."""
        return _VALUES[type(node)](self, node, scope)

    def literal(self, node: ast.Literal, scope: Scope) -> Any:
        return node.value

    def variable(self, node: ast.Variable, scope: Scope) -> Any:
        return scope[node.name]

    def member(self, node: ast.Member, scope: Scope) -> Any:
        source = self.value(node.source, scope)
        if source is None:
            return None
        return source.entity.get(node.name) if isinstance(source, Item) else source.get(node.name)

    def navigate(self, node: ast.Navigate, scope: Scope) -> Any:
        source = self.value(node.source, scope)
        if source is None:
            return [] if node.navigation.collection else None
        name = node.navigation.name
        target = data.NAVIGATIONS[source.home, name][0]
        reached = data.navigated(source.home, source.entity, name, self.caller)
        found = [Item(target, each) for each in reached]
        if node.navigation.collection:
            return found
        return found[0] if found else None

    def narrow(self, node: ast.Narrow, scope: Scope) -> Any:
        source = self.value(node.source, scope)
        if isinstance(node.type, CollectionType):
            return [each for each in source if self._is(each, node.type.item)]
        return source if source is not None and self._is(source, node.type) else None

    def _is(self, item: Item, kind: Any) -> bool:
        own = item.entity.get("@type")
        actual = LAYOUTS[item.home].type if own is None else MODEL.entity_type(own)
        return MODEL.is_a(actual, kind)

    def logical(self, node: ast.Logical, scope: Scope) -> bool | None:
        values = [self.value(each, scope) for each in node.operands]
        decisive = node.operator == "or"
        if decisive in values:
            return decisive
        return None if None in values else not decisive

    def negation(self, node: ast.Not, scope: Scope) -> bool | None:
        value = self.value(node.operand, scope)
        return None if value is None else not value

    def compare(self, node: ast.Compare, scope: Scope) -> bool:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if node.operator in ("eq", "ne"):
            same = _equal(left, node.left.type, right, node.right.type)
            return same == (node.operator == "eq")
        if left is None or right is None:
            return False
        if node.operator == "has":
            return bool(left & right == right)
        return _ordered(node.operator, left, node.left.type, right, node.right.type)

    def included(self, node: ast.In, scope: Scope) -> bool:
        value = self.value(node.operand, scope)
        return any(
            _equal(value, node.operand.type, self.value(each, scope), each.type)
            for each in node.items
        )

    def arithmetic(self, node: ast.Arithmetic, scope: Scope) -> Any:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if left is None or right is None:
            return None
        if isinstance(left, datetime | date | timedelta) or isinstance(right, timedelta):
            return _temporal(node.operator, left, right)
        one = _as(left, node.left.type, node.type)
        other = _as(right, node.right.type, node.type)
        if one is None or other is None:
            return None
        return _NUMERIC[_family(node.type)](node.operator, one, other)

    def minus(self, node: ast.Negate, scope: Scope) -> Any:
        value = self.value(node.operand, scope)
        if value is None or value == 0:
            return value
        return _bounded(-value, node.type)

    def any_all(self, node: ast.Lambda, scope: Scope) -> bool:
        items = self.value(node.source, scope)
        if node.predicate is None:
            return bool(items)
        inner = [{**scope, str(node.variable): each} for each in items]
        results = [self.value(node.predicate, each) is True for each in inner]
        return any(results) if node.kind == "any" else all(results)

    def count(self, node: ast.Count, scope: Scope) -> int:
        items = self.value(node.source, scope)
        assert node.search is None
        if node.filter is None:
            return len(items)
        return sum(self.value(node.filter, {**scope, "$this": each}) is True for each in items)

    def call(self, node: ast.Call, scope: Scope) -> Any:
        if node.name == "case":
            pairs = zip(node.arguments[::2], node.arguments[1::2], strict=True)
            for truth, result in pairs:
                if self.value(truth, scope) is True:
                    return _as(self.value(result, scope), result.type, node.type)
            return None
        values = [self.value(each, scope) for each in node.arguments]
        kinds = [each.type for each in node.arguments]
        if node.name == "isof":
            if isinstance(node.target, EntityType):
                return values[0] is not None and self._is(values[0], node.target)
            return _cast(values[0], kinds[0], node.target) is not None
        if node.name == "cast":
            return _cast(values[0], kinds[0], node.target)
        if node.name == "now":
            return self.now
        if None in values:
            return None
        if node.name in ("round", "floor", "ceiling"):
            return _rounded(node.name, _as(values[0], kinds[0], node.type))
        return _FUNCTIONS[node.name](*values)


_VALUES: dict[type, Callable[..., Any]] = {
    ast.Literal: Evaluator.literal,
    ast.Variable: Evaluator.variable,
    ast.Member: Evaluator.member,
    ast.Navigate: Evaluator.navigate,
    ast.Narrow: Evaluator.narrow,
    ast.Logical: Evaluator.logical,
    ast.Not: Evaluator.negation,
    ast.Compare: Evaluator.compare,
    ast.In: Evaluator.included,
    ast.Arithmetic: Evaluator.arithmetic,
    ast.Negate: Evaluator.minus,
    ast.Lambda: Evaluator.any_all,
    ast.Count: Evaluator.count,
    ast.Call: Evaluator.call,
}


def _family(kind: Any) -> str:
    if kind in INTEGERS or isinstance(kind, EnumType):
        return "integer"
    return "decimal" if kind == DECIMAL else "double" if kind in FLOATS else "other"


def _common(one: Any, other: Any) -> Any:
    """The wider of two numeric types."""
    order = {"integer": 0, "decimal": 1, "double": 2}
    return max((one, other), key=lambda kind: order.get(_family(kind), 0))


def _as(value: Any, own: Any, kind: Any) -> Any:
    """A number in the family of another type."""
    source, target = _family(own), _family(kind)
    if value is None or source == target or "other" in (source, target):
        return value
    if target == "double":
        return _double(value)
    if target == "decimal" and isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    return Decimal(value) if target == "decimal" else value


def _double(value: int | Decimal) -> float | None:
    """The nearest Double; null where there is none."""
    try:
        found = float(value)
    except OverflowError:
        return None
    return None if math.isinf(found) else found


def _equal(one: Any, own: Any, other: Any, others: Any) -> bool:
    if one is None or other is None:
        return one is None and other is None
    kind = _common(own, others)
    left, right = _as(one, own, kind), _as(other, others, kind)
    return bool(left == right)


def _ordered(operator: str, one: Any, own: Any, other: Any, others: Any) -> bool:
    kind = _common(own, others)
    left, right = _as(one, own, kind), _as(other, others, kind)
    if left is None or right is None:
        return False
    answers = {
        "gt": left > right,
        "ge": left >= right,
        "lt": left < right,
        "le": left <= right,
    }
    return answers[operator]


def _bounded(value: Any, kind: Any) -> Any:
    """Null for what its type cannot hold."""
    if isinstance(value, timedelta):
        return value if INT64_LOW <= value // MICROSECOND <= INT64_HIGH else None
    if isinstance(value, int) and not INT64_LOW <= value <= INT64_HIGH:
        return None
    return None if isinstance(value, float) and math.isnan(value) else value


INT64_LOW, INT64_HIGH = RANGES[INT64]


def _towards_zero(a: Fraction) -> int:
    return math.floor(a) if a >= 0 else math.ceil(a)


def _integers(operator: str, a: int, b: int) -> int | None:
    if operator in ("div", "mod") and b == 0:
        return None
    results: dict[str, Callable[[], int]] = {
        "add": lambda: a + b,
        "sub": lambda: a - b,
        "mul": lambda: a * b,
        "div": lambda: _towards_zero(Fraction(a, b)),
        "mod": lambda: a - b * _towards_zero(Fraction(a, b)),
    }
    found: int | None = _bounded(results[operator](), INT64)
    return found


def _decimals(operator: str, a: Decimal, b: Decimal) -> Decimal | None:
    if operator in ("div", "divby", "mod") and b == 0:
        return None
    if operator in ("div", "divby"):
        return _half_away(Fraction(a) / Fraction(b) * 10**20) / Decimal(10**20)
    if operator == "mod":
        left, right = Fraction(a), Fraction(b)
        rest = left - right * _towards_zero(left / right)
        return EXACT.divide(Decimal(rest.numerator), Decimal(rest.denominator))
    results = {"add": EXACT.add, "sub": EXACT.subtract, "mul": EXACT.multiply}
    return results[operator](a, b)


def _half_away(value: Fraction) -> Decimal:
    size = math.floor(abs(value) + Fraction(1, 2))
    return Decimal(size if value >= 0 else -size)


def _doubles(operator: str, a: float, b: float) -> float | None:
    if operator in ("div", "divby") and b == 0:
        return math.copysign(math.inf, a) if a else None
    if operator == "mod":
        if b == 0 or math.isinf(a):
            return None
        if math.isinf(b):
            return a
        # Of the decimals that are written, see docs/compatibility.md.
        found = _decimals("mod", Decimal(repr(a)), Decimal(repr(b)))
        return None if found is None else float(found)
    results: dict[str, Callable[[], float]] = {
        "add": lambda: a + b,
        "sub": lambda: a - b,
        "mul": lambda: a * b,
        "div": lambda: a / b,
        "divby": lambda: a / b,
    }
    found = _bounded(results[operator](), DOUBLE)
    return found


_NUMERIC: dict[str, Callable[[str, Any, Any], Any]] = {
    "integer": _integers,
    "decimal": _decimals,
    "double": _doubles,
}


def _temporal(operator: str, left: Any, right: Any) -> Any:
    try:
        if isinstance(left, timedelta) and isinstance(right, timedelta):
            return _bounded(left + right if operator == "add" else left - right, DURATION)
        if isinstance(left, datetime | date) and isinstance(right, timedelta):
            return _moved(left, right if operator == "add" else -right)
        if isinstance(left, datetime | date):
            return left - right
        return _scaled(operator, left, right)
    except OverflowError:
        return None


def _moved(start: datetime | date, by: timedelta) -> datetime | date:
    if isinstance(start, datetime):
        return start + by
    return (datetime.combine(start, time.min) + by).date()


def _scaled(operator: str, left: Any, right: Any) -> timedelta | None:
    """A duration times or by a number, to the microsecond."""
    size, factor = (left, right) if isinstance(left, timedelta) else (right, left)
    microseconds = Fraction(size // MICROSECOND)
    if isinstance(factor, float):
        if math.isinf(factor):
            return timedelta(0) if operator != "mul" else None
        factor = Decimal(repr(factor))
    number = Fraction(factor)
    if operator != "mul" and number == 0:
        return None
    exact = microseconds * number if operator == "mul" else microseconds / number
    whole = int(_half_away(exact))
    return timedelta(microseconds=whole) if INT64_LOW <= whole <= INT64_HIGH else None


_ROUNDING = {"round": ROUND_HALF_UP, "floor": ROUND_FLOOR, "ceiling": ROUND_CEILING}


def _rounded(name: str, value: Any) -> Any:
    if isinstance(value, float):
        if math.isinf(value):
            return value
        return float(Decimal(value).to_integral_value(_ROUNDING[name]))
    return Decimal(value).to_integral_value(_ROUNDING[name])


def _substring(text: str, start: int, size: int | None = None) -> str:
    begin = start if start >= 0 else max(len(text) + start, 0)
    return text[begin:] if size is None else text[begin : begin + max(size, 0)]


def _case(text: str, upper: bool) -> str:
    """Each character alone, and one for one."""
    return "".join(_one_for_one(each, upper) for each in text)


def _one_for_one(character: str, upper: bool) -> str:
    if character == "İ" and not upper:
        return "i"
    mapped = character.upper() if upper else character.lower()
    return mapped if len(mapped) == 1 else character


def _of_day(name: str) -> Callable[[Any], int]:
    return lambda value: int(getattr(value, name))


def _clock(value: datetime | time) -> Decimal:
    return Decimal(value.microsecond).scaleb(-6)


_WHITE = re.compile(r"^[\s\u0085\u00a0]+|[\s\u0085\u00a0]+$")


def _trimmed(text: str) -> str:
    return text.strip(" \t\n\u00a0\u2003")


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text[: len(part)] == part,
    "endswith": lambda text, part: part == "" or text[-len(part) :] == part,
    "indexof": lambda text, part: text.find(part),
    "length": len,
    "substring": _substring,
    "concat": lambda one, other: one + other,
    "tolower": lambda text: _case(text, False),
    "toupper": lambda text: _case(text, True),
    "trim": _trimmed,
    "matchespattern": lambda text, pattern: re.search(pattern, text, re.ASCII) is not None,
    "year": _of_day("year"),
    "month": _of_day("month"),
    "day": _of_day("day"),
    "hour": _of_day("hour"),
    "minute": _of_day("minute"),
    "second": _of_day("second"),
    "fractionalseconds": _clock,
    "date": lambda value: value.date(),
    "time": lambda value: value.time(),
    "totaloffsetminutes": lambda value: 0,
    "totalseconds": lambda value: Decimal(value // MICROSECOND).scaleb(-6),
    "mindatetime": lambda: EARLIEST,
    "maxdatetime": lambda: LATEST,
}


def _cast(value: Any, own: Any, target: Any) -> Any:
    """URL Conventions 5.1.1.12.1."""
    if value is None or own == target:
        return value
    if own == STRING:
        return cast_text(value, target)
    if isinstance(own, EnumType) and target not in (*INTEGERS, STRING):
        return None
    if target == STRING:
        if own == DECIMAL:
            return format(value.normalize(EXACT) + 0, "f")
        return to_text(own, value)
    if _family(own) != "other" and target in INTEGERS:
        return _to_integer(value, target)
    if _family(own) != "other" and _family(target) in ("decimal", "double"):
        return _as(value, own, target)
    if isinstance(target, EnumType):
        return value if value in dict(target.members).values() else None
    if (own, target) == (DATE, DATE_TIME_OFFSET):
        return datetime.combine(value, time.min, UTC)
    if own == DATE_TIME_OFFSET and target in (DATE, TIME_OF_DAY):
        return value.date() if target == DATE else value.time()
    return value if {own, target} == {GUID, STRING} else None


def cast_text(text: str, target: Any) -> Any:
    """A text cast to another type; narrower than literals, see sql/casts.py."""
    if target == DATE_TIME_OFFSET and re.fullmatch(r"[0-9-]+T[0-9:.]+", text):
        text += "Z"
    if text == "NaN" or re.search(r":60(?![0-9])", text):
        return None  # NaN is null, and there are no leap seconds here
    try:
        return from_text(target, text)
    except ValueError:
        return None


def _to_integer(value: Any, target: Any) -> int | None:
    if isinstance(value, float):
        if math.isinf(value):
            return None
        value = Decimal(repr(value))
    whole = int(_half_away(Fraction(value)))
    low, high = RANGES[target]
    return whole if low <= whole <= high else None
