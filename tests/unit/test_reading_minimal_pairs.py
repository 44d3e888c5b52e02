"""Minimal pairs: two questions that differ in a word or two that matter are decided apart. Each two rows are a pair."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from tests.spec.tables import faults_of
from tests.spec.tables import rows as rows_of


def pairs(text: str) -> list[object]:
    """The rows of a table, two and two."""
    found = rows_of(text)
    assert len(found) % 2 == 0
    return [pytest.param((one, other), id=one.question) for one, other in zip(found[::2], found[1::2], strict=True)]


def assert_told_apart(rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
    """Both rows are read as they say, they say different things, and few words part them."""
    one, other = rows
    assert faults_of(one.question, one.action, one.severity, one.restart, one.flags) == []
    assert faults_of(other.question, other.action, other.severity, other.restart, other.flags) == []
    assert list(vars(one).values())[1:] != list(vars(other).values())[1:]
    first, second = (set(re.findall(r"[\w.]+", row.question.lower())) for row in rows)
    assert len(first ^ second) <= 12


class TestResolution:
    """One word makes the difference: resolution."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                                                         | action | severity | restart   | flags
            ---------------------------------------------------------------------------------+--------+----------+-----------+------
            Pneumonia has resolved, off antibiotics. Restart pom?                            | resume |          |           |
            Pneumonia has not resolved, off antibiotics. Restart pom?                        | hold   |          |           |
            Cellulitis resolved, restart pom?                                                | resume |          |           |
            Cellulitis resolving, restart pom?                                               | hold   |          |           |
            UTI treated and symptom free. Pom back on?                                       | resume |          |           |
            UTI treated but not symptom free. Pom back on?                                   | hold   |          |           |
            Chest infection: antibiotics finished last week, no cough. Pom?                  | resume |          |           |
            Chest infection: antibiotics started last week, no cough. Pom?                   | hold   |          |           |
            Flu: no fever now, still coughing. Pom?                                          | hold   |          |           |
            Flu: no fever now, stopped coughing last week, feels entirely well. Restart pom? | resume |          |           |
            Shingles fully healed, restart pom?                                              | resume |          |           |
            Shingles nearly healed, restart pom?                                             | hold   |          |           |
            Her abscess has completely cleared. Pom?                                         | resume |          |           |
            Her abscess has partially cleared. Pom?                                          | hold   |          |           |
            Pneumonia resolved after 7 days of oral amoxicillin, all finished. Pom?          | resume | mild     | same_dose |
            Pneumonia unresolved after 7 days of oral amoxicillin, all finished. Pom?        | hold   | mild     |           |
            Symptoms gone since Tuesday, course completed; UTI. Pom?                         | resume |          |           |
            Symptoms back since Tuesday, course completed; UTI. Pom?                         | hold   |          |           |
            Restart pom? Sinusitis over, no treatment any more.                              | resume | mild     | same_dose |
            Restart pom? Sinusitis worse, no treatment any more.                             | hold   | mild     |           |
            Completely recovered from COVID. Restart pom?                                    | resume |          |           |
            Incompletely recovered from COVID. Restart pom?                                  | hold   |          |           |
            The pneumonia is over. Restart pom?                                              | resume |          |           |
            The pneumonia is far from over. Restart pom?                                     | hold   |          |           |
            Infection gone, restart pom?                                                     | resume |          |           |
            Infection going, restart pom?                                                    | hold   |          |           |
            Infection settled, restart pom?                                                  | resume |          |           |
            Infection unsettled, restart pom?                                                | hold   |          |           |
            Cured of her pneumonia. Restart pom?                                             | resume |          |           |
            Hardly cured of her pneumonia. Restart pom?                                      | hold   |          |           |
            The cellulitis has cleared completely. Restart pom?                              | resume |          |           |
            The cellulitis is clearing. Restart pom?                                         | hold   |          |           |
            Fully recovered from flu. Restart pom?                                           | resume |          |           |
            Partly recovered from flu. Restart pom?                                          | hold   |          |           |
            Antibiotics completed, symptom free, UTI. Restart pom?                           | resume |          |           |
            Antibiotics ongoing, symptom free, UTI. Restart pom?                             | hold   |          |           |
            Chest infection gone, no cough. Restart pom?                                     | resume |          |           |
            Chest infection gone but for a cough. Restart pom?                               | hold   |          |           |
            Cured pneumonia, well. Restart pom?                                              | resume |          |           |
            Improving pneumonia, well. Restart pom?                                          | hold   |          |           |
            Off antibiotics, UTI resolved. Restart pom?                                      | resume |          |           |
            On antibiotics, UTI improving. Restart pom?                                      | hold   |          |           |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestNegation:
    """One word makes the difference: negation."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                                   | action  | severity | restart | flags
            -----------------------------------------------------------+---------+----------+---------+------
            Patient on pom with fever. Hold?                           | hold    |          |         |
            Patient on pom without fever, no infection. Hold?          | no_hold |          |         |
            Evidence of infection on the scan. Pom, continue?          | hold    |          |         |
            No evidence of infection on the scan. Pom, continue?       | no_hold |          |         |
            Blood cultures positive. On pom, hold?                     | hold    | severe   |         |
            Blood cultures negative, well, no infection. On pom, hold? | no_hold |          |         |
            Infection confirmed. Continue pom?                         | hold    |          |         |
            Infection excluded. Continue pom?                          | no_hold |          |         |
            He has pneumonia. Pom?                                     | hold    |          |         |
            He has no pneumonia, no infection. Pom?                    | no_hold |          |         |
            Tested positive for influenza with cough. Pom?             | hold    |          |         |
            Tested negative for influenza, no symptoms. Pom?           | no_hold |          |         |
            Signs of infection on pom. Continue?                       | hold    |          |         |
            No signs of infection on pom. Continue?                    | no_hold |          |         |
            Pneumonia confirmed. Pom?                                  | hold    |          |         |
            Pneumonia excluded, no infection. Pom?                     | no_hold |          |         |
            He has a chest infection. Hold pom?                        | hold    |          |         |
            He has no chest infection, no infection at all. Hold pom?  | no_hold |          |         |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestPerson:
    """One word makes the difference: person."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                        | action  | severity | restart | flags
            ------------------------------------------------+---------+----------+---------+------
            She has flu. Hold pom?                          | hold    |          |         |
            Her husband has flu, she is well. Hold pom?     | no_hold |          |         |
            He has flu, hold pom?                           | hold    |          |         |
            His wife has flu, he has no symptoms, hold pom? | no_hold |          |         |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestTime:
    """One word makes the difference: time."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                   | action  | severity | restart | flags
            -------------------------------------------+---------+----------+---------+------
            Pneumonia this week, on pom. Hold?         | hold    |          |         |
            Pneumonia in 2015, well now, on pom. Hold? | no_hold |          |         |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestSuspicion:
    """One word makes the difference: suspicion."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                          | action | severity | restart | flags
            ----------------------------------+--------+----------+---------+-----------
            Definite pneumonia, on pom. Hold? | hold   |          |         | -suspected
            Possible pneumonia, on pom. Hold? | hold   |          |         | suspected
            Proven line infection. Pom?       | hold   |          |         | -suspected
            ?line infection. Pom?             | hold   |          |         | suspected
            Confirmed pneumonia, pom?         | hold   |          |         | -suspected
            Suspected pneumonia, pom?         | hold   |          |         | suspected
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestSeverity:
    """One word makes the difference: severity."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                                  | action   | severity         | restart             | flags
            ----------------------------------------------------------+----------+------------------+---------------------+-------------------
            Mild chest infection, on pom. Hold?                       | hold     | mild             |                     |
            Severe chest infection, on pom. Hold?                     | hold     | severe           |                     |
            Severe pneumonia, resolved. Restart dose of pom?          | resume   | severe           | consider_reduction  |
            Mild pneumonia, resolved. Restart dose of pom?            | resume   | mild             | same_dose           |
            Pneumonia on oral amoxicillin. Pom?                       | hold     | mild             |                     |
            Pneumonia on IV amoxicillin. Pom?                         | hold     | severe           |                     |
            Pneumonia treated on the ward. Pom?                       | hold     | severe           |                     |
            Pneumonia treated on ICU. Pom?                            | hold     | life_threatening |                     |
            UTI with sepsis. Pom?                                     | hold     | life_threatening |                     |
            UTI without sepsis. Pom?                                  | hold     | unspecified      |                     |
            Pneumonia, needs oxygen. Pom?                             | hold     | severe           |                     |
            Pneumonia, needs no oxygen. Pom?                          | hold     | unspecified      |                     |
            Life-threatening pneumonia resolved. Pom?                 | reassess | life_threatening | reassess_first      |
            Not life-threatening pneumonia, grade 3, resolved. Pom?   | resume   | severe           | consider_reduction  |
            Grade 2 cellulitis resolved. Pom dose?                    | resume   | mild             | same_dose           |
            Grade 3 cellulitis resolved. Pom dose?                    | resume   | severe           | consider_reduction  |
            Grade 3 pneumonia resolved. Pom dose?                     | resume   | severe           | consider_reduction  |
            Grade 4 pneumonia resolved. Pom dose?                     | reassess | life_threatening | reassess_first      |
            Septic arthritis resolved. Pom?                           | resume   | unspecified      | depends_on_severity |
            Septic shock resolved. Pom?                               | reassess | life_threatening | reassess_first      |
            Neutropenic sepsis, on pom. Hold?                         | hold     | severe           |                     | neutropenic_fever
            Sepsis, on pom. Hold?                                     | hold     | life_threatening |                     | -neutropenic_fever
            Intubated with pneumonia. Pom?                            | hold     | life_threatening |                     |
            Never intubated, pneumonia on the ward. Pom?              | hold     | severe           |                     |
            ICU for pneumonia, resolved. Restart pom?                 | reassess | life_threatening | reassess_first      |
            HDU for pneumonia, resolved. Restart pom?                 | resume   | severe           | consider_reduction  |
            Abscess drained, on pom. Hold?                            | hold     | severe           |                     |
            Abscess undrained, on pom. Hold?                          | hold     | unspecified      |                     |
            Severe UTI resolved. Restart pom?                         | resume   | severe           | consider_reduction  |
            Severe fatigue, UTI resolved. Restart pom?                | resume   | unspecified      | depends_on_severity |
            Urosepsis resolved. Restart pom?                          | reassess | life_threatening | reassess_first      |
            Urinary infection resolved. Restart pom?                  | resume   | unspecified      | depends_on_severity |
            Cellulitis on oral flucloxacillin, resolved. Restart pom? | resume   | mild             | same_dose           |
            Cellulitis on IV flucloxacillin, resolved. Restart pom?   | resume   | severe           | consider_reduction  |
            Hospitalised with cellulitis, resolved. Restart pom?      | resume   | severe           | consider_reduction  |
            Intubated with cellulitis, resolved. Restart pom?         | reassess | life_threatening | reassess_first      |
            Chest infection on the ward. Pom?                         | hold     | severe           |                     |
            Chest infection on the ventilator. Pom?                   | hold     | life_threatening |                     |
            Uncomplicated UTI resolved. Restart pom?                  | resume   | mild             | same_dose           |
            Complicated UTI with bacteraemia resolved. Restart pom?   | resume   | severe           | consider_reduction  |
            Minor wound infection on pom. Hold?                       | hold     | mild             |                     |
            Serious wound infection on pom. Hold?                     | hold     | severe           |                     |
            Pneumonia with bacteraemia, pom?                          | hold     | severe           |                     |
            Pneumonia with septic shock, pom?                         | hold     | life_threatening |                     |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestCounts:
    """One word makes the difference: counts."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                               | action  | severity | restart | flags
            -------------------------------------------------------+---------+----------+---------+-------------------
            UTI resolved, ANC 0.4. Restart pom?                    | hold    |          |         | anc_below_500
            UTI resolved, ANC 0.6. Restart pom?                    | resume  |          |         | -anc_below_500
            UTI resolved, ANC 499/uL. Restart pom?                 | hold    |          |         | anc_below_500
            UTI resolved, ANC 500/uL. Restart pom?                 | resume  |          |         | -anc_below_500
            No infection, platelets 24. Pom?                       | hold    | none     |         |
            No infection, platelets 26. Pom?                       | no_hold |          |         |
            UTI resolved, platelets were 20, now 45. Restart pom?  | hold    |          |         |
            UTI resolved, platelets were 20, now 55. Restart pom?  | resume  |          |         |
            ANC 0.9 and temp 38.0, on pom. Hold?                   | hold    |          |         | neutropenic_fever
            ANC 1.0 and temp 38.0, on pom. Hold?                   | hold    |          |         | -neutropenic_fever
            ANC 0.3 and 100.4 F, on pom. Hold?                     | hold    |          |         | neutropenic_fever
            ANC 0.6 and 100.3 F, on pom, well, no infection. Hold? | no_hold |          |         | -neutropenic_fever
            Resolved UTI, ANC 400. Restart pom?                    | hold    |          |         | anc_below_500
            Resolved UTI, ANC 4000. Restart pom?                   | resume  |          |         | -anc_below_500
            Resolved UTI, platelets 20. Restart pom?               | hold    |          |         |
            Resolved UTI, platelets 200. Restart pom?              | resume  |          |         |
            Neuts 0.3, temp 38.4, pom?                             | hold    | severe   |         | neutropenic_fever
            Neuts 3.0, temp 38.4, pom?                             | hold    |          |         | -neutropenic_fever
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestFlags:
    """One word makes the difference: flags."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                                  | action | severity | restart   | flags
            ----------------------------------------------------------+--------+----------+-----------+----------------------------
            75M, mild UTI resolved. Restart pom?                      | resume | mild     | same_dose | -age_over_75
            76M, mild UTI resolved. Restart pom?                      | resume | mild     | same_dose | age_over_75
            UTI on ciprofloxacin, on pom. Hold?                       | hold   | mild     |           | quinolone
            UTI on cefalexin, on pom. Hold?                           | hold   | mild     |           | -quinolone
            eGFR 59, UTI on pom. Hold?                                | hold   |          |           | renal_impairment
            eGFR 60, UTI on pom. Hold?                                | hold   |          |           | -renal_impairment
            CKD 3 and a UTI on pom. Hold?                             | hold   |          |           | renal_impairment
            CKD 2 and a UTI on pom. Hold?                             | hold   |          |           | -renal_impairment
            Haemodialysis, cellulitis, pom. Hold?                     | hold   |          |           | dialysis,renal_impairment
            No haemodialysis, cellulitis, pom. Hold?                  | hold   |          |           | -dialysis,-renal_impairment
            Pneumonia on pom: stop for good?                          | hold   |          |           | permanent_stop_asked
            Pneumonia on pom: stop for now?                           | hold   |          |           | -permanent_stop_asked
            Elderly lady, UTI resolved, pom?                          | resume |          |           | elderly
            Young lady, UTI resolved, pom?                            | resume |          |           | -elderly
            UTI on levofloxacin, pom. Hold?                           | hold   |          |           | quinolone
            UTI on lenograstim, pom. Hold?                            | hold   |          |           | -quinolone
            eGFR 25, UTI on pom. Hold?                                | hold   |          |           | renal_impairment
            eGFR 95, UTI on pom. Hold?                                | hold   |          |           | -renal_impairment
            I have pneumonia and take pomalidomide. Stop?             | hold   |          |           | patient_voice
            He has pneumonia and takes pomalidomide. Stop?            | hold   |          |           | -patient_voice
            My husband has pneumonia and he takes pomalidomide. Stop? | hold   |          |           | -patient_voice
            I have pneumonia and I take pomalidomide. Stop?           | hold   |          |           | patient_voice
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestDrug:
    """One word makes the difference: drug."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                            | action       | severity | restart | flags
            ------------------------------------+--------------+----------+---------+------
            Pneumonia on pomalidomide, hold it? | hold         |          |         |
            Pneumonia on lenalidomide, hold it? | out_of_scope |          |         |
            Cellulitis on Imnovid, hold?        | hold         |          |         |
            Cellulitis on Revlimid, hold?       | out_of_scope |          |         |
            Pd patient with flu, hold?          | hold         |          |         |
            Rd patient with flu, hold?          | out_of_scope |          |         |
            Pneumonia on Imnovid. Hold?         | hold         |          |         |
            Pneumonia on ixazomib. Hold?        | out_of_scope |          |         |
            Hold pom for the UTI?               | hold         |          |         |
            Hold dara for the UTI?              | out_of_scope |          |         |
            KPd, pneumonia, hold?               | hold         |          |         |
            KRd, pneumonia, hold?               | out_of_scope |          |         |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestTreatment:
    """One word makes the difference: treatment."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                                           | action  | severity | restart   | flags
            -------------------------------------------------------------------+---------+----------+-----------+------
            Taking doxycycline for bronchitis. Pom?                            | hold    | mild     |           |
            Took doxycycline for bronchitis last month, all gone. Restart pom? | resume  | mild     | same_dose |
            Aciclovir treatment for shingles. Pom?                             | hold    | mild     |           |
            Aciclovir prophylaxis, no shingles. Continue pom?                  | no_hold |          |           |
            Prophylactic antibiotics, no infection. Continue pom?              | no_hold |          |           |
            Therapeutic antibiotics for pneumonia. Continue pom?               | hold    |          |           |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestDose:
    """One word makes the difference: dose."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                      | action | severity | restart            | flags
            ----------------------------------------------+--------+----------+--------------------+------
            Severe pneumonia resolved, pom 4 mg. Restart? | resume | severe   | consider_reduction |
            Mild pneumonia resolved, pom 4 mg. Restart?   | resume | mild     | same_dose          |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)


class TestQuestion:
    """One word makes the difference: question."""

    @pytest.mark.parametrize("rows", pairs(
        """
            question                                             | action | severity | restart | flags
            -----------------------------------------------------+--------+----------+---------+------
            How often is pneumonia seen on pomalidomide?         | inform |          |         |
            She has pneumonia on pomalidomide. Hold?             | hold   |          |         |
            Should pomalidomide be held during an infection?     | hold   |          |         |
            Why should pomalidomide be held during an infection? | inform |          |         |
        """
    ))
    def test_are_told_apart(self, rows: tuple[SimpleNamespace, SimpleNamespace]) -> None:
        assert_told_apart(rows)
