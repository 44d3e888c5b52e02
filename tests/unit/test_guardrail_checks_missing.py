"""What a whole draft lacks: the elements owed, when they are not owed, and from when the second ear is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.guardrail import missing, telling
from assistant.guardrail.pieces import cut
from assistant.guardrail.readings import Context, Reading, read_all
from assistant.records import Action, Basis, Episode, EpisodeState, Infection, Severity, Words
from tests.unit.test_guardrail_checks import case, context_of, owing_all

SAID = (Words(turn=0, start=0, end=4, text="cold"),)
SILENT = "The article does not say how often that is."


def readings(text: str) -> tuple[Reading, ...]:
    """A draft as read."""
    return read_all(cut(text))


def owing(name: str, *elements: str, **changes: object) -> Context:
    """A case whose decision owes these elements; `changes` are of the decision."""
    told = context_of(name)
    return replace(told, decision=replace(told.decision, elements=elements, **changes))  # type: ignore[arg-type]


def test_what_is_owed_and_not_said_is_lacking_in_the_decision_s_order() -> None:
    told = owing("hold_mild", "monitor_response", "stop_now", "no_such_element")
    assert missing.lacking(readings("The weather is fine."), told) == ("monitor_response", "stop_now")
    assert missing.lacking(readings("Stop pomalidomide now."), told) == ("monitor_response",)


def test_what_the_rules_find_needs_no_second_ear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "says", lambda reading, element: -9.0)
    assert missing.lacking(readings("Stop pomalidomide now."), owing("hold_mild", "stop_now", "monitor_response")) == ("monitor_response",)


def test_resolution_and_that_it_was_confirmed_may_stand_in_two_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "says", lambda reading, element: -9.0)
    told = owing("resume_severe", "confirm_resolution")
    for text, lacks in (("The infection resolved. He confirmed it.", ()), ("The infection resolved.", told.decision.elements), ("He confirmed it.", told.decision.elements)):
        assert missing.lacking(readings(text), told) == lacks


def test_a_dose_to_restart_at_that_is_the_dose_in_use_is_no_reduction() -> None:
    told = owing("resume_severe", "consider_dose_reduction", restart_dose_mg=4.0)
    assert missing.carried_by(readings("Pomalidomide is 3 mg.")[0], told) == ("consider_dose_reduction",)
    assert missing.carried_by(readings("Pomalidomide is 4 mg.")[0], told) == ()


def test_what_the_second_ear_alone_hears_counts_from_its_bound_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told = owing("hold_mild", "stop_now", "hold_until_resolved", "monitor_response", "antimicrobials")
    monkeypatch.setattr(telling, "against", lambda reading, decision: 0.0)
    for heard, lacks in (
        (missing.SURE - 0.01, told.decision.elements),
        (missing.SURE, ("stop_now", "hold_until_resolved", "antimicrobials")),
        (missing.SURE_OF_HOLD - 0.01, ("stop_now", "hold_until_resolved", "antimicrobials")),
        (missing.SURE_OF_HOLD, ()),
    ):
        monkeypatch.setattr(telling, "says", lambda reading, element, heard=heard: heard)
        assert missing.lacking(readings("The weather is fine."), told) == lacks
        assert missing.lacking(readings("Is the weather fine?"), told) == told.decision.elements, "a question says nothing"


def test_what_speaks_against_the_decision_is_not_heard_to_say_what_is_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    told = owing("hold_mild", "stop_now")
    monkeypatch.setattr(telling, "says", lambda reading, element: 9.0)
    for against, lacks in ((missing.AGAINST - 0.01, ()), (missing.AGAINST, ("stop_now",))):
        monkeypatch.setattr(telling, "against", lambda reading, decision, against=against: against)
        assert missing.lacking(readings("The weather is fine."), told) == lacks


def test_the_bounds_of_the_second_ear_are_those_that_were_measured() -> None:
    assert (missing.SURE, missing.SURE_OF_HOLD, missing.SURE_OF_STOP) == (0.0, 0.5, 2.0)


@pytest.mark.parametrize(("name", "owed"), [("resume_severe", True), ("reassess", True), ("hold_mild", False), ("no_hold", False)])
def test_the_disagreement_on_dialysis_is_owed_with_a_restart_alone(name: str, *, owed: bool) -> None:
    told = owing(name, "dialysis_disagreement", "monitor_response")
    assert ("dialysis_disagreement" in missing.lacking(readings("The weather is fine."), told)) is owed
    assert "monitor_response" in missing.lacking(readings("The weather is fine."), told)


@pytest.mark.parametrize(("basis", "owed"), [(Basis.LABEL, True), (Basis.ARTICLE, False), (Basis.PRECAUTIONARY, False)])
def test_the_threshold_is_owed_under_a_label_hold_alone(basis: Basis, *, owed: bool) -> None:
    told = owing("hold_label", "count_threshold", "monitor_response", basis=basis)
    assert ("count_threshold" in missing.lacking(readings("The weather is fine."), told)) is owed
    assert "monitor_response" in missing.lacking(readings("The weather is fine."), told)


def test_a_question_of_fact_with_no_patient_owes_no_hold() -> None:
    told = replace(owing("hold_mild", "stop_now"), case=case(Infection.ACTIVE, dose_mg=None))
    assert missing.lacking(readings(SILENT), told) == ()
    assert missing.lacking(readings("Infections occur in 33.7% of patients."), told) == ()
    assert missing.lacking(readings("The weather is fine."), told) == ("stop_now",)
    assert missing.lacking(readings(f"{SILENT} Continue pomalidomide."), told) == ("stop_now",)
    assert missing.lacking(readings(f"{SILENT} Give dexamethasone."), told) == (), "an order on another drug is none on pomalidomide"
    assert missing.lacking(readings(f"{SILENT} Pomalidomide was continued last year."), told) == (), "what is told of the past is no order"


@pytest.mark.parametrize(
    "facts",
    [
        {"age": 70.0},
        {"dose_mg": 4.0},
        {"patient_voice": True},
        {"severity": Severity.SEVERE},
        {"episodes": (Episode(name="cold", state=EpisodeState.ACTIVE, severity=Severity.MILD, words=SAID, state_words=SAID),)},
        {"episodes": (Episode(name="cold", state=EpisodeState.ACTIVE, severity=Severity.MILD, words=SAID, severity_words=SAID),)},
    ],
)
def test_as_soon_as_something_is_known_of_a_patient_the_hold_is_owed(facts: dict[str, object]) -> None:
    told = replace(owing("hold_mild", "stop_now"), case=case(Infection.ACTIVE, **{"dose_mg": None, **facts}))  # type: ignore[arg-type]
    assert missing.lacking(readings(SILENT), told) == ("stop_now",)


def test_no_other_decision_is_spared_for_want_of_a_patient() -> None:
    told = replace(owing("hold_mild", "stop_now", action=Action.NO_HOLD), case=case(Infection.ACTIVE, dose_mg=None))
    assert missing.lacking(readings(SILENT), told) == ("stop_now",)


def test_an_element_without_a_word_list_is_neither_lacking_nor_carried() -> None:
    told = owing("hold_mild", "no_such_element", "stop_now")
    assert missing.carried_by(readings("Stop pomalidomide now.")[0], told) == ("stop_now",)
    assert missing.carried_by(readings("The weather is fine.")[0], owing_all(told)) == ()
