"""Definitions of custom fields: administrators define those of the account, managers those of
their project's tasks.
"""

import re
import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson
from sqlalchemy import select

from app.access import project_changeable, visible_field
from app.errors import Conflict, Forbidden, Invalid
from app.models import Account, Field
from app.services import checks
from app.services.field_types import LIST, TYPES
from app.services.finding import (
    change,
    chosen_uid,
    place,
    project_named,
    row_to_change,
    sent,
    unmoved,
)
from app.services.neighbour_commands import AddField, DeleteField, EditField
from app.services.work import Work

TABLES = ("TaskItem", "Project")
MAX_FIELDS = 500  # of the account, or of one project
MAX_OPTIONS = 1000
MAX_FIELD_NAME = 200
NOT_A_CHARACTER = re.compile("[^A-Za-z0-9_]+")
REFUSAL = "Only an administrator, or a manager of the field's project, may do this"


def check_options(options: Sequence[str], field: str = "options") -> str:
    """The options of a list as they are stored, each once. Raises Invalid."""
    listed = [checks.name(option, field) for option in dict.fromkeys(options)]
    if len(listed) > MAX_OPTIONS:
        raise Invalid({field: f"up to {MAX_OPTIONS} options"})
    return orjson.dumps(listed).decode()


CHECKS: dict[str, Any] = {
    "name": partial(checks.name, most=MAX_FIELD_NAME),
    "options": check_options,
    "allow_empty": checks.anything,
    "allow_new": checks.anything,
    "currency_symbol": partial(checks.text, most=10),
}


def add_field(command: AddField, work: Work) -> int:
    """Define a field. Raises Invalid, Forbidden, Conflict."""
    _check_scope(work, command)
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    _check_kind(command.type, command.options)
    # One definition at a time, so that a name is given once.
    work.run(select(Account.id).with_for_update(key_share=True))
    check_room(work, command.project_id)
    _check_name(work, command.name, command.table_name, command.project_id, None)
    return work.insert(
        Field,
        column_name=_column_name(command),
        table_name=command.table_name,
        type=command.type,
        project_id=command.project_id,
        position=place(
            work, command.position, Field.position, Field.table_name == command.table_name
        ),
        **values,
        **chosen_uid(work, Field, command.uid),
    )


def edit_field(command: EditField, work: Work) -> None:
    """Change a definition. Raises NotFound, Forbidden, Invalid, Conflict."""
    work.run(select(Account.id).with_for_update(key_share=True))
    field = _field(work, command.field_id)
    unmoved(command, field, "type", "table_name", "project_id")
    known = CHECKS | {"position": checks.position}
    values = checks.checked(sent(command, *known), known)
    _check_kind(field.type, sent(command, "options").get("options", ()))
    if "name" in values:
        _check_name(work, values["name"], field.table_name, field.project_id, field.id)
    change(work, Field, field, values)


def delete_field(command: DeleteField, work: Work) -> None:
    """Hide a field; its column name is not given again. Raises NotFound, Forbidden."""
    field = _field(work, command.field_id)
    work.change(Field, field.id, deleted_at=work.now)


def check_room(work: Work, project_id: int | None) -> None:
    """Raise Invalid when the account, or the project, has as many fields as it may."""
    found = work.ids(
        select(Field.id)
        .where(Field.project_id.is_not_distinct_from(project_id), Field.deleted_at.is_(None))
        .limit(MAX_FIELDS)
    )
    if len(found) >= MAX_FIELDS:
        raise Invalid({"name": f"there are {MAX_FIELDS} fields already"})


def _field(work: Work, field_id: int) -> Any:
    viewer = work.viewer
    # A field of the account has no project: then this holds for administrators alone.
    allowed = project_changeable(viewer, Field.project_id, "manager")
    return row_to_change(work, Field, field_id, visible_field(viewer), allowed, REFUSAL)


def _check_scope(work: Work, command: AddField) -> None:
    if command.table_name not in TABLES:
        raise Invalid({"table_name": f"one of {', '.join(TABLES)}"})
    if command.project_id is None:
        if not work.viewer.admin:
            raise Forbidden("Only an administrator may define fields of the account")
        return
    project_named(work, command.project_id, "manager")
    if command.table_name != TABLES[0]:
        raise Invalid({"table_name": "a project defines fields of its tasks only"})


def _check_kind(kind: int, options: Sequence[str]) -> None:
    if kind not in TYPES:
        raise Invalid({"type": "a whole number from 0 to 6"})
    if options and kind != LIST:
        raise Invalid({"options": "only a list has options"})


def _check_name(
    work: Work, name: str, table: str, project_id: int | None, itself: int | None
) -> None:
    """Raise Conflict when a field of the same scope has the display name, in any case."""
    rows = work.all(
        select(Field.id, Field.name).where(
            Field.table_name == table,
            Field.project_id.is_not_distinct_from(project_id),
            Field.deleted_at.is_(None),
        )
    )
    if any(row.name.casefold() == name.casefold() and row.id != itself for row in rows):
        raise Conflict("name: another field has it already")


def _column_name(command: AddField) -> str:
    """The server's name of a field: what is left of its display name behind a random number."""
    kept = NOT_A_CHARACTER.sub("", command.name)[:100] or "Field"
    start = "cf" if command.project_id is None else f"pf_dt{command.type}"
    return f"{start}_{secrets.token_hex(4)}_{kept}"
