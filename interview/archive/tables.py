"""The tables of the archive.

What names an applicant or was written by a person is encrypted (`sealed`), and customers are
found by a keyed hash; what is left open says how sessions went, not whose they were.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from facesign.biometrics.gallery.tables import UtcTime

__all__ = ["Base", "FlagRow", "SessionRow", "UserRow", "VerdictRow", "ViewRow"]


class Base(DeclarativeBase):
    """All tables of the archive."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UserRow(Base):
    """Somebody who may sign in to the console."""

    __tablename__ = "users"
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    """`officer`, `analyst` or `admin`."""
    password_hash: Mapped[str] = mapped_column(String(255))
    """Argon2."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    disabled: Mapped[bool] = mapped_column(default=False)
    session_version: Mapped[int] = mapped_column(default=1)
    """Counted up to end every login of the user."""


class SessionRow(Base):
    """One interview, and how it went."""

    __tablename__ = "sessions"
    session_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    status: Mapped[str] = mapped_column(String(16))
    officer: Mapped[str | None] = mapped_column(String(64), index=True)
    customer_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    reference_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Customer number, the bank's own reference, and why it was broken off, encrypted; None where
    there is none of them."""
    script: Mapped[str | None] = mapped_column(String(64))
    lang: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str | None] = mapped_column(String(16), index=True)
    decision: Mapped[str | None] = mapped_column(String(24))
    n_flags: Mapped[int]
    n_prompts: Mapped[int]
    duration_s: Mapped[float | None] = mapped_column(Double)


class FlagRow(Base):
    """One flag of a session, without its evidence, which lies in the record."""

    __tablename__ = "session_flags"
    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True
    )
    flag_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    code: Mapped[str] = mapped_column(String(48), index=True)
    family: Mapped[str] = mapped_column(String(24))


class VerdictRow(Base):
    """What somebody found a prompt or flag to be; the last one on an item stands."""

    __tablename__ = "verdicts"
    verdict_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.session_id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(8))
    item_id: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str] = mapped_column(String(16))
    sealed_source: Mapped[bytes] = mapped_column(LargeBinary)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)


class ViewRow(Base):
    """Somebody looked at a session, or at some part of it."""

    __tablename__ = "views"
    view_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.session_id", ondelete="CASCADE"), index=True
    )
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)
    what: Mapped[str] = mapped_column(String(64))
