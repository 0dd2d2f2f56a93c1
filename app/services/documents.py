"""Documents: files of a project, or of their creator alone. The creator and the editors of the
project change them. The bytes are stored before a command names them by their digest.
"""

import hashlib
from functools import partial
from typing import Any

from sqlalchemy import or_, select

from app.access import CHANGING_ROLES, project_changeable, visible_file
from app.models import File, TaskFile
from app.services import checks
from app.services.finding import (
    change,
    chosen_uid,
    project_to_edit,
    row_to_change,
    sent,
    unmoved,
)
from app.services.neighbour_commands import (
    AddDocument,
    DeleteDocument,
    EditDocument,
    PutDocumentContent,
)
from app.services.work import Work

MAX_FILE_NAME = 255
NO_BYTES = hashlib.sha256(b"").hexdigest()
REFUSAL = "Only its creator and editors of the project may change a document"
CHECKS: dict[str, Any] = {
    "name": partial(checks.name, most=MAX_FILE_NAME),
    "description_html": checks.html,
}


def add_document(command: AddDocument, work: Work) -> int:
    """Add a document. Raises Invalid, Forbidden, Conflict."""
    if command.project_id is not None:
        project_to_edit(work, command.project_id)
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    return work.insert(
        File,
        project_id=command.project_id,
        creator_id=work.viewer.person_id,
        digest=command.digest or NO_BYTES,
        size=command.size if command.digest else 0,
        **values,
        **chosen_uid(work, File, command.uid),
    )


def edit_document(command: EditDocument, work: Work) -> None:
    """Rename or describe a document. Raises NotFound, Forbidden, Invalid."""
    file = _file(work, command.file_id)
    unmoved(command, file, "project_id")
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    change(work, File, file, values)
    if "name" in values:
        _bump(work, file.id)


def put_document_content(command: PutDocumentContent, work: Work) -> None:
    """Make other bytes the next revision of a document. Raises NotFound, Forbidden."""
    file = _file(work, command.file_id)
    content = {"digest": command.digest, "size": command.size}
    work.change(File, file.id, revision=file.revision + 1, **content)
    _bump(work, file.id)


def delete_document(command: DeleteDocument, work: Work) -> None:
    """Hide a document; tasks keep the link but show it no more. Raises NotFound, Forbidden."""
    file = _file(work, command.file_id)
    work.change(File, file.id, deleted_at=work.now)
    _bump(work, file.id)


def _file(work: Work, file_id: int) -> Any:
    viewer = work.viewer
    allowed = or_(
        File.creator_id == viewer.me,
        project_changeable(viewer, File.project_id, *CHANGING_ROLES),
    )
    return row_to_change(work, File, file_id, visible_file(viewer), allowed, REFUSAL)


def _bump(work: Work, file_id: int) -> None:
    """The tasks that carry the document show its name, size and revision."""
    work.bump(work.ids(select(TaskFile.task_id).where(TaskFile.file_id == file_id)))
