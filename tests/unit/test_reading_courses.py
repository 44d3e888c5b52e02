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
            Collection drained, last Tazocin on Monday. Micro want her back on it today, the drain has gone cloudy again. Pom?                            | hold   |          |
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
            Something's growing in his PICC cultures, he's fine. Dispense the pom?                              | hold   |
            Yeasts in the blood culture, no fever. Pom?                                                         | hold   |
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
            Covid swab: line hardly visible but there. No symptoms. Pom?                       | hold   | mild
            The T line is very pale on her lateral flow, she's well. Imnovid?                  | hold   |
            Lateral flow weakly positive, no symptoms at all, on Pd. Carry on?                 | hold   | mild
        """
    ))
    def test_is_held(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestTurnedAgain:
    """What a later turn finds anew, or a 'but' after a recovery, is an infection that runs."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                      | action
            ----------------------------------------------------------------------------------------------+-------
            LRTI resolved, pom dose? // wait, the film is reported: new nodules in the left base          | hold
            Cellulitis cleared. Pom back? // She has just shown me the other arm, hot up to the elbow     | hold
            Flu gone. Restart? // he brought up some yellow muck while he sat here                        | hold
            My mother's bladder has cleared but she's got a stye now, ointment from the chemist. Imnovid? | hold
            Her chest is better, finished antibiotics, but she now has thrush, nystatin. Pom?             | hold
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


class TestOverByTimeAndBehaviour:
    """Over is told by time and by what the patient does again; what healed zoster leaves is pain."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                               | action | severity | restart
            ---------------------------------------------------------------------------------------------------------------------------------------+--------+----------+----------
            Folliculitis on the scalp, fusidic acid ointment, scalp clear since the weekend before last. Pom 3 mg was held. Restart?               | resume | mild     | same_dose
            Hickman exit site weepy in March, mupirocin, sorted, site dry. Not a tunnel infection. Off pom since. Same dose?                       | resume | mild     | same_dose
            Febrile neutropenia in May: T 38.9, ANC 0.2. Long since over, home, no tablets but prophylactic aciclovir. ANC 2.6. Pom back?          | resume | severe   |
            Scabs all gone, aciclovir finished last month, it still stings where the zoster was, on pregabalin. Is stinging still infection? Pom?  | resume | mild     | same_dose
            temp gone but still on the doxy till Monday. pom? // Monday has been and gone, last capsule swallowed, nothing left of it. pom now?    | resume | mild     | same_dose
            Shingles all healed, scabs off, aciclovir finished. Now burning when she passes water and stinging since Monday. Pom?                  | hold   |          |
            Blood cultures clear since Friday, MSSA, on IV flucloxacillin. Pom back?                                                               | hold   | severe   |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []

    def test_all_over_is_where_it_hurts(self) -> None:
        assert faults_of("Dengue antigen back, aching all over, drinking well, sat in the shade. Pom starts tomorrow. Start it?", "hold", "", "", "") == []

    @pytest.mark.parametrize("question", [
        "Next week's starters on pomalidomide: one man had septic shock in 2016, shingles as a student, one pneumonia two winters ago. Chest clear, bloods fine. Any bar?",
        "New starter on Imnovid: urosepsis in 2018, nothing since, all obs normal. Does that stop the first cycle?",
    ])
    def test_what_was_before_the_first_capsule_is_history(self, question: str) -> None:
        assert faults_of(question, "no_hold", "", "", "") == []
