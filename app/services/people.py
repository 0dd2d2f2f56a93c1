"""Companies and people."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, update

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import Account, Company, Person
from app.models.base import new_uid
from app.services import checks
from app.services.commands import AddCompany, AddPerson
from app.services.contacts import CHECKS
from app.services.work import Work

SAID = ("first_name", "last_name", "email", "title", "avatar_url", "zone")


def _administrators_only(work: Work) -> None:
    if not work.viewer.admin:
        raise Forbidden("Only an administrator may do this")


def add_company(command: AddCompany, work: Work) -> int:
    """Add a company. Raises Forbidden."""
    _administrators_only(work)
    return work.insert(
        Company,
        name=command.name,
        name_key=command.name.casefold(),
        website=command.website,
        phone=command.phone,
    )


def add_person(command: AddPerson, work: Work) -> int:
    """Add a person, in the owner's company unless said. Raises Forbidden, Invalid, Conflict."""
    _administrators_only(work)
    said = {name: getattr(command, name) for name in SAID}
    return new_person(work, replace(command, **checks.checked(said, CHECKS)))


def new_person(work: Work, command: AddPerson) -> int:
    """As add_person, for the command line, where no viewer acts."""
    key = command.email.casefold()
    if work.scalar(select(Person.id).where(Person.email_key == key)) is not None:
        raise Conflict(f"email-address: {command.email} is somebody's already")
    company, alive = command.company_id, (Company.deleted_at.is_(None),)
    if company is None:
        company = work.scalar(select(Company.id).order_by(Company.is_owner.desc(), Company.id))
    elif work.scalar(select(Company.id).where(Company.id == company, *alive)) is None:
        raise Invalid({"employer_id": f"no such company: {company}"})
    return work.insert(
        Person,
        company_id=company,
        first_name=command.first_name,
        last_name=command.last_name,
        email=command.email,
        email_key=key,
        user_name=command.user_name or command.email,
        title=command.title,
        avatar_url=command.avatar_url,
        image_uid=new_uid() if command.avatar_url else None,
        zone=command.zone,
        is_admin=command.is_admin,
        can_add_projects=command.can_add_projects,
    )


def set_up(work: Work, account_name: str) -> bool:
    """Make the account and the owner's company in an empty store; gives whether it was empty."""
    if work.scalar(select(func.count()).select_from(Account)):
        return False
    work.insert(Account, name=account_name)
    work.insert(Company, name=account_name, name_key=account_name.casefold(), is_owner=True)
    return True


def has_administrator(work: Work) -> bool:
    """Somebody can manage people already."""
    where = (Person.is_admin, Person.deleted_at.is_(None))
    return work.scalar(select(Person.id).where(*where)) is not None


def set_week_start(work: Work, sunday: bool) -> None:
    """Let the account's weeks start on Sunday, or on Monday."""
    work.run(update(Account).values(weeks_start_on_sunday=sunday, version=Account.version + 1))


def person_by_email(work: Work, email: str) -> Any:
    """The person with an e-mail address, in any case. Raises NotFound."""
    where = (Person.email_key == email.casefold(), Person.deleted_at.is_(None))
    found = work.first(select(Person.id).where(*where))
    if found is None:
        raise NotFound(f"nobody has the address {email}")
    return found
