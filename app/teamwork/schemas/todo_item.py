"""The hyphenated `todo-item` payload ("Tasks API Calls", Response), in both shapes."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from app.http.fragments import FragmentedPlan
from app.http.payload import JsonType, array_of
from app.queries.catalogues.tasks import TASKS
from app.teamwork.schemas.fields import (
    Constant,
    CsvIds,
    Flag,
    Flag01,
    IdText,
    IsSet,
    Milliseconds,
    Minutes,
    Number,
    OptionalNumber,
    Plain,
    Priority,
    ShapedField,
    Stamp,
    TeamworkSchema,
    Ymd,
)
from app.teamwork.schemas.task_fields import (
    AssigneeNames,
    AssigneeSummary,
    AssigneeType,
    Attachments,
    BoardColumn,
    DependentCount,
    FirstAssignee,
    LiveHolds,
    LiveWaits,
    ParentTask,
    PredecessorCount,
    Predecessors,
    Tags,
)


class TodoItem(TeamworkSchema):
    """A task as the document's samples print it."""

    facet_names = frozenset(TASKS.facets)
    added_members: ClassVar[Mapping[str, JsonType]] = {
        "subTasks": array_of({"$ref": "#/components/schemas/TodoItem"})
    }

    id = Number("id")
    content = Plain("content", "name")
    description = Plain("description")
    project_id = OptionalNumber("project-id", "project_id")
    project_name = Plain("project-name", "project.name", absent="")
    company_id = Number("company-id", "project.company_id", absent="")
    company_name = Plain("company-name", "project.company_name", absent="")
    todo_list_id = Number("todo-list-id", "list_id")
    todo_list_name = Plain("todo-list-name", "list.name")
    tasklist_private = IsSet("tasklist-private", "list.lockdown_id")
    tasklist_lockdown = IdText("tasklist-lockdownId", "list.lockdown_id")
    order = Number("order", "position")
    position = Number("position")
    status = Plain("status", "state")
    completed = Flag("completed", "is_done")
    progress = Number("progress")
    priority = Priority("priority")
    start_date = Ymd("start-date", "start_on")
    due_date = Ymd("due-date", "due_on")
    due_date_base = Ymd("due-date-base", "due_on")
    created_on = Stamp("created-on", "created_at")
    last_changed_on = Stamp("last-changed-on", "changed_at")
    dlm = Milliseconds("DLM", "changed_at")
    creator_id = Number("creator-id", "creator_id")
    creator_firstname = Plain("creator-firstname", "creator.first_name")
    creator_lastname = Plain("creator-lastname", "creator.last_name")
    creator_avatar = Plain("creator-avatar-url", "creator.avatar_url")
    completed_on = Stamp("completed_on", "done_at", optional=True)
    completer_id = IdText("completer_id", "completer_id", optional=True)
    completer_firstname = Plain("completer_firstname", "completer.first_name")
    completer_lastname = Plain("completer_lastname", "completer.last_name")
    responsible_id = CsvIds("responsible-party-id", "assignees")
    responsible_ids = CsvIds("responsible-party-ids", "assignees")
    responsible_names = AssigneeNames("responsible-party-names", "assignees")
    responsible_summary = AssigneeSummary("responsible-party-summary", "assignees")
    responsible_type = AssigneeType("responsible-party-type", "assignees")
    responsible_firstname = FirstAssignee("responsible-party-firstname", "first_name")
    responsible_lastname = FirstAssignee("responsible-party-lastname", "last_name")
    estimated_minutes = Minutes("estimated-minutes", "work_hours")
    view_estimated_time = Flag("viewEstimatedTime", "can_see_estimate")
    can_edit = Flag("canEdit", "can_edit")
    can_complete = Flag("canComplete", "can_complete")
    can_log_time = Flag("canLogTime", "can_log_time")
    time_is_logged = Flag01("timeIsLogged", "tally.logged", absent="0")
    comments_count = Number("comments-count", "tally.notes", absent="0")
    attachments_count = Number("attachments-count", "tally.files", absent="0")
    has_reminders = Flag("has-reminders", "tally.reminders", absent=False)
    has_unread_comments = Flag("has-unread-comments", "unread", absent=False)
    harvest_enabled = Flag("harvest-enabled", "project.harvest_enabled", absent=False)
    private = Number("private", "privacy")
    lockdown_id = IdText("lockdownId", "lockdown_id")
    parent_task_id = IdText("parentTaskId", "parent.id", absent="")
    parent_task = ParentTask("parent-task", "parent")
    predecessors = Predecessors("predecessors", absent=[])
    has_predecessors: ShapedField = PredecessorCount("has-predecessors", "predecessors", absent="0")
    has_dependencies: ShapedField = DependentCount("has-dependencies", "dependents", absent="0")
    tags = Tags("tags", absent=[])
    board_column = BoardColumn("boardColumn", "status", absent=[])
    attachments = Attachments("attachments", absent=[])


class LiveTodoItem(TodoItem):
    """A task as the live service was recorded (facts 1.1, 1.9): further members, some left out."""

    updater_id = OptionalNumber("updater-id", "updater_id")
    updater_firstname = Plain("updater-firstname", "updater.first_name", absent="")
    updater_lastname = Plain("updater-lastname", "updater.last_name", absent="")
    description_type = Constant("descriptionContentType", "TEXT")
    decimal_order = Number("decimalOrder", "position")
    decimal_position = Number("decimal-position", "position")
    has_tickets = Constant("hasTickets", False)
    list_is_template = Constant("tasklist-isTemplate", False)
    follows_comments = Flag(
        "userFollowingComments", "following.viewer_comments", absent=False, personal=True
    )
    follows_changes = Flag(
        "userFollowingChanges", "following.viewer_changes", absent=False, personal=True
    )
    comment_followers = CsvIds("commentFollowerIds", "following.comments", absent="")
    change_followers = CsvIds("changeFollowerIds", "following.changes", absent="")
    card_id = Number("cardId", "card_id", optional=True)
    company_id = Number("company-id", "project.company_id", absent=0)
    comments_count = Number("comments-count", "tally.notes", absent=0)
    attachments_count = Number("attachments-count", "tally.files", absent=0)
    has_predecessors = LiveHolds("has-predecessors", "dependents", absent=0)
    has_dependencies = LiveWaits("has-dependencies", "predecessors", absent=0)
    tags = Tags("tags")
    board_column = BoardColumn("boardColumn", "status")


class NoAttachments(Attachments):
    """The live service sends an empty list where files were not asked for."""

    live_type: JsonType = {"type": "array", "maxItems": 0}

    def render(self, value: Any) -> list[Any]:
        return []


class LiveTodoItemWithoutFiles(LiveTodoItem):
    """As LiveTodoItem, with `attachments` always empty."""

    attachments = NoAttachments("attachments", "id")


TodoItem.live_form = LiveTodoItem


def schema(*, live: bool, files: bool) -> TeamworkSchema:
    """The schema of a task, in a shape, with or without its files."""
    if live:
        return LiveTodoItem(live=True) if files else LiveTodoItemWithoutFiles(live=True)
    return TodoItem() if files else TodoItem(exclude=("attachments",))


def facet_keys() -> Mapping[str, str]:
    """Which column each facet of a task is looked up by."""
    return {name: facet.key for name, facet in TASKS.facets.items()}


@cache
def plan(*, live: bool, files: bool) -> FragmentedPlan:
    """The plan compiled from the schema, once."""
    return FragmentedPlan(schema(live=live, files=files), TASKS)
