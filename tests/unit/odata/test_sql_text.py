"""The SQL that expressions become: what indexes can serve, what is bound, what is correlated."""

import re
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    MetaData,
    Select,
    Table,
    Text,
    exists,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from app.odata.engine.ast import Node
from app.odata.engine.edm import (
    BOOLEAN,
    DECIMAL,
    INT32,
    STRING,
    EntitySet,
    EntityType,
    Model,
    Navigation,
    Property,
)
from app.odata.engine.grammar import expressions
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.source import Limits, Rows, Service, Source
from app.odata.engine.sql.environment import Environment
from app.odata.engine.sql.expressions import Translator
from app.odata.engine.sql.types import DecimalType

CASTS = re.compile("::[A-Z]+")
metadata = MetaData()
THING = Table(
    "thing",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("name", Text),
    Column("size", BigInteger),
    Column("price", DecimalType),
    Column("open", Boolean),
    Column("parent_id", BigInteger),
    Column("hidden", Boolean),
)
LABEL = Table("label", metadata, Column("thing_id", BigInteger), Column("text", Text))
THING_TYPE = EntityType(
    "Test",
    "Thing",
    ("Id",),
    (
        Property("Id", INT32, nullable=False),
        Property("Name", STRING),
        Property("Size", INT32),
        Property("Price", DECIMAL),
        Property("Open", BOOLEAN),
        Property("ParentId", INT32),
        Property("Label", STRING),
    ),
    (Navigation("Parent", "Test.Thing"), Navigation("Parts", "Test.Thing", collection=True)),
)
THINGS = EntitySet("Things", THING_TYPE, {"Parent": "Things", "Parts": "Things"})
MODEL = Model("Test", "Container", entity_types=(THING_TYPE,), entity_sets=(THINGS,))
COLUMNS = {
    "Id": "id",
    "Name": "name",
    "Size": "size",
    "Price": "price",
    "Open": "open",
    "ParentId": "parent_id",
}


class ThingRows(Rows):
    """Subqueries here say nothing of correlation: SQLAlchemy alone would get them wrong, deeper
    than one level.
    """

    def __init__(self, name: str) -> None:
        self.table = THING.alias(name)

    def column(self, name: str) -> ColumnElement[Any]:
        if name == "Label":
            chosen = select(LABEL.c.text).where(LABEL.c.thing_id == self.table.c.id)
            return chosen.scalar_subquery()
        return self.table.c[COLUMNS[name]]

    def visible(self) -> ColumnElement[bool]:
        return self.table.c.hidden.is_(False)

    def joined(self, navigation: str, target: Rows) -> ColumnElement[bool]:
        mine, theirs = self.table.c, target.table.c
        if navigation == "Parent":
            return mine.parent_id == theirs.id
        return exists().where(LABEL.c.thing_id == mine.id, LABEL.c.text == theirs.name)

    def among(self, name: str, values: Sequence[Any]) -> ColumnElement[bool] | None:
        if name != "ParentId":
            return None
        return self.table.c.id.in_(select(THING.c.id).where(THING.c.parent_id.in_(values)))


class Things(Source):
    type = THING_TYPE

    def rows(self, name: str, caller: Any) -> Rows:
        return ThingRows(name)


def now() -> datetime:
    return datetime(2024, 5, 12, 10, tzinfo=UTC)


SERVICE = Service(
    MODEL,
    {"Things": Things()},
    {},
    lambda _: nullcontext(None),  # type: ignore[arg-type]
    lambda _, task: task(),
    now,
)
DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(),  # type: ignore[no-untyped-call]
    "postgresql": psycopg.dialect(),  # type: ignore[no-untyped-call]
}


def node(text: str) -> Node:
    scope = Scope(model=MODEL, type=THING_TYPE, home=THINGS)
    return expressions.parse_condition(text, scope, Limits())


def statement(text: str) -> Select[Any]:
    translator = Translator(SERVICE, None, now)
    bound = translator.rows(THINGS)
    condition = translator.condition(node(text), Environment.over(bound))
    return select(bound.rows.column("Id")).where(condition)


def where(text: str, engine: str) -> str:
    """What stands behind WHERE, without the types of parameters, its white space evened."""
    compiled = str(statement(text).compile(dialect=DIALECTS[engine]))
    return " ".join(CASTS.sub("", compiled).partition("WHERE ")[2].split())


@pytest.mark.parametrize(
    ("text", "sqlite_text", "postgresql_text"),
    [
        ("Name eq 'a'", "(t0.name = ?)", "(t0.name = %(param_1)s)"),
        ("'a' eq Name", "(t0.name = ?)", "(t0.name = %(param_1)s)"),
        ("Size gt 5", "(t0.size > ?)", "(t0.size > %(param_1)s)"),
        ("5 gt Size", "(t0.size < ?)", "(t0.size < %(param_1)s)"),
        ("Size eq 5.0", "(t0.size = ?)", "(t0.size = %(param_1)s)"),
        ("Name gt 'a'", "(t0.name > ?)", '(t0.name COLLATE "C" > %(param_1)s COLLATE "C")'),
        ("Name eq null", "(t0.name IS NULL)", "(t0.name IS NULL)"),
        ("Name ne null", "(t0.name IS NOT NULL)", "(t0.name IS NOT NULL)"),
        ("Name ne 'a'", "(t0.name IS NOT ?)", "(t0.name IS DISTINCT FROM %(param_1)s)"),
        ("Name eq Label", None, None),
        (
            "Price eq 2.5",
            "(t0.price = ? COLLATE odata_decimal)",
            "(t0.price = %(param_1)s)",
        ),
        (
            "not (Size gt 5)",
            "(NOT ((t0.size > ?) IS TRUE))",
            "(NOT ((t0.size > %(param_1)s) IS TRUE))",
        ),
        ("Size gt 5 and Open", "(t0.size > ?) AND t0.open = 1", None),
        ("not Open", "(NOT t0.open)", "(NOT t0.open)"),
        (
            "startswith(Name,'ab')",
            "(t0.name >= ? AND t0.name < ?)",
            "(starts_with(t0.name, %(param_1)s))",
        ),
        ("contains(Name,'a')", "(instr(t0.name, ?) > 0)", "(strpos(t0.name, %(param_1)s) > 0)"),
        ("tolower(Name) eq 'a'", "odata('0 text.lower:1 1 eq.text:2', t0.name, ?)", None),
        ("Size in (1,2)", "t0.size IN (__[POSTCOMPILE_param_1])", None),
        ("Name in ('a',null)", None, None),
    ],
)
def test_conditions_in_sql(text: str, sqlite_text: str | None, postgresql_text: str | None) -> None:
    for engine, expected in (("sqlite", sqlite_text), ("postgresql", postgresql_text)):
        written = where(text, engine)
        assert expected is None or written == expected
        assert "coalesce" not in written


@pytest.mark.parametrize("engine", DIALECTS)
@pytest.mark.parametrize(
    "text", ["Id eq 5 or Size eq 5", "ParentId eq 5", "ParentId in (5,6)", "ParentId ne 5"]
)
def test_a_source_says_how_an_index_serves_it(text: str, engine: str) -> None:
    asked = "ParentId" in text
    assert ("thing.parent_id IN" in where(text, engine)) == asked


@pytest.mark.parametrize("engine", DIALECTS)
@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Parent/Name eq 'a'", 1),
        ("Parent/Parent/Name eq 'a'", 2),
        ("Parent eq null", 1),
        ("Parts/any()", 1),
        ("Parts/all(p:p/Size gt 1)", 1),
        ("Parts/any(p:p/Parts/any(q:q/Size gt p/Size))", 2),
        ("Parts/$count gt 1", 1),
        ("Parts/$count($filter=Parent/Size eq 1) gt 1", 2),
        ("isof(Parent,Test.Thing)", 1),
    ],
)
def test_every_target_has_to_be_visible(text: str, targets: int, engine: str) -> None:
    written = where(text, engine)
    shown = [number for number in range(9) if f"t{number}.hidden" in written]
    assert len(shown) == targets
    assert 0 not in shown


@pytest.mark.parametrize("engine", DIALECTS)
@pytest.mark.parametrize(
    "text",
    [
        "Label eq 'a'",
        "Parts/any(p:p/Label eq Label)",
        "Parts/any(p:p/Parts/any(q:q/Label eq Label and q/Name eq p/Label))",
        "Parts/any(p:$it/Parts/any(q:q/Size eq p/Size and q/Size eq Size))",
        "Parts/any(p:Parent/Label eq p/Label)",
        "Parts/$count($filter=Label eq $it/Label) gt 1",
    ],
)
def test_rows_further_out_stay_there(text: str, engine: str) -> None:
    """No subquery makes rows of its own of those around it."""
    written = " ".join(str(statement(text).compile(dialect=DIALECTS[engine])).split())
    for number in range(9):
        assert written.count(f"thing AS t{number}") <= 1, written


def test_values_are_bound() -> None:
    evil = "'; DROP TABLE thing --"
    text = f"Name eq '{evil.replace(chr(39), chr(39) * 2)}' or contains(Label,'zz') or Size eq 77"
    for dialect in DIALECTS.values():
        compiled = str(statement(text).compile(dialect=dialect))
        assert not any(each in compiled for each in ("DROP", "zz", "77"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Name eq 'a' and Size gt 5", "Name eq 'b' and Size gt 6"),
        ("tolower(Name) eq 'a' or Price lt 1.5", "tolower(Name) eq 'b' or Price lt 2.25"),
        ("Size in (1,2,3)", "Size in (4,5)"),
        ("Parts/any(p:p/Size mul 2 gt 5)", "Parts/any(p:p/Size mul 3 gt 6)"),
        ("startswith(Name,'a')", "startswith(Name,'bcd')"),
    ],
)
def test_statements_of_one_shape_share_what_is_compiled(one: str, other: str) -> None:
    first, second = statement(one)._generate_cache_key(), statement(other)._generate_cache_key()
    assert first is not None and second is not None
    assert first.key == second.key


def test_statements_of_different_operations_do_not() -> None:
    keys = {
        statement(text)._generate_cache_key().key  # type: ignore[union-attr]
        for text in ("tolower(Name) eq 'a'", "toupper(Name) eq 'a'", "trim(Name) eq 'a'")
    }
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Parts/any(a:" * 5 + "true" + ")" * 5, BadRequest),
        ("/".join(["Parent"] * 21) + "/Name eq 'a'", BadRequest),
        ("substring(Name,1,-1) eq 'a'", BadRequest),
        ("matchesPattern(Name,'(')", BadRequest),
        ("matchesPattern(Name,Label)", NotSupported),
    ],
)
def test_what_is_refused(text: str, problem: type[Exception]) -> None:
    named = text
    for letter in "bcde":  # each lambda needs a variable of its own
        named = named.replace("Parts/any(a:Parts", f"Parts/any({letter}:{letter}/Parts", 1)
    with pytest.raises(problem):
        statement(named)


@pytest.mark.parametrize("engine", DIALECTS)
@pytest.mark.parametrize("most", [30])
def test_deep_expressions_stay_flat(engine: str, most: int) -> None:
    text = "tolower(" * most + "Name" + ")" * most + " eq 'a'"
    written = where(text, engine)
    depth = max(written[:place].count("(") - written[:place].count(")") for place in range(999))
    assert (depth < 5) == (engine == "sqlite")
