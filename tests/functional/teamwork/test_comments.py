"""Comments: written, told of, read, edited, deleted, with attachments."""

from typing import Any

import pytest
from sqlalchemy import select

from app.models import File, Outgoing, PendingFile
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World

MEMBERS = """
    id body html-body content-type datetime last-changed-on type commentable_type commentable-id
    item-name comment-link commentNo author-id author_id author-firstname author-lastname
    author-avatar-url author-company company-id company-name project-id project-name private
    isRead emailed-from lockdown-id nr-notified-people attachments attachments-count
    attachments_count canEdit canDelete canLike
"""


def comment(body: Any = "Hello", **more: Any) -> dict[str, Any]:
    """A body that adds or changes a comment."""
    return {"comment": {"body": body, **more}}


def messages() -> list[tuple[int, int, int | None]]:
    """Who waits to be told of which comment by whom."""
    columns = (Outgoing.person_id, Outgoing.actor_id, Outgoing.note_id)
    where = Outgoing.kind == "note.added"
    found = maintain(lambda work: work.all(select(*columns).where(where).order_by(Outgoing.id)))
    return [tuple(row) for row in found]


def upload(person: int, ref: str = "tf_one") -> str:
    """An upload that waits to be attached."""
    values = {"ref": ref, "person_id": person, "name": "a.txt", "size": 3, "digest": "0" * 64}
    maintain(lambda work: work.insert(PendingFile, **values))
    return ref


@pytest.mark.covers("endpoint:POST /tasks/{id}/comments.json")
@pytest.mark.covers("endpoint:GET /tasks/{id}/comments.json", "endpoint:GET /comments/{id}.json")
def test_a_comment_and_its_payload(world: World, api: Api) -> None:
    project = world.project("demo")
    task = world.task(world.list(project), "Paint <it>")
    first = api.post(f"/tasks/{task}/comments.json", comment("a < b\nc"))
    assert (first.status_code, first.json) == (201, {"id": "1", "STATUS": "OK"})
    assert first.headers["id"] == "1"
    api.post(
        f"/todo_items/{task}/comments.json", comment("<b>bold</b>", **{"content-type": "html"})
    )
    listed = api.get(f"/tasks/{task}/comments.json")
    one, two = listed.json["comments"]
    assert listed.headers["X-Records"] == "2"
    assert set(one) == set(MEMBERS.split())
    assert api.get("/comments/1.json").json["comment"] == one
    wanted = {
        "id": "1",
        "body": "a < b\nc",
        "html-body": "a &lt; b<br>\nc",
        "content-type": "TEXT",
        "datetime": "2014-05-12T10:00:00Z",
        "type": "task",
        "commentable_type": "todo_items",
        "commentable-id": str(task),
        "item-name": "Paint <it>",
        "comment-link": f"tasks/{task}?c=1",
        "commentNo": "1",
        "author-id": "1",
        "author-firstname": "Ada",
        "author-company": "Demo Company",
        "company-name": "Demo Company",
        "project-id": str(project),
        "project-name": "demo",
        "private": "0",
        "isRead": "1",
        "lockdown-id": "",
        "nr-notified-people": "0",
        "attachments": [],
        "attachments-count": "0",
        "canEdit": True,
        "canDelete": True,
        "canLike": False,
    }
    assert {name: one[name] for name in wanted} == wanted
    assert (two["body"], two["html-body"], two["content-type"], two["commentNo"]) == (
        "bold",
        "<b>bold</b>",
        "HTML",
        "2",
    )


def test_the_companies_of_author_and_project(world: World, api: Api) -> None:
    acme = world.company("Acme")
    guest = world.person(company_id=acme)
    task = world.task(world.list(world.project(company_id=acme, viewer=(guest,))))
    for author in (world.admin, guest):
        world.note(task, author)
    found = api.get(f"/tasks/{task}/comments.json").json["comments"]
    assert [each["author-company"] for each in found] == ["Demo Company", "Acme"]
    assert {each["company-name"] for each in found} == {"Acme"}


@pytest.mark.parametrize(
    ("notify", "told"),
    [
        (None, {"listener"}),
        ("", {"listener"}),
        (False, {"listener"}),
        ("false", {"listener"}),
        (True, {"listener", "watcher", "worker"}),
        ("YES", {"listener", "watcher", "worker"}),
        ("bystander,listener", {"listener", "bystander"}),
        (["bystander"], {"listener", "bystander"}),
    ],
)
def test_who_is_told(notify: Any, told: set[str], world: World, api: Api) -> None:
    """Followers of comments always, the others as said, each once, never the author."""
    names = ("listener", "watcher", "worker", "bystander")
    ids = {name: world.person(name) for name in names}
    project = world.project(editor=tuple(ids.values()))
    task = world.task(
        world.list(project),
        assignees=(ids["worker"], world.admin),
        comment_followers=(ids["listener"], world.admin),
        change_followers=(ids["watcher"],),
    )
    if isinstance(notify, list):
        notify = [ids[name] for name in notify]
    elif isinstance(notify, str) and "bystander" in notify:
        notify = ",".join(str(ids[name]) for name in notify.split(","))
    body = comment() if notify is None else comment(notify=notify)
    made = int(api.post(f"/tasks/{task}/comments.json", body).json["id"])
    assert sorted(messages()) == sorted((ids[name], 1, made) for name in told)
    assert api.get(f"/comments/{made}.json").json["comment"]["nr-notified-people"] == str(len(told))


def test_nobody_is_told_who_cannot_see_the_task(world: World, api: Api) -> None:
    """Not one who left the project, nor a colleague to whom a private task is closed."""
    granted, shut_out, gone, stranger = (world.person() for _ in range(4))
    project = world.project(editor=(granted, shut_out, gone))
    everybody = (granted, shut_out, gone)
    task = world.task(
        world.list(project), private=True, granted=(granted,), comment_followers=everybody
    )
    api.put(f"/projects/{project}/people.json", {"remove": {"userIdList": str(gone)}})
    path = f"/tasks/{task}/comments.json"
    refused = api.post(path, comment(notify=[stranger]))
    assert (refused.status_code, str(stranger) in refused.json["MESSAGE"]) == (422, True)
    assert messages() == []
    made = int(api.post(path, comment(notify=[shut_out])).json["id"])
    assert messages() == [(granted, 1, made)]


def test_in_anothers_name(world: World, api: Api) -> None:
    """An administrator may name the author, who then is not told."""
    one, two = world.person(), world.person()
    project = world.project(editor=(one, two))
    task = world.task(world.list(project), comment_followers=(one, two))
    path, body = f"/tasks/{task}/comments.json", comment(**{"author-id": str(one)})
    assert Api(api.app, world.key(two)).post(path, body).status_code == 403
    made = int(api.post(path, body).json["id"])
    assert api.get(f"/comments/{made}.json").json["comment"]["author_id"] == str(one)
    assert messages() == [(two, one, made)]
    stranger = comment(**{"author-id": world.person()})
    assert api.post(path, stranger).status_code == 422


@pytest.mark.covers("endpoint:PUT /comments/{id}/markread.json")
@pytest.mark.covers("endpoint:POST /comments/{id}/markread.json")
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_unread_comments(method: str, world: World, api: Api) -> None:
    """To list comments does not read them; who wrote them has."""
    member = world.person()
    task = world.task(world.list(world.project(viewer=(member,))))
    own = Api(api.app, world.key(member))
    api.post(f"/tasks/{task}/comments.json", comment())
    assert api.task(task)["has-unread-comments"] is False
    (listed,) = own.get(f"/tasks/{task}/comments.json").json["comments"]
    assert (listed["isRead"], own.task(task)["has-unread-comments"]) == ("0", True)
    assert own.call(method, "/comments/1/markread.json").json == {"STATUS": "OK"}
    assert own.call(method, "/comments/1/markRead.json").status_code == 200
    assert own.get("/comments/1.json").json["comment"]["isRead"] == "1"
    assert own.task(task)["has-unread-comments"] is False


@pytest.mark.covers("endpoint:PUT /comments/{id}.json", "endpoint:DELETE /comments/{id}.json")
def test_editing_and_deleting(world: World, api: Api) -> None:
    author, manager, viewer = (world.person() for _ in range(3))
    project = world.project(editor=(author,), manager=(manager,), viewer=(viewer,))
    task = world.task(world.list(project))
    mine, boss, other = (Api(api.app, world.key(each)) for each in (author, manager, viewer))
    mine.post(f"/tasks/{task}/comments.json", comment("first", **{"content-type": "HTML"}))
    rights = [
        (found["canEdit"], found["canDelete"])
        for found in (each.get("/comments/1.json").json["comment"] for each in (mine, boss, other))
    ]
    assert rights == [(True, True), (False, True), (False, False)]
    for each in (boss, other):
        assert each.put("/comments/1.json", comment("mine now")).status_code == 403
    assert other.delete("/comments/1.json").status_code == 403
    assert mine.put("/comments/1.json", comment("<i>second</i>")).json == {"STATUS": "OK"}
    found = mine.get("/comments/1.json").json["comment"]
    assert (found["body"], found["html-body"], found["author-id"]) == (
        "second",
        "<i>second</i>",
        str(author),
    )
    text = comment("<i>third</i>", **{"content-type": "TEXT"})
    assert api.put("/comments/1.json", text).status_code == 200
    assert api.get("/comments/1.json").json["comment"]["body"] == "<i>third</i>"
    assert api.task(task)["comments-count"] == "1"
    assert boss.delete("/comments/1.json").status_code == 200
    assert mine.get("/comments/1.json").status_code == 404
    assert api.task(task)["comments-count"] == "0"


def test_attachments(world: World, api: Api) -> None:
    """Files of a comment are the project's, seen by who sees the task."""
    granted, shut_out = world.person(), world.person()
    project = world.project(editor=(granted, shut_out))
    task = world.task(world.list(project), private=True, granted=(granted,))
    refs = ",".join(upload(world.admin, ref) for ref in ("tf_a", "tf_b"))
    api.post(f"/tasks/{task}/comments.json", comment(pendingFileAttachments=refs))
    more = comment("more", pendingFileAttachments=[upload(world.admin, "tf_c")])
    assert api.put("/comments/1.json", more).status_code == 200
    found = api.get("/comments/1.json").json["comment"]
    assert [each["name"] for each in found["attachments"]] == ["a.txt"] * 3
    assert (found["attachments-count"], found["attachments_count"]) == ("3", "3")
    projects = maintain(lambda work: work.all(select(File.project_id)))
    assert {row.project_id for row in projects} == {project}
    search = {"searchFor": "files", "searchTerm": "a.txt"}
    seen = {
        person: len(
            Api(api.app, world.key(person))
            .get("/search.json", **search)
            .json["searchResult"]["files"]
        )
        for person in (granted, shut_out)
    }
    assert seen == {granted: 3, shut_out: 0}
    again = api.post(f"/tasks/{task}/comments.json", comment(pendingFileAttachments="tf_a"))
    assert (again.status_code, "tf_a" in again.json["MESSAGE"]) == (422, True)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "comment"),
        ({"comment": "text"}, "comment"),
        ({"comment": {}}, "body: is missing"),
        (comment(""), "body"),
        (comment("   "), "body"),
        (comment(5), "body"),
        (comment("<p></p>", **{"content-type": "HTML"}), "body"),
        (comment(**{"content-type": "MARKDOWN"}), "content-type"),
        (comment(notify="everyone"), "notify"),
        (comment(notify=[[1]]), "notify"),
        (comment(notify="987654"), "notify"),
        (comment(**{"author-id": 987654}), "author-id"),
        (comment(pendingFileAttachments="tf_none"), "pendingFileAttachments"),
    ],
)
def test_what_is_no_comment(body: Any, named: str, world: World, api: Api) -> None:
    task = world.task()
    response = api.post(f"/tasks/{task}/comments.json", body)
    assert (response.status_code, named in response.json["MESSAGE"]) == (422, True)
    assert api.task(task)["comments-count"] == "0"


def test_comments_are_as_private_as_their_task(world: World, api: Api) -> None:
    """Hidden ones answer as those that never were, to every call."""
    member = world.person()
    project = world.project(editor=(member,))
    home = world.list(project)
    secret, foreign = world.task(home, private=True), world.task()
    for task in (secret, foreign):
        api.post(f"/tasks/{task}/comments.json", comment("secret"))
    own = Api(api.app, world.key(member))
    calls: tuple[tuple[str, str, Any], ...] = (
        ("GET", "/comments/{}.json", None),
        ("PUT", "/comments/{}.json", comment()),
        ("DELETE", "/comments/{}.json", None),
        ("PUT", "/comments/{}/markread.json", None),
    )
    for method, path, body in calls:
        answers = {own.call(method, path.format(each), body).data for each in (1, 2, 999)}
        assert len(answers) == 1, path
        assert own.call(method, path.format(1), body).status_code == 404
    for method, body in (("GET", None), ("POST", comment())):
        paths = [f"/tasks/{task}/comments.json" for task in (secret, foreign, 999)]
        found = [own.call(method, path, body) for path in paths]
        assert {each.status_code for each in found} == {404}
        assert len({each.data for each in found}) == 1


def test_a_viewer_comments_and_a_reading_key_does_not(world: World, api: Api) -> None:
    viewer = world.person()
    task = world.task(world.list(world.project(viewer=(viewer,))))
    path = f"/tasks/{task}/comments.json"
    assert Api(api.app, world.key(viewer)).post(path, comment()).status_code == 201
    reading = Api(api.app, world.key(viewer, read_only=True))
    assert reading.post(path, comment()).status_code == 403
    assert reading.put("/comments/1/markread.json").status_code == 403
    found = reading.get("/comments/1.json").json["comment"]
    assert (found["canEdit"], found["canDelete"]) == (False, False)
