"""How often each person has written, so that reads from a replica do not miss it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_write",
        sa.Column("person_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_last_write_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_last_write")),
    )


def downgrade() -> None:
    op.drop_table("last_write")
