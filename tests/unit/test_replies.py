"""What a model sent back, as text: no network here."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from assistant import replies

DRAFTS = [json.loads(line)["answer"] for path in sorted(Path("eval/sets/drafts").glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]


def sentence(text: str, *markers: str) -> str:
    return json.dumps({"sentences": [{"text": text, "markers": list(markers)}]})


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Stop now [1].", "Stop now [1]."),
        ("<think>Hm. Continue?</think>\nStop now [1].", "Stop now [1]."),
        ("<THINKING>Hm.</THINKING> Stop now.", "Stop now."),
        (sentence("Stop now.", "1"), "Stop now [1]."),
        (sentence("Stop now [1].", "1"), "Stop now [1]."),
        (sentence("Stop now", "1", "US"), "Stop now [1] [US]."),
        (sentence("Stop now.", "[1]"), "Stop now [1]."),
        (sentence("Say **stop.**", "1"), "Say **stop [1].**"),
        (f"```json\n{sentence('Stop now.', '1')}\n```", "Stop now [1]."),
        (sentence("", "1"), ""),
    ],
)
def test_a_reply_becomes_text(raw: str, text: str) -> None:
    assert replies.read(raw, ("1", "US"), ended=True).text == text


@pytest.mark.parametrize("raw", ["Stop [9] now [1].", sentence("Stop now.", "9", "1"), sentence("Stop now [9].", "1")])
def test_a_marker_that_was_not_given_is_dropped_and_named(raw: str) -> None:
    reply = replies.read(raw, ("1",), ended=True)
    assert reply.strays == ("9",)
    assert "[9]" not in reply.text
    assert reply.text.count("[1]") == 1


@pytest.mark.parametrize("raw", ["{", '{"sentences": 3}', '{"sentences": [1]}', '{"sentences": [{"markers": []}]}', "{" * 5_000, '{"a": 1} and more'])
def test_what_began_as_json_and_is_none_is_said_to_be_so(raw: str) -> None:
    with pytest.raises(replies.NotJson):
        replies.read(raw, ("1",), ended=True)


def test_at_no_point_of_a_growing_reply_is_anything_read_that_is_not_there_at_its_end() -> None:
    for whole in (sentence("Stop now.", "1"), f"```json\n{sentence('Stop now.', '1')}\n```", "<think>Continue it.</think>Stop now."):
        final = replies.read(whole, ("1",), ended=True).text
        for end in range(len(whole)):
            assert final.startswith(replies.read(whole[:end], ("1",), ended=False).text.strip())


@pytest.mark.parametrize(
    "raw",
    ["and " * 40, "Stop it now, please do so at once. " * 3, "Take care of it at home. Then 1. Take care of it at home. Then 2. Take care of it at home. ", "\n" * 30],
)
def test_a_loop_is_noticed(raw: str) -> None:
    assert replies.going_wrong(raw, raw) == "it repeated itself"


def test_no_draft_that_people_wrote_counts_as_a_loop_a_refusal_or_another_language() -> None:
    assert len(DRAFTS) >= 300
    wrong = [draft for draft in DRAFTS if replies.going_wrong(draft, draft) or replies.incomplete(draft, "stop")]
    assert len(wrong) <= len(DRAFTS) / 100, wrong


@pytest.mark.parametrize(
    "text",
    [
        "Halten Sie Pomalidomid sofort an, bis die Infektion vollständig abgeklungen ist, und überwachen Sie die Antwort.",
        "Arrêtez immédiatement le pomalidomide jusqu'à la résolution complète de l'infection, et surveillez la réponse.",
        "Suspenda pomalidomida ahora hasta que la infección se haya resuelto por completo e inicie tratamiento.",
        "Sospendere pomalidomide fino alla completa risoluzione dell'infezione e monitorare la risposta al trattamento.",
        "Stop pomalidomide nu en wacht tot de infectie volledig is verdwenen. Start antibiotica en controleer de respons.",
        "Pomalidomid derhal kesilmeli ve enfeksiyon tamamen düzelene kadar verilmemelidir.",
        "请立即停用泊马度胺，直至感染完全消退。",
        "Немедленно прекратите приём помалидомида до полного разрешения инфекции.",
    ],
)
def test_another_language_is_noticed(text: str) -> None:
    assert not replies.in_english(text)


@pytest.mark.parametrize("text", ["I'm sorry, but I can't help.", "As an AI language model I do not advise.", "Unfortunately, I am unable to assist.", "I apologize, this is outside."])
def test_a_refusal_is_noticed(text: str) -> None:
    assert replies.incomplete(text, "stop") == "it refused"


@pytest.mark.parametrize("raw", ["{" * 8_000, "[" * 8_000, "<think>" * 1_200, "a" * 8_000, '{"sentences": [' + '{"text": "a"},' * 600, "``` " * 2_000])
def test_no_reply_costs_time_without_end(raw: str) -> None:
    started = time.process_time()
    replies.going_wrong(raw, replies.read(raw, ("1",), ended=False).text)
    assert time.process_time() - started < 1
