"""Files that go to another project, or are copied there."""

from typing import Any

from sqlalchemy import Integer, delete, insert, literal, select

from app.access import visible_file
from app.errors import NotFound
from app.models import File, FileTag, Note, NoteFile, Task, TaskFile
from app.services.documents import file_to_change
from app.services.finding import project_to_edit
from app.services.structure_commands import CopyFile, MoveFile
from app.services.work import Work

COPIED = ("name", "size", "digest", "description_html")


def copy_file(command: CopyFile, work: Work) -> int:
    """Copy a file that the viewer sees into a project where he may add files; the copy is his.
    Raises NotFound, Forbidden, Invalid.
    """
    file = _seen(work, command.file_id)
    project = project_to_edit(work, command.project_id)
    values = {name: getattr(file, name) for name in COPIED}
    creator = work.viewer.person_id
    made = work.insert(File, project_id=project.id, creator_id=creator, **values)
    tags = select(literal(made, Integer), FileTag.tag_id).where(FileTag.file_id == file.id)
    work.run(insert(FileTag).from_select(["file_id", "tag_id"], tags))
    return made


def _seen(work: Work, file_id: int) -> Any:
    columns = [getattr(File, name) for name in ("id", *COPIED)]
    seen = select(*columns).where(File.id == file_id, visible_file(work.viewer))
    found = work.first(seen)
    if found is None:
        raise NotFound("Document not found")
    return found


def move_file(command: MoveFile, work: Work) -> None:
    """Move a file: who may change it and add files there, may. What carries it in another project,
    seen by him or not, carries it no more, as when a file is deleted. Raises NotFound, Forbidden,
    Invalid.
    """
    file = file_to_change(work, command.file_id)
    project = project_to_edit(work, command.project_id)
    if file.project_id == project.id:
        return
    work.change(File, file.id, project_id=project.id)
    elsewhere = Task.project_id.is_distinct_from(project.id)
    carrying = select(TaskFile.task_id).join(Task, Task.id == TaskFile.task_id)
    tasks = work.ids(carrying.where(TaskFile.file_id == file.id, elsewhere))
    mine = TaskFile.file_id == file.id
    work.run(delete(TaskFile).where(mine, TaskFile.task_id.in_(tasks)))
    notes = select(Note.id).join(Task, Task.id == Note.task_id).where(elsewhere)
    work.run(delete(NoteFile).where(NoteFile.file_id == file.id, NoteFile.note_id.in_(notes)))
    work.bump(tasks)
