"""Rows by the hundred thousand into the store, by the driver's own way: executemany, or COPY.

`without_upkeep` takes away what the store does for each row and does it once at the end: triggers,
and for a big load also indexes and foreign keys. All of it happens within the caller's transaction,
so a load that fails leaves everything as it was.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import bindparam, text

from app.seeding.blocks import Block
from app.services.work import Work

SORT_KILOBYTES = 400_000


def write(work: Work, block: Block) -> None:
    """Insert a block of rows."""
    columns = ", ".join(f'"{name}"' for name in block.columns)
    target = f'"{block.table}" ({columns})'
    cursor: Any = work.connection.connection.cursor()
    if not work.on_postgresql:
        places = ",".join("?" * len(block.columns))
        cursor.executemany(f"INSERT INTO {target} VALUES ({places})", block.rows)  # noqa: S608
        return
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in block.rows:
            copy.write_row(row)


@contextmanager
def without_upkeep(work: Work, tables: Sequence[str], big: bool) -> Iterator[None]:
    """No triggers on these tables within the block; where the load is big, their indexes and
    foreign keys are made anew behind it.
    """
    before, after = (_on_postgresql if work.on_postgresql else _on_sqlite)(work, tables, big)
    for statement in before:
        work.run(text(statement))
    yield
    for statement in after:
        work.run(text(statement))


Statements = tuple[list[str], list[str]]


def _on_sqlite(work: Work, tables: Sequence[str], big: bool) -> Statements:
    """SQLite has no foreign keys to drop, and keeps the statement that made a thing."""
    kinds = ("trigger", "index") if big else ("trigger",)
    found: Any = work.all(
        text(
            "SELECT type, name, sql FROM sqlite_master"
            " WHERE sql IS NOT NULL AND type IN :kinds AND tbl_name IN :tables ORDER BY rowid"
        ).bindparams(
            bindparam("kinds", kinds, expanding=True), bindparam("tables", tables, expanding=True)
        )
    )
    made = [sql.replace(":", r"\:") for _, _, sql in found]
    before = [f'DROP {kind} "{name}"' for kind, name, _ in found]
    if not big:
        return before, made
    cache = f"PRAGMA cache_size={int(work.scalar(text('PRAGMA cache_size')))}"
    return [*before, f"PRAGMA cache_size={-SORT_KILOBYTES}", "PRAGMA threads=2"], [*made, cache]


CONSTRAINTS = text(
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND conrelid = ANY (CAST(:tables AS regclass[])) ORDER BY oid"
)
INDEXES = text(
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
    " WHERE indrelid = ANY (CAST(:tables AS regclass[])) AND NOT indisprimary"
    " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY indexrelid"
)


def _on_postgresql(work: Work, tables: Sequence[str], big: bool) -> Statements:
    before = [f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in tables]
    after = [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in tables]
    if not big:
        return before, after
    named = {"tables": [f'"{table}"' for table in tables]}
    keys = work.connection.execute(CONSTRAINTS, named).all()
    indexes = work.connection.execute(INDEXES, named).all()
    before += [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _ in keys]
    before += [f"DROP INDEX {name}" for name, _ in indexes]
    sorting = f"SET LOCAL maintenance_work_mem = {SORT_KILOBYTES}"
    makers = [sql for _, sql in indexes]
    makers += [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {sql}' for table, name, sql in keys]
    return before, [sorting, *(sql.replace(":", r"\:") for sql in makers), *after]
