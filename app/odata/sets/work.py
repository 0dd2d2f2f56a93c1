"""Document, TimeEntry, UserStopwatch, CheckList and CheckListItem: what hangs on tasks."""

from app.odata.engine.edm import BOOLEAN, DATE_TIME_OFFSET, GUID, INT32, INT64, STRING
from app.odata.sets.spec import SetSpec, member, to_many, to_one
from app.queries.catalogues.checklists import CHECK_ITEMS, CHECK_LISTS
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.structure import LISTS, PEOPLE, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.time import STOPWATCHES, TIME_ENTRIES
from app.services.neighbour_commands import (
    AddCheckList,
    AddCheckListItem,
    AddDocument,
    AddTimeEntry,
    DeleteCheckList,
    DeleteCheckListItem,
    DeleteDocument,
    DeleteTimeEntry,
    EditCheckList,
    EditCheckListItem,
    EditDocument,
    EditTimeEntry,
)

DOCUMENT = SetSpec(
    name="Document",
    type_name="ApiDocument",
    key=("DocumentId",),
    catalogue=DOCUMENTS,
    members=(
        member("DocumentId", GUID, "uid", "uid", nullable=False),
        member("FileName", STRING, "name", "name", empty="", max_length=255),
        member("ProjectId", GUID, "project_uid", "project_id", refers=PROJECTS),
        member(
            "DescriptionHTML",
            STRING,
            "description_html",
            "description_html",
            empty="",
            blank=True,
        ),
        member("CreatedByContactId", GUID, "creator_uid"),
        member("UploadedByContactId", GUID, "uploader_uid"),
        member("FileType", STRING, "file_type"),
        member("UpdatedAt", DATE_TIME_OFFSET, "changed_at"),
        member("CreatedAt", DATE_TIME_OFFSET, "created_at"),
        member("FileSize", INT64, "size", nullable=False),
        member("Revision", INT32, "revision", nullable=False),
    ),
    ways=(
        to_one("Project", "ApiProject", "project", "ProjectId", "ProjectId", partner="Documents"),
        to_many("Tasks", "ApiTask", "tasks", partner="Documents"),
    ),
    add=lambda values: AddDocument(**values),
    edit=lambda row_id, values: EditDocument(file_id=row_id, **values),
    drop=DeleteDocument,
    required=("FileName",),
    media=True,
    bindings={"Project": "Project", "Tasks": "Task"},
)

TIME_ENTRY = SetSpec(
    name="TimeEntry",
    type_name="ApiTimeEntry",
    key=("TimeEntryId",),
    catalogue=TIME_ENTRIES,
    members=(
        member("TimeEntryId", GUID, "uid", "uid", nullable=False),
        member("DisplayName", STRING, "name", "name", empty="", blank=True),
        member("StartDateTime", DATE_TIME_OFFSET, "started_at", "started_at", nullable=False),
        member("EndDateTime", DATE_TIME_OFFSET, "ended_at", "ended_at", nullable=False),
        member("ProjectId", GUID, "project_uid", "project_id", refers=PROJECTS),
        member(
            "DescriptionHTML",
            STRING,
            "description_html",
            "description_html",
            empty="",
            blank=True,
        ),
        member("DescriptionText", STRING, "description", blank=True),
        member("IsBillable", BOOLEAN, "billable", "billable", nullable=False, default=False),
        member(
            "PerformedByContactId", GUID, "person_uid", "person_id", nullable=False, refers=PEOPLE
        ),
        member("GroupId", GUID, "list_uid", "list_id", nullable=False, refers=LISTS),
        member("TaskItemId", GUID, "task_uid", "task_id", refers=TASKS),
        member("DurationMinutes", INT32, "minutes", "minutes", nullable=False),
    ),
    ways=(
        to_one("Task", "ApiTask", "task", "TaskItemId", "TaskItemId", partner="TimeEntries"),
        to_one("Project", "ApiProject", "project", "ProjectId", "ProjectId", partner="TimeEntries"),
        to_one("PerformedBy", "ApiContact", "person", "PerformedByContactId", "ContactId"),
    ),
    add=lambda values: AddTimeEntry(**values),
    edit=lambda row_id, values: EditTimeEntry(time_entry_id=row_id, **values),
    drop=DeleteTimeEntry,
    bindings={"Task": "Task", "Project": "Project", "PerformedBy": "Contact"},
)

USER_STOPWATCH = SetSpec(
    name="UserStopwatch",
    type_name="ApiUserStopwatch",
    key=("UserStopwatchId",),
    catalogue=STOPWATCHES,
    members=(
        member("UserStopwatchId", GUID, "uid", nullable=False),
        member("ElapsedSeconds", INT32, "elapsed_seconds", nullable=False),
        member("InitiallyStartedAt", DATE_TIME_OFFSET, "first_started_at", nullable=False),
        member("StartedAt", DATE_TIME_OFFSET, "started_at", nullable=False),
        member("PausedAt", DATE_TIME_OFFSET, "paused_at"),
        member("ProjectId", GUID, "project_uid"),
        member("TaskItemId", GUID, "task_uid"),
        member("ProjectName", STRING, "project_name"),
        member("ProjectNumber", STRING, "project_number", blank=True),
        member("TaskItemName", STRING, "task_name"),
    ),
    ways=(to_one("Task", "ApiTask", "task", "TaskItemId", "TaskItemId"),),
    bindings={"Task": "Task"},
)

CHECK_LIST = SetSpec(
    name="CheckList",
    type_name="ApiCheckList",
    key=("CheckListId",),
    catalogue=CHECK_LISTS,
    members=(
        member("CheckListId", GUID, "uid", "uid", nullable=False),
        member("ProjectId", GUID, "project_uid", "project_id", refers=PROJECTS),
        member("TaskItemId", GUID, "task_uid", "task_id", refers=TASKS),
        member("OrdinalPosition", INT32, "position", "position", nullable=False),
        member("Name", STRING, "name", "name", empty="", max_length=2000),
    ),
    ways=(
        to_one("Task", "ApiTask", "task", "TaskItemId", "TaskItemId", partner="CheckLists"),
        to_one("Project", "ApiProject", "project", "ProjectId", "ProjectId"),
        to_many("Items", "ApiCheckListItem", "items", partner="CheckList"),
    ),
    add=lambda values: AddCheckList(**values),
    edit=lambda row_id, values: EditCheckList(check_list_id=row_id, **values),
    drop=DeleteCheckList,
    required=("Name",),
    bindings={"Task": "Task", "Project": "Project", "Items": "CheckListItem"},
)

CHECK_LIST_ITEM = SetSpec(
    name="CheckListItem",
    type_name="ApiCheckListItem",
    key=("CheckListItemId",),
    catalogue=CHECK_ITEMS,
    members=(
        member("CheckListItemId", GUID, "uid", "uid", nullable=False),
        member(
            "CheckListId",
            GUID,
            "check_list_uid",
            "check_list_id",
            nullable=False,
            refers=CHECK_LISTS,
        ),
        member("Name", STRING, "name", "name", empty="", max_length=2000),
        member("IsDone", BOOLEAN, "is_done", "is_done", nullable=False, default=False),
        member("DoneDate", DATE_TIME_OFFSET, "done_at"),
        member("OrdinalPosition", INT32, "position", "position", nullable=False),
    ),
    ways=(
        to_one(
            "CheckList", "ApiCheckList", "check_list", "CheckListId", "CheckListId", partner="Items"
        ),
    ),
    add=lambda values: AddCheckListItem(**values),
    edit=lambda row_id, values: EditCheckListItem(item_id=row_id, **values),
    drop=DeleteCheckListItem,
    required=("Name", "CheckListId"),
    bindings={"CheckList": "CheckList"},
)
