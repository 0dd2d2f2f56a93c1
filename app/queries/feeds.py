"""What the addresses without a key show: whose secret it is, and what he may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from app.access import Viewer, visible
from app.models import CalendarSync, Outgoing, PendingFile, Person, Project, Task
from app.queries.connection import reading

MOST: Final = 5_000  # tasks of one feed; the last ones that were changed
SHOWN: Final = (
    "id uid name description start_on due_on start_at due_at progress priority is_done done_at "
    "recurrence created_at changed_at version"
)


def feed_owner(secret: str, account_zone: str) -> Viewer | None:
    """Whose calendar has this secret."""
    mine = (Person.feed_token == secret, Person.deleted_at.is_(None))
    with reading() as connection:
        found = connection.execute(select(Person.id, Person.is_admin, Person.zone).where(*mine))
        row = found.first()
    if row is None:
        return None
    return Viewer(
        person_id=row.id,
        admin=row.is_admin,
        read_only=True,
        zone=row.zone or account_zone,
        account_zone=account_zone,
    )


def feed_tasks(viewer: Viewer) -> Sequence[Any]:
    """The tasks in his calendar that he sees."""
    columns = [getattr(Task, name) for name in SHOWN.split()]
    chosen = (
        select(*columns, Project.name.label("project_name"))
        .join(CalendarSync, CalendarSync.task_id == Task.id)
        .outerjoin(Project, Project.id == Task.project_id)
        .where(CalendarSync.person_id == viewer.me, visible(viewer))
        .order_by(Task.changed_at.desc(), Task.id.desc())
        .limit(MOST)
    )
    with reading() as connection:
        return connection.execute(chosen, viewer.values).all()


def message_task(uid: str) -> tuple[str, int, Viewer] | None:
    """The name and id of the task that a message is about, and who got it."""
    chosen = (
        select(Task.name, Task.id, Person.id, Person.is_admin)
        .select_from(Outgoing)
        .join(Task, Task.id == Outgoing.task_id)
        .join(Person, Person.id == Outgoing.person_id)
        .where(Outgoing.uid == uid, Person.deleted_at.is_(None))
    )
    with reading() as connection:
        row = connection.execute(chosen).first()
    return None if row is None else (row[0], row[1], Viewer(person_id=row[2], admin=row[3]))


def waiting_upload(ref: str, since: datetime) -> tuple[int, Viewer] | None:
    """The size of an upload that waits for its bytes since then or later, and whose it is."""
    chosen = (
        select(PendingFile.size, Person.id, Person.is_admin)
        .join(Person, Person.id == PendingFile.person_id)
        .where(
            PendingFile.ref == ref,
            PendingFile.digest == "",
            PendingFile.created_at > since,
            Person.deleted_at.is_(None),
        )
    )
    with reading() as connection:
        row = connection.execute(chosen).first()
    return None if row is None else (row[0], Viewer(person_id=row[1], admin=row[2]))
