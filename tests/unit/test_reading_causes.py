"""What explains the signs instead of an infection, whose it is, what a denial denies, and how a course is told to be over; written for this test."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.spec.tables import table
from tests.unit.test_reading_topics import assert_read


class TestAnotherCause:
    """Gout, eczema, a drug reaction: no infection, as long as it is said and nothing grew."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                              | action  | severity         | restart | flags
            ----------------------------------------------------------------------------------------------------------------------+---------+------------------+---------+------
            Red hot big toe, ED said septic arthritis. Aspirate: urate crystals, Gram stain nil. It's gout. Still hold pom?       | no_hold |                  |         |
            Steroid flush again this morning, everyone panicked about erysipelas. Pom carries on?                                 | no_hold |                  |         |
            Tumour fever, all cultures neg, ID happy. Continue pom?                                                               | no_hold |                  |         |
            Shock in resus on pom, sepsis? // It was an adrenal crisis. Cultures neg, no infection. Does pom stop?                | no_hold |                  |         |
            Cellulitis on oral fluclox, also has gout in the other foot. Stop pom?                                                | hold    | mild             |         |
            Pneumonia, intubated due to pulmonary oedema on top, IV tazocin. Continue pom?                                        | hold    | life_threatening |         |
            Is it gout or septic arthritis? Joint hot, T 38.4, on pom                                                             | hold    |                  |         |
            Temp 38.6 after the blood, put down to a transfusion reaction. Pom?                                                   | hold    |                  |         |
            Heart attack, on CCU. Unrelated: infected hangnail with an ointment. Pom tonight?                                     | hold    |                  |         |
        """
    ))  # fmt: skip
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert_read(row)


class TestWhatIsDenied:
    """A denial of a degree, of one diagnosis or by a layman leaves the infection; so does a word for something else."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                             | action  | severity | restart | flags
            ---------------------------------------------------------------------------------------------------------------------+---------+----------+---------+------
            Non-severe infection on pom, hold?                                                                                   | hold    |          |         |
            Not a serious infection, just oral antibiotics for a UTI. Hold pom?                                                  | hold    | mild     |         |
            Not a bad chest infection, the GP gave amoxicillin, pom tonight?                                                     | hold    | mild     |         |
            Not FN is it: T 37.9, ANC 0.9, cough with green sputum, amoxicillin at home. Pom?                                    | hold    | mild     |         |
            'Sepsis' was ticked, then struck out: LRTI, this is not sepsis. Oral doxycycline at home. Pom?                       | hold    | mild     |         |
            Malaria film positive, on pom. Her daughter says malaria is no infection. Pause?                                     | hold    |          |         |
            VRE on the rectal screen, known. Now it is in both peripheral sets too. Pom today?                                   | hold    |          |         |
            We're not going to stop her for a chest cold on pom, just not full dose, agreed?                                     | hold    | mild     |         |
            I don't want to hold pom for a UTI on nitrofurantoin. OK?                                                            | hold    | mild     |         |
            Pneumonia gone 70 percent, restart pomalidomide?                                                                     | hold    |          |         |
            Pneumonia, covid negative. Hold pom?                                                                                 | hold    |          |         |
            Chest infection, flu neg, covid neg. Pom?                                                                            | hold    |          |         |
            BK, CMV, EBV PCR all negative, well, afebrile. Continue pom?                                                         | no_hold |          |         |
            No pneumonia, UTI or cellulitis, afebrile. Continue pom?                                                             | no_hold |          |         |
            No fever. Shingles. Hold pom?                                                                                        | hold    |          |         |
            Isn't infected at all, wound dry, afebrile. Pom as usual?                                                            | no_hold |          |         |
        """
    ))  # fmt: skip
    def test_leaves_the_infection(self, row: SimpleNamespace) -> None:
        assert_read(row)


class TestOthersAndPrevention:
    """Those around are ill, or something is taken to prevent: nothing is held for that."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                  | action  | severity | restart | flags
            ----------------------------------------------------------------------------------------------------------+---------+----------+---------+--------------
            Daughter has norovirus, I'm fine myself. Take my pom?                                                     | no_hold |          |         | patient_voice
            Grandson has chickenpox, she is perfectly well herself, not so much as a sniffle. Pom tonight?            | no_hold |          |         |
            Everyone is coming back from the wedding with coughs. At present fully alright, afebrile. Stop pom?       | no_hold |          |         |
            Hip replacement Friday, one dose of cefazolin on induction, wound dry, afebrile. Pom tomorrow?            | no_hold |          |         |
            Flu shot and Shingrix yesterday, arm sore, 37.7 overnight, well today. Pom tonight?                       | no_hold |          |         |
            Her daughter is a nurse and thinks the cellulitis is worse. Pom?                                          | hold    |          |         |
            Father is 81, on Imnovid, pneumonia. Hold?                                                                | hold    |          |         | age_over_75
        """
    ))  # fmt: skip
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert_read(row)


class TestOverOrNot:
    """Told by dates, by what is done again, or by what was meant to be over and is not."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                              | action   | severity         | restart            | flags
            ----------------------------------------------------------------------------------------------------------------------+----------+------------------+--------------------+------
            Had a touch of cellulitis, all tablets taken, not a mark left. Restart Imnovid?                                       | resume   |                  |                    |
            Shingles, valaciclovir by mouth, lesions gone six weeks, still nerve pain on gabapentin. Resume pom?                  | resume   | mild             | same_dose          |
            Pom was held for septic shock. The infection has now completely resolved. Can we restart?                             | reassess | life_threatening | reassess_first     |
            Pom held for a mild URTI, now resolved. Restart?                                                                      | resume   | mild             | same_dose          |
            Recovered from pneumonia, then ate a dodgy curry: campylobacter. Restart pom?                                         | hold     |                  |                    |
            Cystitis resolved, off antibiotics. Restart? // Oh no, back in clinic with a new tooth abscess, oral metronidazole.   | hold     |                  |                    |
            Antibiotics finished because she ran out. UTI. Pom?                                                                   | hold     |                  |                    |
            Abx done. Phlegm has gone from green to yellow. Pom?                                                                  | hold     |                  |                    |
            Prostatitis, ofloxacin for 28 days, on pom. Held. // 18 days behind him, pain free. Back on?                          | hold     |                  |                    |
            GeneXpert MTB detected, month 2 of HRZE, smear negative since last week. Restart pom?                                 | hold     |                  |                    |
            Kidney infection, cefpodoxime tablets for ten days, they ran a bag of fluid and sent me home. Pom in the morning?     | hold     | mild             |                    |
        """
    ))  # fmt: skip
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert_read(row)
