"""Sentences as electronic records and hurried phone notes write them; written for this test. Turns are parted by `//`; a blank cell expects nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.spec.tables import faults_of, table


class TestUntil:
    """A course that runs until a day runs, however the word is spelt."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                      | action | severity
            ------------------------------------------------------------------------------+--------+---------
            Cystitis, burning settled. She's on Macrobid til Thursday. Pom tonight?       | hold   | mild
            Sinus better now, doxy thru Friday. Restart the pom?                          | hold   | mild
            Cellulitis gone, Keflex thru 6/20. Give pom?                                  | hold   |
            Pneumonia, IV done 5 days of 7, well. Pom?                                    | hold   |
            Pneumonia, 3 weeks of levofloxacin, 4 days left, no cough. Pom?               | hold   |
            Cystitis gone, Macrobid finished a week ago, well. Pom?                       | resume |
            Chest infection sept, home 2 wks, no cough, no tabs left. Was on pom 4. Dose? | resume |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestChartAndOrders:
    """A page that denies infection is outweighed by a treatment that another page shows."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                              | action  | severity
            --------------------------------------------------------------------------------------+---------+---------
            Sheet: no infection. Drug chart: meropenem day 2. Pom ok?                             | hold    |
            Front page says infection free. MAR shows ceftriaxone d3 of 7. Pomalidomide continue? | hold    |
            Handover: nil infection. Chart: vanc d4 for line. Pom?                                | hold    |
            Sheet: no infection. Chart: on prophylactic aciclovir only, afebrile. Pom ok?         | no_hold |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestTelegraphicDenial:
    """Without commas a denial ends at the finding that it denies, and what is given behind it is told."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                               | action  | severity
            ---------------------------------------------------------------------------------------+---------+---------
            no focus started on meropenem t 38.9. pom?                                             | hold    | severe
            chest clear no wheeze given amoxicillin by gp for sinusitis. pom?                      | hold    |
            not septic on IV co-amoxiclav for pneumonia. pom?                                      | hold    |
            no rash treated with doxycycline for LRTI, coughing. pom?                              | hold    |
            Denies chest pain, SOB, rash, on Augmentin day 2 for sinusitis. Pom?                   | hold    |
            Denies dyspnea, febrile, on zosyn. Pom?                                                | hold    |
            Denies pain, fever 39.1 today, cough. Pom?                                             | hold    |
            UTI, Keflex finished 2 weeks ago. Denies pain, burning, frequency, fever. Restart pom? | resume  |
            not on any antibiotics, feels fine, no infection. carry on pom?                        | no_hold |
            Denies fever, cough, SOB, antibiotics. No infection. Pom D1 go?                        | no_hold |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestLabels:
    """An entry of a list, a banner or a note that is out of date or made by mistake is no infection of today."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                                                                      | action  | severity
            ----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+---------+---------
            Scribe put "pneumonia" in the assessment in error, patient well, lungs clear, no fever. Pom C3D1 go?                                                                                          | no_hold |
            Coder entered "sepsis" by mistake. He is well, afebrile, no antibiotics. Pom today?                                                                                                           | no_hold |
            Banner: MRSA (nasal screens 2021, 2022). Afebrile, in for a hip scan, no antibiotics. Pom?                                                                                                    | no_hold |
            Problem list (active): Cellulitis. Adm 3/2023 cellulitis x6d. Pom resumed 5/2023, now C18. Today no fever, leg normal. Intern pended a hold because "Cellulitis" is active on the list. Hold? | no_hold |
            Nurse gave pom in error, chart says "pneumonia", on ceftriaxone. Pom tomorrow?                                                                                                                | hold    |
            "Cellulitis" on the list, leg red and hot, on Keflex. Pom?                                                                                                                                    | hold    |
            Problem list: "Pneumonia" is active. CAP 11/2024. Pom resumed 1/2025. Today cough, T 101.2. Keep pom?                                                                                         | hold    |
            Problem list: pneumonia 2023; now RLL pneumonia again on levofloxacin, on Pd. Hold?                                                                                                           | hold    |
            Rectal screen VRE. Now febrile 38.6, started on pip-taz. Pom?                                                                                                                                 | hold    |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestAfterAVaccine:
    """What is named beside a vaccine is what it protects from; a reaction that is over is no infection."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                     | action  | severity
            -----------------------------------------------------------------------------+---------+---------
            Flu + COVID shots Tuesday, sore arm, feels fine now, no fever. Pom tomorrow? | no_hold |
            RSV + flu shots Monday, achy that night, gone by breakfast. Pom tomorrow?    | no_hold |
            Has RSV, flu shot given last month. Pom?                                     | hold    |
            RSV + flu positive. Pom?                                                     | hold    |
            Flu shot Monday. Today T 101.5 and cough. Pom?                               | hold    |
            Shingrix yesterday, aching and 38.4 tonight. Pom?                            | hold    |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestEndsOfRecords:
    """How records tell the end: a test of cure, a dated sign-off, weeks without antibiotics; and what only looks so."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                             | action | severity
            -----------------------------------------------------------------------------------------------------+--------+---------
            UTI treated, test of cure culture negative, no symptoms. Pom?                                        | resume |
            Liver abscess drained, IV done, ID 4/14: signed off, CT clear, no symptoms. Pom?                     | resume | severe
            FN last month: no abx x3 wk, afebrile, ANC 2.2, feels great. Pom back?                               | resume | severe
            c diff, oral vanc at home finished 3 weeks ago, stools formed, gdh still pos toxin neg. Pom restart? | resume | mild
            TOC culture positive, asx. UTI. Pom?                                                                 | hold   |
            UTI, TOC cx pending, asx. Pom?                                                                       | hold   |
            ID 3/4: not signed off. Septic arthritis, CTX day 20. Pom?                                           | hold   |
            Cellulitis untreated, no abx x 3 d, leg redder. Pom?                                                 | hold   |
            Cellulitis, no antibiotics for 3 days, leg more swollen. Pom?                                        | hold   |
            c diff toxin pos again, gdh pos, loose stools. Pom?                                                  | hold   |
            Candidaemia cleared 3 weeks ago, on fluconazole, clinical cure anticipated. Pom back?                | hold   |
            Pneumonia, off oxygen, full recovery expected. Restart pom?                                          | hold   |
            Septic arthritis, feels well, ID anticipate complete resolution by the end of the course. Pom?       | hold   |
            Pneumonia, made a full recovery as expected, antibiotics finished 3 weeks ago. Pom back?             | resume |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestKeptUpAsPrevention:
    """The course of then is done where the same drug is kept up as prophylaxis."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                                     | action  | severity
            -------------------------------------------------------------------------------------------------------------------------------------------------------------+---------+---------
            Nocardia in March: treatment-dose Septrin until July. CT clear, no symptoms. Remains on Septrin 480 mg once a day purely as prophylaxis. Pom was held, back? | resume  |
            PJP in February: treatment-dose Septrin until the 20th. Still coughing and on oxygen. Remains on Septrin as prophylaxis. Pom?                                | hold    |
            Shingles yesterday, treatment dose aciclovir started. Normally on aciclovir as prophylaxis. Pom?                                                             | hold    |
            Pt well, Pom D1 today, going abroad, wants standby azithromycin. Any change to pom?                                                                          | no_hold |
            Started rescue pack of doxycycline for chest infection yesterday. Pom?                                                                                       | hold    |
            Augmentin just in case it is a pneumonia. Pom?                                                                                                               | hold    |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestAllAround:
    """Where an illness goes about, and where in somebody it is."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                            | action | severity
            ----------------------------------------------------------------------------------------------------+--------+---------
            flu all over his body aches temp 39. pom?                                                           | hold   |
            he has flu, all over him since Monday. pom?                                                         | hold   |
            taste never came back since covid in aug otherwise fine, no rx going on. pom still paused, back on? | resume |
            cough never went since covid in aug otherwise 100%. pom paused, back on?                            | hold   |
            pneumonia aug, still coughing, on doxy. pom restart?                                                | hold   |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestWhatIsAsked:
    """Thanks, a note to be written and another drug are outside; an alert's interaction is a fact."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                   | action       | severity
            -----------------------------------------------------------------------------------------------------------+--------------+---------
            covid pos pom hold? // ta thats me sorted                                                                  | out_of_scope |
            covid pos pom hold? // ta. temp 39 now and sob                                                             | hold         |
            Rewrite this as a letter please: 70F on pom, came for a check, no fever, wants physio.                     | out_of_scope |
            Turn this into a nice note: 70F on pom with pneumonia on IV ceftriaxone. Hold it?                          | hold         | severe
            Off pom since May (progressed). Teclistamab step-up 1 given, fever 38.5. Give step-up 2?                   | out_of_scope |
            On pom, fever 38.5, step up to IV antibiotics. Hold pom?                                                   | hold         |
            Pomalidomide (d/c'd last week for pneumonia), on IV mero. Restart?                                         | hold         |
            BPA fired: levofloxacin x pomalidomide. What does the article say about the combo, need an override reason | inform       |
            BPA fired cipro x pom, pt has pyelonephritis on cipro. Override and give pom?                              | hold         |
            whats the neutropenia pct w pom again                                                                      | inform       |
            pneumonia, pct 13, on mero. pom?                                                                           | hold         |
        """
    ))
    def test_is_decided(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestFlagsOfRecords:
    """Flags and severities in the shorthand of records: allergies, vasopressors, decimals with a blank, who writes."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                       | action  | severity         | flags
            -------------------------------------------------------------------------------+---------+------------------+--------------------------------------------
            Allergies: levofloxacin. Has cystitis, on Macrobid. Pom?                       | hold    | mild             | -quinolone
            Cystitis, on cipro. Allergic to penicillin. Pom?                               | hold    | mild             | quinolone
            BP 70/40, levo at 8 mcg, GNR in blood. Pom?                                    | hold    | life_threatening | -quinolone
            pneumonia, levo 750 daily po. pom?                                             | hold    | mild             | quinolone
            valaciclovir 1 g three times daily for shingles, at home. pom?                 | hold    | mild             |
            neuts 0 3 temp 38 6 no source. pom?                                            | hold    | severe           | anc_below_500, neutropenic_fever, suspected
            temp 39 1 no source, neuts 2 4. pom?                                           | hold    |                  | suspected
            pom d8, no infection, neuts 2 days ago 1.4, well. ok?                          | no_hold |                  | -anc_below_500
            restart after UTI, all clear a week. pom 4 // neuts just phoned through 0.38   | hold    |                  | anc_below_500
            restart after cold, over a week ago, well. pom 4 // anc just printed 1.9       | resume  | mild             |
            I'm a nurse and for once also the patient. Cellulitis, on Keflex. Skip my cap? | hold    | mild             | patient_voice
        """
    ))
    def test_are_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []
