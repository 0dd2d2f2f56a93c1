"""What a dialect is to the server, and how errors find the dialect whose words they are to be said
in.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from app.errors import DomainError
from app.http.answers import Answers, Recalled
from app.http.auth import SAFE_METHODS, find_viewer
from app.http.conditional import not_modified, tag
from app.queries.connection import sharing

Guard = Callable[[], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API: the paths it owns, its blueprints with their guard (None: open to all), its errors.

    `rewrite` maps the path of a request to the one that the routes are written for; `kept`: its
    answers to GET are kept (answers.py); `tagged`: they get an ETag and 304 here (conditional.py).
    """

    name: str
    prefixes: tuple[str, ...]
    blueprints: tuple[tuple[Blueprint, Guard | None], ...]
    render_error: Callable[[DomainError | HTTPException], Response]
    rewrite: Callable[[str], str] = lambda path: path
    or_password: bool = False
    kept: bool = False
    tagged: bool = False


def register(app: Flask, dialects: Iterable[Dialect]) -> None:
    """Mount dialects on an application."""
    mounted = tuple(dialects)
    known = sorted(
        ((prefix, dialect) for dialect in mounted for prefix in dialect.prefixes),
        key=lambda pair: -len(pair[0]),
    )

    def owner(path: str) -> Dialect:
        return next(dialect for prefix, dialect in known if _owns(prefix, path))

    def say(error: Exception) -> Response:
        if isinstance(error, DomainError | HTTPException):
            return owner(request.path).render_error(error)
        log.exception("%s %s failed", request.method, request.path)
        return owner(request.path).render_error(InternalServerError())

    answers = Answers(app)
    for dialect in mounted:
        _mount(app, dialect, answers)
    app.register_error_handler(Exception, say)
    app.wsgi_app = _Entrance(app, app.wsgi_app, owner, answers)  # type: ignore[method-assign]


def _mount(app: Flask, dialect: Dialect, answers: Answers) -> None:
    def finish(response: Response) -> Response:
        if dialect.tagged:
            tag(response)
        if dialect.kept:
            answers.keep(response)
        return not_modified(response) if dialect.tagged else response

    for blueprint, guard in dialect.blueprints:
        app.register_blueprint(blueprint)
        if guard is not None:
            app.before_request_funcs.setdefault(blueprint.name, []).append(guard)
        app.after_request_funcs.setdefault(blueprint.name, []).append(finish)


def _owns(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(prefix + "/") or not prefix


class _Entrance:
    """Before Flask: a known answer is given at once; another request goes on with the path that
    the dialect which owns it writes, its reads on one connection.
    """

    def __init__(
        self, app: Flask, inner: Any, owner: Callable[[str], Dialect], answers: Answers
    ) -> None:
        self._app = app
        self._inner = inner
        self._owner = owner
        self._answers = answers

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        dialect = self._owner(path)
        environ["PATH_INFO"] = dialect.rewrite(path)
        with self._app.app_context():
            if environ["REQUEST_METHOD"] not in SAFE_METHODS:
                return self._inner(environ, start_response)
            with sharing():
                found = self._recalled(dialect, environ)
                if found is not None:
                    return found.given(environ, start_response)
                return self._inner(environ, start_response)

    def _recalled(self, dialect: Dialect, environ: dict[str, Any]) -> Recalled | None:
        if not dialect.kept or environ["REQUEST_METHOD"] != "GET":
            return None
        try:
            if find_viewer(environ, or_password=dialect.or_password):
                return self._answers.recall(environ)
        except Exception:
            log.info("The key could not be looked up: the guard tries again and tells")
        return None
