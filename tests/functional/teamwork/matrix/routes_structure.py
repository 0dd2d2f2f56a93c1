"""Rows of what tasks stand on: projects, task lists, companies, people and their keys, boards."""

from tests.functional.teamwork.matrix.rows import Argument, Row, named, of, option, top
from tests.functional.teamwork.matrix.targets import (
    ADD_PROJECTS,
    ADMINISTER,
    ANY,
    EDIT,
    MANAGE,
    READ,
    SELF,
)

LIST_BODY = {"todo-list": {"name": "x"}}
LIST_PEOPLE = tuple(
    named("todo-list", name, "person", LIST_BODY["todo-list"])
    for name in ("grant-access-to", "commentFollowerIds", "changeFollowerIds")
)
TEMPLATE = named("todo-list", "todo-list-template-id", "template", LIST_BODY["todo-list"])
OF_PROJECT = (
    Argument("companyId", "company", of("project", "companyId")),
    Argument("category-id", "category", of("project", "category-id")),
    Argument("tagIds", "tag", of("project", "tagIds")),
)
MEMBERSHIP = Argument(
    "userIdList",
    "person",
    lambda each: {"add": {"userIdList": str(each)}},
    200,
    at=(("administrator", 0),),  # he sees everybody: there is nobody to hide
)
CATEGORIES = (option("catId", "category"),)
OF_SOMEBODY = (option("responsible-party-id", "person"),)
PERSON = {"first-name": "New", "last-name": "Person", "email-address": "new@example.com"}
NAMED = {"name": "x"}
ELSEWHERE = (top("projectId", "project"),)
PROJECT, LIST = "/projects/<id:project_id>", "/tasklists/<id:list_id>"
COMPANY, SOMEBODY = "/companies/<id:company_id>", "/people/<id:person_id>"
CATEGORY = "/projectcategories/<id:category_id>.json"
COLUMN, CARD = "/boards/columns/<id:column_id>", "/boards/columns/cards/<id:card_id>"
CARD_PLACE = (
    top("columnId", "column"),
    top("positionAfterId", "task"),
    top("cardId", "task", named=False),  # only the card of the URL may be named
)

PROJECTS: tuple[Row, ...] = (
    Row("GET", "/projects.json", ANY, arguments=CATEGORIES),
    Row("POST", "/projects.json", ADD_PROJECTS, 201, {"project": NAMED}, OF_PROJECT),
    Row("GET", "/projects/starred.json", ANY, arguments=CATEGORIES),
    *(Row("PUT", f"{PROJECT}/{act}.json", READ) for act in ("star", "unstar")),
    Row("GET", f"{PROJECT}/companies.json", READ),
    Row("GET", f"{PROJECT}.json", READ),
    Row("PUT", f"{PROJECT}.json", MANAGE, 200, {"project": NAMED}, OF_PROJECT),
    Row("DELETE", f"{PROJECT}.json", MANAGE),
    Row("GET", f"{PROJECT}/people.json", READ),
    *(
        Row(
            method,
            f"{PROJECT}/people.json",
            MANAGE,
            200,
            {"add": {"userIdList": "1"}},
            (MEMBERSHIP,),
        )
        for method in ("PUT", "POST")
    ),
    Row("GET", f"{PROJECT}/people/<id:person_id>.json", READ),
    Row("POST", f"{PROJECT}/people/<id:person_id>.json", MANAGE),
    Row(
        "PUT",
        f"{PROJECT}/people/<id:person_id>.json",
        MANAGE,
        body={"permissions": {"role": "viewer"}},
    ),
    Row("DELETE", f"{PROJECT}/people/<id:person_id>.json", MANAGE),
    Row("GET", "/projectcategories.json", ANY),
    Row("POST", "/projectcategories.json", ADMINISTER, 201, {"category": NAMED}),
    Row("GET", CATEGORY, READ),
    Row("PUT", CATEGORY, ADMINISTER, 200, {"category": NAMED}),
    Row("DELETE", CATEGORY, ADMINISTER),
)
LISTS: tuple[Row, ...] = (
    Row("GET", "/tasklists.json", ANY, arguments=OF_SOMEBODY),
    Row("GET", f"{PROJECT}/tasklists.json", READ, arguments=OF_SOMEBODY),
    Row("POST", f"{PROJECT}/tasklists.json", MANAGE, 201, LIST_BODY, (*LIST_PEOPLE, TEMPLATE)),
    Row(
        "PUT",
        f"{PROJECT}/tasklists/reorder.json",
        MANAGE,
        200,
        {"todo-lists": []},
        (Argument("id", "list", lambda i: {"todo-lists": [{"todo-list": {"id": i}}]}),),
    ),
    Row("GET", "/tasklists/templates.json", ANY),
    Row("GET", f"{LIST}.json", READ),
    Row("PUT", f"{LIST}.json", MANAGE, 200, LIST_BODY, LIST_PEOPLE),
    Row("DELETE", f"{LIST}.json", MANAGE),
    Row("PUT", f"{LIST}/move.json", MANAGE, 200, {"projectId": "=home"}, ELSEWHERE),
    Row("PUT", f"{LIST}/copy.json", MANAGE, 200, {}, ELSEWHERE),
)
PEOPLE: tuple[Row, ...] = (
    Row("GET", "/companies.json", ANY),
    Row("POST", "/companies.json", ADMINISTER, 201, {"company": NAMED}),
    Row("GET", f"{COMPANY}.json", READ),
    Row("PUT", f"{COMPANY}.json", ADMINISTER, 200, {"company": NAMED}),
    # The owner's company stays, and one for which somebody works.
    Row("DELETE", f"{COMPANY}.json", ADMINISTER, other={"open": 409, "foreign": 409}),
    Row("GET", f"{COMPANY}/people.json", READ),
    Row("GET", f"{COMPANY}/projects.json", READ, arguments=CATEGORIES),
    Row("GET", "/people.json", ANY),
    Row(
        "POST",
        "/people.json",
        ADMINISTER,
        201,
        {"person": PERSON},
        (named("person", "company-id", "company", PERSON),),
    ),
    Row("GET", "/people/apikeys.json", ADMINISTER),
    Row(
        "GET",
        f"{SOMEBODY}/loggedtime.json",
        READ,
        arguments=(option("projectId", "project"),),
    ),
    Row("GET", f"{SOMEBODY}.json", READ),
    Row(
        "PUT",
        f"{SOMEBODY}.json",
        SELF,
        200,
        {"person": {"title": "x"}},
        (named("person", "company-id", "company", {}, at=(("editor", 403),)),),
    ),
    Row("DELETE", f"{SOMEBODY}.json", ADMINISTER),
    Row("GET", f"{SOMEBODY}/keys.json", SELF),
    Row("POST", f"{SOMEBODY}/keys.json", SELF, 201, {"key": {}}),
    Row("DELETE", f"{SOMEBODY}/keys/<id:key_id>.json", SELF),
    Row("GET", "/me.json", ANY),
    Row("DELETE", "/me/calendarfeed.json", ANY),
    Row("GET", "/authenticate.json", ANY),
    Row("GET", "/account.json", ANY),
)
BOARDS: tuple[Row, ...] = (
    Row("GET", f"{PROJECT}/boards/columns.json", READ),
    Row("POST", f"{PROJECT}/boards/columns.json", MANAGE, 201, {"column": NAMED}),
    Row(
        "PUT",
        f"{PROJECT}/boards/columns/reorder.json",
        MANAGE,
        200,
        {"columns": []},
        (Argument("columns", "column", lambda i: {"columns": [i]}),),
    ),
    Row("GET", f"{COLUMN}.json", READ),
    Row("PUT", f"{COLUMN}.json", MANAGE, 200, {"column": NAMED}),
    Row("DELETE", f"{COLUMN}.json", MANAGE),
    Row("GET", f"{COLUMN}/cards.json", READ),
    Row(
        "POST",
        f"{COLUMN}/cards.json",
        EDIT,
        201,
        {"card": {"taskId": "=task"}},
        (
            named("card", "taskId", "task", {}),
            named("card", "positionAfterId", "task", {"taskId": "=task"}),
        ),
    ),
    Row("GET", f"{CARD}.json", READ),
    Row("PUT", f"{CARD}.json", EDIT, 200, {"positionAfterId": -1}, CARD_PLACE),
    Row("PUT", f"{CARD}/move.json", EDIT, 200, {"positionAfterId": -1}, CARD_PLACE),
    Row("DELETE", f"{CARD}.json", EDIT),
)
ROUTES = (*PROJECTS, *LISTS, *PEOPLE, *BOARDS)
