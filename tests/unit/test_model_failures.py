"""Whatever a model does, the reader gets the whole right answer in time, and a line that says what happened.

The real ChatOpenAI against a scripted server on loopback, from the question to the answer, streaming and not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from assistant.asking import Asker
from assistant.drafting import Drafter
from assistant.model_reader import ModelReader
from assistant.pipeline import Assistant
from assistant.records import Answer
from assistant.screen.conversation import Entry
from assistant.screen.keeping import _entries
from assistant.settings import Settings
from assistant.wiring import make_model
from tests.support import QuotedOnly, model_server, send_completion, send_status
from tests.unit.test_drafting import FAULTS, GERMAN, stall, trickle
from tests.unit.test_pipeline import SEVERE

LIMIT = 30.0  # seconds that the model has; the first call of a process imports its client, on a busy machine for long
SHORT = 1.0  # the same, where it is the time that runs out
SLACK = 3.0  # seconds besides: a busy machine's, not ours
PLAIN = Assistant(retriever=QuotedOnly()).answer([SEVERE])
Reply = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(autouse=True)
def a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")


def answered(reply: Reply, *, limit: float = LIMIT, stream: bool = True, reads: bool = False) -> tuple[Answer, float]:
    with model_server(reply) as server:
        chosen = Settings(model="openai:gpt-test", model_base_url=server.address, model_timeout=limit, model_stream=stream)
        asker = Asker(model=make_model(chosen), timeout=limit, structured=True)
        reader = ModelReader(asker=asker, name="m") if reads else None
        started = time.monotonic()
        answer = Assistant(retriever=QuotedOnly(), drafter=Drafter(asker=asker, name="m"), reader=reader).answer([SEVERE])
        return answer, time.monotonic() - started


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_leaves_the_dictated_answer_whole_and_says_what_happened(fault: str) -> None:
    reply, said = FAULTS[fault]
    answer, seconds = answered(reply)
    assert (answer.text, answer.decision, answer.sentences) == (PLAIN.text, PLAIN.decision, PLAIN.sentences)
    assert answer.remark == f"The model gave no usable text ({said}); this is the answer that the rules dictate."
    assert seconds < LIMIT + SLACK


@pytest.mark.parametrize("reply", [stall, trickle], ids=["silence", "a trickle without end"])
@pytest.mark.parametrize("stream", [True, False], ids=["streaming", "not streaming"])
def test_when_the_time_runs_out_the_answer_is_there(reply: Reply, stream: bool) -> None:
    answer, seconds = answered(reply, limit=SHORT, stream=stream)
    assert (answer.text, answer.decision) == (PLAIN.text, PLAIN.decision)
    assert answer.remark.startswith("The model gave no usable text (it ")
    assert seconds < SHORT + SLACK


@pytest.mark.parametrize(
    "reply",
    [
        lambda handler: send_status(handler, 429),
        lambda handler: send_status(handler, 500),
        lambda handler: send_completion(handler, ""),
        lambda handler: send_completion(handler, GERMAN),
        lambda handler: send_completion(handler, "I'm sorry, but I can't help with that."),
        lambda handler: send_completion(handler, '{"sentences": ['),
        lambda handler: send_completion(handler, "Stop", finish="length"),
    ],
    ids=["429", "500", "empty", "German", "refusal", "broken JSON", "cut"],
)
def test_the_same_where_the_server_does_not_stream(reply: Reply) -> None:
    answer, seconds = answered(reply, stream=False)
    assert (answer.text, answer.decision) == (PLAIN.text, PLAIN.decision)
    assert answer.remark.startswith("The model gave no usable text (")
    assert seconds < LIMIT + SLACK


def test_a_model_that_neither_reads_nor_writes_is_told_for_both() -> None:
    answer, _ = answered(lambda handler: send_status(handler, 401), reads=True)
    assert (answer.text, answer.decision) == (PLAIN.text, PLAIN.decision)
    assert answer.remark.startswith("The model could not read the question (it refused the key); the reading stands without it. The model gave no usable text")


def test_an_answer_with_a_model_s_part_in_it_is_kept_and_comes_back_the_same() -> None:
    answer, _ = answered(lambda handler: send_completion(handler, "Stop pomalidomide now [9]. Infections occur in 45% of patients."), stream=False, reads=True)
    entry = Entry(text=SEVERE, answer=answer, settled=True)
    assert answer.draft is not None
    assert answer.draft.strays == ("9",)
    assert _entries().validate_python(_entries().dump_python(entry, mode="json")) == entry
