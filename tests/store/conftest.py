"""Databases of a test's own, without a schema."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app import create_app
from app.config import Settings
from app.extensions import db


@contextmanager
def _database(server: str, name: str) -> Iterator[str]:
    """The address of a new database on a server; it goes away afterwards."""
    engine = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield re.sub(r"/tandem_\w+(\?|$)", rf"/{name}\1", server)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def empty_postgresql(request: pytest.FixtureRequest, postgresql_url: str) -> Iterator[str]:
    """The address of an empty database."""
    name = f"empty_{crc32(request.node.nodeid.encode()):08x}"
    with _database(postgresql_url, name) as url:
        yield url


@pytest.fixture
def empty_app(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, without a schema."""
    urls = {"sqlite": lambda: f"sqlite:///{tmp_path / 'm.db'}"}
    url = urls.get(engine_name, lambda: request.getfixturevalue("empty_postgresql"))()
    app = create_app(Settings(database_url=url, files=str(tmp_path / "files")))
    yield app
    with app.app_context():
        db.engine.dispose()
