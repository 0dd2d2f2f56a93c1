"""One INSERT for many rows: what is the same in all of them is written into the statement, so that
only the rest is handed over row by row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, literal, literal_column, null

from app.services.work import Work


def insert_rows(
    work: Work, model: Any, rows: Sequence[dict[str, Any]], same: Mapping[str, Any]
) -> None:
    """Insert rows of one shape. `same` maps columns to the value that all rows have there; columns
    that nobody names get their default where it is a plain value.
    """
    if not rows:
        return
    columns = model.__table__.columns
    shared = {
        column.name: column.default.arg if column.default else None
        for column in columns
        if column.default is None or column.default.is_scalar
    }
    shared |= same
    values = {name: bindparam(name, type_=columns[name].type) for name in rows[0]}
    values |= {
        name: _constant(work, columns[name].type, value)
        for name, value in shared.items()
        if name not in values
    }
    # Its text is good for this once.
    options = {"compiled_cache": None}
    statement = insert(model.__table__).values(values)
    work.connection.execute(statement, list(rows), execution_options=options)


def _constant(work: Work, kind: Any, value: Any) -> Any:
    """A value as SQL text. Texts are for row by row, but for the empty one."""
    if value is None:
        return null()
    if isinstance(value, str) and value:
        raise ValueError("a text is no constant")
    dialect = work.connection.dialect
    written = literal(value, kind).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return literal_column(str(written), type_=kind)
