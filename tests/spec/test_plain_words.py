"""What a patient is told: the clinician's decision and sources, in words for readers of about twelve years, with the team to call and no dose to change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import pytest

from assistant.composing import compose
from assistant.knowledge import knowledge
from assistant.records import Action, Case, Decision, Dictated, Infection
from assistant.rules import decide
from assistant.wording import Voice, markers_in, wording
from eval.decision_table import bases
from tests.spec.test_dictated_answers import by_infection, with_extras

DECIDED = (Action.HOLD, Action.RESUME, Action.REASSESS, Action.NO_HOLD)
TWELVE_YEARS = 7.0  # the highest school grade of the Flesch-Kincaid formula that children of twelve are in


def grade(text: str) -> float:
    """The Flesch-Kincaid grade, with syllables counted as groups of vowels but for a silent ending; markers are not read out."""
    said = re.sub(r"\*\*|\[[0-9A-Z]+\]", "", text)
    sentences = [part for part in re.split(r"(?<=[.!?:])\s+", said) if part.strip()]
    words = re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*", said)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    spoken = re.sub(r"(?<=[a-z]{2})(?:(?<![lt])es|(?<![td])ed|(?<!l)e)$", "", word.lower())
    return max(1, len(re.findall(r"(?<![ts])i(?=[ao])|[aeiouy]+", spoken)))


Told = tuple[Case, Decision, Dictated, Dictated]


@lru_cache(maxsize=1)
def told() -> tuple[Told, ...]:
    """Every decision of the enumerated table, with the answer to a clinician and to a patient; each wording once."""
    found: dict[str, Told] = {}
    for case in cases():
        decision = decide(case)
        answers = [compose(case, decision, voice=voice) for voice in Voice]
        found.setdefault(f"{decision.rules} {answers[0].text}", (case, decision, answers[0], answers[1]))
    return tuple(found.values())


def cases() -> Iterator[Case]:
    for infection in Infection:
        yield from by_infection(infection)
    for base in bases().values():
        yield from with_extras(base)


@pytest.mark.parametrize(
    ("word", "count"),
    [("the", 1), ("pause", 1), ("stopped", 1), ("treated", 2), ("resolved", 2), ("people", 2), ("antibiotics", 5), ("pomalidomide", 5), ("infection", 3), ("disease", 2), ("comes", 1), ("dose", 1)],
)
def test_the_formula_counts_syllables_as_people_say_them(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_formula_tells_plain_from_learned() -> None:
    assert grade("The cat sat on the mat. It was warm.") < 2
    assert grade("Reassess risk and benefit before any reintroduction of pomalidomide is considered in immunocompromised individuals.") > 14


def test_every_answer_to_a_patient_is_plain_and_plainer_than_the_clinician_s() -> None:
    measured = [(grade(plain.text), grade(other.text), plain.text) for _, decision, other, plain in told() if decision.action in DECIDED and not decision.topics]
    assert len(measured) > 400
    assert [text for found, _, text in measured if found > TWELVE_YEARS] == []
    assert [text for found, other, text in measured if found >= other] == []


def test_every_patient_is_told_to_call_the_team_and_to_change_no_dose() -> None:
    opening = wording(Voice.PATIENT).notes["patient_voice"]
    assert "call your treating team now" in opening and "change no dose by yourself" in opening
    assert [plain.text for _, decision, _, plain in told() if decision.action in DECIDED and not plain.text.startswith(opening)] == []


def test_a_patient_s_answer_rests_on_the_same_places_and_keeps_the_article_s_markers() -> None:
    for _, _, other, plain in told():
        article = {marker for marker in markers_in(other.text) if marker.isdigit()}
        assert article == {marker for marker in markers_in(plain.text) if marker.isdigit()}, plain.text
        assert {name for s in other.sentences for name in s.passage_ids if name.startswith("article:")} == {name for s in plain.sentences for name in s.passage_ids if name.startswith("article:")}


def test_where_a_dose_is_lowered_the_team_decides_it() -> None:
    words = wording(Voice.PATIENT)
    said = [*words.elements.items(), *words.variants.items(), *words.outlook.items()]
    lowered = [(name, text) for name, text in said if "lower" in text and name != "unspecified"]
    assert len(lowered) > 10
    assert [name for name, text in lowered if "our team decides on" not in text] == []


def test_no_sentence_is_missing_in_plain_words_and_none_is_left_over() -> None:
    plain, other = wording(Voice.PATIENT), wording()
    for group in ("headline", "headline_held", "elements", "outlook", "notes", "outside"):
        assert set(getattr(plain, group)) == set(getattr(other, group)), group
    codes = tuple(f".{label.marker}" for label in knowledge().labels.values())
    shows_a_label = {name for name, text in {**plain.elements, **plain.variants}.items() if set(markers_in(text)) - set("1234")}
    assert set(plain.variants) == {name for name in other.variants if not name.endswith(codes) or name.rpartition(".")[0] in shows_a_label}
