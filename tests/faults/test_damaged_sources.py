"""What is derived from the added sources is damaged: `verify` tells it, with what mends it, and the next search or a rebuild does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant import collection
from assistant.collection import Place
from assistant.library import found
from assistant.library.loading import Loaded, Part
from assistant.library.shelf import ANEW, Shelf
from tests.support import WordEmbedder, run_assistant

MARK = "w" * 64
PASSAGES = 100


def quiet(message: str, share: float) -> None:
    """Tell nobody."""


def place(data: Path) -> Place:
    return Place(data / "added" / ".search")


def opened(data: Path) -> found.AddedSearch | None:
    return found.opened(data, place(data), WordEmbedder(), MARK, quiet)


def differences(data: Path) -> list[str]:
    return found.differences(Shelf(data), place(data))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A shelf with one source and its search, under a path that Chroma has not seen: it keeps a client for each."""
    parts = tuple(Part(text=f"zebra passage number{n}", section=("Zebra",), page=None) for n in range(PASSAGES))
    with Shelf(tmp_path / "made").locked():
        Shelf(tmp_path / "made").add(Loaded(name="zebra.md", sha256="z" * 64, pages=0, parts=parts, withheld=0), WordEmbedder(), MARK, quiet)
    opened(tmp_path / "made")
    return shutil.copytree(tmp_path / "made", tmp_path / "data")


def database(data: Path) -> Path:
    return next((data / "added" / ".search").glob("chroma*")) / collection.DATABASE


def _overwritten(file: Path) -> None:
    file.write_text("this is no database " * 1000)


def _overwritten_in_the_middle(file: Path) -> None:
    with file.open("r+b") as held:
        held.seek(20 * 4096)
        held.write(bytes(range(256)) * 480)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: 40 * 4096])


def _gone(file: Path) -> None:
    file.unlink()


STORES = pytest.mark.parametrize("damage", [_overwritten, _overwritten_in_the_middle, _cut, _gone], ids=lambda damage: damage.__name__.strip("_"))


@STORES
def test_a_search_store_that_is_no_sound_database_is_told_before_chroma_opens_it(data: Path, damage: Callable[[Path], None]) -> None:
    assert differences(data) == []
    damage(database(data))
    [told] = differences(data)
    assert told.startswith("the search over the added sources is damaged") and told.endswith(ANEW)


def test_a_store_that_chroma_alone_cannot_read_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chromadb.errors import InternalError

    def refuse(*arguments: object) -> None:
        raise InternalError("error returned from database")

    monkeypatch.setattr(Place, "collection", refuse)
    assert differences(data) == [f"the search over the added sources is damaged (InternalError); {ANEW}"]


@pytest.mark.parametrize("damage", [_overwritten, _gone], ids=lambda damage: damage.__name__.strip("_"))
def test_a_search_store_that_is_no_database_is_made_anew_by_the_next_search_even_where_it_must_be_brought_up_to_date(data: Path, damage: Callable[[Path], None]) -> None:
    damage(database(data))
    (data / "added" / ".search" / "state.json").unlink()
    search = opened(data)
    assert search is not None
    assert len(search.search("zebra number7", WordEmbedder().embed_query("zebra number7"), 4)) == 4
    assert differences(data) == []


def test_vectors_in_the_store_that_are_not_those_of_the_source_are_told(data: Path) -> None:
    rows = place(data).collection(found.NAME, found.SPACE)
    held = rows.get(ids=[f"added:{Shelf(data).all()[0].id}:7"], include=["embeddings"])
    rows.update(ids=held["ids"], embeddings=-np.asarray(held["embeddings"], dtype=np.float32))
    assert differences(data) == [f"[L1] zebra.md: the search does not hold the vectors of its passages; {ANEW}"]


def test_every_file_of_the_words_that_is_changed_lost_or_put_there_is_told(data: Path) -> None:
    [words] = (data / "added" / ".search").glob("words-*")
    files = sorted(words.iterdir())
    assert len(files) > 3
    for file in files:
        sound = file.read_bytes()
        file.write_bytes(bytes(256 - byte if byte else 1 for byte in sound[:64]) + sound[64:])
        assert differences(data) == [f"the words' index is damaged; {ANEW}"], file.name
        file.unlink()
        assert differences(data) == [f"the words' index is damaged; {ANEW}"], file.name
        file.write_bytes(sound)
    (words / "more").touch()
    assert differences(data) == [f"the words' index is damaged; {ANEW}"]
    shutil.rmtree(words)
    assert differences(data) == [f"the words' index is damaged (FileNotFoundError); {ANEW}"]


def test_a_search_of_an_earlier_version_without_sums_is_used_and_told(data: Path) -> None:
    file = data / "added" / ".search" / "state.json"
    state = json.loads(file.read_text())
    del state["words"]
    file.write_text(json.dumps(state))
    assert opened(data) is not None
    assert json.loads(file.read_text()) == state, "it was made anew, which costs minutes for a large shelf"
    assert differences(data) == [f"the words' index was made by an earlier version and cannot be verified; {ANEW}"]


@pytest.mark.slow
def test_the_command_tells_it_without_a_traceback_and_a_rebuild_mends_it(tmp_path: Path, data_with_index: Path) -> None:
    data = shutil.copytree(data_with_index, tmp_path / "data")
    (tmp_path / "policy.md").write_text("# Policy\n\nThe zebra unit books the count.\n")
    assert run_assistant("index", "add", str(tmp_path / "policy.md"), data=data).returncode == 0
    assert run_assistant("index", "verify", data=data).stdout == "the index is sound\n"
    _overwritten(database(data))
    vectors = next(data.glob("added/*/vectors.npy"))
    np.save(vectors, -np.load(vectors))
    first = run_assistant("index", "verify", data=data)
    assert (first.returncode, first.stderr) == (1, "")
    assert first.stdout.splitlines() == [
        "the index is sound",
        f"[L1] policy.md: its vectors or offsets are not those that were made; {ANEW}",
        f"the search over the added sources is damaged (DatabaseError); {ANEW}",
    ]
    rebuilt = run_assistant("index", "rebuild", data=data)
    assert (rebuilt.returncode, rebuilt.stdout) == (0, "")
    assert rebuilt.stderr.count("The index is built") == 1 and "policy.md: encoded 1 of 1 passages" in rebuilt.stderr
    assert run_assistant("index", "verify", data=data).stdout == "the index is sound\n"
