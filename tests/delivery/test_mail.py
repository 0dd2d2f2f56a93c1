"""Mail: who gets it, what it says, and that none is lost, doubled or forged."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.clock import clock
from app.delivery.claims import claimed
from app.delivery.mail import PAUSES
from app.delivery.reminders import remind
from app.delivery.worker import deliver_due
from app.extensions import db
from app.models import Outgoing, Person, Reminder, Task
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World
from tests.delivery.conftest import Post


def later(span: timedelta) -> None:
    """Move the clock on."""
    clock.fix(clock.now() + span)


def waiting() -> int:
    """How many messages are still to be sent."""
    with db.engine.connect() as connection:
        counting = select(func.count()).where(Outgoing.sent_at.is_(None))
        return int(connection.execute(counting).scalar_one())


def change(model: Any, row_id: int, **values: Any) -> None:
    """Change the store below everything."""
    maintain(lambda work: work.run(update(model).where(model.id == row_id).values(**values)))


class Shop:
    """A project of two, with a task that Mia follows and is assigned to."""

    def __init__(self, world: World) -> None:
        self.mia = world.person("Mia")
        self.project = world.project(editor=(self.mia,))
        self.task = world.task(
            world.list(self.project),
            name="Order",
            due=1,
            assignees=(self.mia,),
            change_followers=(self.mia,),
            comment_followers=(self.mia,),
        )
        with db.engine.connect() as connection:
            chosen = select(Person.email).where(Person.id == self.mia)
            self.address = str(connection.execute(chosen).scalar_one())


@pytest.fixture
def shop(world: World) -> Shop:
    """Somebody to write to."""
    return Shop(world)


def test_assignees_are_told(shop: Shop, api: Api, post: Post) -> None:
    sent = {"todo-item": {"content": "New", "responsible-party-id": shop.mia, "notify": True}}
    made = api.post(f"/projects/{shop.project}/tasklists.json", {"todo-list": {"name": "L"}})
    api.post(f"/tasklists/{made.json['TASKLISTID']}/tasks.json", sent)
    assert post.mailbox.messages == []
    assert post.deliver() == 1
    [message] = post.mailbox.to(shop.address)
    assert message["Subject"] == "New"
    assert "assigned this task to you" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert waiting() == 0
    assert post.deliver() == 0


def test_followers_are_told_of_changes_in_one_thread(shop: Shop, api: Api, post: Post) -> None:
    api.put(f"/tasks/{shop.task}.json", {"todo-item": {"content": "Order more"}})
    api.put(f"/tasks/{shop.task}/complete.json")
    post.deliver()
    edited, completed = post.mailbox.to(shop.address)
    assert edited["In-Reply-To"] == completed["In-Reply-To"] == edited["References"]
    assert edited["Message-ID"] != completed["Message-ID"]
    assert "edited this task" in edited.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "completed this task" in completed.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_reminders_come_when_they_are_due(shop: Shop, world: World, post: Post) -> None:
    reminder = world.reminder(shop.task, person=shop.mia)
    change(Reminder, reminder, due_at=clock.now() + timedelta(hours=1), note="Call them")
    assert post.deliver() == 0
    later(timedelta(hours=1))
    post.deliver()
    post.deliver()
    [message] = post.mailbox.to(shop.address)
    assert "Call them" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


FORGED = "Order\r\nBcc: eve@example.com\n\nHello"


def test_nobody_forges_headers(shop: Shop, api: Api, post: Post) -> None:
    change(Task, shop.task, name=FORGED)
    change(Person, shop.mia, first_name="Mia\r\nBcc: eve@example.com")
    api.put(f"/tasks/{shop.task}/complete.json")
    post.deliver()
    [message] = post.mailbox.messages
    assert "Bcc" not in message
    assert message["Subject"] == "Order Bcc: eve@example.com Hello"
    assert message["To"].addresses[0].addr_spec == shop.address
    assert len(message["To"].addresses) == 1


def test_html_is_escaped(shop: Shop, api: Api, post: Post) -> None:
    api.put(f"/tasks/{shop.task}.json", {"todo-item": {"content": "<script>x</script>"}})
    post.deliver()
    [message] = post.mailbox.messages
    assert "<script" not in message.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_who_does_not_see_the_task_any_more_gets_nothing(
    shop: Shop, world: World, api: Api, post: Post
) -> None:
    api.put(f"/tasks/{shop.task}.json", {"todo-item": {"content": "Secret"}})
    api.put(f"/projects/{shop.project}/people.json", {"remove": {"userIdList": str(shop.mia)}})
    post.deliver()
    assert post.mailbox.messages == []
    assert waiting() == 0


def test_followers_are_told_that_a_task_is_deleted(shop: Shop, api: Api, post: Post) -> None:
    api.put(f"/tasks/{shop.task}.json", {"todo-item": {"content": "Edited before"}})
    api.delete(f"/tasks/{shop.task}.json")
    post.deliver()
    [message] = post.mailbox.messages
    assert "deleted this task" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize("note", ["deleted", "Call them"])
def test_a_reminder_of_a_deleted_task_is_not_sent(
    note: str, shop: Shop, world: World, api: Api, post: Post
) -> None:
    """Also when its text is the word by which followers are told of a deletion."""
    quiet = world.task(world.list(shop.project))
    reminder = world.reminder(quiet, person=shop.mia)
    change(Reminder, reminder, note=note)
    assert remind() == 1
    assert waiting() == 1
    assert api.delete(f"/tasks/{quiet}.json").status_code == 200
    post.deliver()
    assert post.mailbox.messages == []
    assert waiting() == 0


def test_a_failing_server_is_tried_again_and_given_up(shop: Shop, api: Api, post: Post) -> None:
    post.mailbox.refuses = "451 later"
    api.put(f"/tasks/{shop.task}/complete.json")
    post.deliver()
    assert post.deliver() == 0, "not at once"
    for pause in PAUSES[:2]:
        later(pause)
        assert post.deliver() == 1
    post.mailbox.refuses = ""
    later(PAUSES[2])
    post.deliver()
    assert len(post.mailbox.messages) == 1
    assert waiting() == 0


def test_mail_that_is_never_taken_is_given_up(shop: Shop, api: Api, post: Post) -> None:
    post.mailbox.refuses = "554 no"
    api.put(f"/tasks/{shop.task}/complete.json")
    post.deliver()
    for pause in PAUSES:
        assert waiting() == 1
        later(pause)
        post.deliver()
    assert waiting() == 0
    with db.engine.connect() as connection:
        assert "554" in connection.execute(select(Outgoing.error)).scalar_one()


def test_a_worker_that_died_leaves_its_messages_to_others(shop: Shop, api: Api, post: Post) -> None:
    api.put(f"/tasks/{shop.task}/complete.json")
    assert (
        len(claimed(Outgoing, Outgoing.sent_at.is_(None), 10, post.settings)) == 1
    )  # and then it dies
    assert post.deliver() == 0, "it is claimed"
    later(timedelta(seconds=int(post.settings.lease)))
    assert post.deliver() == 1
    assert len(post.mailbox.messages) == 1


@pytest.mark.covers("endpoint:GET /unsubscribe/{id}", "endpoint:POST /unsubscribe/{id}")
def test_unsubscribing(app: Flask, shop: Shop, api: Api, post: Post) -> None:
    api.put(f"/tasks/{shop.task}.json", {"todo-item": {"content": "R"}})
    post.deliver()
    [message] = post.mailbox.messages
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<https://tandem\.test(/unsubscribe/\S+)>", message["List-Unsubscribe"])
    assert found
    client = app.test_client()
    asked = client.get(found[1])
    assert asked.status_code == 200
    assert 'method="post"' in asked.text
    api.put(f"/tasks/{shop.task}.json", {"todo-item": {"content": "waits"}})
    assert client.post(found[1], data="List-Unsubscribe=One-Click").status_code == 200
    api.put(f"/tasks/{shop.task}.json", {"todo-item": {"content": "S"}})
    post.deliver()
    assert len(post.mailbox.messages) == 1
    assert client.get("/unsubscribe/nothing").status_code == 404


def test_without_a_server_mail_goes_to_the_log(
    app: Flask, shop: Shop, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    api.put(f"/tasks/{shop.task}/complete.json")
    assert deliver_due(app.config["TANDEM"]) == 1
    assert shop.address in caplog.text
    assert waiting() == 0
