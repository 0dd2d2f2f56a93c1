"""Check lists and their items. Those of a task are seen and changed with the task and count as
part of it; those of a project as a whole are changed by its editors.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from app.access import CHANGING_ROLES, Viewer, editable, project_changeable, visible_check_list
from app.errors import Invalid, NotFound
from app.models import CheckList, CheckListItem, Task
from app.services import checks
from app.services.finding import (
    NOT_AN_EDITOR,
    change,
    chosen_uid,
    place,
    project_to_edit,
    row_to_change,
    sent,
    task_named,
    unmoved,
)
from app.services.neighbour_commands import (
    AddCheckList,
    AddCheckListItem,
    DeleteCheckList,
    DeleteCheckListItem,
    EditCheckList,
    EditCheckListItem,
)
from app.services.work import Work

CHECKS = {"name": checks.name, "position": checks.position}


def add_check_list(command: AddCheckList, work: Work) -> int:
    """Add a check list. Raises Invalid, Forbidden, Conflict."""
    owner = _owner(work, command)
    values: dict[str, Any] = {"name": checks.name(command.name)}
    values |= chosen_uid(work, CheckList, command.uid)
    siblings = and_(
        CheckList.project_id.is_not_distinct_from(owner["project_id"]),
        CheckList.task_id.is_not_distinct_from(owner["task_id"]),
    )
    values["position"] = place(work, command.position, CheckList.position, siblings)
    made = work.insert(CheckList, creator_id=work.viewer.person_id, **owner, **values)
    _touch(work, owner["task_id"])
    return made


def _owner(work: Work, command: AddCheckList) -> dict[str, int | None]:
    """What the check list is of; the project of a task's is the task's."""
    if command.task_id is None and command.project_id is None:
        raise Invalid({"project_id": "a check list belongs to a task or to a project"})
    if command.task_id is None:
        assert command.project_id is not None
        project_to_edit(work, command.project_id)
        return {"task_id": None, "project_id": command.project_id}
    task = task_named(work, command.task_id)
    if command.project_id not in (None, task.project_id):
        raise Invalid({"project_id": "the task is in another project"})
    return {"task_id": task.id, "project_id": task.project_id}


def edit_check_list(command: EditCheckList, work: Work) -> None:
    """Change a check list. Raises NotFound, Forbidden, Invalid."""
    check_list = _check_list(work, command.check_list_id)
    unmoved(command, check_list, "project_id", "task_id")
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    change(work, CheckList, check_list, values)
    if values:
        _touch(work, check_list.task_id)


def delete_check_list(command: DeleteCheckList, work: Work) -> None:
    """Hide a check list and its items. Raises NotFound, Forbidden."""
    check_list = _check_list(work, command.check_list_id)
    gone = {"deleted_at": work.now}
    work.change(CheckList, check_list.id, **gone)
    items = (CheckListItem.check_list_id == check_list.id, CheckListItem.deleted_at.is_(None))
    stamps = {"changed_at": work.now, "version": CheckListItem.version + 1}
    work.run(update(CheckListItem).where(*items).values(**gone, **stamps))
    _touch(work, check_list.task_id)


def add_check_list_item(command: AddCheckListItem, work: Work) -> int:
    """Add an item. Raises Invalid for a list that the viewer does not see, Forbidden, Conflict."""
    try:
        check_list = _check_list(work, command.check_list_id)
    except NotFound:
        message = f"no such check list: {command.check_list_id}"
        raise Invalid({"check_list_id": message}) from None
    values: dict[str, Any] = {"name": checks.name(command.name)}
    values |= chosen_uid(work, CheckListItem, command.uid)
    values["position"] = place(
        work,
        command.position,
        CheckListItem.position,
        CheckListItem.check_list_id == check_list.id,
    )
    made = work.insert(
        CheckListItem,
        check_list_id=check_list.id,
        is_done=command.is_done,
        done_at=work.now if command.is_done else None,
        **values,
    )
    _touch(work, check_list.task_id)
    return made


def edit_check_list_item(command: EditCheckListItem, work: Work) -> None:
    """Change an item. Raises NotFound, Forbidden, Invalid."""
    check_list, item = _item(work, command.item_id)
    unmoved(command, item, "check_list_id")
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    done = sent(command, "is_done").get("is_done", item.is_done)
    if done != item.is_done:
        values |= {"is_done": done, "done_at": work.now if done else None}
    change(work, CheckListItem, item, values)
    if values:
        _touch(work, check_list.task_id)


def delete_check_list_item(command: DeleteCheckListItem, work: Work) -> None:
    """Hide an item. Raises NotFound, Forbidden."""
    check_list, item = _item(work, command.item_id)
    work.change(CheckListItem, item.id, deleted_at=work.now)
    _touch(work, check_list.task_id)


def _touch(work: Work, task_id: int | None) -> None:
    """The check lists of a task are part of it."""
    if task_id is not None:
        work.touch([task_id])


def _check_list(work: Work, check_list_id: int, what: str = "") -> Any:
    viewer = work.viewer
    shown, allowed = visible_check_list(viewer), _allowed(viewer)
    return row_to_change(work, CheckList, check_list_id, shown, allowed, NOT_AN_EDITOR, what)


def _item(work: Work, item_id: int) -> tuple[Any, Any]:
    """The list of an item, locked, and the item. Raises NotFound, Forbidden."""
    what = "Check list item"
    alive = (CheckListItem.id == item_id, CheckListItem.deleted_at.is_(None))
    home = work.scalar(select(CheckListItem.check_list_id).where(*alive))
    if home is None:
        raise NotFound(f"{what} not found")
    check_list = _check_list(work, home, what)
    item = work.first(select(CheckListItem.__table__).where(*alive))
    if item is None:
        raise NotFound(f"{what} not found")
    return check_list, item


def _allowed(viewer: Viewer) -> ColumnElement[bool]:
    of_task = exists().where(Task.id == CheckList.task_id, editable(viewer))
    of_project = project_changeable(viewer, CheckList.project_id, *CHANGING_ROLES)
    return or_(of_task, and_(CheckList.task_id.is_(None), of_project))
