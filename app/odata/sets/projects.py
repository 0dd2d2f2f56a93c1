"""Project, Group (a task list), Planning and Risk: what a task belongs to."""

from datetime import date, datetime

from app.odata.engine.edm import BOOLEAN, DATE_TIME_OFFSET, GUID, INT32, STRING
from app.odata.sets.spec import SetSpec, Values, member, to_many, to_one
from app.queries.catalogues.planning import PLANNINGS, RISKS
from app.queries.catalogues.structure import COMPANIES, LISTS, PROJECTS
from app.services.commands import AddProject, EditProject
from app.services.neighbour_commands import (
    AddGroup,
    AddPlanning,
    AddRisk,
    DeleteGroup,
    DeletePlanning,
    DeleteRisk,
    EditGroup,
    EditPlanning,
    EditRisk,
)
from app.services.structure_commands import DeleteProject


def add_project(values: Values) -> AddProject:
    """The command for a new project; `archive_project` is the one behind it."""
    sent = dict(values)
    sent.pop("archived", None)
    return AddProject(**sent)


def archive_project(project_id: int, values: Values) -> EditProject | None:
    """The command for a new project whose body says that it is archived."""
    return EditProject(project_id=project_id, archived=True) if values.get("archived") else None


def as_day(value: datetime) -> date:
    """The day of an instant, as projects keep it."""
    return value.date()


PROJECT = SetSpec(
    name="Project",
    type_name="ApiProject",
    key=("ProjectId",),
    catalogue=PROJECTS,
    members=(
        member("ProjectId", GUID, "uid", nullable=False),
        member("Name", STRING, "name", "name", empty="", max_length=200),
        member("Number", STRING, "number", "number", empty="", blank=True, max_length=50),
        member("ProjectNumberAndName", STRING, "number_and_name"),
        member("ClientId", GUID, "company_uid", "company_id", nullable=False, refers=COMPANIES),
        member("ClientName", STRING, "company_name"),
        member("StartDate", DATE_TIME_OFFSET, "start_at", "start_on", adapt=as_day),
        member("EndDate", DATE_TIME_OFFSET, "end_at", "end_on", adapt=as_day),
        member("IsArchived", BOOLEAN, "is_archived", "archived", nullable=False, default=False),
        member("CreatedByContactId", GUID, "creator_uid", nullable=False),
        member("CreatedByName", STRING, "creator_name"),
        member("CreatedDateTime", DATE_TIME_OFFSET, "created_at"),
        member("LastChangedDateTime", DATE_TIME_OFFSET, "changed_at"),
        member("DescriptionText", STRING, "description", "description", empty="", blank=True),
        member(
            "DescriptionHTML",
            STRING,
            "description_html",
            "description_html",
            empty="",
            blank=True,
        ),
        member("IsRecycled", BOOLEAN, "is_deleted", nullable=False),
    ),
    ways=(
        to_many("Tasks", "ApiTask", "tasks", partner="Project"),
        to_many("Statuses", "ApiTaskStatus", "statuses", partner="Project"),
        to_many("Groups", "ApiGroup", "lists", partner="Project"),
        to_many("Plannings", "ApiPlanning", "plannings", partner="Project"),
        to_many("Risks", "ApiRisk", "risks", partner="Project"),
        to_many("Documents", "ApiDocument", "documents", partner="Project"),
        to_many("TimeEntries", "ApiTimeEntry", "time_entries", partner="Project"),
        to_one("CreatedBy", "ApiContact", "creator", "CreatedByContactId", "ContactId"),
    ),
    add=add_project,
    then=archive_project,
    edit=lambda row_id, values: EditProject(project_id=row_id, **values),
    drop=DeleteProject,
    required=("Name",),
    bindings={
        "Tasks": "Task",
        "Statuses": "TaskStatus",
        "Groups": "Group",
        "Plannings": "Planning",
        "Risks": "Risk",
        "Documents": "Document",
        "TimeEntries": "TimeEntry",
        "CreatedBy": "Contact",
    },
)

GROUP = SetSpec(
    name="Group",
    type_name="ApiGroup",
    key=("GroupId",),
    catalogue=LISTS,
    members=(
        member("GroupId", GUID, "uid", "uid", nullable=False),
        member("Name", STRING, "name", "name", empty="", max_length=200),
        member("ProjectId", GUID, "project_uid", "project_id", refers=PROJECTS),
        member("OrdinalPosition", INT32, "position", "position", nullable=False),
        member("DescriptionText", STRING, "description", "description", empty="", blank=True),
    ),
    ways=(
        to_one("Project", "ApiProject", "project", "ProjectId", "ProjectId", partner="Groups"),
        to_many("Tasks", "ApiTask", "tasks", partner="Group"),
    ),
    add=lambda values: AddGroup(**values),
    edit=lambda row_id, values: EditGroup(list_id=row_id, **values),
    drop=DeleteGroup,
    required=("Name", "ProjectId"),
    bindings={"Project": "Project", "Tasks": "Task"},
)

PLANNING = SetSpec(
    name="Planning",
    type_name="ApiPlanning",
    key=("PlanningId",),
    catalogue=PLANNINGS,
    members=(
        member("PlanningId", GUID, "uid", "uid", nullable=False),
        member("ProjectId", GUID, "project_uid", "project_id", nullable=False, refers=PROJECTS),
        member("DisplayName", STRING, "name", "name", empty="", max_length=2000),
        member("ParentPlanningId", GUID, "parent_uid", "parent_id", refers=PLANNINGS),
        member("PositionNumber", INT32, "position", "position", nullable=False),
        member("CustomColor", INT32, "custom_color", "custom_color"),
        member("Progress", INT32, "progress", "progress", empty=0),
        member("StartDateTime", DATE_TIME_OFFSET, "start_at", "start_at"),
        member("EndDateTime", DATE_TIME_OFFSET, "end_at", "end_at"),
        member(
            "IsMilestone", BOOLEAN, "is_milestone", "is_milestone", nullable=False, default=False
        ),
        member("IsGrouping", BOOLEAN, "is_grouping", "is_grouping", nullable=False, default=False),
        member(
            "IsCollapsed", BOOLEAN, "is_collapsed", "is_collapsed", nullable=False, default=False
        ),
        member(
            "DescriptionHTML",
            STRING,
            "description_html",
            "description_html",
            empty="",
            blank=True,
        ),
        member("PSPCode", STRING, "psp_code", "psp_code", empty="", blank=True, max_length=100),
        member("Location", STRING, "location", "location", empty="", blank=True, max_length=200),
    ),
    ways=(
        to_one("Project", "ApiProject", "project", "ProjectId", "ProjectId", partner="Plannings"),
        to_one(
            "Parent",
            "ApiPlanning",
            "parent",
            "ParentPlanningId",
            "PlanningId",
            partner="Children",
        ),
        to_many("Children", "ApiPlanning", "children", partner="Parent"),
        to_many("Tasks", "ApiTask", "tasks", partner="Planning"),
    ),
    add=lambda values: AddPlanning(**values),
    edit=lambda row_id, values: EditPlanning(planning_id=row_id, **values),
    drop=DeletePlanning,
    required=("DisplayName", "ProjectId"),
    bindings={"Project": "Project", "Parent": "Planning", "Children": "Planning", "Tasks": "Task"},
)

RISK = SetSpec(
    name="Risk",
    type_name="ApiRisk",
    key=("RiskId",),
    catalogue=RISKS,
    members=(
        member("RiskId", GUID, "uid", "uid", nullable=False),
        member("ProjectId", GUID, "project_uid", "project_id", nullable=False, refers=PROJECTS),
        member("Name", STRING, "name", "name", empty="", max_length=2000),
        member(
            "DescriptionHTML",
            STRING,
            "description_html",
            "description_html",
            empty="",
            blank=True,
        ),
        member("Probability", INT32, "probability", "probability", nullable=False, default=0),
        member("Impact", INT32, "impact", "impact", nullable=False, default=0),
        member("CreatedByContactId", GUID, "creator_uid", nullable=False),
    ),
    ways=(
        to_one("Project", "ApiProject", "project", "ProjectId", "ProjectId", partner="Risks"),
        to_many("Tasks", "ApiTask", "tasks", partner="Risk"),
    ),
    add=lambda values: AddRisk(**values),
    edit=lambda row_id, values: EditRisk(risk_id=row_id, **values),
    drop=DeleteRisk,
    required=("Name", "ProjectId"),
    bindings={"Project": "Project", "Tasks": "Task"},
)
