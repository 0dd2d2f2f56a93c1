"""Bulk data: people, projects, lists and any number of tasks with all that hangs on them.

Deterministic by seed and day, GUIDs included. The proportions are those of a busy office: 30 %
done, 20 % subtasks, due dates from 60 days ago to 120 ahead, up to three assignees and tags each.
"""

import random
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sqlalchemy import func, select

from app.clock import clock
from app.errors import Conflict
from app.models import (
    Assignment,
    Company,
    Follower,
    Lockdown,
    Membership,
    Note,
    Person,
    Predecessor,
    Project,
    Reminder,
    Status,
    Tag,
    Task,
    TaskList,
    TaskTag,
    TimeEntry,
)
from app.seeding.rows import COLUMNS, COMPANIES, NOUNS, PROJECTS, TAGS, Seed, task_rows
from app.services.execute import maintain
from app.services.upkeep import analyse
from app.services.work import Work

FIRST = [
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Eva",
    "Finn",
    "Gia",
    "Hal",
    "Ida",
    "Jon",
    "Kit",
    "Leo",
    "Mia",
    "Ned",
    "Ola",
    "Pam",
    "Quin",
    "Rae",
    "Sam",
    "Tea",
]
LAST = [
    "Abel",
    "Bond",
    "Cruz",
    "Dahl",
    "Eck",
    "Fox",
    "Gray",
    "Hume",
    "Imre",
    "Jung",
    "Kerr",
    "Lind",
    "Moss",
    "Noor",
    "Odum",
    "Pike",
]
COLORS = (0x99DF72, 0xB1DA34, 0xA9C3F9, 0xF78234, 0x9E6957, 0x53C944, 0xD84640, 0x2F8DE4)
PEOPLE, MEMBERS = 50, 10
TASKS_PER_LIST, MAX_LISTS, CHUNK = 100, 1000, 5000


def seed_store(tasks: int, number: int, zone: str, progress: Callable[[int], None]) -> None:
    """Add people, projects, lists and `tasks` tasks. Raises Conflict when this seed is there
    already.
    """
    now = clock.now()
    seed = Seed(random.Random(number), now, clock.today(zone), zone)
    lists = max(1, min(MAX_LISTS, tasks // TASKS_PER_LIST))
    frame: dict[str, Any] = maintain(lambda work: _frame(work, seed, number, lists))
    for start in range(0, tasks, CHUNK):
        count = min(CHUNK, tasks - start)
        rows = [task_rows(seed, frame, start + offset, lists) for offset in range(count)]
        maintain(partial(_write_tasks, rows=rows))
        progress(count)
    maintain(_finish)


def _next(work: Work, model: Any) -> int:
    return (work.scalar(select(func.max(model.id))) or 0) + 1


def _frame(work: Work, seed: Seed, number: int, lists: int) -> dict[str, Any]:
    """Companies, people, projects with members, columns and tags, task lists."""
    rnd = seed.rnd
    email = f"user1.seed{number}@example.test"
    if work.scalar(select(Person.id).where(Person.email_key == email)) is not None:
        raise Conflict(f"seed {number} is in this store already")
    company, person = _next(work, Company), _next(work, Person)
    project, status, tag = _next(work, Project), _next(work, Status), _next(work, Tag)
    list_id = _next(work, TaskList)

    def named(name: str) -> dict[str, str]:
        return {"name": name, "name_key": name.casefold()}

    work.insert_many(
        Company,
        [seed.stamped(id=company + i, **named(f"Demo {i + 1} Company")) for i in range(COMPANIES)],
    )
    work.insert_many(Person, [_person(seed, number, person + i, company, i) for i in range(PEOPLE)])
    names = [f"Project {i + 1:03d} {rnd.choice(NOUNS)}" for i in range(PROJECTS)]
    work.insert_many(
        Project,
        [
            seed.stamped(
                id=project + i, company_id=company + i % COMPANIES, creator_id=person, **named(name)
            )
            for i, name in enumerate(names)
        ],
    )
    members = [rnd.sample(range(person, person + PEOPLE), MEMBERS) for _ in names]
    roles = ("manager", "viewer") + ("editor",) * (MEMBERS - 2)
    work.insert_links(
        Membership,
        (
            {"person_id": who, "project_id": project + i, "role": role}
            for i, group in enumerate(members)
            for who, role in zip(group, roles, strict=True)
        ),
    )
    work.insert_many(
        Status,
        [
            seed.stamped(
                id=status + i * COLUMNS + c,
                project_id=project + i,
                name=("Backlog", "Doing", "Review")[c],
                color=COLORS[c],
                position=c,
            )
            for i in range(PROJECTS)
            for c in range(COLUMNS)
        ],
    )
    tags = [
        seed.stamped(
            id=tag + i, **named(f"{rnd.choice(NOUNS)} {number}.{i + 1}"), color=rnd.choice(COLORS)
        )
        for i in range(TAGS)
    ]
    work.insert_many(Tag, tags)
    frame = {
        "company": company,
        "project": project,
        "status": status,
        "tag": tag,
        "list": list_id,
        "task": _next(work, Task),
        "names": names,
        "members": members,
        "lockdowns": {},
    }
    _lists(work, seed, frame, lists)
    return frame


def _person(seed: Seed, number: int, person_id: int, company: int, i: int) -> dict[str, Any]:
    email = f"user{i + 1}.seed{number}@example.test"
    row = seed.stamped(
        id=person_id,
        company_id=company + i % COMPANIES,
        first_name=FIRST[i % len(FIRST)],
        last_name=LAST[(i * 7) % len(LAST)],
        email=email,
        email_key=email,
        user_name=email,
        avatar_url=f"https://example.test/avatars/{i + 1}.jpg",
    )
    return row | {"image_uid": str(uuid.uuid5(uuid.UUID(row["uid"]), "image"))}


def _lists(work: Work, seed: Seed, frame: dict[str, Any], lists: int) -> None:
    """Task lists, spread over the projects; every twentieth is private."""
    for i in range(lists):
        project = i % PROJECTS
        list_id = frame["list"] + i
        creator = frame["members"][project][0]
        name = f"List {i + 1:04d} {seed.rnd.choice(NOUNS)}"
        work.insert(
            TaskList,
            id=list_id,
            uid=seed.uid(),
            project_id=frame["project"] + project,
            creator_id=creator,
            name=name,
            position=i,
        )
        if i % 20 == 7:
            lockdown = work.insert(Lockdown, uid=seed.uid(), creator_id=creator, list_id=list_id)
            frame["lockdowns"][list_id] = lockdown
            work.run(
                TaskList.__table__.update()
                .where(TaskList.id == list_id)
                .values(lockdown_id=lockdown)
            )


TABLES: tuple[tuple[str, Any], ...] = (
    ("assignments", Assignment),
    ("notes", Note),
    ("times", TimeEntry),
    ("reminders", Reminder),
)
LINKS: tuple[tuple[str, Any], ...] = (
    ("tags", TaskTag),
    ("predecessors", Predecessor),
    ("followers", Follower),
)


def _write_tasks(work: Work, rows: Iterable[dict[str, Any]]) -> None:
    listed = list(rows)
    work.insert_many(Task, (row["task"] for row in listed))
    for name, model in TABLES:
        work.insert_many(model, [each for row in listed for each in row[name]])
    for name, model in LINKS:
        work.insert_links(model, (each for row in listed for each in row[name]))


def _finish(work: Work) -> None:
    """Ids were given here: let PostgreSQL go on behind them. Tell the planner what there is."""
    if work.on_postgresql:
        for model in (Company, Person, Project, Status, Tag, TaskList, Task):
            sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
            last = select(func.max(model.id)).scalar_subquery()
            work.run(select(func.setval(sequence, last)))
    analyse(work)
