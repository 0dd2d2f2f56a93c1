"""Rows in every table of a schema, whichever revision it is of: written past the application, which
knows the newest schema only.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    LargeBinary,
    MetaData,
    Table,
    Text,
    inspect,
    text,
)

from app.backup.columns import columns_of, dumped_tables
from app.models.base import Instant

NOON = datetime(2014, 5, 12, 12, 0, 0, 250_000, tzinfo=UTC)
LATER = NOON + timedelta(days=3, microseconds=1)
KEY = "tnd_the_key_of_the_tests"
CONTENT = b"the bytes of a plan\n" * 40
DIGEST = hashlib.sha256(CONTENT).hexdigest()
GONE = 99  # an id that was given out and whose row is gone
TYPES: dict[str, Any] = {
    "boolean": Boolean(),
    "bytes": LargeBinary(),
    "date": Date(),
    "instant": Instant(),
    "integer": BigInteger(),
    "real": Float(),
    "text": Text(),
}
EMPTY: dict[str, Any] = {
    "boolean": False,
    "bytes": b"",
    "date": date(2014, 5, 12),
    "instant": NOON,
    "integer": 0,
    "real": 0.0,
    "text": "",
}
AWKWARD = 'Grüße "all"\n\tback\\slash \\N {,} ’ 𝄞'
FILE = {"name": "plan.txt", "size": len(CONTENT), "digest": DIGEST, "creator_id": 1}
OF_TASK = {"project_id": 1, "list_id": 1, "creator_id": 1, "project_key": "demo"}
MADE = {"creator_id": 1, "project_id": 1}

# What the rows say beside ids and what is empty. Members that a revision does not know are left
# out, tables as well.
ROWS: dict[str, list[dict[str, Any]]] = {
    "account": [{"name": "Demo Company", "weeks_start_on_sunday": True}],
    "company": [{"name": "Demo Company", "name_key": "demo company", "is_owner": True}],
    "person": [
        {"company_id": 1, "first_name": "Ada", "email": "a@x.test", "email_key": "a@x.test"}
        | {
            "is_admin": True,
            "avatar_url": "https://x.test/a.jpg",
            "image_uid": str(uuid5(NAMESPACE_URL, "a")),
        },
        {"company_id": 1, "first_name": "Mia", "email": "m@x.test", "email_key": "m@x.test"},
    ],
    "api_key": [
        {"person_id": 1, "digest": hashlib.sha256(KEY.encode()).hexdigest(), "hint": KEY[-4:]}
    ],
    "project": [{"name": "demo", "name_key": "demo", "company_id": 1, "creator_id": 1}],
    "project_category": [{"name": "Internal", "color": 255}],
    "membership": [{"person_id": 2, "project_id": 1, "role": "editor"}],
    "star": [{"person_id": 2, "project_id": 1}],
    "lockdown": [{"creator_id": 1, "task_id": 4}],
    "grant": [{"lockdown_id": 1, "person_id": 2}],
    "task_list": [
        {"project_id": 1, "creator_id": 1, "name": "Todos"},
        {"creator_id": 2, "name": "Personal"},
    ],
    "list_follower": [{"list_id": 1, "person_id": 2, "comments": True}],
    "status": [{"project_id": 1, "name": "Doing", "color": 0x99DF72}],
    "planning": [{"name": "Phase", "start_at": NOON, **MADE}],
    "risk": [{"name": "Rain", "probability": 20, **MADE}],
    "task": [
        {"name": "Parent", "description": AWKWARD, "work_hours": 0.1, **OF_TASK},
        {"name": "Child", "parent_id": 1, "due_on": date(2014, 5, 20), **OF_TASK},
        {"name": "Done", "is_done": True, "done_at": LATER, "completer_id": 2, **OF_TASK},
        {"name": "Private", "private": True, "lockdown_id": 1, **OF_TASK},
        {"name": "Names a later one", **OF_TASK},
        {"name": "Later", "status_id": 1, "planning_id": 1, "risk_id": 1, **OF_TASK},
        {"name": "Deleted", "deleted_at": LATER, "deleted_by_id": 1, **OF_TASK},
    ],
    "assignment": [{"task_id": 1, "person_id": 2, "work_hours": 1.25}],
    "predecessor": [{"task_id": 2, "predecessor_id": 1, "type": "complete"}],
    "relation": [{"task_id": 1, "other_id": 2}],
    "follower": [{"task_id": 1, "person_id": 2, "changes": True}],
    "calendar_sync": [{"task_id": 1, "person_id": 2}],
    "custom_field": [{"column_name": "cf_1", "name": "Size", "table_name": "TaskItem"}],
    "custom_value": [{"field_id": 1, "object_id": 1, "value": "tall"}],
    "check_list": [{"task_id": 1, "name": "Steps", **MADE}],
    "check_list_item": [{"check_list_id": 1, "name": "One", "is_done": True, "done_at": NOON}],
    "note": [{"task_id": 1, "author_id": 2, "text": AWKWARD, "html": "Hi"}],
    "note_read": [{"note_id": 1, "person_id": 1}],
    "file": [{**FILE, **MADE}, {**FILE, **MADE, "name": "lost", "digest": "0" * 64}],
    "file_version": [{**FILE, "file_id": 1}],
    "pending_file": [{**FILE, "ref": "tf_1", "person_id": 1}],
    "task_file": [{"task_id": 1, "file_id": 1}],
    "note_file": [{"note_id": 1, "file_id": 1}],
    "tag": [{"name": "urgent", "name_key": "urgent", "color": 255}],
    "task_tag": [{"task_id": 1, "tag_id": 1}],
    "project_tag": [{"project_id": 1, "tag_id": 1}],
    "list_tag": [{"list_id": 1, "tag_id": 1}],
    "company_tag": [{"company_id": 1, "tag_id": 1}],
    "person_tag": [{"person_id": 1, "tag_id": 1}],
    "file_tag": [{"file_id": 1, "tag_id": 1}],
    "time_entry": [
        {"task_id": 1, "project_id": 1, "list_id": 1, "person_id": 1, "minutes": 30},
        {"project_id": 1, "person_id": 1, "minutes": 5},
    ],
    "time_tag": [{"entry_id": 1, "tag_id": 1}],
    "stopwatch": [{"person_id": 1, "task_id": 1}],
    "reminder": [{"task_id": 1, "person_id": 1, "creator_id": 1, "type": "EMAIL"}],
    "template": [{"name": "Kit", "creator_id": 1, "body": "{}"}],
    "outbox": [{"kind": "task.changed", "person_id": 2, "task_id": 1, "actor_id": 1}],
    "last_write": [{"person_id": 1, "stamp": 7_000_000_000}],
    "activity": [{"person_id": 1, "kind": "task", "action": "new", "object_id": 1, "spread": True}],
    "webhook": [{"event": "TASK.CREATED", "url": "https://x.test", "status": "ACTIVE", **MADE}],
    "delivery": [{"webhook_id": 1, "event": "TASK.CREATED", "object_id": 1, "body": "{}"}],
    "retry": [
        {"person_id": 1, "key": key, "status": 201, "headers": "{}", "body": bytes(range(256))}
        for key in ("b", "A", "a-1", "a_1")
    ],
}


def fill(connection: Connection) -> None:
    """Put rows into every table that there is."""
    for name in dumped_tables(connection):
        columns = columns_of(connection, name)
        table = Table(name, MetaData(), *(Column(each.name, TYPES[each.kind]) for each in columns))
        given = {each.name for each in columns}
        needed = {
            each["name"] for each in inspect(connection).get_columns(name) if not each["nullable"]
        }
        empty = {each.name: EMPTY[each.kind] for each in columns if each.name in needed}
        for row in _numbered(name, "id" in given):
            known = {key: value for key, value in row.items() if key in given}
            connection.execute(table.insert().values(empty | known))
        if "id" in given:
            _use_up_ids(connection, name)
    connection.execute(text("UPDATE task SET parent_id = 6 WHERE id = 5"))


def _numbered(name: str, has_id: bool) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(ROWS[name], start=1):
        named = {"id": number} if has_id else {}
        yield {**named, "uid": str(uuid5(NAMESPACE_URL, f"{name} {number}")), "version": 1} | row


def _use_up_ids(connection: Connection, name: str) -> None:
    """As if there had been rows up to GONE."""
    if connection.dialect.name == "sqlite":
        statement = "UPDATE sqlite_sequence SET seq = :last WHERE name = :name"
    else:
        statement = "SELECT setval(pg_get_serial_sequence(quote_ident(:name), 'id'), :last)"
    connection.execute(text(statement), {"name": name, "last": GONE})
