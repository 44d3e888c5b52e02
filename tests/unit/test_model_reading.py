"""A model as a further reader: only what stands in the question counts, and it never loosens a decision."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import reading, receipts, rules
from assistant.asking import Asker
from assistant.claims import weigh
from assistant.model_reader import ModelReader
from assistant.pipeline import Assistant
from assistant.prompts import READ_VALUES
from assistant.records import Action, Claim, ClaimsRead, Restart, Weight, Words
from assistant.settings import Settings
from assistant.wiring import make_model
from tests.support import DONE, QuotedOnly, event, model_server, send_completion, send_events, send_status

RESOLVED = "Mrs Zebrafinch: mild cystitis on pomalidomide 4 mg, completely resolved, antibiotics finished. Restart? She had gone down the wrong road fast."
SEVERE = "Severe pneumonia on pomalidomide 4 mg, on IV antibiotics. She is out and about again. Hold?"
Reply = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(autouse=True)
def a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")


def fact(name: str, value: str, quote: str) -> dict[str, str]:
    return {"name": name, "value": value, "quote": quote}


def replying(*facts: dict[str, str]) -> Reply:
    return lambda handler: send_events(handler, event(json.dumps({"facts": facts})), event(finish="stop"), DONE)


def read_by(reply: Reply, turns: Sequence[str], *, timeout: float = 5.0, stream: bool = True) -> tuple[ClaimsRead, list[dict[str, object]]]:
    with model_server(reply) as server:
        chosen = Settings(model="openai:gpt-test", model_base_url=server.address, model_timeout=timeout, model_stream=stream)
        return ModelReader(asker=Asker(model=make_model(chosen), timeout=timeout, structured=True), name="m").read(turns), server.requests


def claims_of(*facts: dict[str, str], turns: Sequence[str] = (RESOLVED,)) -> list[tuple[str, object, str]]:
    return [(claim.name, claim.value, claim.words.text) for claim in read_by(replying(*facts), turns)[0].claims]


# --------------------------------------------------------------------------- what counts as a claim


def test_a_claim_quotes_words_of_the_question_and_has_their_place() -> None:
    read, requests = read_by(replying(fact("severity", "life_threatening", "down the  wrong ROAD fast")), [RESOLVED])
    (claim,) = read.claims
    assert RESOLVED[claim.words.start : claim.words.end] == claim.words.text == "down the wrong road fast"
    assert requests[0]["response_format"]["type"] == "json_schema"  # type: ignore[index]
    assert "Zebrafinch" not in str(requests[0]["messages"])
    assert "Mrs [name]" in str(requests[0]["messages"])


@pytest.mark.parametrize(
    "wrong",
    [
        fact("severity", "severe", "septic shock"),
        fact("severity", "severe", ""),
        fact("severity", "severe", "..."),
        fact("severity", "severe", "resolve"),
        fact("severity", "moderate", "mild cystitis"),
        fact("mood", "good", "mild cystitis"),
        fact("anc", "0.3", "pomalidomide 4 mg"),
        fact("anc", "low", "mild cystitis"),
        fact("elderly", "no", "mild cystitis"),
        fact("infection", "general", "mild cystitis"),
        fact("severity", "severe", RESOLVED * 2),
    ],
)
def test_what_does_not_stand_in_the_question_or_is_no_value_is_no_claim(wrong: dict[str, str]) -> None:
    assert claims_of(wrong) == []


def test_a_number_must_stand_in_its_quotation() -> None:
    turns = ["ANC 0.3, platelets 20, on pomalidomide"]
    assert claims_of(fact("anc", "0.3", "ANC 0.3"), fact("platelets", "200", "platelets 20"), turns=turns) == [("anc", 0.3, "ANC 0.3")]


def test_the_last_place_of_a_quotation_counts() -> None:
    read, _ = read_by(replying(fact("severity", "mild", "mild")), ["mild cold", "mild, yes mild"])
    assert (read.claims[0].words.turn, read.claims[0].words.start) == (1, 10)


# --------------------------------------------------------------------------- when it fails


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (lambda h: send_status(h, 429), "it is over its limit (429)"),
        (lambda h: send_status(h, 500), "it answered with an error (500)"),
        (lambda h: send_events(h, event("no JSON"), event(finish="stop"), DONE), "its reply was not valid JSON"),
        (lambda h: send_events(h, event('{"facts": 3}'), event(finish="stop"), DONE), "its reply was not valid JSON"),
        (lambda h: send_events(h, event('{"facts": [{"name": "severity"}]}'), event(finish="stop"), DONE), "its reply was not valid JSON"),
        (lambda h: send_events(h, event('{"facts": [')), "it was cut off (no end was sent)"),
        (lambda h: send_events(h, *[event(f"{n} ") for n in range(9000)]), "it did not come to an end"),
        (lambda h: time.sleep(3), "it took longer than 1 seconds"),
    ],
    ids=["429", "500", "prose", "another kind", "half a fact", "cut", "endless", "silence"],
)
def test_a_reading_that_fails_is_told_and_changes_nothing(reply: Reply, said: str) -> None:
    started = time.monotonic()
    read, _ = read_by(reply, [RESOLVED], timeout=1.0 if "longer" in said else 5.0)
    assert (read.claims, read.failure) == ((), said)
    assert time.monotonic() - started < 6
    answer = Assistant(retriever=QuotedOnly(), reader=Fixed(read)).answer([RESOLVED])
    plain = Assistant(retriever=QuotedOnly()).answer([RESOLVED])
    assert (answer.decision, answer.text) == (plain.decision, plain.text)
    assert answer.remark == f"The model could not read the question ({said}); the reading stands without it."


def test_a_server_that_does_not_stream_or_keeps_no_schema_is_read_too() -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        if len(seen) == 0:
            seen.append(1)
            send_status(handler, 400)
        else:
            send_completion(handler, "```json\n" + json.dumps({"facts": [fact("severity", "mild", "mild cystitis")]}) + "\n```")

    seen: list[int] = []
    read, _ = read_by(reply, [RESOLVED], stream=False)
    assert [claim.value for claim in read.claims] == ["mild"]


# --------------------------------------------------------------------------- what becomes of a claim


class Fixed:
    """A reader that has read already."""

    def __init__(self, read: ClaimsRead) -> None:
        self._read = read

    def read(self, turns: Sequence[str]) -> ClaimsRead:
        return self._read


def claim(name: str, value: str | float | bool, quote: str, turns: Sequence[str]) -> Claim:
    start = turns[0].index(quote)
    return Claim(name=name, value=value, words=Words(turn=0, start=start, end=start + len(quote), text=quote))


def test_a_more_cautious_claim_stands_and_is_told_with_its_words() -> None:
    read = ClaimsRead(claims=(claim("severity", "life_threatening", "down the wrong road fast", [RESOLVED]),), model="m")
    before = Assistant(retriever=QuotedOnly()).answer([RESOLVED]).decision
    answer = Assistant(retriever=QuotedOnly(), reader=Fixed(read)).answer([RESOLVED])
    assert (before.action, answer.decision.action) == (Action.RESUME, Action.REASSESS)
    assert answer.remark == "The model's reading of “down the wrong road fast” made the decision more cautious."
    assert [f.note for f in answer.decision.facts if f.name == "severity"] == ["read by the model"]
    assert answer.weighed[0].weight is Weight.STANDS


def test_a_looser_claim_does_not_stand_and_is_asked() -> None:
    read = ClaimsRead(claims=(claim("infection", "resolved", "out and about again", [SEVERE]),), model="m")
    answer = Assistant(retriever=QuotedOnly(), reader=Fixed(read)).answer([SEVERE])
    assert answer.decision.action is Action.HOLD
    assert answer.weighed[0].weight is Weight.ASKED
    ask = next(ask for ask in answer.decision.asks if ask.fact == "infection")
    assert ask.question.startswith("The model reads “out and about again” otherwise. Is there an infection now")
    assert "completely resolved" in ask.answers


def test_what_was_set_by_hand_is_nobody_else_s_to_change() -> None:
    read = ClaimsRead(claims=(claim("severity", "life_threatening", "down the wrong road fast", [RESOLVED]),), model="m")
    answer = Assistant(retriever=QuotedOnly(), reader=Fixed(read)).answer([RESOLVED], corrections={"severity": "mild"})
    assert (answer.decision.action, answer.decision.restart) == (Action.RESUME, Restart.SAME_DOSE)
    assert answer.weighed[0].weight is Weight.UNUSED


def test_no_claim_brings_an_outside_question_into_scope() -> None:
    turns = ["Should lenalidomide be held during a urinary tract infection?"]
    read = ClaimsRead(claims=(claim("infection", "active", "urinary tract infection", turns),), model="m")
    answer = Assistant(retriever=QuotedOnly(), reader=Fixed(read)).answer(turns)
    assert answer.decision.action is Action.OUT_OF_SCOPE
    assert answer.weighed[0].weight is Weight.UNUSED


QUESTIONS = (
    RESOLVED,
    SEVERE,
    "No infection, routine visit, on pomalidomide 4 mg. Carry on?",
    "Pneumonia treated and completely resolved, pomalidomide 3 mg held. Restart?",
    "Septic shock, fully recovered, cultures negative, pomalidomide 4 mg stopped. Restart?",
    "78F with a fever on pomalidomide 4 mg. Give tonight's dose?",
    "Cystitis improving on oral antibiotics, pomalidomide held. Resume?",
)
CAUTION = {Action.NO_HOLD: 0, Action.RESUME: 1, Action.REASSESS: 2, Action.HOLD: 3}
VALUES = [(name, True if value == "yes" else value) for name, values in READ_VALUES.items() for value in values] + [("anc", 0.2), ("anc", 3.0), ("platelets", 10.0), ("platelets", 200.0), ("age", 50.0), ("age", 80.0)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(QUESTIONS), st.lists(st.sampled_from(VALUES), max_size=5))
def test_no_claims_whatever_make_a_decision_less_cautious(question: str, told: list[tuple[str, str | float | bool]]) -> None:
    case = reading.read([question])
    before = rules.decide(case)
    found = [Claim(name=name, value=value, words=Words(turn=0, start=0, end=4, text=question[:4])) for name, value in told]
    _, after, fates = weigh(case, before, found)
    assert len(fates) == len(found)
    if before.action not in CAUTION:
        assert after == before
        return
    assert CAUTION[after.action] >= CAUTION[before.action]
    assert (after.severity.rank if after.severity else 0) >= (before.severity.rank if before.severity else 0)
    if after.restart_dose_mg is not None and before.restart_dose_mg is not None:
        assert after.restart_dose_mg <= before.restart_dose_mg
    if before.restart is Restart.REASSESS_FIRST and after.action is before.action:
        assert after.restart is Restart.REASSESS_FIRST
    if after.action is before.action:
        assert set(after.flags) >= set(before.flags)


def test_a_receipt_keeps_the_reading_and_replays_it(tmp_path: object) -> None:
    read = ClaimsRead(claims=(claim("severity", "life_threatening", "down the wrong road fast", [RESOLVED]), claim("age", 4.0, "4 mg", [RESOLVED])), model="m")
    assistant = Assistant(retriever=QuotedOnly(), reader=Fixed(read))
    target = tmp_path / "r.json"  # type: ignore[operator]
    receipts.save(assistant.answer([RESOLVED]), target)
    assert json.loads(target.read_text())["model_reading"]["claims"][0]["became"] == "stands, since it is more cautious"
    assert receipts.replay(target, Assistant(retriever=QuotedOnly())).differs == ()
