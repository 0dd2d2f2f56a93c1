"""The tables of a store as they stand in a database, and how their values are written so that the
other engine reads the same: numbers as numbers, truth as 0 or 1, days and instants as ISO 8601,
bytes as hexadecimal digits.

The database is asked, not the models, since a dump may be of an older schema.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection, inspect
from sqlalchemy.types import (
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    TypeEngine,
)

from app.backup.manifest import Column
from app.extensions import db

VERSION: Final = "alembic_version"
# What caches go by is made anew at each restore: no cache may take the restored rows for others.
EPOCHS: Final = frozenset({"epoch", "list_epoch"})
STAMP: Final = ("task", "stamp")
INSTANT_WIDTH: Final = 27  # of an instant's text in SQLite; no other column is as wide
KINDS: Final[tuple[tuple[type[TypeEngine[Any]], str], ...]] = (
    (Boolean, "boolean"),
    (DateTime, "instant"),
    (Date, "date"),
    (LargeBinary, "bytes"),
    (Float, "real"),
    (Integer, "integer"),
    (String, "text"),
)


def tables_of(connection: Connection) -> list[str]:
    """The names of our tables that are there, in the order of the models: those that others refer
    to come first.
    """
    there = set(inspect(connection).get_table_names())
    return [table.name for table in db.metadata.sorted_tables if table.name in there]


def dumped_tables(connection: Connection) -> list[str]:
    """The names of the tables that a dump holds."""
    return [name for name in tables_of(connection) if name not in EPOCHS]


def columns_of(connection: Connection, table: str) -> tuple[Column, ...]:
    """The columns of a table that a dump holds."""
    found = inspect(connection).get_columns(table)
    return tuple(
        Column(each["name"], kind_of(each["type"]))
        for each in found
        if (table, each["name"]) != STAMP
    )


def has_stamps(connection: Connection) -> bool:
    """The schema has stamps on tasks (since revision 0003)."""
    table, name = STAMP
    return any(each["name"] == name for each in inspect(connection).get_columns(table))


def kind_of(given: TypeEngine[Any]) -> str:
    """How values of a column of this type are written."""
    if isinstance(given, String) and given.length == INSTANT_WIDTH:
        return "instant"
    return next(kind for known, kind in KINDS if isinstance(given, known))


def key_of(connection: Connection, table: str) -> list[str]:
    """The columns of the primary key."""
    return list(inspect(connection).get_pk_constraint(table)["constrained_columns"])


WRITING: Final[dict[str, dict[str, str]]] = {
    "sqlite": {"bytes": "CASE WHEN {0} IS NOT NULL THEN lower(hex({0})) END"},
    "postgresql": {
        "boolean": "{0}::int",
        "bytes": "encode({0}, 'hex')",
        "date": "to_char({0}, 'YYYY-MM-DD')",
        "instant": """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    },
}
ORDER: Final = {"sqlite": "{0}", "postgresql": '{0} COLLATE "C"'}


def selection(engine: str, table: str, columns: tuple[Column, ...], key: list[str]) -> str:
    """A statement that reads a table with its values as they are written, in the order of its key:
    the same text whichever engine is asked.
    """
    forms = WRITING[engine]
    chosen = ", ".join(forms.get(each.kind, "{0}").format(f'"{each.name}"') for each in columns)
    kinds = {each.name: each.kind for each in columns}
    ordered = ", ".join(
        (ORDER[engine] if kinds[each] == "text" else "{0}").format(f'"{each}"') for each in key
    )
    return f'SELECT {chosen} FROM "{table}" ORDER BY {ordered}'  # noqa: S608


READING: Final[dict[str, Callable[[str], Any]]] = {
    "sqlite": bytes.fromhex,
    "postgresql": lambda digits: f"\\x{digits}",
}
