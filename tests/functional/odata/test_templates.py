"""TaskItemTemplate: made, saved from a project, loaded into another, downloaded, taken back."""

import json
from typing import Any

import pytest

from tests.functional.odata.acts import template
from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

REPRESENTATION = {"Prefer": "return=representation"}


def save(office: Office, name: str = "from demo") -> str:
    """A template of the project's tasks."""
    body = {"ProjectId": office["project"], "Name": name}
    response = office.editor.post(
        "TaskItemTemplate/SaveTemplateForProject", body, headers=REPRESENTATION
    )
    assert response.status_code == 200, response.text
    return str(response.json["TaskItemTemplateId"])


def target(office: Office, role: str = "manager") -> str:
    """An empty project in which the editor has a role."""
    made = office.world.project("target", **{role: (office.ids["editor"],)})
    return office.uid("project", made)


def load(office: Office, uid: str, project: str, **more: Any) -> Any:
    """The response to LoadTemplateForProject."""
    path = f"TaskItemTemplate({uid})/LoadTemplateForProject"
    return office.editor.post(path, {"ProjectId": project}, **more)


@pytest.mark.covers(
    "odata:POST TaskItemTemplate",
    "odata:GET TaskItemTemplate",
    "odata:GET TaskItemTemplate({key})",
    "TaskItemTemplate.TaskItemTemplateId",
    "TaskItemTemplate.Name",
)
@pytest.mark.decision(24)
def test_a_template_is_made_and_read(office: Office) -> None:
    response = office.editor.post("TaskItemTemplate", {"Name": "kit"})
    assert response.status_code == 201
    made = response.json
    assert {name for name in made if "@" not in name} == {"TaskItemTemplateId", "Name"}
    assert made["Name"] == "kit"
    for who in ("viewer", "stranger"):
        assert [each["Name"] for each in office.as_(who).value("TaskItemTemplate")] == ["kit"]
    assert office.editor.one(f"TaskItemTemplate({made['TaskItemTemplateId']})") == made
    refused(office.editor.get(f"TaskItemTemplate({NOWHERE})"), 404)


@pytest.mark.covers("odata:PATCH TaskItemTemplate({key})", "odata:DELETE TaskItemTemplate({key})")
@pytest.mark.decision(24)
def test_a_template_is_renamed_and_deleted(office: Office) -> None:
    address = f"TaskItemTemplate({template(office)})"
    response = office.editor.patch(address, {"Name": "tools"})
    assert (response.status_code, response.data) == (204, b"")
    assert office.editor.one(address)["Name"] == "tools"
    response = office.editor.delete(address)
    assert (response.status_code, response.data) == (204, b"")
    refused(office.editor.get(address), 404)
    assert office.editor.value("TaskItemTemplate") == []


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"Name": None}, 422), ({"Name": " "}, 422), ({"Name": 5}, 400)],
)
def test_a_template_needs_a_name(office: Office, body: dict[str, Any], status: int) -> None:
    address = f"TaskItemTemplate({template(office)})"
    with unchanged():
        refused(office.editor.post("TaskItemTemplate", body), status, "Name")
        if body:
            refused(office.editor.patch(address, body), status, "Name")


@pytest.mark.decision(7, 25)
def test_whose_a_template_is(office: Office) -> None:
    address = f"TaskItemTemplate({template(office)})"
    stale = {"If-Match": office.editor.one(address)["@odata.etag"]}
    with unchanged():
        for who in ("manager", "viewer", "reader"):
            refused(office.as_(who).patch(address, {"Name": "x"}), 403)
            refused(office.as_(who).delete(address), 403)
        refused(office.as_("reader").post("TaskItemTemplate", {"Name": "x"}), 403)
    assert office.admin.patch(address, {"Name": "x"}).status_code == 204
    with unchanged():
        refused(office.editor.delete(address, headers=stale), 412)
        path = f"{address}/LoadTemplateForProject"
        body = {"ProjectId": office["project"]}
        refused(office.editor.post(path, body, headers=stale), 412)


@pytest.mark.covers(
    "odata:POST TaskItemTemplate/SaveTemplateForProject",
    "odata:POST TaskItemTemplate({key})/LoadTemplateForProject",
    "SaveTemplateForProject.ProjectId",
    "SaveTemplateForProject.Name",
    "LoadTemplateForProject.ProjectId",
)
@pytest.mark.decision(24)
def test_save_and_load(office: Office) -> None:
    said = {
        "TaskItemStatusId": office["doing"],
        "WorkAmount": 3.5,
        "DescriptionHTML": "<b>x</b>",
        "StartDateTime": "2014-05-12T08:00:00Z",
        "EndDateTime": "2014-05-14T16:00:00Z",
        "IsBillable": True,
        "CustomColor": -5,
    }
    office.editor.patch(f"Task({office['task']})", {**said, "ContactId": office["worker"]})
    listed = office.editor.make("CheckList", Name="list", TaskItemId=office["task"])
    office.editor.make("CheckListItem", Name="item", CheckListId=listed["CheckListId"])
    body = {"ProjectId": office["project"], "Name": "from demo"}
    response = office.editor.post("TaskItemTemplate/SaveTemplateForProject", body)
    assert (response.status_code, response.data) == (204, b"")
    (saved,) = office.editor.value("TaskItemTemplate")
    assert saved["Name"] == "from demo"
    project = target(office)
    response = load(office, saved["TaskItemTemplateId"], project)
    assert (response.status_code, response.data) == (204, b"")
    made = office.editor.value("Task", filter=f"ProjectId eq {project}", orderby="Name")
    assert [each["Name"] for each in made] == ["the other", "the task"]
    loaded = made[1]
    same = ("WorkAmount", "DescriptionHTML", "StartDateTime", "EndDateTime", "IsBillable")
    assert {name: loaded[name] for name in same} == {name: said[name] for name in same}
    assert (loaded["ContactId"], loaded["ChecklistItemsCount"]) == (None, 1)
    assert loaded["CreatedByContactId"] == office["editor"]
    status = office.editor.one(f"Task({loaded['TaskItemId']})/Status")
    assert (status["Name"], status["ProjectId"]) == ("Doing", project)
    group = office.editor.one(f"Task({loaded['TaskItemId']})/Group")
    assert group["Name"] == "Todos"


def test_who_may_not_make_lists_and_statuses_loads_tasks_alone(office: Office) -> None:
    office.editor.patch(f"Task({office['task']})", {"TaskItemStatusId": office["doing"]})
    project = target(office, "editor")
    assert load(office, save(office), project).status_code == 204
    made = office.editor.value("Task", filter=f"ProjectId eq {project}")
    assert [each["TaskItemStatusId"] for each in made] == [None, None]
    assert office.editor.names("Group", filter=f"ProjectId eq {project}") == ["Tasks"]


@pytest.mark.decision(24)
def test_load_shows_the_tasks_on_request(office: Office) -> None:
    response = load(office, save(office), target(office), headers=REPRESENTATION)
    assert response.status_code == 200
    assert [each["Name"] for each in response.json["value"]] == ["the task", "the other"]


@pytest.mark.decision(7)
def test_what_one_may_not_see_is_not_saved(office: Office) -> None:
    content = office.editor.get(f"TaskItemTemplate({save(office)})/DownloadTemplate()").text
    assert "the secret" not in content
    own = office.world.project("own", viewer=(office.ids["editor"],))
    with unchanged():
        body = {"ProjectId": office.uid("project", own), "Name": "x"}
        refused(office.editor.post("TaskItemTemplate/SaveTemplateForProject", body), 403)
        refused(load(office, NOWHERE, office["project"]), 404)


def test_a_name_that_is_none(office: Office) -> None:
    with unchanged():
        body = {"ProjectId": office["project"], "Name": " "}
        refused(office.editor.post("TaskItemTemplate/SaveTemplateForProject", body), 422, "name")


@pytest.mark.covers(
    "odata:GET TaskItemTemplate({key})/DownloadTemplate()",
    "DownloadTemplate: application/xml, {TemplateName}.json",
)
@pytest.mark.decision(27)
@pytest.mark.parametrize(
    "call", ["DownloadTemplate()", "DownloadTemplate", "Default.DownloadTemplate()"]
)
def test_download(office: Office, call: str) -> None:
    response = office.editor.get(f"TaskItemTemplate({save(office, 'mein Plan')})/{call}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml"
    assert 'filename="mein Plan.json"' in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["OData-Version"] == "4.0"
    body = json.loads(response.data)
    assert body["name"] == "mein Plan"
    assert [each["name"] for each in body["tasks"]] == ["the task", "the other"]


@pytest.mark.decision(27)
@pytest.mark.parametrize("accept", ["*/*", "application/xml", "application/json", "text/html"])
def test_a_download_takes_any_accept(office: Office, accept: str) -> None:
    path = f"TaskItemTemplate({save(office)})/DownloadTemplate()"
    response = office.editor.call("GET", path, headers={"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/xml")


@pytest.mark.decision(7)
def test_download_for_everybody(office: Office) -> None:
    uid = template(office)
    for who in ("viewer", "stranger", "reader"):
        path = f"TaskItemTemplate({uid})/DownloadTemplate()"
        assert office.as_(who).get(path).status_code == 200
    refused(office.editor.get(f"TaskItemTemplate({NOWHERE})/DownloadTemplate()"), 404)


@pytest.mark.decision(27, 34)
def test_a_download_is_taken_back(office: Office) -> None:
    uid = save(office)
    content = office.editor.get(f"TaskItemTemplate({uid})/DownloadTemplate()").text
    office.editor.delete(f"TaskItemTemplate({uid})")
    response = office.editor.post("TaskItemTemplate/UploadTemplate", {"content": content})
    assert response.status_code == 201
    again = response.json["TaskItemTemplateId"]
    assert response.headers["Location"].endswith(f"TaskItemTemplate({again})")
    assert response.json["Name"] == "from demo"
    project = target(office)
    load(office, again, project)
    names = office.editor.names("Task", filter=f"ProjectId eq {project}", orderby="Name")
    assert names == ["the other", "the task"]
    assert office.editor.get(f"TaskItemTemplate({again})/DownloadTemplate()").text == content


@pytest.mark.parametrize(
    "content",
    ["", "<xml/>", "{}", "[]", '{"format": "other"}', '{"format": "tandem-task-template"}'],
)
def test_what_is_no_template(office: Office, content: str) -> None:
    with unchanged():
        response = office.editor.post("TaskItemTemplate/UploadTemplate", {"content": content})
        refused(response, 422, "content")
        refused(
            office.editor.post("TaskItemTemplate/UploadTemplate", {"content": 1}), 400, "content"
        )
        refused(office.editor.post("TaskItemTemplate/UploadTemplate", {}), 400, "content")
