"""The corrected draft: what the model said, what was struck and inserted, and why."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import reading, rules, terminal
from assistant.composing import compose
from assistant.contract import answer_record
from assistant.difference import difference
from assistant.guardrail import check
from assistant.pipeline import Assistant
from assistant.records import Draft, Edit, EditKind, Outcome
from tests.support import QuotedOnly
from tests.unit.test_pipeline import SEVERE, Scripted
from tests.unit.test_release import BAD, GOOD

CASE = reading.read([SEVERE])
DECISION = rules.decide(CASE)
DICTATED = compose(CASE, DECISION)


def edits(text: str) -> tuple[Edit, ...]:
    return difference(Draft(text=text), check(text, case=CASE, decision=DECISION, dictated=DICTATED))


def of(found: tuple[Edit, ...], *kinds: EditKind) -> str:
    return "".join(re.sub(r"\s+", "", edit.text) for edit in found if edit.kind in kinds)


def test_a_wrong_sentence_is_struck_with_reason_check_and_rule() -> None:
    found = edits(f"{DICTATED.text} Infections occur in 45% of patients [2].")
    assert [edit.text for edit in found if edit.kind is EditKind.STRUCK] == ["Infections occur in 45% of patients [2]."]
    struck = next(edit for edit in found if edit.kind is EditKind.STRUCK)
    assert struck.check in ("number", "support")
    assert struck.why
    assert struck.rule == DECISION.rules[0]


def test_what_was_missing_is_inserted_in_its_place() -> None:
    found = edits("Stop pomalidomide now. Start appropriate antimicrobial therapy. Monitor the response of the infection.")
    inserted = [edit for edit in found if edit.kind is EditKind.INSERTED]
    assert any("completely resolved" in edit.text for edit in inserted)
    assert all("lacks" in edit.why for edit in inserted)


def test_a_wrong_marker_is_struck_and_the_right_one_inserted_within_its_sentence() -> None:
    text = DICTATED.text.replace("[1]", "[4]", 1)
    found = edits(text)
    assert [(edit.text.strip(), edit.part) for edit in found if edit.kind is EditKind.STRUCK] == [("[4]", True)]
    assert [edit.text.strip() for edit in found if edit.kind is EditKind.INSERTED] == ["[1]"]


def test_the_first_part_of_a_corrected_sentence_begins_a_sentence() -> None:
    found = edits(DICTATED.text.replace("[1]", "[4]"))
    at = [number for number, edit in enumerate(found) if edit.part]
    assert at
    assert all(not found[number - 1].part or number - 1 in at for number in at)
    assert not found[0].part


def test_a_draft_against_the_decision_is_struck_whole_and_the_dictated_answer_inserted() -> None:
    found = edits("Continue pomalidomide at 4 mg. Take it tonight.")
    assert [edit.kind for edit in found] == [EditKind.STRUCK, EditKind.STRUCK, EditKind.INSERTED]
    assert found[-1].text == DICTATED.text
    assert "contradicted the decision" in found[-1].why


def test_a_draft_that_passes_is_kept_whole() -> None:
    assert {edit.kind for edit in edits(DICTATED.text)} == {EditKind.KEPT}


@pytest.mark.parametrize("draft", [None, Draft(text="", failure="it sent nothing")])
def test_without_a_draft_there_is_no_difference(draft: Draft | None) -> None:
    assert difference(draft, check(DICTATED.text, case=CASE, decision=DECISION, dictated=DICTATED)) == ()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from((*GOOD, *BAD, "Stop it now [4].", "- ", "# Now")), min_size=1, max_size=8), st.sampled_from([" ", "\n\n", "\n- "]))
def test_kept_and_struck_are_the_draft_and_kept_and_inserted_what_is_shown(sentences: list[str], join: str) -> None:
    text = join.join(sentences)
    verdict = check(text, case=CASE, decision=DECISION, dictated=DICTATED)
    found = difference(Draft(text=text), verdict)
    assert of(found, EditKind.KEPT, EditKind.STRUCK) == re.sub(r"\s+", "", text)
    assert of(found, EditKind.KEPT, EditKind.INSERTED) == re.sub(r"\s+", "", verdict.text)
    if verdict.outcome is Outcome.PASS:
        assert {edit.kind for edit in found} <= {EditKind.KEPT}


def test_draft_and_difference_stand_in_the_record_and_in_the_terminal() -> None:
    wrong = "Infections occur in 45% of patients [2]."
    answer = Assistant(retriever=QuotedOnly(), drafter=Scripted(f"{DICTATED.text} {wrong}")).answer([SEVERE])
    record = answer_record(None, answer)
    assert record["draft"]["text"].endswith(wrong)
    assert [edit["text"] for edit in record["difference"] if edit["kind"] == "struck"] == [wrong]
    told = terminal.render(answer, colour=False)
    assert f"Changed by the check\n- {wrong}\n  (" in told


def test_markers_that_were_not_given_are_a_finding_and_no_repair() -> None:
    drafter = Scripted(DICTATED.text)
    drafter.reply = Draft(text=DICTATED.text, strays=("7",))
    answer = Assistant(retriever=QuotedOnly(), drafter=drafter).answer([SEVERE])
    assert answer.verdict.outcome is Outcome.PASS
    assert [(f.check, "[7]" in f.why) for f in answer.verdict.findings] == [("citation", True)]
