"""What the OData matrix asks for: the scene of the other dialect's matrix, and beside its things
one of every kind that only OData has; all by their GUIDs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.models import (
    Assignment,
    File,
    Note,
    Person,
    Project,
    Status,
    Task,
    TaskList,
    TimeEntry,
)
from app.services.execute import maintain
from tests.builders import World
from tests.functional.teamwork.matrix.scene import CALLERS, NO_ACCESS, Scene
from tests.functional.teamwork.matrix.store import Guard
from tests.functional.teamwork.matrix.targets import sees
from tests.odata import OData

OF_TASK = ("open", "secret", "listed", "foreign")
OF_PROJECT = ("open", "foreign")
# Rows of the scene: set -> model, names of ids by variant.
ROWS: Mapping[str, tuple[Any, Mapping[str, str]]] = {
    "Task": (Task, {each: f"{each}_task" for each in OF_TASK}),
    "TaskItemNote": (Note, {each: f"{each}_comment" for each in OF_TASK}),
    "TimeEntry": (TimeEntry, {each: f"{each}_entry" for each in OF_TASK}),
    "Document": (File, {each: f"{each}_file" for each in OF_TASK}),
    "Project": (Project, {"open": "project", "foreign": "foreign_project"}),
    "Group": (TaskList, {each: f"{each}_list" for each in ("open", "secret", "foreign")}),
    "TaskStatus": (Status, {"open": "column", "foreign": "foreign_column"}),
    "Contact": (Person, {"open": "editor", "foreign": "stranger"}),
}
# Who sees what is told by the other matrix; what is not named here is seen with its task.
KINDS = {
    "Project": "project",
    "Group": "list",
    "TaskStatus": "column",
    "Planning": "column",
    "Risk": "column",
    "Contact": "person",
    "Document": "file",
}
PEOPLE = tuple(each for each in CALLERS if each not in NO_ACCESS)
# Who makes the things of a variant, and may.
MAKERS = {"open": "editor", "secret": "owner", "listed": "owner", "foreign": "stranger"}
# What is seen by others than the rest of its task; contributors are no set.
SEEN_BY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "UserStopwatch": {"open": ("editor", "read-only"), "foreign": ("stranger",)},
    "Contributor": {"secret": ("assignee", "grantee")},
}


@dataclass(frozen=True, slots=True)
class Estate:
    """`keys["Task"]["secret"]` is the key in an address, as "(…)"."""

    scene: Scene
    clients: Mapping[str, OData]
    keys: Mapping[str, Mapping[str, str]]

    def guid(self, kind: str, which: str = "open") -> str:
        """The GUID of a thing."""
        return self.keys[kind][which].strip("()")

    def hidden(self, caller: str, kind: str) -> list[str]:
        """The keys of a kind that a caller does not see."""
        found = self.keys[kind].items()
        if kind in SEEN_BY:
            own = SEEN_BY[kind]
            return [key for which, key in found if caller not in own.get(which, ())]
        return [key for which, key in found if not sees(caller, KINDS.get(kind, "task"), which)]

    def home(self, caller: str) -> str:
        """The variant that a caller sees most of."""
        return "foreign" if caller == "stranger" else "open"


def unknown(kind: str) -> str:
    """A key that nothing has."""
    return f"(Name='cf_none',ObjectId={uuid4()})" if kind == "CustomField" else f"({uuid4()})"


@pytest.fixture(scope="module")
def estate(scene: Scene) -> Estate:
    """The scene with what OData has more."""
    keys: dict[str, dict[str, str]] = {
        kind: {which: f"({_uid(model, scene.ids[name])})" for which, name in names.items()}
        for kind, (model, names) in ROWS.items()
    }
    keys["DynamicTaskItem"] = keys["Task"]
    clients = {name: OData(scene.app, client._key) for name, client in scene.clients.items()}
    owner = World.__new__(World).key(scene.ids["owner"])
    makers = {**clients, "owner": OData(scene.app, owner)}
    for which, maker in MAKERS.items():
        for kind, key in _more(makers[maker], keys, which).items():
            keys.setdefault(kind, {})[which] = key
    who = select(Assignment.uid).where(Assignment.task_id == scene.ids["secret_task"])
    keys["Contributor"] = {"secret": f"({maintain(lambda work: work.scalar(who))})"}
    return Estate(scene, clients, keys)


@pytest.fixture(scope="module")
def kept(estate: Estate) -> Iterator[Guard]:
    """The store as it is to stay."""
    made = Guard()
    yield made
    made.close()


def _uid(model: Any, row: int) -> str:
    return str(maintain(lambda work: work.scalar(select(model.uid).where(model.id == row))))


def _more(maker: OData, keys: Mapping[str, Mapping[str, str]], which: str) -> dict[str, str]:
    """What hangs on the task of a variant, and on its project."""
    task = keys["Task"][which].strip("()")
    maker.post(f"Task({task})/StartStopwatch")
    fields = {"fieldName": f"pf_dt0_{task[-8:]}_Secret", "value": "secret"}
    maker.post(f"Task({task})/UpdateProjectDefinedField", fields)
    check_list = maker.make("CheckList", TaskItemId=task, Name="x")["CheckListId"]
    item = maker.make("CheckListItem", CheckListId=check_list, Name="x")["CheckListItemId"]
    watch = maker.value("UserStopwatch", filter=f"TaskItemId eq {task}")[0]["UserStopwatchId"]
    value = maker.value("CustomField", filter=f"ObjectId eq {task}")[0]
    found = {"CheckList": f"({check_list})", "CheckListItem": f"({item})"}
    found["UserStopwatch"] = f"({watch})"
    found["CustomField"] = f"(Name='{value['Name']}',ObjectId={task})"
    return found | (_of_project(maker, keys, which) if which in OF_PROJECT else {})


def _of_project(maker: OData, keys: Mapping[str, Mapping[str, str]], which: str) -> dict[str, str]:
    project = keys["Project"][which].strip("()")
    dates = {"StartDateTime": "2014-05-01T00:00:00Z", "EndDateTime": "2014-05-02T00:00:00Z"}
    planning = maker.make("Planning", DisplayName="x", ProjectId=project, **dates)
    risk = maker.make("Risk", Name="x", ProjectId=project)
    return {"Planning": f"({planning['PlanningId']})", "Risk": f"({risk['RiskId']})"}
