"""What caches go by: a stamp on each task, an epoch for each list, one for names and rights, and
the triggers that keep them. Their values are random: what a cache remembers of a transaction that
was rolled back, or of a store that was replaced by a backup, is not taken for what came after.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Tables whose rows stand on a task and show in its payload, by the column that names it.
ON_TASKS = (
    ("assignment", "task_id"),
    ("check_list", "task_id"),
    ("follower", "task_id"),
    ("note", "task_id"),
    ("predecessor", "task_id"),
    ("predecessor", "predecessor_id"),
    ("reminder", "task_id"),
    ("task_file", "task_id"),
    ("task_tag", "task_id"),
    ("time_entry", "task_id"),
)
# Tables whose rows show in the payloads of the tasks that this statement finds.
FARTHER = (
    (
        "check_list_item",
        "check_list_id",
        "SELECT task_id FROM check_list WHERE id = {} AND task_id IS NOT NULL",
    ),
    ("file", "id", "SELECT task_id FROM task_file WHERE file_id = {}"),
)
# Names that many payloads show, and what decides who sees what, by the epoch that they change.
EPOCHS = {
    "names": {
        "company": "name, is_owner, deleted_at",
        "person": "first_name, last_name, avatar_url, image_uid, deleted_at",
        "planning": "name, deleted_at",
        "project": "name, harvest_enabled, company_id, description, archived_at",
        "risk": "name, deleted_at",
        "status": "name, color, project_id",
        "tag": "name, color",
        "task_list": "name, description, lockdown_id",
    },
    "rights": {
        "lockdown": "creator_id, task_id, list_id",
        "membership": "role",
        "person": "is_admin, deleted_at",
        "project": "archived_at, deleted_at",
        "task_list": "project_id, lockdown_id, creator_id, deleted_at",
    },
}
# Rows of these grant or withdraw sight by being there.
GRANTING = ("grant", "membership")
BUMP = (
    "INSERT INTO epoch (name, value) VALUES ('{}', {}) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
ANY = {"sqlite": "random()", "postgresql": "(random() * 9007199254740991)::bigint"}
EVENTS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    op.add_column("task", sa.Column("stamp", sa.BigInteger(), nullable=False, server_default="1"))
    _indexes(DUE, LIST)
    op.create_index("ix_task_project_uid", "task", ["project_id", "is_done", "uid"])
    op.create_index(*_project_due_at())
    op.create_table(
        "epoch",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_epoch")),
    )
    op.create_table(
        "list_epoch",
        sa.Column("list_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_list_epoch")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if on_sqlite else _postgresql():
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        named = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in bind.execute(named).scalars().all():
            op.execute(f'DROP TRIGGER "{name}"')
    else:
        named = sa.text("SELECT proname FROM pg_proc WHERE proname LIKE 'tandem\\_%'")
        for name in bind.execute(named).scalars().all():
            op.execute(f"DROP FUNCTION {name} CASCADE")
    op.drop_table("list_epoch")
    op.drop_table("epoch")
    op.drop_index("ix_task_open_list", "task")
    op.drop_index("ix_task_project_uid", "task")
    op.drop_index(_project_due_at()[0], "task")
    _indexes(DUE_BEFORE)
    op.drop_column("task", "stamp")


OPEN = {
    "sqlite_where": sa.text("deleted_at IS NULL AND is_done IS 0"),
    "postgresql_where": sa.text("deleted_at IS NULL AND is_done IS false"),
}
JUDGED = ["project_id", "lockdown_id", "creator_id", "parent_id", "is_done", "deleted_at"]
DUE_BEFORE = ("ix_task_open_due", ["due_on", "position", "id", *JUDGED])
DUE = ("ix_task_open_due", ["due_on", "position", "id", "list_id", *JUDGED])
LIST = ("ix_task_open_list", ["list_id", "due_on", "position", "id", *JUDGED])


def _project_due_at() -> tuple[str, str, list[str | sa.TextClause]]:
    """The index of a project's tasks by their end, nulls first, as OData orders."""
    if op.get_bind().dialect.name == "sqlite":
        return "ix_task_project_due_at", "task", ["project_id", "is_done", "due_at", "uid"]
    end = sa.text("due_at NULLS FIRST")
    return "ix_task_project_due_at_pg", "task", ["project_id", "is_done", end, "uid"]


def _indexes(*wanted: tuple[str, list[str]]) -> None:
    """Make indexes over open tasks, in place of those of the same name."""
    for name, columns in wanted:
        op.drop_index(name, "task", if_exists=True)
        op.create_index(name, "task", columns, **OPEN)


def _trigger(name: str, when: str, *actions: str) -> str:
    return f"CREATE TRIGGER {name} AFTER {when} BEGIN {'; '.join(actions)}; END"


def _sqlite() -> Iterator[str]:
    yield from _sqlite_stamps()
    yield from _sqlite_epochs()


def _sqlite_stamps() -> Iterator[str]:
    def stamp(chosen: str) -> str:
        return f"UPDATE task SET stamp = random() WHERE id {chosen}"  # noqa: S608

    def renew(row: str) -> str:
        return (
            f"INSERT INTO list_epoch (list_id, value) VALUES ({row}.list_id, random()) "  # noqa: S608
            "ON CONFLICT (list_id) DO UPDATE SET value = excluded.value"
        )

    yield _trigger("task_stamp", "UPDATE ON task WHEN NEW.stamp = OLD.stamp", stamp("= NEW.id"))
    yield _trigger("task_renews", "UPDATE ON task WHEN NEW.stamp <> OLD.stamp", renew("NEW"))
    yield _trigger(
        "task_leaves", "UPDATE OF list_id ON task WHEN NEW.list_id <> OLD.list_id", renew("OLD")
    )
    # Who inserts many gives them stamps himself, and spares the second write of each.
    yield _trigger("task_comes", "INSERT ON task WHEN NEW.stamp = 1", stamp("= NEW.id"))
    yield _trigger("task_joins", "INSERT ON task WHEN NEW.stamp <> 1", renew("NEW"))
    yield _trigger("task_goes", "DELETE ON task", renew("OLD"))
    for table, column in ON_TASKS:
        name = f"{table}_{column}_stamp"
        yield _trigger(f"{name}_insert", f"INSERT ON {table}", stamp(f"= NEW.{column}"))
        yield _trigger(f"{name}_delete", f"DELETE ON {table}", stamp(f"= OLD.{column}"))
        both = stamp(f"IN (OLD.{column}, NEW.{column})")
        yield _trigger(f"{name}_update", f"UPDATE ON {table}", both)
    for table, column, found in FARTHER:
        for event in EVENTS:
            row = "OLD" if event == "DELETE" else "NEW"
            chosen = stamp(f"IN ({found.format(f'{row}.{column}')})")
            yield _trigger(f"{table}_stamp_{event.lower()}", f"{event} ON {table}", chosen)


def _sqlite_epochs() -> Iterator[str]:
    for epoch, tables in EPOCHS.items():
        bump = BUMP.format(epoch, ANY["sqlite"])
        for table, columns in tables.items():
            yield _trigger(f"{table}_{epoch}", f"UPDATE OF {columns} ON {table}", bump)
    rights = BUMP.format("rights", ANY["sqlite"])
    for table in GRANTING:
        for event in ("INSERT", "DELETE"):
            yield _trigger(f"{table}_{event.lower()}", f'{event} ON "{table}"', rights)
    for event, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
        private = f"EXISTS (SELECT 1 FROM lockdown WHERE task_id = {row}.task_id)"  # noqa: S608
        when = f"{event} ON assignment WHEN {private}"
        yield _trigger(f"assignment_rights_{event.lower()}", when, rights)


FUNCTIONS = {
    "tandem_task_stamp": f"NEW.stamp := {ANY['postgresql']}; RETURN NEW;",
    "tandem_names": f"{BUMP.format('names', ANY['postgresql'])}; RETURN NULL;",
    "tandem_rights": f"{BUMP.format('rights', ANY['postgresql'])}; RETURN NULL;",
}
RENEW = f"""
    INSERT INTO list_epoch (list_id, value)
    SELECT list_id, {ANY["postgresql"]} FROM {{rows}} GROUP BY list_id ORDER BY list_id
    ON CONFLICT (list_id) DO UPDATE SET value = excluded.value;
"""  # noqa: S608
# Who works on a private task sees all that its privacy covers.
ADMITS = f"""
    IF EXISTS (SELECT FROM lockdown WHERE task_id IN (SELECT task_id FROM {{rows}})) THEN
        {BUMP.format("rights", ANY["postgresql"])};
    END IF;
"""  # noqa: S608
TRANSITIONS = {
    "INSERT": ("NEW TABLE AS now", "now"),
    "DELETE": ("OLD TABLE AS former", "former"),
    "UPDATE": (
        "NEW TABLE AS now OLD TABLE AS former",
        "(SELECT * FROM now UNION ALL SELECT * FROM former) AS both_rows",
    ),
}


def _postgresql() -> Iterator[str]:
    def function(name: str, body: str) -> str:
        return (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
        )

    def by_statement(table: str, purpose: str, body: str) -> Iterator[str]:
        """Triggers that see all the rows of a statement at once."""
        for event, (tables, rows) in TRANSITIONS.items():
            name = f"tandem_{table}_{purpose}_{event.lower()}"
            yield function(name, f"{body.format(rows=rows)} RETURN NULL;")
            yield (
                f'CREATE TRIGGER {name} AFTER {event} ON "{table}" REFERENCING {tables} '
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )

    for name, body in FUNCTIONS.items():
        yield function(name, body)
    yield (
        "CREATE TRIGGER task_stamp BEFORE INSERT OR UPDATE ON task "
        "FOR EACH ROW EXECUTE FUNCTION tandem_task_stamp()"
    )
    yield from by_statement("task", "renews", RENEW)
    stamp = "UPDATE task SET stamp = stamp WHERE id IN (?);"
    for table, column in ON_TASKS:
        rows = f"SELECT {column} FROM {{rows}}"  # noqa: S608
        yield from by_statement(table, f"{column}_stamp", stamp.replace("?", rows))
    for table, column, found in FARTHER:
        chosen = found.replace("= {}", f"IN (SELECT {column} FROM {{rows}})")  # noqa: S608
        yield from by_statement(table, "stamp", stamp.replace("?", chosen))
    yield from by_statement("assignment", "rights", ADMITS)
    for epoch, tables in EPOCHS.items():
        for table, columns in tables.items():
            yield (
                f"CREATE TRIGGER {table}_{epoch} AFTER UPDATE OF {columns} ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION tandem_{epoch}()"
            )
    for table in GRANTING:
        yield (
            f'CREATE TRIGGER {table}_granting AFTER INSERT OR DELETE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION tandem_rights()"
        )
