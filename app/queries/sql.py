"""Small SQL helpers that differ between the engines."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger


def among(connection: Connection, column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """`column` is one of the ids. One bound value whatever their number, so one cached
    statement.
    """
    if connection.dialect.name == "postgresql":
        given = bindparam(None, list(ids), type_=ARRAY(BigInteger))
        return column == any_(given)  # type: ignore[no-any-return]
    listed = func.json_each(orjson.dumps(list(ids)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))  # type: ignore[no-any-return]
