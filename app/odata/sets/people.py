"""Contact (a person), and AccountInfo, by which clients test their key."""

from sqlalchemy import literal

from app.odata.engine.edm import BOOLEAN, GUID, STRING
from app.odata.sets.spec import SetSpec, Values, member, to_many
from app.queries.catalogues.account import ACCOUNT
from app.queries.catalogues.structure import PEOPLE
from app.services.commands import AddPerson
from app.services.neighbour_commands import EditPerson
from app.services.structure_commands import DeletePerson


def _add(values: Values) -> AddPerson:
    return AddPerson(**{"first_name": "", "last_name": "", **values})


CONTACT = SetSpec(
    name="Contact",
    type_name="ApiContact",
    key=("ContactId",),
    catalogue=PEOPLE,
    members=(
        member("ContactId", GUID, "uid", nullable=False),
        member("DisplayName", STRING, "display_name"),
        member("Email", STRING, "email", "email", empty="", max_length=320),
        member("ImageId", GUID, "image_uid"),
        member("Title", STRING, "title", "title", empty="", blank=True, max_length=200),
        member("FirstName", STRING, "first_name", "first_name", empty="", max_length=100),
        member("LastName", STRING, "last_name", "last_name", empty="", max_length=100),
        member("CompanyName", STRING, "company_name"),
        member("TimeZoneInfo", STRING, "zone", "zone", max_length=64),
        member("IsIdentity", BOOLEAN, "has_key", nullable=False),
    ),
    ways=(to_many("Tasks", "ApiTask", "tasks", partner="Contact"),),
    add=_add,
    edit=lambda row_id, values: EditPerson(person_id=row_id, **values),
    drop=DeletePerson,
    required=("Email", "LastName"),
    bindings={"Tasks": "Task"},
)

ACCOUNT_INFO = SetSpec(
    name="AccountInfo",
    type_name="ApiAccountInfo",
    key=("AccountId",),
    catalogue=ACCOUNT,
    members=(
        member("AccountId", GUID, "uid", nullable=False),
        member("Name", STRING, "name"),
        member("TimeZone", STRING, lambda viewer: literal(viewer.account_zone)),
    ),
)
