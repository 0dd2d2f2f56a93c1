"""Request bodies about projects, task lists, companies and people -> commands."""

from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.services.commands import (
    AddProject,
    AddTaskList,
    ChangeProjectPeople,
    EditProject,
    EditTaskList,
)
from app.services.structure_commands import (
    AddProjectCategory,
    CopyFile,
    CopyTaskList,
    EditProjectCategory,
    MoveFile,
    MoveTaskList,
    ReorderTaskLists,
)
from app.teamwork.schemas.inputs import (
    REFUSED,
    Bool,
    Day,
    Id,
    Ids,
    RequestSchema,
    Text,
    Texts,
    Word,
    envelope,
)
from app.teamwork.schemas.tags import MAX_TAG, Color

MOST_LISTS = 10_000
LISTS_WANTED = 'must be an array of {"todo-list": {"id": …}}'


class ProjectBody(RequestSchema):
    """A project to change."""

    name = Text(200, cleared=REFUSED)
    description = Text(65_536)
    number = Text(50)
    company_id = Id(data_key="companyId", aliases=("company-id",))
    category_id = Id(data_key="category-id", zero=None, cleared=None, aliases=("categoryId",))
    start_on = Day(data_key="startDate", cleared=None, aliases=("start-date",))
    end_on = Day(data_key="endDate", cleared=None, aliases=("end-date",))
    harvest_enabled = Bool(data_key="harvest-timers-enabled", cleared=False)
    archived = Word({"active": False, "inactive": True, "archived": True}, data_key="status")
    tags = Texts(MAX_TAG)
    tag_ids = Ids(data_key="tagIds")


class NewProjectBody(ProjectBody):
    """A project to add."""

    name = Text(200, cleared=REFUSED, required=True)


class CategoryBody(RequestSchema):
    """A category of projects to change."""

    name = Text(200, cleared=REFUSED)
    color = Color(cleared=0)


class NewCategoryBody(CategoryBody):
    """A category of projects to add."""

    name = Text(200, cleared=REFUSED, required=True)


class ProjectPeopleBody(RequestSchema):
    """Members to add or remove."""

    people = Ids(data_key="userIdList")
    role = Word({"viewer": "viewer", "editor": "editor", "manager": "manager"})


class TaskListBody(RequestSchema):
    """A task list to change."""

    name = Text(200, cleared=REFUSED)
    description = Text(65_536)
    private = Bool(cleared=False)
    pinned = Bool(cleared=False)
    granted = Ids(data_key="grant-access-to")
    comment_followers = Ids(data_key="commentFollowerIds")
    change_followers = Ids(data_key="changeFollowerIds")


class ChangedTaskListBody(TaskListBody):
    """A task list to change, and whether its tasks get what its new tasks get."""

    apply_defaults = Bool(data_key="applyDefaultsToExistingTasks", cleared=False)


class NewTaskListBody(TaskListBody):
    """A task list to add, with the tasks of a template if one is named. It has no tasks yet to
    which `applyDefaultsToExistingTasks` could be applied.
    """

    name = Text(200, cleared=REFUSED, required=True)
    template_id = Id(data_key="todo-list-template-id", zero=None, cleared=None)


class ListTargetBody(RequestSchema):
    """Where a task list goes."""

    project_id = Id(data_key="projectId", zero=None, cleared=None)
    name = Text(200, aliases=("todo-list-name",))


class FileTargetBody(RequestSchema):
    """The project that a file goes to."""

    project_id = Id(data_key="projectId", required=True, cleared=REFUSED)


class OrderedList(RequestSchema):
    """One member of a reorder."""

    id = Id(required=True, cleared=REFUSED, error_messages={"required": "is missing in todo-lists"})


class BesideChangedList(RequestSchema):
    """What may stand beside a changed `todo-list`."""

    apply_defaults = Bool(data_key="applyDefaultsToExistingTasks", cleared=False)


class BesideList(RequestSchema):
    """What may stand beside a new `todo-list`."""

    on_top = Bool(data_key="addToTop", cleared=False)


def add_project(body: Mapping[str, Any]) -> AddProject:
    """POST /projects.json. Raises Invalid."""
    values = NewProjectBody().read(envelope(body, "project"))
    values.pop("archived", None)
    return AddProject(**values)


def edit_project(body: Mapping[str, Any], project_id: int) -> EditProject:
    """PUT /projects/{id}.json. Raises Invalid."""
    return EditProject(project_id=project_id, **ProjectBody().read(envelope(body, "project")))


def change_people(body: Mapping[str, Any], project_id: int) -> ChangeProjectPeople:
    """PUT /projects/{id}/people.json (decision 7). Raises Invalid."""
    chosen = {}
    for name in ("add", "remove"):
        part = body.get(name)
        part = {} if part in (None, "") else part
        if not isinstance(part, Mapping):
            raise Invalid({name: 'must be {"userIdList": "1,2"}'})
        chosen[name] = ProjectPeopleBody().read(part)
    if not chosen["add"].get("people") and not chosen["remove"].get("people"):
        raise Invalid({"add": 'is missing: send {"add": {"userIdList": "1,2"}}'})
    return ChangeProjectPeople(
        project_id,
        add=chosen["add"].get("people", ()),
        remove=chosen["remove"].get("people", ()),
        role=chosen["add"].get("role", "editor"),
    )


def add_task_list(body: Mapping[str, Any], project_id: int) -> AddTaskList:
    """POST /projects/{id}/tasklists.json. Raises Invalid."""
    item = envelope(body, "todo-list")
    values = NewTaskListBody.read(item) | BesideList.read(item) | BesideList.read(body)
    return AddTaskList(project_id=project_id, **values)


def edit_task_list(body: Mapping[str, Any], list_id: int) -> EditTaskList:
    """PUT /tasklists/{id}.json. Raises Invalid."""
    values = ChangedTaskListBody.read(envelope(body, "todo-list"))
    return EditTaskList(list_id=list_id, **(values | BesideChangedList.read(body)))


def add_category(body: Mapping[str, Any]) -> AddProjectCategory:
    """POST /projectCategories.json. Raises Invalid."""
    return AddProjectCategory(**NewCategoryBody.read(envelope(body, "category")))


def edit_category(body: Mapping[str, Any], category_id: int) -> EditProjectCategory:
    """PUT /projectCategories/{id}.json. Raises Invalid."""
    values = CategoryBody.read(envelope(body, "category"))
    return EditProjectCategory(category_id=category_id, **values)


def reorder_lists(body: Mapping[str, Any], project_id: int) -> ReorderTaskLists:
    """PUT /projects/{id}/tasklists/reorder.json. Raises Invalid."""
    items = body.get("todo-lists") or []
    if not isinstance(items, list) or len(items) > MOST_LISTS:
        raise Invalid({"todo-lists": LISTS_WANTED})
    ids = []
    for item in items:
        inner = item.get("todo-list", item) if isinstance(item, Mapping) else None
        if not isinstance(inner, Mapping):
            raise Invalid({"todo-lists": LISTS_WANTED})
        ids.append(OrderedList.read(inner)["id"])
    return ReorderTaskLists(project_id, tuple(ids))


def move_list(body: Mapping[str, Any], list_id: int) -> MoveTaskList:
    """PUT /tasklists/{id}/move.json. Raises Invalid."""
    project_id = _list_target(body).get("project_id")
    if project_id is None:
        raise Invalid({"projectId": "is missing: the project to move to"})
    return MoveTaskList(list_id, project_id)


def copy_list(body: Mapping[str, Any], list_id: int) -> CopyTaskList:
    """PUT /tasklists/{id}/copy.json. Raises Invalid."""
    values = _list_target(body)
    return CopyTaskList(list_id, values.get("project_id"), values.get("name") or None)


def _list_target(body: Mapping[str, Any]) -> dict[str, Any]:
    """The members may stand at the top or under `todo-list`."""
    inner = body.get("todo-list")
    return ListTargetBody.read(body) | (
        ListTargetBody.read(inner) if isinstance(inner, Mapping) else {}
    )


def move_file(body: Mapping[str, Any], file_id: int) -> MoveFile:
    """PUT /files/{id}/move.json. Raises Invalid."""
    return MoveFile(file_id, _file_target(body))


def copy_file(body: Mapping[str, Any], file_id: int) -> CopyFile:
    """PUT /files/{id}/copy.json. Raises Invalid."""
    return CopyFile(file_id, _file_target(body))


def _file_target(body: Mapping[str, Any]) -> int:
    """The project; it may stand at the top or under `file`."""
    inner = body.get("file")
    target = FileTargetBody.read(inner if isinstance(inner, Mapping) else body)
    return int(target["project_id"])
