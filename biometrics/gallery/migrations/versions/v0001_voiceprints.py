"""Make the first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from facesign.biometrics.gallery.tables import BigId, RotatedVector, UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    _people()
    _templates()
    _search()


def downgrade() -> None:
    """Remove the tables with all they hold."""
    for name in reversed(TABLES):
        op.drop_table(name)


TABLES = (
    "gallery",
    "epochs",
    "subjects",
    "identities",
    "enrollments",
    "templates",
    "template_purposes",
    "search_vectors",
    "removed_vectors",
    "watch_entries",
    "verifications",
)


def _people() -> None:
    op.create_table(
        "gallery",
        sa.Column("gallery_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped_key", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("revision", BigId, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    op.create_table(
        "epochs",
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed_rotation", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    op.create_table(
        "subjects",
        sa.Column("subject_id", sa.Uuid, primary_key=True),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("revoked_at", UtcTime),
        sa.Column("revoked_because", sa.Text),
    )
    op.create_table(
        "identities",
        _reference("subject", primary_key=True),
        sa.Column("customer_tag", sa.LargeBinary, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "verifications",
        sa.Column("verification_id", sa.Uuid, primary_key=True),
        _reference("subject", index=True),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _templates() -> None:
    op.create_table(
        "enrollments",
        sa.Column("enrollment_id", sa.Uuid, primary_key=True),
        _reference("subject", index=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("confirmed_at", UtcTime),
        sa.Column("retain_until", UtcTime, nullable=False, index=True),
    )
    op.create_table(
        "watch_entries",
        _reference("enrollment", primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.Column("cleared_at", UtcTime),
    )
    op.create_table(
        "templates",
        sa.Column("template_id", sa.Uuid, primary_key=True),
        _reference("enrollment", index=True),
        sa.Column("model", sa.String(128), nullable=False, index=True),
        sa.Column("suite", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("net_speech_s", sa.Double, nullable=False),
        sa.Column("snr_db", sa.Double),
        sa.Column("bandwidth_hz", sa.Double),
    )
    op.create_table(
        "template_purposes",
        _reference("template", primary_key=True),
        sa.Column("purpose", sa.String(24), primary_key=True),
    )


def _search() -> None:
    op.create_table(
        "search_vectors",
        sa.Column("vector_id", BigId, primary_key=True, autoincrement=True),
        _reference("template"),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("revision", BigId, nullable=False, index=True),
        sa.Column("vector", RotatedVector, nullable=False),
        sa.UniqueConstraint("template_id", "purpose"),
        sqlite_autoincrement=True,
    )
    if op.get_context().dialect.name == "postgresql":
        # One graph a purpose: a filter after the walk would lose neighbours.
        for purpose in ("duplicate_search", "watch_list"):
            op.execute(
                f"CREATE INDEX ix_search_vectors_{purpose} ON search_vectors USING hnsw "
                f"(vector vector_ip_ops) WHERE purpose = '{purpose}'"
            )
    op.create_table(
        "removed_vectors",
        sa.Column("vector_id", BigId, primary_key=True, autoincrement=False),
        sa.Column("revision", BigId, nullable=False, index=True),
    )


def _reference(to: str, *, primary_key: bool = False, index: bool = False) -> sa.Column[object]:
    key = sa.ForeignKey(f"{to}s.{to}_id")
    return sa.Column(f"{to}_id", sa.Uuid, key, primary_key=primary_key, index=index, nullable=False)
