"""A run of the evaluation: what it counts, what it writes, and that nothing of it is lost or random."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from assistant.errors import HoldfastError
from assistant.settings import ROOT
from eval import engine, gates, repeating, runs, sets
from eval.__main__ import main
from eval.measures import ranking
from eval.scoring import owed, risk_of
from eval.stats import Rate, interval, mcnemar, upper_bound

ACTIVE = "Pneumonia on pom, admitted, IV antibiotics. Hold?"
RESOLVED = "Mild sinusitis completely resolved, antibiotics finished. Restart pom 4 mg?"


@pytest.fixture(autouse=True)
def _without_search(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No encoder and no index: these tests are about counting."""
    from tests.support import QuotedOnly

    engine.assistant.cache_clear()
    monkeypatch.setattr(engine, "OwnSources", lambda *given: QuotedOnly())
    monkeypatch.setattr(engine, "prepare", lambda *given: None)
    yield
    engine.assistant.cache_clear()


def _set(path: Path, *rows: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def _row(question: str, action: str, **gold: object) -> dict[str, object]:
    return {"id": question[:8], "question": question, "gold": {"action": [action], "severity": [None], "restart": [None], "flags": [], **gold}}


def _run(tmp_path: Path, *arguments: object) -> tuple[int, Path]:
    status = main(["run", *map(str, arguments), "--into", str(tmp_path / "runs")])
    return status, runs.finished(tmp_path / "runs")[0]


def _summary(folder: Path) -> dict[str, object]:
    return json.loads((folder / "summary.json").read_text())


def test_right_answers_pass_the_gates(tmp_path: Path) -> None:
    path = _set(tmp_path / "set.jsonl", _row(ACTIVE, "hold", severity=["severe"]), _row(RESOLVED, "resume", restart=["same_dose"]))

    assert _run(tmp_path, path, "--fail-under", 100)[0] == 0


def test_a_restart_where_the_gold_holds_is_dangerous_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, folder = _run(tmp_path, _set(tmp_path / "set.jsonl", _row(RESOLVED, "hold")))

    assert status == 1
    assert capsys.readouterr().out.startswith("dangerous (said go on or restart where it holds; let a critical error through): 1 of 1 questions")
    assert ET.parse(folder / "junit.xml").find(".//failure[@message='dangerous: gold hold, said resume']") is not None
    assert "let a critical error through): 1 of 1" in (folder / "summary.md").read_text().splitlines()[0]


def test_a_hold_where_the_gold_resumes_is_wrong_but_not_dangerous(tmp_path: Path) -> None:
    figures = _summary(_run(tmp_path, _set(tmp_path / "set.jsonl", _row(ACTIVE, "resume")))[1])["all"]

    assert (figures["checks"]["action"]["hits"], figures["dangerous"]["count"], figures["overcautious"]["count"]) == (0, 0, 1)


def test_too_few_right_actions_fail(tmp_path: Path) -> None:
    path = _set(tmp_path / "set.jsonl", _row(ACTIVE, "resume"), _row(RESOLVED, "resume"))

    assert [_run(tmp_path, path, "--fail-under", bound)[0] for bound in (50, 51)] == [0, 1]


def test_a_line_that_cannot_be_scored_is_counted_and_not_averaged(tmp_path: Path) -> None:
    wrong = ["not json", {"id": "x", "question": "no gold"}, _row("a wrong label", "stop"), _row(ACTIVE, "hold")]
    figures = _summary(_run(tmp_path, _set(tmp_path / "set.jsonl", _row(ACTIVE, "hold"), *wrong))[1])["sets"][f"{tmp_path.name}/set"]

    assert (figures["questions"], figures["unscored"], figures["checks"]["action"]["trials"]) == (1, 4, 1)
    assert [line["line"] for line in figures["unscored_lines"]] == [2, 3, 4, 5]


def test_a_set_without_questions_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(_set(tmp_path / "set.jsonl", "[]"))]) == 2
    assert "holds no labelled question" in capsys.readouterr().err


def test_no_text_of_a_held_back_set_is_written(tmp_path: Path) -> None:
    path = _set(tmp_path / "held_back" / "x.jsonl", _row(RESOLVED, "hold"), _row(ACTIVE, "resume"))
    _, folder = _run(tmp_path, path)

    for file in folder.iterdir():
        assert "sinusitis" not in file.read_text(), file.name
        assert "Pneumonia on" not in file.read_text(), file.name


def test_held_back_sets_are_scored_only_when_asked_for() -> None:
    assert not any(map(sets.is_held_back, sets.project_sets()))
    assert any(map(sets.is_held_back, sets.project_sets(held_back=True)))


def test_a_draft_that_is_let_through_is_dangerous(tmp_path: Path) -> None:
    gold = {"clean": False, "errors": ["action"], "must_remove": ["Hold it"], "verdict": ["pass"]}
    clean = {"clean": True, "errors": [], "verdict": ["pass"]}
    rows = [{"id": n, "question": ACTIVE, "answer": "Hold it. Continue pomalidomide.", "gold": g} for n, g in (("a", gold), ("b", clean))]
    figures = _summary(_run(tmp_path, _set(tmp_path / "set.jsonl", *rows))[1])["all"]["guardrail"]

    assert (figures["checks"]["caught"]["hits"], figures["false_alarms"]["hits"]) == (1, 1)


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    path = _set(tmp_path / "set.jsonl", _row(ACTIVE, "hold"), _row(RESOLVED, "hold"))
    folders = [_run(tmp_path / name, path)[1] for name in ("a", "b")]

    assert repeating.differences(*folders) == []
    (folders[1] / "results.jsonl").write_text((folders[1] / "results.jsonl").read_text().replace("hold", "held"))
    assert repeating.differences(*folders) == [f"{folders[0] / 'results.jsonl'} and {folders[1] / 'results.jsonl'} differ from line 1 on"]


def test_processes_of_other_hash_seeds_and_another_number_of_workers_give_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Enough drafts that two workers share them; the second run has one worker, and other hashes."""
    texts = ("Hold it.", "Continue pomalidomide.", "Restart at 10 mg after resolution.", "Infections occur in 99% of patients [2].", "Consider prophylactic antibiotics [1].")
    rows = [{"id": f"d{n}", "question": ACTIVE, "answer": texts[n % 5], "gold": {"clean": n % 5 == 0, "verdict": ["pass"]}} for n in range(engine.FEW + 10)]

    assert main(["run", str(_set(tmp_path / "set.jsonl", *rows)), "--repeat", "2", "--workers", "2", "--into", str(tmp_path / "runs")]) == 0
    assert "2 runs gave the same bytes" in capsys.readouterr().out


def test_a_run_that_cannot_be_repeated_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tmp_path / "gone.jsonl"), "--repeat", "2", "--into", str(tmp_path / "runs")]) == 2
    assert "run 1 of 2 failed with exit status 2" in capsys.readouterr().err


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _set(tmp_path / "set.jsonl", *(_row(f"{n:08d} {ACTIVE}", "hold") for n in range(5)))
    whole = engine.answer
    asked: list[str] = []

    def interrupted(item: sets.Item) -> dict[str, object]:
        asked.append(item.id)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return whole(item)

    monkeypatch.setattr(engine, "answer", interrupted)
    assert main(["run", str(path), "--into", str(tmp_path / "runs")]) == 130
    assert runs.finished(tmp_path / "runs") == []
    (journal,) = (tmp_path / "runs").glob("*/results.part.jsonl")
    journal.write_text(journal.read_text() + '{"set": "half of a li')
    status, folder = _run(tmp_path, path)

    assert status == 0
    assert asked == [f"{n:08d}" for n in (0, 1, 2, 2, 3, 4)]
    assert [json.loads(line)["id"] for line in (folder / "results.jsonl").read_text().splitlines()] == [f"{n:08d}" for n in range(5)]


def test_an_unfinished_run_under_other_settings_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = [sets.load(_set(tmp_path / "set.jsonl", _row(ACTIVE, "hold")))]
    with runs.claimed(runs.stamp(chosen), tmp_path / "runs") as (folder, _):
        (folder / runs.JOURNAL).touch()
    with runs.claimed(runs.stamp(chosen), tmp_path / "runs") as (again, resumed):
        assert (again, resumed) == (folder, True)
    monkeypatch.setenv("HOLDFAST_JURISDICTION", "EU")

    with runs.claimed(runs.stamp(chosen), tmp_path / "runs") as (other, resumed):
        assert (resumed, other == folder) == (False, False)


def test_two_runs_at_the_same_moment_do_not_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Same code, same sets, same second: the second must neither go on with what the first is at, nor write into it."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2026, 11, 24, 12, 0, 0, tzinfo=tz)

    monkeypatch.setattr(runs, "datetime", Stopped)
    with runs.claimed({"same": 1}, tmp_path) as (first, _):
        (first / runs.JOURNAL).touch()
        with runs.claimed({"same": 1}, tmp_path) as (second, resumed):
            assert (second.name, resumed) == ("2026-11-24T12-00-00.2", False)
    with runs.claimed({"same": 1}, tmp_path) as (third, resumed):
        assert (third, resumed) == (first, True), "what nobody is at any more is gone on with"


def test_many_processes_that_start_at_once_each_have_a_folder_of_their_own(tmp_path: Path) -> None:
    path = _set(tmp_path / "set.jsonl", *({"id": f"d{n}", "question": ACTIVE, "answer": "Hold it.", "gold": {"clean": True, "verdict": ["pass"]}} for n in range(3)))
    command = [sys.executable, "-m", "eval", "run", str(path), "--into", str(tmp_path / "runs")]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [one.communicate()[0] for one in started]

    folders = {line.removeprefix("results: ") for text in told for line in text.splitlines() if line.startswith("results: ")}
    assert len(folders) == 3
    assert all(len((Path(f) / "results.jsonl").read_text().splitlines()) == 3 for f in folders)


def test_evaluation_asks_no_model_whatever_the_environment_configures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MODEL", "ollama:a"), ("SEND_QUESTION", "on"), ("MODEL_READS", "on"), ("OTHER_MODELS", "ollama:b")):
        monkeypatch.setenv(f"HOLDFAST_{name}", value)

    made = engine.assistant()

    assert (made.drafter, made.reader, engine.offline().other_models) == (None, None, ())


def test_the_report_needs_nothing_from_outside_and_escapes_what_was_typed(tmp_path: Path) -> None:
    page = (_run(tmp_path, _set(tmp_path / "set.jsonl", _row(f"<script>alert(1)</script> {RESOLVED}", "hold")))[1] / "report.html").read_text()

    assert "<svg" in page
    assert "<script" not in page
    assert "http" not in page.replace("&lt;script", "")


@pytest.mark.parametrize(
    ("gold", "action", "restart", "risk"),
    [
        ({"action": ["hold"]}, "resume", "same_dose", "dangerous"),
        ({"action": ["reassess"], "restart": ["reassess_first"]}, "resume", "consider_reduction", "dangerous"),
        ({"action": ["hold", "reassess"]}, "no_hold", None, "dangerous"),
        ({"action": ["hold", "resume"]}, "resume", "same_dose", ""),
        ({"action": ["hold"]}, "inform", None, "missed"),
        ({"action": ["resume"], "restart": ["consider_reduction"]}, "resume", "same_dose", "bold"),
        ({"action": ["resume"], "restart": ["same_dose"]}, "resume", "consider_reduction", ""),
        ({"action": ["resume"], "restart": ["same_dose"]}, "hold", None, "overcautious"),
    ],
)
def test_the_direction_of_an_error(gold: dict[str, list[str]], action: str, restart: str | None, risk: str) -> None:
    assert risk_of(gold, action, restart) == risk


def test_the_bound_of_no_error_in_300_is_one_percent() -> None:
    assert upper_bound(0, 300) == pytest.approx(0.00994, abs=1e-4)


def test_intervals_agree_with_the_textbook() -> None:
    """10 of 50: 10.03 % to 33.72 %; nothing of nothing says nothing."""
    assert interval(10, 50) == pytest.approx((0.1003, 0.3372), abs=1e-4)
    assert interval(0, 0) == (0.0, 1.0)
    assert Rate(0, 0).record()["share"] is None


def test_the_paired_test_is_exact() -> None:
    """1 against 9 of ten changed pairs: 2 * (1 + 10) / 1024."""
    assert mcnemar(1, 9) == pytest.approx(22 / 1024)
    assert mcnemar(0, 0) == mcnemar(4, 4) == 1.0


def test_ranking_measures() -> None:
    found = ranking({"q": ["b"]}, {"q": ["a", "b"]})

    assert (found["R@1"], found["R@3"], found["RR"]) == (0.0, 1.0, 0.5)


def test_a_gate_on_what_was_not_measured_fails() -> None:
    summary = {"sets": {"s": {"checks": {"a": {"share": 0.9}}}}, "all": {}}
    held = gates.hold([gates.Gate(set="s", measure="checks.a.share", at_least=0.8), gates.Gate(set="s", measure="gone", at_most=0)], summary)

    assert [(g.found, g.holds) for g in held] == [(0.9, True), (None, False)]


def test_a_set_s_own_gate_stands_in_for_the_general_one() -> None:
    summary = {"sets": {"s": {"a": 1}, "t": {"a": 1}}, "all": {}}
    held = gates.hold([gates.Gate(set="*", measure="a", at_most=0), gates.Gate(set="s", measure="a", at_most=1)], summary)

    assert [(g.set, g.holds) for g in held] == [("s", True), ("t", False)]


def test_a_gate_needs_one_bound(tmp_path: Path) -> None:
    path = tmp_path / "gates.yaml"
    path.write_text("gates:\n- {set: s, measure: m}\n")
    with pytest.raises(Exception, match="give one of at_most and at_least"):
        gates.read(path)


def test_what_a_label_owes_follows_the_specification() -> None:
    severe = {"action": ["resume"], "severity": ["severe"], "restart": ["consider_reduction"], "flags": ["age_over_75"]}

    assert owed(severe) == {
        "confirm_resolution", "cbc_before_restart", "consider_prophylaxis", "consider_dose_reduction", "prophylaxis_on_restart", "dex_20mg_weekly", "elderly_3mg",
    }
    assert owed({"action": ["hold", "resume"]}) == set()


def test_an_item_that_could_not_be_answered_fails_a_gate_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(engine, "score", broken)
    draft = {"id": "a", "question": ACTIVE, "answer": "Hold it.", "gold": {"clean": True, "errors": [], "verdict": ["pass"]}}

    status, folder = _run(tmp_path, _set(tmp_path / "set.jsonl", draft))

    assert status == 1
    assert " errors: 1.0, must be at most 0" in capsys.readouterr().out
    assert ET.parse(folder / "junit.xml").find(".//failure[@message='internal error (RuntimeError)']") is not None


def _killed(item: sets.Item) -> dict[str, object]:
    if item.id == "q3":
        os.kill(os.getpid(), signal.SIGKILL)
    return {"set": item.set, "id": item.id}


def test_a_process_that_is_killed_ends_the_run_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FEW", 1)
    monkeypatch.setattr(engine, "CHUNK", 1)
    monkeypatch.setattr(engine, "answer", _killed)
    items = [sets.Item(set="s", id=f"q{n}", turns=("a",), gold={}) for n in range(6)]

    with pytest.raises(HoldfastError, match="was killed"):
        list(engine.answers(items, 2))


def test_two_processes_give_the_records_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FEW", 1)
    monkeypatch.setattr(engine, "CHUNK", 1)
    monkeypatch.setattr(engine, "answer", _told)
    items = [sets.Item(set="s", id=f"q{n}", turns=("a",), gold={}) for n in range(6)]

    assert list(engine.answers(items, 2)) == list(engine.answers(items, 1))


def test_drafts_are_answered_while_the_questions_are_prepared_and_the_records_keep_the_order_of_the_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(engine, "FEW", 1)
    monkeypatch.setattr(engine, "prepare", lambda items, workers: told.extend(i.id for i in items))
    monkeypatch.setattr(engine, "answers", lambda items, workers: map(_told, items))
    items = [sets.Item(set="s", id=f"i{n}", turns=("a",), gold={}, draft="b" if n % 2 else None) for n in range(4)]

    records = runs.fill(tmp_path, items, 2, lambda done, of: None)

    assert [r["id"] for r in records] == ["i0", "i1", "i2", "i3"]
    assert [json.loads(line)["id"] for line in (tmp_path / runs.JOURNAL).read_text().splitlines()] == ["i1", "i3", "i0", "i2"]
    assert told == ["i0", "i2"]


def test_what_goes_wrong_while_the_questions_are_prepared_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(items: object, workers: int) -> None:
        raise HoldfastError("no encoder")

    monkeypatch.setattr(engine, "FEW", 1)
    monkeypatch.setattr(engine, "prepare", broken)
    monkeypatch.setattr(engine, "answers", lambda items, workers: map(_told, items))
    items = [sets.Item(set="s", id=f"i{n}", turns=("a",), gold={}, draft="b" if n else None) for n in range(3)]

    with pytest.raises(HoldfastError, match="no encoder"):
        runs.fill(tmp_path, items, 2, lambda done, of: None)


@pytest.mark.slow
def test_vectors_are_the_same_whoever_computes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["Hold?", "Pneumonia on pom, admitted.", "Neutropénie fébrile, 38.9 °C"]
    alone, shared = (engine.KeptVectors(replace(engine.offline(), data=tmp_path / name)) for name in ("a", "b"))
    alone.learn(texts)
    monkeypatch.setattr(engine, "FEW", 1)
    shared.learn(texts, workers=2)

    assert [alone.embed_query(t) for t in texts] == [shared.embed_query(t) for t in texts]


def _told(item: sets.Item) -> dict[str, object]:
    return {"set": item.set, "id": item.id}


def test_a_known_error_within_its_gate_is_no_failure_in_junit(tmp_path: Path) -> None:
    bounds = _set(tmp_path / "gates.yaml", 'gates:\n  - {set: "*", measure: dangerous.count, at_most: 1}')
    status, folder = _run(tmp_path, _set(tmp_path / "set.jsonl", _row(RESOLVED, "hold")), "--gates", bounds)

    report = ET.parse(folder / "junit.xml")
    assert (status, report.find(".//failure")) == (0, None)
    assert report.find(".//skipped[@message='known error, within its gate: dangerous: gold hold, said resume']") is not None


def test_a_dangerous_error_that_no_gate_allows_for_is_a_failure_in_junit(tmp_path: Path) -> None:
    bounds = _set(tmp_path / "gates.yaml", 'gates:\n  - {set: "*", measure: errors, at_most: 0}')
    folder = _run(tmp_path, _set(tmp_path / "set.jsonl", _row(RESOLVED, "hold")), "--gates", bounds)[1]

    assert ET.parse(folder / "junit.xml").find(".//failure[@message='dangerous: gold hold, said resume']") is not None


def test_what_has_no_label_is_counted_by_measure(tmp_path: Path) -> None:
    folder = _run(tmp_path, _set(tmp_path / "set.jsonl", _row(ACTIVE, "hold", severity=["severe"]), _row(RESOLVED, "resume")))[1]

    whole = _summary(folder)["all"]["not_scored"]
    assert (whole["action"], whole["severity"]) == (0, 1)
    assert "severity 1" in (folder / "summary.md").read_text()
