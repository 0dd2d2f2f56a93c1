"""Time spent, and the viewer's own stopwatches."""

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    case,
    cast,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.access import (
    Viewer,
    project_changeable,
    visible,
    visible_list,
    visible_stopwatch,
    visible_time_entry,
)
from app.models import Company, Person, Project, Stopwatch, Tag, Task, TaskList, TimeEntry, TimeTag
from app.queries import facets
from app.queries.expressions import NOW, full_name, minutes_after, seconds_between
from app.queries.lookup import Among, Lookup, Statement, keyed, listed
from app.queries.query import Catalogue, Expression, Facet, LinkTo
from app.queries.relationships import by_key, by_keys, columns_of, to_one, value_at
from app.queries.values import Label

ENTRY, WATCH = TimeEntry.__table__.c, Stopwatch.__table__.c


class LoggedTask(NamedTuple):
    """A task as the time on it shows it; `privacy` as in the catalogue of tasks."""

    id: int
    name: str
    work_hours: float
    privacy: int


def time_changeable(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer may change the entry, provided that he sees it: his own, and a manager all."""
    if viewer.read_only:
        return false()
    managed = project_changeable(viewer, ENTRY.project_id, "manager")
    return or_(ENTRY.person_id == viewer.me, managed)


def _tasks(among: Among, viewer: Viewer) -> Statement:
    privacy = case((Task.private, 1), (Task.lockdown_id.is_not(None), 2), else_=0)
    columns = (Task.id, Task.name, Task.work_hours, privacy)
    return select(*columns).where(among(Task.id), visible(viewer))


def _tags(among: Among, _: Viewer) -> Statement:
    return (
        select(TimeTag.entry_id, Tag.id, Tag.name, Tag.color)
        .join(Tag, Tag.id == TimeTag.tag_id)
        .where(among(TimeTag.entry_id))
        .order_by(TimeTag.entry_id, Tag.name_key)
    )


def _shown_list(viewer: Viewer) -> ColumnElement[int]:
    """The id of the list, for who sees it: with a task that he knows of he knows the list, too."""
    there = aliased(TaskList)
    seen = select(there.id).where(there.id == ENTRY.list_id, visible_list(viewer, there))
    return case((ENTRY.task_id.is_not(None), ENTRY.list_id), else_=seen.scalar_subquery())


def _list_name(viewer: Viewer) -> ColumnElement[str]:
    there = aliased(TaskList)
    shown = or_(ENTRY.task_id.is_not(None), visible_list(viewer, there))
    chosen = select(func.lower(there.name)).where(there.id == ENTRY.list_id, shown)
    return chosen.scalar_subquery()


def _company_name() -> ColumnElement[str]:
    project, company = Project.__table__.alias().c, Company.__table__.alias().c
    chosen = select(company.name_key).where(
        project.id == ENTRY.project_id, company.id == project.company_id
    )
    return chosen.scalar_subquery()


# What lists of time are sorted by.
_NAMES: dict[str, Expression] = {
    "person_key": func.lower(value_at(Person, ENTRY.person_id, full_name)),
    "project_key": value_at(Project, ENTRY.project_id, "name_key"),
    "company_key": _company_name(),
    "task_key": func.lower(value_at(Task, ENTRY.task_id, "name", alive=True)),
    "list_key": _list_name,
}

TIME_ENTRIES = Catalogue(
    name="Time entry",
    source=TimeEntry.__table__,
    columns={
        **columns_of(
            TimeEntry,
            "task_id project_id list_id person_id name description description_html started_at "
            "minutes billable billed has_time",
        ),
        "can_edit": time_changeable,
        "shown_task_id": value_at(Task, ENTRY.task_id, "id", alive=True),
        "shown_list_id": _shown_list,
        "parent_id": value_at(Task, ENTRY.task_id, "parent_id", alive=True),
        **_NAMES,
        "ended_at": minutes_after(ENTRY.started_at, ENTRY.minutes),
        "project_uid": value_at(Project, ENTRY.project_id, "uid"),
        # Time of a deleted task stays, but the task is not named any more.
        "task_uid": value_at(Task, ENTRY.task_id, "uid", alive=True),
        "list_uid": value_at(TaskList, ENTRY.list_id, "uid"),
        "person_uid": value_at(Person, ENTRY.person_id, "uid"),
        "person_name": value_at(Person, ENTRY.person_id, full_name),
    },
    visible=lambda viewer, _: visible_time_entry(viewer),
    facets={
        "person": Facet("person_id", facets.PEOPLE),
        "project": Facet("project_id", facets.PROJECTS),
        "list": Facet("shown_list_id", facets.LISTS),
        "task": Facet("shown_task_id", Lookup(_tasks, keyed(LoggedTask))),
        "parent": Facet("parent_id", facets.PARENTS),
        "tags": Facet("id", Lookup(_tags, listed(Label))),
        "task_tags": Facet("shown_task_id", facets.TAGS),
    },
    references={
        "project_uid": by_key("project_id", Project),
        "task_uid": by_key("task_id", Task, alive=True),
        "list_uid": by_key("list_id", TaskList),
        "person_uid": by_key("person_id", Person),
    },
    links={
        "project": to_one("Project", "project_id"),
        "task": to_one("Task", "task_id"),
        "list": to_one("Task list", "list_id"),
        "person": to_one("Person", "person_id"),
    },
    searched=("name", "description"),
)


def _project_id(watch: Any) -> ColumnElement[int]:
    """The id of the project of the task that a stopwatch runs on."""
    task = Task.__table__.alias().c
    return select(task.project_id).where(task.id == watch.task_id).scalar_subquery()


def _of_project(value: str) -> ColumnElement[Any]:
    task, project = Task.__table__.alias().c, Project.__table__.alias().c
    chosen = select(project[value]).where(task.id == WATCH.task_id, project.id == task.project_id)
    return chosen.scalar_subquery()


_RUNNING = case((WATCH.paused_at.is_(None), seconds_between(WATCH.started_at, NOW)), else_=0)

STOPWATCHES = Catalogue(
    name="Stopwatch",
    source=Stopwatch.__table__,
    columns={
        **columns_of(
            Stopwatch,
            "person_id task_id first_started_at started_at paused_at",
        ),
        "finished_seconds": WATCH.elapsed_seconds,
        # The finished runs and the present one; needs the parameter `now`.
        "elapsed_seconds": cast(WATCH.elapsed_seconds, BigInteger) + _RUNNING,
        "person_uid": value_at(Person, WATCH.person_id, "uid"),
        "task_uid": value_at(Task, WATCH.task_id, "uid"),
        "task_name": value_at(Task, WATCH.task_id, "name"),
        "project_uid": _of_project("uid"),
        "project_name": _of_project("name"),
        "project_number": _of_project("number"),
    },
    visible=lambda viewer, _: visible_stopwatch(viewer),
    references={
        "person_uid": by_key("person_id", Person),
        "task_uid": by_key("task_id", Task),
        "project_uid": by_keys("task_id", Task, "project_id", Project),
    },
    links={
        "person": to_one("Person", "person_id"),
        "task": to_one("Task", "task_id"),
        "project": LinkTo("Project", lambda watch, project: project.id == _project_id(watch)),
    },
    searched=("task_name",),
)
