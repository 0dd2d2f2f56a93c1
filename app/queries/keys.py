"""From a key to the person who holds it: the first statement of every request."""

import hashlib

from sqlalchemy import bindparam, select

from app.access import Viewer
from app.extensions import db
from app.models import Account, ApiKey, Person


def digest(key: str) -> str:
    """What is stored of a key: it has 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


_BY_DIGEST = (
    select(
        Person.id,
        Person.is_admin,
        Person.can_add_projects,
        Person.zone,
        ApiKey.read_only,
        Account.weeks_start_on_sunday,
    )
    .select_from(ApiKey)
    .join(Person, Person.id == ApiKey.person_id)
    .join(Account, Account.id.is_not(None))
    .where(
        ApiKey.digest == bindparam("digest"),
        ApiKey.revoked_at.is_(None),
        Person.deleted_at.is_(None),
    )
    .limit(1)
)


def viewer_of(key_digest: str, account_zone: str) -> Viewer | None:
    """The viewer whose key has this digest; None when there is none, or it was revoked."""
    with db.engine.connect() as connection:
        row = connection.execute(_BY_DIGEST, {"digest": key_digest}).first()
    if row is None:
        return None
    return Viewer(
        person_id=row.id,
        admin=row.is_admin,
        can_add_projects=row.can_add_projects,
        read_only=row.read_only,
        zone=row.zone or account_zone,
        account_zone=account_zone,
        weeks_start_on_sunday=row.weeks_start_on_sunday,
    )
