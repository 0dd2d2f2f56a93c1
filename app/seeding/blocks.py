"""Rows as a driver takes them fastest: the columns once, then plain values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Dialect
from sqlalchemy.dialects import postgresql, sqlite

from app.models.base import Instant


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one table."""

    table: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


class _Texts(dict[Any, Any]):
    """A value as the driver gets it, made once for all rows that have it."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> Any:
        made = self[value] = None if value is None else self._make(value)
        return made


class Blocks:
    """Makes blocks for one kind of database."""

    def __init__(self, on_postgresql: bool) -> None:
        # The packages name their dialect without types.
        dialect: Dialect = (postgresql if on_postgresql else sqlite).dialect()
        instants = _Texts(lambda value: str(Instant().process_bind_param(value, dialect)))
        self._texts: dict[type, _Texts] = {Instant: instants, Date: _Texts(date.isoformat)}

    def make(self, model: Any, rows: Sequence[dict[str, Any]]) -> Block:
        """Rows of a table, all with the same columns in the same order. Columns that they leave out
        take the default of the model.
        """
        columns = model.__table__.columns
        given = list(rows[0])
        more = {
            column.name: column.default.arg
            for column in columns
            if column.name not in rows[0]
            and column.default is not None
            and column.default.is_scalar
        }
        temporal = [
            (place, self._texts[type(columns[name].type)])
            for place, name in enumerate(given)
            if type(columns[name].type) in self._texts
        ]
        rest = tuple(more.values())
        made = [_values(row, temporal, rest) for row in rows]
        return Block(model.__tablename__, [*given, *more], made)


def _values(
    row: dict[str, Any], temporal: Sequence[tuple[int, _Texts]], rest: tuple[Any, ...]
) -> tuple[Any, ...]:
    values = [*row.values(), *rest]
    for place, texts in temporal:
        values[place] = texts[values[place]]
    return tuple(values)
