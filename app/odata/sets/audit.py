"""AuditEntry: who did what, and when. For administrators; others see an empty set."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from app.access import Viewer
from app.odata.engine.edm import BOOLEAN, DATE_TIME_OFFSET, GUID, INT32, STRING
from app.odata.sets.spec import SetSpec, member
from app.odata.sets.store import StoreRows, StoreSource
from app.queries.catalogues.audit import AUDIT

AUDIT_ENTRY = SetSpec(
    name="AuditEntry",
    type_name="ApiAuditEntry",
    key=("Id",),
    catalogue=AUDIT,
    members=(
        member("Id", INT32, "id", nullable=False),
        member("HappenedAt", DATE_TIME_OFFSET, "happened_at", nullable=False),
        member("PersonId", GUID, "person_uid", nullable=False),
        member("PersonName", STRING, "person_name"),
        member("IsOperator", BOOLEAN, "by_operator", nullable=False),
        member("Kind", STRING, "kind", nullable=False),
        member("Action", STRING, "action", nullable=False),
        member("ObjectNumber", INT32, "object_id", nullable=False),
        member("Name", STRING, "name"),
        member("ProjectId", GUID, "project_uid"),
        member("TaskItemId", GUID, "task_uid"),
        member("TaskNumber", INT32, "task_id"),
        member("Changes", STRING, "changes", blank=True),
    ),
)


class AuditRows(StoreRows):
    """Rows of the trail."""

    def order(self) -> Sequence[tuple[ColumnElement[Any], bool]]:
        """The newest first."""
        return ((self.aliased.column("id"), True),)


class AuditSource(StoreSource):
    """The trail, which nobody changes."""

    def rows(self, name: str, caller: Viewer) -> AuditRows:
        """A new use of the trail."""
        return AuditRows(self.spec, name, caller)
