"""Many rows of one table at once: in SQLite several with each statement, in PostgreSQL by COPY, or
by one INSERT where some may be there already, since triggers go off with each statement.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table

from app.queries.prepared import DIALECTS
from app.services import statements

# COPY costs three round trips, whatever the number of rows.
COPY_FROM = 8
# Rows of a statement of SQLite: with more a statement gets no quicker, and each shape of rows has
# statements of its own, which take memory as long as the connection keeps them.
SIZES = (20, 1)
SHAPES = 256  # whose statements' texts are kept
Convert = Callable[[Any], Any]


class _Once(dict[Any, Any]):
    """Values as the driver gets them, each converted once."""

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, value: Any) -> Any:
        made = self[value] = self._convert(value)
        return made


def load(connection: Connection, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same columns in the same order; columns that they leave out get
    their default where it is a constant.
    """
    if not rows:
        return
    engine, names = connection.dialect.name, tuple(rows[0])
    driver: Any = connection.connection.driver_connection
    if engine == "postgresql" and len(rows) >= COPY_FROM:
        copy_rows(driver, model.__table__, names, rows)
    elif engine == "postgresql":
        statements.loading(engine, model, names).run_many(connection, rows)
    else:
        insert_rows(driver, model, names, rows)


def link(connection: Connection, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows as `load` does, but for those that are there already."""
    if not rows:
        return
    engine, names = connection.dialect.name, tuple(rows[0])
    if engine == "postgresql" and len(rows) >= COPY_FROM:
        driver: Any = connection.connection.driver_connection
        link_rows(driver, model, names, rows)
    else:
        statements.linking(engine, model, names).run_many(connection, rows)


def link_rows(
    driver: Any, model: Any, names: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
) -> None:
    """PostgreSQL's way for links."""
    columns = [list(column) for column in zip(*(row.values() for row in rows), strict=True)]
    driver.execute(_linking(model, names), columns)


@cache
def _linking(model: Any, names: tuple[str, ...]) -> str:
    """PostgreSQL's statement for links, whose parameters are the columns."""
    table, dialect = model.__table__, DIALECTS["postgresql"]
    arrays = ", ".join(f"%s::{table.c[name].type.compile(dialect)}[]" for name in names)
    constants = statements.constants("postgresql", table, names)
    listed = ", ".join(f'"{name}"' for name in (*names, *constants))
    chosen = ", ".join(["given.*", *map(str, constants.values())])
    return (
        f'INSERT INTO "{table.name}" ({listed}) SELECT {chosen} '  # noqa: S608
        f"FROM unnest({arrays}) AS given ON CONFLICT DO NOTHING"
    )


def insert_rows(
    driver: Any, model: Any, names: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
) -> None:
    """SQLite's way: many rows a statement. Where a table has triggers, each statement keeps every
    page that it is about to change, for the case that it fails: half of the time of a task.
    """
    values = list(_tuples(rows, _converters(model, names)))
    done = 0
    for size in SIZES:
        end = len(values) - (len(values) - done) % size
        if done < end:
            parts = (values[start : start + size] for start in range(done, end, size))
            driver.executemany(
                _insertion(model, names, size), map(tuple, map(chain.from_iterable, parts))
            )
            done = end


def copy_rows(
    driver: Any, table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """PostgreSQL's way."""
    more = statements.defaults(table, names)
    listed = ", ".join(f'"{name}"' for name in (*names, *more))
    rest = tuple(more.values())
    with driver.cursor().copy(f'COPY "{table.name}" ({listed}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row((*row.values(), *rest))


@lru_cache(SHAPES)
def _insertion(model: Any, names: tuple[str, ...], size: int) -> str:
    """SQLite's statement for so many rows; the parameters of each stand in the order of the
    names.
    """
    table = model.__table__
    constants = statements.constants("sqlite", table, names)
    written = [str(each) for each in constants.values()]
    listed = ", ".join(f'"{name}"' for name in (*names, *constants))
    row = f"({', '.join([*('?' for _ in names), *written])})"
    return f'INSERT INTO "{table.name}" ({listed}) VALUES {", ".join([row] * size)}'  # noqa: S608


@cache
def _converters(model: Any, names: tuple[str, ...]) -> Mapping[int, Convert]:
    """What converts some of the values for SQLite, by their places."""
    table, dialect = model.__table__, DIALECTS["sqlite"]
    return {
        place: convert
        for place, name in enumerate(names)
        if (convert := table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }


def _tuples(
    rows: Sequence[Mapping[str, Any]], converters: Mapping[int, Convert]
) -> Iterator[tuple[Any, ...]]:
    columns: list[Any] = list(zip(*(row.values() for row in rows), strict=True))
    for place, convert in converters.items():
        columns[place] = map(_Once(convert).__getitem__, columns[place])
    return zip(*columns, strict=True)
