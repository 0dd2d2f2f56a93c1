"""A list's epoch changes, too, when somebody has read a comment on one of its tasks: how many are
unread stands in the payload. So one label tells of everything that a viewer sees in a list.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OF_LISTS = "FROM note JOIN task ON task.id = note.task_id WHERE note.id IN"
RENEWED = "ON CONFLICT (list_id) DO UPDATE SET value = excluded.value"
INTO = "INSERT INTO list_epoch (list_id, value)"
SQLITE = {"INSERT": "NEW.note_id", "UPDATE": "OLD.note_id, NEW.note_id", "DELETE": "OLD.note_id"}
POSTGRESQL = {
    "INSERT": ("NEW TABLE AS now", "SELECT note_id FROM now"),
    "UPDATE": (
        "NEW TABLE AS now OLD TABLE AS former",
        "SELECT note_id FROM now UNION ALL SELECT note_id FROM former",
    ),
    "DELETE": ("OLD TABLE AS former", "SELECT note_id FROM former"),
}


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if on_sqlite else _postgresql():
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for event in SQLITE:
        name = f"note_read_renews_{event.lower()}"
        if on_sqlite:
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP FUNCTION tandem_{name} CASCADE")


def _sqlite() -> Iterator[str]:
    for event, notes in SQLITE.items():
        yield (
            f"CREATE TRIGGER note_read_renews_{event.lower()} AFTER {event} ON note_read BEGIN "
            f"{INTO} SELECT DISTINCT task.list_id, random() {OF_LISTS} ({notes}) {RENEWED}; END"
        )


def _postgresql() -> Iterator[str]:
    for event, (tables, notes) in POSTGRESQL.items():
        name = f"tandem_note_read_renews_{event.lower()}"
        renew = (
            f"{INTO} SELECT task.list_id, (random() * 9007199254740991)::bigint "
            f"{OF_LISTS} ({notes}) GROUP BY task.list_id ORDER BY task.list_id {RENEWED};"
        )
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {renew} RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {name} AFTER {event} ON note_read REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
