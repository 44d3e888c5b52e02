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
    Aortic vegetation on echo, benzylpen down the Hickman, day 12 of 28. Pom?                      | severe
    Peritonsillar abscess, ENT popped a needle in it, home on pen V. Pom?                             | severe
    Pilonidal abscess, laid open in theatre this morning, home, no tablets. Pom?                      | severe
    Vulval abscess, marsupialised under GA, home tonight. Pom?                                        | severe
    Perforated appendix abscess, nil by mouth, meropenem, no operation. Pom?                          | severe
    C difficile, brought in with it, side room, oral vancomycin. Pom?                                 | severe
    Nan's on the flu ward with oxygen tubes in her nose. On pom, should she be?                       | severe
    Covid, eating nothing, sats 90, dex and 3 litres. Pom?                                            | severe
    Septic hip, drained, nurse scribbled 'septic' by his name, obs normal. Pom?                       | severe
    Pneumonia, admitting to the ward; 'ITU last time', says the wife, not needed today. Pom?          | severe
    Klebsiella bacteraemia, anuric since yesterday, meropenem. Pom?                                   | life_threatening
    Biliary infection, lactate 6.2, tazocin running. Pom?                                             | life_threatening
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
    Infected finger, oral cefalexin; 'neutropenic fever' written on the board, T 37.6, it doesn't meet that. Pom? | mild
    Covid, stayed in bed at home, nothing prescribed, still smells nothing, still coughing. Pom?      | unspecified
    Anuric HD patient with flu, no antivirals. Pom?                                                   | unspecified
    Flu on Pd, topical emollient for eczema. Pom?                                                     | unspecified
    Rule out endocarditis, cultures out, T 37.7. Pom?                                                 | unspecified
    Pneumonia, Port access for IV dara only. Pom?                                                     | unspecified
"""
CORRECTED = [
    ("Erysipelas, IV benpen on the ward. Pom?", "Scrap that, I had next door's drug chart open. He's at home on pen V tablets.", "mild"),
    ("pneumonia, still coughing, was on IV. pom?", "wrong, it was only ever oral amoxicillin at home", "mild"),
    ("Pneumonia, transferring for IV. Hold pom?", "Change of plan: not transferring, oral azithro at home. Hold still?", "mild"),
]


RESOLVED = [
    ("Three nights on HDU with pneumonia, IV abx, not septic. Home six weeks, fine, off everything. Pom?", "severe"),
    ("Covid a month ago, stayed in his room, nothing prescribed, all gone. Pom?", "unspecified"),
    ("Two nights on HDU, IV antibiotics for a bad chest, no sepsis. All gone, off everything for five weeks. Pom?", "severe"),
]


class TestSeverity:
    """The worst cue that was asserted of this infection."""

    @pytest.mark.parametrize("row", table(CASES))
    def test_is_that_of_the_worst_cue(self, row: SimpleNamespace) -> None:
        assert faults_of(row.question, "hold", row.severity) == []

    @pytest.mark.parametrize(("question", "severity"), RESOLVED)
    def test_stays_when_it_is_over(self, question: str, severity: str) -> None:
        assert faults_of(question, "resume", severity) == []

    @pytest.mark.parametrize(("said", "correction", "severity"), CORRECTED)
    def test_follows_a_correction(self, said: str, correction: str, severity: str) -> None:
        assert faults_of(f"{said} // {correction}", "hold", severity) == []
