"""Small SQL helpers that differ between the engines."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import BigInteger


def among(connection: Connection, column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """`column` is one of the ids: one bound value whatever their number, one cached statement."""
    engine = connection.dialect.name
    return _among(engine, column, {"value": bound_ids(engine, ids), "unique": True})


def among_texts(connection: Connection, column: Any, texts: Sequence[str]) -> ColumnElement[bool]:
    """As `among`, for texts."""
    if connection.dialect.name == "postgresql":
        return column == any_(  # type: ignore[no-any-return]
            bindparam("texts", list(texts), type_=ARRAY(Text), unique=True)
        )
    packed = bindparam("texts", orjson.dumps(list(texts)).decode(), type_=Text, unique=True)
    listed = func.json_each(packed).table_valued("value")
    return column.in_(select(listed.c.value))  # type: ignore[no-any-return]


def among_texts_bound(engine: str) -> Callable[[Any], ColumnElement[bool]]:
    """As `among_texts`, for a statement that is kept: the texts come with its execution, as
    `texts`.
    """
    if engine == "postgresql":
        array = bindparam("texts", None, ARRAY(Text))
        return lambda column: column == any_(array)
    listed = func.json_each(bindparam("texts", None, Text)).table_valued("value")
    return lambda column: column.in_(select(listed.c.value))


def bound_texts(engine: str, texts: Sequence[str]) -> Any:
    """Texts as the value of the parameter `texts`: an array, or JSON in SQLite."""
    return list(texts) if engine == "postgresql" else orjson.dumps(list(texts)).decode()


def among_bound(engine: str) -> Callable[[Any], ColumnElement[bool]]:
    """As `among`, for a statement that is kept: the ids come with its execution, as `ids`."""
    return lambda column: _among(engine, column, {"value": None})


def bound_ids(engine: str, ids: Sequence[int]) -> Any:
    """Ids as the value of the parameter `ids`: an array, or JSON in SQLite."""
    return list(ids) if engine == "postgresql" else orjson.dumps(list(ids)).decode()


def _among(engine: str, column: Any, options: dict[str, Any]) -> ColumnElement[bool]:
    if engine == "postgresql":
        array = bindparam("ids", type_=ARRAY(BigInteger), **options)
        return column == any_(array)  # type: ignore[no-any-return]
    listed = func.json_each(bindparam("ids", type_=Text, **options)).table_valued("value")
    return column.in_(select(listed.c.value))  # type: ignore[no-any-return]


class rows_as_json(FunctionElement[str]):
    """All rows of a subquery, of which these are the columns, as one JSON text: an array of arrays,
    or NULL when there are none. Truth values are numbers in SQLite.
    """

    name = "rows_as_json"
    type = Text()
    inherit_cache = True


@compiles(rows_as_json, "sqlite")
def _grouped(element: Any, compiler: Any, **more: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **more)}))"


@compiles(rows_as_json, "postgresql")
def _aggregated(element: Any, compiler: Any, **more: Any) -> str:
    return f"CAST(json_agg(json_build_array({compiler.process(element.clauses, **more)})) AS TEXT)"
