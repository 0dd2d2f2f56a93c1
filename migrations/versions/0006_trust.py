"""Answers to retried requests, expiry and last use of keys, what a change said, who brought a
version; stars, and tags of lists, companies, people and files.
"""

import sqlalchemy as sa
from alembic import op

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
OF_TASKS = {
    "sqlite_where": sa.text("task_id IS NOT NULL"),
    "postgresql_where": sa.text("task_id IS NOT NULL"),
}
# Tables of pairs: the two columns, each with the table that it names.
PAIRS = (
    ("star", "person_id", "person", "project_id", "project"),
    ("list_tag", "list_id", "task_list", "tag_id", "tag"),
    ("company_tag", "company_id", "company", "tag_id", "tag"),
    ("person_tag", "person_id", "person", "tag_id", "tag"),
    ("file_tag", "file_id", "file", "tag_id", "tag"),
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, one, of_one, other, of_other in PAIRS:
        op.create_table(
            name,
            sa.Column(one, sa.Integer(), nullable=False),
            sa.Column(other, sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                [one], [f"{of_one}.id"], name=op.f(f"fk_{name}_{one}_{of_one}")
            ),
            sa.ForeignKeyConstraint(
                [other], [f"{of_other}.id"], name=op.f(f"fk_{name}_{other}_{of_other}")
            ),
            sa.PrimaryKeyConstraint(one, other, name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_{other}"), name, [other], unique=False)
    op.create_table(
        "retry",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_retry_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_retry")),
    )
    op.create_index(op.f("ix_retry_created_at"), "retry", ["created_at"], unique=False)
    op.add_column("api_key", sa.Column("expires_at", INSTANT, nullable=True))
    op.add_column("api_key", sa.Column("last_used_at", INSTANT, nullable=True))
    op.add_column("file", sa.Column("uploader_id", sa.Integer(), nullable=True))
    op.add_column("activity", sa.Column("changes", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_activity_task_id", "activity", ["task_id", "id"], unique=False, **OF_TASKS)


def downgrade() -> None:
    op.drop_index("ix_activity_task_id", table_name="activity", **OF_TASKS)
    op.drop_column("activity", "changes")
    op.drop_column("file", "uploader_id")
    op.drop_column("api_key", "last_used_at")
    op.drop_column("api_key", "expires_at")
    op.drop_index(op.f("ix_retry_created_at"), table_name="retry")
    op.drop_table("retry")
    for name, _, _, other, _ in reversed(PAIRS):
        op.drop_index(op.f(f"ix_{name}_{other}"), table_name=name)
        op.drop_table(name)
