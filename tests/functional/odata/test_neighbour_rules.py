"""What the sets around tasks do that is their own: the account, roles, what goes with what."""

import pytest

from app.odata.operations.facts import CONTRIBUTOR, STOPWATCH
from app.odata.sets.model import SPECS
from app.queries import identities
from app.queries.catalogues.contributors import CONTRIBUTORS
from app.queries.catalogues.time import STOPWATCHES
from tests.functional.odata.office import Office, refused, unchanged
from tests.odata import OData


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_what_a_set_names_is_there(spec) -> None:  # type: ignore[no-untyped-def]
    by_type = {each.type_name: each for each in SPECS}
    for member in spec.members:
        assert callable(member.column) or member.column in spec.catalogue.columns
    changes = {each.change: each.empty for each in spec.members if each.change}
    if spec.add is not None:
        assert spec.add(changes) is not None
        assert spec.edit(1, {name: changes[name] for name in changes if name != "uid"}) is not None
    for way in spec.ways:
        target = by_type[way.navigation.target.rpartition(".")[2]]
        link = spec.catalogue.links[way.link]
        assert identities.catalogue_named(link.target) is target.catalogue
        assert spec.bindings[way.navigation.name] == target.name
        partner = way.navigation.partner
        assert partner is None or partner in {each.navigation.name for each in target.ways}


def test_what_operations_read_is_there() -> None:
    assert set(STOPWATCH.values()) <= set(STOPWATCHES.columns)
    assert set(CONTRIBUTOR.values()) <= set(CONTRIBUTORS.columns)


@pytest.mark.decision(9, 34)
def test_the_account_tells_whether_a_key_is_good(office: Office) -> None:
    for who in ("stranger", "reader", "admin"):
        (account,) = office.as_(who).value("AccountInfo")
        assert set(account) - {"@odata.etag"} == {"AccountId", "Name", "TimeZone"}
        assert (account["Name"], account["TimeZone"]) == ("Demo Company", "UTC")
        assert office.as_(who).one(f"AccountInfo({account['AccountId']})")["Name"] == "Demo Company"
    refused(OData(office.app, "wrong").get("AccountInfo"), 401)
    with unchanged():
        for method in ("POST", "PATCH", "DELETE"):
            path = f"AccountInfo({account['AccountId']})" if method != "POST" else "AccountInfo"
            assert office.admin.call(method, path, {}).status_code == 405


@pytest.mark.decision(7)
def test_projects_that_one_sees(office: Office) -> None:
    assert office.editor.names("Project") == ["demo"]
    assert office.as_("stranger").value("Project") == []
    assert set(office.admin.names("Project")) == {"demo", "away"}
    with unchanged():
        refused(office.editor.post("Project", {"Name": "x"}), 403)
        for who in ("editor", "viewer", "reader"):
            refused(office.as_(who).patch(f"Project({office['project']})", {"Name": "x"}), 403)
    managed = office.as_("manager").patch(f"Project({office['project']})", {"Name": "x"})
    assert managed.status_code == 204
    assert office.tw().task(office.ids["task"])["project-name"] == "x"


@pytest.mark.decision(7)
def test_people_that_one_sees(office: Office) -> None:
    shown = {each["DisplayName"] for each in office.editor.value("Contact")}
    assert "Worker Person" in shown
    assert "Stranger Person" not in shown
    me = f"Contact({office['editor']})"
    assert office.editor.patch(me, {"Title": "Editor"}).status_code == 204
    assert office.editor.one(me)["Title"] == "Editor"
    with unchanged():
        refused(office.editor.patch(f"Contact({office['worker']})", {"Title": "x"}), 403)
        refused(office.editor.get(f"Contact({office['stranger']})"), 404)
        said = {"Email": office.editor.one(me)["Email"].upper(), "LastName": "Two"}
        refused(office.admin.post("Contact", said), 409)
    assert office.editor.one(me)["IsIdentity"] is True


def test_a_group_with_tasks_is_not_deleted(office: Office) -> None:
    group = f"Group({office['list']})"
    with unchanged():
        refused(office.as_("manager").delete(group), 409)
    tasks = [office["task"], office["other"]]
    office.editor.post("Task/BatchDelete", tasks)
    office.as_("manager").delete(f"Task({office['secret']})")
    assert office.as_("manager").delete(group).status_code == 204


def test_a_planning_below_another(office: Office) -> None:
    said = {"ProjectId": office["project"]}
    above = office.editor.make("Planning", DisplayName="Phase", **said)
    below = office.editor.make(
        "Planning", DisplayName="Step", ParentPlanningId=above["PlanningId"], **said
    )
    office.editor.patch(f"Task({office['task']})", {"PlanningId": above["PlanningId"]})
    address = f"Planning({above['PlanningId']})"
    children = office.editor.value(f"{address}/Children")
    assert [each["DisplayName"] for each in children] == ["Step"]
    with unchanged():
        body = {"ParentPlanningId": below["PlanningId"]}
        refused(office.editor.patch(address, body), 422, "ParentPlanningId")
        span = {"StartDateTime": "2025-02-02T00:00:00Z", "EndDateTime": "2025-02-01T00:00:00Z"}
        refused(office.editor.patch(address, span), 422, "EndDateTime")
    office.editor.delete(address)
    assert office.editor.one(f"Planning({below['PlanningId']})")["ParentPlanningId"] is None
    assert office.one()["PlanningId"] is None


def test_time_is_where_its_task_is(office: Office) -> None:
    made = office.editor.make("TimeEntry", TaskItemId=office["task"], DurationMinutes=90)
    assert (made["ProjectId"], made["GroupId"]) == (office["project"], office["list"])
    assert made["PerformedByContactId"] == office["editor"]
    assert made["StartDateTime"] == "2014-05-12T10:00:00Z"
    assert made["EndDateTime"] == "2014-05-12T11:30:00Z"
    said = {"ProjectId": office["project"], "StartDateTime": "2014-05-12T08:00:00Z"}
    free = office.editor.make("TimeEntry", EndDateTime="2014-05-12T08:20:00Z", **said)
    assert (free["TaskItemId"], free["DurationMinutes"]) == (None, 20)
    with unchanged():
        refused(office.editor.post("TimeEntry", {"DurationMinutes": 5}), 422, "TaskItemId")
        refused(office.editor.post("TimeEntry", {"TaskItemId": office["task"]}), 422, "EndDateTime")
        his = {"PerformedByContactId": office["worker"], "TaskItemId": office["task"]}
        refused(office.editor.post("TimeEntry", {**his, "DurationMinutes": 5}), 403)
    theirs = office.as_("manager").make("TimeEntry", DurationMinutes=5, **his)
    assert theirs["PerformedByContactId"] == office["worker"]
    assert office.tw().task(office.ids["task"])["timeIsLogged"] == "1"


def test_items_of_a_check_list_and_when_they_were_done(office: Office) -> None:
    listed = office.editor.make("CheckList", Name="list", TaskItemId=office["task"])
    assert listed["ProjectId"] == office["project"]
    key = {"CheckListId": listed["CheckListId"]}
    item = office.editor.make("CheckListItem", Name="one", IsDone=True, **key)
    assert item["DoneDate"] == "2014-05-12T10:00:00Z"
    office.editor.patch(f"CheckListItem({item['CheckListItemId']})", {"IsDone": False})
    assert office.editor.one(f"CheckListItem({item['CheckListItemId']})")["DoneDate"] is None
    address = f"CheckList({listed['CheckListId']})"
    assert office.editor.names(f"{address}/Items") == ["one"]
    assert office.editor.names(f"Task({office['task']})/CheckLists") == ["list"]
    with unchanged():
        other = {"TaskItemId": office["other"]}
        refused(office.editor.patch(address, other), 422, "TaskItemId")
        refused(office.editor.post("CheckList", {"Name": "nobody's"}), 422, "ProjectId")
    office.editor.delete(address)
    refused(office.editor.get(f"CheckListItem({item['CheckListItemId']})"), 404)
    of_project = office.editor.make("CheckList", Name="whole", ProjectId=office["project"])
    assert of_project["TaskItemId"] is None


@pytest.mark.decision(34)
def test_what_hangs_on_a_task_can_be_made_below_it(office: Office) -> None:
    task = f"Task({office['task']})"
    made = office.editor.post(f"{task}/CheckLists", {"Name": "below"})
    assert made.status_code == 201, made.text
    assert made.json["TaskItemId"] == office["task"]
    entry = office.editor.post(f"{task}/TimeEntries", {"DurationMinutes": 5})
    assert (entry.status_code, entry.json["TaskItemId"]) == (201, office["task"])
    deep = office.editor.post(
        "Task",
        {
            "Name": "deep",
            "ProjectId": office["project"],
            "CheckLists": [{"Name": "list", "Items": [{"Name": "a"}, {"Name": "b"}]}],
        },
    )
    assert deep.status_code == 201, deep.text
    assert deep.json["ChecklistItemsCount"] == 2


@pytest.mark.decision(34)
def test_ways_from_one_to_the_other(office: Office) -> None:
    office.editor.patch(f"Task({office['task']})", {"ContactId": office["worker"]})
    task = office.editor.one(
        f"Task({office['task']})",
        expand="Project($select=Name),Contact($select=DisplayName),Group,Status,Notes,CreatedBy",
    )
    assert task["Project"]["Name"] == "demo"
    assert task["Contact"]["DisplayName"] == "Worker Person"
    assert task["Group"]["Name"] == "Todos"
    assert (task["Status"], task["Notes"]) == (None, [])
    assert task["CreatedBy"]["ContactId"] == office["editor"]
    assert office.editor.one(f"Task({office['task']})/Project")["Name"] == "demo"
    tasks = office.editor.names(f"Project({office['project']})/Tasks", orderby="Name")
    assert tasks == ["the other", "the task"]
    assert office.editor.names(f"Contact({office['worker']})/Tasks") == ["the task"]
    found = office.editor.names(
        "Task", filter="Project/Name eq 'demo' and Contact/LastName ne null"
    )
    assert found == ["the task"]
    bound = {"Name": "bound", "Project@odata.bind": f"Project({office['project']})"}
    made = office.editor.post("Task", bound)
    assert (made.status_code, made.json["ProjectId"]) == (201, office["project"])
