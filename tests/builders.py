"""Rows with defaults. Tasks are made by the command that clients use; neighbours without an
endpoint directly.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, update

from app.access import Viewer
from app.clock import clock
from app.models import (
    Account,
    Assignment,
    File,
    Note,
    NoteRead,
    Outgoing,
    Person,
    ProjectTag,
    Reminder,
    Status,
    Task,
    TaskFile,
    TaskList,
    TimeEntry,
)
from app.services.commands import (
    AddCompany,
    AddPerson,
    AddProject,
    AddTask,
    AddTaskList,
    ChangeProjectPeople,
    TaskChanges,
)
from app.services.execute import execute, maintain
from app.services.keys import new_key
from app.services.labels import tag_ids
from app.services.people import new_person, set_up


class World:
    """The store of one test. The administrator is person 1, his company 1."""

    def __init__(self) -> None:
        self._number = count(1)
        maintain(lambda work: set_up(work, "Demo Company"))
        self.admin = self.person("Ada", "Admin", is_admin=True)

    def viewer(self, person_id: int | None = None, **more: Any) -> Viewer:
        """A viewer as the guard would make it, but for the settings in `more`."""
        person_id = person_id or self.admin
        return Viewer(person_id, **({"admin": person_id == self.admin} | more))

    def person(self, first_name: str = "Pat", last_name: str = "Person", **more: Any) -> int:
        """A person; a member of nothing yet."""
        email = f"person{next(self._number)}@example.com"
        command = AddPerson(
            **({"first_name": first_name, "last_name": last_name, "email": email} | more)
        )
        return int(maintain(lambda work: new_person(work, command)))

    def key(self, person_id: int, *, read_only: bool = False) -> str:
        """A key of a person."""
        return str(maintain(lambda work: new_key(work, person_id, read_only=read_only)))

    def company(self, name: str = "Other Company") -> int:
        """A company."""
        return int(execute(AddCompany(name=name), self.viewer()))

    def employ(self, person: int, company: int) -> None:
        """Let a person work for another company."""
        row = update(Person).where(Person.id == person).values(company_id=company)
        maintain(lambda work: work.run(row))

    def project(self, name: str = "demo", **roles: Any) -> int:
        """A project; `editor=(2, 3)` and the like make people members."""
        members = {role: roles.pop(role, ()) for role in ("viewer", "editor", "manager")}
        project = int(execute(AddProject(name=name, **roles), self.viewer()))
        for role, people in members.items():
            if people:
                execute(ChangeProjectPeople(project, add=tuple(people), role=role), self.viewer())
        return project

    def list(self, project: int | None = None, name: str = "Todos", **more: Any) -> int:
        """A task list, in a project of its own unless one is given."""
        project = project or self.project()
        return int(execute(AddTaskList(project_id=project, name=name, **more), self.viewer()))

    def task(
        self,
        list_id: int | None = None,
        name: str = "a task",
        by: int | None = None,
        **changes: Any,
    ) -> int:
        """A task; `by` makes it, `due` and `start` are days from today."""
        for word, column in (("due", "due_on"), ("start", "start_on")):
            if word in changes:
                changes[column] = self.day(changes.pop(word))
        parent = changes.pop("parent", None)
        where = {"parent_id": parent} if parent else {"list_id": list_id or self.list()}
        command = AddTask(TaskChanges(name=name, **changes), **where)
        return int(execute(command, self.viewer(by)))

    def full_task(self, home: int, project: int, **more: Any) -> tuple[int, int]:
        """A task with everything that a payload can show, and the one that it waits for."""
        before = self.task(home)
        task = self.task(
            home,
            due=1,
            assignees=(self.admin,),
            tags=("a", "b"),
            predecessors=((before, "complete"),),
            status_id=self.column(project),
            comment_followers=(self.admin,),
            **more,
        )
        self.note(task, self.admin)
        self.time(task, project)
        self.reminder(task)
        self.file(project, task=task)
        return task, before

    def day(self, days: int) -> date:
        """A day counted from today."""
        return clock.today("UTC") + timedelta(days)

    def note(self, task: int, author: int, text: str = "a comment") -> int:
        """A comment."""
        return int(
            maintain(
                lambda work: work.insert(Note, task_id=task, author_id=author, text=text, html=text)
            )
        )

    def weeks_start_on_sunday(self, yes: bool) -> None:
        """Set the account's first day of the week."""
        maintain(lambda work: work.run(update(Account).values(weeks_start_on_sunday=yes)))

    def read(self, note: int, person: int) -> None:
        """A person reads a comment."""
        rows = [{"note_id": note, "person_id": person}]
        maintain(lambda work: work.insert_links(NoteRead, rows))

    def tag_project(self, project: int, *names: str) -> None:
        """Put tags on a project."""

        def tag(work: Any) -> None:
            ids = tag_ids(work, names)
            work.insert_links(ProjectTag, [{"project_id": project, "tag_id": tag} for tag in ids])

        maintain(tag)

    def column(self, project: int, name: str = "My Inbox Board", color: int = 0x99DF72) -> int:
        """A board column."""
        return int(
            maintain(lambda work: work.insert(Status, project_id=project, name=name, color=color))
        )

    def file(self, project: int, name: str = "plan.pdf", task: int | None = None) -> int:
        """A file, on a task if one is given."""

        def make(work: Any) -> int:
            made = work.insert(
                File,
                project_id=project,
                creator_id=self.admin,
                name=name,
                size=123,
                digest="0" * 64,
            )
            if task:
                work.insert_links(TaskFile, [{"task_id": task, "file_id": made}])
            return int(made)

        return int(maintain(make))

    def time(self, task: int, project: int, minutes: int = 30) -> int:
        """Time spent on a task."""
        return int(
            maintain(
                lambda work: work.insert(
                    TimeEntry,
                    task_id=task,
                    project_id=project,
                    person_id=self.admin,
                    started_at=clock.now(),
                    minutes=minutes,
                )
            )
        )

    def reminder(self, task: int, person: int | None = None) -> int:
        """A reminder that was not sent yet."""
        who = person or self.admin
        return int(
            maintain(
                lambda work: work.insert(
                    Reminder, task_id=task, person_id=who, creator_id=who, due_at=clock.now()
                )
            )
        )

    def row(self, task: int, *names: str) -> tuple[Any, ...]:
        """Columns of a task, as stored."""
        columns = [getattr(Task, name) for name in names]
        found = maintain(lambda work: work.first(select(*columns).where(Task.id == task)))
        return tuple(found)

    def set(self, task: int, **values: Any) -> None:
        """Write columns of a task, past all rules."""
        maintain(lambda work: work.run(update(Task).where(Task.id == task).values(**values)))

    def outbox(self) -> list[tuple[str, int, int]]:
        """What waits to be sent: kind, person, task."""
        columns = (Outgoing.kind, Outgoing.person_id, Outgoing.task_id)
        return [tuple(row) for row in maintain(lambda work: work.all(select(*columns)))]

    def personal_task(self, maker: int, *workers: int) -> int:
        """A task without a project, in its maker's personal list."""

        def make(work: Any) -> int:
            home = work.insert(TaskList, creator_id=maker, name="Personal")
            task = work.insert(Task, creator_id=maker, list_id=home, name="personal")
            for worker in workers:
                work.insert(Assignment, task_id=task, person_id=worker)
            return int(task)

        return int(maintain(make))
