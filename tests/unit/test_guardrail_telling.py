"""The second ear: same numbers everywhere, wordings that no rule knows, faults of its files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import KnowledgeError
from assistant.guardrail.readings import read
from assistant.guardrail.telling import against, features, telling
from assistant.records import Action
from assistant.weights import BUCKETS


def test_the_features_of_a_clause_are_the_same_wherever_they_are_made() -> None:
    found = features(read("Let her finish the strip first.", "POM"))
    assert found.dtype == np.int64
    assert 0 <= found.min() <= found.max() < BUCKETS
    assert np.array_equal(found, features(read("Let her finish the strip first.", "POM")))


@pytest.mark.parametrize(
    "clause",
    [
        "I would not make a fuss over a runny nose, the tablets go on.",
        "A sniffle like this should not cost her a week of treatment.",
        "Friday is fine for the next capsule, drip or no drip.",
    ],
)
def test_a_euphemism_speaks_more_against_a_hold_than_an_honest_clause(clause: str) -> None:
    honest = ("Stop pomalidomide and treat the infection.", "Let us know how he responds.", "Once it has gone, the same dose.")
    assert against(read(clause, "POM"), Action.HOLD) > max(against(read(text, "POM"), Action.HOLD) for text in honest)


def test_where_no_classifier_judges_nothing_is_heard() -> None:
    assert against(read("Carry on.", "POM"), Action.OUT_OF_SCOPE) == 0.0


def test_missing_or_unfit_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"weights missing or damaged; run `python -m eval\.train_telling`"):
        telling(tmp_path)
    (tmp_path / "telling.json").write_text(json.dumps({"names": ["hold"]}))
    np.save(tmp_path / "telling.npy", np.zeros((4, 1)))
    with pytest.raises(KnowledgeError, match=r"\(4, 1\) weights for 1 names"):
        telling(tmp_path)
