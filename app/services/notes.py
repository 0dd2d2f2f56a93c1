"""Comments on tasks: whoever sees a task may comment on it. What both dialects do with them stands
here; comments.py has what Teamwork's dialect adds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.access import visible_note
from app.errors import Invalid
from app.models import Note, NoteFile, NoteRead
from app.queries.catalogues.comments import comment_deletable
from app.services.finding import row_to_change
from app.services.markup import sanitised, text_of
from app.services.references import people_of_project, task_to_see
from app.services.task_commands import AddNote, DeleteNote
from app.services.telling import listeners, tell
from app.services.work import Work

WHAT = "Comment"
NOT_DELETABLE = "You may not delete another's comment"


@dataclass(frozen=True, slots=True)
class Said:
    """What a comment says: text and HTML beside each other, and what it was written as."""

    text: str
    html: str
    content_type: str = "HTML"


def said_in_html(source: str, field: str) -> Said:
    """A comment written in HTML. Raises Invalid when nothing is said."""
    html = sanitised(source, field)
    text = text_of(html)
    if not text:
        raise Invalid({field: "must not be empty"})
    return Said(text, html)


def add_note(command: AddNote, work: Work) -> int:
    """Add a comment and tell people of it; gives its id. Raises NotFound, Invalid."""
    task = task_to_see(work, command.task_id)
    said = said_in_html(command.html, "html")
    people_of_project(work, command.notify, task.project_id, "notify")
    told = listeners(work, task.id, command.notify, False)
    return write_note(work, task, said, work.viewer.person_id, told)


def write_note(
    work: Work, task: Any, said: Said, author: int, told: Sequence[int], files: Sequence[int] = ()
) -> int:
    """Store a comment with its files, and tell these people, but for its author; gives its id."""
    told = [person for person in told if person != author]
    note = work.insert(
        Note,
        task_id=task.id,
        author_id=author,
        text=said.text,
        html=said.html,
        content_type=said.content_type,
        notified=len(told),
    )
    carry(work, note, files)
    readers = dict.fromkeys((author, work.viewer.person_id))
    work.insert_links(NoteRead, ({"note_id": note, "person_id": each} for each in readers))
    tell(work, task.id, note, author, told)
    work.bump([task.id])
    return note


def carry(work: Work, note_id: int, files: Sequence[int]) -> None:
    """Put files on a comment, beside those that it has."""
    work.insert_links(NoteFile, ({"note_id": note_id, "file_id": file} for file in files))


def delete_note(command: DeleteNote, work: Work) -> None:
    """Remove a comment: its author may, a manager of the project (of a personal task its
    creator) and an administrator. Raises NotFound, Forbidden.
    """
    seen, allowed = visible_note(work.viewer), comment_deletable(work.viewer)
    found = row_to_change(work, Note, command.note_id, seen, allowed, NOT_DELETABLE, WHAT)
    work.change(Note, found.id, deleted_at=work.now)
    work.bump([found.task_id])
