"""A list's epoch changes, too, when somebody has read a comment on one of its tasks: how many are
unread stands in the payload. So one label tells of everything that a viewer sees in a list.

Rights change as well by what no command does: a grant or a membership that becomes another one's, a
list that is removed, on SQLite somebody else working on what is private. On PostgreSQL, a file is
held while it is put on a task: who renames it at that time has to find the task.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INTO = "INSERT INTO list_epoch (list_id, value)"
RENEWED = "ON CONFLICT (list_id) DO UPDATE SET value = excluded.value"
RIGHTS = (
    "INSERT INTO epoch (name, value) VALUES ('rights', random()) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
PRIVATE = "EXISTS (SELECT 1 FROM lockdown WHERE task_id IN (OLD.task_id, NEW.task_id))"
# Events after which others may see what they did not, by what their triggers are called.
GRANTING = {
    "grant_update": 'UPDATE ON "grant"',
    "membership_update": "UPDATE OF person_id, project_id ON membership",
    "task_list_delete": "DELETE ON task_list",
}
READ = {"INSERT": "NEW.note_id", "UPDATE": "OLD.note_id, NEW.note_id", "DELETE": "OLD.note_id"}
# What a statement's trigger calls its rows, and the table of all of them.
ROWS = {
    "INSERT": ("NEW TABLE AS now", "now"),
    "UPDATE": (
        "NEW TABLE AS now OLD TABLE AS former",
        "(SELECT * FROM now UNION ALL SELECT * FROM former) AS both_rows",
    ),
    "DELETE": ("OLD TABLE AS former", "former"),
}
# The tasks are held: one that is being moved would renew the list that it has left.
RENEW_READ = f"""
    WITH held AS (
        SELECT list_id FROM task
        WHERE id IN (SELECT task_id FROM note WHERE id IN (SELECT note_id FROM {{rows}}))
        ORDER BY id FOR SHARE
    )
    {INTO} SELECT list_id, (random() * 9007199254740991)::bigint FROM held
    GROUP BY list_id ORDER BY list_id {RENEWED};
"""  # noqa: S608
HOLD_FILE = "PERFORM FROM file WHERE id IN (SELECT file_id FROM {rows}) ORDER BY id FOR SHARE;"


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if on_sqlite else _postgresql():
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        renewing = [f"note_read_renews_{event.lower()}" for event in READ]
        for name in (*renewing, *GRANTING, "assignment_rights_update"):
            op.execute(f"DROP TRIGGER {name}")
        return
    for name, _, _ in _by_statement():
        op.execute(f"DROP FUNCTION {name} CASCADE")
    for name, event in GRANTING.items():
        op.execute(f"DROP TRIGGER {name} ON {event.rpartition(' ON ')[2]}")


def _sqlite() -> Iterator[str]:
    for event, notes in READ.items():
        yield (
            f"CREATE TRIGGER note_read_renews_{event.lower()} AFTER {event} ON note_read BEGIN "  # noqa: S608
            f"{INTO} SELECT DISTINCT task.list_id, random() FROM note "
            f"JOIN task ON task.id = note.task_id WHERE note.id IN ({notes}) {RENEWED}; END"
        )
    for name, event in GRANTING.items():
        yield f"CREATE TRIGGER {name} AFTER {event} BEGIN {RIGHTS}; END"
    yield (
        "CREATE TRIGGER assignment_rights_update AFTER UPDATE OF task_id, person_id ON assignment "
        f"WHEN {PRIVATE} BEGIN {RIGHTS}; END"
    )


def _by_statement() -> Iterator[tuple[str, str, str]]:
    """Functions of triggers that see all rows of a statement: name, when, what they do. Those of a
    table run in the order of their names: a file is held before its task's stamp is renewed.
    """
    for event, (tables, rows) in ROWS.items():
        name = f"tandem_note_read_renews_{event.lower()}"
        yield name, f"{event} ON note_read REFERENCING {tables}", RENEW_READ.format(rows=rows)
    for event in ("INSERT", "UPDATE"):
        name = f"tandem_task_file_held_{event.lower()}"
        when = f"{event} ON task_file REFERENCING NEW TABLE AS now"
        yield name, when, HOLD_FILE.format(rows="now")


def _postgresql() -> Iterator[str]:
    for name, when, body in _by_statement():
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body} RETURN NULL; END $$"
        )
        yield f"CREATE TRIGGER {name} AFTER {when} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    for name, event in GRANTING.items():
        yield (
            f"CREATE TRIGGER {name} AFTER {event} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tandem_rights()"
        )
