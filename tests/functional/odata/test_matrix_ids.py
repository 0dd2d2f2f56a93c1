"""What one may not see is as what never was, byte for byte, wherever an OData request can name it:
in the key of an address, and in all that may stand behind it; in options; in bodies, bindings and
links; in parameters of operations; in requests inside a batch. The model tells where that is.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from app.odata.blueprint import service
from app.odata.engine.edm import CollectionType, Operation
from app.odata.sets.model import TYPES
from tests.functional.odata.estate import PEOPLE, Estate, estate, kept, unknown
from tests.functional.teamwork.matrix.scene import NO_ACCESS
from tests.functional.teamwork.matrix.stage import scene
from tests.functional.teamwork.matrix.store import Guard
from tests.odata import OData

__all__ = ["estate", "kept", "scene"]  # the fixtures that these tests run on

OF_EACH_ANSWER = ("Content-Length", "X-Request-Id")
# Others see what one of these does (targets.SEEN), or less; they are asked the main things only.
EYES = ("stranger", "editor", "administrator")
# One of each kind of sight.
SIGHTS = (*EYES, "assignee", "grantee")
MAIN = ("GET", "PATCH", "DELETE")
# A change that makes nothing anew: without it, one of an unknown key creates the entity (OData's
# upsert). There alone a hidden key is told from a free one; a key has 74 random bits.
EXISTING = {"If-Match": "*"}
# The rule of sight is one expression for both engines; lists, keys and operations show it on both.
ON_ONE_ENGINE = pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)
# Sets of the account: there is nothing in them that depends on a project.
COMMON = {"AccountInfo", "AuditEntry", "TaskItemTemplate", "CustomFieldDefinition"}
SETS = tuple(each for each in TYPES if each not in COMMON)
SET_OF = {declared.qualified: name for name, declared in TYPES.items() if name != "DynamicTaskItem"}
# GUIDs in bodies that no navigation tells the kind of.
PLAIN = {
    ("Task", "ContactId"): "Contact",
    ("TimeEntry", "GroupId"): "Group",
    ("CustomField", "ObjectId"): "Task",
    ("CustomFieldDefinition", "ProjectId"): "Project",
    ("Project", "ClientId"): "Company",
}
PARAMETERS = {
    "taskItemStatusId": "TaskStatus",
    "afterTaskItemId": "Task",
    "projectId": "Project",
    "notificationContactIds": "Contact",
    "noteRelationId": "TaskItemNote",
    "contactId": "Contact",
    "contactIds": "Contact",
    "id": "Contributor",
    "documentIds": "Document",
    "documentId": "Document",
    "itemId": "Task",
    "items": "Task",
}
TEXTS = {"htmlText": "x", "value": "x", "fieldName": "pf_dt0_12345678_Some", "name": "x"}
DATES = {"StartDateTime": "2014-05-01T00:00:00Z", "EndDateTime": "2014-05-02T00:00:00Z"}


class Ask(NamedTuple):
    """A request; `{}` in the path and `=KEY` in the body stand for what is named."""

    method: str
    path: str
    body: Any = None

    def sent(self, client: OData, key: str) -> TestResponse:
        """The answer."""
        said = None
        if self.body is not None:
            said = json.loads(json.dumps(self.body).replace("=KEY", key))
        headers = EXISTING if self.method in ("PATCH", "PUT", "MERGE") else None
        return client.call(self.method, self.path.replace("{}", key), said, headers)


def told(response: TestResponse, key: str) -> tuple[Any, ...]:
    """What answers can be told apart by, without the key that was sent."""
    guid = max(GUID.findall(key), default=key)
    name = re.search(r"Name='(\w+)'", key)
    body = response.text.replace(key, "KEY").replace(guid, "ID")
    if name is not None:
        body = body.replace(name[1], "NAME")
    headers = {each: value for each, value in response.headers if each not in OF_EACH_ANSWER}
    if response.status_code < 300:
        body = GUID.sub("NEW", body)
        headers.pop("ETag", None)  # of a text with new GUIDs
        headers = {each: GUID.sub("NEW", value) for each, value in headers.items()}
    return response.status_code, body, headers


def compared(
    estate: Estate, kept: Guard, caller: str, ask: Ask, hidden: list[str], missing: str
) -> Iterator[Any]:
    """Where hidden things are told from a missing one, or something was changed by a refusal."""
    client = estate.clients[caller]
    like: tuple[Any, ...] = ()
    for key in (missing, *hidden):
        response = ask.sent(client, key)
        got = told(response, key)
        like = like or got
        if got != like:
            yield caller, ask, key, got, like
        changed = kept.put_back()
        if changed and response.status_code >= 400:
            yield caller, ask, key, got, "changed something"


# --- keys in addresses ----------------------------------------------------------------------------


def below(name: str) -> Iterator[Ask]:
    """All that may be asked of an entity."""
    here = f"{name}{{}}"
    yield from (Ask(method, here, {} if method == "PATCH" else None) for method in MAIN)
    yield Ask("HEAD", here)
    yield from (Ask(method, here, {}) for method in ("PUT", "MERGE"))
    yield Ask("GET", f"$entity?$id={here}")
    yield Ask("GET", f"{here}/$value")
    yield Ask("PUT", f"{here}/$value", {})
    yield Ask("GET", f"{here}/$ref")
    for each in [*TYPES[name].properties][1:3]:
        yield Ask("GET", f"{here}/{each.name}")
        yield Ask("GET", f"{here}/{each.name}/$value")
        yield Ask("PUT", f"{here}/{each.name}", {"value": None})
        yield Ask("DELETE", f"{here}/{each.name}")
    for way in TYPES[name].navigations:
        there = f"{here}/{way.name}"
        link = {"@odata.id": f"{SET_OF[way.target]}({uuid4()})"}
        yield from (Ask("GET", each) for each in (there, f"{there}/$ref"))
        yield Ask("POST" if way.collection else "PUT", f"{there}/$ref", link)
        yield Ask("DELETE", f"{there}/$ref")
        if way.collection:
            yield Ask("GET", f"{there}/$count")
            yield Ask("POST", there, {})
    yield from (_batched(ask) for ask in (Ask("GET", here), Ask("PATCH", here, {})))
    yield _batched(Ask("DELETE", here))


def _batched(ask: Ask) -> Ask:
    inner: dict[str, Any] = {
        "id": "1",
        "method": ask.method.lower(),
        "url": ask.path.replace("{}", "=KEY"),
    }
    if ask.body is not None:
        inner |= {"body": ask.body, "headers": {"content-type": "application/json", **EXISTING}}
    return Ask("POST", "$batch", {"requests": [inner]})


def options(name: str) -> Iterator[Ask]:
    """Options of a set that select by a key."""
    for part in TYPES[name].key[-1:]:
        yield Ask("GET", f"{name}?$filter={part} eq {{}}")
        yield Ask("GET", f"{name}?$filter={part} in ({{}})&$count=true")
        yield Ask("GET", f"{name}/$count?$filter={part} eq {{}}")
        yield Ask("GET", f"{name}?$apply=filter({part} eq {{}})/aggregate($count as N)")
    for way in TYPES[name].navigations:
        end = TYPES[SET_OF[way.target]].key[-1]
        one = f"{way.name}/{end} eq {{}}"
        there = f"{way.name}/any(t:t/{end} eq {{}})" if way.collection else one
        yield Ask("GET", f"{name}?$filter={there}&$select={TYPES[name].key[0]}")


@ON_ONE_ENGINE
@pytest.mark.parametrize("name", SETS)
def test_keys_in_addresses(estate: Estate, kept: Guard, name: str) -> None:
    wrong: list[Any] = []
    for caller in PEOPLE:
        hidden = estate.hidden(caller, name)
        asked = below(name) if hidden else ()
        for number, ask in enumerate(asked if caller in EYES[:2] else islice(asked, len(MAIN))):
            keys = hidden if number < len(MAIN) else _ends(hidden)
            wrong += compared(estate, kept, caller, ask, keys, unknown(name))
    assert not wrong, str(wrong[:3])


def _ends(hidden: list[str]) -> list[str]:
    """Of what is hidden, something private and something of another project."""
    return hidden[:1] if len(hidden) == 1 else [hidden[0], hidden[-1]]


@ON_ONE_ENGINE
@pytest.mark.parametrize("name", SETS)
def test_keys_in_options(estate: Estate, kept: Guard, name: str) -> None:
    wrong: list[Any] = []
    for ask in options(name):
        kind = name
        if "any(" in ask.path or "/" in ask.path.partition("$filter=")[2].partition(" ")[0]:
            way = ask.path.partition("$filter=")[2].partition("/")[0]
            kind = next(SET_OF[w.target] for w in TYPES[name].navigations if w.name == way)
        for caller in SIGHTS:
            hidden = [max(GUID.findall(each)) for each in estate.hidden(caller, kind)]
            wrong += compared(estate, kept, caller, ask, hidden, str(uuid4())) if hidden else ()
    assert not wrong, str(wrong[:3])


@pytest.mark.parametrize("name", SETS)
def test_lists_hold_what_one_sees(estate: Estate, name: str) -> None:
    """And its own key finds what one sees, and nothing else."""
    for caller in PEOPLE:
        client = estate.clients[caller]
        hidden = estate.hidden(caller, name)
        text = client.get(f"{name}?$top=1000").text
        for which, key in estate.keys[name].items():
            assert (client.get(f"{name}{key}").status_code == 404) == (key in hidden), (
                caller,
                which,
            )
            if name != "CustomField":
                assert (key.strip("()") in text) == (key not in hidden), (caller, which)


@ON_ONE_ENGINE
@pytest.mark.parametrize("caller", NO_ACCESS)
def test_without_access_nothing_is_looked_at(estate: Estate, kept: Guard, caller: str) -> None:
    for name in TYPES:
        key = estate.keys.get(name, {}).get("open", unknown(name))
        for ask in below(name):
            response = ask.sent(estate.clients[caller], key)
            assert response.status_code == 401, (ask, response.text)
    for operation in service().model.operations:
        response = Ask("POST", f"Task{estate.keys['Task']['open']}/{operation.name}", {}).sent(
            estate.clients[caller], ""
        )
        assert response.status_code == 401
    assert not kept.put_back()


# --- ids in bodies --------------------------------------------------------------------------------


def good(estate: Estate, name: str, which: str) -> dict[str, Any]:
    """A body that makes an entity."""
    task, project = estate.guid("Task", which), estate.guid("Project", which)
    made: Mapping[str, dict[str, Any]] = {
        "Task": {"Name": "x", "ProjectId": project},
        "TaskStatus": {"Name": "x", "ProjectId": project},
        "Project": {"Name": "x"},
        "Contact": {"FirstName": "x", "LastName": "x", "Email": "x@example.com"},
        "Group": {"Name": "x", "ProjectId": project},
        "Planning": {"DisplayName": "x", "ProjectId": project, **DATES},
        "Risk": {"Name": "x", "ProjectId": project},
        "Document": {"FileName": "x.txt", "ProjectId": project},
        "TimeEntry": {"TaskItemId": task, "DurationMinutes": 5, "DisplayName": "x"},
        "CheckList": {"TaskItemId": task, "Name": "x"},
        "CheckListItem": {"CheckListId": estate.guid("CheckList", which), "Name": "x"},
        "CustomFieldDefinition": {"Name": "x", "ProjectId": project},
        "CustomField": {"ObjectId": task, "Name": "cf_x", "Value": "x"},
        "TaskItemTemplate": {"Name": "x"},
    }
    return made[name]


def references(name: str) -> dict[str, str]:
    """The members of a body that name something, and what: properties and bindings."""
    found: dict[str, str] = {}
    for way in TYPES[name].navigations:
        if way.collection:
            found[f"{way.name}@odata.bind"] = SET_OF[way.target]
        elif way.constraints:
            found[f"{way.name}@odata.bind"] = SET_OF[way.target]
            found[way.constraints[0][0]] = SET_OF[way.target]
    for each in _guids(name):
        if each not in found and each not in TYPES[name].key[:1]:
            found[each] = PLAIN[name, each]
    return found


def _guids(name: str) -> list[str]:
    return [
        each.name
        for each in TYPES[name].properties
        if each.writable
        and (
            getattr(each.type, "name", "") == "Edm.Guid" or each.name.endswith(("Id", "Ids", "Uid"))
        )
    ]


def test_every_reference_has_a_kind() -> None:
    """A new GUID in a body, or parameter that takes one, fails here unless it is listed."""
    lacking = []
    for name in TYPES:
        known = {way.constraints[0][0] for way in TYPES[name].navigations if way.constraints}
        known |= {TYPES[name].key[0], *(prop for each, prop in PLAIN if each == name)}
        lacking += [(name, each) for each in _guids(name) if each not in known]
    assert lacking == []


@ON_ONE_ENGINE
def test_every_parameter_has_a_kind(estate: Estate) -> None:
    lacking = []
    for operation in service().model.operations:
        for each in operation.parameters:
            takes = _item(each.type) == "Edm.Guid" or each.name.lower().endswith(
                ("id", "ids", "uid")
            )
            if takes and each.name not in PARAMETERS:
                lacking.append((operation.name, each.name))
    assert lacking == []


def _item(type_: Any) -> str:
    return str((type_.item if isinstance(type_, CollectionType) else type_).qualified)


def bodies(estate: Estate, name: str, which: str, member: str, kind: str) -> Iterator[Ask]:
    """Requests whose body names something by a member."""
    way, binds, _ = member.partition("@")
    value: Any = "=KEY"
    if binds:
        many = next(each for each in TYPES[name].navigations if each.name == way).collection
        value = [f"{kind}(=KEY)"] if many else f"{kind}(=KEY)"
    entity = service().model.entity_set(name)
    if entity.insertable:
        posted = Ask("POST", name, good(estate, name, which) | {member: value})
        yield posted
        yield _batched(posted)
        if name == "Task":
            yield Ask("POST", "Task/BatchInsert", {"items": [posted.body]})
    if entity.updatable and which in estate.keys.get(name, {}):
        at = f"{name}{estate.keys[name][which]}"
        yield Ask("PATCH", at, {member: value})
        if binds:
            link = {"@odata.id": f"{kind}(=KEY)"}
            yield Ask("POST" if isinstance(value, list) else "PUT", f"{at}/{way}/$ref", link)
            yield Ask("DELETE", f"{at}/{way}/$ref?$id={kind}({{}})")


@ON_ONE_ENGINE
@pytest.mark.parametrize("name", TYPES)
def test_ids_in_bodies(estate: Estate, kept: Guard, name: str) -> None:
    wrong: list[Any] = []
    for member, kind in references(name).items():
        if kind not in estate.keys:
            continue
        for caller in PEOPLE:
            hidden = [max(GUID.findall(each)) for each in estate.hidden(caller, kind)]
            asked = bodies(estate, name, estate.home(caller), member, kind) if hidden else ()
            for ask in asked if caller == EYES[0] else islice(asked, 1):
                wrong += compared(estate, kept, caller, ask, _ends(hidden), str(uuid4()))
    assert not wrong, str(wrong[:3])


# --- operations -----------------------------------------------------------------------------------


def calls(estate: Estate, operation: Operation, caller: str) -> Iterator[tuple[str, Ask]]:
    """Calls of an operation on one's own task, each naming something by one parameter."""
    which = estate.home(caller)
    base: dict[str, Any] = {}
    for each in operation.parameters:
        kind = PARAMETERS.get(each.name)
        if kind in estate.keys and which in estate.keys[kind]:
            base[each.name] = _listed(each, estate.guid(kind, which))
        elif each.name in TEXTS:
            base[each.name] = TEXTS[each.name]
    for each in operation.parameters:
        kind = PARAMETERS.get(each.name)
        if kind is None or _item(each.type) != "Edm.Guid":
            continue
        yield kind, _call(estate, operation, which, base | {each.name: _listed(each, "=KEY")})


def _listed(parameter: Any, value: str) -> Any:
    return [value] if isinstance(parameter.type, CollectionType) else value


def _call(estate: Estate, operation: Operation, which: str, body: dict[str, Any]) -> Ask:
    bound = operation.bound_to
    name = SET_OF[_item(bound)]
    key = estate.keys.get(name, {}).get(which, "")
    at = f"{name}/{operation.name}"
    if not isinstance(bound, CollectionType):
        at = f"{name}{key or unknown(name)}/{operation.name}"
    if operation.kind == "function":
        said = ",".join(f"{each}={value}" for each, value in body.items())
        return Ask("GET", f"{at}({said})".replace("=KEY", "{}"))
    return Ask("POST", at, body)


def test_ids_in_parameters(estate: Estate, kept: Guard) -> None:
    wrong: list[Any] = []
    for operation in service().model.operations:
        for caller in EYES:
            for kind, ask in calls(estate, operation, caller):
                hidden = [max(GUID.findall(each)) for each in estate.hidden(caller, kind)]
                if hidden:
                    wrong += compared(estate, kept, caller, ask, hidden, str(uuid4()))
    assert not wrong, str(wrong[:3])


def test_what_operations_are_bound_to(estate: Estate, kept: Guard) -> None:
    wrong: list[Any] = []
    for operation in service().model.operations:
        if _item(operation.bound_to) != TYPES["Task"].qualified:
            continue
        if isinstance(operation.bound_to, CollectionType):
            continue
        for caller in SIGHTS:
            body = {each.name: _listed(each, str(uuid4())) for each in operation.parameters}
            body |= {each: text for each, text in TEXTS.items() if each in body}
            ask = Ask("POST", f"Task{{}}/{operation.name}", body)
            if operation.kind == "function":
                ask = Ask("GET", f"Task{{}}/{operation.name}()")
            hidden = estate.hidden(caller, "Task")
            wrong += compared(estate, kept, caller, ask, hidden, unknown("Task"))
    assert not wrong, str(wrong[:3])
