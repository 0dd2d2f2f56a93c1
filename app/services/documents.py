"""Documents: files of a project, or of their creator alone. The creator and the editors of the
project change them. The bytes are stored before a command names them by their digest.
"""

import hashlib
from functools import partial
from typing import Any

from sqlalchemy import func, select

from app.access import visible_file
from app.models import File, FileVersion, TaskFile
from app.queries.catalogues.documents import file_changeable
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
CONTENT = ("name", "size", "digest")
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
    file = file_to_change(work, command.file_id)
    unmoved(command, file, "project_id")
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    change(work, File, file, values)
    if "name" in values:
        bump_carriers(work, file.id)


def put_document_content(command: PutDocumentContent, work: Work) -> None:
    """Make other bytes the next revision of a document. Raises NotFound, Forbidden."""
    file = file_to_change(work, command.file_id)
    put_content(work, file, digest=command.digest, size=command.size)


def put_content(work: Work, file: Any, **content: Any) -> int:
    """Make this the next revision of a file that was found, brought by the viewer, and keep what
    was there as a version; gives its number. A document without bytes leaves no version.
    """
    if file.digest != NO_BYTES:
        _keep_version(work, file)
    revision = int(file.revision) + 1
    me = work.viewer.person_id
    uploader = None if me == file.creator_id else me
    work.change(File, file.id, revision=revision, uploader_id=uploader, **content)
    bump_carriers(work, file.id)
    return revision


def _keep_version(work: Work, file: Any) -> None:
    """The version's `creator_id` is who uploaded it, `created_at` when; `changed_at` when another
    took its place.
    """
    before = work.scalar(
        select(func.max(FileVersion.changed_at)).where(FileVersion.file_id == file.id)
    )
    kept = {name: getattr(file, name) for name in ("revision", *CONTENT)}
    kept["creator_id"] = file.uploader_id or file.creator_id
    work.insert(FileVersion, file_id=file.id, created_at=before or file.created_at, **kept)


def delete_document(command: DeleteDocument, work: Work) -> None:
    """Hide a document; tasks keep the link but show it no more. Raises NotFound, Forbidden."""
    file = file_to_change(work, command.file_id)
    work.change(File, file.id, deleted_at=work.now)
    bump_carriers(work, file.id)


def file_to_change(work: Work, file_id: int) -> Any:
    """The file, locked, with all its columns. Raises NotFound, Forbidden."""
    viewer = work.viewer
    allowed = file_changeable(viewer)
    return row_to_change(work, File, file_id, visible_file(viewer), allowed, REFUSAL)


def bump_carriers(work: Work, file_id: int) -> None:
    """The tasks that carry the document show its name, size and revision."""
    work.bump(work.ids(select(TaskFile.task_id).where(TaskFile.file_id == file_id)))
