"""The shop as a pytest fixture: `shop`, on both engines, filled anew for each test."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, Row, Select

from app.odata.engine.source import Given, Key, Rows, Service
from tests.second_service import data
from tests.second_service.operations import service
from tests.second_service.sources import TableSource
from tests.second_service.store import Store, postgresql_engine, sqlite_engine


@dataclass(frozen=True, slots=True)
class Shop:
    """A service on one engine ("sqlite" or "postgresql"), with short ways to it for tests."""

    engine_name: str
    store: Store
    service: Service

    def rows(self, name: str, alias: str = "t0", caller: str = data.ANNA) -> Rows:
        """A use of a set."""
        return self.service.sources[name].rows(alias, caller)

    def source(self, name: str) -> TableSource:
        """A set's source itself."""
        found = self.service.sources[name]
        assert isinstance(found, TableSource)
        return found

    def all(self, statement: Select[Any], caller: str = data.ANNA) -> Sequence[Row[Any]]:
        """The rows of a statement, with the parameters that every statement takes."""
        values = dict(self.service.parameters(caller))
        with self.service.reading(caller) as connection:
            return connection.execute(statement, values).all()

    def connection(self, caller: str = data.ANNA) -> Any:
        """A context with a connection on one snapshot: `with shop.connection() as connection`."""
        return self.service.reading(caller)

    def change(self, task: Callable[[], Any], caller: str = data.ANNA) -> Any:
        """A task in one write transaction."""
        return self.service.atomically(caller, task)

    def create(self, name: str, caller: str = data.ANNA, **values: Any) -> Key:
        """An entity made by the source, in a transaction of its own."""
        made: Key = self.change(lambda: self.source(name).create(Given(values), caller), caller)
        return made

    def update(self, name: str, key: Key, caller: str = data.ANNA, **values: Any) -> None:
        """An entity changed by the source, in a transaction of its own."""
        self.change(lambda: self.source(name).update(key, Given(values), caller), caller)


def make_shop(engine_name: str, where: str) -> Shop:
    """A shop on an engine: `where` is the path of a file, or the URL of a PostgreSQL database."""
    engine = sqlite_engine(where) if engine_name == "sqlite" else postgresql_engine(where)
    store = Store(engine)
    return Shop(engine_name, store, service(store))


@pytest.fixture(scope="session")
def shops() -> Iterator[dict[str, Shop]]:
    """Shops by engine, made when first asked for."""
    made: dict[str, Shop] = {}
    yield made
    for shop in made.values():
        shop.store.engine.dispose()


@pytest.fixture
def shop(
    engine_name: str,
    shops: dict[str, Shop],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Shop:
    """The shop with the contents of data.py. The test runs on both engines."""
    if engine_name not in shops:
        if engine_name == "sqlite":
            where = str(tmp_path_factory.mktemp("shop") / "shop.db")
        else:
            where = request.getfixturevalue("postgresql_url")
        shops[engine_name] = make_shop(engine_name, where)
    made = shops[engine_name]
    made.change(made.store.fill)
    return made


@pytest.fixture
def shop_connection(shop: Shop) -> Iterator[Connection]:
    """One snapshot of the shop, for a whole test."""
    with shop.connection() as connection:
        yield connection
