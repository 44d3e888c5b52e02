"""How an infection runs, in wordings that once misled the reader: a course taken up again, growth in the blood, a faint test line, crusts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.spec.tables import faults_of, table


class TestTakenUpAgain:
    """A course that is taken up again, or made longer, runs: whatever was said of its end (spec, section 4.3)."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                      | action | severity | restart
            ----------------------------------------------------------------------------------------------------------------------------------------------+--------+----------+--------
            Discitis, six weeks of IV flucloxacillin done, back pain gone. Restart pom? // Micro say the flucloxacillin is to be recommenced from tonight | hold   | severe   |
            Empyema, meropenem completed, well. Pomalidomide? // CT shows a 3 cm residual, meropenem being restarted today                                | hold   | severe   |
            LRTI, doxycycline finished Sunday, fine now. Pom? // GP has restarted the doxycycline this morning                                            | hold   | mild     |
            Cellulitis healed, fluclox done. Pom back? // they have extended the fluclox by another week                                                  | hold   | mild     |
            Repeat scan shows a small undrained collection after her liver abscess, antibiotics done. Imnovid?                                            | hold   |          |
            LRTI over, off antibiotics, pom back since Monday. // Now cellulitis on the shin and the pharmacy has dropped off flucloxacillin              | hold   | mild     |
        """
    ))
    def test_is_held(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []

    def test_an_ended_second_course_is_ended(self) -> None:
        assert faults_of("UTI: nitrofurantoin restarted three weeks ago, finished a week ago. Symptoms all gone. Pom?", "resume", "mild", "same_dose", "") == []


class TestGrowthInTheBlood:
    """What grows in blood cultures is an infection, however well the patient looks and whatever the organism is called."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                            | action | severity
            ----------------------------------------------------------------------------------------------------+--------+---------
            Lab phoned: both bottles growing gram neg bacilli. She looks great, no fever. Imnovid given or not? | hold   | severe
            Two sets growing gram pos cocci in chains, afebrile and chatty. Pom tonight?                        | hold   | severe
            Anaerobic bottle flagged at 14 hours, patient feels fine. Does pomalidomide go ahead?               | hold   |
            Contaminant? Other set has now grown Staph aureus too. He's well, no temp. Pom?                     | hold   |
            Blood cultures flagging coag neg staph in both sets with the PICC in, apyrexial, well. Pom?         | hold   | severe
        """
    ))
    def test_is_held(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestFaintLine:
    """A faint line on a rapid test is a positive test (spec, section 4.18: active and mild without symptoms)."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                           | action | severity
            -----------------------------------------------------------------------------------+--------+---------
            Lateral flow this morning has a faint second line, no symptoms. Pom tonight?       | hold   | mild
            She rang: very faint line on the covid test, feels perfectly well. Imnovid or not? | hold   | mild
            Two lines on his LFT, not so much as a sniffle. Pomalidomide today?                | hold   | mild
            Lateral flow weakly positive, no symptoms at all, on Pd. Carry on?                 | hold   | mild
        """
    ))
    def test_is_held(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestCrusted:
    """'Crusted over' tells of crusts, and of no end, while the course still runs."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                           | action
            ---------------------------------------------------------------------------------------------------+-------
            Shingles on valaciclovir, pom off // crusted over now, looks so much nicer. Restart?               | hold
            Zoster L1, aciclovir, pom held // scabbed over now, the course goes on to Thursday. Start pom?     | hold
            Impetigo, held pom // looks lovely, skin clear, antibiotics run to the weekend. Pom back tomorrow? | hold
            UTI, feels fine, the tablets last until Saturday. Pom tonight?                                     | hold
        """
    ))
    def test_is_held(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []
