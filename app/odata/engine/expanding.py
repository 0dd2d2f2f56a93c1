"""$expand: the entities at the end of a navigation, for all entities of a page in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.odata.engine.ast import ExpandItem, Options
from app.odata.engine.edm import EntitySet
from app.odata.engine.focus import Entities, Home
from app.odata.engine.problems import NotSupported
from app.odata.engine.reading import (
    Columns,
    Fetched,
    Listing,
    Reading,
    columns_for,
)
from app.odata.engine.source import Key


@dataclass(frozen=True, slots=True)
class Below:
    """What a navigation leads to from a page of entities: row number n of `fetched` belongs to the
    entity with key `owners[n]`. `cut` are the entities of which there is more than was fetched.
    """

    fetched: Fetched
    owners: Sequence[Key]
    cut: frozenset[Key]
    totals: Mapping[Key, int]


def target_of(reading: Reading, home: Home, item: ExpandItem) -> EntitySet:
    """The set of a navigation's target. Raises NotSupported where the model names none."""
    found = reading.service.model.target_set(home, item.navigation.name)
    if found is None:
        raise NotSupported(f"{item.navigation.name} cannot be expanded", target="$expand")
    return found


def fetch_below(reading: Reading, home: Home, keys: Sequence[Key], item: ExpandItem) -> Below:
    """The entities below those with the given keys, as far as the caller sees them."""
    target = target_of(reading, home, item)
    kind = reading.service.model.entity_type(item.navigation.target)
    options = _options(item)
    listing = Listing(reading, Entities(target, kind), options)
    owner = listing.below(home, item.navigation.name, keys)
    columns = columns_for(listing)
    totals = _totals(listing, owner) if options.count or item.only_count else {}
    if item.only_count:
        return Below(columns.fetched(listing, ()), (), frozenset(), totals)
    size = reading.service.limits.page if options.top is None else options.top
    size = min(size, reading.service.limits.max_page)
    rows = reading.run(_statement(listing, columns, owner, options.skip, size + 1))
    return _sorted_out(listing, columns, rows, len(owner), size, options, totals)


def _options(item: ExpandItem) -> Options:
    """The nested options; $levels expands the same navigation again, one level less."""
    if item.levels < 2:
        return item.options
    again = replace(item, levels=item.levels - 1)
    return replace(item.options, expand=(*item.options.expand, again))


def _statement(
    listing: Listing,
    columns: Columns,
    owner: Sequence[ColumnElement[Any]],
    skip: int,
    size: int,
) -> Any:
    """Rows numbered within their owner, so that $skip and $top hold for each."""
    named = [each.label(f"o{number}") for number, each in enumerate(owner)]
    order = [term.sorted() for term in columns.terms]
    place = func.row_number().over(partition_by=list(owner), order_by=order).label("place")
    inner = listing.statement([*columns.labelled, *named, place]).subquery("below")
    chosen = select(*inner.c).where(inner.c.place > skip, inner.c.place <= skip + size)
    return chosen.order_by(*(inner.c[each.name] for each in named), inner.c.place)


def _sorted_out(
    listing: Listing,
    columns: Columns,
    rows: Sequence[Any],
    width: int,
    size: int,
    options: Options,
    totals: Mapping[Key, int],
) -> Below:
    kept, owners, cut = [], [], set()
    for row in rows:
        owner = tuple(row[-1 - width : -1])
        if row[-1] > options.skip + size:
            if options.top is None:
                cut.add(owner)
            continue
        kept.append(row)
        owners.append(owner)
    return Below(columns.fetched(listing, kept), owners, frozenset(cut), totals)


def _totals(listing: Listing, owner: Sequence[ColumnElement[Any]]) -> dict[Key, int]:
    statement = listing.statement([*owner, func.count()]).group_by(*owner)
    return {tuple(row[:-1]): int(row[-1]) for row in listing.reading.run(statement)}
