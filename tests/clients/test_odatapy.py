"""The client of PyPI `odatapy`, unmodified, against a running Tandem, in 4.0 and in 4.01.

It reads $metadata once, types every payload by it, and takes a stored ETag back as If-Match.
What it does wrong, and what is therefore left out here:

* It sends every property of an entity that it has read, read-only ones included (the service
  passes those over).
* It types an entity by the address it was asked for, so that `$entity?$id=…` stays untyped, and
  keeps an expanded entity as a link of its own, not among the values.
* It writes a reference as `@odata.id` even in 4.01 (the service reads both).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from odatapy.client import (
    BasicAuth,
    BearerAuth,
    EdmEnabledODataClient,
    FilterFactory,
    HttpxTransport,
    NotModified,
    ODataClientError,
)

from tests.clients.service import Service

MANY = 230
PAGE = 100
API = "InLoox.PM.Domain.Model.Aggregates.Api"
f = FilterFactory
Client = EdmEnabledODataClient


def transport(**options: Any) -> HttpxTransport:
    """HTTP without proxies."""
    return HttpxTransport(trust_env=False, **options)


@pytest.fixture(params=("4.0", "4.01"))
def client(request: pytest.FixtureRequest, service: Service) -> Iterator[Client]:
    """A client with its key in a header, in either version."""
    with transport(headers={"x-api-key": service.key}) as sender:
        yield Client(service.url, sender, odata_version=request.param)


@pytest.mark.parametrize(
    "auth",
    [
        pytest.param(lambda key: BasicAuth(key, ""), id="basic, key as user"),
        pytest.param(lambda key: BasicAuth("ada@example.com", key), id="basic, key as password"),
        pytest.param(BearerAuth, id="bearer"),
    ],
)
def test_every_way_to_send_a_key(service: Service, auth: Callable[[str], Any]) -> None:
    with transport(auth=auth(service.key)) as sender:
        accounts = Client(service.url, sender).get_entity_set(f"{service.url}AccountInfo")
    assert [each.get_value("TimeZone") for each in accounts] == ["UTC"]


def test_a_wrong_key(service: Service) -> None:
    with transport(headers={"x-api-key": "twp_wrong"}) as sender:
        client = Client(service.url, sender)
        with pytest.raises(ODataClientError) as caught:
            client.get_edm()
    assert caught.value.status_code == 401
    assert caught.value.error_code == "Unauthorized"


def tasks(client: Client, service: Service) -> Any:
    """The address of the project's tasks, to be narrowed further."""
    return client.entity_set_uri("Task").filter(f.field("ProjectId").eq(UUID(service.project)))


def names(entities: Any) -> list[str]:
    """What tasks are called."""
    return [each.get_value("Name") for each in entities]


def test_the_model_is_read(client: Client, service: Service) -> None:
    """Sets, keys, navigation and operations of $metadata, which a second look finds unchanged."""
    edm = client.get_edm()
    listed = {each.name for each in client.get_service_document().entries}
    assert listed == {each["name"] for each in service.call("GET", "").json()["value"]}
    assert all(client.entity_set_type(name) is not None for name in listed)
    task = client.entity_set_type("Task")
    assert task.get_navigation_property("Notes").type.name == "ApiTaskItemNote"
    assert client.metadata_etag
    assert client.refresh_edm() is edm


def test_create_and_delete(client: Client, service: Service) -> None:
    due = datetime(2014, 5, 14, 12, tzinfo=UTC)
    values = {"Name": "Ünïcode & 'quotes'", "EndDateTime": due, "WorkAmount": 2.5}
    made = client.create_entity_result("Task", {**values, "ProjectId": UUID(service.project)})
    key = made.entity.get_value("TaskItemId")
    assert (made.status_code, made.location) == (201, f"{service.url}Task({key})")
    uri = client.entity_uri("Task", key)
    read = client.get_entity(uri)
    assert {name: read.get_value(name) for name in values} == values

    client.delete_entity(uri)
    with pytest.raises(ODataClientError) as caught:
        client.get_entity(uri)
    assert caught.value.status_code == 404


def test_update(client: Client, service: Service) -> None:
    """A part of an entity, all of one that was read, and one that takes the place of the old."""
    (key,) = service.add("task")
    uri = client.entity_uri("Task", UUID(key))
    change = {
        "Name": "changed",
        "WorkAmount": 2.5,
        "EndDateTime": datetime(2014, 5, 14, tzinfo=UTC),
    }
    changed = client.update_entity(uri, change, return_representation=True)
    assert (changed.status_code, changed.entity.get_value("Name")) == (200, "changed")
    entity = client.get_entity(uri)
    entity.set_property("Name", "sent whole")
    assert client.update_entity(uri, entity).status_code == 204
    stored = service.task(key)
    assert (stored["Name"], stored["WorkAmount"]) == ("sent whole", 2.5)
    assert client.update_entity(uri, {"Name": "replaced"}, method="REPLACE").status_code == 204
    stored = service.task(key)
    assert (stored["Name"], stored["WorkAmount"], stored["EndDateTime"]) == ("replaced", 0.0, None)


def test_a_created_entity_need_not_be_sent_back(client: Client, service: Service) -> None:
    made = client.create_entity_result(
        "Task", {"Name": "quiet", "ProjectId": service.project}, return_representation=False
    )
    assert made.status_code == 204
    assert (
        made.entity_id == made.location == f"{service.url}Task({service.tasks()[0]['TaskItemId']})"
    )


def test_etags(client: Client, service: Service) -> None:
    """What has not changed is not sent again, and nothing that has changed is overwritten."""
    uri = client.entity_uri("Task", UUID(service.add("guarded")[0]))
    before = client.get_entity(uri)
    assert isinstance(client.get_entity(uri, if_none_match=before.etag), NotModified)
    client.update_entity(uri, {"Name": "newer"})
    before.set_property("Name", "late")
    with pytest.raises(ODataClientError) as caught:
        client.update_entity(uri, before)
    assert caught.value.status_code == 412
    assert service.names() == ["newer"]


FILTERS: dict[str, tuple[Any, list[str]]] = {
    "equal": (f.field("Name").eq("it's b"), ["it's b"]),
    "in": (f.field("Name").in_(["a", "it's b"]), ["a", "it's b"]),
    "or not": (~(f.field("Name").eq("a") | f.field("Name").eq("C")), ["it's b"]),
    "contains": (f.field("Name").contains("'s"), ["it's b"]),
    "lower": (f.field("Name").tolower().eq("c"), ["C"]),
    "length": (f.field("Name").length().gt(1), ["it's b"]),
    "arithmetic": (f.field("WorkAmount").mul(2).add(1).eq(5), ["it's b"]),
    "null": (f.field("EndDateTime").eq(None), ["C", "a"]),
    "instant": (f.field("EndDateTime").lt(datetime(2014, 5, 15, tzinfo=UTC)), ["it's b"]),
    "year": (f.field("EndDateTime").year().eq(2014), ["it's b"]),
    "navigation": (f.field("Project/Name").startswith("Project "), ["C", "a", "it's b"]),
    "any": (f.field("Notes").any("n", f.field("n/Note").contains("hello")), ["a"]),
    "any at all": (f.field("Notes").any(), ["a"]),
}


@pytest.fixture
def three(client: Client, service: Service) -> None:
    """Three tasks to choose from, sorted by code point: C, a, it's b."""
    rows: tuple[dict[str, Any], ...] = (
        {"Name": "a", "WorkAmount": 1.0},
        {"Name": "it's b", "WorkAmount": 2.0, "EndDateTime": datetime(2014, 5, 14, tzinfo=UTC)},
        {"Name": "C", "WorkAmount": 3.0},
    )
    made = [client.create_entity("Task", {**row, "ProjectId": service.project}) for row in rows]
    note = client.entity_uri("Task", made[0].get_value("TaskItemId"))
    client.invoke_action(
        note.append_action_call_segment("Default.AddNote"),
        {"htmlText": "<p>hello</p>", "notificationContactIds": []},
    )


def test_filters(client: Client, service: Service, three: None, subtests: pytest.Subtests) -> None:
    mine = f.field("ProjectId").eq(UUID(service.project))
    for name, (condition, expected) in FILTERS.items():
        with subtests.test(name):
            uri = client.entity_set_uri("Task").filter(mine & condition).orderby("Name")
            assert names(client.get_entity_set(uri)) == expected


def test_query_options(client: Client, service: Service, three: None) -> None:
    """Order, window, count, choice, expansion, search, computed and aggregated values."""
    some = tasks(client, service)
    found = client.get_entity_set(some.copy().orderby("WorkAmount desc").top(2).skip(1).count())
    assert (names(found), found.count) == (["it's b", "a"], 3)
    assert client.get_count(some) == 3
    chosen = client.get_entity_set(some.copy().select("Name", "EndDateTime").orderby("Name"))
    assert list(chosen.entities[0].as_dict()) == ["Name", "EndDateTime"]
    expanded = some.copy().orderby("Name").expand_with_options("Notes", select="Note", top=1)
    links = [each.get_navigation_link("Notes") for each in client.get_entity_set(expanded)]
    inline = [[note.get_value("Note") for note in link.inline_entity_set] for link in links]
    assert inline == [[], ["hello"], []]
    assert names(client.get_entity_set(some.copy().search("it's"))) == ["it's b"]
    computed = some.copy().compute("WorkAmount mul 60 as Minutes").select("Minutes").orderby("Name")
    assert [each.get_value("Minutes") for each in client.get_entity_set(computed)] == [180, 60, 120]
    total = f"filter(ProjectId eq {service.project})/aggregate(WorkAmount with sum as Hours)"
    applied = client.get_raw(client.entity_set_uri("Task").apply(total)).json()
    assert [each["Hours"] for each in applied["value"]] == [6.0]


def test_pages_are_followed(client: Client, service: Service) -> None:
    expected = [f"task {number:03}" for number in range(MANY)]
    service.add(*expected)
    by_name = tasks(client, service).orderby("Name")
    assert [len(page) for page in client.iter_pages(by_name)] == [PAGE, PAGE, MANY - 2 * PAGE]
    assert names(client.iter_entities(by_name)) == expected
    sizes = [len(page) for page in client.iter_pages(by_name.top(50), max_page_size=20)]
    assert sizes == [20, 20, 10]


def test_properties_and_references(client: Client, service: Service) -> None:
    one, two = (UUID(each) for each in service.add("one", "two"))
    name = client.entity_uri("Task", one).append_property_segment("Name")
    assert client.get_property(name).value == "one"
    client.update_property(name, "first")
    assert client.get_property_value(name.copy().append_value_segment()) == "first"
    due = client.entity_uri("Task", one).append_property_segment("EndDateTime")
    assert client.get_property(due).value is None
    client.update_property(due, "2014-05-14T12:00:00Z")
    client.delete_property(due)
    assert service.task(str(one))["EndDateTime"] is None

    relations = client.entity_uri("Task", one).append_navigation_segment("Relations")
    client.add_reference(relations, client.entity_uri("Task", two).build())
    (reference,) = client.get_references(relations)
    assert reference.endswith(f"Task({two})")
    assert names(client.get_entity_set(relations)) == ["two"]
    client.remove_reference(relations, client.entity_uri("Task", two).build())
    assert client.get_references(relations) == []


def test_a_document(client: Client, service: Service) -> None:
    """A media entity: made as an entity, its bytes sent to it and read back."""
    made = client.create_entity("Document", {"FileName": "a.txt", "ProjectId": service.project})
    uri = client.entity_uri("Document", made.get_value("DocumentId"))
    client.update_media_entity(uri, "Grüße".encode(), "text/plain;charset=utf-8")
    media = client.get_media(uri)
    assert (media.content.decode(), media.content_type) == ("Grüße", "text/plain")
    assert client.get_entity(uri).get_value("FileName") == "a.txt"
    client.delete_media_entity(uri)
    with pytest.raises(ODataClientError):
        client.get_media(uri)


def test_operations(client: Client, service: Service) -> None:
    (key,) = service.add("watched")
    task = client.entity_uri("Task", UUID(key))
    enable = task.copy().append_action_call_segment("Default.EnableCalendarSync")
    assert client.invoke_action(enable).status_code == 204
    status = task.copy().append_function_call_segment("Default.GetCalendarSyncStatus")
    assert client.invoke_function(status).content.count(b'"IsEnabled":true') == 1
    items = [{"Name": name, "ProjectId": service.project} for name in ("new", "newer")]
    insert = client.entity_set_uri("Task").append_action_call_segment("Default.BatchInsert")
    assert client.invoke_action(insert, {"items": items}).status_code == 200
    assert service.names() == ["new", "newer", "watched"]
    delete = client.entity_set_uri("Task").append_function_call_segment("Default.DeleteNote")
    with pytest.raises(ODataClientError) as caught:
        client.invoke_function(delete, parameters={"noteRelationId": uuid4()})
    assert caught.value.status_code == 404


@pytest.mark.parametrize("wire", ["multipart", "json"])
def test_a_batch(client: Client, service: Service, wire: str) -> None:
    """Reads around a change set that refers to what it has just made."""
    service.add("there")
    batch = client.batch(format=wire)
    before = batch.add_retrieve(tasks(client, service))
    change = batch.add_changeset()
    made = change.create("Task", {"Name": "made", "ProjectId": service.project})
    renamed = change.update(made.ref, {"Name": "renamed"})
    noted = change.invoke_action(
        f"{made.ref}/Default.AddNote", {"htmlText": "x", "notificationContactIds": []}
    )
    after = batch.add_retrieve(tasks(client, service).count().top(0))
    wrong = batch.add_retrieve(client.entity_uri("Task", uuid4()))
    client.execute_batch(batch)
    answers = (before, made, renamed, noted, after, wrong)
    assert [each.response.status_code for each in answers] == [200, 201, 204, 204, 200, 404]
    assert [each["Name"] for each in before.response.json()["value"]] == ["there"]
    assert made.entity().get_value("Name") == "made"
    counted = after.response.json()
    assert counted.get("@count", counted.get("@odata.count")) == 2
    assert service.names() == ["renamed", "there"]


@pytest.mark.parametrize("wire", ["multipart", "json"])
def test_a_change_set_is_done_whole_or_not_at_all(
    client: Client, service: Service, wire: str
) -> None:
    batch = client.batch(format=wire, continue_on_error=True)
    change = batch.add_changeset()
    change.create("Task", {"Name": "never", "ProjectId": service.project})
    change.create("Task", {"Name": "nowhere", "ProjectId": uuid4()})
    after = batch.add_retrieve(tasks(client, service))
    result = client.execute_batch(batch)
    assert 400 <= result.responses[0].status_code < 500
    assert after.response.json()["value"] == []
    assert service.names() == []
