"""The store: people, structure, tasks, and what hangs on them."""

import sqlalchemy as sa
from alembic import op

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
OPEN = {
    "sqlite_where": sa.text("deleted_at IS NULL AND is_done IS 0"),
    "postgresql_where": sa.text("deleted_at IS NULL AND is_done IS false"),
}

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("weeks_start_on_sunday", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("uid", name=op.f("uq_account_uid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "company",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("phone", sa.String(length=100), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("uid", name=op.f("uq_company_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_company_name_key", "company", ["name_key"], unique=False)

    op.create_table(
        "tag",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("color", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tag_name_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_tag_uid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "person",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("user_name", sa.String(length=320), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("avatar_url", sa.String(length=1000), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("can_add_projects", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_person_company_id_company")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email_key", name=op.f("uq_person_email_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_person_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_company_id", "person", ["company_id"], unique=False)

    op.create_table(
        "api_key",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=12), nullable=False),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_api_key_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_key_digest")),
        sa.UniqueConstraint("uid", name=op.f("uq_api_key_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_key_person_id", "api_key", ["person_id"], unique=False)

    op.create_table(
        "lockdown",
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_lockdown_creator_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lockdown")),
        sa.UniqueConstraint("uid", name=op.f("uq_lockdown_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lockdown_creator_id", "lockdown", ["creator_id"], unique=False)
    op.create_index("ix_lockdown_list_id", "lockdown", ["list_id"], unique=False)
    op.create_index("ix_lockdown_task_id", "lockdown", ["task_id"], unique=False)

    op.create_table(
        "pending_file",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pending_file_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_file")),
        sa.UniqueConstraint("ref", name=op.f("uq_pending_file_ref")),
        sa.UniqueConstraint("uid", name=op.f("uq_pending_file_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pending_file_person_id", "pending_file", ["person_id"], unique=False)

    op.create_table(
        "project",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("harvest_enabled", sa.Boolean(), nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_project_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_project_creator_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("uid", name=op.f("uq_project_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_project_company_id", "project", ["company_id"], unique=False)
    op.create_index("ix_project_name_key", "project", ["name_key"], unique=False)

    op.create_table(
        "file",
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_file_creator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_file_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("uid", name=op.f("uq_file_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_file_project_id", "file", ["project_id"], unique=False)

    op.create_table(
        "grant",
        sa.Column("lockdown_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lockdown_id"], ["lockdown.id"], name=op.f("fk_grant_lockdown_id_lockdown")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_grant_person_id_person")
        ),
        sa.PrimaryKeyConstraint("lockdown_id", "person_id", name=op.f("pk_grant")),
    )
    op.create_index("ix_grant_person_id", "grant", ["person_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "role IN ('viewer', 'editor', 'manager')", name=op.f("ck_membership_role")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_membership_project_id_project")
        ),
        sa.PrimaryKeyConstraint("person_id", "project_id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_project_id", "membership", ["project_id"], unique=False)

    op.create_table(
        "status",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("color", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_status_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status")),
        sa.UniqueConstraint("uid", name=op.f("uq_status_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_status_project_id_position", "status", ["project_id", "position"], unique=False
    )

    op.create_table(
        "task_list",
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("lockdown_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_task_list_creator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["lockdown_id"], ["lockdown.id"], name=op.f("fk_task_list_lockdown_id_lockdown")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_task_list_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_list")),
        sa.UniqueConstraint("uid", name=op.f("uq_task_list_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_task_list_creator_id", "task_list", ["creator_id"], unique=False)
    op.create_index(
        "ix_task_list_project_id_position", "task_list", ["project_id", "position"], unique=False
    )

    op.create_table(
        "list_follower",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["task_list.id"], name=op.f("fk_list_follower_list_id_task_list")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_list_follower_person_id_person")
        ),
        sa.PrimaryKeyConstraint("list_id", "person_id", name=op.f("pk_list_follower")),
    )
    op.create_table(
        "task",
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_html", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("work_hours", sa.Double(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("start_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("status_id", sa.Integer(), nullable=True),
        sa.Column("card_position", sa.Integer(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("lockdown_id", sa.Integer(), nullable=True),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("completer_id", sa.Integer(), nullable=True),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("recurrence", sa.SmallInteger(), nullable=False),
        sa.Column("custom_color", sa.Integer(), nullable=True),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("updater_id", sa.Integer(), nullable=True),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_key", sa.Text(), nullable=True),
        sa.Column("company_key", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by_id"], ["person.id"], name=op.f("fk_task_assigned_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["completer_id"], ["person.id"], name=op.f("fk_task_completer_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_task_creator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_id"], ["person.id"], name=op.f("fk_task_deleted_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["task_list.id"], name=op.f("fk_task_list_id_task_list")
        ),
        sa.ForeignKeyConstraint(
            ["lockdown_id"], ["lockdown.id"], name=op.f("fk_task_lockdown_id_lockdown")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["task.id"], name=op.f("fk_task_parent_id_task")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_task_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["status_id"], ["status.id"], name=op.f("fk_task_status_id_status")
        ),
        sa.ForeignKeyConstraint(
            ["updater_id"], ["person.id"], name=op.f("fk_task_updater_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("uid", name=op.f("uq_task_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_task_changed_at", "task", ["changed_at", "id"], unique=False)
    op.create_index("ix_task_creator_id", "task", ["creator_id"], unique=False)
    op.create_index(
        "ix_task_done",
        "task",
        ["done_at", "position", "id"],
        unique=False,
        sqlite_where=sa.text("is_done IS 1"),
        postgresql_where=sa.text("is_done IS true"),
    )
    op.create_index(
        "ix_task_list_id", "task", ["list_id", "is_done", "position", "id"], unique=False
    )
    op.create_index("ix_task_lockdown_id", "task", ["lockdown_id"], unique=False)
    op.create_index(
        "ix_task_open_created", "task", ["created_at", "position", "id"], unique=False, **OPEN
    )
    op.create_index("ix_task_open_position", "task", ["position", "id"], unique=False, **OPEN)
    op.create_index(
        "ix_task_open_priority", "task", ["priority", "position", "id"], unique=False, **OPEN
    )
    op.create_index(
        "ix_task_open_due",
        "task",
        [
            "due_on",
            "position",
            "id",
            "project_id",
            "lockdown_id",
            "creator_id",
            "parent_id",
            "is_done",
            "deleted_at",
        ],
        **OPEN,
    )
    for name, column in (
        ("start", "start_on"),
        ("project", "project_key"),
        ("company", "company_key"),
    ):
        op.create_index(f"ix_task_open_{name}", "task", [column, "position", "id"], **OPEN)
    if op.get_bind().dialect.name == "postgresql":
        last = sa.text("due_on DESC NULLS LAST")
        op.create_index("ix_task_open_due_desc", "task", [last, "position", "id"], **OPEN)
    else:
        upward = sa.text("priority DESC")
        op.create_index("ix_task_open_priority_desc", "task", [upward, "position", "id"], **OPEN)
    op.create_index("ix_task_due_on", "task", ["due_on", "position", "id"])
    op.create_index(
        "ix_task_parent_id",
        "task",
        ["parent_id"],
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index("ix_task_project_id", "task", ["project_id", "is_done", "due_on"], unique=False)
    op.create_index("ix_task_status_id", "task", ["status_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("work_hours", sa.Double(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_assignment_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("uid", name=op.f("uq_assignment_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assignment_person_id", "assignment", ["person_id", "task_id"], unique=False)
    op.create_index("ix_assignment_task_id", "assignment", ["task_id", "person_id"], unique=True)

    op.create_table(
        "follower",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_follower_person_id_person")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_follower_task_id_task")),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_follower")),
    )
    op.create_index("ix_follower_person_id", "follower", ["person_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_note_author_id_person")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_note_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("uid", name=op.f("uq_note_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_note_task_id", "note", ["task_id", "id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_outbox_actor_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_outbox_person_id_person")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_outbox_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("uid", name=op.f("uq_outbox_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_due", "outbox", ["sent_at", "due_at"], unique=False)

    op.create_table(
        "predecessor",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.CheckConstraint("type IN ('complete', 'start')", name=op.f("ck_predecessor_type")),
        sa.CheckConstraint("task_id <> predecessor_id", name=op.f("ck_predecessor_not_itself")),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["task.id"], name=op.f("fk_predecessor_predecessor_id_task")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_predecessor_task_id_task")),
        sa.PrimaryKeyConstraint("task_id", "predecessor_id", name=op.f("pk_predecessor")),
    )
    op.create_index(
        "ix_predecessor_predecessor_id", "predecessor", ["predecessor_id"], unique=False
    )

    op.create_table(
        "reminder",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_reminder_creator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reminder_person_id_person")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_reminder_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("uid", name=op.f("uq_reminder_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reminder_due_at", "reminder", ["due_at"], unique=False)
    op.create_index("ix_reminder_person_id", "reminder", ["person_id"], unique=False)
    op.create_index("ix_reminder_task_id", "reminder", ["task_id", "id"], unique=False)

    op.create_table(
        "task_file",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_task_file_file_id_file")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_file_task_id_task")),
        sa.PrimaryKeyConstraint("task_id", "file_id", name=op.f("pk_task_file")),
    )
    op.create_index("ix_task_file_file_id", "task_file", ["file_id"], unique=False)

    op.create_table(
        "task_tag",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_task_tag_tag_id_tag")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_tag_task_id_task")),
        sa.PrimaryKeyConstraint("task_id", "tag_id", name=op.f("pk_task_tag")),
    )
    op.create_index("ix_task_tag_tag_id", "task_tag", ["tag_id"], unique=False)

    op.create_table(
        "time_entry",
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_time_entry_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_time_entry_project_id_project")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_time_entry_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
        sa.UniqueConstraint("uid", name=op.f("uq_time_entry_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_time_entry_person_id", "time_entry", ["person_id"], unique=False)
    op.create_index("ix_time_entry_project_id", "time_entry", ["project_id"], unique=False)
    op.create_index("ix_time_entry_task_id", "time_entry", ["task_id", "id"], unique=False)

    op.create_table(
        "note_read",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_read_note_id_note")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_note_read_person_id_person")
        ),
        sa.PrimaryKeyConstraint("note_id", "person_id", name=op.f("pk_note_read")),
    )


def downgrade() -> None:
    op.drop_table("note_read")
    op.drop_index("ix_time_entry_task_id", "time_entry")
    op.drop_index("ix_time_entry_project_id", "time_entry")
    op.drop_index("ix_time_entry_person_id", "time_entry")

    op.drop_table("time_entry")
    op.drop_index("ix_task_tag_tag_id", "task_tag")

    op.drop_table("task_tag")
    op.drop_index("ix_task_file_file_id", "task_file")

    op.drop_table("task_file")
    op.drop_index("ix_reminder_task_id", "reminder")
    op.drop_index("ix_reminder_person_id", "reminder")
    op.drop_index("ix_reminder_due_at", "reminder")

    op.drop_table("reminder")
    op.drop_index("ix_predecessor_predecessor_id", "predecessor")

    op.drop_table("predecessor")
    op.drop_index("ix_outbox_due", "outbox")

    op.drop_table("outbox")
    op.drop_index("ix_note_task_id", "note")

    op.drop_table("note")
    op.drop_index("ix_follower_person_id", "follower")

    op.drop_table("follower")
    op.drop_index("ix_assignment_task_id", "assignment")
    op.drop_index("ix_assignment_person_id", "assignment")

    op.drop_table("assignment")
    op.drop_index("ix_task_status_id", "task")
    op.drop_index("ix_task_project_id", "task")
    op.drop_index("ix_task_due_on", "task")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_task_open_due_desc", "task")
    else:
        op.drop_index("ix_task_open_priority_desc", "task")
    for name in ("company", "project", "start", "due"):
        op.drop_index(f"ix_task_open_{name}", "task")
    op.drop_index("ix_task_parent_id", "task")
    op.drop_index("ix_task_open_priority", "task")
    op.drop_index("ix_task_open_position", "task")
    op.drop_index("ix_task_open_created", "task")
    op.drop_index("ix_task_lockdown_id", "task")
    op.drop_index("ix_task_list_id", "task")
    op.drop_index("ix_task_done", "task")
    op.drop_index("ix_task_creator_id", "task")
    op.drop_index("ix_task_changed_at", "task")

    op.drop_table("task")
    op.drop_table("list_follower")
    op.drop_index("ix_task_list_project_id_position", "task_list")
    op.drop_index("ix_task_list_creator_id", "task_list")

    op.drop_table("task_list")
    op.drop_index("ix_status_project_id_position", "status")

    op.drop_table("status")
    op.drop_index("ix_membership_project_id", "membership")

    op.drop_table("membership")
    op.drop_index("ix_grant_person_id", "grant")

    op.drop_table("grant")
    op.drop_index("ix_file_project_id", "file")

    op.drop_table("file")
    op.drop_index("ix_project_name_key", "project")
    op.drop_index("ix_project_company_id", "project")

    op.drop_table("project")
    op.drop_index("ix_pending_file_person_id", "pending_file")

    op.drop_table("pending_file")
    op.drop_index("ix_lockdown_task_id", "lockdown")
    op.drop_index("ix_lockdown_list_id", "lockdown")
    op.drop_index("ix_lockdown_creator_id", "lockdown")

    op.drop_table("lockdown")
    op.drop_index("ix_api_key_person_id", "api_key")

    op.drop_table("api_key")
    op.drop_index("ix_person_company_id", "person")

    op.drop_table("person")
    op.drop_table("tag")
    op.drop_index("ix_company_name_key", "company")

    op.drop_table("company")
    op.drop_table("account")
