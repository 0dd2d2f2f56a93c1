"""Comments on tasks: whoever sees a task may comment on it."""

from sqlalchemy import and_, or_, select

from app.access import project_changeable, visible
from app.errors import Forbidden, Invalid, NotFound
from app.models import Note, NoteRead, Outgoing, Task
from app.models.base import new_uid
from app.services.markup import sanitised, text_of
from app.services.references import people_of_project, task_to_see
from app.services.task_commands import AddNote, DeleteNote
from app.services.work import Work

KIND = "note.added"


def add_note(command: AddNote, work: Work) -> int:
    """Add a comment and tell people of it; gives its id. Raises NotFound, Invalid."""
    task = task_to_see(work, command.task_id)
    html = sanitised(command.html, "html")
    text = text_of(html)
    if not text:
        raise Invalid({"html": "must not be empty"})
    people_of_project(work, command.notify, task.project_id, "notify")
    me = work.viewer.person_id
    note = work.insert(Note, task_id=task.id, author_id=me, text=text, html=html)
    work.insert_links(NoteRead, [{"note_id": note, "person_id": me}])
    work.insert_many(
        Outgoing,
        (
            {
                "kind": KIND,
                "person_id": person,
                "task_id": task.id,
                "actor_id": me,
                "due_at": work.now,
                "uid": new_uid(),
            }
            for person in dict.fromkeys(command.notify)
            if person != me
        ),
    )
    work.bump([task.id])
    return note


def delete_note(command: DeleteNote, work: Work) -> None:
    """Remove a comment: its author may, a manager of the project (of a personal task its
    creator) and an administrator. Raises NotFound, Forbidden.
    """
    viewer = work.viewer
    mine = or_(
        Note.author_id == viewer.me,
        project_changeable(viewer, Task.project_id, "manager"),
        and_(Task.project_id.is_(None), Task.creator_id == viewer.me),
    )
    found = work.first(
        select(Note.id, Note.task_id, mine.label("allowed"))
        .join(Task, Task.id == Note.task_id)
        .where(Note.id == command.note_id, Note.deleted_at.is_(None), visible(viewer))
        .with_for_update(of=Note, key_share=True)
    )
    if found is None:
        raise NotFound("Comment not found")
    if not found.allowed:
        raise Forbidden("You may not delete another's comment")
    work.change(Note, found.id, deleted_at=work.now)
    work.bump([found.task_id])
