"""Comments as Teamwork shows them: beside the columns of notes where they stand, whether the viewer
has read them, and what he may do with them.
"""

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.access import Viewer, project_changeable
from app.models import Company, File, Note, NoteFile, NoteRead, Person, Task
from app.queries import facets
from app.queries.catalogues.notes import NOTE, NOTES
from app.queries.lookup import Among, Lookup, Statement, listed
from app.queries.query import Catalogue, Facet
from app.queries.relationships import value_at
from app.queries.values import Attachment


def comment_editable(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer may change the comment, provided that he sees it: its author may, and an
    administrator.
    """
    if viewer.read_only:
        return false()
    return true() if viewer.admin else Note.author_id == viewer.me


def comment_deletable(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer may remove the comment, provided that he sees it: its author may, a manager of the
    project (of a personal task its creator) and an administrator.
    """
    if viewer.read_only:
        return false()
    task = aliased(Task)
    managed = or_(
        project_changeable(viewer, task.project_id, "manager"),
        and_(task.project_id.is_(None), task.creator_id == viewer.me),
    )
    return or_(Note.author_id == viewer.me, exists().where(task.id == Note.task_id, managed))


def _read(viewer: Viewer) -> ColumnElement[bool]:
    read = exists().where(NoteRead.note_id == Note.id, NoteRead.person_id == viewer.me)
    return or_(Note.author_id == viewer.me, read)


def _number() -> ColumnElement[int]:
    """Which one of its task's comments it is, deleted ones counted."""
    other = Note.__table__.alias().c
    before = select(func.count()).where(other.task_id == NOTE.task_id, other.id <= NOTE.id)
    return before.scalar_subquery()


def _employer() -> ColumnElement[str]:
    """The name of the author's company."""
    person, company = Person.__table__.alias().c, Company.__table__.alias().c
    chosen = select(company.name).where(person.id == NOTE.author_id)
    return chosen.where(company.id == person.company_id).scalar_subquery()


def _attachments(among: Among, _: Viewer) -> Statement:
    return (
        select(NoteFile.note_id, File.id, File.name, File.size, File.revision)
        .join(File, File.id == NoteFile.file_id)
        .where(among(NoteFile.note_id), File.deleted_at.is_(None))
        .order_by(NoteFile.note_id, File.id)
    )


_PROJECT_ID = value_at(Task, NOTE.task_id, "project_id")
_LINK = literal("tasks/") + cast(NOTE.task_id, Text) + "?c=" + cast(NOTE.id, Text)

COMMENTS = Catalogue(
    name="Comment",
    source=NOTES.source,
    columns={
        **NOTES.columns,
        "content_type": NOTE.content_type,
        "notified": NOTE.notified,
        "number": _number(),
        "link": _LINK,
        "task_name": value_at(Task, NOTE.task_id, "name"),
        "project_id": _PROJECT_ID,
        "lockdown_id": value_at(Task, NOTE.task_id, "lockdown_id"),
        "author_company": _employer(),
        "is_read": _read,
        "can_edit": comment_editable,
        "can_delete": comment_deletable,
    },
    visible=NOTES.visible,
    searched=NOTES.searched,
    facets={
        "author": Facet("author_id", facets.PEOPLE),
        "project": Facet("project_id", facets.PROJECTS),
        "attachments": Facet("id", Lookup(_attachments, listed(Attachment))),
    },
)
