"""What is found, what happened, what lies in the trash can, and who is on an access list: payloads
and options (facts 2.1).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.clock import clock
from app.http.payload import TEXT, PayloadField
from app.queries.catalogues.activity import ACTIVITY
from app.queries.catalogues.comments import COMMENTS
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.lockdowns import LOCKDOWNS
from app.queries.catalogues.structure import LISTS, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.trash import TRASHED_LISTS, TRASHED_NOTES, TRASHED_TASKS
from app.queries.values import PersonName
from app.teamwork.options import Option, flag, number, word
from app.teamwork.schemas.fields import (
    NUMBER,
    Constant,
    CsvIds,
    Flag,
    Flag01,
    IdText,
    Minutes,
    Number,
    Plain,
    ProjectStatus,
    Stamp,
    TeamworkSchema,
)
from app.teamwork.schemas.listing import Listed, listed
from app.teamwork.schemas.task_fields import Tags


class FullName(PayloadField):
    """First and last name."""

    json_type = TEXT

    def render(self, value: PersonName) -> str:
        return f"{value.first_name} {value.last_name}".strip()


class DaysAgo(PayloadField):
    """How many days ago it was, by days of UTC."""

    json_type = NUMBER

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        today = clock.today("UTC")
        return [(today - value.date()).days for value in values]

    def render(self, value: datetime) -> int:
        return int(self.render_all([value])[0])


class FoundTask(TeamworkSchema):
    """A task that a search found."""

    facet_names = frozenset(TASKS.facets)

    id = IdText("id", "id")
    name = Plain("name", "name")
    project_id = IdText("projectId", "project_id")
    project_name = Plain("projectName", "project.name", absent="")
    company_name = Plain("companyName", "project.company_name", absent="")
    completed = Flag("completed", "is_done")
    tags = Tags("tags", absent=[])
    list_id = IdText("taskListId", "list_id")
    list_name = Plain("taskListName", "list.name")
    order = Number("taskDisplayOrder", "position")
    estimate = Minutes("taskEstimateMinutes", "work_hours")
    parent_id = IdText("taskParentTaskId", "parent.id", absent="")
    progress = Number("taskProgress", "progress")
    updated = Stamp("lastUpdated", "changed_at")


class FoundProject(TeamworkSchema):
    """A project that a search found."""

    facet_names = frozenset(PROJECTS.facets)

    id = IdText("id", "id")
    name = Plain("name", "name")
    description = Plain("description", "description")
    status = ProjectStatus("status", "archived_at")
    company_id = IdText("companyId", "company.id")
    company_name = Plain("companyName", "company.name")
    updated = Stamp("lastUpdated", "changed_at")


class FoundTaskList(TeamworkSchema):
    """A task list that a search found."""

    facet_names = frozenset(LISTS.facets)

    id = IdText("id", "id")
    name = Plain("name", "name")
    description = Plain("description", "description")
    project_id = IdText("projectId", "project_id")
    project_name = Plain("projectName", "project.name", absent="")
    company_name = Plain("companyName", "project.company_name", absent="")
    updated = Stamp("lastUpdated", "changed_at")


class FoundComment(TeamworkSchema):
    """A comment that a search found."""

    facet_names = frozenset(COMMENTS.facets)

    id = IdText("id", "id")
    name = Plain("name", "short")
    body = Plain("body", "text")
    type = Constant("type", "task")
    item_id = IdText("itemId", "task_id")
    item_name = Plain("itemName", "task_name")
    link = Plain("link", "link")
    author_id = IdText("authorId", "author_id")
    author_name = Plain("authorName", "author_name")
    project_id = IdText("projectId", "project_id")
    project_name = Plain("projectName", "project.name", absent="")
    company_name = Plain("companyName", "project.company_name", absent="")
    updated = Stamp("lastUpdated", "changed_at")


class FoundFile(TeamworkSchema):
    """A file that a search found."""

    facet_names = frozenset(DOCUMENTS.facets)

    id = IdText("id", "id")
    name = Plain("name", "name")
    size = IdText("size", "size")
    version = IdText("version", "revision")
    project_id = IdText("projectId", "project_id")
    updated = Stamp("lastUpdated", "changed_at")


FOUND: dict[str, Listed] = {
    "tasks": listed(TASKS, FoundTask),
    "projects": listed(PROJECTS, FoundProject),
    "tasklists": listed(LISTS, FoundTaskList),
    "comments": listed(COMMENTS, FoundComment),
    "files": listed(DOCUMENTS, FoundFile),
}
SEARCH_OPTIONS: tuple[Option, ...] = (
    word("searchFor", {name: name for name in FOUND}, "tasks", "what to search for"),
    Option(
        "searchTerm",
        str,
        "text",
        "",
        "what is in the name or the text; without it nothing is found",
    ),
    flag("includeArchivedProjects", False, "also tasks of archived projects"),
    number("page", 1, "the page to answer, the first is 1"),
    number("pageSize", 100, "rows a page; more than 500 are served as 500"),
)


class ActivityItem(TeamworkSchema):
    """Something that happened: `activitytype` is what was done, `type` to what kind of thing."""

    facet_names = frozenset(ACTIVITY.facets)

    id = IdText("id", "id")
    type = Plain("type", "kind")
    activity_type = Plain("activitytype", "action")
    description = Plain("description", "name")
    extra = Constant("extradescription", "")
    item_id = IdText("itemid", "object_id")
    link = Plain("link", "link")
    datetime = Stamp("datetime", "happened_at")
    user_id = IdText("userid", "person_id")
    from_user = FullName("fromusername", "person", absent="")
    for_user = FullName("forusername", "person", absent="")
    from_avatar = Plain("from-user-avatar-url", "person.avatar_url", absent="")
    project_id = IdText("project-id", "project_id")
    project_name = Plain("project-name", "project.name", absent="")
    company_id = IdText("company-id", "project.company_id", absent="")
    company_name = Plain("company-name", "project.company_name", absent="")
    list_name = Plain("todo-list-name", "list_name")
    task_id = IdText("task-id", "task_id")
    is_private = Flag01("isprivate", "is_private")


ACTIVITIES = listed(ACTIVITY, ActivityItem)
ACTIVITY_OPTIONS: tuple[Option, ...] = (
    number("maxItems", 60, "how many at most, up to 200"),
    flag("onlyStarred", False, "only starred projects; nobody has any here"),
    number("page", 1, "the page to answer, the first is 1"),
    Option(
        "pageSize", number("pageSize", 1, "").read, "a whole number from 1", None, "as maxItems"
    ),
)
MOST_ACTIVITIES = 200
# What a request may look at, so that it does not take longer in a store that has grown.
MOST_COUNTED = 10_000  # activities
MOST_LATEST = 100_000  # activities of all projects, whoever sees them
MOST_SEARCHED = 1_000_000  # rows of a kind


class TrashedTask(TeamworkSchema):
    """A task in the trash can."""

    facet_names = frozenset(TRASHED_TASKS.facets)

    id = IdText("id", "id")
    name = Plain("name", "name")
    date = Stamp("date", "deleted_at")
    username = FullName("username", "deleter", absent="")
    days = DaysAgo("days", "deleted_at")
    comments = Number("commentCount", "notes")
    has_subtasks = Flag("hasSubtasks", "has_subtasks")


class TrashedTaskList(TeamworkSchema):
    """A task list in the trash can; who deleted it is not kept."""

    id = IdText("id", "id")
    name = Plain("name", "name")
    date = Stamp("date", "deleted_at")
    username = Constant("username", "")
    days = DaysAgo("days", "deleted_at")
    tasks = Number("taskCount", "tasks")


class TrashedComment(TeamworkSchema):
    """A comment in the trash can; who deleted it is not kept."""

    id = IdText("id", "id")
    name = Plain("name", "short")
    date = Stamp("date", "deleted_at")
    username = Constant("username", "")
    days = DaysAgo("days", "deleted_at")
    task_id = IdText("taskId", "task_id")
    task_name = Plain("taskName", "task_name")


TRASH: dict[str, Listed] = {
    "tasks": listed(TRASHED_TASKS, TrashedTask),
    "tasklists": listed(TRASHED_LISTS, TrashedTaskList),
    "comments": listed(TRASHED_NOTES, TrashedComment),
}


class LockdownPayload(TeamworkSchema):
    """An access list: whom it admits, and who of them was granted access."""

    facet_names = frozenset(LOCKDOWNS.facets)

    id = IdText("id", "id")
    users = CsvIds("userIds", "admitted", absent="")
    granted = CsvIds("grant-access-to", "granted", absent="")
    item_id = IdText("itemId", "item_id")
    item_type = Plain("itemType", "item_type")


LOCKDOWN = listed(LOCKDOWNS, LockdownPayload)
