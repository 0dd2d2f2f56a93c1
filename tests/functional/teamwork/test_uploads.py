"""pendingFileAttachments and attachments ("Add a task", Options), by real uploads."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from tests.api import Api, basic
from tests.builders import World


def upload(app: Flask, key: str, content: bytes, name: str = "plan.pdf") -> str:
    """Upload a file; gives its reference."""
    response = app.test_client().post(
        "/pendingfiles.json", data={"file": (BytesIO(content), name)}, headers=basic(key)
    )
    assert response.status_code == 201, response.text
    return str(response.json["pendingFile"]["ref"])


@pytest.mark.covers("endpoint:POST /pendingfiles.json", "add:pendingFileAttachments")
def test_a_pending_file_is_attached_once(app: Flask, world: World) -> None:
    key = world.key(world.admin)
    api = Api(app, key)
    ref = upload(app, key, b"bytes", "../../etc/plan.pdf")
    task = world.task()
    body = {"todo-item": {"pendingFileAttachments": ref}}
    assert api.put(f"/tasks/{task}.json", body).status_code == 200
    (file,) = api.task(task)["attachments"]
    assert file["name"] == "plan.pdf"
    assert file["size"] == "5"
    assert api.task(task)["attachments-count"] == "1"
    again = api.put(f"/tasks/{task}.json", body)
    assert again.status_code == 422
    assert "pendingFileAttachments" in again.json["MESSAGE"]


def test_the_bytes_are_kept_by_digest(app: Flask, world: World) -> None:
    upload(app, world.key(world.admin), b"the same bytes")
    upload(app, world.key(world.admin), b"the same bytes", "other.txt")
    folder: Path = app.config["TANDEM"].files_path
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept].count(b"the same bytes") == 1


def test_an_upload_belongs_to_its_uploader(app: Flask, world: World) -> None:
    other = world.person()
    task = world.task(world.list(world.project(editor=(other,))))
    ref = upload(app, world.key(world.admin), b"mine")
    body = {"todo-item": {"pendingFileAttachments": [ref]}}
    response = Api(app, world.key(other)).put(f"/tasks/{task}.json", body)
    assert response.status_code == 422


def test_existing_files_are_added_unless_the_others_are_to_go(api: Api, world: World) -> None:
    project = world.project()
    task = world.task(world.list(project))
    first, second = world.file(project, "a.txt"), world.file(project, "b.txt")
    api.put(f"/tasks/{task}.json", {"todo-item": {"attachments": str(first)}})
    api.put(f"/tasks/{task}.json", {"todo-item": {"attachments": [second]}})
    assert [file["name"] for file in api.task(task)["attachments"]] == ["a.txt", "b.txt"]
    body = {"todo-item": {"attachments": str(second), "removeOtherFiles": True}}
    api.put(f"/tasks/{task}.json", body)
    assert [file["name"] for file in api.task(task)["attachments"]] == ["b.txt"]


def test_a_request_without_the_field_and_one_too_large(app: Flask, world: World) -> None:
    key = world.key(world.admin)
    api = Api(app, key)
    assert api.post("/pendingfiles.json", {}).status_code == 422
    large = {"file": (BytesIO(b"x" * (27 << 20)), "big.bin")}
    response = app.test_client().post("/pendingfiles.json", data=large, headers=basic(key))
    assert response.status_code == 413
    assert response.json["STATUS"] == "Error"
