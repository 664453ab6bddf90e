"""What Alembic runs: our connection, which is in a transaction already."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transaction_per_migration=False,
    # The caller's transaction is the only one.
    transactional_ddl=False,
)
context.run_migrations()
