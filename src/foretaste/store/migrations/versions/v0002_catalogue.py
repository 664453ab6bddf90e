"""Items, people, consent, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the catalogue and of people."""
    text = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()

    op.create_table(
        "items",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("item_id", text, primary_key=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("deleted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("revision", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("updated_s", sa.Double(), nullable=False),
    )
    op.create_index("items_revision", "items", ["workspace", "revision"])
    op.create_table(
        "people",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("user_id", text, primary_key=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("revision", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("updated_s", sa.Double(), nullable=False),
    )
    op.create_index("people_revision", "people", ["workspace", "revision"])
    op.create_table(
        "consent",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("user_id", text, primary_key=True),
        sa.Column("record", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("personalise", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("train", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("language_model", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("updated_s", sa.Double(), nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("session_id", text, primary_key=True),
        sa.Column("user_id", text),
        sa.Column("started_s", sa.Double(), nullable=False),
    )
    op.create_index("sessions_user", "sessions", ["workspace", "user_id"])
    op.create_index("sessions_started", "sessions", ["workspace", "started_s"])
