"""A page of a list, or one entity, out of the store (Protocol 11.2.6.7)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select

from app.odata.engine import paging
from app.odata.engine.ast import Options
from app.odata.engine.columns import Fetched
from app.odata.engine.edm import NOTHING
from app.odata.engine.focus import Entities, Entity
from app.odata.engine.keeping import Slot, Tuples
from app.odata.engine.pages import Page, ended, stated
from app.odata.engine.paging import Position
from app.odata.engine.plans import Plan, Values, plan_of
from app.odata.engine.problems import Gone
from app.odata.engine.reading import Reading
from app.odata.engine.source import Key


def fetch(reading: Reading, plan: Plan, page: Page, given: Values = NOTHING) -> Fetched:
    """A page of a list. The values of its order's terms tell where the next one begins."""
    target = plan.listing.target
    keys = target.keys if isinstance(target, Entities) else None
    total = plan.total(reading, given) if plan.options.count else None
    rows: Tuples
    if keys is not None and not plan.options.orderby:
        rows, end = _as_given(reading, plan, page, keys, given), None
    else:
        rows, end = _page(reading, plan, page, given)
    return Fetched(plan.columns, rows, end, total)


def _page(
    reading: Reading, plan: Plan, page: Page, given: Values
) -> tuple[Tuples, Position | None]:
    """The rows of a page, and where it ended when there are more."""
    columns = plan.columns
    page = placed(reading, plan, page, given)

    def state() -> Select[Any]:
        return stated(plan.listing.statement(columns.labelled), columns.terms, page)

    rows: Tuples = ()
    if page.most:
        rows = plan.rows(reading, page.form, state, {**given, **page.values})
    return ended(rows, page, columns.position)


def placed(reading: Reading, plan: Plan, page: Page, given: Values) -> Page:
    """The page with a position that its statement can take. Raises BadRequest for one of another
    order, Gone where the row is not there that has its values.
    """
    if page.position is None:
        return page
    position = _found_again(reading, plan, page.position, given)
    paging.check(plan.columns.terms, position)
    return replace(page, position=position)


def _found_again(reading: Reading, plan: Plan, position: Position, given: Values) -> Position:
    """A position whose values did not fit into its token: they are read from the row itself.
    Raises Gone when the row is.
    """
    if position.key is None:
        return position
    listing = plan.listing
    paging.check_key(listing.key_columns(), position.key)
    terms = enumerate(plan.columns.terms)
    listed = [each.expression.label(f"c{number}") for number, each in terms]
    statement = listing.statement(listed).where(listing.keyed([position.key])).limit(1)
    rows = reading.run(statement, given)
    if not rows:
        raise Gone("The entity at which the last page ended is gone", target="$skiptoken")
    return replace(position, values=tuple(rows[0]))


def _as_given(
    reading: Reading, plan: Plan, page: Page, keys: Sequence[Key], given: Values
) -> Tuples:
    """Entities that an operation named by their keys, in its order."""
    rows = plan.rows(reading, "named", lambda: plan.listing.statement(plan.columns.labelled), given)
    named = [tuple(given[v.name] if isinstance(v, Slot) else v for v in key) for key in keys]
    # What stands there again to fill a statement's parameters has its first place.
    places = {key: place for place, key in reversed(list(enumerate(named)))}
    numbered = zip((places[key] for key in plan.columns.keys(rows)), rows, strict=True)
    ordered = [row for _, row in sorted(numbered, key=lambda pair: pair[0])]
    end = None if page.left is None else page.skip + page.left
    return ordered[page.skip : end]


def fetch_one(reading: Reading, entity: Entity, options: Options) -> Fetched | None:
    """One entity as a list of one; None when the caller does not see it (any more)."""
    plan, given = plan_of(reading, entity, options, lambda _: options)
    return first(reading, plan, given)


def first(reading: Reading, plan: Plan, given: Values) -> Fetched | None:
    """The only entity of a plan; None when the caller does not see it (any more)."""
    rows = plan.first(reading, given)
    return Fetched(plan.columns, rows) if rows else None
