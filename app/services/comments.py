"""Comments as Teamwork's dialect writes them: in plain text or HTML, with uploads, edited and
marked as read. What both dialects share stands in notes.py.
"""

from collections.abc import Sequence

from sqlalchemy import select

from app.access import visible_note
from app.errors import Forbidden, Invalid
from app.models import Note, NoteRead, Task
from app.queries.catalogues.comments import comment_editable
from app.services import checks, files
from app.services.commands import TaskChanges, Unset
from app.services.finding import row_to_change, sent
from app.services.notes import WHAT, Said, carry, said_in_html, write_note
from app.services.references import people_of_project, task_to_see
from app.services.talk_commands import TEXT, AddComment, EditComment, ReadComment
from app.services.task_values import text_to_html
from app.services.telling import check_seeing, listeners
from app.services.work import Work

NOT_EDITABLE = "You may not change another's comment"
NOT_ADMIN = "Only an administrator may name another author"


def add_comment(command: AddComment, work: Work) -> int:
    """Add a comment and tell people of it; gives its id. Raises NotFound, Forbidden, Invalid."""
    task = task_to_see(work, command.task_id)
    said = _said(command.body, command.content_type)
    author = _author(work, command.author_id, task.id)
    people_of_project(work, command.notify, task.project_id, "notify")
    told = listeners(work, task.id, command.notify, command.notify_all)
    carried = _files(work, task.project_id, command.pending_files)
    return write_note(work, task, said, author, told, carried)


def edit_comment(command: EditComment, work: Work) -> None:
    """Change a comment: its author may, and an administrator. Raises NotFound, Forbidden,
    Invalid.
    """
    seen, allowed = visible_note(work.viewer), comment_editable(work.viewer)
    note = row_to_change(work, Note, command.note_id, seen, allowed, NOT_EDITABLE, WHAT)
    if not isinstance(command.body, Unset):
        kind = sent(command, "content_type").get("content_type", note.content_type)
        said = _said(command.body, kind)
        values = {"text": said.text, "html": said.html, "content_type": said.content_type}
        work.change(Note, note.id, **values)
    if command.pending_files:
        project_id = work.scalar(select(Task.project_id).where(Task.id == note.task_id))
        carry(work, note.id, _files(work, project_id, command.pending_files))
    work.bump([note.task_id])


def read_comment(command: ReadComment, work: Work) -> None:
    """Mark a comment as read; it may be already. Raises NotFound."""
    seen = visible_note(work.viewer)
    note = row_to_change(work, Note, command.note_id, seen, seen, "", WHAT)
    row = {"note_id": note.id, "person_id": work.viewer.person_id}
    work.insert_links(NoteRead, [row])


def _said(body: str, content_type: str) -> Said:
    if content_type != TEXT:
        return said_in_html(body, "body")
    text = checks.text(body, "body")
    if not text.strip():
        raise Invalid({"body": "must not be empty"})
    return Said(text, text_to_html(text), TEXT)


def _author(work: Work, named: int | None, task_id: int) -> int:
    """Who is credited: oneself, or by an administrator anybody who sees the task."""
    if named is None or named == work.viewer.person_id:
        return work.viewer.person_id
    if not work.viewer.admin:
        raise Forbidden(NOT_ADMIN)
    check_seeing(work, [named], task_id, "author_id")
    return named


def _files(work: Work, project_id: int | None, uploads: Sequence[str]) -> tuple[int, ...]:
    """The viewer's own uploads made into files of the project. Raises Invalid."""
    if not uploads:
        return ()
    made = files.kept(work, project_id, TaskChanges(pending_files=tuple(uploads))).files
    return () if isinstance(made, Unset) else made
