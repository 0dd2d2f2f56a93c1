"""What stands around every payload: STATUS, page headers, the id header, and errors (decision
11).
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from app.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from app.http.json import json_response

STATUS_CODES: dict[type[DomainError], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    Unavailable: 503,
}
RETRY_AFTER = "5"  # seconds
HTTP_CODES = {404, 405, 409, 413, 429, 500, 503}

# Neutral names of the core in the document's spelling.
SPELLED = {
    "assignees": "responsible-party-id",
    "author_id": "author-id",
    "category_id": "category-id",
    "change_followers": "changeFollowerIds",
    "comment_followers": "commentFollowerIds",
    "company_id": "companyId",
    "completer_id": "completer-id",
    "creator_id": "creator-id",
    "employer_id": "company-id",
    "done_at": "completed-on",
    "files": "attachments",
    "granted": "grant-access-to",
    "list_id": "tasklistId",
    "list_ids": "todo-lists",
    "parent_id": "parentTaskId",
    "pending_files": "pendingFileAttachments",
    "person_ids": "user-id",
    "place": "positionAfterTask",
    "project_id": "projectId",
    "relative_days": "relative-number-days",
    "status_id": "columnId",
    "tag_ids": "tagIds",
    "task_ids": "todo-items",
    "template_id": "todo-list-template-id",
}

# What the core calls otherwise than this dialect.
CALLED = {
    "Document not found": "File not found",
    "Group not found": "Task list not found",
    "Status not found": "Column not found",
}


def ok(**members: Any) -> Response:
    """200 with the given members, STATUS last."""
    return json_response({**members, "STATUS": "OK"})


def payload(name: str, value: Any) -> Response:
    """200 with a payload under its member, STATUS last."""
    return json_response({name: value, "STATUS": "OK"})


def page(name: str, items: list[Any], *, number: int, size: int, total: int) -> Response:
    """A list with its page headers."""
    return paged(payload(name, items), number=number, size=size, totals=(total,))


def paged(response: Response, *, number: int, size: int, totals: Sequence[int]) -> Response:
    """An answer with its page headers. `totals` are those of the lists in it, which are paged side
    by side: the longest one says how many pages there are.
    """
    response.headers["X-Page"] = str(number)
    response.headers["X-Page-Size"] = str(size)
    response.headers["X-Pages"] = str(ceil(max(totals) / size))
    response.headers["X-Records"] = str(sum(totals))
    return response


def created(new_id: int, member: str = "id") -> Response:
    """201 with the new id in the body and in a header spelled `id`."""
    response = json_response({member: str(new_id), "STATUS": "OK"}, 201)
    response.headers["id"] = str(new_id)
    return response


def csv(ids: Any) -> str:
    """Ids as a comma list."""
    return ",".join(map(str, ids))


def render_error(error: DomainError | HTTPException) -> Response:
    """An error in the dialect's words: never 400, never HTML."""
    if isinstance(error, DomainError):
        response = _error(STATUS_CODES[type(error)], message_of(error))
    else:
        response = _http_error(error)
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = RETRY_AFTER
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Tandem", charset="UTF-8"'
    return response


def message_of(error: DomainError) -> str:
    """What is wrong, members named as the document spells them."""
    if not isinstance(error, Invalid):
        return CALLED.get(error.message, error.message)
    return "; ".join(
        f"{SPELLED.get(name, name)}: {' '.join(said)}" for name, said in error.messages.items()
    )


def _http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if code == 404:
        return _error(404, "No such address: paths end in .json, see /docs")
    if code == 413:
        return _error(413, "The body is too large")
    if code not in HTTP_CODES:
        code = 500 if code >= 500 else 422
    response = _error(code, error.description or error.name)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _error(code: int, message: str) -> Response:
    text = message.encode("utf-8", "backslashreplace").decode()
    return json_response({"MESSAGE": text, "STATUS": "Error"}, code)
