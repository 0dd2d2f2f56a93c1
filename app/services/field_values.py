"""Values of custom fields. Who may change a task sets its fields; those of a project are its
managers'. A name of the form pf_dtN_… defines a field of the task's project (decision 35).
"""

import re
from typing import Any

import orjson
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.access import project_changeable, visible, visible_project
from app.errors import Invalid, NotFound
from app.models import Field, FieldValue, Project, Task
from app.services import checks
from app.services.field_types import LIST, MAX_VALUE, canonical
from app.services.fields import check_options, check_room
from app.services.finding import CANONICAL, NOT_A_MANAGER, row_to_change
from app.services.neighbour_commands import SetFieldValue, SetProjectField
from app.services.references import task_to_edit
from app.services.work import Work

OF_A_PROJECT = re.compile("pf_dt([0-6])_[0-9a-fA-F]{8}_([A-Za-z0-9_]{1,100})")


def set_field_value(command: SetFieldValue, work: Work) -> None:
    """Set or clear a value. Raises NotFound for an object or a field that is not there, Forbidden,
    Invalid.
    """
    task = _named(work, Task, command.object_uid, visible(work.viewer))
    if task is not None:
        row = task_to_edit(work, task)
        field = _find(work, command.name, "TaskItem", row.project_id)
    else:
        row = _project(work, command.object_uid)
        field = _find(work, command.name, "Project", row.id)
    if field is None:
        raise NotFound("Custom field not found")
    _store(work, field, row.id, command.value)
    if task is not None:
        work.touch([task])
    else:
        work.change(Project, row.id)


def set_project_field(command: SetProjectField, work: Work) -> None:
    """Set or clear a field of a task. Raises NotFound, Forbidden; Invalid for an unknown name."""
    task = task_to_edit(work, command.task_id)
    field = _find(work, command.field_name, "TaskItem", task.project_id)
    if field is None:
        field = _define(work, command.field_name, task.project_id)
    _store(work, field, task.id, command.value)
    work.touch([task.id])


def _named(work: Work, model: Any, uid: str, shown: Any) -> int | None:
    if not CANONICAL.fullmatch(uid):
        return None
    return work.scalar(  # type: ignore[no-any-return]
        select(model.id).where(model.uid == uid, shown)
    )


def _project(work: Work, uid: str) -> Any:
    """The project, locked. Raises NotFound, Forbidden."""
    viewer = work.viewer
    project = _named(work, Project, uid, visible_project(viewer))
    if project is None:
        raise NotFound("Custom field not found")
    allowed = project_changeable(viewer, Project.id, "manager")
    return row_to_change(
        work, Project, project, visible_project(viewer), allowed, NOT_A_MANAGER, "Project"
    )


def _find(work: Work, name: str, table: str, project_id: int | None) -> Any:
    """The field that a name means: by its column name, else by its display name in any case, those
    of the account first. None when there is none for this table and project.
    """
    rows = work.all(
        select(Field.__table__)
        .where(
            Field.table_name == table,
            Field.deleted_at.is_(None),
            or_(Field.project_id.is_(None), Field.project_id == project_id),
        )
        .order_by(Field.project_id.is_not(None), Field.position, Field.id)
    )
    by_column = (row for row in rows if row.column_name == name)
    by_name = (row for row in rows if row.name.casefold() == name.casefold())
    return next(by_column, None) or next(by_name, None)


def _define(work: Work, name: str, project_id: int | None) -> Any:
    """A new field of the project, by the type and name that its column name says. Raises
    Invalid.
    """
    form = OF_A_PROJECT.fullmatch(name)
    if form is None or project_id is None:
        raise Invalid({"fieldName": f"no such field: {name[:200]!r}"})
    check_room(work, project_id)
    kind = int(form[1])
    made = {
        "column_name": name,
        "name": form[2],
        "table_name": "TaskItem",
        "type": kind,
        "project_id": project_id,
        "allow_new": kind == LIST,  # its first use says no options
        "created_at": work.now,
        "changed_at": work.now,
    }
    work.insert_links(Field, [made])  # two first uses at once make one field
    field = work.first(select(Field.__table__).where(Field.column_name == name))
    if field is None or field.project_id != project_id or field.deleted_at is not None:
        raise Invalid({"fieldName": f"this name is not free: {name}"})
    return field


def _store(work: Work, field: Any, object_id: int, value: str | None) -> None:
    """Keep the canonical value, or none. Raises Invalid."""
    if not value:
        if not field.allow_empty:
            raise Invalid({"value": "must not be empty"})
        at = (FieldValue.field_id == field.id, FieldValue.object_id == object_id)
        work.run(delete(FieldValue).where(*at))
        return
    kept = checks.text(value, "value", MAX_VALUE)
    if field.type == LIST:
        kept = _option(work, field, kept)
    try:
        kept = canonical(field.type, kept, work.viewer.account_zone)
    except ValueError as error:
        raise Invalid({"value": str(error)}) from None
    make = postgresql.insert if work.on_postgresql else sqlite.insert
    statement: Any = make(FieldValue).values(field_id=field.id, object_id=object_id, value=kept)
    work.run(
        statement.on_conflict_do_update(
            index_elements=["field_id", "object_id"], set_={"value": statement.excluded.value}
        )
    )


def _option(work: Work, field: Any, value: str) -> str:
    """The option of a list that the value is, in any case; a new one where the list takes any."""
    held = select(Field.options).where(Field.id == field.id).with_for_update(key_share=True)
    options: list[str] = orjson.loads(work.scalar(held) if field.allow_new else field.options)
    by_key = {option.casefold(): option for option in reversed(options)}
    if value in options:
        return value
    if value.casefold() in by_key:
        return by_key[value.casefold()]
    if not field.allow_new:
        raise Invalid({"value": "none of the options of the list"})
    work.change(Field, field.id, options=check_options([*options, value], "value"))
    return value
