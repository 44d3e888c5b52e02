"""What a drafted answer rests on: markers added where the source is clear, passages behind every sentence."""

from __future__ import annotations

import re

import pytest

from assistant import reading, rules
from assistant.composing import compose
from assistant.difference import difference
from assistant.grounding import cited
from assistant.guardrail import check
from assistant.knowledge import knowledge
from assistant.pipeline import Assistant
from assistant.records import Draft, EditKind, Outcome
from tests.support import QuotedOnly
from tests.unit.test_pipeline import SEVERE, Scripted

CASE = reading.read([SEVERE])
DECISION = rules.decide(CASE)
DICTATED = compose(CASE, DECISION)
BARE = "Stop pomalidomide now. Hold it until the infection has completely resolved. Start appropriate antimicrobial therapy. Monitor the response of the infection."


def test_a_right_statement_gets_the_marker_that_it_lacks_and_still_passes() -> None:
    answer = Assistant(retriever=QuotedOnly(), drafter=Scripted(BARE)).answer([SEVERE])
    assert answer.text.startswith("Stop pomalidomide now [1]. Hold it until the infection has completely resolved [1]. Start appropriate antimicrobial therapy.")
    assert answer.verdict.outcome is Outcome.PASS
    assert check(answer.text, case=CASE, decision=DECISION, dictated=DICTATED).findings == ()
    assert [citation.marker for citation in answer.citations][:1] == ["1"]


def test_the_added_marker_is_shown_as_inserted() -> None:
    answer = Assistant(retriever=QuotedOnly(), drafter=Scripted(BARE)).answer([SEVERE])
    inserted = [edit for edit in difference(answer.draft, answer.verdict) if edit.kind is EditKind.INSERTED]
    assert {edit.why for edit in inserted} == {"The marker of its source was added."}
    joined = "".join(re.sub(r"\s+", "", edit.text) for edit in difference(Draft(text=BARE), answer.verdict) if edit.kind is not EditKind.STRUCK)
    assert joined == re.sub(r"\s+", "", answer.text)


def test_every_sentence_that_follows_from_a_rule_has_passages_behind_it() -> None:
    answer = Assistant(retriever=QuotedOnly(), drafter=Scripted(BARE)).answer([SEVERE])
    for sentence in answer.sentences:
        assert sentence.passage_ids, sentence
        assert set(sentence.passage_ids) <= knowledge().passages.keys()


def test_sentences_that_the_check_put_in_are_among_the_answer_s_sentences() -> None:
    answer = Assistant(retriever=QuotedOnly(), drafter=Scripted("Stop pomalidomide now. Hold it until it has completely resolved [1].")).answer([SEVERE])
    assert answer.verdict.outcome is Outcome.REPAIR
    left = answer.text
    for sentence in answer.sentences:
        assert sentence.text in left
        left = left.replace(sentence.text, "", 1)
    assert left.strip() == ""


@pytest.mark.parametrize("text", [DICTATED.text, "Stop pomalidomide now [1]. Hold it until the infection has completely resolved [1]."])
def test_what_is_marked_stays_as_it_is(text: str) -> None:
    verdict = check(text, case=CASE, decision=DECISION, dictated=DICTATED)
    assert cited(verdict, CASE, DECISION, DICTATED).text.startswith(text[:30])
    assert cited(cited(verdict, CASE, DECISION, DICTATED), CASE, DECISION, DICTATED) == cited(verdict, CASE, DECISION, DICTATED)


def test_a_replaced_draft_is_left_alone() -> None:
    verdict = check("Continue pomalidomide at 4 mg.", case=CASE, decision=DECISION, dictated=DICTATED)
    assert cited(verdict, CASE, DECISION, DICTATED) is verdict
