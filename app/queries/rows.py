"""Uses of catalogues in statements of any shape: several tables, the same one twice, one within the
other.

A catalogue states its expressions over the plain table. Here they are brought to an alias of it,
and every subquery in them is told to look for that alias in whatever statement encloses it, however
far out. That is done once for each alias and kind of viewer, and kept: statements are built from
the same few aliases (t0, t1, …) for every request. The viewer stays the parameter `viewer_id`, the
instant of the request the parameter `now`; the execution gives both.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Alias, ColumnElement, Select, Table, false, func, or_
from sqlalchemy.sql.util import ClauseAdapter
from sqlalchemy.sql.visitors import replacement_traverse

from app.access import Viewer
from app.models.base import settled
from app.queries.catalogues.registry import CATALOGUES
from app.queries.expressions import holds
from app.queries.query import Catalogue

KEPT = 256  # uses that are kept, each with the expressions that were asked of it

T = TypeVar("T")
Fold = Callable[[ColumnElement[Any]], ColumnElement[Any]]


class _Use:
    """An alias of a catalogue's table, and the expressions over it that were made so far."""

    def __init__(self, catalogue: Catalogue, alias: str) -> None:
        assert isinstance(catalogue.source, Table), f"{catalogue.name} is not one table"
        self.table: Any = settled(catalogue.source.alias(alias))
        self._adapter = ClauseAdapter(self.table)
        self._made: dict[str, ColumnElement[Any]] = {}

    def made(self, name: str, make: Callable[[], ColumnElement[Any]]) -> ColumnElement[Any]:
        """The expression of this name, made over the plain table the first time."""
        found = self._made.get(name)
        if found is None:
            plain: Any = make()
            plain = getattr(plain, "__clause_element__", lambda: plain)()
            found = correlated(self._adapter.traverse(plain), self.table)
            self._made[name] = found
        return found


@lru_cache(maxsize=KEPT)
def _use(catalogue: Catalogue, alias: str, _: Viewer) -> _Use:
    return _Use(catalogue, alias)


class Aliased:
    """One use of a catalogue: an alias of its table, and what the catalogue says, said of it.

    A statement must make one for each alias, and use it throughout.
    """

    __slots__ = ("_use", "catalogue", "kind", "table")

    def __init__(self, catalogue: Catalogue, alias: str, viewer: Viewer) -> None:
        self.catalogue = catalogue
        self.kind = viewer.kind
        self._use = _use(catalogue, alias, self.kind)
        self.table: Alias[Any] = self._use.table

    def column(self, name: str) -> ColumnElement[Any]:
        """The value of a neutral name. Raises KeyError for names that the catalogue lacks."""
        return self._use.made(name, lambda: self.catalogue.column(name, self.kind))

    def visible(self) -> ColumnElement[bool]:
        """The row exists for the viewer. Part of every statement that uses the rows."""
        return self._use.made("", lambda: self.catalogue.visible(self.kind, False))

    def matches(self, name: str, values: Sequence[Any]) -> ColumnElement[bool] | None:
        """The column equals one of the values (expressions, none null), said so that an index
        serves it; never NULL. None for columns where comparing does.
        """
        reference = self.catalogue.references.get(name)
        if reference is None:
            return None
        return correlated(reference.matches(self.table.c, values), self.table)

    def joined(self, link: str, other: "Aliased") -> ColumnElement[bool]:
        """`other` is what the link leads to from this row. Says nothing of who may see it."""
        way = self.catalogue.links[link]
        assert CATALOGUES[way.target] is other.catalogue, f"{link} leads to {way.target}"
        return correlated(way.on(self.table.c, other.table.c), self.table, other.table)

    def search(self, term: ColumnElement[Any], fold: Fold = func.lower) -> ColumnElement[bool]:
        """One of the searched columns contains the text `term`, both as `fold` makes them
        comparable; never NULL.
        """
        texts = (func.coalesce(self.column(name), "") for name in self.catalogue.searched)
        return or_(false(), *(holds(fold(text), fold(term)) for text in texts))

    def over(self, build: Callable[[Any], ColumnElement[Any]]) -> ColumnElement[Any]:
        """An expression that `build` makes of the columns of this use; it is not kept."""
        return correlated(build(self.table.c), self.table)


def correlated(expression: ColumnElement[T], *tables: Any) -> ColumnElement[T]:
    """The expression with its subqueries told that these tables stand outside, however far.

    Subqueries of subqueries are left alone: they look to the next one out, where their tables are.
    """

    def tell(element: Any, **_: Any) -> Any:
        if not isinstance(element, Select):
            return None
        return element.correlate(*tables) if element._auto_correlate else element

    told: ColumnElement[T] = replacement_traverse(expression, {}, tell)
    return told
