"""Files of tasks and projects, their versions, and their bytes (facts 2.1 "Files")."""

import hashlib
import tracemalloc
from io import BytesIO
from typing import Any

import pytest

from app.models import FileVersion
from app.queries.remembered import Memories
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World
from tests.counting import counted

MEMBERS = {
    "id",
    "name",
    "originalName",
    "filenameOnDisk",
    "size",
    "version",
    "version-id",
    "versions",
    "description",
    "private",
    "status",
    "file-source",
    "uploaded-date",
    "uploaded-by-userId",
    "uploaded-by-user-first-name",
    "uploaded-by-user-last-name",
}


def upload(api: Api, content: bytes = b"bytes", name: str = "plan.pdf") -> str:
    """Upload a file; gives its reference."""
    response = api.call("POST", "/pendingfiles.json", data={"file": (BytesIO(content), name)})  # type: ignore[arg-type]
    assert response.status_code == 201, response.text
    return str(response.json["pendingFile"]["ref"])


def added(api: Api, project: int, content: bytes = b"bytes", name: str = "plan.pdf") -> str:
    """A file of a project, of an upload; gives its id."""
    body = {"file": {"pendingFileRef": upload(api, content, name)}}
    response = api.post(f"/projects/{project}/files.json", body)
    assert response.status_code == 201, response.text
    return str(response.json["id"])


def one(api: Api, file: str) -> dict[str, Any]:
    """A file that must be there."""
    response = api.get(f"/files/{file}.json")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json["file"]
    return found


def names(api: Api, path: str) -> list[str]:
    """The names of listed files."""
    return [each["name"] for each in api.get(path).json["project"]["files"]]


@pytest.mark.covers("endpoint:POST /tasks/{id}/files.json", "endpoint:GET /tasks/{id}/files.json")
def test_files_of_a_task(world: World, api: Api) -> None:
    project = world.project("Demo")
    task = world.task(world.list(project), "with files")
    refs = [upload(api), upload(api, b"more", "b.txt")]
    body = {"task": {"pendingFileAttachments": refs}}
    response = api.post(f"/tasks/{task}/files.json", body)
    assert (response.status_code, response.headers["id"]) == (201, "1")
    assert response.json == {"id": "1", "fileIds": "1,2", "STATUS": "OK"}
    listed = api.get(f"/tasks/{task}/files.json")
    assert list(listed.json) == ["project", "STATUS"]
    found = listed.json["project"]
    shown = {name: found[name] for name in ("id", "name", "company")}
    assert shown == {"id": str(project), "name": "Demo", "company": "Demo Company"}
    first, second = found["files"]
    assert set(first) >= MEMBERS
    assert {name: first[name] for name in MEMBERS} == {
        "id": "1",
        "name": "plan.pdf",
        "originalName": "plan.pdf",
        "filenameOnDisk": "plan.pdf",
        "size": "5",
        "version": "1",
        "version-id": "1",
        "versions": [],
        "description": "",
        "private": "0",
        "status": "active",
        "file-source": "teamworkpm",
        "uploaded-date": "2014-05-12T10:00:00Z",
        "uploaded-by-userId": "1",
        "uploaded-by-user-first-name": "Ada",
        "uploaded-by-user-last-name": "Admin",
    }
    assert (second["name"], second["size"]) == ("b.txt", "4")
    assert listed.headers["X-Records"] == "2"
    again = api.post(f"/tasks/{task}/files.json", body)
    assert (again.status_code, "pendingFileAttachments" in again.json["MESSAGE"]) == (422, True)
    assert one(api, "1")["related-items"] == [
        {"taskId": str(task), "title": "with files", "type": "task"}
    ]


def test_a_completed_task_gets_no_files(world: World, api: Api) -> None:
    task = world.task()
    api.put(f"/tasks/{task}/complete.json")
    body = {"task": {"pendingFileAttachments": upload(api)}}
    assert api.post(f"/tasks/{task}/files.json", body).status_code == 403
    assert names(api, f"/tasks/{task}/files.json") == []


@pytest.mark.parametrize(
    ("path", "body", "member"),
    [
        ("/tasks/{task}/files.json", {}, "task"),
        ("/tasks/{task}/files.json", {"task": {}}, "pendingFileAttachments"),
        ("/tasks/{task}/files.json", {"task": {"pendingFileAttachments": 7}}, "pendingFile"),
        ("/projects/{project}/files.json", {"file": {"name": "x"}}, "pendingFileRef"),
        ("/projects/{project}/files.json", {"file": {"pendingFileRef": "tf_1"}}, "pendingFile"),
        (
            "/projects/{project}/files.json",
            {"file": {"pendingFileAttachments": ["tf_1", "tf_2"], "name": "x"}},
            "name",
        ),
        ("/files/{file}.json", {"fileversion": {}}, "pendingFileRef"),
        ("/files/{file}.json", {"fileversion": {"pendingFileRef": "tf_1"}}, "pendingFileRef"),
    ],
)
def test_bad_bodies_are_named(path: str, body: Any, member: str, world: World, api: Api) -> None:
    project = world.project()
    task = world.task(world.list(project))
    address = path.format(task=task, project=project, file=world.file(project))
    response = api.post(address, body)
    assert (response.status_code, member in response.json["MESSAGE"]) == (422, True), response.text


@pytest.mark.covers("endpoint:POST /projects/{id}/files.json")
@pytest.mark.covers("endpoint:GET /projects/{id}/files.json", "endpoint:GET /files/{id}.json")
@pytest.mark.covers("endpoint:PUT /files/{id}.json", "endpoint:DELETE /files/{id}.json")
def test_files_of_a_project(world: World, api: Api) -> None:
    project = world.project("Demo")
    said = {"name": "renamed.pdf", "description": "a < b", "category-id": "7"}
    body = {"file": {"pendingFileRef": upload(api)} | said}
    response = api.post(f"/projects/{project}/files.json", body)
    assert (response.status_code, response.headers["id"]) == (201, "1")
    assert names(api, f"/projects/{project}/files.json") == ["renamed.pdf"]
    file = one(api, "1")
    assert (file["description"], file["project-name"]) == ("a < b", "Demo")
    assert file["download-URL"] == "http://localhost/files/1/download"
    assert (file["canEdit"], file["can-upload-new-version"]) == (True, True)
    body = {"file": {"name": "again.pdf", "description": ""}}
    assert api.put("/files/1.json", body).json == {"STATUS": "OK"}
    file = one(api, "1")
    assert (file["name"], file["description"], file["version"]) == ("again.pdf", "", "1")
    assert api.put("/files/1.json", {"file": {"name": ""}}).status_code == 422
    several = {"file": {"pendingFileAttachments": [upload(api), upload(api)]}}
    made = api.post(f"/projects/{project}/files.json", several)
    assert made.json["fileIds"] == "2,3"
    assert api.delete("/files/1.json").json == {"STATUS": "OK"}
    assert api.get("/files/1.json").status_code == 404
    assert api.get("/files/1/download").status_code == 404
    assert len(names(api, f"/projects/{project}/files.json")) == 2


@pytest.mark.covers("endpoint:POST /files/{id}.json", "endpoint:GET /files/{id}/download")
def test_versions(world: World, api: Api) -> None:
    project = world.project()
    task = world.task(world.list(project))
    file = added(api, project, b"one", "one.txt")
    for content, name in ((b"two!", "two.txt"), (b"three", "three.txt")):
        body = {"fileversion": {"pendingFileRef": upload(api, content, name), "description": name}}
        response = api.post(f"/files/{file}.json", body)
        assert (response.status_code, response.headers["id"]) == (201, file)
    assert response.json == {"id": file, "version": "3", "STATUS": "OK"}
    shown = one(api, file)
    assert (shown["name"], shown["version"], shown["size"]) == ("three.txt", "3", "5")
    assert shown["description"] == "three.txt"
    assert [(each["version"], each["name"], each["size"]) for each in shown["versions"]] == [
        ("2", "two.txt", "4"),
        ("1", "one.txt", "3"),
    ]
    assert shown["versions"][0]["uploaded-by-user-first-name"] == "Ada"
    path = f"/files/{file}/download"
    assert [api.get(path, version=each).data for each in (1, 2, 3)] == [b"one", b"two!", b"three"]
    assert api.get(path).data == b"three"
    assert api.get(path, version=4).status_code == 404
    assert api.get(path, version="x").status_code == 422
    api.put(f"/tasks/{task}.json", {"todo-item": {"attachments": file}})
    (attached,) = api.task(task)["attachments"]
    assert attached["version"] == "3"


def test_odata_keeps_versions_too(world: World, api: Api) -> None:
    """What a PUT of $value takes the place of is a version; the empty beginning is none."""
    project = world.project()
    uid = api.get("/odata/Project?$filter=Name eq 'demo'&$select=ProjectId").json["value"][0]
    made = api.post("/odata/Document", {"FileName": "a.txt"} | uid)
    key = made.json["DocumentId"]
    for content in (b"first", b"second"):
        response = api.call("PUT", f"/odata/Document({key})/$value", data=content)
        assert response.status_code == 204, response.text
    (file,) = api.get(f"/projects/{project}/files.json").json["project"]["files"]
    assert (file["version"], [each["version"] for each in file["versions"]]) == ("3", ["2"])
    assert api.get(f"/files/{file['id']}/download", version=2).data == b"first"


KINDS = [
    ("a.png", "image/png"),
    ("a.TXT", "text/plain; charset=utf-8"),
    ("a.html", "application/octet-stream"),
    ("a.svg", "application/octet-stream"),
    ("a.js", "application/octet-stream"),
    ("none", "application/octet-stream"),
]


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_a_browser_runs_nothing(name: str, kind: str, world: World, api: Api) -> None:
    file = added(api, world.project(), b"<script>", name)
    headers = api.get(f"/files/{file}/download").headers
    assert headers["Content-Type"] == kind
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == f"attachment; filename={name}"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-cache"


HOSTILE = [
    ("../../etc/passwd", "passwd"),
    ('a"; x=".pdf', '"a\\"; x=\\".pdf"'),
    ("r\r\nSet-Cookie: x.txt", '"rSet-Cookie: x.txt"'),
    ("ünï.pdf", "uni.pdf; filename*=UTF-8''%C3%BCn%C3%AF.pdf"),
]


@pytest.mark.parametrize(("name", "said"), HOSTILE)
def test_names_are_harmless(name: str, said: str, world: World, api: Api) -> None:
    file = str(world.file(world.project()))
    body = {"fileversion": {"pendingFileRef": upload(api)}}
    assert api.post(f"/files/{file}.json", body).status_code == 201
    if "\n" in name:  # a form cannot carry it, but the other dialect's JSON can
        uid = api.get("/odata/Document").json["value"][0]["DocumentId"]
        api.call("PATCH", f"/odata/Document({uid})", {"FileName": name})
    else:
        assert api.put(f"/files/{file}.json", {"file": {"name": name}}).status_code == 200
    found = api.get(f"/files/{file}/download")
    assert found.status_code == 200
    assert found.headers["Content-Disposition"] == f"attachment; filename={said}"


def test_ranges_and_conditions(world: World, api: Api) -> None:
    content = bytes(range(256)) * 1000
    path = f"/files/{added(api, world.project(), content, 'a.bin')}/download"
    whole = api.get(path)
    assert (whole.data, whole.headers["Content-Length"]) == (content, "256000")
    assert whole.headers["Accept-Ranges"] == "bytes"
    etag = whole.headers["ETag"]
    assert etag == f'"{hashlib.sha256(content).hexdigest()}"'
    known = api.call("GET", path, headers={"If-None-Match": etag})
    assert (known.status_code, known.data) == (304, b"")
    part = api.call("GET", path, headers={"Range": "bytes=100000-100009"})
    assert (part.status_code, part.data) == (206, content[100000:100010])
    assert part.headers["Content-Range"] == "bytes 100000-100009/256000"
    assert api.call("GET", path, headers={"Range": "bytes=900000-"}).status_code == 416
    other = api.call("GET", path, headers={"If-Match": '"another"'})
    assert (other.status_code, list(other.json)) == (412, ["MESSAGE", "STATUS"])
    assert api.call("GET", path, headers={"If-Match": etag}).data == content
    head = api.call("HEAD", path)
    assert (head.data, head.headers["Content-Length"]) == (b"", "256000")


def test_an_empty_file_and_one_whose_bytes_are_gone(world: World, api: Api) -> None:
    project = world.project()
    empty = added(api, project, b"", "empty.txt")
    response = api.get(f"/files/{empty}/download")
    assert (response.status_code, response.data) == (200, b"")
    gone = world.file(project)
    response = api.get(f"/files/{gone}/download")
    assert (response.status_code, response.json["STATUS"]) == (404, "Error")


def test_a_download_is_not_held_in_memory(world: World, api: Api) -> None:
    content = b"x" * (8 << 20)
    path = f"/files/{added(api, world.project(), content, 'a.bin')}/download"
    tracemalloc.start()
    try:
        response = api.get(path)
        read = sum(len(chunk) for chunk in response.iter_encoded())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        response.close()
    assert (read, most < 4 << 20) == (len(content), True)


CALLS = [
    ("GET", "/files/{file}.json", None),
    ("PUT", "/files/{file}.json", {"file": {"name": "x"}}),
    ("POST", "/files/{file}.json", {"fileversion": {"pendingFileRef": "tf_1"}}),
    ("DELETE", "/files/{file}.json", None),
    ("GET", "/files/{file}/download", None),
    ("GET", "/tasks/{task}/files.json", None),
    ("POST", "/tasks/{task}/files.json", {"task": {"pendingFileAttachments": "tf_1"}}),
    ("GET", "/projects/{project}/files.json", None),
    ("POST", "/projects/{project}/files.json", {"file": {"pendingFileRef": "tf_1"}}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_another_projects_files_do_not_exist(
    method: str, path: str, body: Any, world: World, api: Api
) -> None:
    project = world.project()
    task = world.task(world.list(project))
    file = world.file(project, task=task)
    stranger = Api(api.app, world.key(world.person()))
    found = stranger.call(method, path.format(file=file, task=task, project=project), body)
    nowhere = stranger.call(method, path.format(file=999, task=999, project=999), body)
    assert (found.status_code, found.data) == (404, nowhere.data)
    assert one(api, str(file))["name"] == "plan.pdf"


def test_a_file_on_a_private_task_only(world: World, api: Api) -> None:
    member = world.person()
    project = world.project(manager=(member,))
    home = world.list(project)
    private, shared = world.task(home, private=True), world.task(home, "open")
    file = world.file(project, "secret.pdf", private)
    own = Api(api.app, world.key(member))
    assert names(own, f"/projects/{project}/files.json") == []
    assert own.get(f"/files/{file}.json").status_code == 404
    assert own.get(f"/files/{file}/download").status_code == 404
    assert own.get(f"/tasks/{private}/files.json").status_code == 404
    api.put(f"/tasks/{shared}.json", {"todo-item": {"attachments": file}})
    shown = one(own, str(file))
    assert [each["title"] for each in shown["related-items"]] == ["open"]


def test_who_may_change_files(world: World, api: Api) -> None:
    viewer, editor = world.person(), world.person()
    project = world.project(viewer=(viewer,), editor=(editor,))
    task, file = world.task(world.list(project)), world.file(project)
    reading, writing = Api(api.app, world.key(viewer)), Api(api.app, world.key(editor))
    ref = upload(reading)
    refused = [
        ("PUT", f"/files/{file}.json", {"file": {"name": "x"}}),
        ("POST", f"/files/{file}.json", {"fileversion": {"pendingFileRef": ref}}),
        ("DELETE", f"/files/{file}.json", None),
        ("POST", f"/tasks/{task}/files.json", {"task": {"pendingFileAttachments": ref}}),
        ("POST", f"/projects/{project}/files.json", {"file": {"pendingFileRef": ref}}),
    ]
    for method, path, body in refused:
        assert reading.call(method, path, body).status_code == 403, path
    assert one(reading, str(file))["canEdit"] is False
    body = {"fileversion": {"pendingFileRef": ref}}
    assert writing.post(f"/files/{file}.json", body).status_code == 422, "another's upload"
    assert one(writing, str(file))["canEdit"] is True
    assert writing.put(f"/files/{file}.json", {"file": {"name": "x"}}).status_code == 200


def test_what_was_kept_of_a_version(world: World, api: Api) -> None:
    """The stored row says when the version was uploaded, and by whom the file was made."""
    file = added(api, world.project(), b"one", "one.txt")
    api.post(f"/files/{file}.json", {"fileversion": {"pendingFileRef": upload(api, b"two")}})
    table = FileVersion.__table__
    row = maintain(lambda work: work.first(table.select()))
    kept = (row.file_id, row.revision, row.name, row.size, row.digest, row.creator_id)
    digest = hashlib.sha256(b"one").hexdigest()
    assert kept == (int(file), 1, "one.txt", 3, digest, world.admin)


def test_who_brought_which_version(world: World, api: Api) -> None:
    """Everybody's own: the file keeps its creator, each version who uploaded it, in both
    dialects.
    """
    mia, leo = world.person("Mia"), world.person("Leo")
    project = world.project(editor=(mia, leo))
    people = {name: Api(api.app, world.key(each)) for name, each in (("Mia", mia), ("Leo", leo))}
    people["Ada"] = api
    file = added(people["Mia"], project, b"1", "a.txt")
    for number, name in enumerate(("Leo", "Ada", "Mia", "Leo"), 2):
        sent = {"pendingFileRef": upload(people[name], b"x" * number)}
        assert people[name].post(f"/files/{file}.json", {"fileversion": sent}).status_code == 201
        assert one(api, file)["uploaded-by-user-first-name"] == name
    shown = one(api, file)
    first = "uploaded-by-user-first-name"
    assert [each[first] for each in shown["versions"]] == ["Mia", "Ada", "Leo", "Mia"]
    assert (shown["uploaded-by-userId"], shown["version"]) == (str(leo), "5")
    (document,) = api.get("/odata/Document").json["value"]
    contacts = {each["ContactId"]: each for each in api.get("/odata/Contact").json["value"]}
    made, brought = (
        contacts[document[name]]["FirstName"]
        for name in ("CreatedByContactId", "UploadedByContactId")
    )
    assert (made, brought) == ("Mia", "Leo")
    address = f"/odata/Document({document['DocumentId']})/$value"
    assert api.call("PUT", address, data=b"odata").status_code == 204
    shown = one(api, file)
    assert (shown[first], shown["versions"][0][first]) == ("Ada", "Leo")


@pytest.mark.parametrize(("method", "path", "body"), CALLS[:5])
def test_a_deleted_file_answers_as_one_that_never_was(
    method: str, path: str, body: Any, world: World, api: Api
) -> None:
    file = world.file(world.project())
    assert api.delete(f"/files/{file}.json").status_code == 200
    gone, never = (api.call(method, path.format(file=each), body) for each in (file, 999))
    assert (gone.status_code, gone.data) == (404, never.data)
    assert gone.json["MESSAGE"] == "File not found"


READS = {
    "task": ("/tasks/{task}/files.json", 10),
    "project": ("/projects/{project}/files.json", 8),
    "one": ("/files/1.json", 8),
    "download": ("/files/1/download?version=1", 4),
}


@pytest.mark.parametrize(("path", "most"), READS.values(), ids=list(READS))
def test_statements_do_not_grow_with_the_rows(path: str, most: int, world: World, api: Api) -> None:
    project = world.project()
    task = world.task(world.list(project))

    def ask() -> int:
        Memories.forget()
        with counted() as statements:
            response = api.get(path.format(task=task, project=project))
        assert response.status_code == 200, response.text
        return len(statements)

    def furnish(number: int) -> int:
        refs = [upload(api) for _ in range(number)]
        with counted() as statements:
            body = {"task": {"pendingFileAttachments": refs}}
            assert api.post(f"/tasks/{task}/files.json", body).status_code == 201
        for file in range(1, number + 1):
            body = {"fileversion": {"pendingFileRef": upload(api)}}
            assert api.post(f"/files/{file}.json", body).status_code == 201
        return len(statements)

    written = furnish(1)
    few = ask()
    assert furnish(5) == written
    assert ask() == few <= most
