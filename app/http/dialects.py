"""What a dialect is to the server, and how errors find the dialect whose words they are to be said
in.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, Flask, Response, g, request
from psycopg import Error as DriverError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, TooManyRequests
from werkzeug.wsgi import ClosingIterator

from app import replicas
from app.access import Viewer
from app.errors import DomainError
from app.http.answers import Answers
from app.http.auth import SAFE_METHODS, find_viewer
from app.http.brief import Answer
from app.http.compression import compressed
from app.http.conditional import not_modified, tag
from app.http.limits import Limits
from app.http.limits_tries import made_for
from app.http.retries import KEY
from app.queries.connection import sharing

Guard = Callable[[], None]
NoteUse = Callable[[int], None]
Environ = dict[str, Any]
# Where the error stands that came up before Flask, which has the words for it.
FAILED: Final = "tandem.failed"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API: the paths it owns, its blueprints with their guard (None: open to all), its errors.

    `rewrite` maps the path of a request to the one that the routes are written for; `kept`: its
    answers to GET are kept (answers.py); `tagged`: they get an ETag and 304 here (conditional.py);
    `unlimited`: paths that may be asked for however often (limits.py). `directly` answers requests
    of the methods in `direct` for which no view is needed, or gives None. `short_writes` is an
    expression of the requests, method and path, that change little and do nothing else.
    """

    name: str
    prefixes: tuple[str, ...]
    blueprints: tuple[tuple[Blueprint, Guard | None], ...]
    render_error: Callable[[DomainError | HTTPException], Response]
    rewrite: Callable[[str], str] = lambda path: path
    or_password: bool = False
    kept: bool = False
    tagged: bool = False
    unlimited: tuple[str, ...] = ()
    directly: Callable[[Environ, Viewer], Response | None] = lambda *_: None
    direct: tuple[str, ...] = ("GET",)
    short_writes: str = ""


def register(app: Flask, dialects: Iterable[Dialect], note_use: NoteUse) -> None:
    """Mount dialects on an application; `note_use` notes that the key of an id is in use."""
    mounted = tuple(dialects)
    known = sorted(
        ((prefix, dialect) for dialect in mounted for prefix in dialect.prefixes),
        key=lambda pair: -len(pair[0]),
    )

    *_, (_, rest) = known
    starts = tuple(prefix for prefix, _ in known if prefix)

    def owner(path: str) -> Dialect:
        if not path.startswith(starts):
            return rest
        return next(dialect for prefix, dialect in known if _owns(prefix, path))

    def say(error: Exception) -> Response:
        if isinstance(error, DomainError | HTTPException):
            return owner(request.path).render_error(error)
        log.exception("%s %s failed", request.method, request.path)
        return owner(request.path).render_error(InternalServerError())

    limits = Limits(app.config["TANDEM"])
    app.extensions["tandem_tries"] = made_for(limits)
    answers = Answers(app)
    for dialect in mounted:
        _mount(app, dialect, answers)
    app.register_error_handler(Exception, say)
    app.wsgi_app = _Entrance(  # type: ignore[method-assign]
        app, app.wsgi_app, owner, answers, limits, note_use
    )


def _mount(app: Flask, dialect: Dialect, answers: Answers) -> None:
    def finish(response: Response) -> Response:
        return _finished(dialect, answers, response, request.environ)

    for blueprint, guard in dialect.blueprints:
        app.register_blueprint(blueprint)
        if guard is not None:
            app.before_request_funcs.setdefault(blueprint.name, []).append(guard)
        app.after_request_funcs.setdefault(blueprint.name, []).append(finish)


def _finished(dialect: Dialect, answers: Answers, response: Response, environ: Environ) -> Response:
    """The answer as the dialect gives it: tagged, kept."""
    if dialect.tagged:
        tag(response, environ)
    if dialect.kept:
        answers.keep(response)
    return not_modified(response, environ) if dialect.tagged else response


def _owns(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(prefix + "/") or not prefix


class _Entrance:
    """Before Flask: who asks too much is refused, a known answer is given at once, and one that
    takes no view; another request goes on with the path that the dialect which owns it writes. All
    reads of a request are on one connection.
    """

    def __init__(
        self,
        app: Flask,
        inner: Any,
        owner: Callable[[str], Dialect],
        answers: Answers,
        limits: Limits,
        note_use: NoteUse,
    ) -> None:
        self._app = app
        self._inner = inner
        self._owner = owner
        self._answers = answers
        self._limits = limits
        self._note_use = note_use

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        dialect = self._owner(path)
        environ["PATH_INFO"] = dialect.rewrite(path)
        with self._app.app_context():
            if self._limits.rate is not None and path not in dialect.unlimited:
                return self._limited(dialect, environ, start_response)
            return self._answered(dialect, environ, start_response)

    def _limited(self, dialect: Dialect, environ: dict[str, Any], start_response: Any) -> Any:
        """The answer, or a refusal; both tell what the caller may still ask."""
        window = self._limits.window(environ, or_password=dialect.or_password)
        if window is None:
            return self._answered(dialect, environ, start_response)
        telling = window.told(start_response)
        if window.refused:
            return self._limits.refusal(window, dialect.render_error)(environ, telling)
        return self._answered(dialect, environ, telling)

    def _answered(self, dialect: Dialect, environ: dict[str, Any], start_response: Any) -> Any:
        try:
            with sharing():
                answer = self._at_once(dialect, environ) or self._inner
                return self._noting(answer(environ, start_response))
        finally:
            replicas.forget()

    def _at_once(self, dialect: Dialect, environ: Environ) -> Any:
        """A WSGI application that gives the answer, if Flask is not needed for it."""
        method = environ["REQUEST_METHOD"]
        if not dialect.kept or method not in dialect.direct:
            return None
        if KEY in environ and method not in SAFE_METHODS:
            return None  # it is carried out once, whatever comes (retries.py)
        try:
            if not find_viewer(environ, or_password=dialect.or_password):
                return None
            found = self._answers.recall(environ) if method == "GET" else None
        except TooManyRequests:
            return None  # the guard says so
        except Exception:
            log.info("The key could not be looked up: the guard tries again and tells")
            return None
        return self._direct(dialect, environ) if found is None else found.given

    def _direct(self, dialect: Dialect, environ: Environ) -> Response | None:
        try:
            made = dialect.directly(environ, g.viewer)
            if made is None:
                return None
            response: Any = Answer.force_type(made)
            return compressed(_finished(dialect, self._answers, response, environ), environ)
        except Exception as error:
            # Flask reads again, as often as that makes sense, and has the words for other errors.
            of_store = isinstance(error, SQLAlchemyError | DriverError)
            if not (of_store and environ["REQUEST_METHOD"] == "GET"):
                environ[FAILED] = error
            return None

    def _noting(self, answer: Any) -> Any:
        """The answer. Once an hour the use of the key is noted when it has been sent: nobody waits
        for that, and no answer depends on it.
        """
        used = g.pop("used", None)
        if used is None:
            return answer
        return ClosingIterator(answer, [partial(self._note, used.key_id)])

    def _note(self, key_id: int) -> None:
        with self._app.app_context():
            self._note_use(key_id)
