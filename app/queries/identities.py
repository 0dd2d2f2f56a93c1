"""From the GUIDs that one dialect names things by to the ids of the store, and back."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Text, bindparam, select

from app.access import NOBODY, Viewer
from app.errors import NotFound
from app.queries.catalogues.registry import CATALOGUES
from app.queries.connection import reading
from app.queries.prepared import Kept
from app.queries.query import Catalogue
from app.queries.sql import among_bound, among_texts_bound, bound_ids, bound_texts


def catalogue_named(name: str) -> Catalogue:
    """The catalogue of a link's target."""
    return CATALOGUES[name]


@cache
def _ids(catalogue: Catalogue) -> Kept:
    return _pairs(catalogue, "uid", "id", among_texts_bound)


@cache
def _uids(catalogue: Catalogue) -> Kept:
    return _pairs(catalogue, "id", "uid", among_bound)


def _pairs(catalogue: Catalogue, given: str, sought: str, among: Any) -> Kept:
    """One name of things beside the other, for those of the given ones that the viewer sees."""
    here, there = catalogue.column(given), catalogue.column(sought)
    chosen = select(here, there).select_from(catalogue.source)
    return Kept(
        lambda engine, kind: chosen.where(among(engine)(here), catalogue.visible(kind, False))
    )


@cache
def _used(catalogue: Catalogue) -> Kept:
    uid = catalogue.column("uid")
    return Kept(lambda *_: select(uid).where(uid == bindparam("uid", None, Text)))


def ids_of(catalogue: Catalogue, uids: Sequence[str], viewer: Viewer) -> dict[str, int]:
    """The ids of those of the GUIDs that the viewer sees."""
    with reading() as connection:
        sought = {"texts": bound_texts(connection.dialect.name, uids)}
        rows = _ids(catalogue).rows(connection, viewer, sought)
    return {row[0]: row[1] for row in rows}


def id_of(catalogue: Catalogue, uid: str, viewer: Viewer) -> int:
    """The id of one thing. Raises NotFound when the viewer sees none."""
    found = ids_of(catalogue, [uid], viewer)
    if not found:
        raise NotFound(f"{catalogue.name} not found")
    return found[uid]


def uid_of(catalogue: Catalogue, row_id: int, viewer: Viewer) -> str:
    """The GUID of a thing that the viewer has in hand. Raises NotFound when he does not see it."""
    return uids_of(catalogue, [row_id], viewer)[0]


def uids_of(catalogue: Catalogue, ids: Sequence[int], viewer: Viewer) -> list[str]:
    """The GUIDs of things, in the order of their ids. Raises NotFound for one he does not see."""
    with reading() as connection:
        sought = {"ids": bound_ids(connection.dialect.name, ids)}
        rows = _uids(catalogue).rows(connection, viewer, sought)
    found = {row[0]: row[1] for row in rows}
    if len(found) != len(set(ids)):
        raise NotFound(f"{catalogue.name} not found")
    return [found[each] for each in ids]


def is_used(catalogue: Catalogue, uid: str) -> bool:
    """Something has, or had, this GUID, whoever may see it."""
    with reading() as connection:
        return bool(_used(catalogue).rows(connection, NOBODY, {"uid": uid}))
