"""Sends the outbox by mail."""

import logging
import smtplib
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update

from app.access import Viewer, readable, visible
from app.clock import clock
from app.config import Settings
from app.delivery.claims import claimed, ended, next_attempt
from app.delivery.letters import Letter, written
from app.delivery.smtp import Post, connected
from app.models import Note, Outgoing, Person, Task
from app.queries.connection import reading
from app.services.events import CHANGED
from app.services.execute import maintain
from app.services.work import Work

MOST: Final = 20  # messages that are claimed at once
PAUSES: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 720, 1440))
DELETED: Final = "deleted"  # what happened to a task of which a follower is told
UNSEEN: Final = "the recipient does not see the task any more"

log = logging.getLogger(__name__)


def send_mail(settings: Settings) -> int:
    """Send what is due; gives how many messages were taken up."""
    rows = claimed(Outgoing, Outgoing.sent_at.is_(None), MOST, settings)
    if not rows:
        return 0
    try:
        with connected(settings.smtp_url) as post:
            for row in rows:
                _send(row, post, settings)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server fails: %s", error)
        for row in rows:
            _failed(row, error)
    return len(rows)


def _send(row: Any, post: Post, settings: Settings) -> None:
    letter = _letter(row, settings)
    if letter is None:
        ended(Outgoing, row, sent_at=clock.now(), error=UNSEEN)
        return
    try:
        post.send_message(written(letter))
    except smtplib.SMTPRecipientsRefused as error:
        _failed(row, error)
    else:
        ended(Outgoing, row, sent_at=clock.now(), error="")


def _failed(row: Any, error: Exception) -> None:
    """Not sent: to be tried again, or given up. Does not touch what was sent before the failure."""
    again = next_attempt(row.attempts, PAUSES)
    said = f"{type(error).__name__}: {error}"[:500]

    def tell(work: Work) -> None:
        mine = (
            Outgoing.id == row.id,
            Outgoing.attempts == row.attempts,
            Outgoing.sent_at.is_(None),
        )
        values = {"due_at": again} if again else {"sent_at": work.now}
        work.run(update(Outgoing).where(*mine).values(error=said, **values))

    maintain(tell)


def _letter(row: Any, settings: Settings) -> Letter | None:
    """What the message says; None when the recipient is gone, or may not see the task any more."""
    with reading() as connection:
        recipient, actor = (
            connection.execute(select(*Person.__table__.c).where(Person.id == each)).one()
            for each in (row.person_id, row.actor_id)
        )
        viewer = Viewer(person_id=recipient.id, admin=recipient.is_admin)
        rule = readable if (row.kind, row.text) == (CHANGED, DELETED) else visible
        seen = select(*Task.__table__.c).where(Task.id == row.task_id, rule(viewer))
        task = connection.execute(seen, viewer.values).first()
        alive = (Note.id == row.note_id, Note.deleted_at.is_(None))
        note = connection.execute(select(Note.text, Note.html).where(*alive)).first()
    if task is None or recipient.deleted_at is not None or (row.note_id and note is None):
        return None
    return Letter(
        uid=row.uid,
        kind=row.kind,
        recipient=recipient,
        actor=actor,
        task=task,
        text=note.text if note else row.text,
        note_html=note.html if note else "",
        created_at=row.created_at,
        sender=settings.mail_from,
        link=settings.link,
    )
