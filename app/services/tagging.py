"""The account's tags themselves, and which of them each kind of thing carries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, false, select, true

from app.access import (
    list_manageable,
    project_changeable,
    visible_list,
    visible_project,
)
from app.errors import Conflict
from app.models import (
    Company,
    CompanyTag,
    File,
    FileTag,
    ListTag,
    Person,
    PersonTag,
    Project,
    ProjectTag,
    Tag,
    TaskList,
    TaskTag,
    TimeEntry,
    TimeTag,
)
from app.services import checks, labels
from app.services.commands import Unset
from app.services.companies import company_to_change
from app.services.contacts import person_to_change
from app.services.documents import file_to_change
from app.services.finding import NOT_A_MANAGER, row_to_change, sent
from app.services.references import tags_named, task_to_edit
from app.services.talk_commands import (
    AddTag,
    ChangeCompanyTags,
    ChangeFileTags,
    ChangeListTags,
    ChangePersonTags,
    ChangeProjectTags,
    ChangeTags,
    ChangeTaskTags,
    ChangeTimeTags,
    DeleteTag,
    EditTag,
)
from app.services.timelog import entry_to_change
from app.services.work import Work

MAX_TAG = 100  # characters of a name
CARRYING = (CompanyTag, FileTag, ListTag, PersonTag, ProjectTag, TaskTag, TimeTag)
NOT_ADMIN = "Only an administrator may change the tags of the account"


def add_tag(command: AddTag, work: Work) -> int:
    """Add a tag; gives its id. Raises Invalid; Conflict for a name that there is."""
    key = _free_key(work, command.name)
    color = labels.color_of(key) if command.color is None else command.color
    return work.insert(Tag, name=command.name.strip(), name_key=key, color=color)


def edit_tag(command: EditTag, work: Work) -> None:
    """Rename a tag or give it another colour. Raises NotFound, Forbidden, Invalid, Conflict."""
    tag = _tag(work, command.tag_id)
    values: dict[str, Any] = sent(command, "name", "color")
    if "name" in values:
        values["name_key"] = _free_key(work, values["name"], tag.id)
        values["name"] = values["name"].strip()
    if values:
        work.change(Tag, tag.id, **values)


def delete_tag(command: DeleteTag, work: Work) -> None:
    """Remove a tag from all that carries it. Raises NotFound, Forbidden."""
    tag = _tag(work, command.tag_id)
    for model in CARRYING:
        work.clear(model, tag_id=tag.id)
    work.clear(Tag, id=tag.id)


def change_task_tags(command: ChangeTaskTags, work: Work) -> None:
    """Change the tags of a task, also of a completed one. Raises NotFound, Forbidden, Invalid."""
    task = task_to_edit(work, command.task_id)
    if _change(work, TaskTag.task_id, task.id, command):
        work.touch([task.id])


def change_project_tags(command: ChangeProjectTags, work: Work) -> None:
    """Change the tags of a project. Raises NotFound, Forbidden, Invalid."""
    seen = visible_project(work.viewer)
    allowed = project_changeable(work.viewer, Project.id, "manager")
    found = row_to_change(
        work, Project, command.project_id, seen, allowed, NOT_A_MANAGER, "Project"
    )
    if _change(work, ProjectTag.project_id, found.id, command):
        work.change(Project, found.id)


def change_time_tags(command: ChangeTimeTags, work: Work) -> None:
    """Change the tags of a time entry. Raises NotFound, Forbidden, Invalid."""
    entry = entry_to_change(work, command.time_entry_id)
    if _change(work, TimeTag.entry_id, entry.id, command):
        work.change(TimeEntry, entry.id)


def change_list_tags(command: ChangeListTags, work: Work) -> None:
    """Change the tags of a task list. Raises NotFound, Forbidden, Invalid."""
    viewer = work.viewer
    seen, allowed = visible_list(viewer), list_manageable(viewer)
    found = row_to_change(
        work, TaskList, command.list_id, seen, allowed, NOT_A_MANAGER, "Task list"
    )
    if _change(work, ListTag.list_id, found.id, command):
        work.change(TaskList, found.id)


def change_company_tags(command: ChangeCompanyTags, work: Work) -> None:
    """Change the tags of a company. Raises NotFound, Forbidden, Invalid."""
    company = company_to_change(work, command.company_id)
    if _change(work, CompanyTag.company_id, company.id, command):
        work.change(Company, company.id)


def change_person_tags(command: ChangePersonTags, work: Work) -> None:
    """Change the tags of a person. Raises NotFound, Forbidden, Invalid."""
    person = person_to_change(work, command.person_id)
    if _change(work, PersonTag.person_id, person.id, command):
        work.change(Person, person.id)


def change_file_tags(command: ChangeFileTags, work: Work) -> None:
    """Change the tags of a file. Raises NotFound, Forbidden, Invalid."""
    file = file_to_change(work, command.file_id)
    if _change(work, FileTag.file_id, file.id, command):
        work.change(File, file.id)


def put_tags(
    work: Work,
    column: Any,
    owner: int,
    names: tuple[str, ...] | Unset,
    ids: tuple[int, ...] | Unset,
) -> bool:
    """Make these the tags of a thing, if any were sent; gives whether that changes anything.
    `column` names the thing in the table of its tags. Raises Invalid.
    """
    if isinstance(names, Unset) and isinstance(ids, Unset):
        return False
    by_name = () if isinstance(names, Unset) else names
    by_id = () if isinstance(ids, Unset) else ids
    return _change(work, column, owner, ChangeTags(names=by_name, tag_ids=by_id, replace=True))


def _tag(work: Work, tag_id: int) -> Any:
    allowed = true() if work.viewer.admin else false()
    return row_to_change(work, Tag, tag_id, true(), allowed, NOT_ADMIN, "Tag")


def _free_key(work: Work, name: str, own: int | None = None) -> str:
    """The folded name, which no other tag has. Raises Invalid, Conflict."""
    key = checks.name(name.strip(), "name", MAX_TAG).casefold()
    other = work.scalar(select(Tag.id).where(Tag.name_key == key))
    if other not in (None, own):
        raise Conflict(f"name: tag {other} has this name already")
    return key


def _change(work: Work, column: Any, owner: int, command: ChangeTags) -> bool:
    """Add, replace or remove tags of one thing; gives whether that changes anything."""
    model = column.class_
    wanted = set(_named(work, command))
    now = set(work.ids(select(model.tag_id).where(column == owner)))
    going = now & wanted if command.remove else now - wanted if command.replace else set()
    coming = set() if command.remove else wanted - now
    if going:
        work.run(delete(model).where(column == owner, model.tag_id.in_(going)))
    work.insert_links(model, ({column.key: owner, "tag_id": tag} for tag in sorted(coming)))
    return bool(going or coming)


def _named(work: Work, command: ChangeTags) -> Sequence[int]:
    """The ids of the tags that are named. Unknown names are made, unless they are to go."""
    tags_named(work, command.tag_ids)
    if command.remove:
        by_name = labels.known(work, [name.casefold() for name in command.names])
        return [*command.tag_ids, *by_name.values()]
    return [*command.tag_ids, *labels.tag_ids(work, command.names)]
