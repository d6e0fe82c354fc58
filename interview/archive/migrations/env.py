"""Run the steps on the connection that was given, inside its transaction."""

from __future__ import annotations

from alembic import context

from facesign.interview.archive.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="archive_version",
)
with context.begin_transaction():
    context.run_migrations()
