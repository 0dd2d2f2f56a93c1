"""What is answered from memory is what would be answered without it: random changes of everything
that a payload can show, by both dialects and below them, and after each the same requests with and
without memory, for viewers of different rights.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from app.models import (
    Assignment,
    CheckList,
    CheckListItem,
    Company,
    File,
    Grant,
    Lockdown,
    Membership,
    Note,
    Person,
    Project,
    Reminder,
    Status,
    Tag,
    Task,
    TaskList,
    TimeEntry,
)
from app.queries.remembered import Memories
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World
from tests.conftest import NOW, empty_store
from tests.odata import OData

LISTS = (
    "/tasklists/{list}/tasks.json?showDeleted=yes",
    "/tasklists/{list}/tasks.json?filter=within30",
    "/tasklists/{second}/tasks.json?getFiles=yes&includeCompletedTasks=yes",
    "/tasklists/{third}/tasks.json?sort=project&getSubTasks=no",
)
TEAMWORK = (
    "/tasks.json?pageSize=50",
    "/tasks.json?sort=priority&includeCompletedTasks=yes&getFiles=yes",
    "/tasks.json?filter=within30&pageSize=2&page=2",
    *LISTS,
    "/projects/{project}/tasks.json?getSubTasks=no",
    "/tasks/{task}.json",
    "/completedtasks.json",
    "/projects.json",
    "/people.json",
)
ODATA = (
    "Task",
    "Task({uid})",
    "Task?$filter=not IsDone&$select=Name,EndDateTime,ContactDisplayName&$orderby=Name&$top=3",
    "Task?$expand=Project,Notes&$count=true",
    "Project?$expand=Tasks($select=Name)",
)


class Store:
    """A small store, and the ways to change it."""

    def __init__(self, app: Flask, engine: str) -> None:
        empty_store(engine)
        self.world = world = World()
        self.people = [world.admin, world.person("Mia", "Miller"), world.person("Vic", "Viewer")]
        self.project = world.project(editor=(self.people[1],), viewer=(self.people[2],))
        other = world.project("other", editor=tuple(self.people[1:]))
        self.lists = [world.list(self.project), world.list(self.project, "two"), world.list(other)]
        self.column = world.column(self.project)
        first = world.task(self.lists[0], due=2, tags=("a",), assignees=(self.people[1],))
        self.tasks = [
            first,
            world.task(self.lists[0], parent=first, tags=("b",)),
            world.task(self.lists[1], due=5, predecessors=((first, "complete"),)),
            world.task(self.lists[2], due=-1, assignees=tuple(self.people[1:])),
            world.task(self.lists[0], private=True, assignees=(self.people[2],)),
        ]
        keys = [world.key(each, read_only=each == self.people[1]) for each in self.people]
        self.clients = [(Api(app, key), OData(app, key)) for key in keys]
        self.api, self.odata = self.clients[0]
        self.uid = self.odata.value("Task")[0]["TaskItemId"]
        named = {"project": self.project, "task": first}
        self.named = named | dict(zip(("list", "second", "third"), self.lists, strict=True))
        self.note = world.note(first, self.people[1])
        self.file = world.file(self.project, task=first)

    def answers(self) -> list[tuple[int, bytes, str | None]]:
        """What every client gets to every request."""
        found = []
        for api, odata in self.clients:
            for path in TEAMWORK:
                answer = api.get(path.format(**self.named))
                found.append((answer.status_code, answer.data, answer.headers.get("X-Records")))
            for path in ODATA:
                answer = odata.get(path.format(uid=self.uid))
                found.append((answer.status_code, answer.data, answer.headers.get("ETag")))
        return found

    def ask_for_lists(self) -> None:
        """Every client asks for what may outlive a change."""
        for api, _ in self.clients:
            for path in LISTS:
                api.get(path.format(**self.named))

    def sql(self, statement: Any) -> None:
        """A change below all commands."""
        maintain(lambda work: work.run(statement))

    def put(self, task: int, **members: Any) -> None:
        self.api.put(f"/tasks/{task}.json", {"todo-item": members | {"allow-update": True}})


def _task(store: Store, n: int) -> int:
    return store.tasks[n % len(store.tasks)]


def _person(store: Store, n: int) -> int:
    return store.people[n % 3]


def _check_list(store: Store, n: int) -> None:
    def make(work: Any) -> None:
        made = work.insert(
            CheckList, project_id=None, task_id=_task(store, n), name="c", creator_id=1
        )
        work.insert(CheckListItem, check_list_id=made, name="i", is_done=n % 2 == 1)

    maintain(make)


CHANGES: dict[str, Callable[[Store, int], Any]] = {
    "rename a task": lambda s, n: s.put(_task(s, n), content=f"name {n}"),
    "priority": lambda s, n: s.put(_task(s, n), priority=("low", "high", "")[n % 3]),
    "due": lambda s, n: s.put(_task(s, n), **{"due-date": f"201405{1 + n % 28:02d}"}),
    "assign": lambda s, n: s.put(_task(s, n), **{"responsible-party-id": str(_person(s, n // 7))}),
    "unassign": lambda s, n: s.put(_task(s, n), **{"responsible-party-id": ""}),
    "tag": lambda s, n: s.put(_task(s, n), tags=f"t{n % 3},u{n % 2}"),
    "private": lambda s, n: s.put(_task(s, n), private="1" if n % 2 else "0"),
    "move": lambda s, n: s.put(_task(s, n), tasklistId=s.lists[n // 7 % 3]),
    "wait": lambda s, n: s.put(
        _task(s, n), predecessors=[{"id": str(_task(s, n // 7)), "type": "complete"}]
    ),
    "followers": lambda s, n: s.put(_task(s, n), commentFollowerIds=str(_person(s, n // 7))),
    "column": lambda s, n: s.put(_task(s, n), columnId=s.column),
    "complete": lambda s, n: s.api.put(f"/tasks/{_task(s, n)}/complete.json"),
    "reopen": lambda s, n: s.api.put(f"/tasks/{_task(s, n)}/uncomplete.json"),
    "delete": lambda s, n: n % 3 == 0 and s.api.delete(f"/tasks/{_task(s, n)}.json"),
    "add": lambda s, n: s.api.post(
        f"/tasklists/{s.lists[n % 3]}/tasks.json", {"todo-item": {"content": f"new {n}"}}
    ),
    "add by OData": lambda s, n: s.odata.post("Task", {"Name": f"odata {n}"}),
    "patch": lambda s, n: s.odata.patch(f"Task({s.uid})", {"Name": f"patched {n}"}),
    "contact by OData": lambda s, n: s.odata.patch(f"Task({s.uid})", {"ContactId": None}),
    "reorder": lambda s, n: s.api.post(
        f"/tasklists/{s.lists[0]}/tasks/reorder.json",
        {"todo-items": {"todo-item": [{"id": _task(s, n)}, {"id": _task(s, n // 7)}]}},
    ),
    "comment": lambda s, n: s.world.note(_task(s, n), _person(s, n // 7)),
    "read a comment": lambda s, n: n % 2 and s.world.read(s.note, _person(s, n)),
    "file": lambda s, n: s.world.file(s.project, task=_task(s, n)),
    "time": lambda s, n: s.world.time(_task(s, n), s.project),
    "reminder": lambda s, n: s.world.reminder(_task(s, n)),
    "rename a person": lambda s, n: s.sql(
        update(Person).where(Person.id == _person(s, n)).values(first_name=f"P{n}")
    ),
    "rename a project": lambda s, n: s.sql(
        update(Project).where(Project.id == s.project).values(name=f"project {n}")
    ),
    "rename a company": lambda s, n: s.sql(update(Company).values(name=f"company {n}")),
    "rename a list": lambda s, n: s.sql(
        update(TaskList).where(TaskList.id == s.lists[n % 3]).values(name=f"list {n}")
    ),
    "rename a tag": lambda s, n: s.sql(update(Tag).values(name=Tag.name + str(n % 10))),
    "colour a column": lambda s, n: s.sql(update(Status).values(color=n)),
    "role": lambda s, n: s.sql(
        update(Membership).values(role=("viewer", "editor", "manager")[n % 3])
    ),
    "leave": lambda s, n: s.sql(
        delete(Membership).where(
            Membership.person_id == _person(s, n), Membership.project_id == s.project
        )
    ),
    "archive": lambda s, n: s.api.put(
        f"/projects/{s.project}.json",
        {"project": {"status": "archived" if n % 2 else "active"}},
    ),
    "hide a list": lambda s, n: s.api.put(
        f"/tasklists/{s.lists[0]}.json", {"todo-list": {"private": n % 2 == 1}}
    ),
    "grant": lambda s, n: s.put(_task(s, n), **{"grant-access-to": str(_person(s, n // 7))}),
    "withdraw": lambda s, n: s.sql(delete(Grant)),
    "forget who made a lock": lambda s, n: s.sql(update(Lockdown).values(creator_id=_person(s, n))),
    "rename a file": lambda s, n: s.sql(update(File).values(name=f"{n}.pdf")),
    "drop notes": lambda s, n: s.sql(update(Note).values(deleted_at=datetime.fromisoformat(NOW))),
    "drop time": lambda s, n: s.sql(delete(TimeEntry)),
    "drop reminders": lambda s, n: s.sql(delete(Reminder)),
    "hours of others": lambda s, n: s.sql(
        update(Assignment).where(Assignment.ordinal > 0).values(work_hours=float(n))
    ),
    "raw name": lambda s, n: s.sql(
        update(Task).where(Task.id == _task(s, n)).values(name=f"raw {n}")
    ),
    "check list": _check_list,
    "an administrator no more": lambda s, n: s.sql(
        update(Person).where(Person.id == s.people[1]).values(is_admin=n % 2 == 1)
    ),
}


def changed_and_compared(store: Store, name: str, number: int) -> None:
    """Make a change; then what is answered from memory has to be what is answered without. Lists
    that are asked for twice are kept whole, and may be given after the next change.
    """
    CHANGES[name](store, number)
    remembered = store.answers()
    Memories.forget()
    assert remembered == store.answers(), f"{name}, {number}"
    store.ask_for_lists()


def test_every_change(app: Flask, engine_name: str) -> None:
    store = Store(app, engine_name)
    store.answers()
    for number, name in enumerate(CHANGES):
        changed_and_compared(store, name, number)


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    changes=st.lists(
        st.tuples(st.sampled_from(list(CHANGES)), st.integers(0, 1000)), min_size=4, max_size=8
    )
)
def test_random_changes(app: Flask, engine_name: str, changes: list[tuple[str, int]]) -> None:
    store = Store(app, engine_name)
    store.answers()
    for name, number in changes:
        changed_and_compared(store, name, number)
