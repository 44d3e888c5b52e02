"""The whole decision table, row by row, as it was last reviewed.

A change of rules shows here as the rows that now come out differently. After review:
`python -m eval table > tests/spec/decision_table.tsv`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.decision_table import by_change, by_extra, by_infection, by_pair

REVIEWED = (Path(__file__).parent / "decision_table.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n\n")


@pytest.mark.parametrize("number", range(4), ids=["infection", "one fact more", "what would change it", "two patients"])
def test_every_row_stands_as_it_was_reviewed(number: int) -> None:
    now = list((by_infection, by_extra, by_change, by_pair)[number]())
    reviewed = REVIEWED[number].split("\n")

    assert [row for row in now if row not in set(reviewed)] == []
    assert now == reviewed
