"""Which tasks a person has in his calendar feed, and the secret in the feed's address."""

import secrets

from sqlalchemy import delete, select

from app.models import CalendarSync, Person
from app.services.references import task_to_see
from app.services.task_commands import SyncCalendar
from app.services.work import Work

TOKEN_BYTES = 32


def sync_calendar(command: SyncCalendar, work: Work) -> None:
    """Put a task into the viewer's feed, or take it out; the first one makes the feed. Raises
    NotFound.
    """
    task = task_to_see(work, command.task_id)
    me = work.viewer.person_id
    if not command.on:
        mine = (CalendarSync.task_id == task.id, CalendarSync.person_id == me)
        work.run(delete(CalendarSync).where(*mine))
        return
    work.insert_links(CalendarSync, [{"task_id": task.id, "person_id": me}])
    token = select(Person.feed_token).where(Person.id == me).with_for_update(key_share=True)
    if work.scalar(token) is None:
        work.change(Person, me, feed_token=secrets.token_urlsafe(TOKEN_BYTES))
