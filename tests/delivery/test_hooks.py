"""Webhooks over real sockets: Teamwork's wire forms, retries, switching off, and who may know."""

import hashlib
import hmac
import socket
import threading
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest
from flask import Flask

from app.clock import clock
from app.delivery import outbound
from app.delivery.hooks import PATIENCE, PAUSES
from app.delivery.outbound import Refused, is_public
from tests.api import Api
from tests.builders import World
from tests.delivery.conftest import Post, Receiver

TOKEN = "s3cret"


def later(span: timedelta) -> None:
    """Move the clock on."""
    clock.fix(clock.now() + span)


def hook(api: Api, receiver: Receiver, **more: Any) -> str:
    """A webhook for new tasks."""
    sent = {"event": "TASK.CREATED", "url": receiver.url, "token": TOKEN, **more}
    made = api.post("/webhooks.json", {"webhook": sent})
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def add(api: Api, home: int, name: str = "New") -> str:
    """A new task."""
    made = api.post(f"/tasklists/{home}/tasks.json", {"todo-item": {"content": name}})
    return str(made.json["id"])


def log_of(api: Api, hook_id: str) -> list[dict[str, Any]]:
    """The delivery log."""
    found: list[dict[str, Any]] = api.get(f"/webhooks/{hook_id}/deliveries.json").json["deliveries"]
    return found


@pytest.mark.covers("endpoint:POST /webhooks.json")
def test_the_second_form(world: World, api: Api, post: Post, receiver: Receiver) -> None:
    hook(api, receiver)
    home = world.list()
    task = add(api, home)
    assert receiver.arrived == [], "nothing is sent from the request"
    post.deliver()
    [(path, heads, body)] = receiver.arrived
    signed = hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest()
    assert path == "/hook"
    assert heads["x-projects-signature"] == signed
    assert heads["x-projects-event"] == "TASK.CREATED"
    assert heads["content-type"] == "application/json"
    sent = orjson.loads(body)
    assert (sent["event"], sent["objectId"]) == ("TASK.CREATED", task)
    assert sent["task"]["name"] == "New"
    assert sent["task"]["taskListId"] == home
    assert sent["eventCreator"]["id"] == world.admin


def test_the_first_form(world: World, api: Api, post: Post, receiver: Receiver) -> None:
    hook(api, receiver, version="1")
    task = add(api, world.list())
    post.deliver()
    [(_, heads, body)] = receiver.arrived
    assert heads["content-type"] == "application/x-www-form-urlencoded"
    sent = parse_qs(body.decode())
    assert sent["event"] == ["TASK.CREATED"]
    assert sent["objectId"] == [task]
    assert sent["userId"] == [str(world.admin)]
    assert set(sent) == {"accountId", "event", "objectId", "userId", "projectId"}


EVENTS = {
    "TASK.UPDATED": lambda api, task: api.put(
        f"/tasks/{task}.json", {"todo-item": {"content": "R"}}
    ),
    "TASK.COMPLETED": lambda api, task: api.put(f"/tasks/{task}/complete.json"),
    "TASK.DELETED": lambda api, task: api.delete(f"/tasks/{task}.json"),
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.covers("endpoint:GET /webhooks/events.json")
def test_events(event: str, world: World, api: Api, post: Post, receiver: Receiver) -> None:
    assert {"event": event} in api.get("/webhooks/events.json").json["events"]
    hook(api, receiver, event=event.lower())
    task = world.task()
    EVENTS[event](api, task)
    add(api, world.list())
    post.deliver()
    [(_, heads, _)] = receiver.arrived
    assert heads["x-projects-event"] == event


@pytest.mark.covers("endpoint:GET /webhooks/{id}/deliveries.json")
def test_retries_keep_the_delivery_id(
    world: World, api: Api, post: Post, receiver: Receiver
) -> None:
    made = hook(api, receiver)
    receiver.answers += [500, (302, "Location", receiver.url + "/elsewhere"), 404]
    add(api, world.list())
    post.deliver()
    for pause in PAUSES:
        assert post.deliver() == 0
        later(pause)
        post.deliver()
    assert [path for path, _, _ in receiver.arrived] == ["/hook"] * 4, "no redirect is followed"
    assert len({heads["x-projects-delivery"] for _, heads, _ in receiver.arrived}) == 1
    [entry] = log_of(api, made)
    assert entry["deliveryId"] == receiver.arrived[0][1]["x-projects-delivery"]
    assert (entry["attempts"], entry["failed"], entry["responseStatus"]) == (4, False, "200")


@pytest.mark.covers("endpoint:PUT /webhooks/{id}/deliveries/{id}/redeliver.json")
def test_given_up_and_sent_again(world: World, api: Api, post: Post, receiver: Receiver) -> None:
    made = hook(api, receiver)
    receiver.answers += [500] * 4
    add(api, world.list())
    post.deliver()
    for pause in PAUSES:
        later(pause)
        post.deliver()
    [entry] = log_of(api, made)
    assert (entry["failed"], entry["responseStatus"]) == (True, "500")
    path = f"/webhooks/{made}/deliveries/{entry['id']}/redeliver.json"
    assert api.put(path).status_code == 200
    post.deliver()
    assert len(receiver.arrived) == 5
    assert log_of(api, made)[0]["failed"] is False


@pytest.mark.covers("endpoint:GET /webhooks/{id}.json", "endpoint:PUT /webhooks/{id}/resume.json")
def test_an_address_that_never_answers_is_switched_off(
    world: World, api: Api, post: Post, receiver: Receiver
) -> None:
    made = hook(api, receiver)
    home = world.list()
    receiver.answers += [500] * PATIENCE * 4
    for _ in range(PATIENCE):
        add(api, home)
    post.deliver()
    for pause in PAUSES:
        later(pause)
        post.deliver()
    found = api.get(f"/webhooks/{made}.json").json["webhook"]
    assert (found["status"], found["failures"]) == ("INACTIVE", PATIENCE)
    before = len(receiver.arrived)
    add(api, home)
    post.deliver()
    assert len(receiver.arrived) == before
    receiver.answers.clear()
    assert api.put(f"/webhooks/{made}/resume.json").status_code == 200
    add(api, home)
    post.deliver()
    assert len(receiver.arrived) == before + 1


def test_only_what_its_maker_may_see(
    app: Flask, world: World, api: Api, post: Post, receiver: Receiver
) -> None:
    mia = world.person("Mia")
    own, other = world.project(editor=(mia,)), world.project()
    hook(Api(app, world.key(mia)), receiver)
    add(api, world.list(own), "hers")
    add(api, world.list(other), "not hers")
    secret = {"todo-item": {"content": "secret", "private": True}}
    api.post(f"/tasklists/{world.list(own)}/tasks.json", secret)
    post.deliver()
    assert [orjson.loads(body)["task"]["name"] for _, _, body in receiver.arrived] == ["hers"]


@pytest.mark.covers(
    "endpoint:PUT /webhooks/{id}/pause.json",
    "endpoint:DELETE /webhooks/{id}.json",
    "endpoint:PUT /webhooks/{id}.json",
    "endpoint:PUT /webhooks/enable.json",
    "endpoint:PUT /webhooks/disable.json",
    "endpoint:GET /webhooks.json",
)
def test_switching(app: Flask, world: World, api: Api, post: Post, receiver: Receiver) -> None:
    made, home = hook(api, receiver), world.list()
    mia = Api(app, world.key(world.person("Mia")))
    assert mia.get("/webhooks.json").json["webhooks"] == []
    assert mia.get(f"/webhooks/{made}.json").status_code == 404
    assert mia.put(f"/webhooks/{made}/pause.json").status_code == 404
    [listed] = api.get("/webhooks.json").json["webhooks"]
    assert TOKEN not in str(listed)
    assert listed["hasToken"] is True
    for off, on in (
        (f"/webhooks/{made}/pause.json", f"/webhooks/{made}/resume.json"),
        ("/webhooks/disable.json", "/webhooks/enable.json"),
    ):
        before = len(receiver.arrived)
        assert api.put(off).status_code == 200
        add(api, home)
        assert api.put(on).status_code == 200
        add(api, home)
        post.deliver()
        assert len(receiver.arrived) == before + 1
    api.put(f"/webhooks/{made}.json", {"webhook": {"event": "TASK.COMPLETED"}})
    before = len(receiver.arrived)
    add(api, home)
    assert api.delete(f"/webhooks/{made}.json").status_code == 200
    assert api.get(f"/webhooks/{made}.json").status_code == 404
    post.deliver()
    assert len(receiver.arrived) == before


@pytest.mark.covers("endpoint:POST /webhooks/{id}/test.json")
def test_a_test_message(api: Api, post: Post, receiver: Receiver) -> None:
    made = hook(api, receiver)
    assert api.post(f"/webhooks/{made}/test.json").status_code == 201
    post.deliver()
    [(_, heads, body)] = receiver.arrived
    assert heads["x-projects-event"] == orjson.loads(body)["event"] == "WEBHOOK.TEST"


BAD = {
    "event": {"event": "TASK.EATEN"},
    "url": {"url": "ftp://example.com/"},
    "user": {"url": "http://a:b@example.com/"},
    "control": {"url": "http://example.com/\r\nX: y"},
    "version": {"version": "9"},
    "project": {"projectId": 4711},
}


@pytest.mark.parametrize("more", BAD.values(), ids=list(BAD))
def test_bad_webhooks(more: dict[str, Any], api: Api) -> None:
    sent = {"event": "TASK.CREATED", "url": "http://example.com/hook", **more}
    refused = api.post("/webhooks.json", {"webhook": sent})
    assert refused.status_code == 422
    assert api.get("/webhooks.json").json["webhooks"] == []


PRIVATE = (
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.5.5", "169.254.169.254", "0.0.0.0",
    "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "100.64.0.1", "224.0.0.1",
    "2002:7f00:1::", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::10.1.2.3", "fec0::1",
    "64:ff9b:1::7f00:1", "192.0.0.192", "5f00::1", "ff0e::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::93.184.215.14")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_nothing_of_this_machine_is_called(host: str, receiver: Receiver) -> None:
    port = receiver.url.rpartition(":")[2]
    with pytest.raises((Refused, OSError)):
        outbound.post(f"http://{host}:{port}", b"x", {}, private=False)
    assert receiver.arrived == []


def test_an_answer_has_to_come_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 0.3)
    slow = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        with slow.accept()[0] as peer:
            for sign in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 100:
                try:
                    peer.sendall(bytes([sign]))
                except OSError:
                    return
                threading.Event().wait(0.05)

    dripping = threading.Thread(target=drip)
    dripping.start()
    begun = time.monotonic()
    with pytest.raises((OSError, outbound.http.client.HTTPException)):
        outbound.post(f"http://127.0.0.1:{slow.getsockname()[1]}/", b"x", {}, private=True)
    assert time.monotonic() - begun < 3
    dripping.join()
    slow.close()
