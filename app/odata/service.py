"""The OData service over the store: reads on one snapshot, writes in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.access import Viewer
from app.clock import clock
from app.config import Settings
from app.odata.engine.source import Limits, Service
from app.odata.engine.sql import sqlite
from app.odata.keeping import StoreKeeping
from app.odata.sets.model import build
from app.queries.connection import open_connection, reading
from app.services.execute import together
from app.storage import FileStore


@contextmanager
def _reading(_: Viewer) -> Iterator[Connection]:
    with reading() as connection:
        yield connection


def _atomically(viewer: Viewer, task: Callable[[], Any]) -> Any:
    return together(task, viewer)


def _parameters(viewer: Viewer) -> Mapping[str, Any]:
    return {**viewer.values, "now": clock.now}


def prepare_connections(engine: Engine) -> None:
    """Let every new connection to SQLite know the functions of expressions."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: sqlite.prepare(connection))


def make_service(settings: Settings) -> Service:
    """The service for an application's settings."""
    parts = build(FileStore(settings.files_path), int(settings.max_upload))
    return Service(
        model=parts.model,
        sources=parts.sources,
        handlers=parts.handlers,
        reading=_reading,
        atomically=_atomically,
        joined=lambda: open_connection() is not None,
        parameters=_parameters,
        clock=clock.now,
        keeping=StoreKeeping(),
        limits=Limits(
            url=int(settings.odata_max_url),
            nodes=int(settings.odata_max_nodes),
            depth=int(settings.odata_max_depth),
            in_items=int(settings.odata_max_in),
            page=int(settings.odata_page),
            max_page=int(settings.odata_max_page),
            batch=int(settings.odata_max_batch),
        ),
    )
