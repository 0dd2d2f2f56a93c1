"""From a key to the person who holds it: the first statement of every request."""

import hashlib
from collections.abc import Hashable
from typing import Any

from sqlalchemy import Text, bindparam, func, select

from app.access import NOBODY, Viewer
from app.models import Account, ApiKey, LastWrite, Person
from app.queries.connection import reading
from app.queries.freshness import state_of
from app.queries.prepared import Kept
from app.queries.remembered import Memories

ROOM = 2**18  # bytes of viewers of one store in one process
ITEM = 800  # bytes that a viewer takes

_known: Memories[tuple[Hashable, Viewer]] = Memories(ROOM)


def digest(key: str) -> str:
    """What is stored of a key: it has 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


_BY_DIGEST = Kept(
    lambda *_: (
        select(
            Person.id,
            Person.is_admin,
            Person.can_add_projects,
            Person.zone,
            ApiKey.read_only,
            Account.weeks_start_on_sunday,
            func.coalesce(LastWrite.stamp, 0),
        )
        .select_from(ApiKey)
        .join(Person, Person.id == ApiKey.person_id)
        .outerjoin(LastWrite, LastWrite.person_id == ApiKey.person_id)
        .join(Account, Account.id.is_not(None))
        .where(
            ApiKey.digest == bindparam("digest", None, Text),
            ApiKey.revoked_at.is_(None),
            Person.deleted_at.is_(None),
        )
        .limit(1)
    )
)


def viewer_of(key_digest: str, account_zone: str) -> tuple[Viewer, Hashable] | None:
    """The viewer whose key has this digest, and the state of the store as he finds it; None when
    there is none, or it was revoked. As long as the state is the same, so is the viewer.
    """
    with reading() as connection:
        state = state_of(connection)
        known = _known.of(connection.engine)
        kept = known.get((key_digest, account_zone)) if state is not None else None
        if kept is not None and kept[0] == state:
            return kept[1], state
        found = _BY_DIGEST.rows(connection, NOBODY, {"digest": key_digest})
        if not found:
            return None
        viewer = _viewer(found[0], account_zone)
        if state is not None:
            known.put((key_digest, account_zone), (state, viewer), ITEM)
        return viewer, state


def _viewer(row: tuple[Any, ...], account_zone: str) -> Viewer:
    person_id, admin, can_add_projects, zone, read_only, weeks_start_on_sunday, writes = row
    return Viewer(
        person_id=person_id,
        admin=admin,
        can_add_projects=can_add_projects,
        read_only=read_only,
        zone=zone or account_zone,
        account_zone=account_zone,
        weeks_start_on_sunday=weeks_start_on_sunday,
        writes=writes,
    )
