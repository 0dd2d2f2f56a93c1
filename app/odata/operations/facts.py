"""What operations answer, read from the store."""

from typing import Any

from app.access import Viewer
from app.http.feeds import feed_address
from app.odata.engine.source import Key
from app.queries.calendar import calendar_of
from app.queries.catalogues.contributors import CONTRIBUTORS
from app.queries.catalogues.structure import PEOPLE, followers_of
from app.queries.catalogues.time import STOPWATCHES
from app.queries.page import fetch_page
from app.queries.query import Catalogue, Query

MANY = 10_000
CONTRIBUTOR = {
    "Id": "uid",
    "ContactId": "person_uid",
    "ContactDisplayName": "person_name",
    "WorkAmount": "work_hours",
    "IsDone": "is_done",
}
STOPWATCH = {
    "UserStopwatchId": "uid",
    "InitiallyStartedAt": "first_started_at",
    "StartedAt": "started_at",
    "PausedAt": "paused_at",
    "ProjectId": "project_uid",
    "TaskItemId": "task_uid",
    "ProjectName": "project_name",
    "ProjectNumber": "project_number",
    "TaskItemName": "task_name",
}


def _rows(
    catalogue: Catalogue, names: dict[str, str], viewer: Viewer, *criteria: Any
) -> list[dict[str, Any]]:
    """Rows as objects with the wire's names."""
    columns = tuple(names.values())
    query = Query(catalogue, columns, criteria=criteria, limit=MANY, counted=False)
    return [dict(zip(names, row, strict=True)) for row in fetch_page(query, viewer).rows]


def contributors(task_id: int, viewer: Viewer, row_id: int | None = None) -> list[dict[str, Any]]:
    """The contributors of a task, or the one with this id."""
    criteria = [CONTRIBUTORS.column("task_id") == task_id]
    if row_id is not None:
        criteria.append(CONTRIBUTORS.column("id") == row_id)
    return _rows(CONTRIBUTORS, CONTRIBUTOR, viewer, *criteria)


def stopwatch(task_id: int, viewer: Viewer) -> Key | None:
    """The key of the viewer's stopwatch on a task."""
    found = stopwatch_facts(task_id, viewer)
    return None if found is None else (found["UserStopwatchId"],)


def stopwatch_facts(task_id: int, viewer: Viewer) -> dict[str, Any] | None:
    """The viewer's stopwatch on a task, but for the running time."""
    found = _rows(STOPWATCHES, STOPWATCH, viewer, STOPWATCHES.column("task_id") == task_id)
    return found[0] if found else None


def followers(task_id: int, viewer: Viewer) -> tuple[Key, ...]:
    """The keys of those who follow a task."""
    found = _rows(PEOPLE, {"uid": "uid"}, viewer, followers_of(task_id))
    return tuple((each["uid"],) for each in found)


def calendar_status(task_id: int, viewer: Viewer, root: str) -> dict[str, Any]:
    """Whether the viewer's calendar feed holds the task, and where the feed is (decision 33)."""
    enabled, token = calendar_of(task_id, viewer)
    return {"IsEnabled": enabled, "FeedUrl": feed_address(root, token)}
