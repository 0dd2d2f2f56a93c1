"""From the GUIDs that one dialect names things by to the ids of the store, and back."""

from collections.abc import Sequence

from sqlalchemy import select

from app.access import Viewer
from app.errors import NotFound
from app.queries.catalogues.registry import CATALOGUES
from app.queries.connection import reading
from app.queries.query import Catalogue
from app.queries.sql import among as among_ids
from app.queries.sql import among_texts


def catalogue_named(name: str) -> Catalogue:
    """The catalogue of a link's target."""
    return CATALOGUES[name]


def ids_of(catalogue: Catalogue, uids: Sequence[str], viewer: Viewer) -> dict[str, int]:
    """The ids of those of the GUIDs that the viewer sees."""
    with reading() as connection:
        uid = catalogue.column("uid")
        statement = (
            select(uid, catalogue.column("id"))
            .select_from(catalogue.source)
            .where(among_texts(connection, uid, uids), catalogue.visible(viewer.kind, False))
        )
        rows = connection.execute(statement, viewer.values).all()
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
        key = catalogue.column("id")
        statement = (
            select(key, catalogue.column("uid"))
            .select_from(catalogue.source)
            .where(among_ids(connection, key, ids), catalogue.visible(viewer.kind, False))
        )
        rows = connection.execute(statement, viewer.values).all()
    found = {row[0]: row[1] for row in rows}
    if len(found) != len(set(ids)):
        raise NotFound(f"{catalogue.name} not found")
    return [found[each] for each in ids]


def is_used(catalogue: Catalogue, uid: str) -> bool:
    """Something has, or had, this GUID, whoever may see it."""
    with reading() as connection:
        statement = select(catalogue.column("id")).where(catalogue.column("uid") == uid)
        return connection.execute(statement).first() is not None
