"""Noting the last use of a key, after the answer was sent (http/dialects.py). If it fails, nothing
is lost but an hour.
"""

import logging

from sqlalchemy import or_, update

from app.extensions import FAILED
from app.models import ApiKey
from app.queries.key_use import HOUR, trying
from app.services.execute import maintain_unless_held
from app.services.work import Work

PATIENCE_MS = 100  # to wait for another writer

log = logging.getLogger(__name__)


def note_use(key_id: int) -> None:
    """Note that a key is used now, unless another process did in this hour. Never raises."""
    trying(key_id)

    def note(work: Work) -> None:
        due = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= work.now - HOUR)
        values = {"last_used_at": work.now}
        work.run(update(ApiKey).where(ApiKey.id == key_id, due).values(values))

    try:
        maintain_unless_held(note, PATIENCE_MS)
    except FAILED as error:
        log.info("the use of a key could not be noted: %s", type(error).__name__)
