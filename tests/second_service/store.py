"""The shop's database: an engine, reads on one snapshot, write transactions that are joined."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, create_engine, event, text

from app.odata.engine.sql.sqlite import prepare
from tests.second_service import data, tables
from tests.second_service.layout import LAYOUTS

SCHEMA = "shop"  # of PostgreSQL: apart from the tables of others in the same database


def sqlite_engine(path: str) -> Engine:
    """An engine on a file, its functions registered, its transactions begun by us."""
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"isolation_level": None, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def tell(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        prepare(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def postgresql_engine(url: str) -> Engine:
    """An engine on a schema of the shop's own, made when it is not there. `url` as the server
    gives it, without a driver.
    """
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        connect_args={"options": f"-c timezone=UTC -c search_path={SCHEMA}"},
    )
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    return engine


class Store:
    """Connections for sources and handlers. One write transaction at a time in each context."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.writes = 0
        self._current: ContextVar[Connection | None] = ContextVar("shop", default=None)
        with engine.begin() as connection:
            tables.metadata.create_all(connection)

    @contextmanager
    def reading(self, _caller: str) -> Iterator[Connection]:
        """The transaction that is open, else a connection on one snapshot."""
        current = self._current.get()
        if current is not None:
            yield current
            return
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            yield connection

    def atomically(self, _caller: str, task: Callable[[], Any]) -> Any:
        """Run a task in one write transaction, or in a savepoint of the one that is open."""
        current = self._current.get()
        if current is not None:
            with current.begin_nested():
                return task()
        with self.engine.connect().execution_options(write=True) as connection:
            token = self._current.set(connection)
            try:
                with connection.begin():
                    return task()
            finally:
                self._current.reset(token)

    @property
    def connection(self) -> Connection:
        """The connection of the open transaction: commands run nowhere else."""
        current = self._current.get()
        if current is None:
            raise RuntimeError("a command ran outside of Service.atomically")
        return current

    def rows(self, statement: Select[Any], caller: str) -> Sequence[Row[Any]]:
        """All rows of a statement, in the open transaction or a snapshot of its own."""
        with self.reading(caller) as connection:
            return connection.execute(statement, {"caller": caller}).all()

    def now(self) -> datetime:
        """The shop's clock: it goes on by a second with every write."""
        return data.NOW + timedelta(seconds=self.writes)

    def write(self, statement: Any, values: Any = None) -> int:
        """Run a statement of the open transaction. Gives the number of rows it met."""
        self.writes += 1
        return self.connection.execute(statement, values).rowcount

    def fill(self) -> None:
        """Empty all tables and put in what data.py holds, in the open transaction."""
        for table in reversed(tables.metadata.sorted_tables):
            self.connection.execute(table.delete())
        for name, made in _CONTENTS.items():
            self.connection.execute(tables.metadata.tables[name].insert(), made)
        self.writes = 0


def _stored(name: str, entity: Mapping[str, Any]) -> dict[str, Any]:
    layout = LAYOUTS[name]
    values = {each: value for each, value in entity.items() if each[0] != "@"}
    extra = {each: values.pop(each) for each in layout.dynamic}
    whole = dict.fromkeys(layout.columns.values())
    row = whole | layout.stored(values) | layout.folded(values)
    if layout.dynamic:
        row["dynamic"] = {each: value for each, value in extra.items() if value is not None}
    return row


def _product(entity: Mapping[str, Any]) -> dict[str, Any]:
    number = entity["ID"]
    thumb, thumb_type = data.THUMBS.get(number, (None, None))
    return _stored("Products", entity) | {
        "kind": entity["@type"],
        "hidden": number in data.OWNERS,
        "owner": data.OWNERS.get(number, data.ANNA),
        "version": 1,
        "thumb": thumb,
        "thumb_type": thumb_type,
    }


def _picture(entity: Mapping[str, Any]) -> dict[str, Any]:
    body, body_type = data.PICTURE_BODIES.get(entity["Id"], (None, None))
    return _stored("Pictures", entity) | {"body": body, "body_type": body_type}


_CONTENTS: Mapping[str, list[dict[str, Any]]] = {  # in the order of foreign keys
    "category": [_stored("Categories", each) for each in data.CATEGORIES],
    "product": [_product(each) for each in data.PRODUCTS],
    "product_related": [{"product_id": here, "related_id": there} for here, there in data.RELATED],
    "customer_order": [_stored("Orders", each) | {"version": 1} for each in data.ORDERS],
    "order_line": [_stored("OrderLines", each) for each in data.ORDER_LINES],
    "picture": [_picture(each) for each in data.PICTURES],
    "shop_info": [_stored("Shop", data.SHOP)],
    "setting": [_stored("Settings", each) for each in data.SETTINGS],
}
