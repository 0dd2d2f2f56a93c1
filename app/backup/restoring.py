"""A dump into a store, in one transaction: all of it, checked, or nothing.

The schema is made as it was when the dump was written, the rows are loaded, and the migrations that
came since run over them, as they would have run over the store itself.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import randbits
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.backup.columns import READING, STAMP, columns_of, dumped_tables, has_stamps, tables_of
from app.backup.manifest import FILES, Damaged, Manifest, Table
from app.backup.reading import Dump
from app.backup.schema import filled, lock, remove_schema, revisions, upgrade_to
from app.backup.snapshot import be_patient, last_id
from app.errors import Conflict
from app.seeding.blocks import Block
from app.seeding.loading import without_upkeep, write
from app.services.execute import maintain
from app.services.upkeep import BITS, analyse, renew_epochs
from app.services.work import Work
from app.storage import Files

CACHE_KILOBYTES: Final = 65_536  # of SQLite while it loads
SHOWN: Final = 5  # broken references that a message names
# The drivers say by errors of their own that a value is none of a column, or by Python's.
STORE_ERRORS = (DBAPIError, sqlite3.Error, psycopg.Error, OverflowError, TypeError, ValueError)
Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Choices:
    """How to restore: `replace` removes what the store holds; `files` is where uploads go."""

    files: Files
    replace: bool = False


def restore(dump: Dump, choices: Choices, progress: Progress) -> Manifest:
    """Make the store of the database what it was when the dump was written, brought to the newest
    schema. The dump has been checked. `progress` is told of rows. Raises Damaged; Conflict when the
    store is not empty.
    """
    manifest = dump.manifest
    known = revisions()
    if manifest.revision not in known:
        raise Conflict(
            f"The dump has schema {manifest.revision}; this version knows up to {known[-1]}"
        )
    maintain(lambda work: _restore(work, dump, choices, progress))
    return manifest


def _restore(work: Work, dump: Dump, choices: Choices, progress: Progress) -> None:
    connection, manifest = work.connection, dump.manifest
    be_patient(connection)
    lock(connection)
    if not choices.replace and filled(connection):
        raise Conflict("The store is not empty; nothing was changed. --replace removes what it has")
    with _refusals("The store"):
        remove_schema(connection)
        upgrade_to(connection, manifest.revision)
    _compare(connection, manifest)
    stamped = has_stamps(connection)
    _load(work, dump, progress)
    with _refusals("The migrations"):
        upgrade_to(connection, "head")
    if not stamped:
        work.run(text("UPDATE task SET stamp = stamp"))  # a trigger gives each another one
    with _refusals("The greatest ids"):
        _continue_ids(connection, manifest)
    _check_references(connection)
    renew_epochs(work)
    analyse(work)
    _save_files(dump, choices.files)


@contextmanager
def _refusals(part: str) -> Iterator[None]:
    """What the database does not take, said in a line."""
    try:
        yield
    except STORE_ERRORS as error:
        cause = str(getattr(error, "orig", error)).strip() or type(error).__name__
        raise Damaged(f"{part}: refused by the database: {cause.splitlines()[0]}") from error


def _compare(connection: Connection, manifest: Manifest) -> None:
    """The dump has the tables and columns of its revision, no fewer and no others."""
    there = {name: set(columns_of(connection, name)) for name in dumped_tables(connection)}
    said = {table.name: set(table.columns) for table in manifest.tables}
    if there != said:
        wrong = sorted(name for name in {*there, *said} if there.get(name) != said.get(name))
        raise Damaged(f"tables/{wrong[0]}: is not the table of schema {manifest.revision}")


def _load(work: Work, dump: Dump, progress: Progress) -> None:
    if not work.on_postgresql:
        # A row may name one that comes later; what is never there is looked for at the end.
        work.run(text("PRAGMA defer_foreign_keys=ON"))
    stamped = has_stamps(work.connection)
    with _refusals("tables"), without_upkeep(work, tables_of(work.connection), True):
        if not work.on_postgresql:
            work.run(text(f"PRAGMA cache_size={-CACHE_KILOBYTES}"))
        for table in dump.manifest.tables:
            with _refusals(table.part.path):
                _load_table(work, dump, table, stamped and table.name == STAMP[0], progress)


def _load_table(work: Work, dump: Dump, table: Table, stamped: bool, progress: Progress) -> None:
    names = [column.name for column in table.columns]
    binary = [place for place, each in enumerate(table.columns) if each.kind == "bytes"]
    if stamped:
        names.append(STAMP[1])
    for rows in dump.rows(table):
        if stamped:
            for row in rows:
                row.append(2 + randbits(BITS))  # 1 is what migrated rows have
        if binary:
            _decode(rows, binary, READING[work.engine])
        write(work, Block(table.name, names, rows))
        progress(len(rows))


def _decode(rows: list[Any], places: list[int], decoded: Callable[[str], Any]) -> None:
    for row in rows:
        for place in places:
            if row[place] is not None:
                row[place] = decoded(str(row[place]))


def _continue_ids(connection: Connection, manifest: Manifest) -> None:
    """No id is given out again, not even that of a row that was gone before the dump."""
    for table in manifest.tables:
        if "id" not in {column.name for column in table.columns}:
            continue
        greatest = connection.execute(text(f'SELECT max(id) FROM "{table.name}"')).scalar()  # noqa: S608
        last = max(table.sequence or 0, greatest or 0, last_id(connection, table.name) or 0)
        if last:
            for statement in SETTING[connection.dialect.name]:
                connection.execute(text(statement), {"name": table.name, "last": last})


SETTING: Final = {
    "sqlite": (
        "DELETE FROM sqlite_sequence WHERE name = :name",
        "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)",
    ),
    "postgresql": ("SELECT setval(pg_get_serial_sequence(quote_ident(:name), 'id'), :last)",),
}


def _check_references(connection: Connection) -> None:
    """Every row that is named is there. PostgreSQL has checked when its constraints were made."""
    if connection.dialect.name != "sqlite":
        return
    found = connection.execute(text("PRAGMA foreign_key_check")).fetchmany(SHOWN)
    if found:
        said = ", ".join(f"{table} {row} names a {target}" for table, row, target, _ in found)
        raise Damaged(f"tables/{found[0][0]}: names what is not there: {said}")


def _save_files(dump: Dump, files: Files) -> None:
    """The uploaded bytes, last: they are found by digest only, so what is saved and then not
    needed, because the transaction fails, harms nothing and is purged in time.
    """
    for digest, content in dump.files():
        if files.save(content).digest != digest:
            raise Damaged(f"{FILES}: the bytes of {digest} are others")
