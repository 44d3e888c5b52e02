"""The same sentence about any infection is read alike: 30 plain sentences, each with 32 infections put in."""

from __future__ import annotations

import pytest

from assistant.reading import read
from assistant.records import Action
from assistant.rules import decide

INFECTIONS = (
    "pneumonia", "a chest infection", "a UTI", "cellulitis", "shingles", "influenza", "COVID-19", "C. diff", "pyelonephritis", "a dental abscess", "cholangitis", "a line infection", "an infection",
    "gastroenteritis", "a common cold", "sinusitis", "thrush", "E. coli bacteraemia", "septic shock", "neutropenic sepsis", "osteomyelitis", "meningitis", "RSV", "CMV viraemia", "a skin infection",
    "endocarditis", "PJP", "norovirus", "a tooth infection", "conjunctivitis", "diverticulitis", "a wound infection",
)  # fmt: skip
ACTIVE = (
    "I have a patient on pom with {}, hold?", "Pt on pomalidomide has {}. Hold?", "65M on Imnovid 4 mg, {}. Continue?", "Diagnosed with {} today, on pom. Stop?",
    "She has {} and takes pomalidomide 4 mg. Can she carry on?", "Got a lady on pom who has come down with {}", "There's no doubt he has {}. On pom, hold?", "{}, started treatment yesterday. Pom?",
    "Ongoing {}, pomalidomide day 10. Carry on?", "Patient with {}, keen to continue pomalidomide, looks fine to me. OK to continue?", "{} confirmed this morning, pomalidomide due tonight, give it?",
)  # fmt: skip
NOT_OVER = (
    "{} improving on day 4 of treatment. Restart pom?", "{} nearly gone, restart pom?", "{} getting better, pom held. Resume?", "Mostly recovered from {}, restart pom?",
    "{} almost resolved, can pom go back?", "{} not fully resolved, restart pom?", "Still on antibiotics for {}, well. Restart pom?", "{} is settling. Restart pom?",
    "Symptoms of {} partly gone; pom back on?", "{} turned the corner, restart pom 4 mg?", "One more week of treatment for {}, feels fine. Restart pom?", "{} has not resolved. Restart pom?",
    "Residual symptoms after {}. Pom again?", "Should be over {} by next week. Restart pom today?", "Waiting for {} to clear. Pom on hold, restart today?",
)  # fmt: skip
OVER = (
    "{} has completely resolved, treatment finished. Restart pom?", "Fully recovered from {}, off all antibiotics for a week, no symptoms. Resume pomalidomide?", "{} resolved. Restart pom?",
)  # fmt: skip


def actions(template: str) -> dict[str, Action]:
    """What is decided for each infection in a sentence."""
    return {name: decide(read([sentence[0].upper() + sentence[1:]])).action for name in INFECTIONS for sentence in [template.format(name)]}


@pytest.mark.parametrize("template", [*ACTIVE, *NOT_OVER])
def test_an_infection_that_is_there_or_not_quite_over_is_held_whichever_it_is(template: str) -> None:
    assert {name: action for name, action in actions(template).items() if action is not Action.HOLD} == {}


@pytest.mark.parametrize("template", OVER)
def test_an_infection_that_is_over_ends_the_hold_whichever_it_is(template: str) -> None:
    after = {"septic shock": Action.REASSESS}
    assert {name: action for name, action in actions(template).items() if action is not after.get(name, Action.RESUME)} == {}


def test_a_patient_who_feels_well_with_an_infection_is_held_all_the_same() -> None:
    found = actions("My patient with {} feels well and wants to keep taking pom. Fine?")
    assert {name: action for name, action in found.items() if action is not Action.HOLD and name != "an infection"} == {}
