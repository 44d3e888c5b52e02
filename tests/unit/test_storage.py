"""What is kept comes back as it was; what is deleted is gone; a fault tells nothing of a patient."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.storage import Feedback, Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/new/kept.sqlite")


def keep(store: Store, conversation: str = "a", number: int = 0, text: str = "Pneumonia, hold?", title: str = "Bed 3") -> None:
    store.keep(conversation, title=title, extra="{}", number=number, text=text, payload=f"payload {number}")


def test_a_conversation_comes_back_in_order(store: Store) -> None:
    keep(store, number=0)
    keep(store, number=1)
    held = store.get("a")
    assert held is not None
    assert (held.title, held.payloads) == ("Bed 3", ("payload 0", "payload 1"))
    assert store.get("b") is None


def test_it_outlives_the_process_that_kept_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kept.sqlite"
    keep(open_store(url))
    held = open_store(url).get("a")
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


@pytest.mark.skipif("TEST_POSTGRES_URL" not in os.environ, reason="TEST_POSTGRES_URL names no database to try")
def test_the_same_on_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(os.environ["TEST_POSTGRES_URL"])
    store.drop("a")
    test_an_edited_question_drops_what_came_after_it(store)
    assert {one.id for one in store.search("PNEUMONIA bed")} >= {"a"}
    store.drop("a")
    assert store.get("a") is None
    store.close()
