"""Request bodies about companies, people and their keys -> commands."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from app.clock import clock
from app.services.commands import AddCompany, AddPerson
from app.services.lifetimes import EXPECTED, ending
from app.services.neighbour_commands import EditPerson
from app.services.structure_commands import AddKey, EditCompany, ManagePerson, UnassignPerson
from app.teamwork.schemas.inputs import REFUSED, Bool, Id, RequestSchema, Text, Word, envelope

RIGHTS = ("is_admin", "can_add_projects")


class CompanyBody(RequestSchema):
    """A company to change."""

    name = Text(200, cleared=REFUSED)
    website = Text(500)
    phone = Text(100)


class NewCompanyBody(CompanyBody):
    """A company to add."""

    name = Text(200, cleared=REFUSED, required=True)


class PermissionsBody(RequestSchema):
    """What a member may do in a project; `role` is Tandem's (decision 7)."""

    manages = Bool(data_key="project-administrator", cleared=False)
    role = Word({"viewer": "viewer", "editor": "editor", "manager": "manager"})


def role_of(body: Mapping[str, Any]) -> str:
    """PUT /projects/{id}/people/{id}.json: the role that is meant. Raises Invalid."""
    asked = PermissionsBody().read(envelope(body, "permissions"))
    if "role" in asked:
        return str(asked["role"])
    return "manager" if asked.get("manages") else "editor"


class Zone(Text):
    """A zone of the IANA database."""

    json_type: Mapping[str, Any] = {"type": "string", "examples": ["Europe/Berlin"]}

    def parse(self, value: Any) -> str:
        name = super().parse(value)
        if name not in available_timezones():
            raise ValueError
        return name


class Email(Text):
    """An e-mail address."""

    json_type: Mapping[str, Any] = {"type": "string", "examples": ["pat@example.com"]}

    def parse(self, value: Any) -> str:
        address = super().parse(value).strip()
        name, at, host = address.rpartition("@")
        if not (name and at and host) or any(sign.isspace() for sign in address):
            raise ValueError
        return address


class PersonBody(RequestSchema):
    """A person to change."""

    first_name = Text(100, cleared=REFUSED, data_key="first-name")
    last_name = Text(100, data_key="last-name")
    email = Email(320, cleared=REFUSED, data_key="email-address")
    company_id = Id(data_key="company-id", aliases=("companyId",))
    user_name = Text(320, data_key="user-name", cleared=REFUSED)
    title = Text(200)
    avatar_url = Text(1000, data_key="avatar-url")
    zone = Zone(64, data_key="timezone", cleared=None)
    is_admin = Bool(data_key="administrator", cleared=False)
    can_add_projects = Bool(data_key="can-add-projects", cleared=False)


class EditedPersonBody(PersonBody):
    """A person to change, and perhaps to take off all his tasks."""

    unassign = Bool(data_key="unassignFromAll", cleared=False, aliases=("unassign-from-all",))


class NewPersonBody(PersonBody):
    """A person to add."""

    first_name = Text(100, cleared=REFUSED, required=True, data_key="first-name")
    last_name = Text(100, required=True, data_key="last-name")
    email = Email(320, cleared=REFUSED, required=True, data_key="email-address")
    user_name = Text(320, data_key="user-name")


class Lifetime(Text):
    """How long a key lasts."""

    json_type: Mapping[str, Any] = {"type": "string", "examples": ["90d", "2027-01-31"]}

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(longest, **options)
        self.expected = f"{EXPECTED}, in the future"

    def parse(self, value: Any) -> str:
        text = super().parse(value)
        ending(text, clock.now(), "UTC")  # the zone of a day is not known here
        return text


class KeyBody(RequestSchema):
    """A key to add."""

    read_only = Bool(data_key="read-only", cleared=False, aliases=("readOnly",))
    expires = Lifetime(40, aliases=("expires-at", "expiresAt"))


def add_company(body: Mapping[str, Any]) -> AddCompany:
    """POST /companies.json. Raises Invalid."""
    return AddCompany(**NewCompanyBody().read(envelope(body, "company")))


def add_person(body: Mapping[str, Any]) -> AddPerson:
    """POST /people.json. Raises Invalid."""
    return AddPerson(**NewPersonBody().read(envelope(body, "person")))


def edit_company(body: Mapping[str, Any], company_id: int) -> EditCompany:
    """PUT /companies/{id}.json. Raises Invalid."""
    return EditCompany(company_id=company_id, **CompanyBody.read(envelope(body, "company")))


def edit_person(body: Mapping[str, Any], person_id: int) -> list[ManagePerson | UnassignPerson]:
    """PUT /people/{id}.json: what it asks for, in this order. Raises Invalid."""
    values = EditedPersonBody.read(envelope(body, "person"))
    unassigning: list[ManagePerson | UnassignPerson] = []
    if values.pop("unassign", False):
        unassigning = [UnassignPerson(person_id)]
        if not values:
            return unassigning
    rights = {name: values.pop(name) for name in RIGHTS if name in values}
    edit = EditPerson(person_id=person_id, **values)
    return [ManagePerson(edit=edit, **rights), *unassigning]


def add_key(body: Mapping[str, Any], person_id: int) -> AddKey:
    """POST /people/{id}/keys.json; without a body the key may write. Raises Invalid."""
    values = KeyBody.read(envelope(body, "key")) if body else {}
    return AddKey(person_id, **values)
