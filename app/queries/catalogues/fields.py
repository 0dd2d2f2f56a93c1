"""Custom fields: their definitions, their values, and the columns that they add to tasks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from unicodedata import category

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    or_,
    select,
    type_coerce,
)

from app.access import Viewer, visible_field, visible_field_value
from app.models import Field, FieldValue, Project, Task
from app.queries.expressions import decimal_of, instant_of
from app.queries.query import Catalogue, Reference
from app.queries.relationships import among, by_key, columns_of, to_many, to_one, value_at

TYPES = ("String", "DateTime", "Integer", "Decimal", "Boolean", "List", "Currency")
OF_TASKS, OF_PROJECTS = "TaskItem", "Project"
MAX_NAME = 128  # characters of an OData identifier

FIELD, VALUE = Field.__table__.c, FieldValue.__table__.c


def _type_name(field: Any) -> ColumnElement[str]:
    return case(dict(enumerate(TYPES)), value=field.type)


FIELDS = Catalogue(
    name="Field",
    source=Field.__table__,
    columns={
        **columns_of(
            Field,
            "column_name name table_name type project_id position options allow_empty allow_new "
            "currency_symbol",
        ),
        "type_name": _type_name(FIELD),
        "project_uid": value_at(Project, FIELD.project_id, "uid"),
    },
    visible=lambda viewer, _: visible_field(viewer),
    ties=("position", "id"),
    references={"project_uid": by_key("project_id", Project)},
    links={
        "project": to_one("Project", "project_id"),
        "values": to_many("Field value", "field_id"),
    },
    searched=("name", "column_name"),
)


def _named(own: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    field = Field.__table__.alias().c
    named = select(field.id).where(field.column_name.in_(values))
    return own.field_id.in_(named)  # type: ignore[no-any-return]


def _of(own: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    def in_table(name: str, model: Any) -> ColumnElement[bool]:
        field = Field.__table__.alias().c
        fields = select(field.id).where(field.table_name == name)
        return and_(among(own.object_id, model, values), own.field_id.in_(fields))

    return or_(in_table(OF_TASKS, Task), in_table(OF_PROJECTS, Project))


FIELD_VALUES = Catalogue(
    name="Field value",
    source=FieldValue.__table__,
    columns={
        **{name: VALUE[name] for name in ("field_id", "object_id", "value")},
        "column_name": value_at(Field, VALUE.field_id, "column_name"),
        "type_name": value_at(Field, VALUE.field_id, _type_name),
        "field_uid": value_at(Field, VALUE.field_id, "uid"),
        "object_uid": case(
            (
                value_at(Field, VALUE.field_id, "table_name") == OF_TASKS,
                value_at(Task, VALUE.object_id, "uid"),
            ),
            else_=value_at(Project, VALUE.object_id, "uid"),
        ),
    },
    visible=lambda viewer, _: visible_field_value(viewer),
    ties=("field_id", "object_id"),
    references={
        "column_name": Reference(_named),
        "object_uid": Reference(_of),
        "field_uid": by_key("field_id", Field),
    },
    links={"field": to_one("Field", "field_id")},
    searched=("value",),
)


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """A custom field as a column of tasks. `type` is its code (decision 35); `key` the column of a
    task that its values name: the task's own id, or that of its project.
    """

    field_id: int
    type: int
    key: str = "id"

    def over(self, task: Any) -> ColumnElement[Any]:
        """The value as an expression over the columns of a task; NULL where there is none."""
        there = FieldValue.__table__.alias().c
        chosen = select(there.value).where(
            there.field_id == self.field_id, there.object_id == task[self.key]
        )
        return _AS[self.type](chosen.scalar_subquery())


_AS: dict[int, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    0: lambda text: type_coerce(text, Text),
    1: instant_of,
    2: lambda text: cast(text, BigInteger),
    3: decimal_of,
    4: lambda text: text == "true",
    5: lambda text: type_coerce(text, Text),
    6: decimal_of,
}


@cache
def _defined(kind: Viewer) -> Select[Any]:
    chosen = select(
        FIELD.id, FIELD.column_name, FIELD.name, FIELD.table_name, FIELD.type, FIELD.project_id
    )
    return chosen.where(visible_field(kind)).order_by(FIELD.id)


def field_columns(connection: Connection, viewer: Viewer) -> dict[str, FieldColumn]:
    """The custom fields that the viewer may know, as columns of the flat view over tasks, by name:
    "CF_<name>", "Project_CF_<name>", and "TaskItem_<column name>" (or "Project_…") for those that
    a project defined. The oldest of several fields with one name has it, the next ones add _2, _3.
    """
    rows = connection.execute(_defined(viewer.kind), viewer.values).all()
    return _columns(rows)


def _columns(rows: Iterable[Any]) -> dict[str, FieldColumn]:
    found: dict[str, FieldColumn] = {}
    for row in rows:
        key = "id" if row.table_name == OF_TASKS else "project_id"
        found[_free(_identifier(_shown(row)), found)] = FieldColumn(row.id, row.type, key)
    return found


def _shown(field: Any) -> str:
    """The name before it is made an identifier."""
    if field.project_id is not None:
        return f"{field.table_name}_{field.column_name}"
    return f"CF_{field.name}" if field.table_name == OF_TASKS else f"Project_CF_{field.name}"


def _identifier(name: str) -> str:
    """The name with all but letters, digits and _ replaced by _."""
    kept = (each if each.isalnum() and category(each) != "No" else "_" for each in name)
    return "".join(kept)[:MAX_NAME]


def _free(name: str, taken: dict[str, FieldColumn]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        suffix = f"_{number}"
        free = name[: MAX_NAME - len(suffix)] + suffix
    return free
