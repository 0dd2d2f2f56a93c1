"""The shop's rows as the engine reads them: one class for every set, driven by its layout.

Every statement over products holds the parameter `caller`, which Service.parameters gives its value
at execution.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    bindparam,
    func,
    literal,
    or_,
    true,
)

from app.odata.engine.edm import INT32, STRING, PrimitiveType
from app.odata.engine.source import Rows
from app.odata.engine.sql.types import InstantType
from tests.second_service import tables
from tests.second_service.layout import Layout

NEVER = datetime.min.replace(tzinfo=UTC)
FROM_JSON: Final[Mapping[PrimitiveType, Callable[[Any], ColumnElement[Any]]]] = {
    STRING: lambda member: member.as_string(),
    INT32: lambda member: member.as_integer(),
}


class TableRows(Rows):
    """An alias of a set's table."""

    def __init__(self, layout: Layout, name: str) -> None:
        self.layout = layout
        self.table: FromClause = layout.table.alias(name)

    def column(self, name: str) -> ColumnElement[Any]:
        """A column, or a member of the JSON of an open type. Raises KeyError for others."""
        kind = self.layout.dynamic.get(name)
        if kind is not None:
            return FROM_JSON[kind](self.table.c.dynamic[name])
        return self.table.c[self.layout.columns[name]]

    def visible(self) -> ColumnElement[bool]:
        """Products may be hidden from everyone but their owner; all else is open."""
        if "hidden" not in self.table.c:
            return true()
        mine = self.table.c.owner == bindparam("caller", type_=Text)
        return or_(self.table.c.hidden.is_(False), mine)

    def joined(self, navigation: str, target: Rows) -> ColumnElement[bool]:
        """By foreign key or table of pairs."""
        return self.layout.ways[navigation].condition(self.table, target.table)

    def among(self, name: str, values: Sequence[Any]) -> ColumnElement[bool] | None:
        """For indexed properties of products; said so that it is never null."""
        if name not in self.layout.among:
            return None
        column = self.column(name)
        return and_(column.is_not(None), column.in_(values))

    def search(self, term: str) -> ColumnElement[bool]:
        """The text that the layout names, casefolded, holds the term."""
        return self.table.c.folded.contains(term.casefold(), autoescape=True)

    def type_name(self) -> ColumnElement[str] | None:
        """Products know their kind."""
        return self.table.c.get("kind")

    def etag(self) -> ColumnElement[Any] | None:
        """The version of products and orders."""
        return self.table.c.get("version")

    def order(self) -> Sequence[tuple[ColumnElement[Any], bool]] | None:
        """Orders come newest first, those without a date last."""
        if self.layout.table is not tables.ORDER:
            return None
        never = literal(NEVER, InstantType())
        return [(func.coalesce(self.table.c.placed_at, never), True)]
