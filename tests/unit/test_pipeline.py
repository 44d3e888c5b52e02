"""The pipeline: the steps in order; the decision is the rules', whatever a model writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from assistant import composing, reading, rules
from assistant.errors import QuestionError
from assistant.knowledge import knowledge
from assistant.pipeline import MAX_CHARACTERS, Assistant
from assistant.records import Action, Case, Decision, Draft, Hit, Infection, Outcome, Severity
from tests.support import QuotedOnly

SEVERE = "Patient on pomalidomide 4 mg, admitted with severe pneumonia on IV antibiotics. Hold pomalidomide?"


class Scripted:
    """A drafter that says what it is told to, and remembers what it was given."""

    def __init__(self, text: str = "", failure: str = "") -> None:
        self.reply = Draft(text=text, model="scripted", failure=failure)
        self.given: list[Sequence[Hit]] = []

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str, heard: Callable[[str, bool], None] | None = None) -> Draft:
        self.given.append(hits)
        return self.reply


def test_without_a_model_the_answer_is_the_one_that_the_rules_dictate() -> None:
    answer = Assistant(retriever=QuotedOnly()).answer([SEVERE])
    case = reading.read([SEVERE])
    dictated = composing.compose(case, rules.decide(case))
    assert (answer.text, answer.sentences) == (dictated.text, dictated.sentences)
    assert answer.decision == rules.decide(case)
    assert answer.decision.action is Action.HOLD
    assert (answer.verdict.outcome, answer.verdict.findings, answer.draft, answer.remark) == (Outcome.PASS, (), None, "")
    assert answer.seconds > 0


def test_every_marker_that_is_shown_has_its_passage_behind_it() -> None:
    answer = Assistant(retriever=QuotedOnly()).answer([SEVERE])
    assert {c.marker for c in answer.citations} == {"1"}
    assert all(c.quote == knowledge().passages[c.passage_id].text for c in answer.citations)


def test_all_turns_are_read_and_searched() -> None:
    search = QuotedOnly()
    turns = [SEVERE, "Completely resolved, antibiotics finished a week ago. What dose?"]
    answer = Assistant(retriever=search).answer(turns)
    assert search.asked == ["\n".join(turns)]
    assert answer.turns == tuple(turns)
    assert answer.decision.action is Action.RESUME


@pytest.mark.parametrize("failure", ["it took longer than 20 seconds", "it sent nothing"])
def test_a_model_that_fails_leaves_the_dictated_answer_with_a_line_that_says_so(failure: str) -> None:
    answer = Assistant(retriever=QuotedOnly(), drafter=Scripted(failure=failure)).answer([SEVERE])
    assert answer.text == Assistant(retriever=QuotedOnly()).answer([SEVERE]).text
    assert answer.remark == f"The model gave no usable text ({failure}); this is the answer that the rules dictate."
    assert answer.draft is not None
    assert answer.draft.failure == failure


def test_a_draft_against_the_decision_is_never_shown_and_is_kept_beside_the_answer() -> None:
    wrong = "Continue pomalidomide at 4 mg without interruption [1]."
    answer = Assistant(retriever=QuotedOnly(), drafter=Scripted(wrong)).answer([SEVERE])
    assert answer.decision.action is Action.HOLD
    assert answer.verdict.outcome is Outcome.OVERRIDE
    assert wrong not in answer.text
    assert "contradicted the decision" in answer.remark
    assert answer.draft is not None
    assert answer.draft.text == wrong


def test_a_draft_that_passes_is_shown_with_its_citations() -> None:
    dictated = Assistant(retriever=QuotedOnly()).answer([SEVERE])
    drafter = Scripted(dictated.text)
    answer = Assistant(retriever=QuotedOnly(), drafter=drafter).answer([SEVERE])
    assert (answer.text, answer.citations, answer.remark) == (dictated.text, dictated.citations, "")
    assert drafter.given == [answer.hits]


def test_the_same_conversation_gives_the_same_answer() -> None:
    first, second = (Assistant(retriever=QuotedOnly()).answer([SEVERE]) for _ in range(2))
    assert (first.text, first.decision, first.hits, first.citations) == (second.text, second.decision, second.hits, second.citations)


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ([], "the question is empty"),
        ([""], "the question is empty"),
        ([" \n\t"], "the question is empty"),
        ([SEVERE, " "], "the question is empty"),
        (["x" * (MAX_CHARACTERS + 1)], "the question has more than 100,000 characters"),
        (["x" * MAX_CHARACTERS, "y"], "the question has more than 100,000 characters"),
        (["Hold \ud83d?"], "the question is not valid text (it holds half of a surrogate pair)"),
    ],
)
def test_what_is_no_question_is_refused(turns: list[str], said: str) -> None:
    for ask in (Assistant(retriever=QuotedOnly()).answer, Assistant(retriever=QuotedOnly()).decide):
        with pytest.raises(QuestionError) as caught:
            ask(turns)
        assert str(caught.value) == said


def test_a_question_at_the_limit_is_answered() -> None:
    assert Assistant(retriever=QuotedOnly()).answer([SEVERE + " " * (MAX_CHARACTERS - len(SEVERE))]).decision.action is Action.HOLD


def test_a_check_needs_no_search() -> None:
    search = QuotedOnly()
    decision, verdict = Assistant(retriever=search).check([SEVERE], "Continue pomalidomide at 4 mg without interruption.")
    assert (decision.action, verdict.outcome, search.asked) == (Action.HOLD, Outcome.OVERRIDE, [])


def test_a_draft_that_is_too_long_is_refused() -> None:
    with pytest.raises(QuestionError, match="the draft has more than 100,000 characters"):
        Assistant(retriever=QuotedOnly()).check([SEVERE], "x" * 100_001)


def test_what_was_read_can_be_corrected_by_hand() -> None:
    assistant = Assistant(retriever=QuotedOnly())
    answer = assistant.answer([SEVERE], corrections={"infection": "resolved", "severity": "mild", "dose_mg": 3})
    assert (answer.case.infection, answer.case.severity, answer.case.dose_mg) == (Infection.RESOLVED, Severity.MILD, 3.0)
    assert answer.decision.action is Action.RESUME
    assert {(fact.value, fact.note) for fact in answer.decision.facts if fact.name == "dose_mg"} == {(3.0, "corrected by hand")}


def test_a_number_can_be_forgotten_by_hand() -> None:
    answer = Assistant(retriever=QuotedOnly()).answer([SEVERE], corrections={"dose_mg": None})
    assert answer.case.dose_mg is None
    assert "dose_mg" not in {fact.name for fact in answer.decision.facts}


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        ({"severity": "moderate"}, "The correction of 'severity' must be one of unspecified, mild, severe, life_threatening."),
        ({"age": "old"}, "The correction of 'age' must be a number from 0 to 10,000, or None to forget it."),
        ({"age": True}, "The correction of 'age' must be a number from 0 to 10,000, or None to forget it."),
        ({"dialysis": "yes"}, "The correction of 'dialysis' must be true or false."),
        ({"facts": "x"}, "'facts' cannot be corrected; what can be is age, anc, dialysis,"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(correction: dict[str, str], said: str) -> None:
    with pytest.raises(QuestionError) as caught:
        Assistant(retriever=QuotedOnly()).answer([SEVERE], corrections=correction)
    assert str(caught.value).startswith(said)
