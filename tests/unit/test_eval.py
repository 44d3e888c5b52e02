"""The evaluation counts the dangerous error first, and nothing that it could not score."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main, score_set, upper_bound


def _set(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def _row(question: str, action: str, **gold: object) -> dict[str, object]:
    return {"id": question[:8], "question": question, "gold": {"action": [action], "severity": [None], "restart": [None], "flags": [], **gold}}


ACTIVE = "Pneumonia on pom, admitted, IV antibiotics. Hold?"
RESOLVED = "Mild sinusitis completely resolved, antibiotics finished. Restart pom 4 mg?"


def test_right_answers_pass_the_gates(tmp_path: Path) -> None:
    path = _set(tmp_path / "set.jsonl", _row(ACTIVE, "hold", severity=["severe"]), _row(RESOLVED, "resume", restart=["same_dose"]))

    assert main(["run", str(path), "--fail-under", "100"]) == 0


def test_a_restart_where_the_gold_holds_is_dangerous_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _set(tmp_path / "set.jsonl", _row(RESOLVED, "hold"))

    assert main(["run", str(path)]) == 1
    assert "restart where it holds): 1" in capsys.readouterr().out


def test_a_hold_where_the_gold_resumes_is_wrong_but_not_dangerous(tmp_path: Path) -> None:
    score = score_set(_set(tmp_path / "set.jsonl", _row(ACTIVE, "resume")))

    assert (score.right["action"], score.dangerous) == (0, [])


def test_a_line_that_cannot_be_scored_is_counted_and_not_averaged(tmp_path: Path) -> None:
    score = score_set(_set(tmp_path / "set.jsonl", _row(ACTIVE, "hold"), "not json", {"id": "x", "question": "no gold"}))

    assert (score.questions, score.unscored, score.right["action"]) == (1, 2, 1)


def test_a_set_without_questions_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(_set(tmp_path / "set.jsonl", "[]"))]) == 2
    assert "holds no labelled question" in capsys.readouterr().err


def test_the_bound_of_no_error_in_300_is_one_percent() -> None:
    assert upper_bound(0, 300) == pytest.approx(0.00994, abs=1e-4)
