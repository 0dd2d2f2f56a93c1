"""Files that go to other projects, or are copied there."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import FileTag, NoteFile
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World


def file_of(api: Api, file: int) -> dict[str, Any]:
    """The payload of a file that must be there."""
    response = api.get(f"/files/{file}.json")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json["file"]
    return found


def names(api: Api, project: int) -> list[str]:
    """The names of a project's files."""
    files = api.get(f"/projects/{project}/files.json").json["project"]["files"]
    return sorted(each["name"] for each in files)


@pytest.mark.covers("endpoint:PUT /files/{id}/move.json")
def test_a_file_moves_and_what_carried_it_loses_it(world: World, api: Api) -> None:
    old, new = world.project("old"), world.project("new")
    task = world.task(world.list(old))
    here = world.task(world.list(new))
    file = world.file(old, "plan.pdf", task=task)
    note = world.note(task, world.admin)
    maintain(lambda work: work.insert_links(NoteFile, [{"note_id": note, "file_id": file}]))
    api.put(f"/tasks/{here}.json", {"todo-item": {"attachments": str(file)}})
    before = world.row(task, "version")[0]
    response = api.put(f"/files/{file}/move.json", {"projectId": str(new)})
    assert (response.status_code, response.json) == (200, {"STATUS": "OK"})
    assert (names(api, old), names(api, new)) == ([], ["plan.pdf"])
    assert api.task(task, getFiles="yes")["attachments"] == []
    assert [each["name"] for each in api.task(here)["attachments"]] == ["plan.pdf"]
    assert world.row(task, "version")[0] == before + 1
    with db.engine.connect() as connection:
        assert connection.execute(select(NoteFile.note_id)).all() == []
    found = file_of(api, file)
    assert (found["project-id"], found["name"]) == (str(new), "plan.pdf")
    changed = found["last-changed-on"]
    assert api.put(f"/files/{file}/move.json", {"PROJECTID": new}).status_code == 200
    assert file_of(api, file)["last-changed-on"] == changed
    assert [each["name"] for each in api.task(here)["attachments"]] == ["plan.pdf"]


@pytest.mark.covers("endpoint:PUT /files/{id}/copy.json")
def test_a_copy_is_a_file_of_its_own(world: World, api: Api) -> None:
    old, new = world.project("old"), world.project("new", editor=(other := world.person(),))
    file = world.file(old, "plan.pdf", task=world.task(world.list(old)))
    api.put(f"/files/{file}.json", {"file": {"description": "of the house"}})
    api.put(f"/files/{file}/tags.json", {"tags": {"content": "draft"}})
    response = api.put(f"/files/{file}/copy.json", {"file": {"projectId": new}})
    made = int(response.json["id"])
    assert (response.status_code, response.json) == (200, {"id": str(made), "STATUS": "OK"})
    assert made != file
    same = ("name", "size", "description")
    copied, origin = file_of(Api(api.app, world.key(other)), made), file_of(api, file)
    assert {name: copied[name] for name in same} == {name: origin[name] for name in same}
    assert [each["name"] for each in copied["tags"]] == ["draft"]
    assert (copied["related-items"], copied["version"]) == ([], "1")
    assert (origin["project-id"], copied["project-id"]) == (str(old), str(new))
    api.delete(f"/files/{file}.json")
    assert names(api, new) == ["plan.pdf"]


def test_who_may_move_and_copy(app: Flask, world: World, api: Api) -> None:
    viewer, editor = world.person(), world.person()
    old = world.project("old", viewer=(viewer,), editor=(editor,))
    mine = world.project("mine", editor=(viewer,), viewer=(editor,))
    foreign = world.project("foreign")
    home = world.list(old)
    open_file = world.file(old, "open.pdf", task=world.task(home))
    secret = world.file(old, "secret.pdf", task=world.task(home, private=True))
    abroad = world.file(foreign, "abroad.pdf")
    reads, edits = Api(app, world.key(viewer)), Api(app, world.key(editor))
    only = Api(app, world.key(editor, read_only=True))
    for act in ("move", "copy"):
        missing = edits.put(f"/files/4711/{act}.json", {"projectId": old})
        for file in (secret, abroad):
            got = edits.put(f"/files/{file}/{act}.json", {"projectId": old})
            assert (got.status_code, got.data) == (404, missing.data)
        path = f"/files/{open_file}/{act}.json"
        assert edits.put(path, {"projectId": mine}).status_code == 403
        assert only.put(path, {"projectId": old}).status_code == 403
        unknown = [edits.put(path, {"projectId": each}) for each in (foreign, 4711)]
        assert {each.status_code for each in unknown} == {422}
        told = [
            each.json["MESSAGE"].replace(str(named), "ID")
            for each, named in zip(unknown, (foreign, 4711), strict=True)
        ]
        assert told[0] == told[1]
        for body in ({}, {"projectId": ""}, {"projectId": "x"}, {"file": {}}):
            wrong = edits.put(path, body)
            assert (wrong.status_code, "projectId" in wrong.json["MESSAGE"]) == (422, True)
    assert reads.put(f"/files/{open_file}/move.json", {"projectId": mine}).status_code == 403
    assert names(edits, old) == ["open.pdf"]
    assert reads.put(f"/files/{open_file}/copy.json", {"projectId": mine}).status_code == 200
    assert names(api, mine) == ["open.pdf"]


def test_a_personal_file_goes_to_a_project(app: Flask, world: World, api: Api) -> None:
    """A file without a project is its creator's, who may give it to one."""
    editor = world.person()
    project = world.project(editor=(editor,))
    values = {"FileName": "own.txt"}
    own = Api(app, world.key(editor))
    made = own.post("/odata/Document", values)
    assert made.status_code == 201, made.text
    file = 1
    assert api.put(f"/files/{file}/move.json", {"projectId": project}).status_code == 404
    assert own.put(f"/files/{file}/move.json", {"projectId": project}).status_code == 200
    assert names(api, project) == ["own.txt"]
    with db.engine.connect() as connection:
        assert connection.execute(select(FileTag.tag_id)).all() == []
