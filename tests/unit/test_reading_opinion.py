"""The second reader's opinion: both classifiers in one, on words that no list foresees."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from assistant.errors import KnowledgeError
from assistant.reading import opinion
from assistant.reading.opinion import HEADS, line_of
from assistant.reading.reader import scans_of
from assistant.tuned import tuned
from eval import train_reader


class TestLine:
    """What the tuned classifier reads."""

    def test_names_stand_as_what_they_are(self) -> None:
        line = line_of(scans_of(["Cellulitis, flucloxacillin done; back on Imnovid?"]))
        assert "infection" in line
        assert "antibiotics" in line
        assert "pomalidomide" in line
        assert "<" not in line

    def test_turns_stay_apart(self) -> None:
        assert " | " in line_of(scans_of(["Pneumonia on pom", "all gone now"]))

    def test_of_a_long_note_both_ends_are_read(self) -> None:
        line = line_of(scans_of(["Dental abscess. " + "The daughter reads the paper. " * 60 + "Restart the drug?"])).split()
        assert len(line) == 80
        assert line[0] == "infection"
        assert line[-4:] == ["restart", "the", "drug", "?"]


class TestOpinion:
    """Probabilities of both classifiers together."""

    @pytest.mark.parametrize("name", HEADS)
    @pytest.mark.parametrize("text", ["", "pneumonia on pom, hold?", "thanks", "9" * 100, "\u6f22\u5b57"])
    def test_adds_up_to_one(self, name: str, text: str) -> None:
        found = opinion.Opinion(name, scans_of([text]))
        assert sum(found.likely.values()) == pytest.approx(1.0)
        assert set(HEADS[name]) <= set(found.likely) == set(found.linear)

    @pytest.mark.parametrize(
        ("text", "state"),
        [
            ("His chest bug is ancient history, he is back refereeing on Saturdays. Pomalidomide again?", "resolved"),
            ("The antibiotics go on until Thursday week and she still drips with sweat at night. Pomalidomide?", "infected"),
            ("The whole class of her grandson is down with flu; she herself has been nowhere near and is perfectly fine. Pomalidomide tonight?", "none"),
        ],
    )
    def test_tells_a_course_in_words_of_no_list(self, text: str, state: str) -> None:
        found = opinion.Opinion("state", scans_of([text])).likely
        assert max(found, key=found.__getitem__) == state

    def test_is_the_mean_of_both_and_of_none_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scans = scans_of(["His chest bug is ancient history. Pomalidomide again?"])
        monkeypatch.setattr(opinion, "_tuned", lambda name, line: {"infected": 1.0, "resolved": 0.0, "none": 0.0})
        found = opinion.Opinion("state", scans)
        assert found.likely["infected"] > found.linear["infected"]
        monkeypatch.setattr(opinion, "_tuned", lambda name, line: {})
        found = opinion.Opinion("state", scans)
        assert found.likely == pytest.approx(found.linear, abs=1e-6)

    def test_is_not_followed_where_the_linear_one_speaks_against_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(opinion, "_tuned", lambda name, line: {"infected": 0.0, "resolved": 1.0, "none": 0.0})
        told = opinion.Opinion("state", scans_of(["Pneumonia, on IV antibiotics since yesterday, febrile. Pomalidomide?"]))
        assert told.linear["resolved"] < opinion.DISSENT
        assert not told.agrees("resolved", 0.0)
        assert told.warns(0.65)

    def test_the_tuned_one_is_not_asked_where_the_linear_one_is_sure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(opinion, "_tuned", lambda name, line: pytest.fail("asked"))
        told = opinion.Opinion("state", scans_of(["Pneumonia, on IV antibiotics since yesterday, febrile. Pomalidomide?"]))
        assert told.warns(0.65)
        assert not told.agrees("resolved", 0.5)

    def test_weights_that_are_missing_are_told_with_the_remedy(self, tmp_path: Path) -> None:
        with pytest.raises(KnowledgeError, match=r"second_reader/reading: weights missing or damaged"):
            tuned(opinion.NAME, tmp_path)


class TestExamples:
    """What the tuned classifier learns from."""

    def test_each_line_has_one_label_of_a_question_or_none(self) -> None:
        lines = train_reader.lines()
        for labels in HEADS.values():
            at = [train_reader.TASK.heads.index(label) for label in labels]
            told = [[row[n] for n in at] for row in lines.values()]
            assert any(sum(row) == 1 for row in told)
            assert all(sum(row) == 1 or math.isnan(sum(row)) for row in told)
