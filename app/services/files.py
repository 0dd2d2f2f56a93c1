"""Files on tasks: existing ones by id, new ones by the reference of their upload."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select

from app.access import visible_file
from app.errors import Invalid, NotFound
from app.models import File, PendingFile, TaskFile
from app.models.base import new_uid
from app.services.commands import UNSET, AddPendingFile, FillPendingFile, TaskChanges, Unset
from app.services.references import files_named, task_to_edit
from app.services.statements import Look, among_texts_bound
from app.services.task_commands import LinkFiles, UnlinkFile
from app.services.work import Work

WAITING: Final = ""  # in place of a digest: the bytes are still to come
WAITS: Final = timedelta(hours=1)  # how long they may come
NOT_WAITING: Final = "No such upload, or it is done, or too late"


def add_pending_file(command: AddPendingFile, work: Work) -> str:
    """Remember an upload; gives the reference by which its uploader can attach it."""
    ref = f"tf_{secrets.token_hex(16)}"
    work.insert(
        PendingFile,
        ref=ref,
        person_id=work.viewer.person_id,
        name=command.name,
        size=command.size,
        digest=command.digest,
    )
    return ref


def fill_pending_file(command: FillPendingFile, work: Work) -> None:
    """Name the bytes of an upload of the viewer that waits for them. Raises NotFound."""
    waiting = (
        PendingFile.ref == command.ref,
        PendingFile.person_id == work.viewer.person_id,
        PendingFile.digest == WAITING,
        PendingFile.created_at > work.now - WAITS,
    )
    found = work.scalar(select(PendingFile.id).where(*waiting).with_for_update())
    if found is None:
        raise NotFound(NOT_WAITING)
    work.put(PendingFile, found, digest=command.digest)


def attach(work: Work, task_id: int, project_id: int | None, changes: TaskChanges) -> None:
    """Put the files of a change on a task, beside or (only_these_files) instead of the others."""
    existing = () if isinstance(changes.files, Unset) else changes.files
    pending = () if isinstance(changes.pending_files, Unset) else changes.pending_files
    files_named(work, existing)
    ids = [*existing, *made_of_uploads(work, project_id, pending)]
    if changes.only_these_files:
        work.run(delete(TaskFile).where(TaskFile.task_id == task_id))
    work.insert_links(TaskFile, ({"task_id": task_id, "file_id": file} for file in ids))


def link_files(command: LinkFiles, work: Work) -> tuple[int, ...]:
    """Put files beside those that a task carries; gives the task's id if that changed it. Raises
    NotFound, Forbidden, Invalid.
    """
    task = task_to_edit(work, command.task_id)
    files_named(work, command.file_ids)
    carried = set(work.ids(select(TaskFile.file_id).where(TaskFile.task_id == task.id)))
    fresh = [file for file in dict.fromkeys(command.file_ids) if file not in carried]
    work.insert_links(TaskFile, ({"task_id": task.id, "file_id": file} for file in fresh))
    if not fresh:
        return ()
    work.touch([task.id])
    return (task.id,)


def unlink_file(command: UnlinkFile, work: Work) -> None:
    """Take a file off a task. Raises NotFound, also for a file that the task does not carry, and
    Forbidden.
    """
    task = task_to_edit(work, command.task_id)
    link = (TaskFile.task_id == task.id, TaskFile.file_id == command.file_id)
    seen = select(File.id).where(File.id == command.file_id, visible_file(work.viewer))
    carried = select(TaskFile.file_id).where(*link)
    if work.scalar(seen) is None or work.scalar(carried) is None:
        raise NotFound("File not found")
    work.run(delete(TaskFile).where(*link))
    work.touch([task.id])


def kept(work: Work, project_id: int | None, changes: TaskChanges) -> TaskChanges:
    """The change with its uploads made into files, so that several tasks can carry them."""
    if isinstance(changes.pending_files, Unset):
        return changes
    made = made_of_uploads(work, project_id, changes.pending_files)
    existing = () if isinstance(changes.files, Unset) else changes.files
    return replace(changes, files=(*existing, *made), pending_files=UNSET)


def made_of_uploads(
    work: Work, project_id: int | None, refs: Sequence[str], **more: Any
) -> list[int]:
    """Files made of the viewer's own uploads; each can be used once. `more` are columns that all of
    them get. Raises Invalid.
    """
    uploads = take_uploads(work, refs)
    ids = work.reserve(File, len(uploads)) if uploads else []
    common = {"project_id": project_id, "creator_id": work.viewer.person_id}
    rows = (
        {
            "id": file,
            "name": upload.name,
            "size": upload.size,
            "digest": upload.digest,
            "uid": new_uid(),
            **common,
            **more,
        }
        for file, upload in zip(ids, uploads, strict=True)
    )
    work.insert_many(File, rows)
    return ids


def take_uploads(work: Work, refs: Sequence[str]) -> list[Any]:
    """The viewer's uploads with these references, in their order: name, size and digest. They wait
    no more. Raises Invalid.
    """
    named = list(dict.fromkeys(refs))
    if not named:
        return []
    found = {row.ref: row for row in work.all(_UPLOADS, texts=named)}
    for ref in named:
        if ref not in found:
            raise Invalid({"pending_files": f"no such upload: {ref}"})
    work.run(delete(PendingFile).where(PendingFile.id.in_([row.id for row in found.values()])))
    return [found[ref] for ref in named]


_UPLOADS = Look(
    lambda engine, kind: (
        select(
            PendingFile.id,
            PendingFile.ref,
            PendingFile.name,
            PendingFile.size,
            PendingFile.digest,
        )
        .where(
            among_texts_bound(engine)(PendingFile.ref),
            PendingFile.person_id == kind.me,
            PendingFile.digest != WAITING,
        )
        .order_by(PendingFile.id)
        .with_for_update(key_share=True)
    )
)
