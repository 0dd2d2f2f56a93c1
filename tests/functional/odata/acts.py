"""Every action of the document as a table: how it is called, and with what it may not be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.functional.odata.office import Office

Body = Callable[[Office], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Act:
    """`body` makes all parameters (and what they need), as the editor may send them. `needed` are
    those that may not be missing, `unreadable` wrong values by parameter. `hidden` are parameters
    that name something, and what the editor does not see of that kind. `on` is what it is bound
    to. `viewer_may`: it changes only what is the caller's own.
    """

    name: str
    body: Body = lambda _: {}
    needed: tuple[str, ...] = ()
    unreadable: Mapping[str, Any] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    on: str = "task"
    viewer_may: bool = False

    def address(self, office: Office) -> str:
        """What the action is called on."""
        if self.on == "tasks":
            return "Task"
        if self.on == "templates":
            return "TaskItemTemplate"
        if self.on == "template":
            return f"TaskItemTemplate({template(office)})"
        return f"Task({office[self.on]})"


def template(office: Office) -> str:
    """An empty template of the editor's."""
    return str(office.editor.make("TaskItemTemplate", Name="kit")["TaskItemTemplateId"])


def contributor(office: Office) -> str:
    """The row of somebody who contributes to the task."""
    made = office.act("AddContributor", {"contactId": office["worker"], "workAmount": 2})
    assert made.status_code == 200, made.text
    return str(made.json["Id"])


def _start(office: Office) -> dict[str, Any]:
    office.act("StartStopwatch")
    return {}


def _contributor(office: Office) -> dict[str, Any]:
    return {"id": contributor(office), "workAmount": 1.5, "isDone": True}


def _removed_contributor(office: Office) -> dict[str, Any]:
    return {"id": contributor(office)}


def _linked(office: Office) -> dict[str, Any]:
    office.act("AddDocumentToTaskItem", {"documentIds": [office["file"]]})
    return {"documentId": office["file"]}


def _related(office: Office) -> dict[str, Any]:
    office.act("AddRelation", {"itemId": office["other"]})
    return {"itemId": office["other"]}


def _followed(office: Office) -> dict[str, Any]:
    office.act("AddNotificationFollowers", {"contactIds": [office["viewer"]]})
    return {"contactId": office["viewer"]}


def _move(office: Office) -> dict[str, Any]:
    office.act("MoveTaskItem", {"taskItemStatusId": office["new"]}, on="other")
    return {"taskItemStatusId": office["new"], "afterTaskItemId": office["other"]}


ACTS = (
    Act(
        "MoveTaskItem",
        _move,
        needed=("taskItemStatusId",),
        unreadable={"taskItemStatusId": "x", "afterTaskItemId": 5},
        hidden={"taskItemStatusId": "away_status", "afterTaskItemId": "secret"},
    ),
    Act(
        "UpdateProjectDefinedField",
        lambda _: {"fieldName": "pf_dt0_0a0a0a0a_SomeField", "value": "x"},
        needed=("fieldName",),
        unreadable={"fieldName": 5, "value": {}},
    ),
    Act(
        "Copy",
        lambda office: {"projectId": office["project"]},
        unreadable={"projectId": "demo"},
        hidden={"projectId": "away"},
    ),
    Act(
        "AddNote",
        lambda office: {"htmlText": "<p>Hi</p>", "notificationContactIds": [office["worker"]]},
        needed=("htmlText", "notificationContactIds"),
        unreadable={"htmlText": 5, "notificationContactIds": ["x"]},
        hidden={"notificationContactIds": "stranger"},
        viewer_may=True,
    ),
    Act(
        "AddContributor",
        lambda office: {"contactId": office["worker"], "workAmount": 2.5, "isDone": True},
        needed=("contactId",),
        unreadable={"contactId": 1, "workAmount": "many", "isDone": "yes"},
        hidden={"contactId": "stranger"},
    ),
    Act(
        "UpdateContributor",
        _contributor,
        needed=("id",),
        unreadable={"id": "x", "workAmount": [], "isDone": 1},
        hidden={"id": "away_contributor"},
    ),
    Act(
        "RemoveContributor",
        _removed_contributor,
        needed=("id",),
        unreadable={"id": {}},
        hidden={"id": "away_contributor"},
    ),
    Act("StartStopwatch"),
    Act("PauseStopwatch", _start),
    Act("StopStopwatch", _start),
    Act(
        "AddDocumentToTaskItem",
        lambda office: {"documentIds": [office["file"]]},
        needed=("documentIds",),
        unreadable={"documentIds": "x"},
        hidden={"documentIds": "away_file"},
    ),
    Act(
        "RemoveDocumentFromTaskItem",
        _linked,
        needed=("documentId",),
        unreadable={"documentId": ["x"]},
        hidden={"documentId": "away_file"},
    ),
    Act(
        "AddRelation",
        lambda office: {"itemId": office["other"]},
        needed=("itemId",),
        unreadable={"itemId": True},
        hidden={"itemId": "secret"},
    ),
    Act(
        "RemoveRelation",
        _related,
        needed=("itemId",),
        unreadable={"itemId": "{}"},
        hidden={"itemId": "secret"},
    ),
    Act("EnableCalendarSync", viewer_may=True),
    Act("DisableCalendarSync", viewer_may=True),
    Act(
        "AddNotificationFollowers",
        lambda office: {"contactIds": [office["viewer"]], "projectId": office["project"]},
        needed=("contactIds",),
        unreadable={"contactIds": [1], "projectId": 7},
        hidden={"contactIds": "stranger", "projectId": "away"},
    ),
    Act(
        "RemoveNotificationFollower",
        _followed,
        needed=("contactId",),
        unreadable={"contactId": "nobody"},
        hidden={"contactId": "stranger"},
    ),
    Act(
        "LoadTemplateForProject",
        lambda office: {"ProjectId": office["project"]},
        needed=("projectId",),
        unreadable={"projectId": 3},
        hidden={"projectId": "away"},
        on="template",
    ),
    Act(
        "SaveTemplateForProject",
        lambda office: {"ProjectId": office["project"], "Name": "from demo"},
        needed=("projectId", "name"),
        unreadable={"projectId": "x", "name": 1},
        hidden={"projectId": "away"},
        on="templates",
    ),
    Act(
        "BatchInsert",
        lambda office: {"items": [{"Name": "one", "ProjectId": office["project"]}]},
        needed=("items",),
        unreadable={"items": "x"},
        on="tasks",
    ),
    Act(
        "BatchDelete",
        lambda office: {"items": [office["task"]]},
        needed=("items",),
        unreadable={"items": ["x"]},
        on="tasks",
    ),
)
BOUND = tuple(act for act in ACTS if act.on == "task")
FUNCTIONS = (
    "GetContributors",
    "GetStopwatch",
    "GetCalendarSyncStatus",
    "GetNotificationFollowerContacts",
)
