"""pendingFileAttachments and attachments ("Add a task", Options), by real uploads."""

import hashlib
import os
import tracemalloc
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from app.clock import clock
from app.errors import NotFound, TooLarge
from app.services.file_purging import purge_files
from app.storage import FileStore
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


def kept_bytes(app: Flask) -> list[bytes]:
    """All that the store of files holds, also what is not finished."""
    folder: Path = app.config["TANDEM"].files_path
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_a_file_just_beyond_the_limit_leaves_nothing(app: Flask, world: World) -> None:
    """The form's own parts are not counted, the file's bytes are."""
    limit = int(app.config["TANDEM"].max_upload)
    before = len(kept_bytes(app))
    large = {"file": (BytesIO(b"y" * (limit + 1)), "big.bin")}
    headers = basic(world.key(world.admin))
    response = app.test_client().post("/pendingfiles.json", data=large, headers=headers)
    assert (response.status_code, response.json["STATUS"]) == (413, "Error")
    assert len(kept_bytes(app)) == before


class Broken:
    """A stream that breaks off."""

    def __init__(self) -> None:
        self._chunks = [b"some", b"more"]

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, as long as there are any."""
        if not self._chunks:
            raise ConnectionError
        return self._chunks.pop()


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    with pytest.raises(ConnectionError):
        store.save(Broken())
    with pytest.raises(TooLarge):
        store.save(BytesIO(b"12345"), 4)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert store.save(BytesIO(b"1234"), 4).size == 4
    with pytest.raises(NotFound):
        store.open("0" * 64)


def test_an_upload_is_not_held_in_memory(app: Flask, world: World) -> None:
    size = 16 << 20
    headers = basic(world.key(world.admin))
    with TemporaryFile() as source:
        source.truncate(size)
        source.seek(0)
        builder = EnvironBuilder("/pendingfiles.json", method="POST", headers=headers)
        builder.files.add_file("file", source, "big.bin")
        environ = builder.get_environ()
        tracemalloc.start()
        try:
            response = app.test_client().open(environ)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (response.status_code, most < 8 << 20) == (201, True)


def aged(app: Flask, *contents: bytes) -> None:
    """Let bytes look as if they had been saved long ago."""
    store = FileStore(app.config["TANDEM"].files_path)
    for content in contents:
        os.utime(store.path(hashlib.sha256(content).hexdigest()), (0, 0))


def test_what_nobody_attached_is_removed_after_a_day(app: Flask, world: World) -> None:
    key = world.key(world.admin)
    api, task = Api(app, key), world.task()
    refs = {name: upload(app, key, name.encode()) for name in ("first", "second", "third", "left")}
    for name in ("first", "second"):
        body = {"todo-item": {"pendingFileAttachments": refs[name]}}
        assert api.put(f"/tasks/{task}.json", body).status_code == 200
    (file, _) = api.task(task)["attachments"]
    version = {"fileversion": {"pendingFileRef": refs["third"]}}
    assert api.post(f"/files/{file['id']}.json", version).status_code == 201
    clock.fix(clock.now() + timedelta(hours=23))
    fresh = upload(app, key, b"fresh")
    clock.fix(clock.now() + timedelta(hours=2))
    aged(app, b"first", b"second", b"third", b"left", b"fresh")
    (app.config["TANDEM"].files_path / "upload-died").write_bytes(b"half")
    os.utime(app.config["TANDEM"].files_path / "upload-died", (0, 0))
    store = FileStore(app.config["TANDEM"].files_path)
    purged = purge_files(store, clock.now() - timedelta(days=1))
    assert (purged.uploads, purged.contents, purged.size) == (1, 1, 4)
    left = kept_bytes(app)
    assert {b"first", b"second", b"third", b"fresh"} <= set(left)
    assert b"left" not in left and b"half" not in left
    for ref, status in ((refs["left"], 422), (fresh, 200)):
        body = {"todo-item": {"pendingFileAttachments": ref}}
        assert api.put(f"/tasks/{task}.json", body).status_code == status


@pytest.mark.usefixtures("world")
def test_bytes_that_were_just_saved_are_not_removed(tmp_path: Path) -> None:
    """Their row may not be written yet."""
    store = FileStore(tmp_path)
    kept = store.save(BytesIO(b"no row names this"))
    assert purge_files(store, clock.now()).contents == 0
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert purge_files(store, later).contents == 1
    assert not store.path(kept.digest).exists()


# --- uploads to an address ------------------------------------------------------------------------


def announced(api: Api, size: int, name: str = "plan.pdf") -> tuple[str, str]:
    """The reference and the path of an upload that was announced."""
    found = api.get("/projects/api/v1/pendingfiles/presignedurl.json", fileName=name, fileSize=size)
    assert found.status_code == 200, found.text
    ref, url = found.json["ref"], found.json["url"]
    assert url == f"{api.app.config['TANDEM'].link}/uploads/{ref}"
    assert found.headers["Cache-Control"] == "no-store"
    return ref, f"/uploads/{ref}"


def attached(api: Api, task: int, ref: str) -> int:
    """The status of an attempt to attach an upload."""
    body = {"todo-item": {"pendingFileAttachments": ref}}
    return api.put(f"/tasks/{task}.json", body).status_code


@pytest.mark.covers("endpoint:GET /pendingfiles/presignedurl.json", "endpoint:PUT /uploads/{id}")
def test_an_upload_to_an_address(app: Flask, world: World, api: Api) -> None:
    """The address takes the bytes once, without a key; only its person attaches them."""
    other = world.person()
    task = world.task(world.list(world.project(editor=(other,))))
    ref, path = announced(api, 5, "../plan.pdf")
    again, _ = announced(api, 5, "../plan.pdf")
    assert again != ref
    assert attached(api, task, ref) == 422, "the bytes are still to come"
    client = app.test_client()
    for method in ("GET", "POST", "DELETE"):
        assert client.open(path, method=method).status_code == 405
    assert client.put(path, data=b"bytes").status_code == 200
    second = client.put(path, data=b"other")
    never = client.put("/uploads/tf_never", data=b"other")
    assert (second.status_code, second.data) == (404, never.data)
    assert attached(Api(app, world.key(other)), task, ref) == 422
    assert attached(api, task, ref) == 200
    (file,) = api.task(task)["attachments"]
    assert (file["name"], file["size"]) == ("plan.pdf", "5")
    assert api.get(f"/files/{file['id']}/download").data == b"bytes"
    assert attached(api, task, ref) == 422


def test_an_address_takes_what_was_announced(app: Flask, world: World, api: Api) -> None:
    """Neither more nor less; what was refused leaves nothing, and may be tried again."""
    task, before = world.task(), kept_bytes(app)
    ref, path = announced(api, 5)
    client = app.test_client()
    chunked = {"wsgi.input_terminated": True, "wsgi.input": BytesIO(b"123456")}
    assert client.put(path, data=b"123456").status_code == 413
    assert client.put(path, environ_overrides=chunked).status_code == 413
    assert kept_bytes(app) == before
    assert client.put(path, data=b"1234").status_code == 422
    assert client.put(path).status_code == 422
    assert attached(api, task, ref) == 422
    chunked["wsgi.input"] = BytesIO(b"12345")
    assert client.put(path, environ_overrides=chunked).status_code == 200
    assert attached(api, task, ref) == 200
    _, path = announced(api, 0)
    assert client.put(path, data=b"").status_code == 200


@pytest.mark.parametrize(
    ("options", "status", "named"),
    [
        ({"fileName": "a"}, 422, "fileSize"),
        ({"fileSize": "1"}, 422, "fileName"),
        ({"fileName": "a", "fileSize": "-1"}, 422, "fileSize"),
        ({"fileName": "a", "fileSize": "many"}, 422, "fileSize"),
        ({"fileName": "a", "fileSize": str(26_214_401)}, 413, "too large"),
    ],
)
def test_what_cannot_be_announced(
    options: dict[str, str], status: int, named: str, api: Api
) -> None:
    response = api.get("/pendingfiles/presignedurl.json", **options)
    assert (response.status_code, named in response.json["MESSAGE"]) == (status, True)


def test_who_may_announce_and_for_how_long(app: Flask, world: World, api: Api) -> None:
    """Not a key that only reads; for an hour; not for somebody who is gone by then."""
    reading = Api(app, world.key(world.admin, read_only=True))
    options = {"fileName": "a", "fileSize": "1"}
    assert reading.get("/pendingfiles/presignedurl.json", **options).status_code == 403
    other = world.person()
    _, path = announced(Api(app, world.key(other)), 1)
    api.delete(f"/people/{other}.json")
    client = app.test_client()
    assert client.put(path, data=b"1").status_code == 404
    ref, path = announced(api, 1)
    clock.fix(clock.now() + timedelta(minutes=59))
    _, in_time = announced(api, 1)
    clock.fix(clock.now() + timedelta(minutes=2))
    assert client.put(path, data=b"1").status_code == 404
    assert client.put(in_time, data=b"1").status_code == 200
    assert attached(api, world.task(), ref) == 422


def test_addresses_that_nobody_used_are_purged(app: Flask, world: World, api: Api) -> None:
    """After a day, whatever --older-than says; what has its bytes stays as long as that says."""
    _, old = announced(api, 1)
    full, path = announced(api, 1)
    assert app.test_client().put(path, data=b"1").status_code == 200
    clock.fix(clock.now() + timedelta(hours=25))
    announced(api, 1)
    store = FileStore(app.config["TANDEM"].files_path)
    assert purge_files(store, clock.now() - timedelta(days=30)).uploads == 1
    assert purge_files(store, clock.now() - timedelta(days=30)).uploads == 0
    assert attached(api, world.task(), full) == 200
    assert app.test_client().put(old, data=b"1").status_code == 404


def test_bytes_for_an_address_are_not_held_in_memory(app: Flask, world: World, api: Api) -> None:
    size = 16 << 20
    _, path = announced(api, size)
    with TemporaryFile() as source:
        source.truncate(size)
        source.seek(0)
        environ = EnvironBuilder(
            path, method="PUT", input_stream=source, content_length=size
        ).get_environ()
        tracemalloc.start()
        try:
            response = app.test_client().open(environ)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (response.status_code, most < 8 << 20) == (200, True)
