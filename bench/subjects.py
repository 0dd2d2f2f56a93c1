"""What the requests are about: ids of tasks and lists, spread over the whole store.

Of a store of our own they are read by SQL; a server that runs elsewhere is asked for a few pages.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Connection, create_engine, text

from app.config import Settings
from bench.messages import Caller, Refused

SAMPLE = 50_000
PAGES = 4


@dataclass(frozen=True, slots=True)
class Subjects:
    """Ids in random order. `completable` tasks are open, wait for none and have no subtasks."""

    tasks: list[int]
    completable: list[int]
    lists: list[int]
    task_uids: list[str]
    project_uids: list[str]
    stored: int = 0


SAMPLED = """
SELECT task.id, task.uid, task.is_done
    OR EXISTS (SELECT 1 FROM predecessor WHERE predecessor.task_id = task.id)
    OR EXISTS (SELECT 1 FROM task AS below WHERE below.parent_id = task.id) AS busy
FROM task WHERE task.id % :step = 0 AND task.deleted_at IS NULL AND task.lockdown_id IS NULL
"""
LISTS = """
SELECT id FROM task_list WHERE lockdown_id IS NULL AND deleted_at IS NULL
    AND EXISTS (SELECT 1 FROM task WHERE task.list_id = task_list.id)
"""
PROJECTS = "SELECT uid FROM project WHERE deleted_at IS NULL"


def of_store(url: str) -> Subjects:
    """A random sample of a whole store."""
    engine = create_engine(Settings(database_url=url).sqlalchemy_url)
    with engine.connect() as connection:
        found = _of_connection(connection)
    engine.dispose()
    return found


def _of_connection(connection: Connection) -> Subjects:
    def rows(sql: str, **values: int) -> list[Any]:
        return list(connection.execute(text(sql), values))

    stored = int(rows("SELECT count(*) FROM task")[0][0])
    sampled = rows(SAMPLED, step=max(1, stored // SAMPLE))
    if not sampled:
        raise Refused("the store has no task")
    Random(1).shuffle(sampled)
    return Subjects(
        tasks=[row.id for row in sampled],
        completable=[row.id for row in sampled if not row.busy],
        lists=_shuffled([row.id for row in rows(LISTS)]),
        task_uids=[str(row.uid) for row in sampled if not row.busy],
        project_uids=_shuffled([str(row.uid) for row in rows(PROJECTS)]),
        stored=stored,
    )


def of_server(caller: Caller) -> Subjects:
    """What the caller sees on some pages of a running server. Raises Refused where that is
    nothing.
    """
    pages = [
        _items(caller, f"/tasks.json?pageSize=500&page={page}") for page in range(1, PAGES + 1)
    ]
    items = [item for page in pages for item in page]
    if not items:
        raise Refused("the server has no open task that this key sees")
    parents = {item["parentTaskId"] for item in items}
    return Subjects(
        tasks=_shuffled([int(item["id"]) for item in items]),
        completable=_shuffled(
            [
                int(item["id"])
                for item in items
                if item["has-predecessors"] == "0" and item["id"] not in parents
            ]
        ),
        lists=_shuffled(sorted({int(item["todo-list-id"]) for item in items})),
        task_uids=_uids(caller, "Task?$filter=not IsDone&$top=500", "TaskItemId"),
        project_uids=_uids(caller, "Project?$top=100", "ProjectId"),
    )


def _items(caller: Caller, path: str) -> list[Any]:
    items = caller.get(path)["todo-items"]
    return list(items) if isinstance(items, list) else []


def _uids(caller: Caller, path: str, key: str) -> list[str]:
    values: Any = caller.get(f"/odata/{path}&$select={key}")["value"]
    return _shuffled([str(item[key]) for item in values])


def _shuffled(values: list[Any]) -> list[Any]:
    Random(1).shuffle(values)
    return values
