"""Uploads that become files of a project or of a task, or the next version of a file."""

from typing import Any

from app.errors import Forbidden, Invalid
from app.models import TaskFile
from app.services import checks
from app.services.commands import Unset
from app.services.documents import MAX_FILE_NAME, file_to_change, put_content
from app.services.files import made_of_uploads, take_uploads
from app.services.logbook_commands import AddFiles, AddFileVersion, AttachFiles
from app.services.references import task_to_edit
from app.services.task_values import text_to_html
from app.services.tasks import COMPLETED_TASK
from app.services.work import Work
from app.services.worklog import project_in_path


def add_files(command: AddFiles, work: Work) -> tuple[int, ...]:
    """Make files of a project. Raises NotFound, Forbidden, Invalid."""
    project = project_in_path(work, command.project_id)
    more: dict[str, Any] = {"description_html": text_to_html(command.description)}
    if not isinstance(command.name, Unset):
        if len(command.refs) != 1:
            raise Invalid({"name": "a name is for one file"})
        more["name"] = checks.name(command.name, most=MAX_FILE_NAME)
    return tuple(made_of_uploads(work, project.id, command.refs, **more))


def attach_files(command: AttachFiles, work: Work) -> tuple[int, ...]:
    """Put uploads on a task. Raises NotFound, Forbidden (also for a completed task), Invalid."""
    task = task_to_edit(work, command.task_id)
    if task.is_done:
        raise Forbidden(COMPLETED_TASK)
    ids = made_of_uploads(work, task.project_id, command.refs)
    work.insert_links(TaskFile, ({"task_id": task.id, "file_id": file} for file in ids))
    if ids:
        work.touch([task.id])
    return tuple(ids)


def add_file_version(command: AddFileVersion, work: Work) -> int:
    """Make an upload the next version of a file, under the upload's name. Raises NotFound,
    Forbidden, Invalid.
    """
    file = file_to_change(work, command.file_id)
    (upload,) = take_uploads(work, [command.ref])
    content = {"name": upload.name, "size": upload.size, "digest": upload.digest}
    if not isinstance(command.description, Unset):
        content["description_html"] = text_to_html(command.description)
    return put_content(work, file, **content)
