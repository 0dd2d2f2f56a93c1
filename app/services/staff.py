"""What people may do, who leaves, and people's keys; contacts.py changes what is said of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, select, true

from app.access import Viewer, visible_person
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import ApiKey, Person
from app.queries.keys import digest
from app.services.contacts import edit_person
from app.services.finding import row_to_change, sent
from app.services.keys import new_key, revoke_keys
from app.services.lifetimes import EXPECTED, ending
from app.services.structure_commands import (
    AddKey,
    DeletePerson,
    ManagePerson,
    NewKey,
    RevokeKey,
)
from app.services.work import Work

REFUSAL = "Only an administrator may do this"
NOT_YOURS = "Only the person himself or an administrator may manage his keys"
LAST = "The account needs an administrator: make somebody else one first"
RIGHTS = ("is_admin", "can_add_projects")


def manage_person(command: ManagePerson, work: Work) -> None:
    """Change a person and his rights. Raises NotFound, Forbidden, Invalid, Conflict."""
    edit_person(command.edit, work)
    rights = sent(command, *RIGHTS)
    if not rights:
        return
    person = _person(work, command.edit.person_id, true(), REFUSAL)
    changed = {name: value for name, value in rights.items() if value != getattr(person, name)}
    if changed and not work.viewer.may_manage_people:
        raise Forbidden("Only an administrator may change what people may do")
    if changed.get("is_admin") is False:
        _keep_an_administrator(work, person.id)
    if changed:
        work.change(Person, person.id, **changed)


def delete_person(command: DeletePerson, work: Work) -> None:
    """Hide a person, revoke his keys and close his feed. His address is free again. Raises
    NotFound, Forbidden, Conflict.
    """
    allowed = true() if work.viewer.may_manage_people else false()
    person = _person(work, command.person_id, allowed, REFUSAL)
    if person.is_admin:
        _keep_an_administrator(work, person.id)
    revoke_keys(work, person.id)
    gone = {"deleted_at": work.now, "feed_token": None, "is_admin": False}
    # No address has a space in it.
    work.change(Person, person.id, email_key=f"{person.email_key} {person.id}", **gone)


def _keep_an_administrator(work: Work, person_id: int) -> None:
    """Raise Conflict when nobody else is an administrator. All of them are held, so that two do
    not dismiss each other.
    """
    admins = (Person.is_admin, Person.deleted_at.is_(None))
    held = select(Person.id).where(*admins).order_by(Person.id).with_for_update(key_share=True)
    if not set(work.ids(held)) - {person_id}:
        raise Conflict(LAST)


def add_key(command: AddKey, work: Work) -> NewKey:
    """Give a person a key. Raises NotFound, Forbidden, Invalid."""
    person = _person(work, command.person_id, _own(work.viewer), NOT_YOURS)
    end = _end(command.expires, work)
    text = new_key(work, person.id, read_only=command.read_only, expires_at=end)
    return NewKey(int(work.scalar(select(ApiKey.id).where(ApiKey.digest == digest(text)))), text)


def _end(expires: str, work: Work) -> datetime | None:
    try:
        return ending(expires, work.now, work.viewer.account_zone) if expires else None
    except ValueError:
        raise Invalid({"expires": f"must be {EXPECTED}, in the future"}) from None


def revoke_key(command: RevokeKey, work: Work) -> None:
    """Revoke a key of a person; one that is revoked stays so. Raises NotFound, Forbidden."""
    person = _person(work, command.person_id, _own(work.viewer), NOT_YOURS)
    mine = (ApiKey.id == command.key_id, ApiKey.person_id == person.id)
    key = work.first(select(ApiKey.id, ApiKey.revoked_at).where(*mine))
    if key is None:
        raise NotFound("Key not found")
    if key.revoked_at is None:
        work.change(ApiKey, key.id, revoked_at=work.now)


def _own(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.admin else Person.id == viewer.me


def _person(work: Work, person_id: int, allowed: ColumnElement[bool], refusal: str) -> Any:
    return row_to_change(work, Person, person_id, visible_person(work.viewer), allowed, refusal)
