"""Task: the document's data model, property by property, with what each changes."""

from typing import Any

from app.odata.engine.edm import BOOLEAN, DATE_TIME_OFFSET, DOUBLE, GUID, INT32, STRING
from app.odata.sets.spec import SetSpec, Values, member, pairs, to_many, to_one
from app.queries.catalogues.board import STATUSES
from app.queries.catalogues.planning import PLANNINGS, RISKS
from app.queries.catalogues.structure import LISTS, PEOPLE, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.services.commands import (
    MAX_NAME,
    AddTask,
    DeleteTask,
    EditTask,
    TaskChanges,
)
from app.services.task_commands import AddRelation, LinkFiles, RemoveRelation, UnlinkFile


def add_task(values: Values) -> AddTask:
    """The command for a new, open task; `complete_task` is the one behind it."""
    sent = {"name": "", **values}
    sent.pop("done", None)
    return AddTask(TaskChanges(**sent))


def complete_task(task_id: int, values: Values) -> EditTask | None:
    """The command for a new task whose body says that it is done."""
    if not values.get("done"):
        return None
    return EditTask(task_id=task_id, changes=TaskChanges(), allow_update=True, done=True)


def edit_task(task_id: int, values: Values) -> EditTask:
    """The command for a change of a task. A completed one may be changed (decision 21 is not about
    this dialect).
    """
    sent = dict(values)
    more: dict[str, Any] = {"done": sent.pop("done")} if "done" in sent else {}
    return EditTask(task_id=task_id, changes=TaskChanges(**sent), allow_update=True, **more)


TASK = SetSpec(
    name="Task",
    type_name="ApiTask",
    key=("TaskItemId",),
    catalogue=TASKS,
    members=(
        member("TaskItemId", GUID, "uid", "uid", nullable=False),
        member("Name", STRING, "name", "name", empty="", blank=True, max_length=MAX_NAME),
        member("TaskItemStatusId", GUID, "status_uid", "status_id", refers=STATUSES),
        member("ContactId", GUID, "contact_uid", "contact_id", refers=PEOPLE),
        member("ProjectId", GUID, "project_uid", "project_id", refers=PROJECTS),
        member("PlanningId", GUID, "planning_uid", "planning_id", refers=PLANNINGS),
        member("GroupId", GUID, "list_uid", "list_id", nullable=False, refers=LISTS),
        member("StartDateTime", DATE_TIME_OFFSET, "start_at", "start_at"),
        member("EndDateTime", DATE_TIME_OFFSET, "due_at", "due_at"),
        member("IsDone", BOOLEAN, "is_done", "done", nullable=False, default=False),
        member("DoneDate", DATE_TIME_OFFSET, "done_at"),
        member("WorkAmount", DOUBLE, "work_hours", "work_hours", nullable=False, default=0.0),
        member("CustomColor", INT32, "custom_color", "custom_color"),
        member("CardPositionNumber", INT32, "card_position", "card_position", nullable=False),
        member(
            "DescriptionHTML",
            STRING,
            "description_html",
            "description_html",
            empty="",
            blank=True,
        ),
        member("IsBillable", BOOLEAN, "billable", "billable", nullable=False, default=False),
        member("Recurrence", INT32, "recurrence", "recurrence", nullable=False, default=0),
        member("AssignedByContactId", GUID, "assigned_by_uid"),
        member("CreatedByContactId", GUID, "creator_uid", nullable=False),
        member("ContactDisplayName", STRING, "contact_name"),
        member("ContactImageId", GUID, "contact_image_uid"),
        member("RiskId", GUID, "risk_uid", "risk_id", refers=RISKS),
        member("RiskName", STRING, "risk_name"),
        member("ChecklistItemsCount", INT32, "check_items", nullable=False),
        member("CheckListItemsDoneCount", INT32, "check_items_done", nullable=False),
        member("CheckListItemsOpenCount", INT32, "check_items_open", nullable=False),
        member("ContributorsCount", INT32, "contributors", nullable=False),
        member("ContributorsWorkAmount", DOUBLE, "contributors_hours", nullable=False),
        member("WorkAmountOwner", DOUBLE, "owner_hours", nullable=False),
    ),
    ways=(
        to_one("Project", "ApiProject", "project", "ProjectId", "ProjectId", partner="Tasks"),
        to_one("Contact", "ApiContact", "contact", "ContactId", "ContactId", partner="Tasks"),
        to_one(
            "Status",
            "ApiTaskStatus",
            "status",
            "TaskItemStatusId",
            "TaskItemStatusId",
            partner="Tasks",
        ),
        to_one("Planning", "ApiPlanning", "planning", "PlanningId", "PlanningId", partner="Tasks"),
        to_one("Group", "ApiGroup", "list", "GroupId", "GroupId", partner="Tasks"),
        to_one("Risk", "ApiRisk", "risk", "RiskId", "RiskId", partner="Tasks"),
        to_one("AssignedBy", "ApiContact", "assigner", "AssignedByContactId", "ContactId"),
        to_one("CreatedBy", "ApiContact", "creator", "CreatedByContactId", "ContactId"),
        to_many("Notes", "ApiTaskItemNote", "notes", partner="Task"),
        to_many("TimeEntries", "ApiTimeEntry", "time_entries", partner="Task"),
        to_many("CheckLists", "ApiCheckList", "check_lists", partner="Task"),
        pairs(
            "Documents",
            "ApiDocument",
            "documents",
            lambda task, file: LinkFiles(task, (file,)),
            UnlinkFile,
            partner="Tasks",
        ),
        pairs("Relations", "ApiTask", "relations", AddRelation, RemoveRelation),
    ),
    add=add_task,
    then=complete_task,
    edit=edit_task,
    drop=DeleteTask,
    upsert_needs=("Name",),
    bindings={
        "Project": "Project",
        "Contact": "Contact",
        "Status": "TaskStatus",
        "Planning": "Planning",
        "Group": "Group",
        "Risk": "Risk",
        "AssignedBy": "Contact",
        "CreatedBy": "Contact",
        "Notes": "TaskItemNote",
        "TimeEntries": "TimeEntry",
        "CheckLists": "CheckList",
        "Documents": "Document",
        "Relations": "Task",
    },
    said_of={
        "assignees": "ContactId",
        "predecessors": "IsDone",
        "comment_followers": "ProjectId",
        "granted": "ProjectId",
    },
)
