"""Whose infection it is, what is given to prevent, what only looks like an infection, and whose drug is asked about."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.spec.tables import faults_of, table


class TestNotOnPomalidomide:
    """Pomalidomide is named to say that it is not taken: the question is about the other drug."""

    @pytest.mark.parametrize("question", [
        "My father takes lenalidomide, never pomalidomide, and he has shingles. Should he stop the lenalidomide?",
        "Pt on Revlimid rather than pomalidomide, chest infection on amoxicillin. Hold the Revlimid?",
        "She gets daratumumab instead of Imnovid. UTI. Do I delay the daratumumab?",
    ])
    def test_is_out_of_scope(self, question: str) -> None:
        assert faults_of(question, "out_of_scope", "", "", "") == []


class TestTheWritersRelative:
    """'She' in the message of a writer who takes the drug is somebody else; and a writer who caught it has it, whoever got over it."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                        | action  | flags
            --------------------------------------------------------------------------------------------------------------------------------+---------+--------------
            I saw my brother on Friday and now he's gone down with flu. I have no symptoms. Do I skip my Imnovid?                           | no_hold | patient_voice
            I play cards with my sister and she has come out in chickenpox. I feel perfectly well. Should I still take my pomalidomide?     | no_hold | patient_voice
            My wife is over her covid and she's back to normal. I came down with it on Monday. Do I take my Pomalyst?                       | hold    | patient_voice
            I nursed my mother through her pneumonia and she made a complete recovery. I've caught it off her since. Imnovid tonight?       | hold    | patient_voice
            Dad on pom has shingles; my uncle had them last week too and he's completely better, off his tablets. Does dad get his capsule? | hold    |
            why is pom stopped at all, my father has pneumonia and takes it today?                                                          | hold    |
            Mum takes Imnovid and has a chest infection. My aunty's has cleared up and she has finished her antibiotics. Mum's pom tonight? | hold    |
        """
    ))
    def test_is_told_apart(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestTheCarersOwn:
    """Who writes about a relative may be the one who is ill."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                          | action  | flags
            ----------------------------------------------------------------------------------------------------------------------------------+---------+---------------
            I've got flu, my husband has the myeloma and he's as right as rain. Should he miss his Imnovid while I'm in bed?                  | no_hold | -patient_voice
            I have a stinking cold, my mother takes pomalidomide and she's very well. Does she leave her capsule out?                         | no_hold | -patient_voice
            I'm the one with the chest infection, my dad takes Imnovid. He's very well. Does he stop?                                         | no_hold | -patient_voice
            The infection was the husband's, not hers. She has never been ill. Pom as planned?                                                | no_hold |
            I've got flu and so has my husband, who has the myeloma. Should he miss his Imnovid?                                              | hold    |
            Flu A positive, on pom. Hold? // Sorry, it's her son who has it. She's well and her own swab is negative.                         | no_hold |
            Flu, on pom, hold? // It is the son who has it as well, they share a flat                                                         | hold    |
            Shingles on Imnovid, stop? // My mistake: it is the wife who has it, he is perfectly well.                                        | no_hold |
        """
    ))
    def test_is_not_the_patients(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestPrevention:
    """What is given to prevent is no treatment, wherever the word for it stands, and gives its word to no other drug."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                                | action  | severity | restart   | flags
            --------------------------------------------------------------------------------------------------------------------------------------------------------+---------+----------+-----------+----------------------
            Aciclovir and co-trimoxazole are lifelong for her, they're just cover. The doxycycline for her chest ended a fortnight ago, no cough at all. Pom back?  | resume  | mild     | same_dose | -permanent_stop_asked
            Septrin Mon/Wed/Fri since diagnosis, feels great. The trainee took it for treatment and kept his Imnovid back. Give it?                                 | no_hold |          |           |
            He takes ciprofloxacin every day, it's only prophylaxis after his transplant. No infection of any sort. New GP saw the cipro, assumed a UTI. Carry on?  | no_hold |          |           | quinolone
            Daily aciclovir made the tech think he was being treated, she kept back his Imnovid. He's never felt fitter. I read it as cover only. Hand it over?     | no_hold |          |           |
            Prophylaxis all stopped. Amoxicillin from Tuesday for a chesty cough. Pom?                                                                              | hold    | mild     |           |
            Assumed pneumonia by the GP, no antibiotics yet, coughing. Pom tonight?                                                                                 | hold    |          |           |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestCrystals:
    """Crystals explain a hot joint; a diagnosis that stands in somebody's quotation marks is no finding."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                                 | action
            ---------------------------------------------------------------------------------------------------------------------------------------------------------+--------
            Knee tap: packed with CPPD, no growth at five days, rheumatology say it's pseudogout. The SHO stopped pom 'for the infected knee'. Continue?              | no_hold
            Hot ankle, negatively birefringent needles on microscopy, cultures sterile, it's gout. Nurse wrote 'due to septic ankle' and put pom on hold. Go ahead? | no_hold
            Hot ankle, urate crystals and Staph aureus grown from the tap. Pom?                                                                                      | hold
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestSaidLiterally:
    """Who writes in a second language may translate a diagnosis word by word."""

    @pytest.mark.parametrize("question", [
        "I am carer of Mrs L. She has the inflammation of the lungs since Monday, doctor wrote tablets. Imnovid to give or not?",
        "My mother, pomalidomide, doctor says inflammation of bladder, she has powder for it. Gives she the capsule?",
    ])
    def test_is_held(self, question: str) -> None:
        assert faults_of(question, "hold", "", "", "") == []


class TestAskedForAnInfection:
    """'Does it have to stop for a cold' supposes nothing: who adds the patient's signs or age has a patient with one."""

    @pytest.mark.parametrize("question", [
        "does pomalidomide have to stop for a cold, no fever, patient is 60",
        "does pom need stopping for a UTI, no fever, she is 71",
        "would you stop Imnovid for a stye, no temperature, man of 68",
        "Should Pomalyst be skipped over a sore tooth abscess, afebrile, 55 years?",
    ])
    def test_is_held(self, question: str) -> None:
        assert faults_of(question, "hold", "", "", "") == []

    @pytest.mark.parametrize("question", [
        "She is well, no infection. In future, should I stop pom for a cold?",
        "I am well and have nothing. If my neighbour's cold spreads to me, would Imnovid have to stop for a cold?",
    ])
    def test_is_not_held_where_none_is_said_to_be_there(self, question: str) -> None:
        assert faults_of(question, "no_hold", "", "", "") == []


class TestSignsDescribedAfterADenial:
    """'Denies infection' speaks of a name; what is told after it is looked at by itself."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                        | action
            ----------------------------------------------------------------------------------------------------------------+--------
            No cold, no cough. The leg though is hot, tight and red up to the knee since Sunday. Pomalyst?                  | hold
            Denies infection. Foot is red, hot and swollen. Pom?                                                            | hold
            Says she has no infection, just a bit of a wheeze and green spit. pom?                                          | hold
            No sepsis. Belly rigid, rebound, perf suspected. Pom?                                                           | hold
            Afebrile, well in himself, denies any infection; tooth socket foul tasting and jaw swollen. Pom?                | hold
            Nothing on CXR. Diarrhoea 8x a day since she came off antibiotics, foul. Pom?                                   | hold
            Infection ruled out by the GP, but since then drenching sweats and shakes. Pom?                                 | hold
            No infection. Knee swollen after a fall, bruised, x-ray fine. Pom?                                              | no_hold
            Infection denied. Ankle swollen from amlodipine, no redness. Continue pom?                                      | no_hold
            No infection, just hay fever, sneezing and blocked nose. Pom as usual?                                          | no_hold
            Cough gone since finishing antibiotics, chest clear. Pneumonia over. restart pom?                               | resume
            Well since finishing doxy for bronchitis. restart pom?                                                          | resume
        """
    ))
    def test_are_weighed(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestWhatAnotherClinicDid:
    """A restart somewhere else is not this patient's; nor is a reader who is thanked a patient who is well."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                         | action
            ---------------------------------------------------------------------------------------------------------------------------------+---------
            Candidaemia with DIC, was in ICU, now resolved. Pom? // Our sister centre restarted theirs at 3 last week after the same. Match? | reassess
            Meningococcal shock. Cleared, home six weeks, fingers saved. Does he get pom again?                                              | reassess
            Klebsiella shock two months back, all over now. Pom again?                                                                       | reassess
            He was in shock from the pneumonia, recovered completely. restart pom?                                                           | reassess
            Shock of the diagnosis aside she is well, bronchitis fully resolved off doxy. Pom?                                               | resume
            cheers, that's me off home. you've been great                                                                                    | out_of_scope
        """
    ))
    def test_is_no_restart(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []
