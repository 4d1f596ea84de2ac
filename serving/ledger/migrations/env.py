"""Alembic asks here for a connection; ``opening.py`` gives its own, inside its transaction and under its lock."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
