"""Make the first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from facesign.biometrics.gallery.tables import UtcTime

revision = "0001"
down_revision = None

TABLES = ("users", "sessions", "session_flags", "verdicts", "views")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "users",
        sa.Column("user_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("session_version", sa.Integer, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("created_at", UtcTime, nullable=False, index=True),
        sa.Column("ended_at", UtcTime),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("officer", sa.String(64), index=True),
        sa.Column("customer_tag", sa.LargeBinary, index=True),
        sa.Column("reference_tag", sa.LargeBinary, index=True),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("script", sa.String(64)),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("outcome", sa.String(16), index=True),
        sa.Column("decision", sa.String(24)),
        sa.Column("n_flags", sa.Integer, nullable=False),
        sa.Column("n_prompts", sa.Integer, nullable=False),
        sa.Column("duration_s", sa.Double),
    )
    op.create_table(
        "session_flags",
        _session(primary_key=True),
        sa.Column("flag_id", sa.String(16), primary_key=True),
        sa.Column("code", sa.String(48), nullable=False, index=True),
        sa.Column("family", sa.String(24), nullable=False),
    )
    op.create_table(
        "verdicts",
        sa.Column("verdict_id", sa.Integer, primary_key=True, autoincrement=True),
        _session(index=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("item_id", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("sealed_source", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    op.create_table(
        "views",
        sa.Column("view_id", sa.Integer, primary_key=True, autoincrement=True),
        _session(index=True),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Remove the tables with all they hold."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _session(*, primary_key: bool = False, index: bool = False) -> sa.Column[str]:
    return sa.Column(
        "session_id",
        sa.String(36),
        sa.ForeignKey("sessions.session_id", ondelete="CASCADE"),
        primary_key=primary_key,
        index=index,
        nullable=False,
    )
