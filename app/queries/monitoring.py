"""What those who watch over a server ask of its store: is it there, is its schema right, what waits
to be sent.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any

from sqlalchemy import NullPool, create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.clock import clock
from app.extensions import db
from app.models import Account, Delivery, Outgoing
from app.queries.connection import reading

HOLDS = 1.0  # seconds; strangers may ask, and an answer costs the database a new connection
# A new connection, whatever became of those in the pool, that gives up soon.
SOON: dict[str, dict[str, Any]] = {
    "sqlite": {"timeout": 2},
    "postgresql": {"connect_timeout": 2, "tcp_user_timeout": 2000},
}


class Readiness:
    """Whether the store can be used, found out anew every second at most."""

    def __init__(self, head: str, monotonic: Callable[[], float] = monotonic) -> None:
        self._head = head
        self._monotonic = monotonic
        self._until = float("-inf")
        self._ready = False
        self._engine: Any = None

    def forget(self) -> None:
        """Ask again the next time."""
        self._until = float("-inf")

    def ready(self) -> bool:
        """The database answers, has been set up, and its schema is not older than this program."""
        if self._monotonic() >= self._until:
            self._ready = self._asked()
            self._until = self._monotonic() + HOLDS
        return self._ready

    def _asked(self) -> bool:
        if self._engine is None:
            url = db.engine.url
            told = SOON[url.get_backend_name()]
            self._engine = create_engine(url, poolclass=NullPool, connect_args=told)
        try:
            with self._engine.connect() as connection:
                version = connection.scalar(text("SELECT version_num FROM alembic_version"))
                account = connection.scalar(select(Account.id).limit(1))
        except SQLAlchemyError:
            return False
        return account is not None and str(version or "") >= self._head


def waiting() -> dict[str, int]:
    """How many messages are due and not sent, by kind."""
    now = clock.now()
    mail = select(func.count()).where(Outgoing.sent_at.is_(None), Outgoing.due_at <= now)
    hooks = select(func.count()).where(Delivery.done_at.is_(None), Delivery.due_at <= now)
    with reading() as connection:
        return {
            "mail": connection.scalar(mail) or 0,
            "webhook": connection.scalar(hooks) or 0,
        }
