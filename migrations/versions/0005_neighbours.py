"""What happened, webhooks and their messages, and what tasks' neighbours lacked: files on comments,
versions of files, tags of projects and time, categories of projects.
"""

import sqlalchemy as sa
from alembic import op

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
WAITING = {
    "sqlite_where": sa.text("spread IS 0"),
    "postgresql_where": sa.text("spread IS false"),
}

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_category",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("color", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_category")),
        sa.UniqueConstraint("uid", name=op.f("uq_project_category_uid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("spread", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_activity_project_id", "activity", ["project_id", "id"], unique=False)
    op.create_index("ix_activity_waiting", "activity", ["id"], unique=False, **WAITING)
    op.create_table(
        "project_tag",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_tag_project_id_project")
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_project_tag_tag_id_tag")),
        sa.PrimaryKeyConstraint("project_id", "tag_id", name=op.f("pk_project_tag")),
    )
    op.create_index(op.f("ix_project_tag_tag_id"), "project_tag", ["tag_id"], unique=False)
    op.create_table(
        "webhook",
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("form", sa.String(length=5), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_webhook_creator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_webhook_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("uid", name=op.f("uq_webhook_uid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "delivery",
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_delivery_webhook_id_webhook")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("uid", name=op.f("uq_delivery_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(op.f("ix_delivery_webhook_id"), "delivery", ["webhook_id"], unique=False)
    op.create_table(
        "file_version",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_file_version_creator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name=op.f("fk_file_version_file_id_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_version")),
        sa.UniqueConstraint("uid", name=op.f("uq_file_version_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_file_version_file_id"), "file_version", ["file_id"], unique=False)
    op.create_table(
        "note_file",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_note_file_file_id_file")),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_file_note_id_note")),
        sa.PrimaryKeyConstraint("note_id", "file_id", name=op.f("pk_note_file")),
    )
    op.create_index(op.f("ix_note_file_file_id"), "note_file", ["file_id"], unique=False)
    op.create_table(
        "time_tag",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["time_entry.id"], name=op.f("fk_time_tag_entry_id_time_entry")
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_time_tag_tag_id_tag")),
        sa.PrimaryKeyConstraint("entry_id", "tag_id", name=op.f("pk_time_tag")),
    )
    op.create_index(op.f("ix_time_tag_tag_id"), "time_tag", ["tag_id"], unique=False)
    op.add_column(
        "note",
        sa.Column("content_type", sa.String(length=10), server_default="HTML", nullable=False),
    )
    op.add_column("note", sa.Column("notified", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("note_id", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("text", sa.Text(), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("error", sa.Text(), server_default="", nullable=False))
    op.add_column("project", sa.Column("category_id", sa.Integer(), nullable=True))
    op.add_column("reminder", sa.Column("relative_days", sa.Integer(), nullable=True))
    op.add_column(
        "time_entry", sa.Column("billed", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "time_entry", sa.Column("has_time", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("time_entry", "has_time")
    op.drop_column("time_entry", "billed")
    op.drop_column("reminder", "relative_days")
    op.drop_column("project", "category_id")
    op.drop_column("outbox", "error")
    op.drop_column("outbox", "attempts")
    op.drop_column("outbox", "text")
    op.drop_column("outbox", "note_id")
    op.drop_column("note", "notified")
    op.drop_column("note", "content_type")
    op.drop_index(op.f("ix_time_tag_tag_id"), table_name="time_tag")
    op.drop_table("time_tag")
    op.drop_index(op.f("ix_note_file_file_id"), table_name="note_file")
    op.drop_table("note_file")
    op.drop_index(op.f("ix_file_version_file_id"), table_name="file_version")
    op.drop_table("file_version")
    op.drop_index(op.f("ix_delivery_webhook_id"), table_name="delivery")
    op.drop_index(
        "ix_delivery_due",
        table_name="delivery",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("delivery")
    op.drop_table("webhook")
    op.drop_index(op.f("ix_project_tag_tag_id"), table_name="project_tag")
    op.drop_table("project_tag")
    op.drop_index("ix_activity_waiting", table_name="activity", **WAITING)
    op.drop_index("ix_activity_project_id", table_name="activity")
    op.drop_table("activity")
    op.drop_table("project_category")
