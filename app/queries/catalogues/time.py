"""Time spent, and the viewer's own stopwatches."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, select

from app.access import visible_stopwatch, visible_time_entry
from app.models import Person, Project, Stopwatch, Task, TaskList, TimeEntry
from app.queries.expressions import NOW, full_name, minutes_after, seconds_between
from app.queries.query import Catalogue, LinkTo
from app.queries.relationships import by_key, by_keys, columns_of, to_one, value_at

ENTRY, WATCH = TimeEntry.__table__.c, Stopwatch.__table__.c

TIME_ENTRIES = Catalogue(
    name="Time entry",
    source=TimeEntry.__table__,
    columns={
        **columns_of(
            TimeEntry,
            "task_id project_id list_id person_id name description description_html started_at "
            "minutes billable",
        ),
        "ended_at": minutes_after(ENTRY.started_at, ENTRY.minutes),
        "project_uid": value_at(Project, ENTRY.project_id, "uid"),
        # Time of a deleted task stays, but the task is not named any more.
        "task_uid": value_at(Task, ENTRY.task_id, "uid", alive=True),
        "list_uid": value_at(TaskList, ENTRY.list_id, "uid"),
        "person_uid": value_at(Person, ENTRY.person_id, "uid"),
        "person_name": value_at(Person, ENTRY.person_id, full_name),
    },
    visible=lambda viewer, _: visible_time_entry(viewer),
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
