"""People changed by themselves or by an administrator. Adding one is in people.py."""

from functools import partial
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import ColumnElement, false, select, true

from app.access import Viewer, visible_person
from app.errors import Conflict, Forbidden, Invalid
from app.models import Company, Person
from app.models.base import new_uid
from app.services import checks
from app.services.finding import change, row_to_change, sent
from app.services.neighbour_commands import EditPerson, RevokeFeed
from app.services.work import Work

REFUSAL = "Only the person himself or an administrator may do this"


def _zone(value: str | None, field: str) -> str | None:
    if value is not None and value not in available_timezones():
        raise Invalid({field: f"no such time zone: {value[:64]}"})
    return value


def _email(value: str, field: str) -> str:
    user, at, host = checks.name(value, field, 320).strip().rpartition("@")
    if not (user and at and host) or any(each.isspace() for each in user + host):
        raise Invalid({field: "an e-mail address"})
    return f"{user}@{host}"


CHECKS: dict[str, Any] = {
    "first_name": partial(checks.text, most=100),
    "last_name": partial(checks.text, most=100),
    "email": _email,
    "user_name": partial(checks.name, most=320),
    "title": partial(checks.text, most=200),
    "avatar_url": partial(checks.text, most=1000),
    "zone": _zone,
    "company_id": checks.anything,
}


def edit_person(command: EditPerson, work: Work) -> None:
    """Change a person. Raises NotFound, Forbidden, Invalid, Conflict."""
    person = person_to_change(work, command.person_id)
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    if values.get("company_id", person.company_id) != person.company_id:
        _check_company(work, values["company_id"])
    if "email" in values:
        values["email_key"] = values["email"].casefold()
        _check_email(work, person.id, values["email_key"])
    if values.get("avatar_url", person.avatar_url) != person.avatar_url:
        values["image_uid"] = new_uid() if values["avatar_url"] else None
    change(work, Person, person, values)


def revoke_feed(command: RevokeFeed, work: Work) -> None:
    """Close the address of a person's calendar feed. Raises NotFound, Forbidden."""
    person = person_to_change(work, command.person_id)
    work.change(Person, person.id, feed_token=None)


def person_to_change(work: Work, person_id: int) -> Any:
    """The person, locked, for himself and administrators. Raises NotFound, Forbidden."""
    viewer = work.viewer
    return row_to_change(
        work, Person, person_id, visible_person(viewer), _changeable(viewer), REFUSAL
    )


def _changeable(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.read_only:
        return false()
    return true() if viewer.admin else Person.id == viewer.me


def _check_company(work: Work, company_id: int) -> None:
    if not work.viewer.admin:
        raise Forbidden("Only an administrator may move people to another company")
    where = (Company.id == company_id, Company.deleted_at.is_(None))
    if work.scalar(select(Company.id).where(*where)) is None:
        raise Invalid({"company_id": f"no such company: {company_id}"})


def _check_email(work: Work, person_id: int, email_key: str) -> None:
    where = (Person.email_key == email_key, Person.id != person_id)
    if work.scalar(select(Person.id).where(*where)) is not None:
        raise Conflict("email: the address is somebody's already")
