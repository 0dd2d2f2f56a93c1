"""How rows name and reach rows of other tables: by key columns, or by tables of pairs.

Every inner table is an alias of its own, so that an expression can stand in any statement, even in
one that reads the same table (rows.py).
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union_all

from app.queries.expressions import found_in
from app.queries.query import LinkTo, Reference

NOBODY = 0  # no row has this id
Columns = Any  # the columns of a table or of an alias, by name


def columns_of(model: Any, names: str) -> dict[str, ColumnElement[Any]]:
    """The named columns of a table, and those that every row has."""
    table = model.__table__.c
    return {name: table[name] for name in f"id uid {names} created_at changed_at version".split()}


def value_at(
    model: Any,
    key: ColumnElement[Any],
    value: str | Callable[[Columns], ColumnElement[Any]],
    *,
    alive: bool = False,
) -> ColumnElement[Any]:
    """A column, or an expression over the columns, of the row with the id `key`; NULL without one.

    `alive`: rows that are deleted count as none.
    """
    there = model.__table__.alias().c
    wanted = there[value] if isinstance(value, str) else value(there)
    chosen = select(wanted).where(there.id == key)
    return _living(chosen, there, alive).scalar_subquery()


def number_of(
    model: Any, key: str, own: ColumnElement[Any], *where: Callable[[Columns], ColumnElement[bool]]
) -> ColumnElement[int]:
    """How many rows name `own` in their column `key` and fulfil the conditions."""
    there = model.__table__.alias()
    chosen = select(func.count()).select_from(there).where(there.c[key] == own)
    return chosen.where(*(each(there.c) for each in where)).scalar_subquery()


def living(there: Columns) -> ColumnElement[bool]:
    """The row is not deleted."""
    return there.deleted_at.is_(None)  # type: ignore[no-any-return]


def _living(chosen: Select[Any], there: Columns, alive: bool) -> Select[Any]:
    return chosen.where(living(there)) if alive else chosen


def by_key(key: str, model: Any, *, alive: bool = False) -> Reference:
    """The GUID of the row whose id is in the column `key`."""

    def matches(own: Columns, values: Sequence[Any]) -> ColumnElement[bool]:
        return among(own[key], model, values, alive=alive)

    return Reference(matches)


def by_keys(key: str, through: Any, then: str, model: Any) -> Reference:
    """The GUID of the row whose id is in the column `then` of the row with the id `key`."""

    def matches(own: Columns, values: Sequence[Any]) -> ColumnElement[bool]:
        there = through.__table__.alias().c
        named = select(there.id).where(among(there[then], model, values))
        return and_(own[key].is_not(None), own[key].in_(named))

    return Reference(matches)


def among(
    key: ColumnElement[Any], model: Any, values: Sequence[Any], *, alive: bool = False
) -> ColumnElement[bool]:
    """The column `key` is the id of a row with one of these GUIDs; never NULL."""
    there = model.__table__.alias().c
    named = _living(select(there.id).where(there.uid.in_(values)), there, alive)
    if len(values) == 1:
        # To equal one value is what planners trust an index with, also where the order has another.
        found = key == func.coalesce(named.scalar_subquery(), NOBODY)
    else:
        found = key.in_(named)
    return and_(key.is_not(None), found) if key.nullable else found


def to_one(target: str, key: str) -> LinkTo:
    """To the row whose id is in our column `key`."""
    return LinkTo(target, lambda own, theirs: theirs.id == own[key])


def to_many(target: str, key: str) -> LinkTo:
    """To the rows that name us in their column `key`."""
    return LinkTo(target, lambda own, theirs: theirs[key] == own.id, collection=True)


def paired(
    target: str,
    pairs: Any,
    ours: str,
    theirs: str,
    *where: Callable[[Columns], ColumnElement[bool]],
) -> LinkTo:
    """To the rows that stand beside us in a table of pairs, in rows that fulfil the conditions."""

    def on(own: Columns, other: Columns) -> ColumnElement[bool]:
        there = pairs.__table__.alias().c
        chosen = select(there[theirs]).where(there[ours] == own.id)
        # Said of the other's id, so that its key finds it.
        return other.id.in_(  # type: ignore[no-any-return]
            chosen.where(*(each(there) for each in where))
        )

    return LinkTo(target, on, collection=True)


def either_side(target: str, pairs: Any, one: str, two: str) -> LinkTo:
    """To the rows that stand beside us in a table of pairs where each pair is stored only once."""

    def on(own: Columns, other: Columns) -> ColumnElement[bool]:
        first, second = pairs.__table__.alias().c, pairs.__table__.alias().c
        beyond = union_all(
            select(first[two]).where(first[one] == own.id),
            select(second[one]).where(second[two] == own.id),
        )
        return found_in(other.id, beyond.scalar_subquery())

    return LinkTo(target, on, collection=True)
