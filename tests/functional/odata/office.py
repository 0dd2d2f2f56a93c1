"""A project with people of every role in it, and things that some of them do not see."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.models import (
    Assignment,
    File,
    Note,
    Person,
    Planning,
    Project,
    Risk,
    Status,
    Task,
    TaskList,
    TimeEntry,
)
from app.odata.engine import protocol
from app.odata.engine.messages import Reply
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World
from tests.odata import OData
from tests.store.neighbours import everything

NOWHERE = "01890a5d-ac96-774b-bcce-b302099a8057"
MODELS: dict[str, Any] = {
    "task": Task,
    "project": Project,
    "person": Person,
    "list": TaskList,
    "status": Status,
    "file": File,
    "note": Note,
    "planning": Planning,
    "risk": Risk,
    "assignment": Assignment,
    "time": TimeEntry,
}


def uid_of(kind: str, row_id: int) -> str:
    """The GUID of a row, by kind and id."""
    model = MODELS[kind]
    return str(maintain(lambda work: work.scalar(select(model.uid).where(model.id == row_id))))


@dataclass(frozen=True, slots=True)
class Office:
    """`office["task"]` is the GUID of a thing, `office.ids["task"]` its id in the other dialect.

    Project `demo` has a manager, an editor, a contributor-to-be (`worker`) and a viewer; `reader`
    is a read-only key of the editor's; `stranger` belongs to nothing. In it: `list`, `task`,
    `other`, statuses `new` and `doing`, `file`. Nobody but the manager sees `secret`; nobody but
    the administrator what is `away`: `away_task`, `away_status`, `away_file`.
    """

    world: World
    app: Flask
    ids: Mapping[str, int]
    keys: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return uid_of(KINDS[name], self.ids[name])

    def uid(self, kind: str, row_id: int) -> str:
        """The GUID of a row made later."""
        return uid_of(kind, row_id)

    def hidden(self, name: str) -> str:
        """The GUID of what the editor does not see; a contributor on the secret task is made."""
        if name != "away_contributor":
            return self[name]
        said = {"contactId": self["worker"]}
        made = self.as_("manager").post(f"Task({self['secret']})/AddContributor", said)
        return str(made.json["Id"])

    def as_(self, who: str) -> OData:
        """The client of one of the people."""
        return OData(self.app, self.keys[who])

    @property
    def editor(self) -> OData:
        """Who does most things."""
        return self.as_("editor")

    @property
    def admin(self) -> OData:
        """The administrator."""
        return self.as_("admin")

    def tw(self, who: str = "editor") -> Api:
        """The same person in the other dialect."""
        return Api(self.app, self.keys[who])

    def one(self, name: str = "task", **options: Any) -> dict[str, Any]:
        """A task as the editor reads it."""
        return self.editor.one(f"Task({self[name]})", **options)

    def act(
        self, action: str, body: Any = None, *, who: str = "editor", on: str = "task", **more: Any
    ) -> TestResponse:
        """Call an action of a task."""
        return self.as_(who).post(f"Task({self[on]})/{action}", body, **more)


PEOPLE = ("manager", "editor", "worker", "viewer", "stranger")
KINDS = {
    **dict.fromkeys((*PEOPLE, "admin"), "person"),
    **dict.fromkeys(("project", "away"), "project"),
    **dict.fromkeys(("task", "other", "secret", "away_task"), "task"),
    **dict.fromkeys(("new", "doing", "away_status"), "status"),
    **dict.fromkeys(("file", "away_file"), "file"),
    "list": "list",
}


def furnish(app: Flask, world: World) -> Office:
    """The office, made in one transaction."""
    ids, keys = maintain(lambda _: _furnished(world))
    return Office(world, app, ids, keys)


def _furnished(world: World) -> tuple[dict[str, int], dict[str, str]]:
    ids = {who: world.person(who.title()) for who in PEOPLE[:-1]}
    ids["stranger"] = world.person("Stranger", company_id=world.company())
    ids["admin"] = world.admin
    ids["project"] = world.project(
        "demo",
        manager=(ids["manager"],),
        editor=(ids["editor"], ids["worker"]),
        viewer=(ids["viewer"],),
    )
    ids["list"] = home = world.list(ids["project"], "Todos")
    ids["task"] = world.task(home, "the task", by=ids["editor"])
    ids["other"] = world.task(home, "the other", by=ids["editor"])
    ids["secret"] = world.task(home, "the secret", by=ids["manager"], private=True)
    ids["new"] = world.column(ids["project"], "New")
    ids["doing"] = world.column(ids["project"], "Doing")
    ids["file"] = world.file(ids["project"], "plan.pdf")
    ids["away"] = world.project("away")
    ids["away_task"] = world.task(world.list(ids["away"]), "away")
    ids["away_status"] = world.column(ids["away"], "Away")
    ids["away_file"] = world.file(ids["away"], "away.pdf")
    keys = {who: world.key(ids[who]) for who in (*PEOPLE, "admin")}
    keys["reader"] = world.key(ids["editor"], read_only=True)
    return ids, keys


def between_commit_and_answer(patch: pytest.MonkeyPatch, act: Callable[[Any], None]) -> None:
    """Let somebody act when what was made is kept and not yet shown; `act` gets what was made."""
    atomically = protocol._atomically

    def then_act(*asked: Any) -> Any:
        outcome = atomically(*asked)
        if not isinstance(outcome, Reply):
            act(outcome)
        return outcome

    patch.setattr(protocol, "_atomically", then_act)


@contextmanager
def unchanged() -> Iterator[None]:
    """What runs inside leaves the store as it was."""
    before = everything()
    yield
    assert everything() == before


def refused(response: TestResponse, status: int, target: str | None = None) -> dict[str, Any]:
    """The error of a response that has to be one: with this status, about this target."""
    assert response.status_code == status, response.text
    assert response.headers["OData-Version"] == "4.0"
    error: dict[str, Any] = response.json["error"]
    assert error["code"] and error["message"]
    if target is not None:
        assert error["target"] == target, response.text
    return error
