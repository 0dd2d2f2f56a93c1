"""Bulk data: people, projects, lists and any number of tasks with all that hangs on them.

Deterministic by seed and day, GUIDs included. A hundred projects with a thousand lists; the tasks
fill as many of the lists as get a hundred each.
"""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import func, select

from app.clock import clock
from app.errors import Conflict
from app.models import (
    Company,
    File,
    Lockdown,
    Membership,
    Person,
    Project,
    Status,
    Tag,
    Task,
    TaskList,
)
from app.seeding.blocks import Blocks
from app.seeding.loading import without_upkeep, write
from app.seeding.making import made, parts_of
from app.seeding.rows import COLUMNS, COMPANIES, PROJECTS, TABLES, TAGS, Frame
from app.seeding.source import Occasion, Source
from app.seeding.words import COLORS, FIRST, LAST, NOUNS, STAGES
from app.services.execute import maintain
from app.services.upkeep import analyse, renew_epochs
from app.services.work import Work

PEOPLE, MEMBERS = 50, 10
TASKS_PER_LIST, LISTS, BIG = 100, 1000, 20_000
Progress = Callable[[int], None]


def seed_store(tasks: int, number: int, zone: str, progress: Progress) -> None:
    """Add people, projects, lists and `tasks` tasks, in one transaction. Raises Conflict when this
    seed is there already.
    """
    maintain(lambda work: _fill(work, tasks, number, zone, progress))


def _fill(work: Work, tasks: int, number: int, zone: str, progress: Progress) -> None:
    occasion = Occasion(number, clock.now(), clock.today(zone), zone)
    tables = [model.__tablename__ for model in (*TABLES, *FRAME)]
    big = tasks >= max(BIG, int(work.scalar(select(func.count()).select_from(Task))))
    with without_upkeep(work, tables, big):
        frame = _frame(work, Source(occasion, 0), number)
        frame.lists = max(1, min(LISTS, tasks // TASKS_PER_LIST))
        parts = parts_of(tasks, occasion, frame, work.on_postgresql)
        for count, blocks in made(parts, apart=big):
            for block in blocks:
                write(work, block)
            progress(count)
        _set_sequences(work)
    renew_epochs(work)
    analyse(work)


def _next(work: Work, model: Any) -> int:
    return (work.scalar(select(func.max(model.id))) or 0) + 1


FRAME: tuple[Any, ...] = (Company, Person, Project, Membership, Status, Tag, Lockdown, TaskList)


def _frame(work: Work, source: Source, number: int) -> Frame:
    """Companies, people, projects with members, columns and tags, task lists."""
    email = f"user1.seed{number}@example.test"
    if work.scalar(select(Person.id).where(Person.email_key == email)) is not None:
        raise Conflict(f"seed {number} is in this store already")
    company, person, project = (_next(work, each) for each in (Company, Person, Project))
    names = [f"Project {i + 1:03d} {source.pick(NOUNS)}" for i in range(PROJECTS)]
    people = range(person, person + PEOPLE)
    frame = Frame(
        project=project,
        status=_next(work, Status),
        tag=_next(work, Tag),
        list=_next(work, TaskList),
        task=_next(work, Task),
        file=_next(work, File),
        names=[name.casefold() for name in names],
        members=[source.rnd.sample(people, MEMBERS) for _ in names],
        lists=LISTS,
    )
    lockdown = _next(work, Lockdown)
    rows: dict[Any, Iterable[dict[str, Any]]] = {
        Company: _companies(source, company),
        Person: (_person(source, number, person + i, company, i) for i in range(PEOPLE)),
        Project: _projects(source, frame, names, company, person),
        Membership: _memberships(frame),
        Status: _columns(source, frame),
        Tag: _tags(source, frame, number),
        Lockdown: _lockdowns(source, frame, lockdown),
        TaskList: (_list(source, frame, i) for i in range(LISTS)),
    }
    blocks = Blocks(work.on_postgresql)
    for model in FRAME:
        write(work, blocks.make(model, list(rows[model])))
    return frame


def _named(name: str) -> dict[str, str]:
    return {"name": name, "name_key": name.casefold()}


def _companies(source: Source, first: int) -> Iterable[dict[str, Any]]:
    for i in range(COMPANIES):
        yield source.stamped(id=first + i, **_named(f"Demo {i + 1} Company"))


def _person(source: Source, number: int, person_id: int, company: int, i: int) -> dict[str, Any]:
    email = f"user{i + 1}.seed{number}@example.test"
    row = source.stamped(
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


def _projects(
    source: Source, frame: Frame, names: list[str], company: int, creator: int
) -> Iterable[dict[str, Any]]:
    for i, name in enumerate(names):
        yield source.stamped(
            id=frame.project + i,
            company_id=company + i % COMPANIES,
            creator_id=creator,
            **_named(name),
        )


def _memberships(frame: Frame) -> Iterable[dict[str, Any]]:
    roles = ("manager", "viewer") + ("editor",) * (MEMBERS - 2)
    for i, group in enumerate(frame.members):
        for who, role in zip(group, roles, strict=True):
            yield {"person_id": who, "project_id": frame.project + i, "role": role}


def _columns(source: Source, frame: Frame) -> Iterable[dict[str, Any]]:
    for i in range(PROJECTS * COLUMNS):
        place = i % COLUMNS
        yield source.stamped(
            id=frame.status + i,
            project_id=frame.project + i // COLUMNS,
            name=STAGES[place],
            color=COLORS[place],
            position=place,
        )


def _tags(source: Source, frame: Frame, number: int) -> Iterable[dict[str, Any]]:
    for i in range(TAGS):
        name = f"{source.pick(NOUNS)} {number}.{i + 1}"
        yield source.stamped(id=frame.tag + i, **_named(name), color=source.pick(COLORS))


def _lockdowns(source: Source, frame: Frame, first: int) -> Iterable[dict[str, Any]]:
    """Every twentieth list is private."""
    for place, i in enumerate(range(7, LISTS, 20)):
        list_id = frame.list + i
        frame.lockdowns[list_id] = first + place
        creator = frame.members[i % PROJECTS][0]
        yield source.stamped(id=first + place, creator_id=creator, list_id=list_id)


def _list(source: Source, frame: Frame, i: int) -> dict[str, Any]:
    list_id = frame.list + i
    return source.stamped(
        id=list_id,
        project_id=frame.project + i % PROJECTS,
        creator_id=frame.members[i % PROJECTS][0],
        name=f"List {i + 1:04d} {source.pick(NOUNS)}",
        position=i,
        lockdown_id=frame.lockdowns.get(list_id),
    )


def _set_sequences(work: Work) -> None:
    """Ids were given here: let PostgreSQL go on behind them."""
    if not work.on_postgresql:
        return
    for model in (*FRAME, Task, File):
        if "id" in model.__table__.columns:
            sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
            last = select(func.max(model.id)).scalar_subquery()
            work.run(select(func.setval(sequence, last)))
