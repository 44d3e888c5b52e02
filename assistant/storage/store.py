"""Keeps conversations: one file of SQLite by default, any database of SQLAlchemy by its URL, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, delete, event, exists, func, or_, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.errors import StoreError
from assistant.storage.tables import Base, ConversationRow, EntryRow, FeedbackRow

LISTED = 100  # conversations that a list holds at most, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One conversation in a list; `changed` in UTC."""

    id: str
    title: str
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One conversation whole: the payloads of its entries in order, and the caller's own `extra`."""

    id: str
    title: str
    extra: str
    payloads: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reader said of one answer. `expected` is the action that would have been right, "" where that was not said."""

    conversation: str
    number: int
    verdict: str
    comment: str = ""
    expected: str = ""
    receipt: str = ""


class Store:
    """One for the process; every call is one transaction, and any may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except SQLAlchemyError as fault:
            # The kind alone: a driver's message may hold the values, which are a patient's.
            raise StoreError(f"The conversations cannot be read or written ({type(fault).__name__}).") from None

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def keep(self, conversation: str, *, title: str, extra: str, number: int, text: str, payload: str) -> None:
        """Keep the last entry of a conversation; entries after `number`, and what was said of them, are dropped."""
        with self._session() as session:
            session.merge(ConversationRow(id=conversation, title=title, extra=extra))
            session.flush()
            session.merge(EntryRow(conversation=conversation, number=number, text=text, payload=payload))
            for table in (EntryRow, FeedbackRow):
                session.execute(delete(table).where(table.conversation == conversation, table.number > number))

    def note(self, conversation: str, *, title: str, extra: str) -> None:
        """Change title and extra of a conversation that is kept."""
        with self._session() as session:
            row = session.get(ConversationRow, conversation)
            if row is not None:
                row.title, row.extra = title, extra

    def get(self, conversation: str) -> Held | None:
        """A conversation, None where there is none of that id."""
        with self._session() as session:
            row = session.get(ConversationRow, conversation)
            if row is None:
                return None
            kept = session.scalars(select(EntryRow.payload).where(EntryRow.conversation == conversation).order_by(EntryRow.number))
            return Held(id=row.id, title=row.title, extra=row.extra, payloads=tuple(kept))

    def search(self, words: str = "") -> list[Found]:
        """The conversations whose title or questions hold all the words, the newest first."""
        wanted = select(ConversationRow).order_by(ConversationRow.changed.desc(), ConversationRow.id).limit(LISTED)
        for word in words.split():
            told = func.lower(EntryRow.text).contains(word.lower(), autoescape=True)
            asked = exists().where(EntryRow.conversation == ConversationRow.id, told)
            wanted = wanted.where(or_(func.lower(ConversationRow.title).contains(word.lower(), autoescape=True), asked))
        with self._session() as session:
            return [Found(id=row.id, title=row.title, changed=row.changed) for row in session.scalars(wanted)]

    def drop(self, conversation: str) -> None:
        """Delete a conversation with all that was said of it."""
        with self._session() as session:
            session.execute(delete(ConversationRow).where(ConversationRow.id == conversation))

    def say(self, said: Feedback) -> None:
        """Keep what a reader said of an answer; said again, it replaces what was said before."""
        with self._session() as session:
            session.merge(FeedbackRow(**{name: getattr(said, name) for name in Feedback.__slots__}))

    def feedback(self, conversation: str = "") -> list[Feedback]:
        """What was said, of one conversation or of all, in the order in which it was said."""
        wanted = select(FeedbackRow).order_by(FeedbackRow.said, FeedbackRow.conversation, FeedbackRow.number)
        if conversation:
            wanted = wanted.where(FeedbackRow.conversation == conversation)
        with self._session() as session:
            return [Feedback(**{name: getattr(row, name) for name in Feedback.__slots__}) for row in session.scalars(wanted)]


def open_store(url: str) -> Store:
    """The store at an SQLAlchemy URL; the tables are made where they are missing.

    Raises:
        StoreError: the database cannot be reached, or its driver is not installed. The URL, which may hold a password, is not repeated.
    """
    try:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            _private(engine.url.database)
            event.listen(engine, "connect", _set_up_sqlite)
        Base.metadata.create_all(engine)
    except ImportError as fault:
        raise StoreError(f"HOLDFAST_DATABASE: its driver is not installed ({fault.name}); install it into .venv, for instance 'psycopg[binary]'.") from None
    except (ArgumentError, SQLAlchemyError, OSError) as fault:
        raise StoreError(f"HOLDFAST_DATABASE: the database cannot be opened ({type(fault).__name__}); check the URL, or that the folder can be written.") from None
    return Store(engine)


def _private(name: str | None) -> None:
    """Make the file for its owner alone: it holds what was said of patients."""
    if name and name != ":memory:":
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """Rows go with their conversation, and what is deleted is overwritten."""
    run: Callable[[str], object] = connection.execute
    for pragma in ("foreign_keys = ON", "secure_delete = ON", "busy_timeout = 5000"):
        run(f"PRAGMA {pragma}")
