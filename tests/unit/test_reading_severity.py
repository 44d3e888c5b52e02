"""How severe an infection was at its worst: what counts, and what only sounds so."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.spec.tables import faults_of, table

CASES = """
    question                                                                                          | severity
    --------------------------------------------------------------------------------------------------+-----------------
    Discitis, PICC out, now oral linezolid, wk 3 of 6. Pom?                                           | severe
    Pyelo: 2 days inj meropenem, then oral cipro, still on it. Pom?                                   | severe
    Cellulitis, injection ceftriaxone at the clinic, then tablets. Pom?                               | severe
    Infected knee, nurse comes daily for the antibiotic, line in his arm. Pom?                        | severe
    Disseminated histo, liposomal ampho day 6. Pom?                                                   | severe
    Zoster, disseminated, hold pom?                                                                   | severe
    Deep abscess of the neck. Pom?                                                                    | severe
    Chest infection, still needs 2 L to hold 93%. Pom?                                                | severe
    Dental abscess, dentist had to lance it. Pom?                                                     | severe
    Pneumonia, CTCAE: 3. Pom?                                                                         | severe
    LRTI -> admitted -> IV amox, still on it. Pom?                                                    | severe
    Baseline 2 L at home, up to 5 L with RSV. Pom?                                                    | severe
    Septic knee, washed out, cefazolin. Pom?                                                          | severe
    Home CPAP for sleep apnoea, now on BiPAP continuously for pneumonia. Pom?                         | life_threatening
    Sepsis alert fired and she is on noradrenaline, UTI. Pom?                                         | life_threatening
    Was septic on Monday with pyelo, not septic now, still on IV. Pom?                                | life_threatening
    He went septic overnight with pneumonia. Pom?                                                     | life_threatening
    Frail chap from a nursing home, septic shock. Pom 3 mg?                                           | life_threatening
    At death's door, so he says. Covid, runny nose, T 37.1. Pom?                                      | mild
    Sleeps with BiPAP, has for years (OSA). Runny nose since Sunday. Pom?                             | mild
    Lifelong 2 L home oxygen for emphysema, as always. Sinusitis, oral amox-clav. Pom?                | mild
    Sepsis BPA fired and I overrode it. Small pneumonia, home on levofloxacin. Pom?                   | mild
    Sepsis box ticked at triage, crossed out by the consultant. UTI, oral trimethoprim. Pom?          | mild
    Septic olecranon bursitis, clindamycin PO and home. Pom?                                          | mild
    A hair on his neck has gone septic, folliculitis, oral flucloxacillin. Pom?                       | mild
    Covid PCR positive on a routine swab, not a sniffle. Pom?                                         | mild
    Flu A positive, without a single symptom. Pom?                                                    | mild
    Dad has a bladder infection, three days of pills. Pomalyst?                                       | mild
    Tonsils bad, antibiotic syrup from the GP. Pom?                                                   | mild
    Admission screening swab: SARS-CoV-2 positive, zero symptoms. Pom?                                | mild
    Zoster C5 L, famciclovir PO, crusts. Pom?                                                         | mild
    Flu on Pd, topical emollient for eczema. Pom?                                                     | unspecified
    Rule out endocarditis, cultures out, T 37.7. Pom?                                                 | unspecified
    Pneumonia, Port access for IV dara only. Pom?                                                     | unspecified
"""
CORRECTED = [
    ("Erysipelas, IV benpen on the ward. Pom?", "Scrap that, I had next door's drug chart open. He's at home on pen V tablets.", "mild"),
    ("pneumonia, still coughing, was on IV. pom?", "wrong, it was only ever oral amoxicillin at home", "mild"),
    ("Pneumonia, transferring for IV. Hold pom?", "Change of plan: not transferring, oral azithro at home. Hold still?", "mild"),
]


class TestSeverity:
    """The worst cue that was asserted of this infection."""

    @pytest.mark.parametrize("row", table(CASES))
    def test_is_that_of_the_worst_cue(self, row: SimpleNamespace) -> None:
        assert faults_of(row.question, "hold", row.severity) == []

    @pytest.mark.parametrize(("said", "correction", "severity"), CORRECTED)
    def test_follows_a_correction(self, said: str, correction: str, severity: str) -> None:
        assert faults_of(f"{said} // {correction}", "hold", severity) == []
