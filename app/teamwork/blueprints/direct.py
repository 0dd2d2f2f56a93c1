"""What is asked for most often, and seldom the same twice, answered without Flask's request
(http/dialects.py): by the functions that the views call.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from app.access import Viewer
from app.http.bodies import object_of
from app.teamwork import filters
from app.teamwork.blueprints import changes
from app.teamwork.options import read_options
from app.teamwork.views import one_task

METHODS: Final = ("GET", "POST", "PUT")
PATH: Final = re.compile(r"(/[a-z]+/)([1-9][0-9]{0,8})((?:/[a-z]+)?\.json)")
USUAL: Final = read_options(filters.ONE_OPTIONS, {})
Environ = dict[str, Any]
Answer = Callable[[int, Environ, Viewer], Response]


def _retrieve(task_id: int, _: Environ, viewer: Viewer) -> Response:
    files, deleted = USUAL["getFiles"], USUAL["showDeleted"]
    return one_task(task_id, viewer, files=files, with_deleted=deleted)


ANSWERS: Final[Mapping[tuple[str, str, str], Answer]] = {
    ("GET", "/tasks/", ".json"): _retrieve,
    ("POST", "/tasklists/", "/tasks.json"): lambda of, environ, viewer: changes.add(
        of, object_of(environ), viewer
    ),
    ("POST", "/tasks/", ".json"): lambda of, environ, viewer: changes.add_subtask(
        of, object_of(environ), viewer
    ),
    ("PUT", "/tasks/", ".json"): lambda of, environ, viewer: changes.edit(
        of, object_of(environ), viewer
    ),
    ("PUT", "/tasks/", "/complete.json"): lambda of, _, viewer: changes.complete(of, viewer),
    ("PUT", "/tasks/", "/uncomplete.json"): lambda of, _, viewer: changes.reopen(of, viewer),
}


def answer_directly(environ: Environ, viewer: Viewer) -> Response | None:
    """The answer to a request without options; None for whatever else is asked for, and for who
    may not.
    """
    found = PATH.fullmatch(environ["PATH_INFO"])
    method = environ["REQUEST_METHOD"]
    if found is None or environ.get("QUERY_STRING") or (viewer.read_only and method != "GET"):
        return None
    answer = ANSWERS.get((method, found[1], found[3]))
    return None if answer is None else answer(int(found[2]), environ, viewer)
