"""The index: built once, rebuilt when it was built from something else, complete, keyed by passage id."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from assistant import bundled, encoder, index
from assistant.errors import IndexUnusable, SettingsError
from assistant.records import Passage
from tests.stores import Store
from tests.support import WordEmbedder, some_passages

PASSAGES = some_passages(100)


def stamp(passages: tuple[Passage, ...] = PASSAGES) -> index.Stamp:
    return index.stamp(passages, "words", "0" * 64)


def ready(data: Path, passages: tuple[Passage, ...] = PASSAGES) -> list[str]:
    """Make the index ready; what was told."""
    told: list[str] = []
    index.ready(data, passages, stamp(passages), WordEmbedder(), lambda message, share: told.append(message))
    return told


def test_it_is_built_at_first_use_with_progress_and_not_again(store: Store, tmp_path: Path) -> None:
    told: list[str] = []
    store.ready(tmp_path, PASSAGES, WordEmbedder(), lambda message, share: told.append(message))
    assert [line for line in told if line.startswith("Encoded")] == ["Encoded 64 of 100 passages", "Encoded 100 of 100 passages"]
    told.clear()
    store.ready(tmp_path, PASSAGES, WordEmbedder(), lambda message, share: told.append(message))
    assert told == []


def test_why_it_is_built_is_told(tmp_path: Path) -> None:
    assert ready(tmp_path) == ["Building the index: there is no index yet", "Encoded 64 of 100 passages", "Encoded 100 of 100 passages", "The index is built"]


def test_it_holds_every_passage_under_its_id_with_its_own_text(store: Store, tmp_path: Path) -> None:
    held = store.ready(tmp_path, PASSAGES, WordEmbedder(), lambda message, share: None).get()
    assert dict(zip(held["ids"], held["documents"], strict=True)) == {p.id: p.text for p in PASSAGES}


def test_a_passage_that_changed_is_served_as_it_is_now(store: Store, tmp_path: Path) -> None:
    store.ready(tmp_path, PASSAGES, WordEmbedder(), lambda message, share: None)
    changed = (dataclasses.replace(PASSAGES[0], text="What the source says now"), *PASSAGES[1:])
    held = store.ready(tmp_path, changed, WordEmbedder(), lambda message, share: None).get()
    assert dict(zip(held["ids"], held["documents"], strict=True)) == {p.id: p.text for p in changed}


def test_the_texts_that_it_was_built_from_are_kept_beside_it_and_their_loss_is_no_fault(tmp_path: Path) -> None:
    assert index.texts(tmp_path) == {}
    ready(tmp_path)
    assert index.texts(tmp_path) == {p.id: p.text for p in PASSAGES}
    folder = index.current(tmp_path)
    assert folder is not None
    for damaged in ("no JSON", "[]"):
        (folder / index.TEXTS).write_text(damaged)
        assert index.texts(tmp_path) == {}
        assert index.examine(tmp_path, stamp()) == ""


def test_headings_are_encoded_with_a_passage_and_not_stored_as_its_text() -> None:
    passage = Passage(id="x", source="article", text="Resume at same dose", section=("Algorithm", "For mild infections"))
    assert index.embedded_text(passage) == "Algorithm: For mild infections: Resume at same dose"


def test_building_again_doubles_nothing(tmp_path: Path) -> None:
    ready(tmp_path)
    index.build(tmp_path, PASSAGES, stamp(), WordEmbedder(), lambda message, share: None)
    store = index.ready(tmp_path, PASSAGES, stamp(), WordEmbedder(), lambda message, share: None)
    assert len(store.get()["ids"]) == len(PASSAGES)


@pytest.mark.parametrize("field", ["schema", "encoder", "encoder_sha256", "knowledge_sha256", "chromadb"])
def test_each_part_of_a_stamp_that_does_not_match_rebuilds_it(tmp_path: Path, field: str) -> None:
    ready(tmp_path)
    folder = index.current(tmp_path)
    assert folder is not None
    written = json.loads((folder / index.MANIFEST).read_text())
    (folder / index.MANIFEST).write_text(json.dumps({**written, field: "something else"}))
    assert ready(tmp_path)[0] == f"Building the index: the index was built from something else ({field})"
    assert ready(tmp_path) == []


@pytest.mark.parametrize(
    "change", [{"text": "Other words"}, {"section": ("Elsewhere",)}, {"markers": ("1",)}, {"source": "labels"}, {"id": "test:new"}], ids=lambda change: next(iter(change))
)
def test_any_change_of_a_passage_changes_the_stamp(change: dict[str, object]) -> None:
    changed = (dataclasses.replace(PASSAGES[0], **change), *PASSAGES[1:])  # type: ignore[arg-type]
    assert stamp(changed) != stamp()


def test_the_previous_build_stays_for_who_has_it_open_and_older_ones_go(tmp_path: Path) -> None:
    seen = []
    for _ in range(4):
        index.build(tmp_path, PASSAGES, stamp(), WordEmbedder(), lambda message, share: None)
        seen.append(index.current(tmp_path))
    assert sorted((tmp_path / "index").glob("build-*")) == sorted(folder for folder in seen[-2:] if folder)


def test_an_open_index_still_answers_after_it_was_replaced(tmp_path: Path) -> None:
    store = index.ready(tmp_path, PASSAGES, stamp(), WordEmbedder(), lambda message, share: None)
    index.build(tmp_path, PASSAGES, stamp(), WordEmbedder(), lambda message, share: None)
    assert len(store.similarity_search("fever number0", k=5)) == 5


def test_nothing_to_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="no passages"):
        ready(tmp_path, ())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnusable, match=r"cannot be written to .*/file/index \(Not a directory\); .* HOLDFAST_DATA"):
        ready(tmp_path / "file")


def test_the_bundled_encoder_is_the_one_that_was_tested() -> None:
    assert len(encoder.fingerprint("bundled")) == 64
    assert (encoder.folder("bundled") / "modules.json").is_file()


def test_an_encoder_with_other_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bundled.PINNED, "tokenizer.json", "0" * 64)
    encoder.fingerprint.cache_clear()
    bundled.digests.cache_clear()
    with pytest.raises(SettingsError, match=r"tokenizer\.json is not the tested one; reinstall it"):
        encoder.fingerprint("bundled")
    encoder.fingerprint.cache_clear()
    bundled.digests.cache_clear()


def test_a_folder_of_ones_own_is_hashed_whole(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    before = encoder.fingerprint(str(tmp_path))
    encoder.fingerprint.cache_clear()
    bundled.digests.cache_clear()
    (tmp_path / "weights").write_text("changed")
    assert encoder.fingerprint(str(tmp_path)) != before


def test_a_folder_of_ones_own_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "modules.json").write_text("[]")

    def denied(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(encoder, "sha256", denied)
    encoder.fingerprint.cache_clear()
    with pytest.raises(SettingsError, match=r"cannot be read \(Permission denied\); .* HOLDFAST_ENCODER"):
        encoder.fingerprint(str(tmp_path))
