"""Projects, task lists, companies, people and the account, as far as tasks need them."""

import pytest

from tests.api import Api
from tests.builders import World


@pytest.mark.covers("endpoint:GET /projects.json", "endpoint:POST /projects.json")
@pytest.mark.covers("endpoint:GET /projects/{id}.json")
def test_projects(world: World, api: Api) -> None:
    company = world.company("Acme")
    body = {"project": {"name": "New", "companyId": company, "startDate": "20140501"}}
    response = api.post("/projects.json", body)
    assert (response.status_code, response.json) == (201, {"id": "1", "STATUS": "OK"})
    assert response.headers["id"] == "1"
    project = api.get("/projects/1.json").json["project"]
    assert (project["name"], project["startDate"]) == ("New", "20140501")
    assert project["company"] == {"id": str(company), "name": "Acme", "is-owner": "0"}
    assert project["status"] == "active"
    world.project("alpha")
    assert [each["name"] for each in api.get("/projects.json").json["projects"]] == ["alpha", "New"]
    found = api.get("/projects.json", searchTerm="ALPH").json["projects"]
    assert [each["name"] for each in found] == ["alpha"]


@pytest.mark.covers("endpoint:PUT /projects/{id}.json")
@pytest.mark.decision(21)
@pytest.mark.parametrize("word", ["inactive", "archived"])
def test_archiving_and_renaming(word: str, world: World, api: Api) -> None:
    project = world.project("old")
    task = world.task(world.list(project))
    assert api.put(f"/projects/{project}.json", {"project": {"status": word}}).status_code == 200
    assert api.get("/projects.json").json["projects"] == []
    (found,) = api.get("/projects.json", status="archived").json["projects"]
    assert found["status"] == "archived"
    body = {"project": {"name": "Renamed", "status": "active", "harvest-timers-enabled": True}}
    api.put(f"/projects/{project}.json", body)
    item = api.task(task)
    assert (item["project-name"], item["harvest-enabled"]) == ("Renamed", True)
    assert world.row(task, "project_key") == ("renamed",)


@pytest.mark.decision(7)
@pytest.mark.covers("endpoint:PUT /projects/{id}/people.json")
@pytest.mark.covers("endpoint:POST /projects/{id}/people.json")
@pytest.mark.covers("endpoint:GET /projects/{id}/people.json")
def test_members_of_a_project(world: World, api: Api) -> None:
    one, two = world.person(), world.person()
    project = world.project()
    add = {"add": {"userIdList": f"{one},{two},999", "role": "viewer"}}
    answer = api.put(f"/projects/{project}/people.json", add).json
    assert answer["details"] == {
        "added": [str(one), str(two)],
        "removed": [],
        "failed": ["999"],
    }
    members = api.get(f"/projects/{project}/people.json").json["people"]
    assert {each["id"] for each in members} == {"1", str(one), str(two)}
    task = world.task(world.list(project))
    own = Api(api.app, world.key(one))
    assert own.task(task)["canEdit"] is False
    api.call("POST", f"/projects/{project}/people.json", {"add": {"userIdList": str(one)}})
    assert own.task(task)["canEdit"] is True
    api.put(f"/projects/{project}/people.json", {"remove": {"userIdList": str(one)}})
    assert own.get(f"/tasks/{task}.json").status_code == 404


@pytest.mark.covers("endpoint:GET /projects/{id}/tasklists.json")
@pytest.mark.covers("endpoint:POST /projects/{id}/tasklists.json")
@pytest.mark.covers("endpoint:GET /tasklists/{id}.json", "endpoint:PUT /tasklists/{id}.json")
def test_task_lists(world: World, api: Api) -> None:
    project = world.project()
    path = f"/projects/{project}/tasklists.json"
    response = api.post(path, {"todo-list": {"name": "First", "description": "d"}})
    assert (response.status_code, response.json["TASKLISTID"]) == (201, "1")
    api.post(path, {"todo-list": {"name": "Second", "private": True}})
    world.task(1)
    first, second = api.get(path).json["tasklists"]
    assert (first["name"], first["uncompleted-count"], first["private"]) == ("First", 1, False)
    assert (second["name"], second["private"]) == ("Second", True)
    assert api.put("/tasklists/2.json", {"todo-list": {"private": False}}).status_code == 200
    assert api.get("/tasklists/2.json").json["todo-list"]["private"] is False


@pytest.mark.covers("endpoint:GET /companies.json", "endpoint:POST /companies.json")
@pytest.mark.covers("endpoint:GET /companies/{id}.json")
def test_companies(world: World, api: Api) -> None:
    assert api.post("/companies.json", {"company": {"name": "Acme"}}).status_code == 201
    names = [each["name"] for each in api.get("/companies.json").json["companies"]]
    assert names == ["Acme", "Demo Company"]
    assert api.get("/companies/1.json").json["company"]["isowner"] == "1"


@pytest.mark.covers("endpoint:GET /people.json", "endpoint:POST /people.json")
@pytest.mark.covers("endpoint:GET /people/{id}.json", "endpoint:GET /me.json")
def test_people(world: World, api: Api) -> None:
    body = {"first-name": "Jo", "last-name": "Bloggs", "email-address": "jo@example.com"}
    response = api.post("/people.json", {"person": body})
    assert response.status_code == 201
    person = api.get(f"/people/{response.json['id']}.json").json["person"]
    assert {name: person[name] for name in body} == body
    assert (person["company-id"], person["administrator"]) == ("1", False)
    assert len(api.get("/people.json").json["people"]) == 2
    me = api.get("/me.json").json["person"]
    assert (me["id"], me["administrator"]) == ("1", True)
    assert me["permissions"] == {"can-add-projects": True, "can-manage-people": True}


@pytest.mark.decision(7)
def test_one_knows_the_people_of_ones_projects_and_company(world: World, api: Api) -> None:
    elsewhere = world.company("Elsewhere")
    stranger, partner = world.person(company_id=elsewhere), world.person(company_id=elsewhere)
    colleague = world.person()
    world.project(editor=(colleague, partner))
    own = Api(api.app, world.key(colleague))
    known = {int(each["id"]) for each in own.get("/people.json").json["people"]}
    assert known == {world.admin, colleague, partner}
    assert own.get(f"/people/{stranger}.json").status_code == 404


@pytest.mark.covers("endpoint:GET /authenticate.json")
def test_authenticate_names_this_server(api: Api) -> None:
    response = api.call("GET", "/authenticate.json", headers={"Host": "tasks.example.com:8000"})
    account = response.json["account"]
    assert account["URL"] == "http://tasks.example.com:8000/"
    assert (account["userId"], account["userIsAdmin"]) == ("1", True)
    assert (account["name"], account["companyname"]) == ("Demo Company", "Demo Company")


def test_a_project_is_seen_by_its_members_only(world: World, api: Api) -> None:
    member, other = world.person(), world.person()
    project = world.project(editor=(member,))
    home = world.list(project)
    inside, outside = Api(api.app, world.key(member)), Api(api.app, world.key(other))
    for path in (
        f"/projects/{project}.json",
        f"/projects/{project}/tasks.json",
        f"/projects/{project}/people.json",
        f"/projects/{project}/tasklists.json",
        f"/tasklists/{home}.json",
        f"/tasklists/{home}/tasks.json",
    ):
        assert inside.get(path).status_code == 200, path
        assert outside.get(path).status_code == 404, path
    assert outside.get("/projects.json").json["projects"] == []


def test_permissions_are_those_in_force(world: World, api: Api) -> None:
    reading = Api(api.app, world.key(world.admin, read_only=True))
    me = reading.get("/me.json").json["person"]
    assert me["permissions"] == {"can-add-projects": False, "can-manage-people": False}
    assert (me["administrator"], me["can-add-projects"]) == (True, False)
    assert reading.get("/authenticate.json").json["account"]["canaddprojects"] == "0"
    assert api.get("/me.json").json["person"]["can-add-projects"] is True


def test_further_routes_want_a_key(api: Api) -> None:
    anonymous = Api(api.app, None)
    assert anonymous.post("/pendingfiles.json").status_code == 401
    assert anonymous.put("/tasks/1/quickadd.json", {"content": "x"}).status_code == 401
    assert anonymous.put("/tasklists/1/quickadd.json", {"content": "x"}).status_code == 401
    assert anonymous.get("/tasks/1/predecessors.json").status_code == 401


@pytest.mark.decision(2)
def test_one_store_under_other_names(world: World, api: Api) -> None:
    """A list is a group, a column a status, minutes are hours, the first assignee is the
    contact.
    """
    project = world.project()
    home, column = world.list(project), world.column(project)
    task = world.task(
        home, status_id=column, work_hours=0.8333333333333334, assignees=(world.admin,)
    )
    stored = world.row(task, "list_id", "status_id", "work_hours")
    assert stored == (home, column, 0.8333333333333334)
    item = api.task(task)
    assert (item["todo-list-id"], item["estimated-minutes"]) == (str(home), "50")
    assert item["boardColumn"][0]["id"] == column
