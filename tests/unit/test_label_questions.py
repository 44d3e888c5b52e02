"""Questions put to the product labels are answered from the label records, with jurisdiction and marker, and never decide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import reading
from assistant.knowledge import knowledge
from assistant.pipeline import Assistant
from assistant.records import Action, Answer, Asked
from tests.support import ROOT, QuotedOnly

SET = Path(ROOT / "eval" / "sets" / "build" / "labels.jsonl")
LINES = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]


def ask(*turns: str, jurisdiction: str = "") -> Answer:
    return Assistant(retriever=QuotedOnly(), jurisdiction=jurisdiction).answer(turns)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_a_question_to_a_label_is_answered_with_its_jurisdiction_and_marker(line: dict) -> None:
    answer = ask(line["question"])
    gold = line["gold"]
    assert answer.decision.action is Action.INFORM
    assert [fact for fact in gold["facts"] if fact not in answer.text] == []
    assert {c.marker for c in answer.citations if c.marker.isalpha()} == set(gold["citations"])
    assert all(c.quote == knowledge().passages[c.passage_id].text for c in answer.citations)


def test_there_are_sixty_of_them_over_all_topics() -> None:
    assert len(LINES) >= 60
    asked = {topic for line in LINES for topic in ask(line["question"]).decision.topics}
    assert {entry.id for entry in knowledge().label_questions.topics} <= asked


@pytest.mark.parametrize(
    ("question", "action"),
    [
        ("Severe pneumonia on pomalidomide, on IV antibiotics. What does the US label say, hold?", Action.HOLD),
        ("72F on pom 4 mg, cellulitis, cefalexin. Does the SmPC tell me to stop?", Action.HOLD),
        ("ANC 0.3, 38.9 C on pom. Label?", Action.HOLD),
        ("My patient has shingles on Imnovid; dose by the EU label?", Action.HOLD),
        ("Her pneumonia was severe and has completely resolved, pom 3 mg. Restart dose by the US label?", Action.RESUME),
    ],
)
def test_a_patient_with_an_infection_gets_a_decision_whatever_the_label_says(question: str, action: Action) -> None:
    assert ask(question).decision.action is action


@pytest.mark.parametrize("question", ["Dose in Child-Pugh B?", "Fluvoxamine and pomalidomide, how much do I cut the dose?", "VTE prophylaxis on pomalidomide: aspirin or apixaban?"])
def test_a_silence_of_the_article_stays_out_of_scope_with_the_label_beside_it(question: str) -> None:
    answer = ask(question)
    assert answer.decision.action is Action.OUT_OF_SCOPE
    assert any("label:" in name for note in answer.notes for name in note.passage_ids)


def test_the_label_that_is_named_goes_before_the_setting() -> None:
    assert ask("Dose in Child-Pugh B by the US label?", jurisdiction="EU").citations[0].marker == "US"
    assert {c.marker for c in ask("Dose in Child-Pugh B by the label?", jurisdiction="EU").citations} == {"EU"}
    assert {c.marker for c in ask("Dose in Child-Pugh B by the label?").citations} == {"US", "EU"}


def test_a_record_that_was_not_seen_says_so_in_the_answer() -> None:
    assert "[EU] was not seen in any copy of the label and is not verified" in ask("Does the SmPC change the dose in cirrhosis?").text
    assert "[US] were read in secondary copies" in ask("US label: dose in cirrhosis?").text


def test_a_label_that_has_no_record_says_so() -> None:
    assert "No record of the CA label on this is on file." in ask("Canadian label: dose in cirrhosis?").text


def test_the_article_leads_where_it_is_asked_beside_the_label() -> None:
    case = reading.read(("On dialysis, what does the article say and what does the label say about the dose?",))
    assert case.asked is Asked.FACT and case.topics[0] == "dialysis"
