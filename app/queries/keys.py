"""From a key to the person who holds it: the first statement of every request."""

import hashlib
from collections.abc import Hashable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, func, or_, select

from app.access import NOBODY, Viewer
from app.clock import clock
from app.extensions import db
from app.models import Account, ApiKey, LastWrite, Person
from app.models.base import Instant
from app.queries.connection import reading
from app.queries.freshness import state_of
from app.queries.prepared import Kept
from app.queries.remembered import Memories

SHAPE = "tnd_[0-9a-f]{64}"  # of a key that we made: 32 random bytes
ROOM = 2**18  # bytes of viewers of one store in one process
ITEM = 1_000  # bytes that a viewer takes
MOST_LISTED = 50_000  # keys whose digests a process may hold, 130 bytes each


class Known(NamedTuple):
    """Who holds a key: `state` is that of the store as his row was found in it."""

    viewer: Viewer
    state: Hashable
    key_id: int
    expires_at: datetime | None
    used_at: datetime | None


_known: Memories[Known | None] = Memories(ROOM)


def digest(key: str) -> str:
    """What is stored of a key: it has 256 random bits, so one round of SHA-256 is enough.

    Keys are looked up by their digests through an index, which takes longer the more of a digest
    is right. That tells nobody anything: who does not have the key cannot choose its digest, and
    what he learned of one would not lead back to the key. So no comparison of constant time is
    needed. There is none of secrets as such anywhere.
    """
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


_LIVE = (
    ApiKey.revoked_at.is_(None),
    or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > bindparam("now", None, Instant)),
    Person.deleted_at.is_(None),
)
# One statement, whatever is wrong with a key: that it is unknown, was revoked or has expired, or
# that its person was deleted cannot be told apart by the answer, nor by the work it takes.
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
            ApiKey.id,
            ApiKey.expires_at,
            ApiKey.last_used_at,
        )
        .select_from(ApiKey)
        .join(Person, Person.id == ApiKey.person_id)
        .outerjoin(LastWrite, LastWrite.person_id == ApiKey.person_id)
        .join(Account, Account.id.is_not(None))
        .where(ApiKey.digest == bindparam("digest", None, Text), *_LIVE)
        .limit(1)
    )
)
_LISTED = Kept(
    lambda *_: (
        select(ApiKey.digest)
        .join(Person, Person.id == ApiKey.person_id)
        .where(*_LIVE)
        .limit(MOST_LISTED + 1)
    )
)


def viewer_of(key_digest: str, account_zone: str) -> Known | None:
    """The viewer whose key has this digest, and the state of the store as he finds it; None when
    there is none, or it was revoked, or has expired. As long as the state is the same, so is the
    viewer, until his key expires.
    """
    now = clock.now()
    with reading() as connection:
        state = state_of(connection)
        known = _known.of(db.engine)
        kept = known.get((key_digest, account_zone)) if state is not None else None
        if kept is not None and kept.state == state and _lasts(kept, now):
            return kept
        found = _BY_DIGEST.rows(connection, NOBODY, {"digest": key_digest, "now": now})
        made = _made(found[0], state, account_zone) if found else None
        # A key that was right is wrong now; one that never was takes no room.
        if state is not None and (made is not None or kept is not None):
            known.put((key_digest, account_zone), made, ITEM)
        return made


def was_right(key_digest: str, account_zone: str) -> bool:
    """This process found a viewer by this key when it was asked last."""
    return _known.of(db.engine).get((key_digest, account_zone)) is not None


def live_digests() -> frozenset[str] | None:
    """The digests of all keys that open something; None when there are very many."""
    with reading() as connection:
        found = _LISTED.rows(connection, NOBODY, {"now": clock.now()})
    return frozenset(row[0] for row in found) if len(found) <= MOST_LISTED else None


def _lasts(known: Known, now: datetime) -> bool:
    return known.expires_at is None or now < known.expires_at


def _made(row: tuple[Any, ...], state: Hashable, account_zone: str) -> Known:
    person_id, admin, can_add_projects, zone, read_only, weeks_start_on_sunday, writes = row[:7]
    viewer = Viewer(
        person_id=person_id,
        admin=admin,
        can_add_projects=can_add_projects,
        read_only=read_only,
        zone=zone or account_zone,
        account_zone=account_zone,
        weeks_start_on_sunday=weeks_start_on_sunday,
        writes=writes,
    )
    return Known(viewer, state, *row[7:])
