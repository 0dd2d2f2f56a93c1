"""Companies, people and their keys."""

from typing import Any

import pytest
from flask import Flask

from app.services.execute import execute
from app.services.task_commands import SyncCalendar
from tests.api import Api
from tests.builders import World
from tests.functional.teamwork.shapes import in_shape

MEMBERS = {
    "id",
    "first-name",
    "last-name",
    "user-name",
    "email-address",
    "email-alt-1",
    "email-alt-2",
    "email-alt-3",
    "company-id",
    "company-name",
    "title",
    "avatar-url",
    "administrator",
    "site-owner",
    "in-owner-company",
    "user-type",
    "user-invited",
    "created-at",
    "last-login",
    "last-changed-on",
    "deleted",
    "address",
    "twitter",
    "pid",
    "profile",
    "notes",
    "permissions",
    "userUUID",
    "has-access-to-new-projects",
    "full-name",
    "companyId",
    "tags",
    "last-active",
}
ACCOUNT = {
    "id",
    "name",
    "code",
    "companyid",
    "companyname",
    "URL",
    "account-holder-id",
    "created-at",
    "datesignedup",
    "lang",
    "logo",
    "cacheUUID",
    "requirehttps",
    "ssl-enabled",
    "time-tracking-enabled",
    "email-notification-enabled",
}
AUTHENTICATE = {
    "id",
    "name",
    "code",
    "URL",
    "userId",
    "firstname",
    "lastname",
    "companyid",
    "companyname",
    "avatar-url",
    "lang",
    "userIsAdmin",
    "userIsMemberOfOwnerCompany",
    "canaddprojects",
    "canManagePeople",
    "dateFormat",
    "dateSeperator",
    "timeFormat",
    "startonsundays",
    "requirehttps",
    "ssl-enabled",
    "tagsEnabled",
    "likesEnabled",
    "chatEnabled",
    "deskEnabled",
    "documentEditorEnabled",
    "projectsEnabled",
    "TKOEnabled",
    "plan-id",
    "logo",
}


def ids(response: Any) -> list[int]:
    """The ids of listed people."""
    assert response.status_code == 200, response.text
    return [int(each["id"]) for each in response.json["people"]]


@pytest.mark.covers("endpoint:GET /account.json")
@pytest.mark.parametrize("shape", ["documented", "live"])
def test_the_payloads_have_all_members(
    shape: str, world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shape(api, shape, monkeypatch)
    other = world.person("Joe", "Other")
    account = api.get("/account.json").json["account"]
    assert set(account) == ACCOUNT
    assert (account["companyname"], account["account-holder-id"]) == ("Demo Company", "1")
    assert set(api.get("/authenticate.json").json["account"]) == AUTHENTICATE
    me = api.get("/me.json").json["person"]
    assert set(me) >= MEMBERS
    assert (me["site-owner"], me["calendar-feed-url"]) == (True, "")
    person = api.get(f"/people/{other}.json").json["person"]
    assert set(me) - set(person) == {"calendar-feed-url"}
    assert person["full-name"] == "Joe Other"
    assert person["permissions"] == {"can-add-projects": False, "can-manage-people": False}
    assert [set(each) for each in api.get("/people.json").json["people"]] == [set(person)] * 2


@pytest.mark.decision(33)
def test_the_feed_is_named_to_oneself_only(world: World, api: Api) -> None:
    execute(SyncCalendar(world.task(), True), world.viewer())
    me = api.call("GET", "/me.json", headers={"Host": "tasks.example.com"}).json["person"]
    before, after = "http://tasks.example.com/calendar/", ".ics"
    assert me["calendar-feed-url"].startswith(before)
    assert me["calendar-feed-url"].endswith(after)
    secret = me["calendar-feed-url"].removeprefix(before).removesuffix(after)
    assert len(secret) > 40
    for path in ("/people/1.json", "/people.json"):
        assert secret not in api.get(path).text


@pytest.mark.covers("endpoint:PUT /companies/{id}.json", "endpoint:DELETE /companies/{id}.json")
@pytest.mark.covers("endpoint:GET /companies/{id}/people.json")
def test_companies(world: World, api: Api) -> None:
    company = world.company("Acme")
    worker = world.person(company_id=company)
    project = world.project("of Acme", company_id=company, editor=(worker,))
    task = world.task(world.list(project))
    path = f"/companies/{company}.json"
    assert api.put(path, {"company": {"name": "Bolt", "phone": "1"}}).status_code == 200
    found = api.get(path).json["company"]
    assert (found["name"], found["phone"], found["website"]) == ("Bolt", "1", "")
    assert world.row(task, "company_key") == ("bolt",)
    assert ids(api.get(f"/companies/{company}/people.json")) == [worker]
    own = Api(api.app, world.key(worker))
    assert own.put(path, {"company": {"name": "x"}}).status_code == 403
    assert own.delete(path).status_code == 403
    stranger = Api(api.app, world.key(world.person()))
    assert stranger.put(path, {"company": {"name": "x"}}).status_code == 404
    assert stranger.get(f"/companies/{company}/people.json").status_code == 404
    assert (api.delete(path).status_code, api.delete("/companies/1.json").status_code) == (409, 409)
    api.delete(f"/projects/{project}.json")
    assert api.delete(path).status_code == 409
    api.delete(f"/people/{worker}.json")
    assert (api.delete(path).status_code, api.get(path).status_code) == (200, 404)
    body = {"first-name": "a", "last-name": "b", "email-address": "a@b.c", "company-id": company}
    assert api.post("/people.json", {"person": body}).status_code == 422


def test_people_are_found_by_address_and_name(world: World, api: Api) -> None:
    mia = world.person("Mia", "Muster", email="mia@example.org")
    world.person("Joe", "Other")
    assert ids(api.get("/people.json", emailaddress="MIA@example.org")) == [mia]
    assert ids(api.get("/people.json", searchTerm="a mus")) == [mia]
    assert ids(api.get("/people.json", searchTerm="EXAMPLE.ORG")) == [mia]
    assert ids(api.get("/people.json", emailaddress="nobody@example.org")) == []
    assert ids(api.get("/people.json", page=2, pageSize=1)) == [mia]


@pytest.mark.covers("endpoint:PUT /people/{id}.json")
def test_who_may_change_whom(world: World, api: Api) -> None:
    one, two = world.person(), world.person()
    own = Api(api.app, world.key(one))
    path = f"/people/{one}.json"
    body = {"person": {"first-name": "Nora", "title": "Boss", "email-address": "n@example.com"}}
    assert own.put(path, body).json == {"STATUS": "OK"}
    found = own.get(path).json["person"]
    assert (found["first-name"], found["title"], found["email-address"]) == (
        "Nora",
        "Boss",
        "n@example.com",
    )
    assert own.put(path, {"person": {"administrator": True}}).status_code == 403
    assert own.put(path, {"person": {"administrator": False, "title": "b"}}).status_code == 200
    assert own.put(f"/people/{two}.json", body).status_code == 403
    taken = api.put(f"/people/{two}.json", {"person": {"email-address": "N@example.com"}})
    assert taken.status_code == 409
    assert api.put("/people/1.json", {"person": {"administrator": False}}).status_code == 409
    assert api.put(path, {"person": {"administrator": True}}).status_code == 200
    assert own.get("/me.json").json["person"]["administrator"] is True
    assert api.put("/people/1.json", {"person": {"administrator": False}}).status_code == 200
    assert api.put("/people/99.json", body).status_code == 404
    reader = Api(api.app, world.key(one, read_only=True))
    assert reader.put(path, body).status_code == 403


@pytest.mark.covers("endpoint:DELETE /people/{id}.json")
def test_a_deleted_person_is_locked_out(world: World, api: Api) -> None:
    one = world.person(email="one@example.com")
    project = world.project(editor=(one, other := world.person()))
    task = world.task(world.list(project), by=one, assignees=(one,))
    own = Api(api.app, world.key(one))
    path = f"/people/{one}.json"
    assert Api(api.app, world.key(other)).delete(path).status_code == 403
    assert api.delete("/people/1.json").status_code == 409
    assert api.delete(path).json == {"STATUS": "OK"}
    assert own.get("/me.json").status_code == 401
    assert (api.get(path).status_code, api.delete(path).status_code) == (404, 404)
    assert one not in ids(api.get("/people.json"))
    assert one not in ids(api.get(f"/projects/{project}/people.json"))
    assert api.task(task)["responsible-party-id"] == str(one)
    body = {"first-name": "A", "last-name": "B", "email-address": "one@example.com"}
    assert api.post("/people.json", {"person": body}).status_code == 201


@pytest.mark.decision(9)
@pytest.mark.covers("endpoint:GET /people/{id}/keys.json", "endpoint:POST /people/{id}/keys.json")
@pytest.mark.covers("endpoint:DELETE /people/{id}/keys/{id}.json")
def test_keys(world: World, api: Api) -> None:
    one, two = world.person(), world.person()
    world.project(editor=(one, two))
    path = f"/people/{one}/keys.json"
    made = api.post(path, {"key": {"read-only": True}})
    assert (made.status_code, made.headers["id"]) == (201, made.json["id"])
    assert made.headers["Cache-Control"] == "no-store"
    own = Api(api.app, made.json["key"])
    assert own.get("/me.json").json["person"]["id"] == str(one)
    assert own.post(path).status_code == 403
    writing = Api(api.app, api.post(path).json["key"])
    listing = writing.get(path)
    assert made.json["key"] not in listing.text
    first, second = listing.json["keys"]
    stamps = {"created-at", "last-used-at", "expires-at", "revoked-at"}
    assert set(first) == {"id", "hint", "read-only", *stamps}
    assert (first["read-only"], second["read-only"], first["revoked-at"]) == (True, False, "")
    assert first["hint"][-4:] == made.json["key"][-4:]
    gone = f"/people/{one}/keys/{first['id']}.json"
    other = Api(api.app, world.key(two))
    assert other.get(path).status_code == 403
    assert (other.post(path).status_code, other.delete(gone).status_code) == (403, 403)
    assert other.delete(f"/people/{two}/keys/{first['id']}.json").status_code == 404
    for _ in range(2):
        assert writing.delete(gone).status_code == 200
    assert own.get("/me.json").status_code == 401
    assert writing.get(path).json["keys"][0]["revoked-at"] != ""
    assert api.get("/people/99/keys.json").status_code == 404
    assert api.post("/people/99/keys.json").status_code == 404


def test_keys_of_strangers_do_not_exist(world: World, api: Api) -> None:
    stranger = world.person(company_id=world.company())
    own = Api(api.app, world.key(world.person()))
    for method, path in (
        ("GET", f"/people/{stranger}/keys.json"),
        ("POST", f"/people/{stranger}/keys.json"),
        ("DELETE", f"/people/{stranger}/keys/1.json"),
        ("PUT", f"/people/{stranger}.json"),
        ("DELETE", f"/people/{stranger}.json"),
    ):
        answer = own.call(method, path, {"person": {"title": "x"}} if method == "PUT" else None)
        assert answer.json == {"MESSAGE": "Person not found", "STATUS": "Error"}, path


@pytest.mark.covers("endpoint:GET /people/apikeys.json")
def test_everybodys_keys_are_shown_without_their_text(world: World, api: Api) -> None:
    one = world.person()
    text = world.key(one, read_only=True)
    response = api.get("/people/APIKeys.json")
    assert response.status_code == 200
    found = {each["user-id"]: each for each in response.json["APIKeys"]}
    assert found.keys() == {"1", str(one)}
    assert set(found[str(one)]) >= {"id", "hint", "read-only", "created-at", "revoked-at"}
    assert (found[str(one)]["read-only"], found["1"]["read-only"]) == (True, False)
    assert found[str(one)]["hint"][-4:] == text[-4:]
    assert text not in response.text
    refused = Api(api.app, text).get("/people/APIKeys.json")
    assert (refused.status_code, "hint" in refused.text) == (403, False)


@pytest.mark.covers("endpoint:GET /projects/{id}/people/{id}.json")
@pytest.mark.covers("endpoint:DELETE /projects/{id}/people/{id}.json")
def test_one_member_of_a_project(world: World, api: Api) -> None:
    member, other = world.person(), world.person()
    project = world.project(viewer=(member,))
    path = f"/projects/{project}/people/{member}.json"
    person = api.get(path).json["person"]
    assert person["permissions"]["role"] == "viewer"
    assert person["permissions"]["project-administrator"] is False
    assert api.get(f"/projects/{project}/people/{other}.json").status_code == 404
    assert Api(api.app, world.key(other)).get(path).status_code == 404
    assert Api(api.app, world.key(member)).delete(path).status_code == 403
    assert (api.delete(path).status_code, api.delete(path).status_code) == (200, 404)


@pytest.mark.covers(
    "endpoint:POST /projects/{id}/people/{id}.json", "endpoint:PUT /projects/{id}/people/{id}.json"
)
def test_one_member_and_what_he_may(app: Flask, world: World, api: Api) -> None:
    mia, project = world.person("Mia"), world.project()
    path = f"/projects/{project}/people/{mia}.json"
    assert api.post(path).status_code == 200
    for sent, role in (
        ({"project-administrator": "1"}, "manager"),
        ({"role": "viewer"}, "viewer"),
        ({"add-tasks": "1"}, "editor"),
    ):
        assert api.put(path, {"permissions": sent}).status_code == 200
        assert api.get(path).json["person"]["permissions"]["role"] == role
    assert api.put(path, {"permissions": {"role": "king"}}).status_code == 422
    assert api.post(f"/projects/{project}/people/4711.json").status_code == 404
    editor = Api(app, world.key(mia))
    assert editor.put(path, {"permissions": {"role": "manager"}}).status_code == 403
    assert api.get(path).json["person"]["permissions"]["role"] == "editor"


def responsible(api: Api, task: int) -> str:
    """The people assigned to a task, the contact first."""
    return str(api.task(task).get("responsible-party-ids", ""))


def test_a_person_is_taken_off_all_tasks(world: World, api: Api) -> None:
    """Off the open ones, the next person becomes the contact; who watches them is told."""
    mia, joe = world.person("Mia"), world.person("Joe")
    project = world.project(editor=(mia, joe))
    home = world.list(project)
    alone, first, last = (
        world.task(home, assignees=each) for each in ((mia,), (mia, joe), (joe, mia))
    )
    done, other = world.task(home, assignees=(mia,)), world.task(home, assignees=(joe,))
    api.put(f"/tasks/{done}/complete.json")
    before = [world.row(each, "version")[0] for each in (alone, other, done)]
    body = {"person": {"unassignFromAll": "1"}}
    assert api.put(f"/people/{mia}.json", body).json == {"STATUS": "OK"}
    found = [responsible(api, each) for each in (alone, first, last, done, other)]
    assert found == ["", str(joe), str(joe), str(mia), str(joe)]
    assert world.row(alone, "assigned_by_id") == (None,)
    assert world.row(first, "assigned_by_id") == (world.admin,)
    after = [world.row(each, "version")[0] for each in (alone, other, done)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 0, 0]
    activity = api.get("/latestActivity.json").json["activity"]
    edited = {int(each["itemid"]) for each in activity if each["activitytype"] == "edited"}
    assert edited == {alone, first, last}
    assert api.put(f"/people/{mia}.json", body).status_code == 200
    unsent = {"person": {"unassignFromAll": "0", "title": "x"}}
    assert api.put(f"/people/{joe}.json", unsent).status_code == 200
    assert responsible(api, other) == str(joe)


def test_one_unassigns_only_what_one_may_edit(app: Flask, world: World, api: Api) -> None:
    mia, other = world.person("Mia"), world.person()
    theirs = world.project("theirs", viewer=(mia,), editor=(other,))
    own = world.project("own", editor=(mia,), manager=(other,))
    kept = world.task(world.list(theirs), assignees=(mia,))
    freed = world.task(world.list(own), assignees=(mia,))
    hidden = world.task(world.list(own), by=other, private=True, assignees=(mia,))
    body = {"person": {"unassign-from-all": True, "title": "Free"}}
    path = f"/people/{mia}.json"
    for client, status in (
        (Api(app, world.key(other)), 403),
        (Api(app, world.key(mia, read_only=True)), 403),
        (Api(app, world.key(world.person(company_id=world.company()))), 404),
    ):
        assert client.put(path, body).status_code == status
    taken = body["person"] | {"email-address": "taken@example.com"}
    world.person(email="taken@example.com")
    assert api.put(path, {"person": taken}).status_code == 409
    assert [responsible(api, each) for each in (kept, freed)] == [str(mia)] * 2
    assert api.put(path, body).status_code == 200
    shown = Api(app, world.key(mia))
    assert responsible(shown, hidden) == str(mia), "the administrator does not see it"
    assert [responsible(api, each) for each in (kept, freed)] == ["", ""]
    assert api.get(path).json["person"]["title"] == "Free"
    again = world.task(world.list(theirs), assignees=(mia,))
    assert shown.put(path, body).status_code == 200
    assert responsible(api, again) == str(mia), "a viewer may not edit it"
    assert shown.get(f"/tasks/{hidden}.json").status_code == 404
