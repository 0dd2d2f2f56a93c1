"""DynamicTaskItem: the flat view over tasks, with custom fields as dynamic properties."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from sqlalchemy import ColumnElement

from app.access import Viewer
from app.odata.engine.edm import (
    BOOLEAN,
    DATE_TIME_OFFSET,
    DECIMAL,
    INT64,
    STRING,
    PrimitiveType,
)
from app.odata.sets.spec import SetSpec
from app.odata.sets.store import StoreRows, StoreSource
from app.queries.catalogues.fields import FieldColumn, field_columns
from app.queries.connection import reading

EDM_TYPES: tuple[PrimitiveType, ...] = (
    STRING,
    DATE_TIME_OFFSET,
    INT64,
    DECIMAL,
    BOOLEAN,
    STRING,
    DECIMAL,
)
_known: ContextVar[tuple[Viewer, dict[str, FieldColumn]] | None] = ContextVar(
    "known_fields", default=None
)


def fields_of(viewer: Viewer) -> dict[str, FieldColumn]:
    """The custom fields that the viewer may know; asked for once in a request, whose viewer is an
    object of its own.
    """
    known = _known.get()
    if known is None or known[0] is not viewer:
        with reading() as connection:
            known = (viewer, field_columns(connection, viewer))
        _known.set(known)
    return known[1]


def forget_fields() -> None:
    """The definitions have changed within this request."""
    _known.set(None)


class DynamicRows(StoreRows):
    """Rows with a column for each custom field."""

    def __init__(self, spec: SetSpec, name: str, viewer: Viewer) -> None:
        super().__init__(spec, name, viewer)
        self._fields = viewer

    def column(self, name: str) -> ColumnElement[Any]:
        """A declared property, or a custom field."""
        if name in self._spec.by_name:
            return super().column(name)
        return self.aliased.over(fields_of(self._fields)[name].over)


class DynamicSource(StoreSource):
    """The set DynamicTaskItem."""

    def rows(self, name: str, caller: Viewer) -> DynamicRows:
        """A new use of the flat view."""
        return DynamicRows(self.spec, name, caller)

    def dynamic(self, caller: Viewer) -> Mapping[str, PrimitiveType]:
        """The custom fields and their types."""
        return {name: EDM_TYPES[each.type] for name, each in fields_of(caller).items()}
