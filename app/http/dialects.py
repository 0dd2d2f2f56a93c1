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
from app.http import answers
from app.http.conditional import not_modified, tag

Guard = Callable[[], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API: the paths it owns, its blueprints with their guard (None: open to all), its errors.

    `rewrite` maps the path of a request to the one that the routes are written for; `answers`:
    answers to GET are kept and told by ETag (answers.py, conditional.py).
    """

    name: str
    prefixes: tuple[str, ...]
    blueprints: tuple[tuple[Blueprint, Guard | None], ...]
    render_error: Callable[[DomainError | HTTPException], Response]
    rewrite: Callable[[str], str] = lambda path: path
    answers: bool = False


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

    for dialect in mounted:
        for blueprint, guard in dialect.blueprints:
            app.register_blueprint(blueprint)
            if guard is not None:
                app.before_request_funcs.setdefault(blueprint.name, []).append(guard)
            if dialect.answers:
                app.before_request_funcs.setdefault(blueprint.name, []).append(answers.recall)
                app.after_request_funcs.setdefault(blueprint.name, []).append(_finish)
    app.register_error_handler(Exception, say)
    app.wsgi_app = _Rewriter(app.wsgi_app, owner)  # type: ignore[method-assign]


def _finish(response: Response) -> Response:
    """What follows every view whose answers are kept."""
    if not answers.recalled():
        tag(response)
        answers.remember(response)
    return not_modified(response)


def _owns(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(prefix + "/") or not prefix


class _Rewriter:
    """Hands each path to the `rewrite` of the dialect that owns it, before routing."""

    def __init__(self, inner: Any, owner: Callable[[str], Dialect]) -> None:
        self._inner = inner
        self._owner = owner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        environ["PATH_INFO"] = self._owner(path).rewrite(path)
        return self._inner(environ, start_response)
