"""What is set by hand stands over what was read, and what follows from it follows."""

from __future__ import annotations

import pytest

from assistant.corrections import Value, apply
from assistant.reading import read
from assistant.records import Action, Asked, Case, Infection
from assistant.rules import decide

NOTHING = "Good evening, thanks for yesterday."
OUTSIDE = "Which antibiotic should I choose for pneumonia?"
FACT = "How common is grade 3-4 neutropenia on pomalidomide?"


def facts(case: Case) -> dict[str, tuple[object, str]]:
    return {fact.name: (fact.value, fact.note) for fact in case.facts}


@pytest.mark.parametrize("question", [NOTHING, OUTSIDE, FACT])
@pytest.mark.parametrize(
    ("given", "action"),
    [
        ({"infection": "active"}, Action.HOLD),
        ({"infection": "suspected"}, Action.HOLD),
        ({"infection": "none"}, Action.NO_HOLD),
        ({"infection": "resolved", "severity": "mild"}, Action.RESUME),
        ({"severity": "severe"}, Action.HOLD),
        ({"treatment": "held"}, Action.HOLD),
        ({"neutropenic_fever": True}, Action.HOLD),
    ],
)
def test_who_says_how_the_patient_is_asks_for_a_decision(question: str, given: dict[str, Value], action: Action) -> None:
    before = read([question])
    assert before.asked is not Asked.DECISION
    after = apply(before, given)
    assert (after.asked, after.outside, decide(after).action) == (Asked.DECISION, "", action)


@pytest.mark.parametrize("given", [{"infection": "unknown"}, {"severity": "unspecified"}, {"treatment": "unknown"}, {"neutropenic_fever": False}, {"age": 80.0}, {"anc": None}, {"drug": "pomalidomide"}])
def test_what_says_nothing_of_the_patient_makes_no_case(given: dict[str, Value]) -> None:
    assert decide(apply(read([NOTHING]), given)).action is Action.OUT_OF_SCOPE


def test_a_state_set_by_hand_takes_the_place_of_the_state_that_was_read_and_leaves_the_infection_its_name() -> None:
    case = apply(read(["Mild cystitis, completely resolved, pomalidomide 4 mg held. Restart?"]), {"infection": "active"})
    told = facts(case)
    assert told["state"] == ("active", "corrected by hand")
    assert told["infection"] == ("cystitis", "")
    assert case.infection is Infection.ACTIVE


def test_what_was_in_doubt_is_not_asked_again_once_it_is_set() -> None:
    doubted = Case(asked=Asked.DECISION, infection=Infection.RESOLVED, ambiguous=("anc", "severity"))
    assert apply(doubted, {"severity": "mild"}).ambiguous == ("anc",)


class TestNeutropenicFever:
    """It follows from count and temperature by hand as it does when they are read."""

    DERIVED = "ANC 0.3 and 38.9 °C overnight on pomalidomide 4 mg, cultures pending. What now?"

    def test_it_comes_with_a_count_that_is_set(self) -> None:
        case = apply(read(["38.9 °C overnight on pomalidomide 4 mg. What now?"]), {"anc": 0.4})
        assert case.neutropenic_fever and case.neutropenic_fever_derived
        assert decide(case).rules[0] == "neutropenic_fever.hold"

    @pytest.mark.parametrize("given", [{"anc": 2.4}, {"anc": None}, {"temperature": 37.0}])
    def test_it_goes_with_the_numbers_that_it_was_derived_from(self, given: dict[str, Value]) -> None:
        before = read([self.DERIVED])
        assert before.neutropenic_fever_derived
        after = apply(before, given)
        assert not after.neutropenic_fever and "neutropenic_fever_derived" not in decide(after).notes
        assert decide(after).action is Action.HOLD, "the fever is still there"

    def test_it_stays_where_it_was_stated(self) -> None:
        assert apply(read(["Febrile neutropenia on pomalidomide 4 mg, ANC 0.3, 38.9 °C. Hold?"]), {"anc": 2.4}).neutropenic_fever

    @pytest.mark.parametrize("by_hand", [True, False])
    def test_what_is_set_by_hand_is_not_told_as_derived(self, by_hand: bool) -> None:
        after = apply(read([self.DERIVED]), {"neutropenic_fever": by_hand, "anc": 0.2})
        assert after.neutropenic_fever is by_hand and "neutropenic_fever_derived" not in decide(after).notes
