"""TaskStatus, TaskItemNote and TaskItemTemplate."""

from app.odata.engine.edm import DATE_TIME_OFFSET, GUID, INT32, STRING
from app.odata.sets.spec import SetSpec, member, to_many, to_one
from app.queries.catalogues.board import STATUSES
from app.queries.catalogues.notes import NOTES
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.templates import TEMPLATES
from app.services.neighbour_commands import (
    AddStatus,
    AddTemplate,
    DeleteStatus,
    DeleteTemplate,
    EditStatus,
    EditTemplate,
)

TASK_STATUS = SetSpec(
    name="TaskStatus",
    type_name="ApiTaskStatus",
    key=("TaskItemStatusId",),
    catalogue=STATUSES,
    members=(
        member("TaskItemStatusId", GUID, "uid", "uid", nullable=False),
        member("Name", STRING, "name", "name", empty="", max_length=200),
        member("ProjectId", GUID, "project_uid", "project_id", nullable=False, refers=PROJECTS),
        member("OrdinalPosition", INT32, "position", "position", nullable=False),
        member("Color", INT32, "color", "color"),
    ),
    ways=(
        to_one("Project", "ApiProject", "project", "ProjectId", "ProjectId", partner="Statuses"),
        to_many("Tasks", "ApiTask", "tasks", partner="Status"),
    ),
    add=lambda values: AddStatus(**values),
    edit=lambda row_id, values: EditStatus(status_id=row_id, **values),
    drop=DeleteStatus,
    required=("Name", "ProjectId"),
    bindings={"Project": "Project", "Tasks": "Task"},
)

TASK_NOTE = SetSpec(
    name="TaskItemNote",
    type_name="ApiTaskItemNote",
    key=("TaskItemNoteId",),
    catalogue=NOTES,
    members=(
        member("TaskItemNoteId", GUID, "uid", nullable=False),
        member("TaskItemId", GUID, "task_uid", nullable=False),
        member("Note", STRING, "text"),
        member("NoteHtml", STRING, "html"),
        member("ShortDescription", STRING, "short"),
        member("CreateDateTime", DATE_TIME_OFFSET, "created_at", nullable=False),
        member("CreatedByContactId", GUID, "author_uid", nullable=False),
    ),
    ways=(
        to_one("Task", "ApiTask", "task", "TaskItemId", "TaskItemId", partner="Notes"),
        to_one("CreatedBy", "ApiContact", "author", "CreatedByContactId", "ContactId"),
    ),
    bindings={"Task": "Task", "CreatedBy": "Contact"},
)

TASK_TEMPLATE = SetSpec(
    name="TaskItemTemplate",
    type_name="ApiTaskItemTemplate",
    key=("TaskItemTemplateId",),
    catalogue=TEMPLATES,
    members=(
        member("TaskItemTemplateId", GUID, "uid", "uid", nullable=False),
        member("Name", STRING, "name", "name", empty="", max_length=2000),
    ),
    add=lambda values: AddTemplate(**values),
    edit=lambda row_id, values: EditTemplate(template_id=row_id, **values),
    drop=DeleteTemplate,
    required=("Name",),
)
