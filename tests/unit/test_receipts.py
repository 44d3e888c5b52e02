"""Receipts: one file that replays to the same bytes, or says what differs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import __main__ as command_line
from assistant import receipts, wiring
from assistant.pipeline import Assistant
from assistant.records import Decision, Draft, Hit
from tests.support import QuotedOnly
from tests.unit.test_pipeline import SEVERE, Scripted

TURNS = [SEVERE, "Completely resolved now, antibiotics finished a week ago. Which dose?"]
WITHOUT = Assistant(retriever=QuotedOnly())


class Nothing:
    def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
        return ()


def saved(tmp_path: Path, assistant: Assistant = WITHOUT, **more: object) -> Path:
    target = tmp_path / "receipt.json"
    receipts.save(assistant.answer(TURNS, **more), target)  # type: ignore[arg-type]
    return target


@pytest.mark.parametrize(
    "drafter",
    [
        None,
        Scripted("Continue pomalidomide at 4 mg."),
        Scripted("Resume pomalidomide once all symptoms have completely resolved [1]. Infections occur in 45% of patients [2]."),
        Scripted(failure="it took longer than 20 seconds"),
    ],
    ids=["no model", "override", "repair", "failure"],
)
def test_a_replay_gives_the_same_bytes_without_asking_a_model(drafter: Scripted | None, tmp_path: Path) -> None:
    target = saved(tmp_path, replace(WITHOUT, drafter=drafter))
    found = receipts.replay(target, replace(WITHOUT, drafter=Scripted("Something else.")))
    assert (found.differs, found.size) == ((), len(target.read_bytes()))


def test_strays_corrections_and_an_answer_without_search_replay_too(tmp_path: Path) -> None:
    drafter = Scripted()
    drafter.reply = Draft(text="Stop pomalidomide now.", model="m", strays=("9",))
    corrections = {"severity": "mild", "dose_mg": 3.0, "age": None}
    for assistant in (replace(WITHOUT, drafter=drafter), Assistant(retriever=Nothing())):
        assert receipts.replay(saved(tmp_path, assistant, corrections=corrections), WITHOUT).differs == ()


def test_a_receipt_holds_what_the_answer_rests_on_and_no_clock(tmp_path: Path) -> None:
    told = json.loads(saved(tmp_path).read_text(encoding="utf-8"))
    assert told["question"] == {"turns": TURNS, "corrections": {}, "jurisdiction": ""}
    for part in ("decision", "passages", "draft", "guardrail", "difference", "answer", "citations", "sentences"):
        assert part in told
    assert told["decision"]["facts"]
    assert {"holdfast", "python", "langchain-core"} <= told["versions"].keys()
    assert {len(digest) for digest in told["hashes"].values()} == {64}
    assert "seconds" not in str(told.keys())


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("decision", "action"), "hold", 'decision.action: "hold" became "resume"'),
        (("answer",), "Give 8 mg.", 'answer: "Give 8 mg." became "'),
        (("hashes", "program"), "0" * 64, "hashes.program: "),
        (("versions", "holdfast"), "0.0.1", 'versions.holdfast: "0.0.1" became "'),
        (("passages", 0, "score"), 0.9, "passages[0].score: 0.9 became 0.5"),
        (("added",), 1, "added: 1 became null"),
        (("decision", "restart_dose_mg"), 3.0, "decision.restart_dose_mg: 3.0 became 3"),
    ],
)
def test_what_differs_is_said(path: tuple[str | int, ...], value: object, said: str, tmp_path: Path) -> None:
    target = saved(tmp_path)
    told = json.loads(target.read_text(encoding="utf-8"))
    place = told
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    target.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert any(line.startswith(said) for line in receipts.replay(target, WITHOUT).differs)


def test_another_layout_of_the_same_content_differs_too(tmp_path: Path) -> None:
    target = saved(tmp_path)
    target.write_text(json.dumps(json.loads(target.read_text(encoding="utf-8"))), encoding="utf-8")
    assert receipts.replay(target, WITHOUT).differs == ("the layout of the file (its content is the same)",)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"{}", b"[]", b'{"format": "other/1"}', b"[" * 50_000, b'{"format": "holdfast-receipt/1", "question": {"turns": "x", "corrections": {}, "jurisdiction": ""}, "draft": null, "model_reading": null, "passages": []}'],
    ids=range(7),
)
def test_a_file_that_is_no_receipt_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_bytes(content)
    with pytest.raises(receipts.ReceiptError, match=r"other\.json: is no"):
        receipts.replay(tmp_path / "other.json", WITHOUT)


def test_a_file_that_is_not_there_or_cannot_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(receipts.ReceiptError, match="No such file"):
        receipts.replay(tmp_path / "none.json", WITHOUT)
    with pytest.raises(receipts.ReceiptError, match="is not a regular file"):
        receipts.save(WITHOUT.answer(TURNS), tmp_path)


def test_the_command_line_saves_and_replays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(wiring, "build_assistant", lambda tell: WITHOUT)
    target = tmp_path / "r.json"
    assert command_line.main(["ask", *TURNS, "--receipt", str(target)]) == 0
    capsys.readouterr()
    assert command_line.main(["replay", str(target)]) == 0
    assert capsys.readouterr().out.startswith(f"the same {len(target.read_bytes()):,} bytes, SHA-256 ")
    target.write_text(target.read_text(encoding="utf-8").replace('"action": "resume"', '"action": "hold"', 1), encoding="utf-8")
    assert command_line.main(["replay", str(target)]) == 1
    assert '- decision.action: "hold" became "resume"' in capsys.readouterr().out
