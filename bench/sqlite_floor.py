"""What a write costs at least: one sqlite3 statement behind a bare WSGI callable.

The table has the columns and the two indexes of the data with which peers were measured. Also its
own gunicorn configuration: two synchronous workers.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson

bind = os.environ.get("FLOOR_BIND", "127.0.0.1:0")
workers = 2
worker_class = "sync"
worker_tmp_dir = "/dev/shm"
control_socket_disable = True

LISTS = 1000
# Column: its type, and what it holds for task number n.
COLUMNS = {
    "id": ("INTEGER PRIMARY KEY", "n"),
    "guid": ("TEXT NOT NULL", "printf('00000000-0000-4000-8000-%012d', n)"),
    "tasklist_id": ("INTEGER NOT NULL", "(n - 1) % :lists + 1"),
    "project_id": ("INTEGER NOT NULL", "(n - 1) % 100 + 1"),
    "parent_id": ("INTEGER", "NULL"),
    "content": ("TEXT NOT NULL", "'Install the cable of task ' || n"),
    "description": ("TEXT NOT NULL", "substr(hex(zeroblob(80)), 1, n * 37 % 160)"),
    "status": ("TEXT NOT NULL", "CASE WHEN n % 10 < 3 THEN 'completed' ELSE 'new' END"),
    "completed": ("INTEGER NOT NULL", "n % 10 < 3"),
    "completed_on": ("TEXT", "NULL"),
    "due_date": ("TEXT", "date('now', (n * 7919 % 181 - 60) || ' days')"),
    "start_date": ("TEXT", "NULL"),
    "created_on": ("TEXT NOT NULL", "'2026-01-01T00:00:00Z'"),
    "changed_on": ("TEXT NOT NULL", "'2026-01-01T00:00:00Z'"),
    "dlm": ("INTEGER NOT NULL", "1700000000000 + n"),
    **{f"text_{i}": ("TEXT NOT NULL", "''") for i in range(10)},
    **{f"number_{i}": ("INTEGER NOT NULL", "0") for i in range(21)},
}
_NEW = {name: 0 if kind.startswith("INTEGER") else "" for name, (kind, _) in COLUMNS.items()}


def make(path: Path, size: int) -> None:
    """A store with so many tasks."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        columns = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
        connection.execute(f"CREATE TABLE tasks({columns})")
        values = ", ".join(value for _, value in COLUMNS.values())
        connection.execute(
            "WITH RECURSIVE numbers(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers"
            f" WHERE n < :size) INSERT INTO tasks SELECT {values} FROM numbers",
            {"size": size, "lists": max(1, min(LISTS, size // 100))},
        )
        connection.execute("CREATE INDEX by_due ON tasks(completed, due_date, id)")
        connection.execute("CREATE INDEX by_list ON tasks(tasklist_id, completed, due_date, id)")
    connection.close()


_connection: sqlite3.Connection | None = None


def _open() -> sqlite3.Connection:
    global _connection  # one for each process, after the fork
    if _connection is None:
        opened = sqlite3.connect(os.environ["FLOOR_STORE"], isolation_level=None, timeout=10)
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute(f"PRAGMA synchronous={os.environ['FLOOR_SYNCHRONOUS']}")
        opened.execute("PRAGMA mmap_size=1073741824")
        opened.execute("PRAGMA cache_size=-65536")
        _connection = opened
    return _connection


def create(list_id: int, body: bytes) -> bytes:
    """Insert a task."""
    row = _NEW | {
        "id": None,
        "tasklist_id": list_id,
        "content": orjson.loads(body)["todo-item"]["content"],
        "due_date": "2030-01-15",
    }
    sql = f"INSERT INTO tasks VALUES({','.join('?' * len(row))})"
    made = _open().execute(sql, tuple(row.values())).lastrowid
    return b'{"id":"%d","STATUS":"OK"}' % (made or 0)


COMPLETE = (
    "UPDATE tasks SET completed = 1 - completed, completed_on = '2026-01-01', dlm = dlm + 1,"
    " status = CASE completed WHEN 1 THEN 'reopened' ELSE 'completed' END WHERE id = ?"
)


def complete(task_id: int) -> bytes:
    """Complete a task, or reopen it."""
    _open().execute(COMPLETE, (task_id,))
    return b'{"STATUS":"OK"}'


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """POST /tasklists/{id}/tasks.json, PUT /tasks/{id}/(un)complete.json."""
    body = environ["wsgi.input"].read()
    number = int(environ["PATH_INFO"].split("/")[2])
    posted = environ["REQUEST_METHOD"] == "POST"
    answer = create(number, body) if posted else complete(number)
    head = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
    start_response("201 Created" if posted else "200 OK", head)
    return (answer,)
