"""Who may do what, for every route and every id that a request can name (decisions 7, 9, 11).

There is a row for each rule and method of the application; a route without a row fails, and so
does a body member or an option that takes ids and is not listed in its row. The cells are
generated: thirteen kinds of callers, every variant of what the path names and one that never was,
then every id argument with ids that the caller cannot see. What is not his answers as what does
not exist, a refused call leaves every table as it was, and no answer names what is hidden.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import Schema
from marshmallow.fields import Nested
from werkzeug.test import TestResponse

from app.teamwork.schemas.lookup import FOUND
from tests.functional.teamwork.matrix import (
    routes_logbook,
    routes_structure,
    routes_talk,
    routes_tasks,
    routes_webhooks,
)
from tests.functional.teamwork.matrix.rows import Argument, Row, filled
from tests.functional.teamwork.matrix.scene import CALLERS, NO_ACCESS, WORDS, Scene
from tests.functional.teamwork.matrix.stage import guard, scene
from tests.functional.teamwork.matrix.store import Guard
from tests.functional.teamwork.matrix.targets import (
    ADD_PROJECTS,
    ADMINISTER,
    HIDDEN,
    MANAGE,
    MISSING,
    MISSING_REF,
    NOBODY,
    SECOND,
    SEEN,
    TARGETS,
    hidden_from,
)

__all__ = ["guard", "scene"]  # the fixtures that these tests run on

# Pages without rights; a calendar feed and an unsubscription have a secret in the address.
FREE_RULES = (
    "/",
    "/docs",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/calendar/<secret>.ics",
    "/unsubscribe/<message>",
    "/uploads/<ref>",
)
ROUTES: tuple[Row, ...] = (
    *routes_tasks.ROUTES,
    *routes_structure.ROUTES,
    *routes_talk.ROUTES,
    *routes_logbook.ROUTES,
    *routes_webhooks.ROUTES,
)
# Who finds a word of a variant, by what is searched for.
_OF_TASKS = {each: SEEN[each] for each in WORDS}
NAMES_FOUND = {
    "tasks": _OF_TASKS,
    "comments": _OF_TASKS,
    "files": _OF_TASKS,
    "projects": {"foreign": SEEN["foreign"]},
    "tasklists": {"listed": SEEN["listed"], "foreign": SEEN["foreign"]},
}
# Routes that an editor may not use are called by a manager.
CALLER_OF = {MANAGE: "manager", ADD_PROJECTS: "manager", ADMINISTER: "administrator"}
# An administrator sees everybody, so that anybody can become a member by him.
TAKES_ANYBODY = (("POST", "person"), ("PUT", "person"))
# The length goes with the ids that were sent; the others are new ones for each request.
OF_EACH_ANSWER = ("Content-Length", "Date", "X-Request-Id")
SAYS_IDS = re.compile(r"\bids?\b|\"id\"")
NAMES_IDS = re.compile(r"(?:^|[-_ a-z])(?:id|uid|Id|ID|Uid|UID|Ref|ref)(?:s|List)?$")
OTHERS = tuple(each for each in CALLERS if each not in ("editor", "administrator"))
each_route = pytest.mark.parametrize(
    "row", ROUTES, ids=[f"{row.method} {row.rule}" for row in ROUTES]
)


def answer(response: TestResponse, ids: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a caller can tell answers apart by, the ids that he sent himself taken out."""
    headers = {name: value for name, value in response.headers if name not in OF_EACH_ANSWER}
    body = response.text
    for each in ids:
        body = re.sub(rf"(?<!\d){re.escape(str(each))}(?!\d)", "ID", body)
    return response.status_code, body, headers


# --- the tests ------------------------------------------------------------------------------------


def test_every_route_has_a_row(scene: Scene) -> None:
    """A new route without a row fails here."""
    served = {
        (method, rule.rule)
        for rule in scene.app.url_map.iter_rules()
        if rule.endpoint != "static"
        and rule.rule not in FREE_RULES
        and not rule.rule.startswith("/docs")
        and not rule.endpoint.startswith("odata.")  # functional/odata/test_matrix.py
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served == {(row.method, row.rule) for row in ROUTES}
    assert len(ROUTES) == len(served), "two rows for one route"


def test_every_id_in_a_path_has_targets() -> None:
    """A path that names a new kind of thing fails here."""
    for row in ROUTES:
        assert set(row.kinds[:1]) <= TARGETS.keys(), row.rule
        assert set(row.kinds[1:]) <= SECOND.keys(), row.rule


def test_every_id_argument_has_an_entry(scene: Scene) -> None:
    """A body member or an option that takes ids and is in no row fails here."""
    views = {
        (method, rule.rule): scene.app.view_functions[rule.endpoint]
        for rule in scene.app.url_map.iter_rules()
        for method in rule.methods
    }
    lacking = {}
    for row in ROUTES:
        listed = {argument.name.removeprefix("top ") for argument in row.arguments}
        operation = getattr(views[row.method, row.rule], "operation", None)
        assert operation is not None, f"{row.method} {row.rule} says nothing of itself"
        if missing := set(_id_members(operation)) - listed:
            lacking[row.method, row.rule] = missing
    assert lacking == {}


def _id_members(operation: Any) -> Iterator[str]:
    for each in operation.options:
        if SAYS_IDS.search(each.accepts) or NAMES_IDS.search(each.name):
            yield each.name
    if operation.body:
        yield from _of_schema(operation.body())


def _of_schema(schema: Schema) -> Iterator[str]:
    """The members that take ids, by what they say of themselves or by their names, at any depth."""
    for name, field in schema.load_fields.items():
        member = field.data_key or name
        says = SAYS_IDS.search(getattr(field, "expected", ""))
        if says or NAMES_IDS.search(member) or member.startswith("pendingFile"):
            yield member
        inner = getattr(field, "inner", field)
        if isinstance(inner, Nested):
            yield from _of_schema(inner.schema)


@each_route
def test_who_may(scene: Scene, guard: Guard, row: Row) -> None:
    """Every caller at every target: the status, and nothing changed by what was refused.

    A target that a caller cannot see answers, byte for byte, as one that never was.
    """
    cells = [(caller, which) for caller in CALLERS for which in _variants(row, caller)]
    refused = [cell for cell in cells if row.expected(*cell) >= 400]
    missing: dict[str, tuple[Any, ...]] = {}
    wrong: list[Any] = []
    for cell in refused:
        wrong += _try(scene, row, *cell, missing)
    if guard.put_back():
        wrong.append("what was to be refused changed something")
    for cell in cells:
        if cell not in refused:
            wrong += _try(scene, row, *cell, missing)
            if guard.put_back() and row.reads:
                wrong.append((*cell, "reading changed something"))
    assert wrong == []


def _variants(row: Row, caller: str) -> tuple[str, ...]:
    """What a caller tries. Who has no access is refused before anything is looked at."""
    if row.kind is None:
        return ("-",)
    return ("missing", *([row.usual] if caller in NO_ACCESS else TARGETS[row.kind]))


def _try(
    scene: Scene, row: Row, caller: str, which: str, missing: dict[str, tuple[Any, ...]]
) -> Iterator[Any]:
    """What is wrong with the answer in a cell. `missing` are the answers to what never was."""
    ids = row.ids(scene, which)
    response = row.call(scene, caller, ids, row.good_body(scene, caller, which))
    status, wanted = response.status_code, row.expected(caller, which)
    if status != wanted:
        yield caller, which, status, wanted, response.text[:200]
    if row.kind and wanted in (401, 404):
        got = answer(response, ids)
        if got != missing.setdefault(caller, got):
            yield caller, which, got, missing[caller]
    if told := _told(caller, response.text):
        yield caller, which, "is told of", told, response.text[:1000]


def _told(caller: str, text: str) -> list[str]:
    """The variants whose names an answer holds although its reader does not see them."""
    return [which for which, word in WORDS.items() if word in text and caller not in SEEN[which]]


@pytest.mark.parametrize("kind", FOUND)
def test_search_finds_what_one_sees(scene: Scene, kind: str) -> None:
    """Of each kind of thing a search finds what is hidden for those who see it, and nobody else."""
    for caller in CALLERS:
        if caller in NO_ACCESS:
            continue
        for which, word in WORDS.items():
            options = {"searchFor": kind, "searchTerm": word}
            result = scene.clients[caller].get("/search.json", **options).json["searchResult"]
            names = NAMES_FOUND[kind].get(which, NOBODY)
            assert bool(result[kind]) == (caller in names), (caller, which)


def test_the_second_id_of_a_path(scene: Scene, guard: Guard) -> None:
    """What is another's, below something of one's own, answers as what never was."""
    rows = [row for row in ROUTES if len(row.kinds) > 1]
    assert rows
    for row in rows:
        for caller in CALLERS:
            if caller in NO_ACCESS or row.expected(caller, "open") != row.ok:
                continue
            if caller == "administrator" and (row.method, row.kinds[1]) in TAKES_ANYBODY:
                continue
            own, _ = row.ids(scene, "open")
            _, other = row.ids(scene, "foreign")
            got = [
                answer(row.call(scene, caller, (own, each), row.body), (own, each))
                for each in (MISSING, other)
            ]
            assert got[0][0] == 404, (row, caller)
            assert got[0] == got[1], (row, caller)
    assert not guard.put_back()


@each_route
def test_hidden_ids_in_arguments(scene: Scene, guard: Guard, row: Row) -> None:
    """An id of another's thing answers as an unknown one, is named, and changes nothing."""
    wrong: list[Any] = []
    for caller in dict.fromkeys((CALLER_OF.get(row.needs, "editor"), "administrator")):
        hidden = HIDDEN["editor" if caller == "manager" else caller]
        for argument in row.arguments:
            status = dict(argument.at).get(caller, argument.status)
            if not status or (caller == "administrator" and not _differs(row, argument)):
                continue
            missing = MISSING_REF if argument.kind == "upload" else MISSING
            like = _name(scene, guard, row, argument, caller, missing)
            if like[0] != status:
                wrong.append((caller, argument.name, "unknown id", like[:2], status))
            if argument.named and status == 422 and "ID" not in like[1]:
                wrong.append((caller, argument.name, "not named", like[1]))
            for name in hidden.get(argument.kind, ()):
                got = _name(scene, guard, row, argument, caller, scene.ids[name])
                if got != like:
                    wrong.append((caller, argument.name, name, got, like))
    assert wrong == []
    assert not guard.put_back(), "what was refused changed something"


def _own(row: Row, caller: str) -> str:
    """The variant of a route's target that a caller sees: a stranger's is in his own project."""
    if caller == "stranger" and row.kind and "foreign" in TARGETS[row.kind]:
        return "foreign"
    return row.usual


def _differs(row: Row, argument: Argument) -> bool:
    """Whether an administrator is a case of his own, and not just one more member."""
    return row.needs == ADMINISTER or argument.kind in HIDDEN["administrator"]


# What an id names is found by one function of services/references.py or queries/lookup.py, whoever
# asks and on whichever engine; the test above shows both engines.
@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
@each_route
def test_hidden_ids_of_other_callers(scene: Scene, guard: Guard, row: Row) -> None:
    """For everybody else, too, what he cannot see is as what never was."""
    wrong = []
    for argument in row.arguments:
        for caller in OTHERS:
            hidden = hidden_from(caller, argument.kind)
            if caller in NO_ACCESS or row.expected(caller, row.usual) in (401, 403):
                hidden = hidden[:1]  # refused before anything is looked up
            missing = MISSING_REF if argument.kind == "upload" else MISSING
            like = _name(scene, guard, row, argument, caller, missing) if hidden else ()
            for name in hidden:
                got = _name(scene, guard, row, argument, caller, scene.ids[name])
                if got != like:
                    wrong.append((caller, argument.name, name, got, like))
    assert wrong == []


def _name(
    scene: Scene, guard: Guard, row: Row, argument: Argument, caller: str, each: Any
) -> tuple[Any, ...]:
    """The answer to a call that names an id. What it changed is put back, unless it was refused:
    then nothing may have changed.
    """
    which = _own(row, caller)
    target = (scene.ids[argument.on],) if argument.on else row.ids(scene, which)
    where = "options" if argument.where == "query" else "body"
    sent = {where: filled(argument.build(each), scene, caller, which)}
    response = row.call(scene, caller, target, **sent)
    if response.status_code < 300 and row.method != "GET":
        guard.put_back()
        # The ids of what was made are no secret, and differ.
        headers = {name: re.sub(r"\d+", "NEW", value) for name, value in response.headers}
        for name in OF_EACH_ANSWER:
            headers.pop(name, None)
        return response.status_code, re.sub(r"\d+", "NEW", response.text), headers
    if guard.put_back():
        return ("what was refused changed something",)
    # A list that an id selects from does not repeat it.
    return answer(response, () if response.status_code < 300 else (each,))
