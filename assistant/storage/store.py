"""Keeps conversations: one file of SQLite by default, any database of SQLAlchemy by its URL, or nothing."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, delete, event, exists, func, inspect, make_url, or_, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.errors import StoreError
from assistant.storage.tables import Base, ConversationRow, EntryRow, FeedbackRow

LISTED = 100  # conversations that a list holds at most, the newest first
SCHEMA = 1  # of the tables; raised with every change to them
_LOOKS, _BETWEEN_LOOKS = 5, 0.05  # how often tables that another process is making are looked for, and the seconds between
_ELSEWHERE = "name another database in HOLDFAST_DATABASE"
_OTHER_VERSION = f"were kept by another version of Holdfast; use that version, or {_ELSEWHERE}. Nothing was changed"
_DAMAGED = f"are damaged; put a copy of the file in its place, or move it away and begin anew, or {_ELSEWHERE}"


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
            raise StoreError(f"The conversations {_told(fault)}.") from None

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def keep(self, conversation: str, *, title: str, extra: str, number: int, text: str, payload: str) -> None:
        """Keep the last entry of a conversation; entries after `number`, and what was said of them, are dropped."""
        with self._session() as session:
            session.merge(ConversationRow(id=conversation, title=_storable(title), extra=extra))
            session.flush()
            session.merge(EntryRow(conversation=conversation, number=number, text=_storable(text), payload=payload))
            for table in (EntryRow, FeedbackRow):
                session.execute(delete(table).where(table.conversation == conversation, table.number > number))

    def note(self, conversation: str, *, title: str, extra: str) -> None:
        """Change title and extra of a conversation that is kept."""
        with self._session() as session:
            row = session.get(ConversationRow, conversation)
            if row is not None:
                row.title, row.extra = _storable(title), extra

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
            session.merge(FeedbackRow(**{name: getattr(said, name) for name in Feedback.__slots__} | {"comment": _storable(said.comment)}))

    def feedback(self, conversation: str = "") -> list[Feedback]:
        """What was said, of one conversation or of all, in the order in which it was said."""
        wanted = select(FeedbackRow).order_by(FeedbackRow.said, FeedbackRow.conversation, FeedbackRow.number)
        if conversation:
            wanted = wanted.where(FeedbackRow.conversation == conversation)
        with self._session() as session:
            return [Feedback(**{name: getattr(row, name) for name in Feedback.__slots__}) for row in session.scalars(wanted)]


def _storable(text: str) -> str:
    """Text without the one character that PostgreSQL refuses and at which SQLite's search ends; payloads are JSON, which escapes it."""
    return text.replace("\0", "")


def open_store(url: str) -> Store:
    """The store at an SQLAlchemy URL; the tables are made where they are missing.

    Raises:
        StoreError: the database cannot be reached, its driver is not installed, or another version made its tables. The
            URL, which may hold a password, is not repeated.
    """
    with _faults_told():
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            _private(engine.url.database)
            event.listen(engine, "connect", _set_up_sqlite)
        try:
            _make_ready(engine)
        except BaseException:
            engine.dispose()
            raise
    return Store(engine)


def _make_ready(engine: Engine) -> None:
    """Make the tables that are missing; those of another version are left alone."""
    if wrong := _other_version(engine):
        raise StoreError(f"The conversations {wrong}.")
    _make_tables(engine)
    if engine.dialect.name == "sqlite" and _version(engine) != SCHEMA:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


def _make_tables(engine: Engine) -> None:
    """Processes that start at once look for the tables together, and all but one then fail to make what is there by now: they look again."""
    for _ in range(_LOOKS):
        try:
            Base.metadata.create_all(engine)
            return
        except DBAPIError:
            time.sleep(_BETWEEN_LOOKS)
    Base.metadata.create_all(engine)


def examine(url: str) -> str:
    """What is wrong with what is kept at a URL, "" where nothing is or nothing is kept yet; changes nothing."""
    try:
        with _faults_told():
            file = make_url(url).database if url.startswith("sqlite") else None
            if file is not None:
                return _examined(Path(file)) if Path(file).exists() else ""
            engine = create_engine(url, hide_parameters=True)
            wrong = _other_version(engine)
            engine.dispose()
            return f"the conversations {wrong}" if wrong else ""
    except StoreError as fault:
        return str(fault).rstrip(".")


def entries(url: str) -> Iterator[tuple[str, int, str]]:
    """Conversation, number and payload of every entry that is kept at a URL; changes nothing, and makes neither file nor tables.

    Raises:
        StoreError: the database cannot be read.
    """
    with _faults_told():
        engine = create_engine(url, hide_parameters=True)
        file = engine.url.database if engine.dialect.name == "sqlite" else None
        try:
            if (file is None or Path(file).exists()) and inspect(engine).has_table(EntryRow.__tablename__):
                wanted = select(EntryRow.conversation, EntryRow.number, EntryRow.payload).order_by(EntryRow.conversation, EntryRow.number)
                with Session(engine) as session:
                    yield from ((name, number, payload) for name, number, payload in session.execute(wanted.execution_options(yield_per=100)))
        finally:
            engine.dispose()


def _examined(file: Path) -> str:
    """SQLite's own check of the whole file, and whether every row belongs to a conversation."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone() == ("ok",) and not database.execute("PRAGMA foreign_key_check").fetchall()
            newer = database.execute("PRAGMA user_version").fetchone()[0] > SCHEMA
    except sqlite3.Error:
        sound, newer = False, False
    return "" if sound and not newer else f"the conversations {_OTHER_VERSION if newer else _DAMAGED}"


def _other_version(engine: Engine) -> str:
    """Whether the tables that are there are not ours: marked as newer, or without a column that we need."""
    if engine.dialect.name == "sqlite" and _version(engine) > SCHEMA:
        return _OTHER_VERSION
    seen = inspect(engine)
    there = set(seen.get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name in there and {c.name for c in table.columns} - {c["name"] for c in seen.get_columns(table.name)}:
            return _OTHER_VERSION
    return ""


def _version(engine: Engine) -> int:
    """What SQLite's file says of its tables; 0 where nobody has said it."""
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


@contextmanager
def _faults_told() -> Iterator[None]:
    """Faults of a database that is being opened, as ours."""
    try:
        yield
    except ImportError as fault:
        raise StoreError(f"HOLDFAST_DATABASE: its driver is not installed ({fault.name}); install it into .venv, for instance 'psycopg[binary]'.") from None
    except DBAPIError as fault:
        raise StoreError(f"HOLDFAST_DATABASE: the conversations {_told(fault)}.") from None
    except (ArgumentError, SQLAlchemyError, OSError) as fault:
        raise StoreError(f"HOLDFAST_DATABASE: the database cannot be opened ({type(fault).__name__}); check the URL, or that the folder can be written.") from None


def _told(fault: SQLAlchemyError) -> str:
    """What happened and what to do, without the driver's message, which may hold a patient's words."""
    if isinstance(fault, DBAPIError) and getattr(fault.orig, "sqlite_errorcode", None) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _DAMAGED
    return f"cannot be read or written ({type(fault).__name__}); free some space and see that the database can be written, or {_ELSEWHERE}"


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
