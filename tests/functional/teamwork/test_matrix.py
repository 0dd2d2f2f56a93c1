"""Who may do what, for every route and every id that a request can name (decisions 7, 9, 11).

ROUTES has a row for each rule and method of the application; a route without a row fails, and so
does a body member or an option that takes ids and is not listed in its row. The cells are
generated: eleven kinds of callers, four targets each (one's own, another's private, a foreign
project's, one that never was), then every id argument with ids that the caller cannot see.
What is not his answers as what does not exist, and a refused call leaves every table as it was.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Table, text, update
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import ApiKey, File, PendingFile, TaskFile
from app.queries.keys import digest
from app.services.commands import AddTask, AddTaskList, CompleteTask, TaskChanges
from app.services.execute import execute, maintain
from app.teamwork.schemas.inputs import Id, Ids, Place, PredecessorList
from tests.api import Api
from tests.builders import World

MISSING = 987_654
MISSING_REF = "tf_missing"
FREE_RULES = ("/", "/docs", "/openapi.json", "/healthz", "/readyz")
Tables = dict[str, list[tuple[Any, ...]]]


# --- the store as a whole -------------------------------------------------------------------------


def snapshot() -> Tables:
    """Every row of every table, by table; but for what triggers write for caches, which is another
    value after each change, also one that is undone.
    """
    with db.engine.connect() as connection:
        return {table.name: _rows(connection, table) for table in _tables()}


def _tables() -> list[Table]:
    return [each for each in db.metadata.sorted_tables if each.name not in ("epoch", "list_epoch")]


def _columns(table: Table) -> str:
    names = (column.name for column in table.columns)
    return ", ".join(f'"{name}"' for name in names if (table.name, name) != ("task", "stamp"))


def _rows(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    chosen = f'SELECT {_columns(table)} FROM "{table.name}" ORDER BY {key}'
    found = connection.exec_driver_sql(chosen)
    return list(map(tuple, found))


def restore(tables: Tables) -> None:
    """Make every table what it was at a snapshot."""
    with db.engine.connect().execution_options(write=True) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in reversed(_tables()):
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')
        for table in _tables():
            _refill(connection, table, tables[table.name])
        connection.commit()


def _refill(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    name, heads = table.name, [each.strip('"') for each in _columns(table).split(", ")]
    columns = ", ".join(f'"{head}"' for head in heads)
    values = ", ".join(f":{head}" for head in heads)
    statement = text(f'INSERT INTO "{name}" ({columns}) VALUES ({values})')
    connection.execute(statement, [dict(zip(heads, row, strict=True)) for row in rows])


# --- who calls, and what there is -----------------------------------------------------------------

NO_ACCESS = ("no key", "wrong key", "revoked key")
MEMBERS = ("viewer", "editor", "manager", "assignee", "grantee")
CALLERS = (*NO_ACCESS, "read-only", "stranger", *MEMBERS, "administrator")
EDITORS = ("editor", "manager", "grantee", "administrator")
MANAGERS = ("manager", "administrator")

# What hangs on one project, with its private things, and the same kinds in a foreign one.
TARGETS: Mapping[str, Mapping[str, str]] = {
    "task": {"open": "open", "secret": "secret", "foreign": "foreign_task"},
    "list": {"open": "open_list", "secret": "secret_list", "foreign": "foreign_list"},
    "project": {"open": "project", "foreign": "foreign_project"},
    "person": {"open": "editor", "foreign": "stranger"},
    "company": {"open": "company", "foreign": "foreign_company"},
}
INSIDE = {*MEMBERS, "read-only", "administrator"}
SEEN_BY: Mapping[str, Mapping[str, set[str]]] = {
    "open": dict.fromkeys(TARGETS, INSIDE) | {"company": {*INSIDE, "stranger"}},
    "secret": {"task": {"assignee", "grantee"}, "list": {"grantee"}},
    "foreign": dict.fromkeys(TARGETS, {"stranger", "administrator"}),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A store with something for every row: ids by name, a client for every caller."""

    ids: Mapping[str, Any]
    clients: Mapping[str, Api]

    def target(self, kind: str, which: str) -> int:
        """The id of a target; "missing" is an id that nothing has."""
        return MISSING if which == "missing" else int(self.ids[TARGETS[kind][which]])


@pytest.fixture
def scene(app: Flask, world: World) -> Scene:
    """Two projects that know nothing of each other, each with an open and a private half."""
    ids: dict[str, Any] = {"administrator": world.admin, "company": 1}
    for name in (*MEMBERS, "owner"):
        ids[name] = world.person(name.title(), can_add_projects=name == "manager")
    ids["foreign_company"] = world.company("Foreign Company")
    ids["stranger"] = world.person("Stranger", company_id=ids["foreign_company"])
    ids |= _own_project(world, ids) | _foreign_project(world, ids)
    return Scene(ids, _clients(app, world, ids))


def _own_project(world: World, ids: Mapping[str, int]) -> dict[str, Any]:
    editors = tuple(ids[name] for name in ("editor", "grantee"))
    viewers = (ids["viewer"], ids["assignee"])
    managers = (ids["manager"], ids["owner"])
    project = world.project("demo", editor=editors, viewer=viewers, manager=managers)
    open_list, owner = world.list(project), ids["owner"]
    secret = world.task(
        open_list,
        "secret",
        by=owner,
        private=True,
        assignees=(ids["assignee"],),
        granted=(ids["grantee"],),
        tags=("secret-tag",),
    )
    private_list = AddTaskList(
        project_id=project, name="secret list", private=True, granted=(ids["grantee"],)
    )
    secret_list = execute(private_list, world.viewer(owner))
    listed = execute(AddTask(TaskChanges(name="listed"), secret_list), world.viewer(owner))
    return {
        "project": project,
        "open_list": open_list,
        "open": world.task(open_list, "open"),
        "other": world.task(open_list, "other"),
        "done": _done(world, open_list),
        "secret": secret,
        "secret_list": secret_list,
        "listed": listed,
        "column": world.column(project),
        "secret_file": _file(project, owner, secret),
        "secret_ref": _upload(owner),
        "secret_tag": 1,
    }


def _foreign_project(world: World, ids: Mapping[str, int]) -> dict[str, int]:
    project = world.project("foreign", manager=(ids["stranger"],))
    foreign_list = world.list(project)
    task = world.task(foreign_list, "foreign")
    return {
        "foreign_project": project,
        "foreign_list": foreign_list,
        "foreign_task": task,
        "foreign_column": world.column(project),
        "foreign_file": _file(project, ids["stranger"], task),
    }


def _done(world: World, list_id: int) -> int:
    task = world.task(list_id, "done")
    execute(CompleteTask(task), world.viewer())
    return task


def _file(project: int, owner: int, task: int) -> int:
    def make(work: Any) -> int:
        values = {"project_id": project, "creator_id": owner, "name": "f", "size": 1}
        made = work.insert(File, **values, digest="0" * 64)
        work.insert_links(TaskFile, [{"task_id": task, "file_id": made}])
        return int(made)

    return int(maintain(make))


def _upload(owner: int) -> str:
    values = {"ref": "tf_secret", "person_id": owner, "name": "f", "size": 1, "digest": "0" * 64}
    maintain(lambda work: work.insert(PendingFile, **values))
    return "tf_secret"


def _clients(app: Flask, world: World, ids: Mapping[str, int]) -> dict[str, Api]:
    keys: dict[str, str | None] = {name: world.key(ids[name]) for name in CALLERS if name in ids}
    keys["no key"], keys["wrong key"] = None, "tnd_" + "0" * 64
    revoked = world.key(ids["editor"])
    maintain(
        lambda work: work.run(
            update(ApiKey).where(ApiKey.digest == digest(revoked)).values(revoked_at=work.now)
        )
    )
    keys |= {"revoked key": revoked, "read-only": world.key(ids["editor"], read_only=True)}
    return {name: Api(app, key) for name, key in keys.items()}


# --- the rows -------------------------------------------------------------------------------------

Build = Callable[[Any], Any]
READ, ANY = "read", "any"  # whoever sees it; whoever has a key
EDIT, COMPLETE, MANAGE = "edit", "complete", "manage"
ADD_PROJECTS, ADMINISTER = "add projects", "administer"


@dataclass(frozen=True, slots=True)
class Argument:
    """An id that a request names. `build` makes the body (or the options) that names one.

    `status` is the answer to an unknown id; `named` says that the MESSAGE names it. `on` is the
    target when it is not the usual open one, `at` overrides the caller's status.
    """

    name: str
    kind: str
    build: Build
    status: int = 422
    where: str = "body"
    named: bool = True
    on: str = ""
    at: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A route and method: who may, what a good call sends and answers, which ids it can name."""

    method: str
    rule: str
    needs: str
    ok: int = 200
    body: Any = None
    arguments: tuple[Argument, ...] = ()
    raw: tuple[str, bytes] | None = None

    @property
    def kind(self) -> str | None:
        """What the id in the path names."""
        found = [kind for kind in TARGETS if f"<id:{kind}_id>" in self.rule]
        return found[0] if found else None

    def path(self, row_id: int | None) -> str:
        """The path with an id filled in."""
        return self.rule.replace(f"<id:{self.kind}_id>", str(row_id))

    def call(self, client: Api, row_id: int | None, body: Any = None, **more: Any) -> TestResponse:
        """Call it with the good body, or another one."""
        if self.raw:
            kind, data = self.raw
            return client.call(
                self.method, self.path(row_id), data=data, headers={"Content-Type": kind}
            )
        return client.call(self.method, self.path(row_id), body or self.body, **more)


def item(name: str) -> Build:
    """A todo-item that names an id."""
    return lambda each: {"todo-item": {"content": "x", name: each}}


def of(wrapper: str, name: str, **more: Any) -> Build:
    """A wrapped object that names an id."""
    return lambda each: {wrapper: {"name": "x", name: each, **more}}


def option(name: str, kind: str) -> Argument:
    """An option of a list: an unknown id finds nothing."""
    return Argument(name, kind, lambda each: {name: str(each)}, 200, "query", named=False)


def unused(name: str, kind: str, build: Build | None = None, status: int = 201) -> Argument:
    """A member that this route does not look at."""
    return Argument(name, kind, build or item(name), status, named=False)


FILTERS = (
    option("creator-ids", "person"),
    option("responsible-party-ids", "person"),
    option("tag-ids", "secret tag"),
    option("projectIds", "project"),
)
# Only an administrator may name another creator, so all others get a 403 for whatever id.
NOT_ADMINISTRATOR = tuple((name, 403) for name in ("editor", "manager"))
CREATOR = Argument("creator-id", "creator", item("creator-id"), at=NOT_ADMINISTRATOR)
TODO_ITEM = (
    Argument("responsible-party-id", "person", item("responsible-party-id")),
    Argument("attachments", "file", item("attachments")),
    Argument("pendingFileAttachments", "upload", item("pendingFileAttachments")),
    Argument("predecessors", "task", lambda i: item("predecessors")([{"id": i}])),
    Argument("positionAfterTask", "task", item("positionAfterTask")),
    Argument("tagIds", "tag", item("tagIds")),
    Argument("commentFollowerIds", "person", item("commentFollowerIds")),
    Argument("changeFollowerIds", "person", item("changeFollowerIds")),
    Argument("grant-access-to", "person", item("grant-access-to")),
    Argument("columnId", "column", item("columnId")),
    CREATOR,
)
PARENT = Argument("parentTaskId", "task", item("parentTaskId"))
TASK_LIST = Argument("tasklistId", "list", item("tasklistId"))
# The list of the URL may be repeated in the body; another one is refused, whichever it is.
SAME_LIST = Argument("tasklistId", "list", item("tasklistId"), named=False)


def new_list(name: str) -> Argument:
    """A member of a todo-list that names people."""
    return Argument(name, "person", of("todo-list", name))


LIST_PEOPLE = tuple(
    new_list(name) for name in ("grant-access-to", "commentFollowerIds", "changeFollowerIds")
)


def quick(argument: Argument) -> Argument:
    """The same member in the shared `todo-item` of a quickadd."""

    def build(each: Any) -> Any:
        return {"content": "x", **argument.build(each)}

    return Argument(argument.name, argument.kind, build, named=argument.named, at=argument.at)


def quick_top(name: str, kind: str, **more: Any) -> Argument:
    """A member of a quickadd's top level."""
    return Argument(f"top {name}", kind, lambda each: {"content": "x", name: each}, **more)


QUICK = (
    *(quick(each) for each in TODO_ITEM),
    quick_top("creator-id", "creator", at=NOT_ADMINISTRATOR),
)
# Below a task, its own list and the task itself say where the new ones stand.
QUICK_BELOW = tuple(
    unused(name, kind, lambda each, name=name: {"content": "x", "todo-item": {name: each}})
    for name, kind in (("parentTaskId", "task"), ("tasklistId", "list"))
)
MEMBERSHIP = Argument(
    "userIdList",
    "person",
    lambda each: {"add": {"userIdList": str(each)}},
    200,
    at=(("administrator", 0),),  # he sees everybody: there is nobody to hide
)
TODO = {"todo-item": {"content": "x"}}
FORM = (
    "multipart/form-data; boundary=b",
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n',
)
PERSON = {"first-name": "New", "last-name": "Person", "email-address": "new@example.com"}

ROUTES: tuple[Row, ...] = (
    Row("GET", "/tasks.json", ANY, arguments=FILTERS),
    Row("GET", "/completedtasks.json", ANY, arguments=FILTERS),
    Row("GET", "/projects/<id:project_id>/tasks.json", READ, arguments=FILTERS),
    Row("GET", "/tasklists/<id:list_id>/tasks.json", READ, arguments=FILTERS),
    Row("GET", "/tasks/<id:task_id>/subtasks.json", READ, arguments=FILTERS),
    Row("GET", "/tasks/<id:task_id>.json", READ),
    Row("GET", "/tasks/<id:task_id>/dependencies.json", READ),
    Row("GET", "/tasks/<id:task_id>/predecessors.json", READ),
    Row("GET", "/tasks/<id:task_id>/followers.json", READ),
    Row("PUT", "/tasks/<id:task_id>/complete.json", COMPLETE),
    Row("PUT", "/tasks/<id:task_id>/uncomplete.json", COMPLETE),
    Row(
        "POST",
        "/tasks/<id:task_id>.json",
        EDIT,
        201,
        TODO,
        (*TODO_ITEM, unused("parentTaskId", "task"), unused("tasklistId", "list")),
    ),
    Row(
        "PUT",
        "/tasks/<id:task_id>.json",
        EDIT,
        200,
        TODO,
        (
            *(each for each in TODO_ITEM if each != CREATOR),
            unused("creator-id", "creator", status=200),
            PARENT,
            TASK_LIST,
            Argument(
                "completer-id",
                "person",
                lambda i: {"todo-item": {"allow-update": True, "completer-id": i}},
                on="done",
            ),
        ),
    ),
    Row("DELETE", "/tasks/<id:task_id>.json", EDIT),
    Row(
        "POST",
        "/tasklists/<id:list_id>/tasks.json",
        EDIT,
        201,
        TODO,
        (*TODO_ITEM, PARENT, SAME_LIST),
    ),
    Row(
        "PUT",
        "/tasklists/<id:list_id>/tasks/reorder.json",
        EDIT,
        200,
        {"todo-items": []},
        (Argument("id", "task", lambda i: {"todo-items": [{"todo-item": {"id": i}}]}),),
    ),
    *(
        Row(
            method,
            f"/{kind}s/<id:{name}_id>/quickadd.json",
            EDIT,
            201,
            {"content": "one\ntwo"},
            (*QUICK, *place, quick_top("tasklistId", "list", named=False, **more)),
        )
        for kind, name, place, more in (
            ("tasklist", "list", (quick(PARENT), quick(SAME_LIST)), {}),
            ("task", "task", QUICK_BELOW, {"status": 201}),
        )
        for method in ("POST", "PUT")
    ),
    Row("GET", "/projects/<id:project_id>/tasklists.json", READ),
    Row(
        "POST",
        "/projects/<id:project_id>/tasklists.json",
        MANAGE,
        201,
        {"todo-list": {"name": "x"}},
        LIST_PEOPLE,
    ),
    Row("GET", "/tasklists/<id:list_id>.json", READ),
    Row(
        "PUT",
        "/tasklists/<id:list_id>.json",
        MANAGE,
        200,
        {"todo-list": {"name": "x"}},
        LIST_PEOPLE,
    ),
    Row("GET", "/projects.json", ANY),
    Row(
        "POST",
        "/projects.json",
        ADD_PROJECTS,
        201,
        {"project": {"name": "x"}},
        (Argument("companyId", "company", of("project", "companyId")),),
    ),
    Row("GET", "/projects/<id:project_id>.json", READ),
    Row(
        "PUT",
        "/projects/<id:project_id>.json",
        MANAGE,
        200,
        {"project": {"name": "x"}},
        (Argument("companyId", "company", of("project", "companyId")),),
    ),
    Row("GET", "/projects/<id:project_id>/people.json", READ),
    *(
        Row(
            method,
            "/projects/<id:project_id>/people.json",
            MANAGE,
            200,
            {"add": {"userIdList": "1"}},
            (MEMBERSHIP,),
        )
        for method in ("PUT", "POST")
    ),
    Row("GET", "/companies.json", ANY),
    Row("POST", "/companies.json", ADMINISTER, 201, {"company": {"name": "x"}}),
    Row("GET", "/companies/<id:company_id>.json", READ),
    Row("GET", "/people.json", ANY),
    Row(
        "POST",
        "/people.json",
        ADMINISTER,
        201,
        {"person": PERSON},
        (Argument("company-id", "company", lambda i: {"person": {**PERSON, "company-id": i}}),),
    ),
    Row("GET", "/people/<id:person_id>.json", READ),
    Row("GET", "/me.json", ANY),
    Row("GET", "/authenticate.json", ANY),
    Row("POST", "/pendingfiles.json", ANY, 201, raw=FORM),
)
each_route = pytest.mark.parametrize(
    "row", ROUTES, ids=[f"{row.method} {row.rule}" for row in ROUTES]
)


def expected(row: Row, caller: str, which: str) -> int:
    """The status of a cell, from decisions 7, 9 and 11."""
    if caller in NO_ACCESS:
        return 401
    if caller == "read-only" and row.method != "GET":
        return 403
    if row.kind and not _sees(caller, row.kind, which):
        return 404
    return row.ok if _may(row.needs, caller, row.kind, which) else 403


def _sees(caller: str, kind: str, which: str) -> bool:
    return caller in SEEN_BY.get(which, {}).get(kind, set())


def _may(needs: str, caller: str, kind: str | None, which: str) -> bool:
    if needs == ADMINISTER:
        return caller == "administrator"
    if needs == ADD_PROJECTS:
        return caller in MANAGERS
    if needs in (READ, ANY) or which == "foreign":
        return True
    if needs == COMPLETE and (caller, which) == ("assignee", "secret"):
        return True
    return caller in (MANAGERS if needs == MANAGE else EDITORS)


def answer(response: TestResponse, row_id: Any) -> tuple[Any, ...]:
    """What a caller can tell answers apart by, the id that he sent himself taken out."""
    headers = {name: value for name, value in response.headers if name != "Content-Length"}
    body = re.sub(rf"(?<!\d){re.escape(str(row_id))}(?!\d)", "ID", response.text)
    return response.status_code, body, headers


# --- the tests ------------------------------------------------------------------------------------


def test_every_route_has_a_row(app: Flask) -> None:
    """A new route without a row fails here."""
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and rule.rule not in FREE_RULES
        and not rule.rule.startswith("/docs")
        and not rule.endpoint.startswith("odata.")  # functional/odata/test_matrix.py
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served == {(row.method, row.rule) for row in ROUTES}
    assert len(ROUTES) == len(served), "two rows for one route"


def test_every_id_argument_has_an_entry(app: Flask) -> None:
    """A body member or an option that takes ids and is in no row fails here."""
    views = {
        (method, rule.rule): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in rule.methods
    }
    for row in ROUTES:
        listed = {argument.name.removeprefix("top ") for argument in row.arguments}
        operation = getattr(views[row.method, row.rule], "operation", None)
        assert operation is not None, f"{row.method} {row.rule} says nothing of itself"
        assert set(_id_members(operation)) <= listed, f"{row.method} {row.rule}"


def _id_members(operation: Any) -> Iterator[str]:
    for each in operation.options:
        if each.accepts.startswith("a comma list of ids"):
            yield each.name
    fields = operation.body().load_fields if operation.body else {}
    for name, field in fields.items():
        if isinstance(field, Id | Ids | Place | PredecessorList):
            yield field.data_key or name


@each_route
def test_who_may(scene: Scene, row: Row) -> None:
    """Every caller at every target: the status, and nothing changed by what was refused.

    A target that a caller cannot see answers, byte for byte, as one that never was.
    """
    wrong: list[Any] = []
    before = snapshot()
    for caller in CALLERS:
        missing: tuple[Any, ...] | None = None
        for which in ("missing", *TARGETS[row.kind]) if row.kind else ("-",):
            row_id = scene.target(row.kind, which) if row.kind else None
            response = row.call(scene.clients[caller], row_id)
            status, wanted = response.status_code, expected(row, caller, which)
            if status != wanted:
                wrong.append((caller, which, status, wanted, response.text[:200]))
            if row.kind and wanted in (401, 404):
                got = answer(response, row_id)
                missing = missing or got
                if got != missing:
                    wrong.append((caller, which, got, missing))
            if row.method != "GET" and snapshot() != before:
                if status >= 400:
                    wrong.append((caller, which, "something changed"))
                restore(before)
    assert wrong == []
    assert snapshot() == before


# Ids of each kind that the callers of the next test cannot see (or may not name there).
HIDDEN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "editor": {
        "task": ("secret", "listed", "foreign_task"),
        "list": ("secret_list", "foreign_list"),
        "column": ("foreign_column",),
        "file": ("secret_file", "foreign_file"),
        "person": ("stranger",),
        "creator": ("stranger",),
        "company": ("foreign_company",),
        "project": ("foreign_project",),
        "upload": ("secret_ref",),
        "secret tag": ("secret_tag",),
        "tag": (),
    },
    "administrator": {
        "task": ("secret", "listed"),
        "list": ("secret_list",),
        "file": ("secret_file",),
        "secret tag": ("secret_tag",),
        "creator": ("stranger",),
    },
}
# Routes that an editor may not use are called by a manager.
CALLER_OF = {MANAGE: "manager", ADD_PROJECTS: "manager", ADMINISTER: "administrator"}


@each_route
def test_hidden_ids_in_arguments(scene: Scene, row: Row) -> None:
    """An id of another's thing answers as an unknown one, is named, and changes nothing."""
    wrong: list[Any] = []
    before = snapshot()
    for caller in dict.fromkeys((CALLER_OF.get(row.needs, "editor"), "administrator")):
        for argument in row.arguments:
            status = dict(argument.at).get(caller, argument.status)
            if not status or (caller == "administrator" and not _differs(row, argument)):
                continue
            missing = MISSING_REF if argument.kind == "upload" else MISSING
            like = _name(scene, row, argument, caller, missing, before)
            if like[0] != status:
                wrong.append((caller, argument.name, "unknown id", like[:2], status))
            if argument.named and status == 422 and "ID" not in like[1]:
                wrong.append((caller, argument.name, "not named", like[1]))
            for name in HIDDEN["editor" if caller == "manager" else caller].get(argument.kind, ()):
                got = _name(scene, row, argument, caller, scene.ids[name], before)
                if got != like:
                    wrong.append((caller, argument.name, name, got, like))
    assert wrong == []


def _differs(row: Row, argument: Argument) -> bool:
    """Whether an administrator is a case of his own, and not just one more member."""
    return row.needs == ADMINISTER or argument.kind in HIDDEN["administrator"]


def _name(
    scene: Scene, row: Row, argument: Argument, caller: str, each: Any, before: Tables
) -> tuple[Any, ...]:
    """The answer to a call that names an id, and whether it changed the store; which is put
    back.
    """
    target = scene.ids[argument.on] if argument.on else _open(scene, row)
    built = argument.build(each)
    sent = {"options": built} if argument.where == "query" else {"body": built}
    response = row.call(scene.clients[caller], target, **sent)
    changed = snapshot() != before
    if changed:
        restore(before)
    if (
        response.status_code < 300 and row.method != "GET"
    ):  # the ids of what was made are no secret, and differ
        return response.status_code, re.sub(r"\d+", "NEW", response.text), {}, False
    return *answer(response, each), changed


def _open(scene: Scene, row: Row) -> int | None:
    return scene.target(row.kind, "open") if row.kind else None
