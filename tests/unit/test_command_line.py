"""The command line: order, errors, exit status, and that nothing half-done replaces anything."""

from __future__ import annotations

import gc
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import __main__ as command_line
from assistant import bulk, index, terminal, wiring
from assistant.errors import IndexUnusable
from assistant.pipeline import Assistant
from assistant.records import Decision, Hit
from tests.support import QuotedOnly, run_assistant

SEVERE = "78M on pomalidomide 4 mg, admitted with severe pneumonia on IV antibiotics. Hold?"
RESOLVED = "Her mild cystitis on pomalidomide has completely resolved, antibiotics finished. Which dose?"


@pytest.fixture(autouse=True)
def without_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers rest on the passages that the decision quotes: the real steps but for the search."""
    monkeypatch.setattr(wiring, "build_assistant", lambda tell: Assistant(retriever=QuotedOnly()))


def set_of(tmp_path: Path, *lines: object) -> tuple[str, str]:
    """A question set of these lines (text as it is, the rest as JSON), and where its answers go."""
    raw = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    (tmp_path / "in.jsonl").write_text(raw, encoding="utf-8")
    return str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl")


def records(tmp_path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def run(*arguments: str) -> int:
    return command_line.main(arguments)


def test_a_batch_keeps_the_order_and_ends_with_0(tmp_path: Path) -> None:
    files = set_of(tmp_path, {"id": "b", "question": SEVERE}, {"id": "a", "turns": [SEVERE, "All resolved now, off antibiotics."]}, {"id": 3, "question": RESOLVED})
    assert run("batch", *files) == 0
    found = records(tmp_path)
    assert [(r["id"], r["decision"]["action"]) for r in found] == [("b", "hold"), ("a", "resume"), (3, "resume")]  # type: ignore[index]


def test_lines_that_are_not_valid_cost_the_others_nothing(tmp_path: Path) -> None:
    long = {"id": "long", "question": "x" * 100_001}
    files = set_of(tmp_path, {"id": "1", "question": SEVERE}, "{", {"id": "3"}, {"id": "4", "question": "  "}, "", [], long, {"id": "7", "question": RESOLVED})
    assert run("batch", *files) == 1
    found = records(tmp_path)
    assert [r["id"] for r in found] == ["1", None, "3", "4", None, "long", "7"]
    assert [r["id"] for r in found if "error" not in r] == ["1", "7"]
    assert found[3]["error"] == "the question is empty"
    assert found[5]["error"] == "the question has more than 100,000 characters"


def test_a_line_of_more_bytes_than_are_read_is_an_error_and_the_next_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_LINE", 1_000)
    files = set_of(tmp_path, {"id": "1", "question": "x" * 5_000}, {"id": "2", "question": SEVERE})
    assert run("batch", *files) == 1
    assert [(r["id"], r.get("error")) for r in records(tmp_path)] == [(None, "the line has more than 1,000 bytes"), ("2", None)]


def test_a_byte_order_mark_blank_lines_and_a_last_line_without_its_end_are_no_errors(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + json.dumps({"id": "1", "question": SEVERE}).encode() + b"\r\n\r\n" + json.dumps({"id": "2", "question": SEVERE}).encode())
    assert run("batch", str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl")) == 0
    assert [r["id"] for r in records(tmp_path)] == ["1", "2"]


def test_an_empty_set_gives_an_empty_output(tmp_path: Path) -> None:
    assert run("batch", *set_of(tmp_path)) == 0
    assert (tmp_path / "out.jsonl").read_text() == ""


def test_the_output_may_be_the_input(tmp_path: Path) -> None:
    source, _ = set_of(tmp_path, {"id": "1", "question": SEVERE})
    assert run("batch", source, source) == 0
    assert json.loads(Path(source).read_text())["decision"]["action"] == "hold"


class Failing(QuotedOnly):
    """A search that fails as it is told to, at its second question."""

    def __init__(self, failure: Callable[[], BaseException]) -> None:
        super().__init__()
        self.failure = failure

    def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
        if self.asked:
            raise self.failure()
        return super().search(question, decision)


@pytest.mark.parametrize(("failure", "status"), [(lambda: IndexUnusable("the disk is full"), 2), (KeyboardInterrupt, 130)], ids=["the index is gone", "Ctrl-C"])
def test_a_run_that_ends_early_replaces_nothing_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Callable[[], BaseException], status: int
) -> None:
    monkeypatch.setattr(wiring, "build_assistant", lambda tell: Assistant(retriever=Failing(failure)))
    files = set_of(tmp_path, {"id": "1", "question": SEVERE}, {"id": "2", "question": SEVERE})
    (tmp_path / "out.jsonl").write_text("the old output")
    assert run("batch", *files) == status
    assert (tmp_path / "out.jsonl").read_text() == "the old output"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_bug_that_one_question_brings_out_costs_only_that_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "build_assistant", lambda tell: Assistant(retriever=Failing(lambda: ZeroDivisionError(SEVERE))))
    files = set_of(tmp_path, {"id": "1", "question": SEVERE}, {"id": "2", "question": SEVERE})
    assert run("batch", *files) == 1
    assert [r.get("error") for r in records(tmp_path)] == [None, "internal error (ZeroDivisionError); please report it"]


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("nowhere.jsonl", "out.jsonl", "nowhere.jsonl: No such file or directory; check the path and the free space."),
        ("in.jsonl", "nowhere/out.jsonl", "No such file or directory; check the path and the free space."),
        ("in.jsonl", ".", "is not a regular file; check the path and the free space."),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, target: str, said: str) -> None:
    set_of(tmp_path, {"id": "1", "question": SEVERE})
    assert run("batch", str(tmp_path / source), str(tmp_path / target)) == 2
    assert capsys.readouterr().err.endswith(said + "\n")


def test_progress_goes_to_stderr_and_says_how_far(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "TELL_EVERY", 0)
    assert run("batch", *set_of(tmp_path, {"id": "1", "question": SEVERE}, {"id": "2", "question": SEVERE})) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[:2] == ["1 done (50%), 0 with errors", "2 done (100%), 0 with errors"]


def test_check_judges_each_draft(tmp_path: Path) -> None:
    files = set_of(tmp_path, {"id": "a", "question": SEVERE, "answer": "Continue pomalidomide at 4 mg without interruption."}, {"id": "b", "question": SEVERE})
    assert run("check", *files) == 1
    found = records(tmp_path)
    assert found[0]["guardrail"]["verdict"] == "override"  # type: ignore[index]
    assert found[0]["decision"]["action"] == "hold"  # type: ignore[index]
    assert found[1] == {"id": "b", "error": "'answer' must be there and be text"}


def test_ask_prints_the_decision_first_then_text_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", SEVERE) == 0
    out, err = capsys.readouterr()
    assert out.startswith("■ HOLD pomalidomide\n  severity: severe · basis: article\n")
    for part in ("Read from the question", "antimicrobial", "Sources\n[1] article:lead: “Pomalidomide should be", "pending human review", "August 5, 2025"):
        assert part in out
    assert "\033[" not in out
    assert "**" not in out
    assert err == ""


def test_several_arguments_are_the_turns_of_one_conversation(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", SEVERE, "Completely resolved now, antibiotics finished. What dose?") == 0
    assert capsys.readouterr().out.startswith("▶ RESUME pomalidomide\n  severity: severe · restart: consider a lower dose (3 mg)")


def test_a_question_can_come_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(RESOLVED))
    assert run("ask", "-") == 0
    assert capsys.readouterr().out.startswith("▶ RESUME")


def test_ask_prints_the_record_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "--json", SEVERE) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["id"], record["decision"]["action"], record["guardrail"]) == (None, "hold", {"verdict": "pass", "findings": []})


def test_an_empty_question_is_an_error_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", " ") == 2
    assert capsys.readouterr() == ("", "holdfast: the question is empty\n")


class Terminal(io.StringIO):
    """Standard output as a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "coloured"),
    [(Terminal(), {}, True), (Terminal(), {"NO_COLOR": "1"}, False), (Terminal(), {"NO_COLOR": ""}, True), (Terminal(), {"TERM": "dumb"}, False), (io.StringIO(), {}, False)],
)
def test_colour_is_for_terminals_that_want_it(stream: io.StringIO, environ: dict[str, str], coloured: bool) -> None:
    assert terminal.wants_colour(stream, environ) is coloured


def test_a_coloured_answer_says_the_same() -> None:
    import re

    answer = Assistant(retriever=QuotedOnly()).answer([SEVERE])
    coloured = terminal.render(answer, colour=True)
    assert "\033[1;31m■ HOLD pomalidomide\033[0m" in coloured
    assert re.sub(r"\033\[[\d;]*m", "", coloured) == terminal.render(answer, colour=False)


@pytest.mark.slow
def test_the_real_command_answers_with_passages_and_scores(data_with_index: Path) -> None:
    done = run_assistant("ask", "--json", SEVERE, data=data_with_index)
    assert (done.returncode, done.stderr) == (0, "")
    record = json.loads(done.stdout)
    assert len(record["passages"]) >= 8
    assert {p["why"] for p in record["passages"]} == {"quoted by a rule", "found by search"}
    scores = [p["score"] for p in record["passages"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


@pytest.mark.slow
def test_a_setting_that_cannot_be_used_stops_with_2_and_says_why(tmp_path: Path) -> None:
    done = run_assistant("ask", SEVERE, data=tmp_path, environ={"HOLDFAST_MODEL": "nonsense"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("holdfast: 1 setting(s) cannot be used:\n- HOLDFAST_MODEL: must be 'provider:name'")


@pytest.mark.slow
def test_index_info_says_what_it_was_built_from(data_with_index: Path, tmp_path: Path) -> None:
    there = json.loads(run_assistant("index", "info", data=data_with_index).stdout)
    assert (there["fault"], there["schema"], there["count"]) == (None, index.SCHEMA, len(wiring.indexed()))
    assert json.loads(run_assistant("index", "info", data=tmp_path).stdout) == {"folder": None, "fault": "there is no index yet"}


@pytest.mark.slow
def test_removing_a_source_leaves_nothing_to_do_and_verify_tells_of_damaged_conversations(data_with_index: Path, tmp_path: Path) -> None:
    data = shutil.copytree(data_with_index, tmp_path / "data")
    policy = tmp_path / "policy.md"
    policy.write_text("# Policy\n\nThe zebra unit books the count.\n")
    assert run_assistant("index", "add", str(policy), data=data).returncode == 0
    assert run_assistant("index", "remove", "policy.md", data=data).stdout == "removed [L1] policy\n"
    (data / "conversations.sqlite").write_text("no database at all " * 100)
    verified = run_assistant("index", "verify", data=data)
    assert verified.returncode == 1
    assert verified.stdout.splitlines() == [
        "the index is sound",
        "the conversations are damaged; put a copy of the file in its place, or move it away and begin anew, or name another database in HOLDFAST_DATABASE",
    ]


def test_one_question_looks_for_no_garbage_and_what_comes_after_does(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(terminal, "render", lambda answer, colour: seen.append(gc.isenabled()) or "")
    assert gc.isenabled()
    assert run("ask", "Mild cystitis on pom 4 mg. Hold?") == 0
    assert seen == [False] and gc.isenabled()
    gc.unfreeze()
