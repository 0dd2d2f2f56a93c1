"""The application factory: settings, extensions, JSON, dialects; nothing else."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from flask import Flask, Request, Response, request
from psycopg import Error as DriverError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, MapAdapter

from app import models, replicas
from app.cli import register_commands
from app.clock import clock
from app.config import Settings, read
from app.docs import DOCS
from app.docs.openapi import VERSION
from app.errors import Unavailable
from app.extensions import (
    STATEMENT_SECONDS,
    db,
    engine_options,
    migrate,
    passing,
    prepare_engine,
)
from app.feeds import DIALECT as FEEDS
from app.http.auth import SAFE_METHODS
from app.http.bodies import MAX_BODY
from app.http.brief import Answer, Context, adapter
from app.http.compression import compressed
from app.http.dialects import FAILED, register
from app.http.json import OrjsonProvider
from app.http.logs import configure
from app.http.retries import KEY, answered_once, retriable
from app.http.wiring import surround
from app.odata import DIALECT as ODATA
from app.odata.blueprint import addressed
from app.odata.service import prepare_connections
from app.services.execute import side_by_side
from app.services.key_use import note_use
from app.services.retries import once
from app.teamwork import DIALECT as TEAMWORK

MAX_ID = 2**31 - 1
TRIES = 8

__all__ = ["create_app", "models"]


class Tandem(Flask):
    """Flask that answers a read once more from the primary when a replica failed under it, carries
    out a request with an Idempotency-Key once, and whose requests have a limit of time.
    """

    response_class = Answer
    statement_seconds: float = 0
    short_writes: re.Pattern[str] | None = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """The answer to a request, as WSGI wants it."""
        token = STATEMENT_SECONDS.set(self.statement_seconds)
        try:
            return self.wsgi_app(environ, start_response)
        finally:
            STATEMENT_SECONDS.reset(token)

    def is_short_write(self, method: str, path: str) -> bool:
        """The request changes little, so that it may be answered beside others (`side_by_side`)."""
        writes = self.short_writes
        return writes is not None and writes.fullmatch(f"{method} {path}") is not None

    def side_by_side(self, requests: Iterable[Callable[[], None]]) -> None:
        """Answer requests, each by a call that raises nothing; their changes are kept at once."""
        with self.app_context():
            side_by_side(requests)

    def ensure_sync(self, func: Any) -> Any:
        """The function as it is: no view is a coroutine, and Flask asks several times a request."""
        return func

    def request_context(self, environ: Any) -> Context:
        """The context of a request; there are no sessions."""
        return Context(self, environ)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the route of a request; outside of one, there is none."""
        return None if request is None else adapter(self.url_map, request.environ)

    def make_default_options_response(self) -> Response:
        """The methods of an address: an empty answer, so that it is of no type."""
        response = super().make_default_options_response()
        del response.headers["Content-Type"]
        return response

    def dispatch_request(self) -> Any:
        """The answer of the view, or the one that it gave to the same request before."""
        environ = request.environ
        if FAILED in environ:
            return self._tried(partial(_fail, environ[FAILED]))
        if KEY in environ and retriable(environ):
            return answered_once(self, super().dispatch_request, once)
        return self._tried(super().dispatch_request)

    def preprocess_request(self) -> Any:
        """What the guards say."""
        return self._tried(super().preprocess_request)

    def _tried(self, step: Callable[[], Any]) -> Any:
        """What the step gives. A read that may succeed at another time, or at the primary, is tried
        again; a write was, as far as it may be. Raises Unavailable.
        """
        for attempt in range(1, TRIES + 1):
            try:
                return step()
            except (SQLAlchemyError, DriverError) as error:
                again = passing(error)
                once_more = replicas.failed() or (again and request.method in SAFE_METHODS)
                if once_more and attempt < TRIES:
                    continue
                if again:
                    raise Unavailable from error
                raise
        raise AssertionError("unreachable")


def _fail(error: Exception) -> None:
    raise error


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
    configure(settings.log)
    clock.fix(settings.fixed_instant)
    app = Tandem(__name__, static_folder=None)
    app.statement_seconds = int(settings.statement_timeout)
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
    dialects = (TEAMWORK, ODATA, FEEDS, DOCS)
    if url.startswith("sqlite"):
        app.short_writes = re.compile("|".join(filter(None, (d.short_writes for d in dialects))))
    with app.app_context():
        prepare_engine(db.engine, settings.synchronous)
        prepare_connections(db.engine)
        replicas.prepare(db.engine, settings.sqlalchemy_read_urls, options)
    register(app, dialects, note_use)
    app.after_request(lambda response: compressed(response, request.environ))
    surround(app, dialects, settings, VERSION, addressed)
    register_commands(app)
    return app
