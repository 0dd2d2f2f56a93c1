"""PyPI `python-odata`, unmodified, against a running Tandem.

It has no batch. What it does wrong, and what is therefore left out here:

* It asks for $metadata without its `extra_headers`, so that a key in a header has to come from the
  session that it is given.
* A reflected type that operations are bound to (ApiTask) cannot be read from a navigation, an
  $expand or an operation: the class has no entity set, and listing its members raises.
* What an operation answers is taken from a member `value`; a single entity or complex value has
  none, and a 204 where $metadata names a return type is no better.
* Edm.Double is text to it, so that numbers have to be given as text and reach the service quoted
  (which 4.01 lets it read).
* A foreign key is not sent with a new entity (the reference is, by `@odata.bind`), an $expand of
  nothing raises, and a datetime without an offset is put into a filter as it is, which the ABNF
  has no literal for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
import requests
from odata import ODataService
from odata.exceptions import ODataError

from tests.clients.service import Service

MANY = 230
EAST = timezone(timedelta(hours=2))


@dataclass(frozen=True, slots=True)
class Client:
    """The client's service, the classes that it made of $metadata, and the test's own project."""

    odata: Any
    project: Any

    def set(self, name: str) -> Any:
        """The class of an entity set."""
        return self.odata.entities[name]

    def query(self) -> Any:
        """A query of the project's tasks."""
        task = self.set("Task")
        return self.odata.query(task).filter(task.ProjectId == self.project.ProjectId)

    def add(self, name: str, **values: Any) -> Any:
        """A new task of the project."""
        task = self.set("Task")()
        task.Name, task.Project = name, self.project
        for property_name, value in values.items():
            setattr(task, property_name, value)
        self.odata.save(task)
        return task


def reflected(service: Service, **options: Any) -> Any:
    """The client, having read $metadata with a session of its own, deaf to proxies."""
    session = requests.Session()
    session.trust_env = False
    session.headers.update(options.pop("headers", {}))
    return ODataService(
        service.url, reflect_entities=True, session=session, quiet_progress=True, **options
    )


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """A client with its key in a header."""
    odata = reflected(service, headers={"x-api-key": service.key})
    projects = odata.entities["Project"]
    project = odata.query(projects).get(service.project)
    yield Client(odata, project)
    odata.default_context.connection.session.close()


def values(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what is said about it."""
    return {name: value for name, value in row.items() if "@" not in name}


def named(entities: list[Any]) -> list[str]:
    """What tasks are called."""
    return [each.Name for each in entities]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(lambda key: {"headers": {"x-api-key": key}}, id="x-api-key"),
        pytest.param(lambda key: {"headers": {"Authorization": f"Bearer {key}"}}, id="bearer"),
        pytest.param(lambda key: {"auth": (key, "x")}, id="basic, key as user"),
        pytest.param(lambda key: {"auth": ("ada@example.com", key)}, id="basic, key as password"),
    ],
)
def test_every_way_to_send_a_key(service: Service, options: Callable[[str], Any]) -> None:
    odata = reflected(service, **options(service.key))
    account = odata.query(odata.entities["AccountInfo"]).one()
    assert account.TimeZone == "UTC"
    odata.default_context.connection.session.close()


def test_reflection(client: Client, service: Service) -> None:
    """Every set, property, navigation and operation of $metadata becomes a member of a class."""
    listed = service.call("GET", "").json()["value"]
    assert set(client.odata.entities) == {each["name"] for each in listed}
    task = client.set("Task")
    assert type(task.EndDateTime).__name__ == "DatetimeProperty"
    assert type(task.TaskItemId).__name__ == "UUIDProperty"
    assert task.TaskItemId.primary_key
    assert task.Notes.is_collection
    assert task.Project.foreign_key == "ProjectId"
    bound = {"AddNote", "BatchInsert", "Copy", "GetContributors", "MoveTaskItem", "StopStopwatch"}
    assert bound <= set(dir(task.__base__))
    fields = client.set("CustomField")
    assert fields.Name.primary_key and fields.ObjectId.primary_key


def test_create_update_delete(client: Client, service: Service) -> None:
    """The client sends every property of a new entity, most of them null, and reads again what it
    has changed.
    """
    due = datetime(2014, 5, 14, 17, 30, tzinfo=EAST)
    task = client.add("Ünïcode & 'quotes'", EndDateTime=due, WorkAmount=2.5)
    stored = service.task(task.TaskItemId)
    assert stored["Name"] == task.Name == "Ünïcode & 'quotes'"
    assert stored["ProjectId"] == service.project
    assert (stored["EndDateTime"], stored["WorkAmount"]) == ("2014-05-14T15:30:00Z", 2.5)
    assert (task.EndDateTime, task.IsDone) == (due, False)

    task.Name, task.IsDone = "changed", True
    client.odata.save(task)
    assert task.DoneDate == datetime(2014, 5, 12, 10, tzinfo=UTC)
    assert service.task(task.TaskItemId)["Name"] == "changed"

    client.odata.delete(task)
    assert service.names() == []


def test_a_composite_key(client: Client, service: Service) -> None:
    definition = client.set("CustomFieldDefinition")()
    definition.DisplayName = f"Colour {uuid4().hex[:6]}"
    client.odata.save(definition)
    value = client.set("CustomField")()
    value.Value = "red"
    with pytest.raises(ODataError, match="HTTP 422"):
        client.odata.save(value)
    value.Name, value.ObjectId = definition.ColumnName, service.add("painted")[0]
    client.odata.save(value)
    value.Value = "o'blue"
    client.odata.save(value)
    address = f"CustomField(Name='{value.Name}',ObjectId={value.ObjectId})"
    assert service.call("GET", address).json()["Value"] == "o'blue"


QUERIES: dict[str, tuple[Callable[[Any, Any], Any], list[str]]] = {
    "equal": (lambda q, t: q.filter(t.Name == "it's b"), ["it's b"]),
    "not equal": (lambda q, t: q.filter(t.Name != "a"), ["C", "it's b"]),
    "and": (lambda q, t: q.filter((t.WorkAmount > "1") & (t.WorkAmount <= "2")), ["it's b"]),
    "or": (lambda q, t: q.filter((t.Name == "a") | (t.Name == "C")), ["C", "a"]),
    "two filters": (lambda q, t: q.filter(t.WorkAmount >= "2").filter(t.Name != "C"), ["it's b"]),
    "starts": (lambda q, t: q.filter(t.Name.startswith("it's")), ["it's b"]),
    "ends": (lambda q, t: q.filter(t.Name.endswith(" b")), ["it's b"]),
    "contains": (lambda q, t: q.filter(t.Name.contains("s b")), ["it's b"]),
    "lacks": (lambda q, t: q.filter(t.Name.lacks("b")), ["C", "a"]),
    "null": (lambda q, t: q.filter(t.EndDateTime.is_null()), ["C", "a"]),
    "not null": (lambda q, t: q.filter(t.EndDateTime.not_null()), ["it's b"]),
    "instant": (
        lambda q, t: q.filter(t.EndDateTime == datetime(2014, 5, 14, 14, tzinfo=EAST)),
        ["it's b"],
    ),
    "boolean": (lambda q, t: q.filter(t.IsDone == False), ["C", "a", "it's b"]),  # noqa: E712
    "navigation": (
        lambda q, t: q.filter(t.Project.Name.startswith("Project")),
        ["C", "a", "it's b"],
    ),
    "first": (lambda q, t: q.limit(1), ["C"]),
    "skip": (lambda q, t: q.offset(1).limit(1), ["a"]),
}


@pytest.fixture
def three(client: Client) -> None:
    """Three tasks to choose from, sorted by code point: C, a, it's b."""
    client.add("a", WorkAmount=1.0)
    client.add("it's b", WorkAmount=2.0, EndDateTime=datetime(2014, 5, 14, 12, tzinfo=UTC))
    client.add("C", WorkAmount=3.0)


def test_queries(client: Client, three: None, subtests: pytest.Subtests) -> None:
    task = client.set("Task")
    for name, (ask, expected) in QUERIES.items():
        with subtests.test(name):
            found = ask(client.query().order_by(task.Name.asc()), task).all()
            assert named(found) == expected


def test_the_other_ends_of_a_query(client: Client, three: None) -> None:
    """One entity by key, the first, the count, chosen properties, the raw answer, aggregates."""
    task = client.set("Task")
    last = client.query().order_by(task.WorkAmount.desc()).first()
    assert last.Name == "C"
    assert client.odata.query(task).get(last.TaskItemId).Name == "C"
    assert client.query().count() == 3
    (chosen,) = client.query().filter(task.Name == "a").select(task.Name, task.WorkAmount).all()
    assert values(chosen) == {"Name": "a", "WorkAmount": 1.0}
    mine = f"ProjectId eq {client.project.ProjectId}"
    (raw,) = client.query().raw({"$filter": mine, "$orderby": "Name", "$top": 1, "$select": "Name"})
    assert raw["Name"] == "C"
    (row,) = client.query().raw(
        {"$apply": f"filter({mine})/groupby((IsDone),aggregate(WorkAmount with sum as Hours))"}
    )
    assert values(row) == {"IsDone": False, "Hours": 6.0}


def test_navigation(client: Client, three: None, service: Service) -> None:
    """Expanded with the task, asked for later, and followed from one to the next."""
    task = client.set("Task")
    query = client.query().filter(task.Name == "a").expand(task.Project, task.Notes, task.CreatedBy)
    found = query.one()
    assert (found.Project.Name, found.Notes) == (service.name, [])
    assert found.CreatedBy.DisplayName == "Ada Admin"
    plain = client.query().filter(task.Name == "a").one()
    assert plain.Project.Name == service.name
    assert plain.Project.CreatedBy.DisplayName == "Ada Admin"
    assert plain.Contact is None
    note = "<p>hello</p>"
    service.call(
        "POST",
        f"Task({plain.TaskItemId})/AddNote",
        json={"htmlText": note, "notificationContactIds": []},
    )
    assert [each.NoteHtml for each in plain.Notes] == [note]


def test_pages_are_followed(client: Client, service: Service) -> None:
    """More tasks than a page of the server holds come as one list, each of them once."""
    expected = [f"task {number:03}" for number in range(MANY)]
    service.add(*expected)
    task = client.set("Task")
    assert named(client.query().order_by(task.Name.asc()).all()) == expected


def test_actions_and_functions(client: Client, service: Service) -> None:
    """Bound to one task and to the collection; qualified names, parameters in a body or inline."""
    task, other = client.add("one"), client.add("two")
    me = task.CreatedByContactId
    assert task.AddNotificationFollowers(contactIds=[me], projectId=service.project) is None
    assert [each.ContactId for each in task.GetNotificationFollowerContacts()] == [me]
    assert task.AddRelation(itemId=other.TaskItemId) is None
    related = service.call("GET", f"Task({task.TaskItemId})/Relations").json()["value"]
    assert named_plainly(related) == ["two"]
    assert task.GetContributors() == []
    assert task.EnableCalendarSync() is None
    status = service.call("GET", f"Task({task.TaskItemId})/GetCalendarSyncStatus()").json()
    assert status["IsEnabled"] is True

    everything = client.set("Task")
    assert everything.BatchDelete(items=[other.TaskItemId]) is None
    assert service.names() == ["one"]
    body = {"htmlText": "x", "notificationContactIds": []}
    headers = {"Prefer": "return=representation"}
    path = f"Task({task.TaskItemId})/AddNote"
    note = service.call("POST", path, json=body, headers=headers).json()
    assert everything.DeleteNote(noteRelationId=note["TaskItemNoteId"]) is None
    assert service.call("GET", f"Task({task.TaskItemId})/Notes").json()["value"] == []


def named_plainly(items: list[dict[str, Any]]) -> list[str]:
    """The same, of plain JSON."""
    return [each["Name"] for each in items]


def test_errors_reach_the_caller(client: Client) -> None:
    """The client finds the code and the message where it looks for them."""
    with pytest.raises(ODataError) as caught:
        client.query().raw({"$filter": "Nme eq 'x'"})
    assert caught.value.status_code == "HTTP 400"
    assert caught.value.code == "BadRequest"
    assert "'Nme' is not a property" in caught.value.message
    task = client.add("gone")
    client.odata.delete(task)
    with pytest.raises(ODataError, match="HTTP 404 | NotFound"):
        client.odata.delete(task)
