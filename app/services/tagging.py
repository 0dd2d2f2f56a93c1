"""The account's tags themselves, and which of them a task or a project carries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, false, select, true

from app.access import project_changeable, visible_project
from app.errors import Conflict
from app.models import Project, ProjectTag, Tag, TaskTag, TimeEntry, TimeTag
from app.services import checks, labels
from app.services.finding import NOT_A_MANAGER, row_to_change, sent
from app.services.references import tags_named, task_to_edit
from app.services.talk_commands import (
    AddTag,
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
    for model in (TaskTag, ProjectTag, TimeTag):
        work.clear(model, tag_id=tag.id)
    work.clear(Tag, id=tag.id)


def change_task_tags(command: ChangeTaskTags, work: Work) -> None:
    """Change the tags of a task, also of a completed one. Raises NotFound, Forbidden, Invalid."""
    task = task_to_edit(work, command.task_id)
    if _change(work, TaskTag, TaskTag.task_id, task.id, command):
        work.touch([task.id])


def change_project_tags(command: ChangeProjectTags, work: Work) -> None:
    """Change the tags of a project. Raises NotFound, Forbidden, Invalid."""
    seen = visible_project(work.viewer)
    allowed = project_changeable(work.viewer, Project.id, "manager")
    found = row_to_change(
        work, Project, command.project_id, seen, allowed, NOT_A_MANAGER, "Project"
    )
    if _change(work, ProjectTag, ProjectTag.project_id, found.id, command):
        work.change(Project, found.id)


def change_time_tags(command: ChangeTimeTags, work: Work) -> None:
    """Change the tags of a time entry. Raises NotFound, Forbidden, Invalid."""
    entry = entry_to_change(work, command.time_entry_id)
    if _change(work, TimeTag, TimeTag.entry_id, entry.id, command):
        work.change(TimeEntry, entry.id)


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


def _change(work: Work, model: Any, column: Any, owner: int, command: ChangeTags) -> bool:
    """Add, replace or remove tags of one thing; gives whether that changes anything."""
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
