"""Which tasks a person has in his calendar feed."""

from sqlalchemy import exists, select

from app.access import Viewer
from app.models import CalendarSync, Person
from app.queries.connection import reading


def calendar_of(task_id: int, viewer: Viewer) -> tuple[bool, str | None]:
    """Whether the viewer's feed holds the task, and the secret of the feed, when it has one."""
    synced = exists().where(
        CalendarSync.task_id == task_id, CalendarSync.person_id == viewer.person_id
    )
    with reading() as connection:
        statement = select(synced, Person.feed_token).where(Person.id == viewer.person_id)
        row = connection.execute(statement).one()
    return bool(row[0]), row[1]


def feed_token_of(viewer: Viewer) -> str | None:
    """The secret of the viewer's feed, when he has one."""
    with reading() as connection:
        token = select(Person.feed_token).where(Person.id == viewer.person_id)
        return connection.execute(token).scalar()
