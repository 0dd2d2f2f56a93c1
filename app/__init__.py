"""The application factory: settings, extensions, JSON, dialects; nothing else."""

from typing import Any

from flask import Flask
from psycopg import Error as DriverError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

from app import models, replicas
from app.cli import register_commands
from app.clock import clock
from app.config import Settings, read
from app.docs import DOCS
from app.extensions import db, engine_options, migrate, prepare_engine
from app.feeds import DIALECT as FEEDS
from app.http.bodies import MAX_BODY
from app.http.compression import compressed
from app.http.dialects import register
from app.http.json import OrjsonProvider
from app.odata import DIALECT as ODATA
from app.odata.service import prepare_connections
from app.teamwork import DIALECT as TEAMWORK

MAX_ID = 2**31 - 1

__all__ = ["create_app", "models"]


class Tandem(Flask):
    """Flask that answers a read once more from the primary when a replica failed under it."""

    def ensure_sync(self, func: Any) -> Any:
        """The function as it is: no view is a coroutine, and Flask asks several times a request."""
        return func

    def dispatch_request(self) -> Any:
        """The answer of the view."""
        try:
            return super().dispatch_request()
        except (SQLAlchemyError, DriverError):
            if not replicas.failed():
                raise
        return super().dispatch_request()


class IdConverter(IntegerConverter):
    """An integer id in a path. One that no row can have is an unknown address, by any method."""

    def to_python(self, value: str) -> int:
        """The id. Raises werkzeug's NotFound."""
        number = int(value) if len(value) <= len(str(MAX_ID)) else 0
        if not 1 <= number <= MAX_ID:
            raise NotFound
        return number


def create_app(settings: Settings | None = None) -> Flask:
    """An application on the given settings, or on those of the environment."""
    settings = settings or read()
    clock.fix(settings.fixed_instant)
    app = Tandem(__name__, static_folder=None)
    app.json = OrjsonProvider(app)
    app.url_map.converters["id"] = IdConverter
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    url = settings.sqlalchemy_url
    options = engine_options(
        url, int(settings.threads), prepare=settings.prepared_statements == "1"
    )
    app.config.update(
        TANDEM=settings,
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=options,
        MAX_CONTENT_LENGTH=MAX_BODY,
    )
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        prepare_engine(db.engine, settings.synchronous)
        prepare_connections(db.engine)
        replicas.prepare(db.engine, settings.sqlalchemy_read_urls, options)
    app.teardown_request(lambda _: replicas.forget())
    register(app, (TEAMWORK, ODATA, FEEDS, DOCS))
    app.after_request(compressed)
    register_commands(app)
    return app
