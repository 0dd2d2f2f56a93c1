"""The audit trail: who did what to which thing, and when.

It keeps the privacy of what it tells of (decision 7): an administrator reads of everything but the
private tasks and lists, and the personal ones, of others. `AUDIT` is the whole trail, for
administrators alone; `TASK_AUDIT` is what anybody reads of a task that he sees.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.access import Viewer, list_readable, readable
from app.models import Activity, File, Note, NoteFile, Person, Project, Task, TaskFile, TaskList
from app.models.base import Instant
from app.queries import facets
from app.queries.catalogues.activity import seen
from app.queries.expressions import full_name
from app.queries.query import Catalogue, Facet
from app.queries.relationships import by_key, value_at

ACT = Activity.__table__.c
# How the rows of the command line begin (services/events.py), which are nobody's own.
BY_OPERATOR: Final = '{"operator":true'
# Rows are written in the order of their instants, but for what waits for a commit meanwhile and
# for a clock that is put right: so much out of order is still found.
LEEWAY: Final = timedelta(hours=1)


def _of_task(viewer: Viewer) -> ColumnElement[bool]:
    """The task is one that the viewer may know of, or it was removed for good."""
    task, gone = aliased(Task), aliased(Task)
    return or_(
        exists().where(task.id == Activity.task_id, readable(viewer, task)),
        ~exists().where(gone.id == Activity.task_id),
    )


def _of_list(viewer: Viewer) -> ColumnElement[bool]:
    task_list = aliased(TaskList)
    return exists().where(task_list.id == Activity.object_id, list_readable(viewer, task_list))


def _of_file(viewer: Viewer) -> ColumnElement[bool]:
    """As visible_file, deleted or not: a file of which only hidden tasks know is hidden."""
    file, task, note = aliased(File), aliased(Task), aliased(Note)
    on_task, on_note = aliased(TaskFile), aliased(NoteFile)
    carried = or_(
        exists().where(on_task.file_id == file.id), exists().where(on_note.file_id == file.id)
    )
    shown = or_(
        exists().where(
            on_task.file_id == file.id, task.id == on_task.task_id, readable(viewer, task)
        ),
        exists().where(
            on_note.file_id == file.id,
            note.id == on_note.note_id,
            task.id == note.task_id,
            readable(viewer, task),
        ),
    )
    common = and_(file.project_id.is_not(None), or_(~carried, shown))
    return exists().where(file.id == Activity.object_id, or_(file.creator_id == viewer.me, common))


def _without_task(viewer: Viewer) -> ColumnElement[bool]:
    """Lists and files have rules of their own; time without a project is its person's."""
    time = or_(Activity.project_id.is_not(None), Activity.person_id == viewer.me)
    return or_(
        Activity.kind.not_in(("tasklist", "file", "time")),
        and_(Activity.kind == "tasklist", _of_list(viewer)),
        and_(Activity.kind == "file", _of_file(viewer)),
        and_(Activity.kind == "time", time),
    )


def _audited(viewer: Viewer) -> ColumnElement[bool]:
    if not viewer.admin:
        return false()
    without = and_(Activity.task_id.is_(None), _without_task(viewer))
    return or_(and_(Activity.task_id.is_not(None), _of_task(viewer)), without)


def _by_operator() -> ColumnElement[bool]:
    return func.substr(ACT.changes, 1, len(BY_OPERATOR)) == BY_OPERATOR


def _columns() -> dict[str, Any]:
    return {
        **{column.name: column for column in ACT},
        "by_operator": _by_operator(),
        "person_uid": value_at(Person, ACT.person_id, "uid"),
        "person_name": value_at(Person, ACT.person_id, full_name),
        "project_uid": value_at(Project, ACT.project_id, "uid"),
        "task_uid": value_at(Task, ACT.task_id, "uid"),
    }


AUDIT = Catalogue(
    name="AuditEntry",
    source=Activity.__table__,
    columns=_columns(),
    visible=lambda viewer, _: _audited(viewer),
    facets={"person": Facet("person_id", facets.PEOPLE)},
    references={
        "person_uid": by_key("person_id", Person),
        "project_uid": by_key("project_id", Project),
        "task_uid": by_key("task_id", Task),
    },
    searched=("name",),
)
TASK_AUDIT = Catalogue(
    name="TaskAuditEntry",
    source=Activity.__table__,
    columns=_columns(),
    visible=lambda viewer, _: _audited(viewer) if viewer.admin else seen(viewer),
    facets={"person": Facet("person_id", facets.PEOPLE)},
)
SOUGHT: Final = ("person_id", "project_id", "task_id", "kind", "action")


def sought(name: str, value: Any) -> ColumnElement[bool]:
    """The rows with this value in one of the columns SOUGHT."""
    return ACT[name] == value  # type: ignore[no-any-return]


def of_task(task_id: int) -> ColumnElement[bool]:
    """What happened to a task, and to what hangs on it."""
    return ACT.task_id == task_id  # type: ignore[no-any-return]


def since(instant: datetime) -> ColumnElement[bool]:
    """The rows from an instant on."""
    return and_(ACT.happened_at >= instant, ACT.id >= _first(instant, -LEEWAY))


def until(instant: datetime) -> ColumnElement[bool]:
    """The rows from before an instant."""
    return and_(ACT.happened_at < instant, ACT.id <= _first(instant, LEEWAY))


def _first(instant: datetime, leeway: timedelta) -> ColumnElement[int]:
    """The id from which on rows are from an instant or later, found by halving: instants have no
    index of their own, but grow with the ids.
    """
    last = select(func.max(ACT.id)).scalar_subquery()
    ends = select(literal_column("0", Integer).label("low"), (last + 1).label("high"))
    span = ends.cte(recursive=True)
    half = (span.c.low + span.c.high) // literal_column("2", Integer)
    there = Activity.__table__.alias().c
    next_one = select(there.happened_at).where(there.id >= half).order_by(there.id).limit(1)
    earlier = next_one.scalar_subquery() < bindparam(None, instant + leeway, Instant(), unique=True)
    below = case((earlier, half + 1), else_=span.c.low)
    above = case((earlier, span.c.high), else_=half)
    span = span.union_all(select(below, above).where(span.c.low < span.c.high))
    found: ColumnElement[int] = func.coalesce(select(func.max(span.c.low)).scalar_subquery(), 0)
    return found
