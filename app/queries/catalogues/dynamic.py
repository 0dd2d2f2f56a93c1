"""The flat view over tasks (InLoox: DynamicTaskItem): a task with its project, its planning element
and the viewer's rights, in one row.

The columns have InLoox's own names, and only those are here whose fact is kept in the store. Each
is a column or a subquery of its own, so that a narrow select reads no more than it shows. Some need
the parameter `now`. The columns of custom fields come from fields.py.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from app.access import visible
from app.models import Company, Membership, Person, Planning, Project, Status, Task, TaskList
from app.queries.catalogues import task_facts
from app.queries.catalogues.permissions import PREFIX, permission_columns
from app.queries.catalogues.structure import number_and_name
from app.queries.expressions import NOW, first_instant, full_name, last_instant
from app.queries.query import Catalogue, Expression
from app.queries.relationships import by_key, living, value_at

TASK = task_facts.TASK
Value = str | Callable[[Any], ColumnElement[Any]]

_PLAIN = {
    "TaskItemId": "uid",
    "Name": "name",
    "ConsecutiveNumber": "id",
    "PositionNumber": "position",
    "CardPositionNumber": "card_position",
    "StartDateTime": "start_at",
    "EndDateTime": "due_at",
    "CombinedStartDateTime": "start_at",
    "CombinedEndDateTime": "due_at",
    "IsDone": "is_done",
    "DoneDate": "done_at",
    "WorkAmount": "work_hours",
    "IsBillable": "billable",
    "Recurrence": "recurrence",
    "CustomColor": "custom_color",
    "DescriptionText": "description",
    "DescriptionHTML": "description_html",
    "CreatedDate": "created_at",
    "CreatedAt": "created_at",
    "ChangedDate": "changed_at",
    "UpdatedAt": "changed_at",
}
_UIDS = {
    "ProjectId": "project_uid",
    "GroupId": "list_uid",
    "TaskItemStatusId": "status_uid",
    "PlanningId": "planning_uid",
    "ContactId": "contact_uid",
    "CreatedByContactId": "creator_uid",
    "ChangedByContactId": "updater_uid",
    "AssignedByContactId": "assigned_by_uid",
}
_PEOPLE = {"CreatedBy": "creator_id", "ChangedBy": "updater_id", "AssignedBy": "assigned_by_id"}
_OF_PROJECT: dict[str, Value] = {
    "ProjectId": "uid",
    "Name": "name",
    "Number": "number",
    "ProjectNumberAndName": number_and_name,
    "DescriptionText": "description",
    "DescriptionHTML": "description_html",
    "StartDate": lambda project: first_instant(project.start_on),
    "EndDate": lambda project: last_instant(project.end_on),
    "IsArchived": lambda project: project.archived_at.is_not(None),
    "IsRecycled": lambda project: project.deleted_at.is_not(None),
    "CreatedDateTime": "created_at",
    "CreatedAt": "created_at",
    "LastChangedDateTime": "changed_at",
    "UpdatedAt": "changed_at",
}
_OF_PROJECTS_MAKER: dict[str, Value] = {
    "CreatedByContactId": "uid",
    "CreatedByName": full_name,
    "CreatedByContactImageId": "image_uid",
}
_OF_PLANNING: dict[str, Value] = {
    "PlanningId": "uid",
    "DisplayName": "name",
    "Location": "location",
    "PSPCode": "psp_code",
    "SortingPosition": "position",
    "CustomColor": "custom_color",
    "Progress": "progress",
    "StartDateTime": "start_at",
    "EndDateTime": "end_at",
    "IsMilestone": "is_milestone",
    "IsGrouping": "is_grouping",
    "CreatedAt": "created_at",
    "CreatedDate": "created_at",
    "UpdatedAt": "changed_at",
    "ChangedDate": "changed_at",
}


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _two_steps(model: Any, key: ColumnElement[Any], then: str, to: Any, value: Value) -> Any:
    """A value of the row `to` that the row of `model` with the id `key` names in `then`."""
    there, beyond = model.__table__.alias().c, to.__table__.alias().c
    wanted = beyond[value] if isinstance(value, str) else value(beyond)
    chosen = select(wanted).where(there.id == key, beyond.id == there[then])
    # A planning element that is deleted counts as none.
    return (chosen.where(living(there)) if model is Planning else chosen).scalar_subquery()


def _members() -> ColumnElement[Any]:
    pairs, people = Membership.__table__.alias().c, Person.__table__.alias().c
    counted = select(func.count()).where(
        pairs.project_id == TASK.project_id, people.id == pairs.person_id, living(people)
    )
    return case((TASK.project_id.is_not(None), counted.scalar_subquery()))


def _task_columns() -> dict[str, Expression]:
    spent = task_facts.hours(task_facts.MINUTES)
    return {
        **{name: TASK[column] for name, column in _PLAIN.items()},
        **{name: task_facts.UIDS[uid][0] for name, uid in _UIDS.items()},
        **{
            f"{who}DisplayName": value_at(Person, TASK[key], full_name)
            for who, key in _PEOPLE.items()
        },
        **{
            f"{who}ImageId": value_at(Person, TASK[key], "image_uid")
            for who, key in _PEOPLE.items()
        },
        "ContactDisplayName": task_facts.CONTACT_NAME,
        "ContactImageId": task_facts.CONTACT_IMAGE,
        "TaskItemStatusName": value_at(Status, TASK.status_id, "name"),
        "TaskItemStatusOrdinalPosition": value_at(Status, TASK.status_id, "position"),
        "TaskItemStatusColor": value_at(Status, TASK.status_id, "color"),
        "GroupName": value_at(TaskList, TASK.list_id, "name"),
        "NotesCount": task_facts.NOTES,
        "DocumentsCount": task_facts.DOCUMENTS,
        "HasStartDate": _flag(TASK.start_at.is_not(None)),
        "HasEndDate": _flag(TASK.due_at.is_not(None)),
        "IsOverdue": and_(TASK.due_at.is_not(None), TASK.due_at < NOW, TASK.is_done.is_(False)),
        "HasTimeEntries": task_facts.HAS_TIME,
        "TimeEntriesDuration": spent,
        "TotalEffortTimeEntries": spent,
    }


def _project_columns() -> dict[str, Expression]:
    key = TASK.project_id
    return {
        **{name: value_at(Project, key, value) for name, value in _OF_PROJECT.items()},
        **{
            name: _two_steps(Project, key, "creator_id", Person, value)
            for name, value in _OF_PROJECTS_MAKER.items()
        },
        "ClientId": _two_steps(Project, key, "company_id", Company, "uid"),
        "ClientName": _two_steps(Project, key, "company_id", Company, "name"),
        "ContactsCount": _members(),
    }


def _planning_columns() -> dict[str, Expression]:
    key = TASK.planning_id
    return {
        **{
            name: value_at(Planning, key, value, alive=True) for name, value in _OF_PLANNING.items()
        },
        "CreatedByContactId": _two_steps(Planning, key, "creator_id", Person, "uid"),
    }


def _prefixed(prefix: str, columns: dict[str, Expression]) -> dict[str, Expression]:
    return {f"{prefix}{name}": column for name, column in columns.items()}


def _rights() -> dict[str, Expression]:
    made: dict[str, Expression] = {**permission_columns(TASK.project_id)}
    del made[f"{PREFIX}SecurityContactId"]  # not one of this view's
    for name in ("IsArchived", "IsRecycled"):
        made[PREFIX + name] = value_at(Project, TASK.project_id, _OF_PROJECT[name])
    return made


DYNAMIC_TASKS = Catalogue(
    name="Dynamic task",
    source=Task.__table__,
    columns={
        "id": TASK.id,
        "uid": TASK.uid,
        "version": TASK.version,
        **_prefixed("TaskItem_", _task_columns()),
        **_prefixed("Project_", _project_columns()),
        **_prefixed("Planning_", _planning_columns()),
        **_rights(),
    },
    visible=lambda viewer, _: visible(viewer),
    references={
        **{f"TaskItem_{name}": task_facts.UIDS[uid][1] for name, uid in _UIDS.items()},
        "Project_ProjectId": by_key("project_id", Project),
        "Planning_PlanningId": task_facts.UIDS["planning_uid"][1],
    },
    searched=("TaskItem_Name", "TaskItem_DescriptionText", "Project_Name", "Planning_DisplayName"),
)
