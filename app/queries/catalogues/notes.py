"""Comments on tasks (InLoox: notes)."""

from app.access import visible_note
from app.models import Note, Person, Task
from app.queries.expressions import full_name, one_line
from app.queries.query import Catalogue
from app.queries.relationships import by_key, columns_of, to_one, value_at

SHORT = 100  # characters of the short description

NOTE = Note.__table__.c

NOTES = Catalogue(
    name="Note",
    source=Note.__table__,
    columns={
        **columns_of(Note, "task_id author_id text html"),
        "short": one_line(NOTE.text, SHORT),
        "task_uid": value_at(Task, NOTE.task_id, "uid"),
        "author_uid": value_at(Person, NOTE.author_id, "uid"),
        "author_name": value_at(Person, NOTE.author_id, full_name),
    },
    visible=lambda viewer, _: visible_note(viewer),
    references={
        "task_uid": by_key("task_id", Task),
        "author_uid": by_key("author_id", Person),
    },
    links={
        "task": to_one("Task", "task_id"),
        "author": to_one("Person", "author_id"),
    },
    searched=("text",),
)
