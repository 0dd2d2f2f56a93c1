"""DynamicTaskItem: the flat view over tasks, with custom fields as columns."""

from typing import Any

import pytest

from app.odata.sets.dynamic_properties import DYNAMIC_TASK
from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

PREFIXES = ("TaskItem_", "Project_", "Planning_", "ProjectPermission_")
TEXT, DATE, INTEGER, DECIMAL, BOOLEAN, LIST, CURRENCY = range(7)
VALUES: dict[int, tuple[str, Any, str]] = {
    TEXT: ("Ünïcode", "Ünïcode", "'Ünïcode'"),
    DATE: ("2025-02-01T09:00:00+01:00", "2025-02-01T08:00:00Z", "2025-02-01T08:00:00Z"),
    INTEGER: ("9007199254740993", 9007199254740993, "9007199254740993"),
    DECIMAL: ("1.50", 1.5, "1.5"),
    BOOLEAN: ("true", True, "true"),
    LIST: ("red", "red", "'red'"),
    CURRENCY: ("-2.5", -2.5, "-2.5"),
}
ORDERED: dict[int, tuple[str, str]] = {
    TEXT: ("a", "b"),
    DATE: ("2025-02-01T09:00:00Z", "2025-02-01T10:00:00+00:30"),
    INTEGER: ("9", "10"),
    DECIMAL: ("9.5", "10.25"),
    BOOLEAN: ("false", "true"),
    LIST: ("blue", "red"),
    CURRENCY: ("-10", "9"),
}


def define(office: Office, kind: int, name: str = "Extra", **more: Any) -> str:
    """A custom field of the account; gives its column name."""
    said = {"DisplayName": name, "ColumnType": kind, "ListAllowAddNewItem": kind == LIST}
    made = office.admin.make("CustomFieldDefinition", **said, **more)
    return str(made["ColumnName"])


def fill(office: Office, column: str, value: str | None, on: str = "task") -> None:
    """Set a custom field of a task."""
    address = f"CustomField(Name='{column}',ObjectId={office[on]})"
    response = office.editor.patch(address, {"Value": value})
    assert response.status_code in (201, 204), response.text


def row(office: Office, name: str = "task", who: str = "editor") -> dict[str, Any]:
    """The flat row of a task."""
    return office.as_(who).one(f"DynamicTaskItem({office[name]})")


@pytest.mark.covers("odata:GET DynamicTaskItem", "DynamicTaskItem: prefixed properties")
@pytest.mark.decision(34)
def test_all_properties_have_a_prefix(office: Office) -> None:
    found = office.editor.value("DynamicTaskItem", orderby="TaskItem_Name")
    assert [each["TaskItem_Name"] for each in found] == ["the other", "the task"]
    names = {name for name in found[0] if "@" not in name}
    assert names == {each.property.name for each in DYNAMIC_TASK.members}
    assert all(name.startswith(PREFIXES) for name in names)
    assert {"TaskItem_Name", "Project_Name", "Planning_DisplayName"} <= names


def test_a_row_merges_task_project_planning_and_rights(office: Office) -> None:
    project = {"ProjectId": office["project"]}
    phase = office.editor.make("Planning", DisplayName="Phase", PSPCode="1.2", **project)
    said = {"PlanningId": phase["PlanningId"], "ContactId": office["worker"], "WorkAmount": 2.5}
    more = {"EndDateTime": "2014-05-11T10:00:00Z", "TaskItemStatusId": office["doing"]}
    office.editor.patch(f"Task({office['task']})", {**said, **more})
    office.act("AddNote", {"htmlText": "x", "notificationContactIds": []})
    wanted = {
        "TaskItem_TaskItemId": office["task"],
        "TaskItem_Name": "the task",
        "TaskItem_IsDone": False,
        "TaskItem_WorkAmount": 2.5,
        "TaskItem_IsOverdue": True,
        "TaskItem_ContactDisplayName": "Worker Person",
        "TaskItem_TaskItemStatusName": "Doing",
        "TaskItem_GroupName": "Todos",
        "TaskItem_NotesCount": 1,
        "TaskItem_HasEndDate": 1,
        "TaskItem_HasStartDate": 0,
        "Project_ProjectId": office["project"],
        "Project_Name": "demo",
        "Project_ContactsCount": 5,
        "Project_IsArchived": False,
        "Planning_PlanningId": phase["PlanningId"],
        "Planning_DisplayName": "Phase",
        "Planning_PSPCode": "1.2",
        "ProjectPermission_PermissionTasksWrite": 1,
        "ProjectPermission_PermissionProjectWrite": 0,
        "ProjectPermission_IsProjectMember": True,
    }
    found = row(office)
    assert {name: found[name] for name in wanted} == wanted
    assert row(office, who="viewer")["ProjectPermission_PermissionTasksWrite"] == 0
    assert row(office, who="manager")["ProjectPermission_PermissionProjectWrite"] == 1


def test_every_property_can_be_filtered_and_sorted(office: Office) -> None:
    for name in (each.property.name for each in DYNAMIC_TASK.members):
        found = office.editor.value("DynamicTaskItem", orderby=f"{name} desc", select=name)
        assert [name in each for each in found] == [True, True], name
        where = f"{name} eq null or {name} ne null"
        assert len(office.editor.value("DynamicTaskItem", filter=where)) == 2, name


@pytest.mark.covers("DynamicTaskItem: CF_<FieldName>")
@pytest.mark.decision(35)
@pytest.mark.parametrize("kind", VALUES)
def test_a_custom_field_is_a_column(office: Office, kind: int) -> None:
    column = define(office, kind)
    assert row(office)["CF_Extra"] is None
    sent, kept, literal = VALUES[kind]
    fill(office, column, sent)
    assert row(office)["CF_Extra"] == kept
    for where, wanted in (
        (f"CF_Extra eq {literal}", ["the task"]),
        (f"CF_Extra ne {literal}", ["the other"]),
        ("CF_Extra eq null", ["the other"]),
        (f"CF_Extra in ({literal})", ["the task"]),
    ):
        found = office.editor.value("DynamicTaskItem", filter=where)
        assert [each["TaskItem_Name"] for each in found] == wanted, where
    path = f"DynamicTaskItem({office['task']})/CF_Extra"
    assert office.editor.one(path)["value"] == kept
    fill(office, column, None)
    assert row(office)["CF_Extra"] is None


@pytest.mark.covers("DynamicTaskItem: CF_<FieldName>")
@pytest.mark.decision(35)
@pytest.mark.parametrize("kind", ORDERED)
def test_a_custom_field_orders_and_selects(office: Office, kind: int) -> None:
    column = define(office, kind)
    low, high = ORDERED[kind]
    fill(office, column, high, "task")
    fill(office, column, low, "other")
    for order, wanted in (("asc", ["the other", "the task"]), ("desc", ["the task", "the other"])):
        found = office.editor.value(
            "DynamicTaskItem", orderby=f"CF_Extra {order}", select="TaskItem_Name,CF_Extra"
        )
        assert [each["TaskItem_Name"] for each in found] == wanted
        assert {name for name in found[0] if "@" not in name} == {"TaskItem_Name", "CF_Extra"}
    page = office.editor.get("DynamicTaskItem", orderby="CF_Extra", top=2, count="true")
    assert page.json["@odata.count"] == 2


def test_pages_in_the_order_of_a_custom_field(office: Office) -> None:
    column = define(office, DECIMAL)
    fill(office, column, "10", "task")
    fill(office, column, "9.5", "other")
    said = {"headers": {"Prefer": "odata.maxpagesize=1"}}
    path, names = "DynamicTaskItem?$orderby=CF_Extra", []
    while path:
        page = office.editor.call("GET", path, **said).json
        names += [each["TaskItem_Name"] for each in page["value"]]
        path = page.get("@odata.nextLink", "").partition("/odata/")[2]
    assert names == ["the other", "the task"]


@pytest.mark.covers("DynamicTaskItem: CF_<FieldName>")
@pytest.mark.decision(35)
def test_fields_that_a_project_defined(office: Office) -> None:
    name = "pf_dt2_0a0b0c0d_Points"
    office.act("UpdateProjectDefinedField", {"fieldName": name, "value": "5"})
    assert row(office)[f"TaskItem_{name}"] == 5
    found = office.editor.value("DynamicTaskItem", filter=f"TaskItem_{name} gt 4")
    assert [each["TaskItem_Name"] for each in found] == ["the task"]
    (definition,) = office.editor.value("CustomFieldDefinition")
    assert (definition["ColumnName"], definition["ProjectId"]) == (name, office["project"])
    assert office.as_("stranger").value("CustomFieldDefinition") == []


@pytest.mark.decision(35)
def test_fields_of_projects(office: Office) -> None:
    column = define(office, CURRENCY, "Budget", TableName="Project")
    address = f"CustomField(Name='{column}',ObjectId={office['project']})"
    assert office.as_("manager").patch(address, {"Value": "9.99"}).status_code in (201, 204)
    assert row(office)["Project_CF_Budget"] == 9.99


def test_the_name_of_a_field_is_made_an_identifier(office: Office) -> None:
    for name in ("Größe (m²)", "A", "a b", "A b"):
        if name != "A b":
            define(office, TEXT, name)
    found = {name for name in row(office) if name.startswith("CF_")}
    assert found == {"CF_Größe__m__", "CF_A", "CF_a_b"}


def test_a_column_that_is_not_there_is_null(office: Office) -> None:
    define(office, TEXT)
    assert office.editor.value("DynamicTaskItem", filter="CF_Nothing eq 'x'") == []
    assert len(office.editor.value("DynamicTaskItem", filter="CF_Nothing eq null")) == 2
    assert len(office.editor.value("DynamicTaskItem", orderby="CF_Nothing")) == 2
    (first, _) = office.editor.value("DynamicTaskItem", select="TaskItem_Name,CF_Nothing")
    assert {name for name in first if "@" not in name} == {"TaskItem_Name"}
    refused(office.editor.get("DynamicTaskItem", filter="CF_Extra eq 5"), 400)
    refused(office.editor.get(f"DynamicTaskItem({office['task']})/CF_Nothing"), 404)


def test_a_definition_that_goes_takes_its_column_along(office: Office) -> None:
    column = define(office, TEXT)
    fill(office, column, "x")
    (definition,) = office.admin.value("CustomFieldDefinition")
    address = f"CustomFieldDefinition({definition['CustomFieldDefinitionId']})"
    office.admin.patch(address, {"DisplayName": "Renamed"})
    assert row(office)["CF_Renamed"] == "x"
    office.admin.delete(address)
    assert not any(name.startswith("CF_") for name in row(office))


@pytest.mark.covers("DynamicTaskItem: read-only")
@pytest.mark.decision(24)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_read_only(office: Office, method: str) -> None:
    define(office, TEXT)
    body = {"TaskItem_Name": "x", "CF_Extra": "x"}
    one = f"DynamicTaskItem({office['task']})"
    with unchanged():
        for path in ("DynamicTaskItem", one, f"DynamicTaskItem({NOWHERE})", f"{one}/CF_Extra"):
            response = office.editor.call(method, path, body)
            assert response.status_code in (404, 405), (path, response.text)
            if NOWHERE not in path:
                assert response.status_code == 405, (path, response.text)
                assert "GET" in response.headers["Allow"]


@pytest.mark.decision(7)
def test_rows_that_one_may_not_see(office: Office) -> None:
    for name in ("secret", "away_task"):
        refused(office.editor.get(f"DynamicTaskItem({office[name]})"), 404)
    assert office.editor.get("DynamicTaskItem/$count").text == "2"
    assert office.as_("stranger").value("DynamicTaskItem") == []
    assert len(office.as_("manager").value("DynamicTaskItem")) == 3


def test_the_dynamic_set_in_any_case(office: Office) -> None:
    found = office.editor.value("dynamictaskitem", filter="TaskItem_Name eq 'the task'")
    assert len(found) == 1
