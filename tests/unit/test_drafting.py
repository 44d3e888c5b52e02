"""Drafting: the real ChatOpenAI against a scripted server on loopback. Whatever the server does, a draft comes back."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from assistant import prompts
from assistant.asking import Asker
from assistant.drafting import Drafter, Hears
from assistant.errors import SettingsError
from assistant.knowledge import knowledge
from assistant.records import Action, Basis, Case, Decision, Draft, Fact, FactStatus, Hit, Severity, Why, Words
from assistant.settings import Settings
from assistant.wiring import LazyDrafter, make_model, model_options
from tests.support import DONE, event, model_server, send_completion, send_events, send_status

QUESTION = "ZEBRAFINCH: he has a severe pneumonia on 4 mg, hold?"
WORDS = Words(turn=0, start=23, end=39, text="severe pneumonia")
CASE = Case(
    severity=Severity.SEVERE,
    facts=(
        Fact(name="infection", value="pneumonia", words=WORDS),
        Fact(name="dose_mg", value=4.0, words=WORDS),
        Fact(name="fever", value=True, status=FactStatus.DENIED, words=WORDS),
    ),
)
DECISION = Decision(action=Action.HOLD, severity=Severity.SEVERE, basis=Basis.ARTICLE, rules=("severe.hold",), elements=("stop_now", "gcsf"))
HITS = tuple(Hit(passage=knowledge().passages[name], score=0.5, why=Why.RULE) for name in ("article:lead", "article:neutropenia.fever", "label:us.counts"))


@pytest.fixture(autouse=True)
def a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider's own variable; the scripted server takes any key."""
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")


def drafted(
    reply: Callable[[BaseHTTPRequestHandler], None],
    *,
    timeout: float = 5.0,
    send_question: bool = False,
    structured: bool = False,
    stream: bool = True,
    heard: Hears | None = None,
) -> tuple[Draft, list[dict[str, object]]]:
    """The draft that comes of a server's behaviour, and the requests that the server saw."""
    with model_server(reply) as server:
        settings = Settings(model="openai:gpt-test", model_base_url=server.address, model_timeout=timeout, model_stream=stream)
        drafter = Drafter(asker=Asker(model=make_model(settings), timeout=timeout, structured=structured), name=settings.model, send_question=send_question)
        return drafter.draft(CASE, DECISION, HITS, QUESTION, heard), server.requests


def whole(handler: BaseHTTPRequestHandler) -> None:
    send_events(handler, event("Stop pomalidomide "), event("now [1]."), event(finish="stop"), DONE)


def test_a_whole_reply_is_a_draft_with_its_model_and_prompt_version() -> None:
    draft, _ = drafted(whole)
    assert draft == Draft(text="Stop pomalidomide now [1].", model="openai:gpt-test", prompt_version=prompts.VERSION)


def test_the_model_sees_decision_facts_elements_and_passages_but_not_the_question() -> None:
    _, requests = drafted(whole)
    assert len(requests) == 1
    told = str(requests[0]["messages"])
    assert "ZEBRAFINCH" not in told
    assert "severe pneumonia" not in told, "the words of a fact are the question's own"
    for part in ("action: hold", "severity of the infection: severe", "dose_mg: 4\\n", "infection: pneumonia", "fever: True (denied)"):
        assert part in told
    for part in ("stop now [1]: Pomalidomide should be temporarily", "gcsf : If neutropenic fever develops", "[US] US label: dosing is interrupted"):
        assert part in told


def test_the_question_is_sent_where_the_operator_allows_it_with_names_masked() -> None:
    _, requests = drafted(whole, send_question=True)
    told = str(requests[0]["messages"])
    assert "[masked]: he has a severe pneumonia on 4 mg, hold?" in told
    assert "ZEBRAFINCH" not in told


def test_without_passages_there_is_no_call() -> None:
    with model_server(whole) as server:
        settings = Settings(model="openai:gpt-test", model_base_url=server.address)
        draft = Drafter(asker=Asker(model=make_model(settings), timeout=5), name="m").draft(CASE, DECISION, (), QUESTION)
    assert (draft.text, draft.failure, server.requests) == ("", "there were no passages to write from", [])


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: send_status(handler, code, **headers)


def events(*parts: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: send_events(handler, *parts)


def reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(2)


def cut_in_a_chunk(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"400\r\n" + event("Stop pomalidomide").encode())
    handler.wfile.flush()
    handler.connection.shutdown(2)


def webpage(handler: BaseHTTPRequestHandler) -> None:
    send_status(handler, 200, "<html>please sign in</html>")


GERMAN = "Setzen Sie Pomalidomid sofort ab, bis die Infektion vollständig abgeklungen ist, und beginnen Sie eine antimikrobielle Therapie."


def as_json(text: str, *markers: str) -> str:
    return json.dumps({"sentences": [{"text": text, "markers": list(markers)}]})


FAULTS: dict[str, tuple[Callable[[BaseHTTPRequestHandler], None], str]] = {
    "429": (status(429), "it is over its limit (429)"),
    "500": (status(500), "it answered with an error (500)"),
    "503": (status(503), "it answered with an error (503)"),
    "401": (status(401), "it refused the key"),
    "404": (status(404), "it does not know this model"),
    "400": (status(400), "it answered with an error (400)"),
    "reset": (reset, "it could not be reached"),
    "cut stream, no end sent": (events(event("Stop pomalidomide")), "it was cut off (no end was sent)"),
    "cut stream that says it is done": (events(event("Stop pomalidomide"), DONE), "it was cut off (no end was sent)"),
    "cut in a chunk": (cut_in_a_chunk, "it could not be reached"),
    "cut by length": (events(event("Stop pomalidomide"), event(finish="length"), DONE), "it was cut off (length)"),
    "empty": (events(event(""), event(finish="stop"), DONE), "it sent nothing"),
    "white space": (events(event(" \n "), event(finish="stop"), DONE), "it sent nothing"),
    "broken JSON": (events(event("Stop"), 'data: {"id": "x", "choi\n\n'), "its reply could not be read"),
    "a web page": (webpage, "its reply could not be read"),
    "content filter": (events(event("Stop"), event(finish="content_filter"), DONE), "it refused"),
    "refusal beside the text": (events(event(refusal="I cannot help"), event(finish="stop"), DONE), "it sent nothing"),
    "refusal in words": (events(event("I'm sorry, but I can't help with medical advice."), event(finish="stop"), DONE), "it refused"),
    "endless": (events(*[event(f"and then number {n}, ") for n in range(1000)]), "it did not come to an end"),
    "a loop of words": (events(*[event("and so on ")] * 1000), "it repeated itself"),
    "a loop of sentences": (events(*[event(f"Monitor the response of the infection. Point {n} is next. ") for n in range(9)]), "it repeated itself"),
    "German": (events(event(GERMAN), event(finish="stop"), DONE), "it did not write in English"),
    "Chinese": (events(event("请立即停用泊马度胺，直至感染完全消退。"), event(finish="stop"), DONE), "it did not write in English"),
    "JSON cut, no end sent": (events(event('{"sentences": [{"text": "Stop pom')), "it was cut off (no end was sent)"),
    "JSON that is none": (events(event('{"sentences": [{"text": Stop}]}'), event(finish="stop"), DONE), "its reply was not valid JSON"),
    "JSON of another kind": (events(event('{"answer": "Stop."}'), event(finish="stop"), DONE), "its reply was not valid JSON"),
    "JSON without a sentence": (events(event('{"sentences": []}'), event(finish="stop"), DONE), "it sent nothing"),
    "JSON that refuses": (events(event(as_json("I cannot give medical advice.")), event(finish="stop"), DONE), "it refused"),
    "thinking without end": (events(event("<think>Let me see. Stop pomalidomide"), event(finish="stop"), DONE), "it sent nothing"),
}


@pytest.mark.parametrize("structured", [False, True], ids=["plain", "structured"])
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_becomes_a_draft_that_says_so_and_holds_no_text(fault: str, structured: bool) -> None:
    reply, said = FAULTS[fault]
    draft, _ = drafted(reply, structured=structured)
    assert (draft.text, draft.failure) == ("", said)


@pytest.mark.parametrize("structured", [False, True], ids=["plain", "structured"])
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (status(429), "it is over its limit (429)"),
        (status(500), "it answered with an error (500)"),
        (reset, "it could not be reached"),
        (lambda handler: send_status(handler, 200, '{"id": "x", "choi'), "its reply could not be read"),
        (lambda handler: send_completion(handler, ""), "it sent nothing"),
        (lambda handler: send_completion(handler, "Stop pomalidomide", finish="length"), "it was cut off (length)"),
        (lambda handler: send_completion(handler, "I'm sorry, but I can't help with that."), "it refused"),
        (lambda handler: send_completion(handler, "", finish="content_filter"), "it refused"),
        (lambda handler: send_completion(handler, "".join(f"and then number {n}, " for n in range(1000))), "it did not come to an end"),
        (lambda handler: send_completion(handler, "Monitor the response of the infection. " * 9), "it repeated itself"),
        (lambda handler: send_completion(handler, GERMAN), "it did not write in English"),
        (lambda handler: send_completion(handler, '{"sentences": [{"text": Stop}]}'), "its reply was not valid JSON"),
    ],
    ids=["429", "500", "reset", "broken body", "empty", "cut", "refusal", "filter", "endless", "loop", "German", "broken JSON"],
)
def test_a_server_that_does_not_stream_fails_alike(reply: Callable[[BaseHTTPRequestHandler], None], said: str, structured: bool) -> None:
    draft, requests = drafted(reply, structured=structured, stream=False)
    assert (draft.text, draft.failure) == ("", said)
    assert not any(request.get("stream") for request in requests)


@pytest.mark.parametrize("structured", [False, True], ids=["plain", "structured"])
def test_a_server_that_does_not_stream_gives_a_draft(structured: bool) -> None:
    text = as_json("Stop pomalidomide now.", "1") if structured else "Stop pomalidomide now [1]."
    draft, _ = drafted(lambda handler: send_completion(handler, text), structured=structured, stream=False)
    assert (draft.text, draft.failure) == ("Stop pomalidomide now [1].", "")


# --------------------------------------------------------------------------- structured output


def test_a_structured_draft_is_asked_for_with_only_the_markers_given_and_becomes_text() -> None:
    text = json.dumps({"sentences": [{"text": "Stop pomalidomide now.", "markers": ["1"]}, {"text": "Monitor the response.", "markers": []}]})
    draft, requests = drafted(events(*[event(part) for part in (text[:20], text[20:70], text[70:])], event(finish="stop"), DONE), structured=True)
    assert draft.text == "Stop pomalidomide now [1]. Monitor the response."
    asked = json.dumps(requests[0]["response_format"])
    assert '"enum": ["1", "US"]' in asked
    assert "Markers that may be used:\\n- [1][US]" in json.dumps(requests[0]["messages"])


def test_each_sentence_of_the_object_is_heard_when_it_is_whole() -> None:
    text = json.dumps({"sentences": [{"text": f"Sentence {n} is here.", "markers": ["1"]} for n in range(3)]})
    heard: list[tuple[str, bool]] = []
    drafted(events(*map(event, text), event(finish="stop"), DONE), structured=True, heard=lambda text, whole: heard.append((text, whole)))
    assert list(dict.fromkeys(heard)) == [("Sentence 0 is here [1].", True), ("Sentence 0 is here [1]. Sentence 1 is here [1].", True)]


def test_plain_text_is_heard_as_it_comes() -> None:
    heard: list[tuple[str, bool]] = []
    drafted(whole, heard=lambda text, ended: heard.append((text, ended)))
    assert heard == [("Stop pomalidomide ", False), ("Stop pomalidomide now [1].", False)]


@pytest.mark.parametrize("code", [400, 422])
def test_a_server_that_keeps_no_schema_is_asked_again_in_plain_words_and_from_then_on_at_once(code: int) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        send_status(handler, code) if "response_format" in server.requests[-1] else whole(handler)

    with model_server(reply) as server:
        settings = Settings(model="openai:gpt-test", model_base_url=server.address)
        drafter = Drafter(asker=Asker(model=make_model(settings), timeout=5, structured=True), name="m")
        drafts = [drafter.draft(CASE, DECISION, HITS, QUESTION).text for _ in range(2)]
    assert drafts == ["Stop pomalidomide now [1]."] * 2
    assert ["response_format" in request for request in server.requests] == [True, False, False]


def test_markers_that_were_not_given_are_dropped_and_named() -> None:
    draft, _ = drafted(events(event("Stop now [1]. It is frequent [4] and known [Smith]."), event(finish="stop"), DONE))
    assert draft.text == "Stop now [1]. It is frequent and known [Smith]."
    assert draft.strays == ("4",)


def test_a_fault_that_passes_is_tried_again_once() -> None:
    seen = []

    def first_fails(handler: BaseHTTPRequestHandler) -> None:
        seen.append(1)
        send_status(handler, 500) if len(seen) == 1 else whole(handler)

    draft, requests = drafted(first_fails)
    assert (draft.failure, len(requests)) == ("", 2)


def stall(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(30)


def trickle(handler: BaseHTTPRequestHandler) -> None:
    send_events(handler, event("Stop"))
    for number in range(300):
        time.sleep(0.1)
        handler.wfile.write(event(f" and {number}").encode())
        handler.wfile.flush()


@pytest.mark.parametrize("reply", [stall, trickle, status(429, Retry_After="90")], ids=["silence", "a trickle that never pauses long", "asked to wait 90 seconds"])
def test_the_whole_draft_takes_no_longer_than_its_time(reply: Callable[[BaseHTTPRequestHandler], None]) -> None:
    started = time.monotonic()
    draft, _ = drafted(reply, timeout=1.0)
    assert time.monotonic() - started < 15
    assert draft.text == ""
    assert draft.failure in ("it took longer than 1 seconds", "it did not answer in time", "it is over its limit (429)")


def test_a_server_that_is_not_there_is_said_to_be_so() -> None:
    settings = Settings(model="openai:gpt-test", model_base_url="http://127.0.0.1:9/v1")
    assert Drafter(asker=Asker(model=make_model(settings), timeout=10), name="m").draft(CASE, DECISION, HITS, QUESTION).failure == "it could not be reached"


def test_a_failure_is_logged_without_a_word_of_the_question(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="assistant"):
        drafted(lambda handler: send_status(handler, 400, '{"error": {"message": "bad prompt: ZEBRAFINCH severe pneumonia"}}'), send_question=True)
    assert "it answered with an error (400)" in caplog.text
    assert "ZEBRAFINCH" not in caplog.text


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("openai:gpt-test", {"temperature": 0, "base_url": "http://h/v1", "timeout": 7.0, "max_retries": 1}),
        ("anthropic:claude-test", {"temperature": 0, "base_url": "http://h/v1", "timeout": 7.0, "max_retries": 1}),
        ("ollama:llama3.1", {"temperature": 0, "base_url": "http://h/v1", "client_kwargs": {"timeout": 7.0}}),
    ],
)
def test_each_provider_gets_its_time_limit_in_its_own_terms(model: str, options: dict[str, object]) -> None:
    assert model_options(Settings(model=model, model_base_url="http://h/v1", model_timeout=7.0)) == options


def test_the_time_limit_reaches_the_model() -> None:
    assert getattr(make_model(Settings(model="openai:gpt-test", model_timeout=7.0)), "request_timeout") == 7.0  # noqa: B009  # a BaseChatModel has no such field


@pytest.mark.parametrize(("model", "said"), [("nobody:m", "'nobody' cannot be set up"), ("openai:gpt-test", "'openai' cannot be set up")])
def test_a_model_that_cannot_be_made_is_an_error_that_says_what_to_do(model: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(SettingsError, match=said):
        make_model(Settings(model=model))


def test_a_model_that_cannot_be_made_is_a_failed_draft_and_takes_no_answer_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    draft = LazyDrafter(Settings(model="openai:gpt-test")).draft(CASE, DECISION, HITS, QUESTION)
    assert draft.text == ""
    assert draft.failure == "HOLDFAST_MODEL: 'openai' cannot be set up (OpenAIError); check the provider's name and its key, for instance OPENAI_API_KEY"


class Broken:
    """A model whose library has a bug, and tells it with the prompt in the message."""

    def stream(self, told: object) -> list[object]:
        raise RuntimeError(f"bug at {QUESTION}")


def test_a_bug_in_a_library_is_told_by_its_kind_alone() -> None:
    draft = Drafter(asker=Asker(model=Broken(), timeout=5), name="m").draft(CASE, DECISION, HITS, QUESTION)  # type: ignore[arg-type]
    assert draft.failure == "the call failed (RuntimeError)"
