"""Jobs, experiments, facts, the audit log, keys and login tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of running a service."""
    text = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    _jobs(text)
    _experiments_and_facts(text)
    _access(text)


def _jobs(text: sa.Text) -> None:
    op.create_table(
        "jobs",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("job_id", text, primary_key=True),
        sa.Column("kind", text, nullable=False),
        sa.Column("status", text, nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False, server_default="0"),
        sa.Column("message", text, nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("error", text),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("started_s", sa.Double()),
        sa.Column("ended_s", sa.Double()),
        sa.Column("worker", text),
        sa.Column("heartbeat_s", sa.Double()),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("jobs_created", "jobs", ["workspace", "created_s", "job_id"])
    op.create_index("jobs_status", "jobs", ["workspace", "status", "created_s"])


def _experiments_and_facts(text: sa.Text) -> None:
    op.create_table(
        "experiments",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("name", text, primary_key=True),
        sa.Column("kind", text, nullable=False),
        sa.Column("arms", sa.Text(), nullable=False),
        sa.Column("status", text, nullable=False),
        sa.Column("salt", text, nullable=False),
        sa.Column("metric", text, nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("started_s", sa.Double()),
        sa.Column("stopped_s", sa.Double()),
        sa.Column("horizon", sa.BigInteger()),
    )
    op.create_table(
        "facts",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("name", text, primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_s", sa.Double(), nullable=False),
    )


def _access(text: sa.Text) -> None:
    position = sa.BigInteger() if op.get_bind().dialect.name == "postgresql" else sa.Integer()
    op.create_table(
        "audit",
        sa.Column("position", position, sa.Identity(), primary_key=True, autoincrement=True),
        sa.Column("workspace", text, nullable=False),
        sa.Column("time_s", sa.Double(), nullable=False),
        sa.Column("actor", text, nullable=False),
        sa.Column("action", text, nullable=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_position", "audit", ["workspace", "position"])
    op.create_table(
        "keys",
        sa.Column("key_id", text, primary_key=True),
        sa.Column("name", text, nullable=False),
        sa.Column("workspace", text),
        sa.Column("role", text, nullable=False),
        sa.Column("secret_hash", text, nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("expires_s", sa.Double()),
        sa.Column("revoked_s", sa.Double()),
        sa.Column("last_used_s", sa.Double()),
    )
    op.create_index("keys_workspace", "keys", ["workspace"])
    op.create_table(
        "tokens",
        sa.Column("token_hash", text, primary_key=True),
        sa.Column("workspace", text),
        sa.Column("role", text, nullable=False),
        sa.Column("expires_s", sa.Double(), nullable=False),
    )
