"""Reminders of tasks: one's own, and those that one made for others."""

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from app.access import Viewer, visible
from app.models import Reminder, Task
from app.queries import facets
from app.queries.query import Catalogue, Facet
from app.queries.relationships import columns_of

REMINDER = Reminder.__table__.c


def visible_reminder(viewer: Viewer) -> ColumnElement[bool]:
    """The reminder exists for the viewer: it is his or he made it, and he sees its task."""
    task = aliased(Task)
    concerned = or_(Reminder.person_id == viewer.me, Reminder.creator_id == viewer.me)
    return and_(concerned, exists().where(task.id == Reminder.task_id, visible(viewer, task)))


REMINDERS = Catalogue(
    name="Reminder",
    source=Reminder.__table__,
    columns={
        **columns_of(Reminder, "task_id person_id creator_id type note due_at relative_days"),
        "is_sent": REMINDER.sent_at.is_not(None),
        "is_relative": REMINDER.relative_days.is_not(None),
    },
    visible=lambda viewer, _: visible_reminder(viewer),
    facets={
        "person": Facet("person_id", facets.PEOPLE),
        "creator": Facet("creator_id", facets.PEOPLE),
    },
    ties=("due_at", "id"),
)
