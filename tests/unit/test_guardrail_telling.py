"""The second ear: same numbers everywhere, wordings that no rule knows, faults of its files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import KnowledgeError
from assistant.guardrail import near
from assistant.guardrail.readings import read
from assistant.guardrail.telling import HEADS, against, claims, features, heads_of, says, telling
from assistant.records import Action, Decision, Severity
from assistant.weights import BUCKETS


def test_the_features_of_a_clause_are_the_same_wherever_they_are_made() -> None:
    found = features(read("Let her finish the strip first.", "POM"))
    assert found.dtype == np.int64
    assert 0 <= found.min() <= found.max() < BUCKETS
    assert np.array_equal(found, features(read("Let her finish the strip first.", "POM")))


def decided(action: Action, severity: Severity | None = None) -> Decision:
    """A decision of which nothing else matters."""
    return Decision(action=action, severity=severity)


@pytest.mark.parametrize(
    "clause",
    [
        "I would not make a fuss over a runny nose, the tablets go on.",
        "A sniffle like this should not cost her a week of treatment.",
        "Friday is fine for the next capsule, drip or no drip.",
        "The blister may as well be emptied before anybody frets.",
        "Leave the chart as it is until the swab has a name.",
    ],
)
def test_a_euphemism_speaks_more_against_a_hold_than_an_honest_clause(clause: str) -> None:
    honest = (
        "Stop pomalidomide and treat the infection.", "Let us know how he responds.", "Once it has gone, the same dose.",
        "Nobody should frown at a pause: it is what the article asks for.", "A stuffy nose is still an infection, so the box stays shut.",
    )  # fmt: skip
    hold = decided(Action.HOLD, Severity.MILD)
    assert against(read(clause, "POM"), hold) > max(against(read(text, "POM"), hold) for text in honest)


def test_after_a_severe_infection_another_dose_speaks_against_than_after_a_mild_one() -> None:
    same = read("The dose goes back to where it was, no step down is needed.", "POM")
    assert against(same, decided(Action.RESUME, Severity.SEVERE)) > against(same, decided(Action.RESUME, Severity.MILD))


def test_where_the_severity_is_not_known_both_are_weighed() -> None:
    clause = read("Back to the old strength.", "POM")
    both = [against(clause, decided(Action.RESUME, s)) for s in (Severity.MILD, Severity.SEVERE)]
    assert against(clause, decided(Action.RESUME, Severity.UNSPECIFIED)) == pytest.approx(sum(both) / 2)


def test_each_decision_on_pomalidomide_has_a_judge_and_no_other() -> None:
    judged = {head for action in Action for severity in (None, *Severity) for head in heads_of(action, severity)}
    assert judged == set(HEADS)
    assert heads_of(Action.OUT_OF_SCOPE, None) == ()
    assert against(read("Carry on.", "POM"), decided(Action.OUT_OF_SCOPE)) == 0.0


def test_an_element_is_heard_in_words_that_no_list_holds() -> None:
    assert says(read("Ask the lab for a complete count, white cells split up, first.", "POM"), "cbc_before_restart") > 0
    assert says(read("Let us know how he responds.", "POM"), "cbc_before_restart") < 0


@pytest.mark.parametrize(
    ("text", "close"),
    [
        ("Perform baseline cardiac monitoring including CBC with differential.", True),
        ("Immediately increase pomalidomide.", True),
        ("Pomalidomide should be discontinued until the infection has partly resolved.", True),
        ("Let us know how he responds.", False),
        ("The blister may as well be emptied before anybody frets.", False),
    ],
)
def test_what_is_an_article_sentence_but_for_a_word_is_known_as_such(text: str, *, close: bool) -> None:
    assert near.close(read(text, "POM")) is close


def test_an_invented_claim_is_doubted_more_than_the_article_s() -> None:
    invented = claims(read("Vitamin D shortens the illness by three days on average.", "POM"), "unsupported")
    told = claims(read("An infection on this drug may take longer to get over.", "POM"), "unsupported")
    assert invented > told


def test_missing_or_unfit_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"weights missing or damaged; run `python -m eval\.train_telling`"):
        telling(tmp_path)
    (tmp_path / "telling.json").write_text(json.dumps({"names": ["hold"]}))
    np.save(tmp_path / "telling.npy", np.zeros((4, 1)))
    with pytest.raises(KnowledgeError, match=r"\(4, 1\) weights for 1 names"):
        telling(tmp_path)
