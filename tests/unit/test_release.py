"""Release by sentence: only what the guardrail has checked is shown while a draft is being written."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import reading, rules
from assistant.asking import Asker
from assistant.composing import compose
from assistant.drafting import Drafter
from assistant.guardrail import check
from assistant.pipeline import Assistant
from assistant.records import Answer, Outcome
from assistant.release import Release, finished
from assistant.settings import Settings
from assistant.wiring import make_model
from tests.support import DONE, QuotedOnly, event, model_server

SEVERE = "Patient on pomalidomide 4 mg, admitted with severe pneumonia on IV antibiotics. Hold pomalidomide?"
CASE = reading.read([SEVERE])
DECISION = rules.decide(CASE)
DICTATED = compose(CASE, DECISION)
GOOD = (
    "Stop pomalidomide now.",
    "Hold it until the infection has completely resolved [1].",
    "Start appropriate antimicrobial therapy.",
    "Monitor the response of the infection.",
    "Is a lower dose possible? Consider 3 mg on restarting.",
    "Once it has completely resolved, consider a reduced dose with prophylactic antibiotics [1].",
)
BAD = (
    "Continue pomalidomide at 4 mg.",
    "There is no need to hold pomalidomide.",
    "Infections occur in 45% of patients [2].",
    "Give daratumumab.",
    "Must pomalidomide be stopped? No.",
    '{"tool": "hold"}',
)


def told(text: str, step: int = 1) -> list[str]:
    """What is shown while a text comes in pieces of `step` characters."""
    shown: list[str] = []
    release = Release(CASE, DECISION, DICTATED, shown.append, started=0.0)
    for end in range(step, len(text) + step, step):
        release.hear(text[:end], False)
    return shown


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Stop pomalidomide", ""),
        ("Stop pomalidomide now.", ""),
        ("Stop pomalidomide now. ", ""),
        ("Stop pomalidomide now. H", "Stop pomalidomide now."),
        ("Stop pomalidomide now. [1", ""),
        ("Stop pomalidomide now [1]. Hold", "Stop pomalidomide now [1]."),
        ("Give e.g. oral", ""),
        ("Must it be stopped? No", ""),
        ("Must it be stopped? Yes. It", "Must it be stopped? Yes."),
        ("# Now\nStop", ""),
        ("- Stop it\n- Hold it\n- Mo", "- Stop it\n- Hold it"),
        ("", ""),
    ],
)
def test_only_what_will_not_change_counts_as_finished(text: str, part: str) -> None:
    assert finished(text, whole=False) == part


def test_a_text_that_ends_with_a_sentence_for_certain_is_finished() -> None:
    assert finished("Stop pomalidomide now [1].", whole=True) == "Stop pomalidomide now [1]."


def test_each_sentence_is_shown_when_the_next_has_begun() -> None:
    text = " ".join(GOOD[:4])
    assert told(text) == [" ".join(GOOD[:count]) for count in (1, 2, 3)]


def test_a_sentence_that_is_wrong_is_never_shown() -> None:
    for bad in BAD:
        for shown in told(" ".join((GOOD[0], GOOD[1], bad, GOOD[2], GOOD[3]))):
            assert bad not in shown


def test_nothing_is_shown_of_a_draft_that_begins_against_the_decision() -> None:
    assert told("Continue pomalidomide at 4 mg without interruption [1]. Take the capsule tonight. All is well.") == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(GOOD + BAD), min_size=1, max_size=7), st.sampled_from([1, 7, 40]), st.sampled_from([" ", "\n\n", "\n- "]))
def test_what_is_shown_has_passed_and_stands_in_the_answer(sentences: list[str], step: int, join: str) -> None:
    text = join.join(sentences)
    verdict = check(text, case=CASE, decision=DECISION, dictated=DICTATED)
    for shown in told(text, step):
        for bad in BAD:
            assert bad not in shown
        if verdict.outcome is not Outcome.OVERRIDE:
            for sentence in GOOD:
                assert shown.count(sentence) <= verdict.text.count(sentence)


def test_without_anyone_to_show_it_to_nothing_is_checked() -> None:
    release = Release(CASE, DECISION, DICTATED, None, started=0.0)
    release.hear(" ".join(GOOD), True)
    assert release.first is None


# --------------------------------------------------------------------------- the whole way, with the real client


def answered(reply: object, *, timeout: float = 5.0) -> tuple[Answer, list[tuple[float, str]]]:
    """The answer through ChatOpenAI and a server on loopback, and what was released after how many seconds."""
    released: list[tuple[float, str]] = []
    with model_server(reply) as server:  # type: ignore[arg-type]
        chosen = Settings(model="openai:gpt-test", model_base_url=server.address, model_timeout=timeout)
        drafter = Drafter(asker=Asker(model=make_model(chosen), timeout=timeout), name=chosen.model)
        assistant = Assistant(retriever=QuotedOnly(), drafter=drafter)
        started = time.perf_counter()
        answer = assistant.answer([SEVERE], released=lambda text: released.append((time.perf_counter() - started, text)))
    return answer, released


def slowly(*sentences: str, pause: float = 0.15, end: bool = True, then: str = "") -> object:
    """A server that writes a sentence, waits, and goes on; without `end` the stream is cut."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for sentence in sentences:
            handler.wfile.write(event(sentence + " ").encode())
            handler.wfile.flush()
            time.sleep(pause)
        handler.wfile.write((event(finish="stop") + DONE if end else then).encode())

    return reply


@pytest.fixture(autouse=True)
def a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")


def test_the_first_sentence_is_released_long_before_the_draft_ends() -> None:
    answer, released = answered(slowly(*GOOD))
    assert released[0][1] == GOOD[0]
    assert len(released) >= 4
    assert answer.first_sentence_seconds == pytest.approx(released[0][0], abs=0.05)
    assert answer.first_sentence_seconds < answer.seconds - 0.3
    assert answer.verdict.outcome is not Outcome.OVERRIDE
    assert released[-1][1] in answer.text or all(sentence in answer.text for sentence in released[-1][1].split(". "))


def test_a_stream_that_is_cut_after_some_sentences_leaves_the_whole_dictated_answer() -> None:
    answer, released = answered(slowly(*GOOD[:3], end=False))
    assert released
    assert answer.text == DICTATED.text
    assert answer.remark == "The model gave no usable text (it was cut off (no end was sent)); this is the answer that the rules dictate."


def test_a_stream_that_turns_against_the_decision_shows_nothing_of_that() -> None:
    answer, released = answered(slowly(GOOD[0], GOOD[1], "Still, continue pomalidomide at 4 mg.", GOOD[2], pause=0.05))
    assert not any("continue" in text for _, text in released)
    assert "continue" not in answer.text
    assert answer.decision == DECISION
    assert answer.verdict.outcome is Outcome.REPAIR
