"""Section 3 of the algorithm: the article names the tiers, these are the cues; the worst cue wins. Read from plain questions."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.spec.tables import faults_of, table


class TestLifeThreatening:
    """the word itself; CTCAE grade 4; sepsis, septic shock, vasopressors, intubation or mechanical ventilation, ICU, organ failure caused by the infection"""

    @pytest.mark.parametrize("row", table("""
        question                                       | severity
        -----------------------------------------------+-----------------
        Life-threatening pneumonia, on pom. Hold?      | life_threatening
        CTCAE grade 4 lung infection, pom. Hold?       | life_threatening
        Grade IV pneumonia, pom. Hold?                 | life_threatening
        Sepsis, on pom. Hold?                          | life_threatening
        Septic shock, on pom. Hold?                    | life_threatening
        Pneumonia, on vasopressors, pom. Hold?         | life_threatening
        Pneumonia on noradrenaline, pom. Hold?         | life_threatening
        Pneumonia, intubated, pom. Hold?               | life_threatening
        Pneumonia, mechanically ventilated, pom. Hold? | life_threatening
        Pneumonia treated on ICU. Pom?                 | life_threatening
        Pneumonia on ITU, pom to be held?              | life_threatening
        Kidney failure from the sepsis, pom. Hold?     | life_threatening
        Pneumonia with respiratory failure, pom. Hold? | life_threatening
    """))
    def test_cue(self, row: SimpleNamespace) -> None:
        assert faults_of(row.question, "hold", row.severity) == []


class TestSevere:
    """the word itself or "serious"; CTCAE grade 3; admission for it; intravenous antimicrobials; bacteraemia; hypoxia or oxygen; invasive fungal infection, PJP, empyema, abscess that is drained; neutropenic fever (at least severe)"""

    @pytest.mark.parametrize("row", table("""
        question                                           | severity
        ---------------------------------------------------+---------
        Severe chest infection, on pom. Hold?              | severe
        Serious chest infection, pom. Hold?                | severe
        CTCAE grade 3 lung infection, pom. Hold?           | severe
        Pneumonia, admitted to hospital, pom. Hold?        | severe
        Pneumonia treated on the ward. Pom?                | severe
        Pneumonia on IV amoxicillin. Pom?                  | severe
        Cellulitis, intravenous flucloxacillin, pom. Hold? | severe
        Pneumonia on meropenem, pom. Hold?                 | severe
        Home with OPAT ceftriaxone for endocarditis, pom?  | severe
        Bacteraemia, pom. Hold?                            | severe
        Blood cultures positive. On pom, hold?             | severe
        Pneumonia with hypoxia, pom. Hold?                 | severe
        Pneumonia, needs oxygen. Pom?                      | severe
        Invasive aspergillosis, pom. Hold?                 | severe
        PJP, pom. Hold?                                    | severe
        Empyema, pom. Hold?                                | severe
        Abscess drained, on pom. Hold?                     | severe
        Neutropenic fever, pom. Hold?                      | severe
    """))
    def test_cue(self, row: SimpleNamespace) -> None:
        assert faults_of(row.question, "hold", row.severity) == []


class TestMild:
    """the word itself, "minor", "uncomplicated"; CTCAE grade 1 or 2, "moderate"; oral or topical treatment as an outpatient; common cold, URTI, cystitis, thrush, cold sore, sinusitis with no worse cue"""

    @pytest.mark.parametrize("row", table("""
        question                                          | severity
        --------------------------------------------------+---------
        Mild chest infection, on pom. Hold?               | mild
        Minor skin infection, pom. Hold?                  | mild
        Uncomplicated UTI, pom. Hold?                     | mild
        Grade 1 skin infection, pom. Hold?                | mild
        Grade 2 skin infection, pom. Hold?                | mild
        Moderate cellulitis, pom. Hold?                   | mild
        Pneumonia on oral amoxicillin. Pom?               | mild
        Cellulitis, on flucloxacillin tablets, pom. Hold? | mild
        Otitis externa, ear drops, pom. Hold?             | mild
        Common cold, on pom. Hold?                        | mild
        URTI, on pom. Hold?                               | mild
        Cystitis, on pom. Hold?                           | mild
        Oral thrush, on pom. Hold?                        | mild
        Cold sore, on pom. Hold?                          | mild
        Sinusitis, on pom. Hold?                          | mild
    """))
    def test_cue(self, row: SimpleNamespace) -> None:
        assert faults_of(row.question, "hold", row.severity) == []

    def test_moderate_is_read_as_mild_and_the_answer_says_that_the_article_has_no_moderate_tier(self) -> None:
        from tests.spec.tables import read_line

        case, decision = read_line("Moderate cellulitis, pom. Hold?")
        assert case.moderate
        assert "moderate" in decision.notes


class TestUnspecified:
    """none of these: pneumonia, influenza, COVID-19, cellulitis, zoster, C. difficile and so on named without a cue"""

    @pytest.mark.parametrize("row", table("""
        question                                   | severity
        -------------------------------------------+------------
        Pneumonia, on pom. Hold?                   | unspecified
        Influenza, on pom. Hold?                   | unspecified
        COVID-19 with cough, on pom. Hold?         | unspecified
        Cellulitis, on pom. Hold?                  | unspecified
        Shingles rash on the chest, on pom. Hold?  | unspecified
        C. difficile, on pom. Hold?                | unspecified
        UTI, on pom. Hold?                         | unspecified
        Septic arthritis of the knee on pom. Hold? | unspecified
    """))
    def test_no_cue(self, row: SimpleNamespace) -> None:
        assert faults_of(row.question, "hold", row.severity) == []


class TestTheWorstCueWins:
    """worst cue wins  (spec, section 1)"""

    @pytest.mark.parametrize("row", table("""
        question                                                             | severity
        ---------------------------------------------------------------------+-----------------
        Sinusitis, IV ceftriaxone, on pom. Hold?                             | severe
        Mild cold but admitted for IV antibiotics with pneumonia, pom. Hold? | severe
        Mild UTI at first, now septic shock, pom. Hold?                      | life_threatening
        Severe pneumonia, moved to ICU, pom. Hold?                           | life_threatening
        Oral amoxicillin, then IV ceftriaxone for pneumonia, pom. Hold?      | severe
        Grade 3 pneumonia that became grade 4, pom. Hold?                    | life_threatening
        Neutropenic sepsis with septic shock on noradrenaline, on pom. Hold? | life_threatening
    """))
    def test_of_several(self, row: SimpleNamespace) -> None:
        assert faults_of(row.question, "hold", row.severity) == []


class TestWhatIsNoCueOfTheInfection:
    """Severity of something else, denied or somebody else's is not the infection's."""

    @pytest.mark.parametrize("row", table("""
        question                                                | severity
        --------------------------------------------------------+------------
        UTI without sepsis. Pom?                                | unspecified
        Pneumonia, needs no oxygen. Pom?                        | unspecified
        UTI, on pom; severe back pain from old fractures. Hold? | unspecified
        UTI on pom in a man with grade 4 neutropenia. Hold?     | unspecified
        UTI on pom; septic shock in 2015. Hold?                 | unspecified
    """))
    def test_leaves_the_severity_blank(self, row: SimpleNamespace) -> None:
        assert faults_of(row.question, "hold", row.severity) == []
