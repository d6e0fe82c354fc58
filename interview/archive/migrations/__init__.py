"""Revisions of the archive's schema, run by Alembic."""
