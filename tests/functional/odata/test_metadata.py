"""$metadata: the model that clients are generated from, and its two forms; the settings."""

from xml.etree.ElementTree import fromstring

import pytest

from app.config import Settings
from tests.contract import csdl_rules
from tests.contract.inloox import NOTE, TASK
from tests.functional.odata.office import Office

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
NAMESPACE = "InLoox.PM.Domain.Model.Aggregates.Api"
SETS = [
    "Task",
    "TaskItemNote",
    "TaskStatus",
    "TaskItemTemplate",
    "DynamicTaskItem",
    "Project",
    "Contact",
    "AccountInfo",
    "Group",
    "Planning",
    "Risk",
    "Document",
    "TimeEntry",
    "UserStopwatch",
    "CheckList",
    "CheckListItem",
    "CustomFieldDefinition",
    "CustomField",
    "AuditEntry",
]
SPREADSHEET = (
    "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
    "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7"
)


@pytest.mark.decision(34, 36)
def test_the_metadata_are_sound(office: Office) -> None:
    response = office.as_("stranger").get("$metadata")
    assert response.headers["Content-Type"].startswith("application/xml")
    assert csdl_rules.check(response.data) == []
    root = fromstring(response.data)
    (container,) = root.iter(f"{EDM}EntityContainer")
    assert container.get("Name") == "Container"
    assert [each.get("Name") for each in container.iter(f"{EDM}EntitySet")] == SETS
    types = {each.get("Name"): each for each in root.iter(f"{EDM}EntityType")}
    for name, members in (("ApiTask", TASK), ("ApiTaskItemNote", NOTE)):
        assert [each.get("Name") for each in types[name].iter(f"{EDM}Property")] == members
    assert types["ApiDynamicTaskItem"].get("OpenType") == "true"
    schemas = {each.get("Namespace") for each in root.iter(f"{EDM}Schema")}
    assert {NAMESPACE, "Default"} <= schemas


NULLABLE = {
    "Name": "Edm.String",
    "TaskItemStatusId": "Edm.Guid",
    "ContactId": "Edm.Guid",
    "ProjectId": "Edm.Guid",
    "PlanningId": "Edm.Guid",
    "StartDateTime": "Edm.DateTimeOffset",
    "EndDateTime": "Edm.DateTimeOffset",
    "DoneDate": "Edm.DateTimeOffset",
    "CustomColor": "Edm.Int32",
    "DescriptionHTML": "Edm.String",
    "AssignedByContactId": "Edm.Guid",
    "ContactDisplayName": "Edm.String",
    "ContactImageId": "Edm.Guid",
    "RiskId": "Edm.Guid",
    "RiskName": "Edm.String",
}
SOLID = {
    "TaskItemId": "Edm.Guid",
    "GroupId": "Edm.Guid",
    "IsDone": "Edm.Boolean",
    "WorkAmount": "Edm.Double",
    "CardPositionNumber": "Edm.Int32",
    "IsBillable": "Edm.Boolean",
    "Recurrence": "Edm.Int32",
    "CreatedByContactId": "Edm.Guid",
    "ChecklistItemsCount": "Edm.Int32",
    "CheckListItemsDoneCount": "Edm.Int32",
    "CheckListItemsOpenCount": "Edm.Int32",
    "ContributorsCount": "Edm.Int32",
    "ContributorsWorkAmount": "Edm.Double",
    "WorkAmountOwner": "Edm.Double",
}


@pytest.mark.decision(34)
def test_types_of_the_data_model(office: Office) -> None:
    root = fromstring(office.editor.get("$metadata").data)
    (task,) = (each for each in root.iter(f"{EDM}EntityType") if each.get("Name") == "ApiTask")
    found = {each.get("Name"): each for each in task.iter(f"{EDM}Property")}
    for names, nullable in ((NULLABLE, True), (SOLID, False)):
        for name, kind in names.items():
            assert found[name].get("Type") == kind, name
            assert (found[name].get("Nullable") != "false") == nullable, name
    assert set(found) == {*NULLABLE, *SOLID}


@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [
        (None, "", "application/xml"),
        ("*/*", "", "application/xml"),
        ("application/xml", "", "application/xml"),
        (SPREADSHEET, "", "application/xml"),
        ("application/json", "", "application/json"),
        ("*/*", "?$format=json", "application/json"),
        ("application/json", "?$format=xml", "application/xml"),
    ],
)
@pytest.mark.decision(36)
def test_the_form_of_the_metadata(
    office: Office, accept: str | None, query: str, kind: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    response = office.editor.call("GET", f"$metadata{query}", headers=headers)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith(kind)


@pytest.mark.decision(38)
def test_settings_that_the_decisions_name() -> None:
    named = {each.metadata["name"] for each in Settings.__dataclass_fields__.values()}
    words = "TEAMWORK_SHAPE TIMEZONE CLOCK ADMIN_KEY SAMPLE FILES"
    assert {f"TANDEM_{word}" for word in words.split()} <= named
