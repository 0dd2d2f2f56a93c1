"""$expand: the entities at the end of a navigation, for all entities of a page in one statement.

An answer holds at most MOST entities of one navigation; what is beyond gets next links, as do the
entities of a collection beyond its own page (Protocol 11.2.6.7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select

from app.odata.engine.ast import ExpandItem
from app.odata.engine.columns import Columns, Fetched, columns_for
from app.odata.engine.edm import EntitySet
from app.odata.engine.focus import Entities, Home
from app.odata.engine.pages import MAX_SKIP, page_size
from app.odata.engine.paging import Position
from app.odata.engine.problems import NotSupported
from app.odata.engine.reading import Listing, Parents, Reading
from app.odata.engine.source import Key

MOST: Final = 10_000  # also of keys in one statement: SQLite takes 32,766 parameters


@dataclass(frozen=True, slots=True)
class Below:
    """What a navigation leads to from a page of entities: row number n of `fetched` belongs to the
    entity with key `owners[n]`. `cut` are the entities of which there is more than was fetched, or
    may be, each with where its rows ended; None: they have not begun.
    """

    fetched: Fetched
    owners: Sequence[Key]
    cut: Mapping[Key, Position | None]
    totals: Mapping[Key, int]


def target_of(reading: Reading, home: Home, item: ExpandItem) -> EntitySet:
    """The set of a navigation's target. Raises NotSupported where the model names none."""
    found = reading.service.model.target_set(home, item.navigation.name)
    if found is None:
        raise NotSupported(f"{item.navigation.name} cannot be expanded", target="$expand")
    return found


def fetch_below(
    reading: Reading, home: Home, keys: Sequence[Key], item: ExpandItem, depth: int
) -> Below:
    """The entities below those with the given keys, as far as the caller sees them. `depth` is 1
    below the entities that the address leads to.
    """
    target = target_of(reading, home, item)
    kind = reading.service.model.entity_type(item.narrow or item.navigation.target)
    parents = Parents(home, item.navigation.name, tuple(dict.fromkeys(keys)), depth == 1)
    listing = Listing(reading, Entities(target, kind), item.options, parents)
    columns = columns_for(listing)
    counted = keys and (item.options.count or item.only_count)
    totals = _totals(reading, listing) if counted else {}
    if item.only_count or not keys:
        return Below(Fetched(columns, ()), (), {}, totals)
    if item.navigation.collection:
        return _many(reading, listing, columns, parents.keys, totals)
    rows = reading.run(listing.statement([*columns.labelled, *_owner(listing)]))
    width = len(listing.owner)
    owners = [tuple(row[-width:]) for row in rows]
    return Below(Fetched(columns, rows), owners, {}, totals)


def _owner(listing: Listing) -> list[Any]:
    return [each.label(f"o{number}") for number, each in enumerate(listing.owner)]


def _many(
    reading: Reading,
    listing: Listing,
    columns: Columns,
    keys: Sequence[Key],
    totals: Mapping[Key, int],
) -> Below:
    options = listing.options
    size = page_size(reading, options)
    size = size if options.top is None else min(size, options.top)
    skip = min(options.skip, MAX_SKIP)
    rows = reading.run(_statement(listing, columns, skip, size + 1))
    width, kept, cut = len(listing.owner), [], dict[Key, Position | None]()
    last: dict[Key, Any] = {}
    for row in rows[:MOST]:
        owner = tuple(row[-1 - width : -1])
        if row[-1] <= skip + size:
            kept.append(row)
            last[owner] = row
        elif options.top is None or options.top > size:
            cut[owner] = _end(columns, last[owner], skip, options.top)
    owners = [tuple(row[-1 - width : -1]) for row in kept]
    if len(rows) > MOST:
        # The rows come owner by owner: the last one may be incomplete, others be missing.
        cut |= {key: None for key in keys if key not in last}
        end = _end(columns, kept[-1], skip, options.top)
        if end.left != 0:
            cut[owners[-1]] = end
    return Below(Fetched(columns, kept), owners, cut, totals)


def _end(columns: Columns, row: Sequence[Any], skip: int, top: int | None) -> Position:
    """Where the rows of an owner ended; the last column is the number of this one."""
    return columns.position(row, None if top is None else top - (row[-1] - skip))


def _statement(listing: Listing, columns: Columns, skip: int, size: int) -> Select[Any]:
    """Rows numbered within their owner, so that $skip and $top hold for each."""
    named = _owner(listing)
    order = [term.sorted() for term in columns.terms]
    place = func.row_number().over(partition_by=list(listing.owner), order_by=order).label("place")
    inner = listing.statement([*columns.labelled, *named, place]).subquery("below")
    chosen = select(*inner.c).where(inner.c.place > skip, inner.c.place <= skip + size)
    chosen = chosen.order_by(*(inner.c[each.name] for each in named), inner.c.place)
    return chosen.limit(MOST + 1)


def _totals(reading: Reading, listing: Listing) -> dict[Key, int]:
    owner = listing.owner
    statement = listing.statement([*owner, func.count()]).group_by(*owner)
    return {tuple(row[:-1]): int(row[-1]) for row in reading.run(statement)}
