"""Who may see and do what, for every set and operation of the model: a new one without a row fails.

The scene is a project with one of everything, made by the administrator through OData; beside it
a private task with things of its own. An outsider belongs to neither; a viewer and an editor belong
to the project, but were not admitted to the private task.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.odata.blueprint import service
from app.odata.engine.edm import CollectionType, EntitySet, Operation
from app.odata.sets.model import TYPES
from tests.builders import World
from tests.odata import OData

# Sets that are the account's, not a project's; what an outsider sees of them is said elsewhere.
COMMON = {"AccountInfo", "AuditEntry", "Contact", "TaskItemTemplate", "CustomFieldDefinition"}


@dataclass
class Scene:
    """Clients by role, and the keys of one entity of each set, as they stand in an address."""

    clients: dict[str, OData]
    keys: dict[str, str]
    private: dict[str, str]
    people: dict[str, str]
    contributor: str


def key_of(entity_set: str, item: dict[str, Any]) -> str:
    """The key of an entity in parentheses."""
    names = TYPES[entity_set].key
    if len(names) == 1:
        return f"({item[names[0]]})"
    pairs = (f"{n}='{item[n]}'" if n == "Name" else f"{n}={item[n]}" for n in names)
    return f"({','.join(pairs)})"


def furnish(odata: OData, task: str, project: str) -> dict[str, str]:
    """One of everything that hangs on a task; keys by set."""
    odata.post(f"Task({task})/AddNote", {"htmlText": "secret word", "notificationContactIds": []})
    odata.post(f"Task({task})/StartStopwatch")
    odata.post(
        f"Task({task})/UpdateProjectDefinedField",
        {"fieldName": f"pf_dt0_{task[:8]}_Secret", "value": "secret"},
    )
    document = odata.make("Document", FileName="secret.txt", ProjectId=project)
    odata.post(f"Task({task})/AddDocumentToTaskItem", {"documentIds": [document["DocumentId"]]})
    entry = odata.make("TimeEntry", TaskItemId=task, DurationMinutes=5, DisplayName="secret")
    check_list = odata.make("CheckList", TaskItemId=task, Name="secret")
    item = odata.make("CheckListItem", CheckListId=check_list["CheckListId"], Name="secret")
    notes = odata.value("TaskItemNote", filter=f"TaskItemId eq {task}")
    watches = odata.value("UserStopwatch", filter=f"TaskItemId eq {task}")
    values = odata.value("CustomField", filter=f"ObjectId eq {task}")
    made = {
        "TaskItemNote": notes[0],
        "UserStopwatch": watches[0],
        "CustomField": values[0],
        "Document": document,
        "TimeEntry": entry,
        "CheckList": check_list,
        "CheckListItem": item,
    }
    keys = {name: key_of(name, each) for name, each in made.items()}
    return keys | {"Task": f"({task})", "DynamicTaskItem": f"({task})"}


@pytest.fixture
def scene(app: Flask, world: World) -> Scene:
    """The scene, in an empty store."""
    people = {role: world.person(role, "Person") for role in ("outsider", "viewer", "editor")}
    clients = {role: OData(app, world.key(person)) for role, person in people.items()}
    clients["admin"] = OData(app, world.key(world.admin))
    clients["reader"] = OData(app, world.key(world.admin, read_only=True))
    elsewhere = world.company("Elsewhere")
    world.employ(people["outsider"], elsewhere)
    project_id = world.project("secret", viewer=(people["viewer"],), editor=(people["editor"],))
    home = world.list(project_id)
    open_task = world.task(home, "secret task")
    hidden = world.task(home, "secret task", private=True)
    odata = clients["admin"]
    rows = {
        each["TaskItem_ConsecutiveNumber"]: each["TaskItem_TaskItemId"]
        for each in odata.value("DynamicTaskItem")
    }
    project = odata.value("Project")[0]["ProjectId"]
    made = {
        "Project": odata.value("Project")[0],
        "Group": odata.value("Group")[0],
        "TaskStatus": odata.make("TaskStatus", Name="secret", ProjectId=project),
        "Planning": odata.make(
            "Planning",
            DisplayName="secret",
            ProjectId=project,
            StartDateTime="2014-05-01T00:00:00Z",
            EndDateTime="2014-05-02T00:00:00Z",
        ),
        "Risk": odata.make("Risk", Name="secret", ProjectId=project),
    }
    keys = {name: key_of(name, each) for name, each in made.items()}
    contacts = {each["FirstName"]: each["ContactId"] for each in odata.value("Contact")}
    contributor = odata.post(
        f"Task({rows[open_task]})/AddContributor", {"contactId": contacts["editor"]}
    )
    return Scene(
        clients,
        keys | furnish(odata, rows[open_task], project),
        furnish(odata, rows[hidden], project),
        contacts,
        contributor.json["Id"],
    )


def sets() -> list[EntitySet]:
    """The sets whose entities belong to projects."""
    return [each for each in TYPES if each not in COMMON]  # type: ignore[misc]


def test_the_scene_has_one_of_every_set(scene: Scene) -> None:
    assert set(scene.keys) == set(sets())
    admin = scene.clients["admin"]
    for name, key in scene.keys.items():
        assert admin.get(f"{name}{key}").status_code == 200, name


def unknown(name: str) -> str:
    """A key that no entity has."""
    return f"(Name='cf_none',ObjectId={uuid4()})" if name == "CustomField" else f"({uuid4()})"


def check_hidden(client: OData, keys: dict[str, str]) -> None:
    """Nothing of these is there for the client: not in a list, total, search, by key or below."""
    for name, key in keys.items():
        shown = [key_of(name, each) for each in client.value(name, top=1000)]
        assert key not in shown, name
        assert client.get(f"{name}/$count").text == str(len(shown)), name
        found = client.value(name, apply="aggregate($count as N)")
        assert (found[0]["N"] if found else 0) == len(shown), name
        missing, hidden = client.get(f"{name}{unknown(name)}"), client.get(f"{name}{key}")
        assert hidden.status_code == missing.status_code == 404, name
        assert hidden.data == missing.data, name
        for method in ("PATCH", "DELETE"):
            body = {} if method == "PATCH" else None
            answer = client.call(method, f"{name}{key}", body)
            assert answer.status_code in (404, 405), (name, method)
        everything = client.value(name, search="secret", top=1000) if searchable(name) else []
        assert key not in [key_of(name, each) for each in everything], name


def searchable(name: str) -> bool:
    """The set takes $search."""
    return service().model.entity_set(name).searchable


def test_an_outsider_sees_nothing_of_the_project(scene: Scene) -> None:
    check_hidden(scene.clients["outsider"], scene.keys | scene.private)


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_members_see_the_project_but_nothing_of_the_private_task(role: str, scene: Scene) -> None:
    client = scene.clients[role]
    own = {"UserStopwatch"}  # everybody's own
    for name, key in scene.keys.items():
        wanted = 404 if name in own else 200
        assert client.get(f"{name}{key}").status_code == wanted, name
    check_hidden(client, scene.private)
    project = scene.keys["Project"]
    for way in ("Tasks", "Documents", "TimeEntries"):
        below = client.one(f"Project{project}", expand=way)[way]
        target = TYPES[way.removesuffix("s").replace("TimeEntrie", "TimeEntry")].key[0]
        keys = {f"({each[target]})" for each in below}
        assert not keys & set(scene.private.values()), way
    counted = client.one(f"Project{project}", expand="Tasks/$count")
    assert counted["Tasks@odata.count"] == 1
    private = scene.private["Task"].strip("()")
    assert not client.value("Project", filter=f"Tasks/any(t: t/TaskItemId eq {private})")
    assert client.value("Project", filter="Tasks/$count eq 1")


PARAMETERS: dict[str, dict[str, Any]] = {
    "taskItemStatusId": {"kind": "TaskStatus"},
    "documentId": {"kind": "Document"},
    "documentIds": {"kind": "Document", "many": True},
    "itemId": {"kind": "Task"},
    "contactId": {"person": "editor"},
    "contactIds": {"person": "editor", "many": True},
    "notificationContactIds": {"person": "editor", "many": True},
    "projectId": {"kind": "Project"},
}
# What a viewer of the project may do; all else is refused him with 403.
VIEWERS_MAY = {
    "AddNote",
    "EnableCalendarSync",
    "DisableCalendarSync",
    "GetContributors",
    "GetStopwatch",
    "GetCalendarSyncStatus",
    "GetNotificationFollowerContacts",
}


def task_operations() -> list[Operation]:
    """The operations bound to one task."""
    model = service().model
    return [each for each in model.operations if each.bound_to is TYPES["Task"]]


def body_for(operation: Operation, scene: Scene) -> dict[str, Any]:
    """Parameters that a person with all rights could send."""
    found: dict[str, Any] = {}
    for each in operation.parameters:
        known = PARAMETERS.get(each.name)
        if known is not None:
            value = (
                scene.people[known["person"]]
                if "person" in known
                else scene.keys[known["kind"]].strip("()")
            )
            found[each.name] = [value] if known.get("many") else value
        elif each.name in ("htmlText", "value"):
            found[each.name] = "text"
        elif each.name == "fieldName":
            found[each.name] = "pf_dt0_12345678_Some"
        elif each.name == "id":
            found[each.name] = scene.contributor
    return found


def call(client: OData, operation: Operation, key: str, body: dict[str, Any]) -> Any:
    """Call an operation on a task."""
    path = f"Task{key}/{operation.name}"
    return client.get(f"{path}()") if operation.kind == "function" else client.post(path, body)


def snapshot(scene: Scene) -> Any:
    """All that the administrator can read, versions included."""
    admin = scene.clients["admin"]
    return {name: admin.value(name, top=1000) for name in TYPES}


def test_operations_on_what_one_may_not_see_are_not_found(scene: Scene, app: Flask) -> None:
    before = snapshot(scene)
    for operation in task_operations():
        body = body_for(operation, scene)
        for role, keys in (("outsider", scene.keys), ("editor", scene.private)):
            answer = call(scene.clients[role], operation, keys["Task"], body)
            missing = call(scene.clients[role], operation, unknown("Task"), body)
            assert answer.status_code == missing.status_code == 404, (operation.name, role)
            assert answer.data == missing.data, (operation.name, role)
    assert snapshot(scene) == before


def test_a_viewer_reads_and_comments(scene: Scene, app: Flask) -> None:
    client = scene.clients["viewer"]
    for operation in task_operations():
        before = snapshot(scene)
        answer = call(client, operation, scene.keys["Task"], body_for(operation, scene))
        if operation.name in VIEWERS_MAY:
            assert answer.status_code in (200, 204), (operation.name, answer.text)
        else:
            assert answer.status_code == 403, (operation.name, answer.text)
            assert snapshot(scene) == before, operation.name


def test_a_read_only_key_changes_nothing(scene: Scene, app: Flask) -> None:
    client, before = scene.clients["reader"], snapshot(scene)
    for operation in task_operations():
        if operation.kind == "action":
            answer = call(client, operation, scene.keys["Task"], body_for(operation, scene))
            assert answer.status_code == 403, operation.name
    note = scene.keys["TaskItemNote"].strip("()")
    assert client.get(f"Task/DeleteNote(noteRelationId={note})").status_code == 403
    for name, key in scene.keys.items():
        for method, path in (("POST", name), ("PATCH", f"{name}{key}"), ("DELETE", f"{name}{key}")):
            body = None if method == "DELETE" else {}
            assert client.call(method, path, body).status_code in (403, 405), (method, path)
    assert client.post("Task/BatchInsert", {"items": [{"Name": "x"}]}).status_code == 403
    assert snapshot(scene) == before


def test_ids_in_bodies_that_one_may_not_see_are_like_unknown_ones(scene: Scene) -> None:
    """Every writable reference of every set, as the editor, who does not see the private task."""
    client = scene.clients["editor"]
    hidden = {"ApiTask": scene.private["Task"].strip("()")}
    hidden["ApiDocument"] = scene.private["Document"].strip("()")
    hidden["ApiCheckList"] = scene.private["CheckList"].strip("()")
    tried = 0
    for name in ("TimeEntry", "CheckList", "CheckListItem"):
        for way in TYPES[name].navigations:
            target = way.target.rpartition(".")[2]
            if target not in hidden or not way.constraints:
                continue
            prop = way.constraints[0][0]
            answers = [
                client.post(name, {"Name": "x", "DurationMinutes": 5} | {prop: uid})
                if name == "TimeEntry"
                else client.post(name, {"Name": "x", prop: uid})
                for uid in (hidden[target], str(uuid4()))
            ]
            statuses = {each.status_code for each in answers}
            assert len(statuses) == 1 and statuses <= {400, 404, 422}, (name, prop)
            tried += 1
    assert tried >= 3


def test_every_parameter_that_takes_an_id_has_a_row(app: Flask) -> None:
    known = {*PARAMETERS, "id", "afterTaskItemId", "noteRelationId", "items", "name", "content"}
    for operation in service().model.operations:
        for each in operation.parameters:
            item = each.type.item if isinstance(each.type, CollectionType) else each.type
            if item.qualified == "Edm.Guid":
                assert each.name in known, (operation.name, each.name)
