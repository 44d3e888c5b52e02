"""An index that is damaged is noticed before it answers, and rebuilt with a message."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import collection, index
from tests.support import WordEmbedder, run_assistant, some_passages

PASSAGES = some_passages(100)
STAMP = index.stamp(PASSAGES, "words", "0")


def _cut(folder: Path) -> None:
    database = folder / collection.DATABASE
    database.write_bytes(database.read_bytes()[: 40 * 4096])


def _overwrite_middle(folder: Path) -> None:
    with (folder / collection.DATABASE).open("r+b") as file:
        file.seek(20 * 4096)
        file.write(bytes(range(256)) * 480)


def _no_database(folder: Path) -> None:
    (folder / collection.DATABASE).unlink()


def _empty_database(folder: Path) -> None:
    (folder / collection.DATABASE).write_bytes(b"")


def _text(folder: Path) -> None:
    (folder / collection.DATABASE).write_text("this is no database " * 1000)


def _change_a_text(folder: Path) -> None:
    with sqlite3.connect(folder / collection.DATABASE) as database:
        database.execute("UPDATE embedding_metadata SET string_value = 'Continue the drug' WHERE id = 7 AND key = 'chroma:document'")
    database.close()


def _lose_a_passage(folder: Path) -> None:
    with sqlite3.connect(folder / collection.DATABASE) as database:
        database.execute("DELETE FROM embedding_metadata WHERE id = 7")
        database.execute("DELETE FROM embeddings WHERE id = 7")
    database.close()


def _lose_the_collection(folder: Path) -> None:
    with sqlite3.connect(folder / collection.DATABASE) as database:
        database.execute("DELETE FROM collections")
    database.close()


def _lose_the_vectors(folder: Path) -> None:
    for vectors in folder.glob("*/"):
        shutil.rmtree(vectors)
    with sqlite3.connect(folder / collection.DATABASE) as database:
        database.execute("DELETE FROM embeddings_queue")
    database.close()


def _no_manifest(folder: Path) -> None:
    (folder / index.MANIFEST).unlink()


def _half_a_manifest(folder: Path) -> None:
    manifest = folder / index.MANIFEST
    manifest.write_text(manifest.read_text()[:50])


def _no_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def _empty_pointer(folder: Path) -> None:
    (folder.parent / "current").write_text("")


def _garbled_pointer(folder: Path) -> None:
    (folder.parent / "current").write_bytes(b"\xff\xfe\x00")


DAMAGES = [
    _cut, _overwrite_middle, _no_database, _empty_database, _text, _change_a_text, _lose_a_passage, _lose_the_collection, _lose_the_vectors,
    _no_manifest, _half_a_manifest, _no_folder, _empty_pointer, _garbled_pointer,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_every_damage_is_noticed_told_and_mended(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    index.build(tmp_path, PASSAGES, STAMP, WordEmbedder(), lambda message, share: None)
    # Chroma caches the client of a path for the life of a process; a copy has a path of its own.
    data = tmp_path / "copy"
    shutil.copytree(tmp_path / "index", data / "index")
    folder = index.current(data)
    assert folder is not None
    damage(folder)

    told: list[str] = []
    store = index.ready(data, PASSAGES, STAMP, WordEmbedder(), lambda message, share: told.append(message))
    assert told[0].startswith("Building the index: ")
    assert len(store.get()["ids"]) == len(PASSAGES)
    assert len(store.similarity_search("fever number0", k=10)) == 10


@pytest.mark.parametrize("damage", [_cut, _overwrite_middle, _text, _no_database], ids=lambda damage: damage.__name__.strip("_"))
def test_a_file_that_is_no_sound_database_is_noticed_before_chroma_opens_it(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """A damaged file can take the process down inside Chroma, where nothing can be caught."""
    index.build(tmp_path, PASSAGES, STAMP, WordEmbedder(), lambda message, share: None)
    folder = index.current(tmp_path)
    assert folder is not None
    assert index.examine(tmp_path, STAMP) == ""
    damage(folder)
    assert index.examine(tmp_path, STAMP).startswith("the index is damaged")


@pytest.mark.slow
def test_the_command_says_what_is_wrong_and_what_mends_it(tmp_path: Path, data_with_index: Path) -> None:
    shutil.copytree(data_with_index / "index", tmp_path / "index")
    sound = run_assistant("index", "verify", data=tmp_path)
    assert (sound.returncode, sound.stdout) == (0, "the index is sound\n")
    folder = index.current(tmp_path)
    assert folder is not None
    _change_a_text(folder)
    broken = run_assistant("index", "verify", data=tmp_path)
    assert broken.returncode == 1
    assert broken.stdout == "not usable: the index does not hold what its manifest says; the next question rebuilds it, or `python -m assistant index build`\n"
