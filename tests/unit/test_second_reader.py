"""The second reader: small, repeatable, and refused where its weights do not fit. And how it is trained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import KnowledgeError
from assistant.reading.reader import scans_of
from assistant.reading.second import LENGTHS, MAX_CHARACTERS, classifier, features
from assistant.weights import BUCKETS, FOLDER
from eval import train_reader

NAMES = ("intent", "topic", "state")


def _buckets(*turns: str) -> list[int]:
    found: list[int] = features(scans_of(turns))[0].tolist()
    return found


class TestFeatures:
    """Hashed n-grams and items of a conversation, in blocks of fixed length."""

    @pytest.mark.parametrize("text", ["", "?", "pneumonia", "Pneumonia on pom, hold?", "\u6f22\u5b57", "9" * 500, "x" * 10_000])
    def test_are_bounded_and_lie_within_the_buckets(self, text: str) -> None:
        buckets, values = features(scans_of([text]))
        assert len(buckets) == len(values)
        assert all(0 <= b < BUCKETS for b in buckets.tolist())
        assert (values**2).sum() <= sum(length**2 for length in LENGTHS) + 1e-9

    def test_numbers_are_not_learnt_by_heart(self) -> None:
        assert _buckets("ANC 0.4, aged 78") == _buckets("ANC 1.2, aged 55")

    def test_case_and_typographic_signs_do_not_matter(self) -> None:
        assert _buckets("She's ILL") == _buckets("she\u2019s ill")

    def test_a_long_text_is_cut(self) -> None:
        long = "stable and well today " * 400
        assert len(_buckets(long)) < 1.1 * len(_buckets(long[:MAX_CHARACTERS]))

    def test_what_the_lexicon_read_is_among_them(self) -> None:
        assert _buckets("The cough has gone.") != _buckets("The cough has not gone.")
        assert _buckets("ok", "ok") != _buckets("ok"), "the last of several turns counts apart"


class TestClassifier:
    """The trained weights."""

    @pytest.mark.parametrize("name", NAMES)
    def test_probabilities_add_up_to_one(self, name: str) -> None:
        for text in ("", "pneumonia on pom, hold?", "thanks", "9" * 100):
            found = classifier(name).probabilities(scans_of([text]))
            assert np.isclose(sum(found.values()), 1.0)
            assert classifier(name).best(scans_of([text])) == max(found.items(), key=lambda pair: pair[1])

    @pytest.mark.parametrize(("name", "text", "label"), [
        ("intent", "Patient on pom with pneumonia, should we hold it?", "decision"), ("intent", "What percentage of patients get pneumonia on pomalidomide?", "fact"),
        ("intent", "What is the capital of France?", "outside"), ("topic", "How common is severe neutropenia on pomalidomide?", "neutropenia_rate"),
        ("topic", "What dose on haemodialysis?", "dialysis"), ("state", "Pneumonia completely resolved, antibiotics finished, no symptoms", "resolved"),
        ("state", "Pneumonia, febrile, day 2 of IV antibiotics", "infected"), ("state", "No infection, routine review, feels well, no fever", "none"),
    ])  # fmt: skip
    def test_plain_questions(self, name: str, text: str, label: str) -> None:
        assert classifier(name).best(scans_of([text]))[0] == label

    def test_topics_are_facts_of_the_article(self) -> None:
        from assistant.knowledge import knowledge

        assert set(classifier("topic").labels) <= set(knowledge().facts)

    def test_missing_weights_are_told_with_the_command(self, tmp_path: Path) -> None:
        with pytest.raises(KnowledgeError, match=r"second_reader/state: weights missing or damaged; run `python -m eval.train_reader`"):
            classifier("state", tmp_path)

    def test_weights_that_do_not_fit_their_labels_are_refused(self, tmp_path: Path) -> None:
        shutil.copy(FOLDER / "state.npy", tmp_path / "state.npy")
        (tmp_path / "state.json").write_text('{"labels": ["a", "b"]}', encoding="utf-8")
        with pytest.raises(KnowledgeError, match="for 2 labels"):
            classifier("state", tmp_path)

    @pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"not numpy at all"])
    def test_damaged_weights_are_refused(self, tmp_path: Path, damage: bytes) -> None:
        shutil.copy(FOLDER / "state.json", tmp_path / "state.json")
        (tmp_path / "state.npy").write_bytes(damage)
        with pytest.raises((KnowledgeError, EOFError)):
            classifier("state", tmp_path)


class TestTraining:
    """Trained on the examples and the build sets alone; nothing held back is ever opened."""

    def test_a_held_back_set_is_never_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[Path] = []
        plain = Path.read_text

        def remember(self: Path, *arguments: object, **named: object) -> str:
            opened.append(self)
            return plain(self, *arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(Path, "read_text", remember)
        assert list(train_reader.intents())
        assert list(train_reader.states())
        assert list(train_reader.topics())
        assert {label for _, label in train_reader.severities()} == {"mild", "severe", "life_threatening", "unspecified"}
        assert train_reader.lines()
        assert [p for p in opened if "held_back" in p.parts] == []
        assert [p for p in opened if p.suffix == ".jsonl"]

    def test_examples_carry_labels_of_the_classifiers(self) -> None:
        assert {label for _, label in train_reader.states()} == {"resolved", "infected", "none"}
        assert {label for _, label in train_reader.intents()} <= {"decision", "fact", "outside", "nothing"}

    def test_the_share_held_back_is_chosen_by_the_text_and_is_about_a_fifth(self) -> None:
        texts = [text for text, _ in train_reader.states()]
        share = sum(map(train_reader.held_back, texts)) / len(texts)
        assert 0.15 < share < 0.25

    def test_training_twice_writes_the_same_bytes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(train_reader.STRENGTH, "state", 1.0)
        examples = list(train_reader.states())[::40]
        written = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            train_reader.train("state", examples, tmp_path / name)
            written.append(((tmp_path / name / "state.npy").read_bytes(), json.loads((tmp_path / name / "state.json").read_text(encoding="utf-8"))))
        assert written[0] == written[1]
        assert classifier("state", tmp_path / "one").labels == classifier("state", tmp_path / "two").labels
