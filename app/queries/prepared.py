"""SELECTs that are compiled once and then run through the driver.

SQLAlchemy states, compiles and types them; each execution then costs what the driver's own call
does (a tenth of Connection.execute: docs/adr/0007).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import RawCursor
from sqlalchemy import Connection, Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.types import TypeEngine

from app.access import Viewer

FLOAT8, NUMERIC = 701, 1700  # PostgreSQL's types; its driver makes a float of one, a Decimal of one
KNOWN_TYPES = 4096  # instances of types: some are made for one statement only
DIALECTS: Mapping[str, Dialect] = {
    "sqlite": sqlite.dialect(),
    "postgresql": psycopg.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}
Convert = Callable[[Any], Any]
Rows = list[tuple[Any, ...]]


class Prepared:
    """A SELECT for one dialect of SQL. Parameters that have no value yet are stated with the value
    None; each execution names theirs, the others keep the values that the statement holds.
    """

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._raw = dialect.name == "postgresql"
        types = {name: bind.type for name, bind in compiled.binds.items()}
        self._in = {
            name: made
            for name in compiled.params
            if (made := _binder(_type_of(name, types), dialect)) is not None
        }
        held = {name: self._bound(name, value) for name, value in compiled.params.items()}
        names: Sequence[str] = compiled.positiontup or ()
        self._listed = [held[name] for name in names]
        self._places: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            self._places.setdefault(name, []).append(place)
        self._out = [
            (place, made)
            for place, column in enumerate(getattr(statement, "selected_columns", ()))
            if (made := _reader(column.type, dialect)) is not None
        ]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Rows:
        """All rows, as tuples in the order of the columns. Names that the statement does not have
        are passed over.
        """
        found: Rows = self.cursor(connection).execute(self.sql, self._arguments(values)).fetchall()
        return self._converted(found) if self._out and found else found

    def cursor(self, connection: Connection) -> Any:
        """What runs the statement: its parameters are in the server's own form already, while
        psycopg's usual cursor would look for its own in the text each time.
        """
        driver: Any = connection.connection.driver_connection
        return RawCursor(driver) if self._raw else driver

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def _arguments(self, values: Mapping[str, Any]) -> list[Any]:
        arguments = self._listed.copy()
        for name, places in self._places.items():
            if name in values:
                value = self._bound(name, values[name])
                for place in places:
                    arguments[place] = value
        return arguments

    def _bound(self, name: str, value: Any) -> Any:
        convert = self._in.get(name)
        return value if convert is None else convert(value)

    def _converted(self, rows: Rows) -> Rows:
        columns: list[Any] = list(zip(*rows, strict=True))
        for place, convert in self._out:
            columns[place] = map(convert, columns[place])
        return list(zip(*columns, strict=True))


class Kept:
    """A SELECT that is stated when it is first used, once for each engine and kind of viewer.
    `build` gets the engine's name and the kind.
    """

    def __init__(self, build: Callable[[str, Viewer], Any]) -> None:
        self._build = build
        self._made: dict[tuple[str, Viewer], Prepared] = {}

    def rows(
        self, connection: Connection, viewer: Viewer, values: Mapping[str, Any] | None = None
    ) -> Rows:
        """All rows that the viewer gets."""
        engine, kind = connection.dialect.name, viewer.kind
        prepared = self._made.get((engine, kind))
        if prepared is None:
            prepared = Prepared(self._build(engine, kind), DIALECTS[engine])
            self._made[engine, kind] = prepared
        return prepared.rows(connection, {**viewer.values, **(values or {})})


def _type_of(name: str, types: Mapping[str, TypeEngine[Any]]) -> TypeEngine[Any]:
    while name not in types:  # an item of an IN carries the name of the list and its own number
        name = name[: name.rindex("_")]
    return types[name]


@lru_cache(KNOWN_TYPES)
def _binder(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


@lru_cache(KNOWN_TYPES)
def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    given = NUMERIC if getattr(kind, "asdecimal", False) else FLOAT8
    return kind.dialect_impl(dialect).result_processor(dialect, given)
