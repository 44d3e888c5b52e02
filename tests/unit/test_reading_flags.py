"""Flags of a case: sources that contradict each other, what is only suspected, who writes, how many patients, a stop for good."""

from __future__ import annotations

import pytest

from tests.spec.tables import faults_of

CONTRADICTIONS = [
    "Ward sheet: 'no infection'. Drug chart: IV tazocin at 06:00 today for cholangitis. Pom tonight?",
    "Checklist says 'infections: none'. He shows me his doxycycline, day 3, for bronchitis. Give pom?",
    "Handover: afebrile all night. Obs at 04:00 38.9. No source. Pom at noon?",
    "GP letter: 'cellulitis resolved'. I see the leg: still red and hot, oozing. Restart pom?",
    "The form says no infection, but she is on day 2 of trimethoprim for a UTI. Release the pom?",
    "Note calls it a minor UTI. Same note: noradrenaline, lactate 7. Continue pom?",
    "Banner reads 'infection free'. My exam: purulent sputum, crackles. Pom today?",
    "Course of antibiotics completed on Monday. Currently on day 2 of 7 of doxycycline for the same chest infection. Pom?",
]
NO_CONTRADICTIONS = [
    "Letter says pneumonia resolved in May. Now has shingles, valaciclovir tablets. Pom?",
    "My cold is finally over, no runny nose, no fever for a week. Restart pom?",
    "Chest film: no consolidation. Swab shows RSV. Hold pom?",
    "Osteomyelitis, on oral linezolid for three more weeks. Boss says cleared for discharge. Restart pom?",
    "febrile neutropenia, pom held // fever's gone, neuts 1.1, still on the tazocin",
    "Not septic, lactate 1, just E. coli in the urine. Cefalexin at home. Pom?",
    "Discharge letter: cellulitis resolved, antibiotics finished in June, well since. Restart pom?",
]
SUSPICIONS = [
    "?cellulitis vs gout, foot red, doppler tomorrow. On Pd. Hold pom?",
    "CT: psoas collection, abscess vs haematoma. No fever. Pom until biopsy?",
    "Working diagnosis PJP, nothing proven, IV co-trimoxazole running. Pom?",
    "CNS in one bottle, ?contaminant, T 38.2 once, repeats sent. Pom due",
    "Being tested for TB because of cough, result not out yet. Pom 4 mg, stop?",
    "T 37.9, ANC 0.9, two sets of cultures cooking. Nobody has called it an infection yet. Pom?",
    "?endocarditis, new murmur, cultures taken, empirical IV gentamicin running. Pom before it's proven?",
    "T 38.6, no source. Pom tonight?",
]
DIAGNOSES = [
    "T 38.9, crackles at the base, RLL infiltrate on film, on ceftriaxone. Pom?",
    "Fever since 3 days, smear shows P. vivax, chloroquine tablets. Pom?",
    "T 39, Ehrlichia PCR came back positive, doxy tablets at home. KPd due",
    "Rigors, urine full of pus cells, loin pain, IV amikacin started. Pom?",
    "38.4, port pocket red and weeping, vancomycin going in. Pom?",
    "Flank pain, 38.3, urine culture growing coliforms. Pom?",
]
OUT_OF_SCOPE = ["What's 103.2 F in Celsius?", "Elranatamab step-up D4, T 38.5, tocilizumab now?", "Revlimid 25, neutropenic fever, hold the Rev? No pom involved."]


class TestContradiction:
    """One source says none, another shows an infection."""

    @pytest.mark.parametrize("question", CONTRADICTIONS)
    def test_is_flagged(self, question: str) -> None:
        assert faults_of(question, "hold", flags="contradiction") == []

    @pytest.mark.parametrize("question", NO_CONTRADICTIONS)
    def test_is_none_where_time_or_another_illness_explains_it(self, question: str) -> None:
        assert faults_of(question, "", flags="-contradiction") == []


class TestSuspicion:
    """An infection that is feared, against one that is found; either way pomalidomide is held."""

    @pytest.mark.parametrize("question", SUSPICIONS)
    def test_is_flagged(self, question: str) -> None:
        assert faults_of(question, "hold", flags="suspected") == []

    @pytest.mark.parametrize("question", DIAGNOSES)
    def test_ends_with_a_finding_or_a_treated_site(self, question: str) -> None:
        assert faults_of(question, "hold", flags="-suspected") == []

    @pytest.mark.parametrize("question", OUT_OF_SCOPE)
    def test_is_not_told_of_what_is_out_of_scope(self, question: str) -> None:
        assert faults_of(question, "out_of_scope", flags="-suspected -neutropenic_fever") == []
