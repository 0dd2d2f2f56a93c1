"""What stands around tasks: projects, contacts, the account, groups, plannings, risks, time
entries, check lists. Each as a table: made, changed, cleared, refused, deleted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.odata.sets.model import SPECS
from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

GUID = "0190a5d0-ac96-774b-8cce-b302099a8099"
Body = Callable[[Office], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A set. `least` makes an entity of it as `who`; `changes` are written one by one and read
    back; `nulls` can be cleared; `needed` are refused when missing, `wrong` values with their
    status; `hidden` names what `who` does not see. `cannot` are people who see it but may not.
    """

    name: str
    key: str
    least: Body
    changes: Mapping[str, Any]
    who: str = "editor"
    nulls: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    wrong: Mapping[str, tuple[Any, int]] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    cannot: tuple[str, ...] = ("viewer", "reader")
    read_only: tuple[str, ...] = ()
    chosen_key: bool = True

    def make(self, office: Office, **more: Any) -> dict[str, Any]:
        """One of them."""
        return office.as_(self.who).make(self.name, **(self.least(office) | more))

    def address(self, made: Mapping[str, Any]) -> str:
        """Where it is."""
        return f"{self.name}({made[self.key]})"


def check_list(office: Office) -> str:
    """A check list on the task."""
    made = office.editor.make("CheckList", Name="list", TaskItemId=office["task"])
    return str(made["CheckListId"])


KINDS = (
    Kind(
        "Project",
        "ProjectId",
        lambda _: {"Name": "new"},
        {
            "Name": "renamed",
            "Number": "P-7",
            "DescriptionHTML": "<p>words</p>",
            "StartDate": "2025-02-01T00:00:00Z",
            "EndDate": "2025-02-28T23:59:59Z",
            "IsArchived": True,
        },
        who="admin",
        nulls=("Number", "DescriptionText", "DescriptionHTML", "StartDate", "EndDate"),
        needed=("Name",),
        wrong={"Name": ("x" * 201, 400), "StartDate": ("soon", 400), "IsArchived": ("no", 400)},
        cannot=(),
        read_only=("ProjectNumberAndName", "ClientName", "CreatedByName"),
        chosen_key=False,
    ),
    Kind(
        "Contact",
        "ContactId",
        lambda _: {"Email": "new@example.com", "FirstName": "Nell", "LastName": "New"},
        {
            "FirstName": "Nora",
            "LastName": "Newer",
            "Email": "newer@example.com",
            "Title": "Boss",
            "TimeZoneInfo": "Europe/Berlin",
        },
        who="admin",
        nulls=("Title", "TimeZoneInfo"),
        needed=("Email", "LastName"),
        wrong={"Email": ("no address", 422), "TimeZoneInfo": ("Mars/Base", 422)},
        cannot=("manager", "editor", "viewer", "reader"),
        read_only=("DisplayName", "ImageId", "CompanyName", "IsIdentity"),
        chosen_key=False,
    ),
    Kind(
        "Group",
        "GroupId",
        lambda office: {"Name": "new", "ProjectId": office["project"]},
        {"Name": "renamed", "OrdinalPosition": 7, "DescriptionText": "words"},
        who="manager",
        nulls=("DescriptionText",),
        needed=("Name", "ProjectId"),
        wrong={"Name": ("x" * 201, 400), "OrdinalPosition": (2**31 - 1, 422)},
        hidden={"ProjectId": "away"},
        cannot=("editor", "viewer"),
    ),
    Kind(
        "Planning",
        "PlanningId",
        lambda office: {"DisplayName": "new", "ProjectId": office["project"]},
        {
            "DisplayName": "renamed",
            "PositionNumber": 7,
            "CustomColor": -5,
            "Progress": 40,
            "StartDateTime": "2025-02-01T09:00:00Z",
            "EndDateTime": "2025-02-02T09:00:00Z",
            "IsMilestone": True,
            "IsGrouping": True,
            "IsCollapsed": True,
            "DescriptionHTML": "<b>x</b>",
            "PSPCode": "1.2",
            "Location": "here",
        },
        nulls=(
            "CustomColor",
            "DescriptionHTML",
            "PSPCode",
            "Location",
            "StartDateTime",
            "EndDateTime",
        ),
        needed=("DisplayName", "ProjectId"),
        wrong={"Progress": (101, 422), "IsMilestone": (1, 400), "ParentPlanningId": (NOWHERE, 422)},
        hidden={"ProjectId": "away"},
    ),
    Kind(
        "Risk",
        "RiskId",
        lambda office: {"Name": "new", "ProjectId": office["project"]},
        {"Name": "renamed", "DescriptionHTML": "<b>x</b>", "Probability": 20, "Impact": 70},
        nulls=("DescriptionHTML",),
        needed=("Name", "ProjectId"),
        wrong={"Probability": (101, 422), "Impact": (-1, 422)},
        hidden={"ProjectId": "away"},
        read_only=("CreatedByContactId",),
    ),
    Kind(
        "TimeEntry",
        "TimeEntryId",
        lambda office: {"TaskItemId": office["task"], "DurationMinutes": 30},
        {
            "DisplayName": "work",
            "DurationMinutes": 45,
            "StartDateTime": "2014-05-12T08:00:00Z",
            "EndDateTime": "2014-05-12T11:00:00Z",
            "DescriptionHTML": "<b>x</b>",
            "IsBillable": True,
        },
        nulls=("DisplayName", "DescriptionHTML"),
        wrong={"DurationMinutes": (-1, 422), "EndDateTime": ("2014-05-12T09:00:00Z", 422)},
        hidden={"TaskItemId": "secret", "ProjectId": "away", "PerformedByContactId": "stranger"},
        read_only=("DescriptionText",),
    ),
    Kind(
        "CheckList",
        "CheckListId",
        lambda office: {"Name": "new", "TaskItemId": office["task"]},
        {"Name": "renamed", "OrdinalPosition": 7},
        needed=("Name",),
        wrong={"Name": (" ", 422)},
        hidden={"TaskItemId": "secret", "ProjectId": "away"},
    ),
    Kind(
        "CheckListItem",
        "CheckListItemId",
        lambda office: {"Name": "new", "CheckListId": check_list(office)},
        {"Name": "renamed", "OrdinalPosition": 7, "IsDone": True},
        needed=("Name", "CheckListId"),
        wrong={"IsDone": ("yes", 400), "CheckListId": (NOWHERE, 422)},
        read_only=("DoneDate",),
    ),
)
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@kinds
@pytest.mark.decision(24, 34)
def test_one_is_made_read_and_listed(office: Office, kind: Kind) -> None:
    client, body = office.as_(kind.who), kind.least(office)
    response = client.post(kind.name, body)
    assert response.status_code == 201, response.text
    made = response.json
    assert {name: made[name] for name in body} == body
    assert response.headers["Location"].endswith("/odata/" + kind.address(made))
    assert client.one(kind.address(made)) == made
    (spec,) = (each for each in SPECS if each.name == kind.name)
    solid = {each.property.name for each in spec.members if not each.property.nullable}
    assert not {name for name in solid if made[name] is None}
    assert made[kind.key] in {each[kind.key] for each in client.value(kind.name)}


@kinds
@pytest.mark.decision(24)
def test_one_is_changed(office: Office, kind: Kind) -> None:
    address = kind.address(kind.make(office))
    client = office.as_(kind.who)
    for name, value in kind.changes.items():
        before = client.one(address)
        response = client.patch(address, {name: value})
        assert (response.status_code, response.data) == (204, b""), (name, response.text)
        after = client.one(address)
        assert after[name] == value
        assert after["@odata.etag"] != before["@odata.etag"], name
    for name in kind.nulls:
        assert client.patch(address, {name: None}).status_code == 204, name
        assert client.one(address)[name] is None


@kinds
@pytest.mark.decision(24)
def test_one_is_made_with_all_of_it(office: Office, kind: Kind) -> None:
    body = {**kind.least(office), **kind.changes}
    if kind.name == "TimeEntry":
        del body["DurationMinutes"]
    made = office.as_(kind.who).make(kind.name, **body)
    assert {name: made[name] for name in body} == body


@kinds
@pytest.mark.decision(24)
def test_what_was_read_can_be_sent_back(office: Office, kind: Kind) -> None:
    client = office.as_(kind.who)
    whole = client.one(kind.address(kind.make(office)))
    for method in ("PATCH", "PUT"):
        response = client.call(method, kind.address(whole), whole)
        assert response.status_code == 204, (method, response.text)
        now = {"@odata.etag", "LastChangedDateTime"}
        after = client.one(kind.address(whole))
        assert {k: v for k, v in after.items() if k not in now} == {
            k: v for k, v in whole.items() if k not in now
        }


@kinds
@pytest.mark.decision(24)
def test_null_for_every_property(office: Office, kind: Kind) -> None:
    made, client = kind.make(office), office.as_(kind.who)
    body = kind.least(office)
    for name in (name for name in made if "@" not in name and name != kind.key):
        response = client.patch(kind.address(made), {name: None})
        if response.status_code != 204:
            assert response.status_code in (400, 422), (name, response.text)
            assert response.json["error"]["target"] == name, response.text
        unique = {"Email": f"{name}@example.com"} if kind.name == "Contact" else {}
        response = client.post(kind.name, body | unique | {name: None})
        assert response.status_code in (201, 422), (name, response.text)


@kinds
@pytest.mark.decision(24)
def test_what_is_missing_or_wrong_is_named(office: Office, kind: Kind) -> None:
    client, body = office.as_(kind.who), kind.least(office)
    with unchanged():
        for name in kind.needed:
            without = {key: value for key, value in body.items() if key != name}
            refused(client.post(kind.name, without), 422, name)
            refused(client.post(kind.name, without | {name: None}), 422, name)
        for name, (value, status) in kind.wrong.items():
            more = {"StartDateTime": "2014-05-12T10:00:00Z"} if name == "EndDateTime" else {}
            refused(client.post(kind.name, body | {name: value} | more), status, name)
        refused(client.post(kind.name, body | {"Surprise": 1}), 400, "Surprise")


@kinds
@pytest.mark.decision(7)
def test_what_one_names_and_may_not_see(office: Office, kind: Kind) -> None:
    client, body = office.as_(kind.who), kind.least(office)
    for name, hidden in kind.hidden.items():
        texts = []
        with unchanged():
            for uid in (office[hidden], NOWHERE):
                response = client.post(kind.name, body | {name: uid})
                refused(response, 422, name)
                texts.append(response.text.replace(uid, "GUID"))
        assert texts[0] == texts[1]


@kinds
@pytest.mark.decision(24)
def test_read_only_properties_are_ignored(office: Office, kind: Kind) -> None:
    made = kind.make(office)
    body = {name: NOWHERE if name.endswith("Id") else "x" for name in kind.read_only}
    body |= {name: True for name in kind.read_only if name.startswith("Is")}
    body |= {"DoneDate": "2001-01-01T00:00:00Z"} if "DoneDate" in body else {}
    assert office.as_(kind.who).patch(kind.address(made), body).status_code == 204
    after = office.as_(kind.who).one(kind.address(made))
    assert {name: after[name] for name in body} == {name: made[name] for name in body}


@kinds
@pytest.mark.decision(7)
def test_who_may_not(office: Office, kind: Kind) -> None:
    body, address = kind.least(office), kind.address(kind.make(office))
    with unchanged():
        for who in kind.cannot:
            client = office.as_(who)
            refused(client.post(kind.name, body), 403)
            refused(client.patch(address, {}), 403) if who == "reader" else None
            name, value = next(iter(kind.changes.items()))
            refused(client.patch(address, {name: value}), 403)
            refused(client.delete(address), 403)
        if kind.name != "Contact":
            for method in ("GET", "PATCH"):
                refused(office.as_("stranger").call(method, address, {}), 404)
        assert office.as_(kind.who).get(f"{kind.name}({NOWHERE})").status_code == 404


@kinds
@pytest.mark.decision(25)
def test_another_version_is_not_changed(office: Office, kind: Kind) -> None:
    made = kind.make(office)
    address, client = kind.address(made), office.as_(kind.who)
    (name, value), *_ = kind.changes.items()
    stale = {"If-Match": made["@odata.etag"]}
    client.patch(address, {name: value})
    with unchanged():
        refused(client.patch(address, {name: value}, headers=stale), 412)
        refused(client.delete(address, headers=stale), 412)
    current = {"If-Match": client.one(address)["@odata.etag"]}
    assert client.patch(address, {name: value}, headers=current).status_code == 204


@kinds
@pytest.mark.decision(24)
def test_one_is_deleted(office: Office, kind: Kind) -> None:
    address, client = kind.address(kind.make(office)), office.as_(kind.who)
    response = client.delete(address)
    assert (response.status_code, response.data) == (204, b"")
    refused(client.get(address), 404)
    refused(client.delete(address), 404)


@kinds
@pytest.mark.decision(1, 24)
def test_a_chosen_key(office: Office, kind: Kind) -> None:
    client, body = office.as_(kind.who), kind.least(office)
    if not kind.chosen_key:
        with unchanged():
            refused(client.put(f"{kind.name}({GUID})", body), 404)
        assert client.make(kind.name, **body, **{kind.key: GUID})[kind.key] != GUID
        return
    assert client.put(f"{kind.name}({GUID})", body).status_code == 201
    assert client.one(f"{kind.name}({GUID})")[kind.key] == GUID
    with unchanged():
        refused(client.post(kind.name, body | {kind.key: GUID}), 409)
