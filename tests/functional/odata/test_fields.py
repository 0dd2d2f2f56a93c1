"""CustomFieldDefinition and CustomField (decision 35)."""

import re
from typing import Any

import pytest

from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

TYPES = ("String", "DateTime", "Integer", "Decimal", "Boolean", "List", "Currency")
MEMBERS = {
    "CustomFieldDefinitionId",
    "ColumnName",
    "DisplayName",
    "TableName",
    "OrdinalPosition",
    "ColumnType",
    "ProjectId",
    "CurrencySymbol",
    "ListAllowEmptySelection",
    "ListAllowAddNewItem",
}


def define(office: Office, **more: Any) -> dict[str, Any]:
    """A definition of the account."""
    return office.admin.make("CustomFieldDefinition", **({"DisplayName": "Extra"} | more))


def address(office: Office, column: str, on: str = "task") -> str:
    """Where the value of a task is."""
    return f"CustomField(Name='{column}',ObjectId={office[on]})"


@pytest.mark.decision(35)
def test_a_definition(office: Office) -> None:
    made = define(office, DisplayName="My field!", ColumnType=6, CurrencySymbol="€")
    assert {name for name in made if "@" not in name} == MEMBERS
    assert re.fullmatch("cf_[0-9a-f]{8}_Myfield", made["ColumnName"])
    said = {"DisplayName": "My field!", "ColumnType": 6, "CurrencySymbol": "€"}
    assert {name: made[name] for name in said} == said
    assert (made["TableName"], made["ProjectId"]) == ("TaskItem", None)
    key = made["CustomFieldDefinitionId"]
    assert office.as_("viewer").one(f"CustomFieldDefinition({key})") == made


@pytest.mark.decision(24, 35)
def test_a_definition_is_changed_and_deleted(office: Office) -> None:
    made = define(office)
    where = f"CustomFieldDefinition({made['CustomFieldDefinitionId']})"
    body = {"DisplayName": "Other", "OrdinalPosition": 7, "ListAllowEmptySelection": False}
    assert office.admin.patch(where, body).status_code == 204
    shown = office.admin.one(where)
    assert {name: shown[name] for name in body} == body
    assert shown["ColumnName"] == made["ColumnName"]
    office.admin.patch(where, {"ColumnName": "cf_mine"})
    assert office.admin.one(where)["ColumnName"] == made["ColumnName"]
    with unchanged():
        refused(office.admin.patch(where, {"ColumnType": 3}), 422, "ColumnType")
        refused(office.admin.patch(where, {"TableName": "Project"}), 422, "TableName")
    assert office.admin.delete(where).status_code == 204
    refused(office.admin.get(where), 404)


@pytest.mark.parametrize(
    ("body", "status", "target"),
    [
        ({"DisplayName": None}, 422, "DisplayName"),
        ({"DisplayName": " "}, 422, "DisplayName"),
        ({"ColumnType": 7}, 422, "ColumnType"),
        ({"ColumnType": "String"}, 400, "ColumnType"),
        ({"TableName": "Budget"}, 422, "TableName"),
        ({"ProjectId": NOWHERE}, 422, "ProjectId"),
        ({"CurrencySymbol": "x" * 11}, 400, "CurrencySymbol"),
    ],
)
def test_what_is_no_definition(
    office: Office, body: dict[str, Any], status: int, target: str
) -> None:
    with unchanged():
        said = {"DisplayName": "x"} | body
        refused(office.admin.post("CustomFieldDefinition", said), status, target)


@pytest.mark.decision(7, 35)
def test_who_defines_fields(office: Office) -> None:
    made = define(office)
    where = f"CustomFieldDefinition({made['CustomFieldDefinitionId']})"
    own = {"DisplayName": "Own", "ProjectId": office["project"]}
    with unchanged():
        for who in ("manager", "editor", "reader"):
            client = office.as_(who)
            refused(client.post("CustomFieldDefinition", {"DisplayName": "x"}), 403)
            refused(client.patch(where, {"DisplayName": "x"}), 403)
            refused(client.delete(where), 403)
        refused(office.editor.post("CustomFieldDefinition", own), 403)
        refused(office.admin.post("CustomFieldDefinition", {"DisplayName": "EXTRA"}), 409)
    mine = office.as_("manager").make("CustomFieldDefinition", **own)
    assert re.fullmatch("pf_dt0_[0-9a-f]{8}_Own", mine["ColumnName"])
    refused(
        office.as_("stranger").get(f"CustomFieldDefinition({mine['CustomFieldDefinitionId']})"), 404
    )


@pytest.mark.parametrize("number", range(7))
@pytest.mark.decision(35)
def test_values_of_every_type(office: Office, number: int) -> None:
    column = define(office, ColumnType=number, ListAllowAddNewItem=True)["ColumnName"]
    sent = ("text", "2025-02-01T09:00:00Z", "7", "1.5", "true", "red", "2.25")[number]
    where = address(office, column)
    refused(office.editor.get(where), 404)
    response = office.editor.patch(where, {"Value": sent})
    assert response.status_code == 201, response.text
    shown = office.editor.one(where)
    assert (shown["Name"], shown["ObjectId"]) == (column, office["task"])
    assert shown["Type"] == TYPES[number]
    assert shown["Value"] == (sent if number != 1 else "2025-02-01T09:00:00.000000Z")
    assert office.editor.patch(where, {"Value": sent}).status_code == 204


@pytest.mark.parametrize(
    "form",
    [
        "CustomField(Name='{0}',ObjectId={1})",
        "CustomField(ObjectId={1},Name='{0}')",
        "CustomField(Name={0},ObjectId='{1}')",
        "CustomField/Name={0},ObjectId={1}",
        "customfield(name='{0}',objectid={1})",
    ],
)
@pytest.mark.decision(22, 35)
def test_forms_of_the_address(office: Office, form: str) -> None:
    where = form.format(define(office)["ColumnName"], office["task"])
    assert office.editor.patch(where, {"Value": "one"}).status_code == 201
    assert office.editor.one(where)["Value"] == "one"
    assert office.editor.patch(where, {"Value": "two"}).status_code == 204
    assert office.editor.one(where)["Value"] == "two"
    assert office.editor.delete(where).status_code == 204
    refused(office.editor.get(where), 404)


@pytest.mark.decision(35)
def test_a_value_is_posted_listed_and_cleared(office: Office) -> None:
    column = define(office)["ColumnName"]
    body = {"Name": column, "ObjectId": office["task"], "Value": "x"}
    response = office.editor.post("CustomField", body)
    assert response.status_code == 201, response.text
    assert "CustomField(" in response.headers["Location"]
    office.editor.patch(address(office, column, "other"), {"Value": "y"})
    found = office.editor.value("CustomField", filter=f"ObjectId eq {office['task']}")
    assert [(each["Name"], each["Value"]) for each in found] == [(column, "x")]
    assert office.editor.patch(address(office, column), {"Value": None}).status_code == 204
    assert [each["Value"] for each in office.editor.value("CustomField")] == ["y"]


@pytest.mark.decision(25, 35)
def test_a_value_is_part_of_its_task(office: Office) -> None:
    before = office.one()["@odata.etag"]
    office.editor.patch(address(office, define(office)["ColumnName"]), {"Value": "x"})
    assert office.one()["@odata.etag"] != before


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (1, "tomorrow"),
        (2, "1.5"),
        (2, str(2**63)),
        (3, "one"),
        (4, "yes"),
        (5, "blue"),
        (6, "1,5"),
    ],
)
@pytest.mark.decision(35)
def test_what_is_no_value(office: Office, number: int, value: str) -> None:
    where = address(office, define(office, ColumnType=number)["ColumnName"])
    with unchanged():
        refused(office.editor.patch(where, {"Value": value}), 422, "Value")
        refused(office.editor.patch(where, {"Value": 5}), 400, "Value")


@pytest.mark.decision(35)
def test_a_list_takes_its_options_in_any_case(office: Office) -> None:
    made = define(office, ColumnType=5, ListAllowAddNewItem=True)
    where = address(office, made["ColumnName"])
    office.editor.patch(where, {"Value": "Red"})
    office.editor.patch(where, {"Value": "rED"})
    assert office.editor.one(where)["Value"] == "Red"
    key = made["CustomFieldDefinitionId"]
    office.admin.patch(f"CustomFieldDefinition({key})", {"ListAllowAddNewItem": False})
    with unchanged():
        refused(office.editor.patch(where, {"Value": "Blue"}), 422, "Value")


@pytest.mark.decision(7, 35)
def test_values_of_what_one_may_not_see(office: Office) -> None:
    column = define(office)["ColumnName"]
    office.as_("manager").patch(address(office, column, "secret"), {"Value": "x"})
    with unchanged():
        for where in (
            address(office, column, "secret"),
            f"CustomField(Name='{column}',ObjectId={NOWHERE})",
            f"CustomField(Name='cf_nothing',ObjectId={office['task']})",
        ):
            refused(office.editor.get(where), 404)
            refused(office.editor.patch(where, {"Value": "x"}), 404)
        for who in ("viewer", "reader"):
            refused(office.as_(who).patch(address(office, column), {"Value": "x"}), 403)
    assert office.editor.value("CustomField") == []
