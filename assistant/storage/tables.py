"""The tables: conversations, their entries, and what readers said of answers."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """All tables of the store."""


class ConversationRow(Base):
    """One conversation; `extra` is the caller's own JSON (who reads, what was ticked)."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    extra: Mapped[str] = mapped_column(Text, default="")
    changed: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now, index=True)


class EntryRow(Base):
    """One question with its answer: `text` is searched, `payload` is given back as it was."""

    __tablename__ = "entries"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)


class FeedbackRow(Base):
    """What a reader said of an answer, with the receipt of that answer."""

    __tablename__ = "feedback"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(Text)
    expected: Mapped[str] = mapped_column(String(32))
    receipt: Mapped[str] = mapped_column(Text)
    said: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)
