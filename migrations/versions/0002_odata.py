"""What the OData dialect needs: versions of all rows, and the tables of the task's neighbours."""

import uuid
from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
# The tables that had no version yet; the tasks had theirs.
VERSIONED = (
    "account",
    "api_key",
    "assignment",
    "company",
    "file",
    "lockdown",
    "note",
    "outbox",
    "pending_file",
    "person",
    "project",
    "reminder",
    "status",
    "tag",
    "task_list",
    "time_entry",
)
TEXTS = (
    ("project", "number", sa.String(length=50)),
    ("project", "description_html", sa.Text()),
    ("file", "description_html", sa.Text()),
    ("time_entry", "name", sa.Text()),
    ("time_entry", "description_html", sa.Text()),
)
LINKS = (
    ("planning_id", "planning"),
    ("risk_id", "risk"),
    ("next_id", "task"),
)
CHUNK = 1000

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in VERSIONED:
        version = sa.Column("version", sa.Integer(), nullable=False, server_default="1")
        op.add_column(table, version)
    for table, name, kind in TEXTS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=""))
    _plannings()
    _check_lists()
    _custom_fields()
    _templates()
    for name, target in LINKS:
        key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_task_{name}_{target}"))
        op.add_column("task", sa.Column(name, sa.Integer(), key), inline_references=True)
        given = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_task_{name}", "task", [name], sqlite_where=given, postgresql_where=given
        )
    op.drop_index("ix_task_status_id", "task")
    op.create_index("ix_task_status_id", "task", ["status_id", "card_position"])
    _links()
    _stopwatches()
    _people()
    with _time_entries() as batch:
        batch.alter_column("project_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("list_id", sa.Integer(), nullable=True))
        label = op.f("fk_time_entry_list_id_task_list")
        batch.create_foreign_key(label, "task_list", ["list_id"], ["id"])
    _lists_of_time()


def _row(name: str, *columns: sa.schema.SchemaItem) -> None:
    """A table whose rows both dialects can name."""
    op.create_table(
        name,
        *columns,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sqlite_autoincrement=True,
    )


def _key(table: str, name: str, target: str) -> sa.ForeignKeyConstraint:
    label = op.f(f"fk_{table}_{name}_{target}")
    return sa.ForeignKeyConstraint([name], [f"{target}.id"], name=label)


def _plannings() -> None:
    _row(
        "planning",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("custom_color", sa.Integer(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("start_at", INSTANT, nullable=True),
        sa.Column("end_at", INSTANT, nullable=True),
        sa.Column("is_milestone", sa.Boolean(), nullable=False),
        sa.Column("is_grouping", sa.Boolean(), nullable=False),
        sa.Column("is_collapsed", sa.Boolean(), nullable=False),
        sa.Column("description_html", sa.Text(), nullable=False),
        sa.Column("psp_code", sa.String(length=100), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        _key("planning", "project_id", "project"),
        _key("planning", "parent_id", "planning"),
        _key("planning", "creator_id", "person"),
    )
    op.create_index("ix_planning_project_id_position", "planning", ["project_id", "position"])
    op.create_index("ix_planning_parent_id", "planning", ["parent_id"])
    _row(
        "risk",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description_html", sa.Text(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        _key("risk", "project_id", "project"),
        _key("risk", "creator_id", "person"),
    )
    op.create_index("ix_risk_project_id", "risk", ["project_id"])


def _check_lists() -> None:
    _row(
        "check_list",
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        _key("check_list", "project_id", "project"),
        _key("check_list", "task_id", "task"),
        _key("check_list", "creator_id", "person"),
    )
    op.create_index("ix_check_list_project_id", "check_list", ["project_id"])
    op.create_index("ix_check_list_task_id", "check_list", ["task_id"])
    _row(
        "check_list_item",
        sa.Column("check_list_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        _key("check_list_item", "check_list_id", "check_list"),
    )
    op.create_index("ix_check_list_item_check_list_id", "check_list_item", ["check_list_id"])


def _custom_fields() -> None:
    _row(
        "custom_field",
        sa.Column("column_name", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("allow_empty", sa.Boolean(), nullable=False),
        sa.Column("allow_new", sa.Boolean(), nullable=False),
        sa.Column("currency_symbol", sa.String(length=10), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        _key("custom_field", "project_id", "project"),
        sa.UniqueConstraint("column_name", name=op.f("uq_custom_field_column_name")),
    )
    op.create_index("ix_custom_field_project_id", "custom_field", ["project_id"])
    op.create_table(
        "custom_value",
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("value", sa.Text(), nullable=False),
        _key("custom_value", "field_id", "custom_field"),
        sa.PrimaryKeyConstraint("field_id", "object_id", name=op.f("pk_custom_value")),
    )
    op.create_index("ix_custom_value_object_id", "custom_value", ["object_id"])


def _templates() -> None:
    _row(
        "template",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        _key("template", "creator_id", "person"),
    )


def _links() -> None:
    op.create_table(
        "relation",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("task_id < other_id", name=op.f("ck_relation_order")),
        _key("relation", "task_id", "task"),
        _key("relation", "other_id", "task"),
        sa.PrimaryKeyConstraint("task_id", "other_id", name=op.f("pk_relation")),
    )
    op.create_index("ix_relation_other_id", "relation", ["other_id"])
    op.create_table(
        "calendar_sync",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _key("calendar_sync", "task_id", "task"),
        _key("calendar_sync", "person_id", "person"),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_calendar_sync")),
    )
    op.create_index("ix_calendar_sync_person_id", "calendar_sync", ["person_id"])


def _stopwatches() -> None:
    _row(
        "stopwatch",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("first_started_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("elapsed_seconds", sa.Integer(), nullable=False),
        _key("stopwatch", "person_id", "person"),
        _key("stopwatch", "task_id", "task"),
    )
    op.create_index("ix_stopwatch_person_id", "stopwatch", ["person_id", "task_id"], unique=True)
    op.create_index("ix_stopwatch_task_id", "stopwatch", ["task_id"])


def _people() -> None:
    """Who has a picture gets a GUID for it."""
    op.add_column("person", sa.Column("image_uid", sa.String(length=36), nullable=True))
    op.add_column("person", sa.Column("feed_token", sa.String(length=64), nullable=True))
    op.create_index("ix_person_feed_token", "person", ["feed_token"], unique=True)
    connection = op.get_bind()
    person = sa.table("person", sa.column("id"), sa.column("avatar_url"), sa.column("image_uid"))
    pictured = connection.execute(sa.select(person.c.id).where(person.c.avatar_url != "")).scalars()
    rows = [{"row": row_id, "image": str(uuid.uuid4())} for row_id in pictured]
    change = person.update().where(person.c.id == sa.bindparam("row"))
    for start in range(0, len(rows), CHUNK):
        connection.execute(
            change.values(image_uid=sa.bindparam("image")), rows[start : start + CHUNK]
        )


def _time_entries() -> AbstractContextManager[BatchOperations]:
    """Changes of the time entries; SQLite copies the table for them."""
    return op.batch_alter_table("time_entry", table_kwargs={"sqlite_autoincrement": True})


def _lists_of_time() -> None:
    """Time on a task belongs to the task's list."""
    home = "(SELECT task.list_id FROM task WHERE task.id = time_entry.task_id)"
    op.execute(f"UPDATE time_entry SET list_id = {home} WHERE task_id IS NOT NULL")  # noqa: S608


def downgrade() -> None:
    # The schema before this one has no place for time without a project.
    op.execute("DELETE FROM time_entry WHERE project_id IS NULL")
    with _time_entries() as batch:
        batch.drop_constraint(op.f("fk_time_entry_list_id_task_list"), type_="foreignkey")
        batch.drop_column("list_id")
        batch.alter_column("project_id", existing_type=sa.Integer(), nullable=False)
    op.drop_index("ix_person_feed_token", "person")
    op.drop_column("person", "feed_token")
    op.drop_column("person", "image_uid")
    for table in ("stopwatch", "calendar_sync", "relation"):
        op.drop_table(table)
    op.drop_index("ix_task_status_id", "task")
    op.create_index("ix_task_status_id", "task", ["status_id"])
    for name, _ in LINKS:
        op.drop_index(f"ix_task_{name}", "task")
        op.drop_column("task", name)
    for table in (
        "template",
        "custom_value",
        "custom_field",
        "check_list_item",
        "check_list",
        "risk",
        "planning",
    ):
        op.drop_table(table)
    for table, name, _ in TEXTS:
        op.drop_column(table, name)
    for table in VERSIONED:
        op.drop_column(table, "version")
