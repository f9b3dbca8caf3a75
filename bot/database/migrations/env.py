"""Run by alembic with the open connection of bot.database.schema; all missing steps are one transaction."""

from __future__ import annotations

from alembic import context

_LOCK = 700_202_611  # any number that is the same everywhere: of two that migrate at once, one waits

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    connection.exec_driver_sql(f"select pg_advisory_xact_lock({_LOCK})")
    context.run_migrations()
