"""Values of expressions on the store: their Python types, orders, computed properties, casts of
texts, and what other callers see.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.odata.engine.ast import ComputeItem, Literal, Member, OrderItem, SearchNot, Term, Variable
from app.odata.engine.edm import BOOLEAN, INT32, STRING, PrimitiveType
from app.odata.engine.grammar import expressions
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.sql.environment import Environment
from app.odata.engine.sql.stages import turned
from tests.engine.asking import NOW, filtered, ids, keys, parsed, scope, translator, values
from tests.engine.evaluator import Evaluator
from tests.engine.evaluator_values import cast_text
from tests.second_service import data
from tests.second_service.fixtures import Shop

RELEASED = datetime(2020, 2, 29, 12, 30, 45, 500000, tzinfo=UTC)
DEEP = 30


def first(shop: Shop, text: str) -> Any:
    """The value of an expression for the first product."""
    return values(shop, text)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Price", Decimal("2.5")),
        ("Price add 1", Decimal("3.5")),
        ("Stock divby 4", Decimal("2.5")),
        ("Stock add 1", 11),
        ("Stock gt 1", True),
        ("contains(Origin/Zip,'x')", False),
        ("contains(Author,'x')", None),
        ("Weight mul 2", 3.0),
        ("Rating div 3", 1),
        ("Released add duration'PT0.5S'", RELEASED + timedelta(seconds=0.5)),
        ("Released sub Released", timedelta(0)),
        ("date(Released)", date(2020, 2, 29)),
        ("time(Released)", time(12, 30, 45, 500000)),
        ("Available sub duration'P1D'", date(2020, 2, 28)),
        ("Runtime mul 2", timedelta(hours=3)),
        ("totalseconds(Runtime)", Decimal(5400)),
        ("now()", NOW),
        ("maxdatetime()", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("case(Discontinued:1)", None),
        ("Category/Parent/Name", "Everything"),
        ("Lines/$count", 3),
        ("Colour", 1),
        ("Code", "0a1b2c3d-0000-4000-8000-000000000001"),
        ("Digits", b"\x00\x01\xff"),
        ("cast(Digits eq null,Edm.String)", "false"),
        ("round(Weight)", 2.0),
        ("Name in ('Hammer',null)", True),
        ("not (Name eq null)", True),
        ("Lines/any(l:l/Amount gt 100)", False),
        ("1e0 div 0", float("inf")),
        ("null", None),
    ],
)
def test_values(shop: Shop, text: str, expected: Any) -> None:
    text = text.replace("Author", "Shop.Book/Author")
    found = first(shop, text)
    assert found == expected
    assert type(found) is type(expected)


def ordered(shop: Shop, text: str, *, descending: bool = False) -> list[int]:
    """The IDs of products in the order of an expression."""
    node = expressions.parse(text, scope(shop.service, "Products", data.ANNA), shop.service.limits)
    found = translator(shop.service, data.ANNA)
    bound = found.rows(shop.service.model.entity_set("Products"))
    terms = found.order([OrderItem(node, descending)], Environment.over(bound))
    key = bound.rows.column("ID")
    chosen = select(key).where(bound.rows.visible())
    return [row[0] for row in shop.all(chosen.order_by(*(turned(*each) for each in terms), key))]


@pytest.mark.parametrize(
    ("text", "descending", "expected"),
    [
        ("Name", False, [9, 10, 5, 1, 7, 11, 3, 6, 8, 2, 4, 12, 14]),
        ("tolower(Name)", True, [14, 4, 12, 8, 6, 3, 11, 7, 1, 2, 5, 10, 9]),
        ("Price", False, [3, 5, 10, 4, 7, 1, 2, 14, 12, 8, 9, 11, 6]),
        ("Price", True, [6, 11, 8, 9, 12, 14, 1, 2, 7, 4, 10, 5, 3]),
        ("-Price", False, [3, 6, 11, 8, 9, 12, 14, 1, 2, 7, 4, 10, 5]),
        ("Discontinued", True, [4, 9, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 14]),
        ("Category/Name", False, [3, 12, 14, 8, 9, 10, 11, 1, 2, 6, 7, 4, 5]),
        ("Rating gt 3", False, [2, 3, 6, 7, 9, 10, 12, 1, 4, 5, 8, 11, 14]),
    ],
)
def test_orders(shop: Shop, text: str, descending: bool, expected: list[int]) -> None:
    assert ordered(shop, text, descending=descending) == expected


def test_computed_properties_can_be_used_in_each_other(shop: Shop) -> None:
    found = translator(shop.service, data.ANNA)
    products = shop.service.model.entity_set("Products")
    bound = found.rows(products)
    it = Variable("$it", products.type)
    scoped = scope(shop.service, "Products", data.ANNA)
    double = expressions.parse("Rating mul 2", scoped, shop.service.limits)
    items = [
        ComputeItem(double, "Twice"),
        ComputeItem(Member(it, "Twice", INT32, dynamic=True), "Again"),
    ]
    env = found.computing(items, Environment.over(bound))
    again = Member(it, "Again", INT32, dynamic=True)
    text = "Lines/any(l:l/Amount gt Rating)"
    outer = expressions.parse(text, scoped, shop.service.limits)
    chosen = select(bound.rows.column("ID"), found.value(again, env)).where(
        bound.rows.visible(), found.condition(outer, env)
    )
    assert sorted(tuple(row) for row in shop.all(chosen)) == [(1, 8), (4, 10)]


@pytest.mark.parametrize(
    ("text", "home", "caller", "expected"),
    [
        ("Product eq null", "OrderLines", data.ANNA, [(data.ORDER_B, 2)]),
        ("Product eq null", "OrderLines", data.BEN, [(data.ORDER_A, 3), (data.ORDER_B, 2)]),
        ("Product/Name eq null", "OrderLines", data.BEN, [(data.ORDER_A, 3), (data.ORDER_B, 2)]),
        ("Product/Name eq 'Hidden drill'", "OrderLines", data.BEN, []),
        ("Products/any(p:p/ID eq 7)", "Categories", data.ANNA, [(2,)]),
        ("Products/any(p:p/ID eq 7)", "Categories", data.BEN, []),
        ("Products/any()", "Categories", data.BEN, [(2,), (3,), (4,), (5,), (6,)]),
        ("Products/any()", "Categories", data.ANNA, [(2,), (3,), (4,), (5,)]),
        ("Products/$count eq 4", "Categories", data.ANNA, [(2,)]),
        ("Products/$count eq 3", "Categories", data.BEN, [(2,)]),
        ("Extra eq 'EUR'", "Settings", data.ANNA, [("Currency",)]),
        ("Level lt 4", "Settings", data.ANNA, [("Depth",), ("Greeting",)]),
        ("Nowhere eq null and Level eq 3", "Settings", data.ANNA, [("Depth",)]),
        ("Lines/all(l:l/Amount gt 1)", "Orders", data.ANNA, [(data.ORDER_C,), (data.ORDER_D,)]),
    ],
)
def test_callers_and_sets(
    shop: Shop, text: str, home: str, caller: str, expected: list[tuple[Any, ...]]
) -> None:
    assert keys(shop, text, home, caller) == expected


def nested(form: str, inner: str, times: int) -> str:
    """A text inside of itself, so many times."""
    for _ in range(times):
        inner = form.replace("…", inner)
    return inner


@pytest.mark.parametrize(
    "text",
    [
        nested("tolower(…)", "Name", DEEP) + " eq 'hammer'",
        nested("concat('a',…)", "Name", DEEP) + " eq 'b'",
        nested("(1 add …)", "Stock", DEEP) + " eq 40",
        nested("(… add 1)", "Stock", DEEP) + " eq 40",
        nested("(1.0 mul …)", "Price", DEEP) + " eq 2.5",
        nested("(1e0 mul …)", "Weight", DEEP) + " eq 1.5",
        nested("(Rating eq 9 or (Stock ge 0 and …))", "ID eq 1", DEEP // 2),
        nested("not (Rating eq 9 or …)", "ID eq 1", DEEP // 2),
        nested("not …", "Discontinued", DEEP),
        nested("(true eq …)", "(ID eq 1)", DEEP),
        nested("(… eq true)", "(ID eq 1)", DEEP),
        nested("round(…)", "Weight", DEEP) + " eq 2",
        nested("case(ID eq 9:1,true:…)", "2", DEEP // 2) + " eq 1",
        nested("(… sub duration'PT1S')", "Released", DEEP) + " lt 1970-01-01T00:00:00Z",
        nested("substring(Name,length(…))", "Name", 14) + " eq ''",
        " or ".join(f"Rating eq {number}" for number in range(45)),
        "/".join(["Category", *["Parent"] * 19]) + "/Name eq null",
        "Lines/any(a:((a/Amount gt 1) eq a/Product/Lines/any(b:((b/Amount gt 1) eq "
        "b/Product/Lines/any(c:((c/Amount gt 1) eq c/Product/Lines/any(d:(d/Amount gt 1) "
        "eq true)))))))",
    ],
)
def test_deep_expressions_run(shop: Shop, text: str) -> None:
    node = parsed(shop.service, text)
    assert keys(shop, text) == Evaluator(data.ANNA, NOW).keys("Products", node)


NUMBERS = ("12", "-0", "+7", "2.50", "1e2", "1E-3", "-1e400", "1e9999", " 1", "0x1", "1_0", "", "٣")
WHOLE = ("255", "256", "-129", "32768", "2147483648", "9223372036854775808", "1" * 401, "1.0")
REAL = ("INF", "-INF", "NaN", "1.7976931348623157e308", "1e309", "1e-400", "1e-310", "Infinity")
DAYS = ("2020-02-29", "2021-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "2020-2-9", "today")
CLOCKS = ("08:30", "08:30:59.1234567", "24:00", "23:59:60", "8:30", "08:30:00.000000000001", "now")
POINTS = (
    "2020-02-29T08:30Z",
    "2020-02-29t08:30:00.1234569z",
    "2020-02-29T23:59:59+14:00",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "2020-02-29T08:30:00",
    "2020-02-30T08:30Z",
    "2020-02-29T08:30:60Z",
    "2020-02-29 08:30Z",
    "2020-02-29T08:30+16:00",
    "infinity",
)
LENGTHS = (
    *("PT0S", "P1DT2H3M4.5S", "-P1D", "+PT1M", "P", "PT", "P1Y", "PT1.1234569S", "pt1s"),
    *("P106751991D", "P106751992D", "-P106751992D", "PT9223372036854.775807S", "P1DT", "1D"),
)
MARKS = ("0A1B2C3D-0000-4000-8000-00000000000F", "0a1b2c3d000040008000000000000001", "{}")
FLAGS = ("true", "False", "TRUE", "yes", "1", "trüe")


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("Edm.Byte", WHOLE),
        ("Edm.SByte", WHOLE),
        ("Edm.Int16", WHOLE),
        ("Edm.Int32", (*WHOLE, *NUMBERS)),
        ("Edm.Int64", (*WHOLE, *NUMBERS)),
        ("Edm.Decimal", (*NUMBERS, *WHOLE)),
        ("Edm.Double", (*NUMBERS, *REAL)),
        ("Edm.Date", DAYS),
        ("Edm.TimeOfDay", CLOCKS),
        ("Edm.DateTimeOffset", POINTS),
        ("Edm.Duration", LENGTHS),
        ("Edm.Guid", MARKS),
        ("Edm.Boolean", FLAGS),
    ],
)
def test_casts_of_texts(shop: Shop, kind: str, texts: tuple[str, ...]) -> None:
    for text in texts:
        # The text is not constant, so it is not read here but in the database.
        found = first(shop, f"cast(concat(substring(Name,100),'{text}'),{kind})")
        expected = cast_text(text, PrimitiveType(kind))
        assert found == expected, (kind, text)
        assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("^$", ["", "a", "\n"]),
        ("a.c", ["abc", "a\nc", "a\u2028c", "a😀c"]),
        (r"\d+", ["1", "٣", "x"]),
        (r"^\w+$", ["aZ_9", "ä", "a b"]),
        (r"\s", ["\u00a0", "\u2003", "a", "\ufeff"]),
        (r"[^\d\s]", ["1 ", "1x"]),
        (r"\bwool\b", ["100% wool_", "a wool b", "wool", "äwool"]),
        (r"\Bool", ["wool", "ool"]),
        ("[a-c-]{2,3}$", ["ab", "a-", "abcd", "d"]),
        ("(a|b|)c", ["c", "ac", "x"]),
        ("(?:ab)+?$", ["abab", "aba"]),
        (r"[\]\\^-]", ["]", "\\", "^", "-", "x"]),
        (r"[^\x00-\x7F]", ["abc", "aß"]),
        (r"\u00e4|\x41", ["ä", "A", "a"]),
        (r"\.\*\+\?\(\)\[\]\{\}\|\/", [".*+?()[]{}|/", ".*"]),
        ("a{0}b", ["b", "ab"]),
        ("😀{2}", ["😀😀", "😀"]),
        ("[[:alpha:]]", [":]", "a]", "x"]),
        ("%_'", ["%_'", "ab'"]),
    ],
)
def test_patterns(shop: Shop, pattern: str, texts: list[str]) -> None:
    python = (
        pattern.replace("$", r"\Z").replace("[[", r"[\[").replace(".c", r"[^\n\r\u2028\u2029]c")
    )
    python = python.replace(r"\s", r"\s\ufeff" if "[" in pattern else r"[\s\u00a0\u2003\ufeff]")
    for text in texts:
        literal = f"concat(substring(Name,100),{quoted(text)})"
        found = first(shop, f"matchesPattern({literal},{quoted(pattern)})")
        flags = 0 if r"\s" in pattern else re.ASCII
        assert found == (re.search(python, text, flags) is not None), (pattern, text)


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", ")", "a)", "[", "*", "a**", "a{", "a{1", "a{2,1}", "a{256}", r"\p{L}", r"\1"),
        *("(?=a)", "(?<a>b)", r"\k<a>", "[b-a]", r"[\d-z]", r"\u12", r"\x1", "\\", r"\q", r"\b+"),
        *("(a{200}){200}", "(" * 21 + ")" * 21, "a" * 201, r"\ud800", "[]", r"\0"),
    ],
)
def test_refused_patterns(shop: Shop, pattern: str) -> None:
    with pytest.raises(BadRequest):
        ids(shop, f"matchesPattern(Name,{quoted(pattern)})")


def test_search_in_conditions(shop: Shop) -> None:
    found = translator(shop.service, data.ANNA)
    bound = found.rows(shop.service.model.entity_set("Products"))
    chosen = select(bound.rows.column("ID")).where(
        bound.rows.visible(), found.search(SearchNot(Term("a")), bound)
    )
    expected = [
        each["ID"]
        for each in data.visible("Products", data.ANNA)
        if "a" not in each["Name"].lower()
    ]
    assert sorted(row[0] for row in shop.all(chosen)) == [each for each in expected if each != 0]


def test_a_constant_condition(shop: Shop) -> None:
    for value, number in ((True, 13), (False, 0), (None, 0)):
        literal = Literal(value, BOOLEAN)
        assert len(shop.all(filtered(shop.service, literal))) == number


def test_what_has_no_value_is_not_supported(shop: Shop) -> None:
    it = Variable("$it", shop.service.model.entity_set("Products").type)
    with pytest.raises(NotSupported):
        filtered(shop.service, Member(it, "Unknown", STRING))


def test_among_says_what_comparing_would(shop: Shop) -> None:
    node = parsed(shop.service, "CategoryID in (2,3)")
    assert "category_id IS NOT NULL" in str(filtered(shop.service, node))
    assert ids(shop, "CategoryID in (2,3)") == ids(shop, "(CategoryID add 0) in (2,3)")


def test_a_long_list_is_one_parameter(shop: Shop) -> None:
    listed = ",".join(str(number) for number in range(3, 1003))
    assert ids(shop, f"Stock in ({listed})") == [1, 7, 8, 10, 11, 14]
    assert ids(shop, f"not (ID in ({listed}))") == [1, 2]


def test_expressions_of_many_values(shop: Shop) -> None:
    """SQLite's functions take 127 arguments; PostgreSQL has no such limit."""
    many = " or ".join(f"startswith(Name,'{number}')" for number in range(40))
    assert ids(shop, f"({many}) eq true") == [5]
    cases = ",".join(["false:tolower('a')"] * 62)
    if shop.engine_name == "sqlite":
        with pytest.raises(BadRequest):
            ids(shop, f"case({cases}) eq null")
    else:
        assert len(ids(shop, f"case({cases}) eq null")) == 13
