"""Compressed answers: only when asked for, only when large, and the same content."""

import gzip
from collections.abc import Callable

import pytest
import zstandard

from tests.api import Api
from tests.builders import World

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
}
ASKED = {
    "gzip": "gzip",
    "gzip, deflate": "gzip",
    "gzip, deflate, br, zstd": "zstd",
    "*": "zstd",
    "zstd;q=0, gzip;q=0.5": "gzip",
    "gzip;q=0": None,
    "br": None,
    "identity": None,
    "": None,
}
PATHS = ("/tasks.json", "/odata/Task", "/odata/$metadata", "/openapi.json")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("asked", "coding"), ASKED.items())
def test_what_is_asked_for(
    path: str, asked: str, coding: str | None, world: World, api: Api
) -> None:
    home = world.list()
    for _ in range(4):
        world.task(home)
    plain = api.get(path)
    answer = api.call("GET", path, headers={"Accept-Encoding": asked})
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    body = DECODERS[coding](answer.data) if coding else answer.data
    assert body == plain.data
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers.get("ETag") == plain.headers.get("ETag")


def test_small_answers_and_none(world: World, api: Api) -> None:
    task = world.task()
    asking = {"Accept-Encoding": "gzip"}
    small = api.call("PUT", f"/tasks/{task}/complete.json", headers=asking)
    assert "Content-Encoding" not in small.headers
    etag = api.get("/tasks.json?includeCompletedTasks=yes").headers["ETag"]
    known = api.call(
        "GET",
        "/tasks.json?includeCompletedTasks=yes",
        headers={**asking, "If-None-Match": etag},
    )
    assert (known.status_code, known.data) == (304, b"")
    assert "Content-Encoding" not in known.headers
