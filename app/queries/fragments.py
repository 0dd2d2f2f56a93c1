"""Pages whose rows are written once for everybody and kept (docs/adr/0007).

A page is then a statement for the ids, stamps and what depends on the viewer, and text from
memory. What is missing there is read and written as for any page. A kept text holds as long as its
row has the same stamp and the names the same epoch; triggers change both in the transaction of the
change, so nothing stale is found, whatever process or machine wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.access import NOBODY, Viewer
from app.queries.connection import open_connection, reading
from app.queries.epochs import names_epoch
from app.queries.packing import Packer
from app.queries.page import chosen_rows, facets_of, values_of
from app.queries.prepared import Kept, Rows
from app.queries.query import Catalogue, Page, Query
from app.queries.remembered import Memories
from app.queries.sql import among_bound, bound_ids

FEW = 8  # rows
OVERHEAD = 400  # bytes of memory that a kept text takes beside itself
ROOM = 10 * 2**20  # bytes for the texts of one store in one process
ASKED, ITEM = 2**18, 100  # bytes for who was asked for by himself, all of them and one

NOTHING: Mapping[Any, Any] = {}
Epochs = Any  # a value of the epoch, compared only


class Fragment(NamedTuple):
    """A row's text, packed. `held`: the personal facets that may find something for it; `said`:
    values of facets that a viewer has to be told in his own way.
    """

    stamp: int
    epoch: Epochs
    text: bytes
    held: frozenset[str]
    said: Mapping[str, Any]


class Pieces:
    """How the rows of a catalogue become text: which columns and facets the kept part needs, and
    which the viewer's. `write` makes the kept part of rows.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        steady: "Wants",
        personal: "Wants",
        write: Callable[[Page], Sequence[bytes]],
    ) -> None:
        assert catalogue.stamp
        self.catalogue = catalogue
        self.write = write
        known = {name: catalogue.facets[name] for name in personal.facets}
        self.held = {name: facet.held for name, facet in known.items() if facet.held}
        self.said = {name: facet.seen for name, facet in known.items() if facet.seen}
        self.looked_up = tuple(name for name in known if name not in self.said)
        needed = [facet for facet, _ in self.held.values()]
        self.steady = Wants(
            tuple(dict.fromkeys(("id", catalogue.stamp, *steady.columns))),
            tuple(dict.fromkeys((*steady.facets, *needed, *self.said))),
        )
        self.columns = tuple(dict.fromkeys(("id", catalogue.stamp, *personal.columns)))
        self.by_ids = Kept(self._by_ids(self.steady.columns))
        # A look-up for itself costs more than it finds for a few rows.
        with_rows = (each for each in self.steady.facets if catalogue.facets[each].key == "id")
        self.of_few = (*self.steady.columns, *with_rows)
        self.by_few_ids = Kept(self._by_ids(self.of_few))
        self.whole = tuple(dict.fromkeys((*self.columns, *self.of_few)))
        self.packer = Packer()

    def columns_for(self, row_id: int) -> tuple[str, ...]:
        """What to read of a row: all of it at once, if nothing is kept of it."""
        with reading() as connection:  # its engine is PostgreSQL's for reads
            kept = _kept.of(connection.engine).get((self, row_id))
        return self.whole if kept is None else self.columns

    def _by_ids(self, columns: tuple[str, ...]) -> Callable[[str, Viewer], Any]:
        """The rows of these ids, whoever may see them."""
        catalogue = self.catalogue

        def stated(engine: str, kind: Viewer) -> Any:
            listed = [catalogue.column(name, kind).label(name) for name in columns]
            chosen = select(*listed).select_from(catalogue.source)
            return chosen.where(among_bound(engine)(catalogue.column("id")))

        return stated

    def read(self, connection: Connection, ids: list[int]) -> tuple[Rows, tuple[str, ...]]:
        """The rows of these ids with what the kept part needs, and the names of their columns."""
        sought = {"ids": bound_ids(connection.dialect.name, ids)}
        if len(ids) <= FEW:
            return self.by_few_ids.rows(connection, NOBODY, sought), self.of_few
        return self.by_ids.rows(connection, NOBODY, sought), self.steady.columns


@dataclass(frozen=True, slots=True)
class Wants:
    """Names of columns and facets."""

    columns: tuple[str, ...]
    facets: tuple[str, ...]


_kept: Memories[Fragment] = Memories(ROOM)
_asked: Memories[bool] = Memories(ASKED)


def fetch_pieces(
    query: Query,
    pieces: Pieces,
    viewer: Viewer,
    values: Mapping[str, Any],
    *,
    around: bool = False,
) -> tuple[list[bytes], Page]:
    """The kept parts of a page's rows, and the page with what depends on the viewer, and with what
    is around the rows if that is asked for. The query's columns are `pieces.columns`, or
    `pieces.whole`.
    """
    with reading() as connection:
        # First the epoch, then the rows: a text is never filed under a later epoch than its own.
        epoch = names_epoch(connection)
        rows, total = chosen_rows(query, viewer, connection, values)
        found, fresh = _fragments(connection, pieces, rows, query.columns, epoch)
        index = {name: place for place, name in enumerate(query.columns)}
        wanted = {
            name: some
            for name in pieces.looked_up
            if (some := _rows_with(rows, found, name, pieces))
        }
        fetched = dict.fromkeys(pieces.looked_up, NOTHING)
        fetched |= facets_of(connection, pieces.catalogue, wanted, index, viewer, epoch)
        fetched |= {name: _said(found, name, viewer, pieces) for name in pieces.said}
        keys = {name: pieces.catalogue.facets[name].key for name in fetched}
        others = _around(connection, pieces.catalogue, wanted, index) if around else frozenset()
        page = Page(rows, index, fetched, keys, len(rows), total, others)
        unpacked = pieces.packer.unpacked
        if fresh:
            texts = [
                fresh[row[0]] if row[0] in fresh else unpacked(found[row[0]].text) for row in rows
            ]
            return texts, page
        return [unpacked(found[row[0]].text) for row in rows], page


def _fragments(
    connection: Connection, pieces: Pieces, rows: Rows, columns: tuple[str, ...], epoch: Epochs
) -> tuple[dict[int, Fragment], dict[int, bytes]]:
    """What is kept of the rows, by their ids, and the texts that were written just now. `columns`
    are those of the rows.
    """
    kept = _kept.of(connection.engine)
    found = {}
    missing = []
    for row in rows:
        row_id = row[0]
        fragment = kept.get((pieces, row_id))
        if fragment is None or fragment.stamp != row[1] or fragment.epoch != epoch:
            missing.append(row)
        else:
            found[row_id] = fragment
    texts: dict[int, bytes] = {}
    if missing:
        if columns != pieces.whole:
            missing, columns = pieces.read(connection, [row[0] for row in missing])
        # Not what a transaction wrote that may yet be undone.
        keep = open_connection() is None and _pays(connection, pieces, missing, columns)
        made, texts = _made(connection, pieces, missing, columns, epoch, pack=keep)
        if keep:
            for row_id, fragment in made.items():
                kept.put((pieces, row_id), fragment, len(fragment.text) + OVERHEAD)
        found |= made
    return found, texts


def _pays(connection: Connection, pieces: Pieces, rows: Rows, columns: tuple[str, ...]) -> bool:
    """Texts are worth their packing: a row that is asked for by itself, from the second time on."""
    if columns != pieces.whole:
        return True
    asked = _asked.of(connection.engine)
    before = [asked.get((pieces, row[0])) for row in rows]
    for row in rows:
        asked.put((pieces, row[0]), True, ITEM)
    return all(before)


def _made(
    connection: Connection,
    pieces: Pieces,
    rows: Rows,
    columns: tuple[str, ...],
    epoch: Epochs,
    *,
    pack: bool,
) -> tuple[dict[int, Fragment], dict[int, bytes]]:
    """The fragments of these rows and their texts, written anew. Without `pack` the fragments have
    no texts.
    """
    names = pieces.steady.facets
    index = {name: place for place, name in enumerate(columns)}
    wanted = dict.fromkeys(names, rows)
    facets = facets_of(connection, pieces.catalogue, wanted, index, NOBODY, epoch)
    keys = {name: pieces.catalogue.facets[name].key for name in facets}
    texts = pieces.write(Page(rows, index, facets, keys, len(rows), None))
    written = {row[0]: text for row, text in zip(rows, texts, strict=True)}
    made = {
        row[0]: Fragment(
            row[1],
            epoch,
            pieces.packer.packed(written[row[0]]) if pack else b"",
            _held(row[0], facets, pieces),
            _carried(row[0], facets, pieces),
        )
        for row in rows
    }
    return made, written


def _held(row_id: int, facets: Mapping[str, Mapping[int, Any]], pieces: Pieces) -> frozenset[str]:
    return _names(
        tuple(
            name
            for name, (facet, member) in pieces.held.items()
            if getattr(facets[facet].get(row_id), member, None)
        )
    )


@cache
def _names(names: tuple[str, ...]) -> frozenset[str]:
    """A set that all rows share that hold the same."""
    return frozenset(names)


def _carried(
    row_id: int, facets: Mapping[str, Mapping[int, Any]], pieces: Pieces
) -> Mapping[str, Any]:
    return {name: facets[name][row_id] for name in pieces.said if row_id in facets[name]} or NOTHING


def _rows_with(rows: Rows, found: Mapping[int, Fragment], name: str, pieces: Pieces) -> Rows:
    """The rows for which a personal facet may find something."""
    if name not in pieces.held:
        return rows
    return [row for row in rows if name in found[row[0]].held]


def _around(
    connection: Connection,
    catalogue: Catalogue,
    wanted: Mapping[str, Rows],
    index: Mapping[str, int],
) -> frozenset[int]:
    """By what the rows are counted to which the personal facets of these rows lead."""
    facets = {name: catalogue.facets[name] for name in wanted}
    ids = set()
    for name, facet in facets.items():
        if facet.leads:
            ids |= values_of(wanted[name], index[facet.key])
    if not ids or catalogue.around is None:
        return frozenset()
    return frozenset(catalogue.around.fetch(connection, NOBODY, sorted(ids)))


def _said(
    found: Mapping[int, Fragment], name: str, viewer: Viewer, pieces: Pieces
) -> dict[int, Any]:
    tell = pieces.said[name]
    return {
        row_id: tell(fragment.said[name], viewer)
        for row_id, fragment in found.items()
        if name in fragment.said
    }
