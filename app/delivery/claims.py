"""Who sends what: a worker claims what is due for a while, so that no other one takes it, sends it
without holding a transaction, and says how it went. If it dies meanwhile, the claim runs out and
the message is sent once more, under the same id: at least once, and the receiver can tell.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from app.clock import clock
from app.config import Settings
from app.services.execute import maintain
from app.services.work import Work


def claimed(
    model: Any, waiting: ColumnElement[bool], most: int, settings: Settings
) -> Sequence[Any]:
    """Rows of a table of messages that are due, the oldest first, claimed for TANDEM_LEASE. Each
    claim counts as an attempt.
    """
    lease = timedelta(seconds=int(settings.lease))

    def claim(work: Work) -> Sequence[Any]:
        due = (
            select(model.id)
            .where(waiting, model.due_at <= work.now)
            .order_by(model.due_at, model.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        ids = work.ids(due)
        if not ids:
            return ()
        values = {"due_at": work.now + lease, "attempts": model.attempts + 1}
        work.run(update(model).where(model.id.in_(ids)).values(**values))
        return work.all(select(*model.__table__.c).where(model.id.in_(ids)).order_by(model.id))

    return maintain(claim)


def ended(model: Any, row: Any, **values: Any) -> None:
    """Say how an attempt went, unless the claim ran out and another worker has taken it over."""

    def tell(work: Work) -> None:
        mine = (model.id == row.id, model.attempts == row.attempts)
        work.run(update(model).where(*mine).values(**values))

    maintain(tell)


def next_attempt(attempts: int, pauses: Sequence[timedelta]) -> datetime | None:
    """When to try again after so many attempts; None: give up."""
    return clock.now() + pauses[attempts - 1] if attempts <= len(pauses) else None
