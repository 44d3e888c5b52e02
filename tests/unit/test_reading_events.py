"""Severity that stands in events and not in words; what only sounds so; and a course that runs beside signs that are absent."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.reading import read, worst
from assistant.reading.opinion import HEADS
from assistant.reading.reader import scans_of
from assistant.records import Action, Infection, Severity
from assistant.rules import decide
from tests.spec.tables import faults_of, table

OVER = """
    question                                                                                                                           | action   | severity
    -----------------------------------------------------------------------------------------------------------------------------------+----------+-----------------
    He was on the filter for five days with the biliary sepsis in May. All long gone, no antibiotics since June. Pom again?            | reassess | life_threatening
    Pneumonia in spring, tracheostomy for two weeks, hole closed, completely resolved, no treatment since April. Restart pomalidomide? | reassess | life_threatening
    She had chest compressions in resus with the meningococcus. Resolved in January, off everything. Imnovid back?                     | reassess | life_threatening
    Unrecordable BP with an infected stone, adrenaline running all night. Resolved, antibiotics done 8 weeks ago. Pomalyst?            | reassess | life_threatening
    They had a tube down his throat for a week with legionella. Resolved, nothing taken for it since May. Resume pom?                  | reassess | life_threatening
    Impella and proned for the flu. Completely recovered, no drugs for it since March. Is pomalidomide possible?                       | reassess | life_threatening
    We were told to say goodbye when Mum had the pneumonia. Completely resolved, antibiotics finished in May. Her pomalidomide?        | reassess | life_threatening
    Chest infection, IV antibiotics, ICU came to see him and went again. Resolved three weeks ago, nothing since. Pom 4 mg again?      | resume   | severe
    Pneumonia on the ward, IV co-amoxiclav, the registrar toyed with CPAP. Resolved, off antibiotics for a month. Pom?                 | resume   | severe
    IV antibiotics for cellulitis, reviewed by critical care and left on the ward. Resolved, treatment done 4 weeks ago. Restart pom?  | resume   | severe
    Cold, nearly died of boredom, no treatment. Completely gone for three weeks. Resume pom 4 mg?                                      | resume   | mild
"""
RUNNING = """
    question                                                                                    | action | severity
    --------------------------------------------------------------------------------------------+--------+-----------
    Influenza B confirmed, home on oseltamivir capsules, no oxygen, pom 3 mg. Next steps?       | hold   | mild
    Osteomyelitis of the jaw, 8 weeks IV via Hickman, now week 5, painless. Pom held. Restart?  | hold   | severe
    Bacteraemia, 14 days of IV, today is day 9, she feels great. Pomalidomide back?             | hold   | severe
    Pyelonephritis, seven days of oral cipro, now day 3, no fever, on pom. What now?            | hold   | mild
    RSV positive, at home, on ribavirin, no O2, PomDex cycle 2. What do I do?                   | hold   | mild
    COVID confirmed, at home, on molnupiravir, no oxygen, not breathless, Imnovid 4 mg. Advice? | hold   | mild
"""
TOLD_OTHERWISE = """
    question                                                                                                                    | action   | severity
    ----------------------------------------------------------------------------------------------------------------------------+----------+-----------------
    Do I need an echo before restarting pom after a resolved mild cystitis (oral trimethoprim, done)?                           | resume   | mild
    Pneumonia in March: admitted, IV antibiotics, resolved, nothing since. Pom 4 mg. FBC not done yet. Restart?                 | resume   | severe
    Pom 2 mg (stepped down previously for neutropenia). Admitted with pyelonephritis, IV gentamicin, completely over. Restart?  | resume   | severe
    Relapsed and refractory, pom-dex. Mild cystitis, completely resolved, antibiotics finished. Restart?                        | resume   | mild
    Septic arthritis: 6 weeks OPAT, now week 10, knee fine, nothing taken since week 6. Restart pom?                            | resume   | severe
    Pom was on hold for a mild otitis, completely resolved, drops finished. Restart?                                            | resume   | mild
    Had a cold in May, gone in days, on pom again since June without trouble. Should she stop it now because of that cold?      | no_hold  |
"""


@pytest.mark.parametrize("row", [*table(OVER), *table(RUNNING), *table(TOLD_OTHERWISE)], ids=lambda row: row.question[:50])
def test_the_worst_point_and_the_course(row: SimpleNamespace) -> None:
    assert faults_of(row.question, row.action, row.severity, "", "") == []


@pytest.mark.parametrize("question", [
    "Patient on lenalidomide only, sinusitis on amoxicillin. Same approach as with pomalidomide?",
    "My lenalidomide patients with zoster, are they treated the same as with pom?",
    "Revlimid 10 mg, pneumonia, IV antibiotics. Do the pomalidomide rules apply?",
])  # fmt: skip
def test_a_drug_that_pomalidomide_is_only_compared_with_is_out_of_scope(question: str) -> None:
    assert faults_of(question, "out_of_scope", "", "", "") == []


@pytest.mark.parametrize("question", [
    "A student tells me pneumonia is seen in 33.7% of pomalidomide patients. Right?",
    "What are the odds my patient gets a pneumonia on this drug?",
    "General question: which checks come before pomalidomide is restarted after an infection?",
    "Is a renal dose reduction needed in CKD before we restart after an infection?",
])  # fmt: skip
def test_a_question_about_nobody_in_particular_is_one_of_fact(question: str) -> None:
    assert faults_of(question, "inform", "", "", "") == []


def test_a_case_is_none_although_a_figure_stands_beside_it() -> None:
    assert faults_of("A third of my ward round is done; bed 9 on pom has pneumonia, IV antibiotics. Hold?", "hold", "severe", "", "") == []
    assert faults_of("One of our pom patients has pneumonia, IV antibiotics. Hold?", "hold", "severe", "", "") == []


class TestHeard:
    """What no word of the lexicon tells is heard by the second reader: it fills a silence or raises, is asked back, and makes nothing milder."""

    @pytest.mark.parametrize("question", [
        "Chest infection in May: he slept for a fortnight with machines doing everything, the family was flown in. Resolved, no drugs since July. Pom?",
        "Gallbladder infection, every organ was being done by a box on wheels. Resolved, no antibiotics for two months. Pomalidomide?",
    ])  # fmt: skip
    def test_a_life_that_was_saved_by_machines_is_weighed_first(self, question: str) -> None:
        case = read([question])
        assert decide(case).action is Action.REASSESS
        assert "severity" in case.ambiguous and "severity" in [ask.fact for ask in decide(case).asks]
        assert not [f for f in case.facts if f.name == "severity"], "no word of it is marked"

    def test_what_is_denied_is_not_heard(self) -> None:
        assert read(["Pneumonia, needs no oxygen. Pom?"]).severity is Severity.UNSPECIFIED

    @pytest.mark.parametrize("severity", [Severity.MILD, Severity.SEVERE])
    def test_it_raises_and_never_lowers(self, severity: Severity, monkeypatch: pytest.MonkeyPatch) -> None:
        scans = scans_of(["Cystitis, resolved. Pom?"])
        for told, expected in (("life_threatening", Severity.LIFE_THREATENING), ("mild", severity), ("unspecified", severity)):
            shares = dict.fromkeys(HEADS["severity"], 0.0) | {told: 1.0}
            monkeypatch.setattr(worst, "Opinion", lambda name, scans, shares=shares: SimpleNamespace(likely=shares, insists=lambda label, sure: shares[label] >= sure, agrees=lambda label, sure: shares[label] >= sure))
            assert worst.worst_point(scans, Infection.RESOLVED, severity) is expected
            assert worst.worst_point(scans, Infection.ACTIVE, severity) is severity, "a hold is the same for all"
            assert worst.worst_point(scans, Infection.NONE, Severity.UNSPECIFIED) is Severity.UNSPECIFIED
