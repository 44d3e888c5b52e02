"""The machine interface: what a line may hold, and what a record holds."""

from __future__ import annotations

import json

import pytest

from assistant import contract
from assistant.contract import Line, LineError, parse
from assistant.knowledge import knowledge
from assistant.records import (
    Action,
    Answer,
    Ask,
    Basis,
    Case,
    Change,
    Citation,
    Decision,
    Fact,
    Fate,
    Finding,
    Hit,
    NearRule,
    Outcome,
    Restart,
    Sentence,
    Severity,
    Verdict,
    Why,
    Words,
)

LEAD = knowledge().passage("lead")
DECISION = Decision(
    action=Action.RESUME,
    severity=Severity.MILD,
    restart=Restart.SAME_DOSE,
    restart_dose_mg=4.0,
    basis=Basis.ARTICLE,
    rules=("mild.resume",),
    elements=("cbc_before_restart",),
    flags=("elderly",),
    notes=("moderate",),
    missing=("anc",),
    facts=(Fact(name="dose_mg", value=4.0, words=Words(turn=1, start=2, end=6, text="4 mg")), Fact(name="anc", value=0.4, words=Words(turn=0, start=0, end=3, text="ANC"))),
    asks=(Ask(fact="anc", question="What is the count?", answers=("below 0.5",)),),
    near=(NearRule(rule_id="mild.hold", unmet="infection", found="resolved", needed=("active",)),),
    changes=(Change(fact="infection", value="active", action=Action.HOLD, restart=None),),
)
ANSWER = Answer(
    text="Resume [1].",
    decision=DECISION,
    case=Case(),
    hits=(Hit(passage=LEAD, score=0.83, why=Why.RULE),),
    citations=(Citation(marker="1", passage_id=LEAD.id, quote=LEAD.text),),
    sentences=(Sentence(text="Resume [1].", kind=Fate.RULE, basis="mild.resume", passage_ids=(LEAD.id,)),),
    verdict=Verdict(outcome=Outcome.REPAIR, text="Resume [1].", findings=(Finding(check="dose", severity="critical", sentence="At 5 mg.", why="no such dose", rule="mild.resume"),)),
    seconds=0.0212345,
)


def test_an_answer_has_the_fields_that_the_contract_names_with_whole_numbers_as_whole_numbers() -> None:
    record = contract.answer_record("d-001", ANSWER)
    assert list(record)[:7] == ["id", "answer", "decision", "citations", "passages", "guardrail", "sentences"]
    assert record["seconds"] == 0.0212
    assert record["citations"] == [{"marker": "1", "passage_id": LEAD.id, "quote": LEAD.text}]
    assert record["passages"] == [{"passage_id": LEAD.id, "source": "article", "score": 0.83, "text": LEAD.text, "section": [], "face": "", "why": "quoted by a rule"}]
    finding = {"check": "dose", "severity": "critical", "sentence": "At 5 mg.", "why": "no such dose", "rule": "mild.resume"}
    assert record["guardrail"] == {"verdict": "repair", "findings": [finding]}
    decision = record["decision"]
    assert {name: decision[name] for name in ("action", "severity", "restart", "basis", "rules", "elements", "flags")} == {
        "action": "resume",
        "severity": "mild",
        "restart": "same_dose",
        "basis": "article",
        "rules": ["mild.resume"],
        "elements": ["cbc_before_restart"],
        "flags": ["elderly"],
    }
    assert '"restart_dose_mg": 4,' in contract.dump(record)
    assert '"name": "dose_mg", "value": 4, "text": "4 mg", "turn": 1, "start": 2, "end": 6' in contract.dump(record)
    assert '"name": "anc", "value": 0.4,' in contract.dump(record)


def test_a_record_is_one_line_of_json_that_reads_back() -> None:
    line = contract.dump(contract.answer_record("d-001", ANSWER))
    assert "\n" not in line
    assert json.loads(line)["decision"]["asks"][0]["fact"] == "anc"


def test_a_check_has_the_fields_that_the_contract_names() -> None:
    record = contract.check_record("a-001", DECISION, ANSWER.verdict)
    assert list(record) == ["id", "guardrail", "answer", "decision"]
    assert record["answer"] == "Resume [1]."


def test_no_decision_field_is_missing_where_nothing_applies() -> None:
    record = contract.decision_record(Decision(action=Action.OUT_OF_SCOPE))
    assert [record[name] for name in ("severity", "restart", "restart_dose_mg", "basis")] == [None] * 4
    assert [record[name] for name in ("rules", "elements", "flags", "facts")] == [[]] * 4


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b'{"id": "d-1", "question": "Hold?"}', Line(id="d-1", turns=("Hold?",))),
        (b'{"id": "d-2", "turns": ["Flu.", "Gone."], "gold": {}, "tags": []}', Line(id="d-2", turns=("Flu.", "Gone."))),
        (b'{"id": 7, "question": "Hold?"}', Line(id=7, turns=("Hold?",))),
        (b'{"question": "Hold?"}', Line(id=None, turns=("Hold?",))),
        ('{"id": "ü", "question": "38,5 °C\u2028Hold?"}'.encode(), Line(id="ü", turns=("38,5 °C\u2028Hold?",))),
    ],
)
def test_lines_that_are_valid(raw: bytes, line: Line) -> None:
    assert parse(raw) == line


def test_a_drafted_line_has_its_answer() -> None:
    assert parse(b'{"id": "a-1", "question": "Hold?", "answer": "Yes."}', drafted=True) == Line(id="a-1", turns=("Hold?",), draft="Yes.")


INVALID = [
    (b"{", None, "the line is not valid JSON (Expecting property name enclosed in double quotes at character 1)"),
    (b'"SECRET"', None, "the line is not a JSON object"),
    (b"[1]", None, "the line is not a JSON object"),
    (b"null", None, "the line is not a JSON object"),
    (b"\xff\xfe", None, "the line is not UTF-8 text"),
    (b"[" * 100_000, None, "the line is not valid JSON (too deep or too long a number)"),
    (b'{"id": 1' + b"0" * 5_000 + b"}", None, "the line is not valid JSON (too deep or too long a number)"),
    (b'{"id": "x"}', "x", "one of 'question' and 'turns' must be there, and not both"),
    (b'{"id": "x", "question": "SECRET", "turns": ["SECRET"]}', "x", "one of 'question' and 'turns' must be there, and not both"),
    (b'{"id": "x", "question": 7}', "x", "'question' must be text, 'turns' a list of texts"),
    (b'{"id": "x", "question": null}', "x", "'question' must be text, 'turns' a list of texts"),
    (b'{"id": "x", "turns": "SECRET"}', "x", "'question' must be text, 'turns' a list of texts"),
    (b'{"id": "x", "turns": ["SECRET", 7]}', "x", "'question' must be text, 'turns' a list of texts"),
    (b'{"id": ["x"], "question": "SECRET"}', None, "'id' must be text or a whole number"),
    (b'{"id": "\\ud800", "question": "SECRET"}', None, "'id' is not valid text (it holds half of a surrogate pair)"),
]


@pytest.mark.parametrize(("raw", "name", "said"), INVALID, ids=range(len(INVALID)))
def test_lines_that_are_not_valid_are_refused_with_their_id_and_without_their_text(raw: bytes, name: str | None, said: str) -> None:
    with pytest.raises(LineError) as caught:
        parse(raw)
    assert (caught.value.id, str(caught.value)) == (name, said)


@pytest.mark.parametrize("raw", [b'{"id": "x", "question": "Hold?"}', b'{"id": "x", "question": "Hold?", "answer": 7}'])
def test_a_drafted_line_without_its_answer_is_refused(raw: bytes) -> None:
    with pytest.raises(LineError, match="'answer' must be there and be text"):
        parse(raw, drafted=True)
