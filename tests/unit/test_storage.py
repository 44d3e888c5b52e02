"""What is kept comes back as it was; what is deleted is gone; a fault tells nothing of a patient."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from assistant.errors import StoreError
from assistant.storage import Feedback, Store, examine, open_store
from tests.postgres import binaries, running_postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A real server for the module; skipped where there are no binaries of it, but never in CI."""
    folder = binaries()
    if folder is None:
        if os.environ.get("CI"):
            pytest.fail("there is no PostgreSQL to start; install requirements-dev.lock, or PostgreSQL itself")
        pytest.skip("there is no PostgreSQL to start; install requirements-dev.lock, or PostgreSQL itself")
    with running_postgres(folder) as url:
        yield url


@pytest.fixture
def on_postgres(postgres: str) -> str:
    """The URL of a database of that server which is new to each test."""
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(f"{postgres}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{postgres}/{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each of the two kinds of database."""
    return str(request.getfixturevalue("on_postgres")) if request.param == "postgres" else f"sqlite:///{tmp_path}/new/kept.sqlite"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    found = open_store(url)
    yield found
    found.close()


def keep(store: Store, conversation: str = "a", number: int = 0, text: str = "Pneumonia, hold?", title: str = "Bed 3") -> None:
    store.keep(conversation, title=title, extra="{}", number=number, text=text, payload=f"payload {number}")


def test_a_conversation_comes_back_in_order(store: Store) -> None:
    keep(store, number=0)
    keep(store, number=1)
    held = store.get("a")
    assert held is not None
    assert (held.title, held.payloads) == ("Bed 3", ("payload 0", "payload 1"))
    assert store.get("b") is None


def test_it_outlives_the_process_that_kept_it(url: str) -> None:
    with closing(open_store(url)) as first:
        keep(first)
    with closing(open_store(url)) as second:
        held = second.get("a")
    assert held is not None
    assert held.payloads == ("payload 0",)


def test_an_edited_question_drops_what_came_after_it(store: Store) -> None:
    for number in range(3):
        keep(store, number=number)
        store.say(Feedback(conversation="a", number=number, verdict="right"))
    store.keep("a", title="Bed 3", extra="", number=1, text="other", payload="other")
    held = store.get("a")
    assert held is not None
    assert held.payloads == ("payload 0", "other")
    assert [said.number for said in store.feedback("a")] == [0, 1]


@pytest.mark.parametrize(("words", "found"), [("", {"a", "b"}), ("PNEUMONIA", {"a"}), ("bed hold", {"a"}), ("100%", {"b"}), ("_", set()), ("none of them", set())])
def test_search_looks_at_titles_and_questions(store: Store, words: str, found: set[str]) -> None:
    keep(store, "a")
    keep(store, "b", text="Cystitis, resolved 100%. Restart?", title="Clinic")
    assert {one.id for one in store.search(words)} == found


def test_the_list_begins_with_what_was_changed_last(store: Store) -> None:
    for name in "abc":
        keep(store, name)
    store.note("a", title="Renamed", extra="x")
    assert next(one.title for one in store.search()) == "Renamed"


def test_a_deleted_conversation_leaves_nothing_behind_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite"
    store = open_store(f"sqlite:///{file}")
    keep(store, text="Mrs Featherstonehaugh has pneumonia")
    store.say(Feedback(conversation="a", number=0, verdict="wrong", comment="Featherstonehaugh was resolved"))
    assert b"Featherstonehaugh" in file.read_bytes()
    store.drop("a")
    assert store.get("a") is None
    assert store.feedback() == []
    assert b"Featherstonehaugh" not in file.read_bytes()


def test_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/kept.sqlite")
    assert stat.S_IMODE((tmp_path / "kept.sqlite").stat().st_mode) == 0o600


def test_feedback_said_again_replaces_what_was_said(store: Store) -> None:
    keep(store)
    store.say(Feedback(conversation="a", number=0, verdict="right"))
    store.say(Feedback(conversation="a", number=0, verdict="unsafe", comment="still febrile", expected="hold", receipt="{}"))
    assert store.feedback() == [Feedback(conversation="a", number=0, verdict="unsafe", comment="still febrile", expected="hold", receipt="{}")]


def test_a_fault_repeats_neither_text_nor_password(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kept.sqlite")
    (tmp_path / "kept.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError) as fault:
        keep(store, text="Featherstonehaugh")
    assert "Featherstonehaugh" not in str(fault.value)
    with pytest.raises(StoreError) as fault:
        open_store("nothing-known://user:secret@host/name")
    assert "secret" not in str(fault.value)


def changed(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        for statement in statements:
            database.execute(statement)


@pytest.mark.parametrize(
    "statements",
    [("PRAGMA user_version = 99",), ("PRAGMA user_version = 0", "ALTER TABLE feedback DROP COLUMN receipt"), ("ALTER TABLE entries DROP COLUMN text",)],
    ids=["newer", "older", "without a column"],
)
def test_tables_of_another_version_are_told_and_left_alone(tmp_path: Path, statements: tuple[str, ...]) -> None:
    file = tmp_path / "kept.sqlite"
    keep(open_store(f"sqlite:///{file}"))
    changed(file, *statements)
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"kept by another version of Holdfast; use that version, or name another database in HOLDFAST_DATABASE\. Nothing was changed"):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_file_from_before_versions_were_marked_is_used_and_marked(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite"
    keep(open_store(f"sqlite:///{file}"))
    changed(file, "PRAGMA user_version = 0")
    assert open_store(f"sqlite:///{file}").get("a") is not None
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)


class TestExamine:
    """The truth about what is kept, and no change to it."""

    def test_nothing_kept_is_no_fault_and_makes_no_file(self, tmp_path: Path) -> None:
        assert examine(f"sqlite:///{tmp_path}/kept.sqlite") == ""
        assert list(tmp_path.iterdir()) == []

    def test_what_is_sound_is_no_fault(self, tmp_path: Path) -> None:
        keep(open_store(f"sqlite:///{tmp_path}/kept.sqlite"))
        before = (tmp_path / "kept.sqlite").read_bytes()
        assert examine(f"sqlite:///{tmp_path}/kept.sqlite") == ""
        assert (tmp_path / "kept.sqlite").read_bytes() == before

    @pytest.mark.parametrize("damage", ["no database", "cut off", "overwritten", "an answer of no conversation", "newer"])
    def test_what_is_wrong_is_told_with_what_to_do(self, tmp_path: Path, damage: str) -> None:
        file = tmp_path / "kept.sqlite"
        store = open_store(f"sqlite:///{file}")
        for number in range(40):
            keep(store, number=number, text="Featherstonehaugh " * 50)
        store.close()
        content = file.read_bytes()
        if damage in ("no database", "cut off", "overwritten"):
            file.write_bytes({"no database": b"text " * 2000, "cut off": content[: len(content) // 2], "overwritten": content[:9000] + os.urandom(9000) + content[18000:]}[damage])
        else:
            changed(file, "PRAGMA user_version = 7" if damage == "newer" else "DELETE FROM conversations")
        told = examine(f"sqlite:///{file}")
        assert told.startswith("the conversations were kept by another version" if damage == "newer" else "the conversations are damaged; ")
        assert "HOLDFAST_DATABASE" in told
        assert "Featherstonehaugh" not in told

    def test_a_database_that_cannot_be_reached_is_told_without_its_password(self) -> None:
        told = examine("nothing-known://user:secret@host/name")
        assert told.startswith("HOLDFAST_DATABASE: the database cannot be opened") and "secret" not in told


def test_a_deleted_conversation_takes_its_entries_and_what_was_said_with_it(store: Store) -> None:
    keep(store, "a")
    keep(store, "b")
    store.say(Feedback(conversation="a", number=0, verdict="wrong"))
    store.drop("a")
    assert store.get("a") is None and store.feedback() == []
    assert {one.id for one in store.search("pneumonia")} == {"b"}


def test_any_text_that_can_be_typed_is_kept_and_found(store: Store) -> None:
    typed = "Zoë’s neuts 0.4 😷 ‘pip-taz’ \x00 50% _ \\ end"
    keep(store, text=typed, title=typed)
    store.say(Feedback(conversation="a", number=0, verdict="wrong", comment=typed))
    for word in ("Zoë’s", "😷", "50%", "\\", "end"):
        assert [one.id for one in store.search(word)] == ["a"], word


def test_sessions_at_once_lose_nothing(url: str) -> None:
    """Each session opens the store as a process of its own would, tables and all."""

    def session(name: str) -> None:
        with closing(open_store(url)) as own:
            for number in range(5):
                keep(own, name, number=number)

    names = [f"session{n}" for n in range(8)]
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(session, names))
    with closing(open_store(url)) as store:
        assert {name: len(held.payloads) for name in names if (held := store.get(name))} == dict.fromkeys(names, 5)


@pytest.mark.slow
class TestOnPostgres:
    """What only a server can do wrong."""

    def test_tables_of_another_version_are_refused_and_left_alone(self, on_postgres: str) -> None:
        with closing(open_store(on_postgres)) as store:
            keep(store)
        engine = create_engine(on_postgres)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE entries DROP COLUMN payload"))
        with pytest.raises(StoreError, match="another version"):
            open_store(on_postgres)
        assert examine(on_postgres).startswith("the conversations were kept by another version")
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM entries")).scalar_one() == 1
        engine.dispose()

    def test_what_is_sound_is_no_fault(self, on_postgres: str) -> None:
        with closing(open_store(on_postgres)) as store:
            keep(store)
        assert examine(on_postgres) == ""

    def test_connections_that_the_server_cuts_off_cost_nothing(self, on_postgres: str) -> None:
        store, engine = open_store(on_postgres), create_engine(on_postgres, isolation_level="AUTOCOMMIT")
        keep(store)
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"))
        engine.dispose()
        assert store.get("a") is not None
        store.close()

    def test_a_server_that_is_gone_is_told_without_text_or_address(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        gone = f"postgresql+psycopg://user:secret@127.0.0.1:{port}/name"
        with pytest.raises(StoreError) as fault:
            open_store(gone)
        assert "secret" not in str(fault.value) and "HOLDFAST_DATABASE" in str(fault.value)
        assert "secret" not in examine(gone)
