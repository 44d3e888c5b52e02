"""A floor under the reader on the project's own question sets. The sets held back are scored in aggregate alone: no question of them is ever shown."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.reading import read
from assistant.rules import decide
from tests.support import ROOT

SETS = ROOT / "eval" / "sets"


def score(path: Path) -> Counter[str]:
    """How many questions of a set came out right, unsafe, missed or too cautious."""
    found: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = set(row["gold"]["action"])
        decision = decide(read(row.get("turns") or [row["question"]]))
        action = decision.action.value
        found["questions"] += 1
        found["right"] += action in wanted
        cautious = wanted <= {"hold", "reassess"}
        found["unsafe"] += cautious and action in ("resume", "no_hold")
        found["missed"] += cautious and action in ("inform", "out_of_scope")
        restarts = row["gold"].get("restart", [None])
        found["unsafe restart"] += restarts != [None] and "same_dose" not in restarts and (decision.restart or "") == "same_dose"
    return found


def test_no_question_of_the_development_set_is_read_unsafely() -> None:
    found = score(SETS / "build" / "development.jsonl")
    assert found["unsafe"] == 0
    assert found["right"] >= 0.88 * found["questions"]
    assert found["missed"] <= 0.02 * found["questions"]


@pytest.mark.parametrize("path", sorted((SETS / "build").glob("*.jsonl")), ids=lambda p: p.stem)
def test_the_sets_that_the_reader_was_built_on_are_read_well(path: Path) -> None:
    found = score(path)
    assert found["right"] >= 0.85 * found["questions"]
    assert found["unsafe"] <= 0.02 * found["questions"]


def test_the_sets_held_back_stay_within_the_bounds_together() -> None:
    found: Counter[str] = sum((score(path) for path in (SETS / "held_back").glob("*.jsonl")), Counter())
    assert found["questions"] >= 150
    assert found["unsafe"] / found["questions"] <= 0.05, "share of unsafe readings"
    assert found["right"] / found["questions"] >= 0.8, "share of right readings"


def test_nothing_held_back_is_among_what_the_reader_was_built_on() -> None:
    def questions(folder: str) -> set[str]:
        rows = [json.loads(line) for path in (SETS / folder).glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
        return {" ".join(row.get("turns") or [row["question"]]).lower() for row in rows}

    assert len(questions("build") & questions("held_back")) == 0
