"""Projects and their categories."""

from datetime import timedelta
from typing import Any

import pytest

from app.clock import clock
from tests.api import Api
from tests.builders import World
from tests.functional.teamwork.shapes import in_shape

MEMBERS = {
    "id",
    "name",
    "description",
    "status",
    "subStatus",
    "company",
    "category",
    "created-on",
    "last-changed-on",
    "startDate",
    "endDate",
    "starred",
    "tags",
    "start-page",
    "tasks-start-page",
    "overview-start-page",
    "defaultPrivacy",
    "privacyEnabled",
    "isProjectAdmin",
    "harvest-timers-enabled",
    "notifyeveryone",
    "logo",
    "announcement",
    "announcementHTML",
    "show-announcement",
    "boardData",
    "integrations",
    "defaults",
}


def names(api: Api, path: str = "/projects.json", **options: Any) -> list[str]:
    """The names of listed projects."""
    response = api.get(path, **options)
    assert response.status_code == 200, response.text
    return [each["name"] for each in response.json["projects"]]


@pytest.mark.parametrize("shape", ["documented", "live"])
def test_the_payload_has_all_members(
    shape: str, world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shape(api, shape, monkeypatch)
    category = api.post(
        "/projectCategories.json", {"category": {"name": "Internal", "color": "#0A0B0C"}}
    ).json["categoryId"]
    body = {"name": "New", "category-id": category, "description": "a\n<b>", "number": "P-1"}
    made = api.post("/projects.json", {"project": body}).json["id"]
    world.tag_project(int(made), "urgent")
    (listed,) = api.get("/projects.json", includePeople="true").json["projects"]
    assert set(listed) >= MEMBERS
    assert listed["people"] == ["1"]
    project = api.get(f"/projects/{made}.json").json["project"]
    assert set(project) - set(listed) == {"active-pages"}
    assert project["category"] == {"id": category, "name": "Internal", "color": "#0A0B0C"}
    assert [tag["name"] for tag in project["tags"]] == ["urgent"]
    assert (project["description"], project["number"]) == ("a\n<b>", "P-1")
    assert (project["status"], project["subStatus"]) == ("active", "current")


@pytest.mark.covers("endpoint:GET /companies/{id}/projects.json")
def test_options_of_the_list(world: World, api: Api) -> None:
    yesterday = clock.today("UTC") - timedelta(1)
    company = world.company("Acme")
    late = world.project("late", end_on=yesterday)
    world.project("current", company_id=company)
    old = world.project("old")
    api.put(f"/projects/{old}.json", {"project": {"status": "archived"}})
    expected = {
        "ALL": ["current", "late", "old"],
        "active": ["current", "late"],
        "LATE": ["late"],
        "CURRENT": ["current"],
        "archived": ["old"],
        "completed": ["old"],
    }
    for status, found in expected.items():
        assert names(api, status=status) == found, status
    assert api.get(f"/projects/{late}.json").json["project"]["subStatus"] == "late"
    assert names(api, ORDERBY="companyName") == ["current", "late"]
    assert names(api, updatedAfterDate="20990101000000") == []
    assert names(api, f"/companies/{company}/projects.json") == ["current"]
    assert api.get("/companies/99/projects.json").status_code == 404
    assert api.get("/projects.json", status="odd").status_code == 422


@pytest.mark.covers("endpoint:GET /projectcategories.json")
@pytest.mark.covers("endpoint:POST /projectcategories.json")
@pytest.mark.covers("endpoint:GET /projectcategories/{id}.json")
@pytest.mark.covers("endpoint:PUT /projectcategories/{id}.json")
@pytest.mark.covers("endpoint:DELETE /projectcategories/{id}.json")
def test_categories(world: World, api: Api) -> None:
    response = api.post("/projectCategories.json", {"category": {"name": "Internal"}})
    assert (response.status_code, response.headers["id"]) == (201, "1")
    path = "/projectCategories/1.json"
    assert api.put(path, {"category": {"color": "#FF0000"}}).status_code == 200
    project = world.project("in it", category_id=1)
    world.project("not in it")
    category = api.get(path).json["category"]
    assert category == {
        "id": "1",
        "name": "Internal",
        "color": "#FF0000",
        "parent-id": "",
        "count": 1,
    }
    assert api.get("/projectcategories.json").json["categories"] == [category]
    assert api.get("/projectcategories.json", searchTerm="zzz").json["categories"] == []
    assert names(api, catId="1") == ["in it"]
    plain = Api(api.app, world.key(world.person()))
    assert plain.get(path).json["category"]["count"] == 0
    assert plain.put(path, {"category": {"name": "x"}}).status_code == 403
    assert plain.delete(path).status_code == 403
    assert plain.post("/projectcategories.json", {"category": {"name": "x"}}).status_code == 403
    assert api.delete(path).status_code == 200
    assert api.get(path).status_code == 404
    found = api.get(f"/projects/{project}.json").json["project"]
    assert found["category"] == {"id": "", "name": "", "color": ""}
    wrong = api.put(f"/projects/{project}.json", {"project": {"category-id": 1}})
    assert (wrong.status_code, "category-id" in wrong.json["MESSAGE"]) == (422, True)


@pytest.mark.covers("endpoint:DELETE /projects/{id}.json")
def test_a_deleted_project_takes_everything_with_it(world: World, api: Api) -> None:
    member, manager = world.person(), world.person()
    project = world.project("gone", editor=(member,), manager=(manager,))
    home = world.list(project)
    task = world.task(home, assignees=(member,))
    secret = world.task(home, by=member, private=True)
    world.file(project, "gone.pdf")
    world.time(task, project)
    other = world.task(world.list(staying := world.project("stays", editor=(member,))), "stays")
    world.file(staying, "kept.pdf")
    path = f"/projects/{project}.json"
    editor, own = Api(api.app, world.key(member)), Api(api.app, world.key(manager))
    outsider = Api(api.app, world.key(world.person()))
    assert (editor.delete(path).status_code, outsider.delete(path).status_code) == (403, 404)
    assert own.delete(path).json == {"STATUS": "OK"}
    for client in (api, editor, own):
        for gone in (
            path,
            f"/projects/{project}/tasks.json",
            f"/projects/{project}/tasklists.json",
            f"/tasklists/{home}.json",
            f"/tasks/{task}.json",
            f"/tasks/{secret}.json",
        ):
            assert client.get(gone).status_code == 404, gone
    assert editor.names("/tasks.json") == ["stays"]
    assert names(api) == ["stays"]
    assert names(api, status="all") == ["stays"]
    assert editor.task(other)["project-name"] == "stays"
    documents = api.get("/odata/Document").json["value"]
    assert [each["FileName"] for each in documents] == ["kept.pdf"]
    assert own.delete(path).status_code == 404


def test_numbers_and_names_are_checked(api: Api) -> None:
    for body, member in (
        ({"name": "x", "number": "n" * 51}, "number"),
        ({"name": "x", "category-id": 9}, "category-id"),
        ({"description": "no name"}, "name"),
    ):
        response = api.post("/projects.json", {"project": body})
        assert (response.status_code, member in response.json["MESSAGE"]) == (422, True), body


def starred(api: Api, **options: Any) -> list[str]:
    """The names of the projects that have the caller's star, and say so themselves."""
    found = names(api, "/projects/starred.json", **options)
    listed = api.get("/projects.json", **options).json["projects"]
    assert [each["name"] for each in listed if each["starred"] is True] == found
    return found


@pytest.mark.covers("endpoint:GET /projects/starred.json")
@pytest.mark.covers("endpoint:PUT /projects/{id}/star.json")
@pytest.mark.covers("endpoint:PUT /projects/{id}/unstar.json")
def test_stars_are_ones_own(world: World, api: Api) -> None:
    viewer = world.person()
    one = world.project("one", viewer=(viewer,))
    world.project("two", viewer=(viewer,))
    own = Api(api.app, world.key(viewer))
    before = api.get(f"/projects/{one}.json").json["project"]
    for _ in range(2):
        assert own.put(f"/projects/{one}/star.json").json == {"STATUS": "OK"}
        assert (starred(own), starred(api)) == (["one"], [])
    assert own.get(f"/projects/{one}.json").json["project"]["starred"] is True
    assert api.get(f"/projects/{one}.json").json["project"] == before
    api.put(f"/projects/{one}.json", {"project": {"status": "archived"}})
    assert (starred(own), starred(own, status="all")) == ([], ["one"])
    for _ in range(2):
        assert own.put(f"/projects/{one}/unstar.json").json == {"STATUS": "OK"}
        assert starred(own, status="all") == []


def test_who_may_star(world: World, api: Api) -> None:
    """Whoever sees the project, but no key that may only read. Who leaves sees no star any more."""
    viewer = world.person()
    project, foreign = world.project(viewer=(viewer,)), world.project("foreign")
    own = Api(api.app, world.key(viewer))
    reader = Api(api.app, world.key(viewer, read_only=True))
    for act in ("star", "unstar"):
        hidden, missing = (own.put(f"/projects/{each}/{act}.json") for each in (foreign, 4711))
        assert (hidden.status_code, hidden.data) == (404, missing.data)
        assert reader.put(f"/projects/{project}/{act}.json").status_code == 403
    assert starred(reader) == []
    own.put(f"/projects/{project}/star.json")
    assert starred(reader) == ["demo"]
    api.delete(f"/projects/{project}/people/{viewer}.json")
    assert starred(own) == []
    api.delete(f"/projects/{project}.json")
    assert names(api, "/projects/starred.json", status="all") == []


@pytest.mark.covers("endpoint:GET /projects/{id}/companies.json")
def test_the_companies_of_a_project(world: World, api: Api) -> None:
    client, employer = world.company("Client"), world.company("Able")
    world.company("Another")
    member = world.person(company_id=employer)
    project = world.project(company_id=client, viewer=(member,))
    path = f"/projects/{project}/companies.json"
    for caller in (api, Api(api.app, world.key(member))):
        response = caller.get(path)
        listed = [each["name"] for each in response.json["companies"]]
        assert listed == ["Able", "Client", "Demo Company"]
        assert response.headers["X-Records"] == "3"
    assert [each["name"] for each in api.get(path, page=2, pageSize=2).json["companies"]] == [
        "Demo Company"
    ]
    api.delete(f"/people/{member}.json")
    assert len(api.get(path).json["companies"]) == 2
    stranger = Api(api.app, world.key(world.person()))
    hidden, missing = stranger.get(path), stranger.get("/projects/4711/companies.json")
    assert (hidden.status_code, hidden.data) == (404, missing.data)


def tags_of(api: Api, project: str) -> list[str]:
    """The names of a project's tags."""
    found = api.get(f"/projects/{project}.json").json["project"]["tags"]
    return [each["name"] for each in found]


def test_tags_stand_in_the_body_of_a_project(api: Api) -> None:
    made = api.post("/projects.json", {"project": {"name": "P", "tags": "b, a"}}).json["id"]
    path = f"/projects/{made}.json"
    assert tags_of(api, made) == ["a", "b"]
    tag = api.get("/tags.json", searchTerm="b").json["tags"][0]["id"]
    for sent, left in (
        ({"description": "x"}, ["a", "b"]),
        ({"tags": ["A", "c"]}, ["a", "c"]),
        ({"tagIds": tag}, ["b"]),
        ({"tags": "c", "tagIds": [tag]}, ["b", "c"]),
        ({"tags": ""}, []),
    ):
        assert api.put(path, {"project": sent}).status_code == 200
        assert tags_of(api, made) == left, sent
    for sent, member in (({"tagIds": "4711"}, "tagIds"), ({"tags": "x" * 101}, "tags")):
        for response in (
            api.put(path, {"project": sent}),
            api.post("/projects.json", {"project": {"name": "Q"} | sent}),
        ):
            assert (response.status_code, member in response.json["MESSAGE"]) == (422, True)
    assert names(api) == ["P"]


def test_tags_of_the_body_change_the_project(world: World, api: Api) -> None:
    """They count as a change only if they are others."""
    project = world.project()
    api.put(f"/projects/{project}.json", {"project": {"tags": "a"}})
    tag = api.get(f"/projects/{project}.json")
    clock.fix(clock.now() + timedelta(hours=1))
    api.put(f"/projects/{project}.json", {"project": {"tags": "A"}})
    assert api.get(f"/projects/{project}.json").data == tag.data
    api.put(f"/projects/{project}.json", {"project": {"tags": "b"}})
    changed = api.get(f"/projects/{project}.json").json["project"]["last-changed-on"]
    assert changed == "2014-05-12T11:00:00Z"


def test_parts_and_logos_are_kept_nowhere(world: World, api: Api) -> None:
    """All projects have the same parts: what is sent about them changes nothing (facts 1.3)."""
    project = world.project()
    path = f"/projects/{project}.json"
    before = api.get(path).data
    for sent in ({"use-tasks": False, "use-files": "0"}, {"logoPendingFileRef": "tf_none"}):
        assert api.put(path, {"project": sent}).json == {"STATUS": "OK"}
        assert api.get(path).data == before
