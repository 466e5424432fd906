"""How Alembic runs the journal's migrations: on the connection it is handed, inside the caller's transaction."""

from alembic import context

from dashboard.journal.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    transactional_ddl=False,  # the transaction is the caller's, who holds the write lock
)
context.run_migrations()
