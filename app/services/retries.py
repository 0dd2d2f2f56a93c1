"""Requests that are carried out once, however often they are sent: the answer is stored in the
transaction that makes the change, under the key that the client chose.

The row is written first, with nothing in it. So a second request with the same key waits for the
transaction of the first one: on PostgreSQL at this row, on SQLite at the beginning of its own
transaction. It then finds the answer, or, when the first one was undone, takes its turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from typing import Final

from sqlalchemy import LargeBinary, String, delete, select, tuple_, update

from app.access import Viewer
from app.errors import Conflict, Invalid
from app.models import Retry
from app.queries.prepared import DIALECTS
from app.queries.retries import Answer, from_row, to_row
from app.services.execute import maintain, together
from app.services.statements import Change, Look, asked, linking
from app.services.work import Restart, Work

HEADER: Final = "Idempotency-Key"
KEPT: Final = timedelta(hours=24)
REFUSED_FROM: Final = 400  # statuses from here on say that nothing was done
BATCH: Final = 500

_PLACE: Final = ("person_id", "key", "fingerprint", "status", "headers", "body", "created_at")
_STORED: Final = Look(
    lambda *_: select(Retry.fingerprint, Retry.status, Retry.headers, Retry.body).where(
        Retry.person_id == asked("me"), Retry.key == asked("retry_key", String)
    )
)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, and whether it was given before."""

    answer: Answer
    replayed: bool


class _Undone(Exception):
    """The request was refused: what it wrote goes away, its key stays free."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def once(viewer: Viewer, key: str, fingerprint: str, task: Callable[[], Answer]) -> Given:
    """The answer of `task`, which is run in one transaction with all that it changes, unless the
    viewer's key has an answer already. A refusal is not stored, and nothing that led to it.

    The task may run several times (execute.together). Raises Invalid when the key belongs to
    another request, Conflict when its answer was one to be shown once.
    """

    def run() -> Given:
        stored = maintain(partial(_stored, key=key, fingerprint=fingerprint), viewer)
        if stored is not None:
            return Given(stored, replayed=True)
        answer = task()
        if answer.status >= REFUSED_FROM:
            raise _Undone(answer)
        maintain(partial(_keep, key=key, answer=answer), viewer)
        return Given(answer, replayed=False)

    try:
        return together(run, viewer)
    except _Undone as undone:
        return Given(undone.answer, replayed=False)


def forget_retries(work: Work) -> int:
    """Remove answers older than KEPT, as many as one transaction should; gives how many. Their
    keys may be used again.
    """
    place = (Retry.person_id, Retry.key)
    old = select(*place).where(Retry.created_at < work.now - KEPT).limit(BATCH)
    found = [tuple(row) for row in work.all(old)]
    if found:
        work.run(delete(Retry).where(tuple_(*place).in_(found)))
    return len(found)


def _stored(work: Work, *, key: str, fingerprint: str) -> Answer | None:
    """The answer under the key, or None: the key is taken for the request that runs now."""
    values = {
        "person_id": work.viewer.person_id,
        "key": key,
        "fingerprint": fingerprint,
        "status": 0,
        "headers": "",
        "body": b"",
        "created_at": work.now,
    }
    if linking(work.engine, Retry, _PLACE).run(work.connection, values).rowcount:
        return None
    row = work.first(_STORED, me=work.viewer.person_id, retry_key=key)
    if row is None:  # it was removed at this moment
        raise Restart
    if row.fingerprint != fingerprint:
        raise Invalid({HEADER: "was used for another request: choose a new one for each change"})
    answer = from_row(row)
    if answer.secret:
        raise Conflict("This was done before; its answer was to be shown once")
    return answer


def _keep(work: Work, *, key: str, answer: Answer) -> None:
    values = to_row(answer) | {"me": work.viewer.person_id, "retry_key": key}
    _keeping(work.engine).run(work.connection, values)


@cache
def _keeping(engine: str) -> Change:
    """The statement that puts an answer into its row."""
    columns = {
        "status": asked("status"),
        "headers": asked("headers", String),
        "body": asked("body", LargeBinary),
    }
    mine = (Retry.person_id == asked("me"), Retry.key == asked("retry_key", String))
    return Change(update(Retry).where(*mine).values(columns), DIALECTS[engine])
