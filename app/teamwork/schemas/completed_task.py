"""The live service's own payload of `/completedtasks.json`: camelCase, under `tasks` (facts
1.11).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from app.http.payload import TEXT, JsonType, Plan, object_of
from app.queries.catalogues.tasks import TASKS
from app.queries.values import Assignee
from app.teamwork.schemas.fields import (
    NUMBER,
    Constant,
    Flag,
    Minutes,
    Number,
    OptionalNumber,
    Plain,
    Priority,
    ProjectStatus,
    ShapedField,
    Stamp,
    TeamworkSchema,
    Ymd,
)
from app.teamwork.schemas.task_fields import Tags
from app.teamwork.schemas.todo_item import facet_keys


class AssignedTo(ShapedField):
    """The assignees as objects."""

    json_type: JsonType = {
        "type": ["array", "null"],
        "items": object_of(id=NUMBER, firstName=TEXT, lastName=TEXT),
    }

    def render(self, value: Sequence[Assignee]) -> list[dict[str, Any]]:
        return [
            {"id": each.id, "firstName": each.first_name, "lastName": each.last_name}
            for each in value
        ]


class OrNull(ShapedField):
    """A number, null for none."""

    json_type: JsonType = {"type": ["integer", "null"]}

    def render(self, value: Any) -> Any:
        return value


class LiveCompletedTask(TeamworkSchema):
    """A completed task."""

    facet_names = frozenset(TASKS.facets)

    id = Number("id")
    content = Plain("content", "name")
    description = Plain("description")
    description_type = Constant("descriptionContentType", "TEXT")
    completed = Flag("completed", "is_done")
    completed_on = Stamp("completedOn", "done_at")
    completer_id = Number("completerId", "completer_id")
    completer_first = Plain("completerFirstName", "completer.first_name", absent="")
    completer_last = Plain("completerLastName", "completer.last_name", absent="")
    completer_avatar = Plain("completerAvatarUrl", "completer.avatar_url", absent="")
    created_on = Stamp("createdOn", "created_at")
    creator_id = Number("creatorId", "creator_id")
    creator_first = Plain("creatorFirstName", "creator.first_name")
    creator_last = Plain("creatorLastName", "creator.last_name")
    creator_avatar = Plain("creatorAvatarUrl", "creator.avatar_url")
    last_changed_on = Stamp("lastChangedOn", "changed_at")
    start_date = Ymd("startDate", "start_on")
    due_date = Ymd("dueDate", "due_on")
    due_date_base = Ymd("dueDateBase", "due_on")
    estimate = Minutes("numEstMins", "work_hours")
    progress = Number("progress")
    priority = Priority("priority")
    private = Number("private", "privacy")
    position = Number("position")
    parent_id = OptionalNumber("parentTaskId", "parent.id", absent=0)
    lockdown_id = OrNull("lockdownId", "lockdown_id")
    project_id = OptionalNumber("projectId", "project_id")
    project_name = Plain("projectName", "project.name", absent="")
    project_description = Plain("projectDescription", "project.description", absent="")
    project_status = ProjectStatus("projectStatus", "project.archived_at", absent="active")
    company_id = Number("companyId", "project.company_id", absent=0)
    company_name = Plain("companyName", "project.company_name", absent="")
    list_id = Number("tasklistId", "list_id")
    list_name = Plain("tasklistName", "list.name")
    list_description = Plain("tasklistDescription", "list.description")
    tags = Tags("tags", absent=[])
    logged = Number("totalTimeLogged", "tally.logged", absent=0)
    billable = Number("totalBillableTimeLogged", "tally.billable", absent=0)
    can_complete = Flag("canComplete", "can_complete")
    can_edit = Flag("canEdit", "can_edit")
    can_log_time = Flag("canLogTime", "can_log_time")
    can_see_estimate = Flag("canViewEstTime", "can_see_estimate")
    can_see_time = Flag("canViewOthersTime", "can_see_time")
    harvest = Flag("harvestEnabled", "project.harvest_enabled", absent=False)
    assigned_to = AssignedTo("assignedTo", "assignees", absent=None)
    teams = Constant("assignedToTeams", None)
    companies = Constant("assignedToCompanies", None)


@cache
def plan() -> Plan:
    """The plan compiled from the schema, once."""
    return Plan(LiveCompletedTask(live=True), facet_keys())
