"""The life of a key: it is made, may expire, is followed by another one, and is revoked."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from app.errors import Conflict, NotFound
from app.models import ApiKey
from app.queries.keys import digest
from app.services.work import Work

KEY_PREFIX = "tnd_"
RANDOM_BYTES = 32
ENDING = 4  # signs of a key that are shown again


def new_key(
    work: Work,
    person_id: int,
    *,
    read_only: bool = False,
    fixed: str = "",
    expires_at: datetime | None = None,
) -> str:
    """Give a person a key; the text is returned this once and never stored."""
    key = fixed or KEY_PREFIX + secrets.token_hex(RANDOM_BYTES)
    if work.scalar(select(ApiKey.id).where(ApiKey.digest == digest(key))) is not None:
        raise Conflict("this key is in use already")
    work.insert(
        ApiKey,
        person_id=person_id,
        digest=digest(key),
        hint=f"{key[:4]}…{key[-ENDING:]}",
        read_only=read_only,
        expires_at=expires_at,
    )
    return key


def revoke_keys(work: Work, person_id: int, hint: str | None = None) -> int:
    """Revoke a person's keys, or only the one with this ending. Gives how many."""
    where = [ApiKey.person_id == person_id, ApiKey.revoked_at.is_(None)]
    if hint:
        where.append(_ends_in(hint))
    ids = work.ids(select(ApiKey.id).where(*where))
    revoked = {"revoked_at": work.now, "version": ApiKey.version + 1}
    work.run(update(ApiKey).where(ApiKey.id.in_(ids)).values(**revoked))
    return len(ids)


def rotate_key(work: Work, person_id: int, hint: str, grace: timedelta) -> str:
    """Give a person a key in place of the one with this ending, which opens nothing any more when
    the grace is over. The new one may do the same, and lives as long as the old one was to. Raises
    NotFound, and Conflict where several keys end so.
    """
    where = (ApiKey.person_id == person_id, _opens(work.now), _ends_in(hint))
    found = work.all(select(*_OF_OLD).where(*where).with_for_update())
    if not found:
        raise NotFound(f"no key that opens something ends in {hint}")
    if len(found) > 1:
        raise Conflict(f"{len(found)} keys end in {hint}: revoke one of them by the API")
    old = found[0]
    life = old.expires_at - old.created_at if old.expires_at else None
    end = work.now + grace
    if old.expires_at is None or end < old.expires_at:
        gone = {"expires_at": end} if grace else {"revoked_at": work.now}
        work.change(ApiKey, old.id, **gone)
    expires_at = work.now + life if life else None
    return new_key(work, person_id, read_only=old.read_only, expires_at=expires_at)


def keys_of_person(work: Work, person_id: int) -> Sequence[Any]:
    """The keys of a person, without their secrets, the oldest first."""
    return work.all(select(*_SHOWN).where(ApiKey.person_id == person_id).order_by(ApiKey.id))


def purge_keys(work: Work, before: datetime) -> int:
    """Remove for good the keys that were revoked or expired before an instant. Gives how many."""
    gone = or_(ApiKey.revoked_at < before, ApiKey.expires_at < before)
    number = work.scalar(select(func.count()).select_from(ApiKey).where(gone))
    work.run(delete(ApiKey).where(gone))
    return int(number)


_OF_OLD = (ApiKey.id, ApiKey.read_only, ApiKey.created_at, ApiKey.expires_at)
_SHOWN = (
    ApiKey.hint,
    ApiKey.read_only,
    ApiKey.created_at,
    ApiKey.last_used_at,
    ApiKey.expires_at,
    ApiKey.revoked_at,
)


def _ends_in(hint: str) -> ColumnElement[bool]:
    return ApiKey.hint.endswith(hint[-ENDING:], autoescape=True)


def _opens(now: datetime) -> ColumnElement[bool]:
    lasting = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    return and_(ApiKey.revoked_at.is_(None), lasting)
