"""Pages of whole entities out of texts that are remembered (keeping.Texts).

The statement of such a page asks for keys and stamps only, under the same conditions and in the
same order as any other; what is not known yet is read and written as ever. A text is that of an
entity as all callers see it, so it needs nothing of the one who asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Select

from app.odata.engine.ast import Options
from app.odata.engine.columns import Fetched
from app.odata.engine.envelope import dumps
from app.odata.engine.fetching import placed
from app.odata.engine.focus import Entities
from app.odata.engine.keeping import Stamps, Texts, Tuples, filled
from app.odata.engine.messages import Manner
from app.odata.engine.pages import Page, ended, stated
from app.odata.engine.paging import Position
from app.odata.engine.plans import Plan, Values, padded, plan_of_many
from app.odata.engine.presenting import Presenter
from app.odata.engine.reading import Reading

NOTHING_MORE: Final = Options()


@dataclass(frozen=True, slots=True)
class Written:
    """A page of entities as they stand in the answer."""

    items: Sequence[orjson.Fragment]
    end: Position | None
    total: int | None


def written(reading: Reading, plan: Plan, page: Page, given: Values) -> Written | None:
    """A page of texts; None where entities are not to be shown whole, or have no stamp."""
    keeping, stamp = reading.service.keeping, plan.listing.rows.stamp()
    if keeping is None or stamp is None or not _are_whole(plan, reading.manner):
        return None
    texts = keeping.texts(reading.connection)
    if texts is None:
        return None
    total = plan.total(reading, given) if plan.options.count else None
    stamps, end = _stamps(reading, plan, stamp, page, given)
    return Written(_texts(reading, plan, texts, stamps), end, total)


def _are_whole(plan: Plan, manner: Manner) -> bool:
    """The options say which entities and in which order, and nothing of how they look."""
    options, beside = plan.options, plan.columns.beside
    target = plan.listing.target
    named = not isinstance(target, Entities) or target.keys is not None
    shaped = options.expand or options.compute or options.select is not None
    return not (named or shaped or manner.full or beside.type is not None) and len(beside.keys) == 1


def _stamps(
    reading: Reading, plan: Plan, stamp: ColumnElement[Any], page: Page, given: Values
) -> tuple[Stamps, Position | None]:
    """Keys and stamps of the page, and where it ended when there are more."""
    columns = plan.columns
    page = placed(reading, plan, page, given)

    def state() -> Select[Any]:
        listed = [*columns.beside.keys, stamp, *(term.expression for term in columns.terms)]
        labelled = [each.label(f"c{number}") for number, each in enumerate(listed)]
        return stated(plan.listing.statement(labelled), columns.terms, page)

    def end(row: Sequence[Any], left: int | None) -> Position:
        return Position(tuple(row[2:]), left, columns.key_width)

    found: Tuples = ()
    if page.most:
        form = ("stamps", page.form)
        found = plan.rows(reading, form, state, {**given, **page.values})
    rows, position = ended(found, page, end)
    return [(row[0], row[1]) for row in rows], position


def _texts(reading: Reading, plan: Plan, texts: Texts, stamps: Stamps) -> list[orjson.Fragment]:
    """The texts of entities, those that are not known made anew."""
    manner, home = reading.manner, plan.listing.target.home
    form = f"{home.name} {manner.version} {manner.format}"
    known = texts.known(form, stamps)
    missing = [key for key, _ in stamps if key not in known]
    if missing:
        known |= _made(reading, plan, texts, form, missing)
    # One that was deleted since its stamp was read is not there any more (PostgreSQL).
    return [orjson.Fragment(known[key]) for key, _ in stamps if key in known]


def _made(
    reading: Reading, plan: Plan, texts: Texts, form: str, keys: Sequence[Any]
) -> dict[Any, bytes]:
    """The texts of these entities, read in one statement."""
    listed = padded(keys)
    target = plan.listing.target
    assert isinstance(target, Entities)
    whole = plan_of_many(reading, target.home, target.type, len(listed))
    rows = whole.rows(reading, "whole", lambda: _stated(whole), filled("key", listed))
    fetched = Fetched(whole.columns, [row[:-1] for row in rows])
    items = Presenter(reading).entities(fetched, NOTHING_MORE)
    found = {}
    for row, (key,), item in zip(rows, fetched.keys, items, strict=True):
        found[key] = text = dumps(item)
        texts.put(form, key, row[-1], text)
    return found


def _stated(whole: Plan) -> Select[Any]:
    """All columns, and the stamp behind them."""
    stamp = whole.listing.rows.stamp()
    assert stamp is not None
    return whole.listing.statement([*whole.columns.labelled, stamp.label("stamp")])
