"""Bulk data: people, projects, lists and any number of tasks with all that hangs on them.

Deterministic by seed and day, GUIDs included. The proportions are those of a busy office: 30 %
done, 20 % subtasks, due dates from 60 days ago to 120 ahead, up to three assignees and tags each.
"""

import random
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
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
from app.services.dates import END_OF_DAY, START_OF_DAY, instant
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
VERBS = [
    "Review",
    "Plan",
    "Order",
    "Install",
    "Inspect",
    "Test",
    "Deliver",
    "Paint",
    "Measure",
    "Quote",
    "Pack",
    "Check",
]
NOUNS = [
    "cable",
    "valve",
    "pump",
    "report",
    "budget",
    "invoice",
    "contract",
    "window",
    "door",
    "roof",
    "drawing",
    "schedule",
    "permit",
    "supplier",
    "meeting",
    "handover",
    "concrete",
    "wiring",
    "survey",
    "material",
    "crane",
    "scaffold",
    "floor",
    "ceiling",
    "kitchen",
    "garden",
    "heating",
    "cooling",
    "exit",
]
COLORS = (0x99DF72, 0xB1DA34, 0xA9C3F9, 0xF78234, 0x9E6957, 0x53C944, 0xD84640, 0x2F8DE4)
COMPANIES, PROJECTS, PEOPLE, TAGS, COLUMNS, MEMBERS = 5, 100, 50, 20, 3, 10
TASKS_PER_LIST, MAX_LISTS, CHUNK = 100, 1000, 5000


@dataclass
class _Seed:
    """The random source and the ids that were handed out. Ids are given here, so rows can name
    each other.
    """

    rnd: random.Random
    now: datetime
    today: date
    zone: str
    base: dict[Any, int] = field(default_factory=dict)

    def uid(self) -> str:
        """A GUID of version 7 whose time part is the seed's: the same for the same seed."""
        bits = self.rnd.getrandbits(128)
        bits = (bits & ~(0xF << 76) & ~(0x3 << 62)) | (0x7 << 76) | (0x2 << 62)
        return str(uuid.UUID(int=bits))

    def stamped(self, **values: Any) -> dict[str, Any]:
        """A row with its GUID and stamps."""
        return {"uid": self.uid(), "created_at": self.now, "changed_at": self.now} | values


def seed_store(tasks: int, number: int, zone: str, progress: Callable[[int], None]) -> None:
    """Add people, projects, lists and `tasks` tasks. Raises Conflict when this seed is there
    already.
    """
    now = clock.now()
    seed = _Seed(random.Random(number), now, clock.today(zone), zone)
    lists = max(1, min(MAX_LISTS, tasks // TASKS_PER_LIST))
    frame: dict[str, Any] = maintain(lambda work: _frame(work, seed, number, lists))
    for start in range(0, tasks, CHUNK):
        count = min(CHUNK, tasks - start)
        rows = [_task(seed, frame, start + offset, lists) for offset in range(count)]
        maintain(partial(_write_tasks, rows=rows))
        progress(count)
    maintain(_finish)


def _next(work: Work, model: Any) -> int:
    return (work.scalar(select(func.max(model.id))) or 0) + 1


def _frame(work: Work, seed: _Seed, number: int, lists: int) -> dict[str, Any]:
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


def _person(seed: _Seed, number: int, person_id: int, company: int, i: int) -> dict[str, Any]:
    email = f"user{i + 1}.seed{number}@example.test"
    return seed.stamped(
        id=person_id,
        company_id=company + i % COMPANIES,
        first_name=FIRST[i % len(FIRST)],
        last_name=LAST[(i * 7) % len(LAST)],
        email=email,
        email_key=email,
        user_name=email,
        avatar_url=f"https://example.test/avatars/{i + 1}.jpg",
    )


def _lists(work: Work, seed: _Seed, frame: dict[str, Any], lists: int) -> None:
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


def _task(seed: _Seed, frame: dict[str, Any], number: int, lists: int) -> dict[str, Any]:
    """One task as rows by table."""
    rnd = seed.rnd
    task_id, list_id = frame["task"] + number, frame["list"] + number % lists
    project = (number % lists) % PROJECTS
    members = frame["members"][project]
    done = rnd.random() < 0.3
    due = None if rnd.random() < 0.05 else seed.today + timedelta(rnd.randint(-60, 120))
    start = None if due is None or rnd.random() < 0.3 else due - timedelta(rnd.randint(1, 20))
    created = _at(seed, rnd.randint(-200, -61))
    done_at = _at(seed, rnd.randint(-59, -1)) if done else None
    estimate = rnd.choice((0, 0, 30, 60, 120, 240, 480))
    subtask = rnd.random() < 0.2 and number >= lists
    task = {
        "id": task_id,
        "uid": seed.uid(),
        "project_id": frame["project"] + project,
        "list_id": list_id,
        "parent_id": task_id - lists if subtask else None,
        "name": " ".join((rnd.choice(VERBS), *rnd.choices(NOUNS, k=rnd.randint(2, 5)))),
        "description": " ".join(rnd.choices(NOUNS, k=rnd.randint(10, 40)))
        if rnd.random() < 0.6
        else "",
        "priority": rnd.choice((None, None, 3, 2, 1)),
        "progress": 100 if done else rnd.choice((0, 0, 10, 50, 90)),
        "work_hours": estimate / 60,
        "start_on": start,
        "due_on": due,
        "start_at": instant(start, START_OF_DAY, seed.zone),
        "due_at": instant(due, END_OF_DAY, seed.zone),
        "position": 1000 * (number // lists + 1),
        "status_id": frame["status"] + project * COLUMNS + rnd.randrange(COLUMNS)
        if rnd.random() < 0.3
        else None,
        "lockdown_id": frame["lockdowns"].get(list_id),
        "is_done": done,
        "done_at": done_at,
        "completer_id": rnd.choice(members) if done else None,
        "reopened": not done and rnd.random() < 0.1,
        "billable": rnd.random() < 0.5,
        "creator_id": rnd.choice(members),
        "created_at": created,
        "changed_at": done_at or _at(seed, rnd.randint(-60, -1)),
        "project_key": frame["names"][project].casefold(),
        "company_key": f"demo {project % COMPANIES + 1} company",
    }
    task["description_html"] = task["description"]
    return {"task": task} | _hanging(seed, frame, task, members, lists, number)


def _hanging(
    seed: _Seed,
    frame: dict[str, Any],
    task: dict[str, Any],
    members: list[int],
    lists: int,
    number: int,
) -> dict[str, list[dict[str, Any]]]:
    rnd, task_id = seed.rnd, task["id"]
    assignees = rnd.sample(members, rnd.choice((0, 1, 1, 1, 2, 3)))
    notes = rnd.choice((0, 0, 0, 1, 3))
    minutes = [rnd.choice((15, 30, 90))] if rnd.random() < 0.3 else []
    mine = {"task_id": task_id}
    return {
        "assignments": [
            seed.stamped(person_id=who, ordinal=place, **mine)
            for place, who in enumerate(assignees)
        ],
        "tags": [
            mine | {"tag_id": frame["tag"] + each}
            for each in rnd.sample(range(TAGS), rnd.choice((0, 0, 1, 1, 2, 3)))
        ],
        "predecessors": [
            mine | {"predecessor_id": task_id - back * lists, "type": "complete"}
            for back in (1, 2)
            if number >= back * lists and rnd.random() < 0.05
        ],
        "followers": [
            mine | {"person_id": who, "comments": True, "changes": rnd.random() < 0.5}
            for who in assignees[:1]
        ],
        "notes": [_note(seed, mine, members) for _ in range(notes)],
        "times": [
            seed.stamped(
                project_id=task["project_id"],
                person_id=rnd.choice(members),
                started_at=task["changed_at"],
                minutes=spent,
                **mine,
            )
            for spent in minutes
        ],
        "reminders": [
            seed.stamped(person_id=who, creator_id=who, due_at=seed.now + timedelta(days=7), **mine)
            for who in assignees[:1]
            if rnd.random() < 0.1
        ],
    }


def _note(seed: _Seed, mine: dict[str, int], members: list[int]) -> dict[str, Any]:
    text = " ".join(seed.rnd.choices(NOUNS, k=8))
    return seed.stamped(author_id=seed.rnd.choice(members), text=text, html=text, **mine)


def _at(seed: _Seed, days: int) -> datetime:
    """A minute of office hours, some days from today."""
    at = time(seed.rnd.randint(7, 18), seed.rnd.randint(0, 59))
    return datetime.combine(seed.today + timedelta(days), at, tzinfo=UTC)


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
