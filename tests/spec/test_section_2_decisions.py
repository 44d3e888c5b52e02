"""Section 2 of the algorithm: which action, which restart, on whose authority. Blank cells were not mentioned."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.rules import decide
from tests.spec.tables import as_written, case_of, table


def assert_decides(row: SimpleNamespace) -> None:
    """The row's expected columns are what is decided."""
    decision = decide(case_of(row))
    expected = {name: cell for name, cell in vars(row).items() if name in ("action", "restart", "basis", "rule", "shown")}
    got = {
        "action": decision.action.value,
        "restart": as_written(decision.restart),
        "basis": as_written(decision.basis),
        "rule": decision.rules[0],
        "shown": as_written(decision.severity),
    }
    assert {name: got[name] for name in expected} == expected


class TestActiveInfection:
    """Pomalidomide should be temporarily discontinued during active infection until the infection has resolved  (article:lead)"""

    @pytest.mark.parametrize("row", table("""
        case                                   | infection | severity         | treatment | action | restart | basis   | rule
        ---------------------------------------+-----------+------------------+-----------+--------+---------+---------+----------------------
        active, severity blank                 | active    |                  |           | hold   |         | article | active.hold
        active and mild                        | active    | mild             |           | hold   |         | article | mild.hold
        active and severe                      | active    | severe           |           | hold   |         | article | severe.hold
        active and life-threatening            | active    | life_threatening |           | hold   |         | article | life_threatening.hold
        active, already held                   | active    | mild             | held      | hold   |         | article | mild.hold
        active, still taken                    | active    | mild             | taking    | hold   |         | article | mild.hold
        active, stopped                        | active    | severe           | stopped   | hold   |         | article | severe.hold
        improving, severity blank              | resolving |                  |           | hold   |         | article | unresolved.hold
        improving after a mild one             | resolving | mild             | held      | hold   |         | article | unresolved.hold
        improving after a severe one           | resolving | severe           | held      | hold   |         | article | unresolved.hold
        improving after a life-threatening one | resolving | life_threatening | held      | hold   |         | article | life_threatening.hold
        asked in general                       | general   |                  |           | hold   |         | article | general.hold
    """))
    def test_holds(self, row: SimpleNamespace) -> None:
        assert_decides(row)


class TestResolvedInfection:
    """Resume at previous effective dose if infection was uncomplicated, or consider dose reduction if severe infection occurred  (article:resuming.dose)"""

    @pytest.mark.parametrize("row", table("""
        case                              | infection | severity | dose | action | restart             | basis   | rule
        ----------------------------------+-----------+----------+------+--------+---------------------+---------+-----------------------
        mild, resolved                    | resolved  | mild     |      | resume | same_dose           | article | mild.resume
        mild, resolved, on 2 mg           | resolved  | mild     | 2    | resume | same_dose           | article | mild.resume
        severe, resolved, dose blank      | resolved  | severe   |      | resume | consider_reduction  | article | severe.resume
        severe, resolved, on 4 mg         | resolved  | severe   | 4    | resume | consider_reduction  | article | severe.resume
        severe, resolved, on 3 mg         | resolved  | severe   | 3    | resume | consider_reduction  | label   | severe.resume.below_4
        severe, resolved, on 2 mg         | resolved  | severe   | 2    | resume | consider_reduction  | label   | severe.resume.below_4
        severe, resolved, on 1 mg         | resolved  | severe   | 1    | resume | consider_reduction  | label   | severe.resume.no_lower
        resolved, severity blank          | resolved  |          |      | resume | depends_on_severity | article | resolved.resume
        resolved, severity blank, on 1 mg | resolved  |          | 1    | resume | depends_on_severity | article | resolved.resume
    """))
    def test_resumes(self, row: SimpleNamespace) -> None:
        assert_decides(row)


class TestLifeThreateningInfectionResolved:
    """Reassess risk-benefit before considering reintroduction  (article:algorithm.life-threatening.reassess)"""

    @pytest.mark.parametrize("row", table("""
        case                    | infection | severity         | dose | treatment | action   | restart        | basis   | rule
        ------------------------+-----------+------------------+------+-----------+----------+----------------+---------+--------------------------
        dose blank              | resolved  | life_threatening |      |           | reassess | reassess_first | article | life_threatening.reassess
        on 4 mg                 | resolved  | life_threatening | 4    | held      | reassess | reassess_first | article | life_threatening.reassess
        on 1 mg, no lower level | resolved  | life_threatening | 1    | held      | reassess | reassess_first | article | life_threatening.reassess
        stopped already         | resolved  | life_threatening |      | stopped   | reassess | reassess_first | article | life_threatening.reassess
    """))
    def test_reassesses_and_never_resumes_by_itself(self, row: SimpleNamespace) -> None:
        assert_decides(row)


class TestNoInfection:
    """The algorithm does not call for a hold without infection; what is not known is held.  (spec, section 2)"""

    @pytest.mark.parametrize("row", table("""
        case                            | infection | severity | treatment | action  | restart | basis         | rule
        --------------------------------+-----------+----------+-----------+---------+---------+---------------+------------------
        no infection                    | none      |          |           | no_hold |         | article       | none.no_hold
        no infection, taking            | none      |          | taking    | no_hold |         | article       | none.no_hold
        no infection, held              | none      |          | held      | no_hold |         | article       | none.no_hold
        no infection, an old severe one | none      | severe   |           | no_hold |         | article       | none.no_hold
        infection blank                 |           |          |           | hold    |         | precautionary | unknown.hold
        infection blank, taking         |           |          | taking    | hold    |         | precautionary | unknown.hold
        infection blank, held           |           |          | held      | hold    |         | precautionary | held.unknown.hold
        infection blank, stopped        |           |          | stopped   | hold    |         | precautionary | held.unknown.hold
        infection blank, but mild       |           | mild     |           | hold    |         | precautionary | unknown.hold
    """))
    def test_decides(self, row: SimpleNamespace) -> None:
        assert_decides(row)


class TestWhatIsAsked:
    """inform: a question of fact, no decision asked; out_of_scope: another drug alone, another topic, small talk.  (spec, section 2)"""

    @pytest.mark.parametrize("row", table("""
        case                                         | asked    | drug         | infection | severity         | action       | basis   | rule
        ---------------------------------------------+----------+--------------+-----------+------------------+--------------+---------+-----------------
        nothing asked                                | nothing  |              |           |                  | out_of_scope |         | scope.nothing
        nothing asked, septic                        | nothing  |              | active    | life_threatening | out_of_scope |         | scope.nothing
        another topic                                | outside  |              |           |                  | out_of_scope |         | scope.outside
        another topic, pomalidomide named            | outside  | pomalidomide |           |                  | out_of_scope |         | scope.outside
        a fact                                       | fact     |              |           |                  | inform       |         | facts.inform
        a fact about pomalidomide                    | fact     | pomalidomide |           |                  | inform       |         | facts.inform
        a fact about another drug                    | fact     | other        |           |                  | out_of_scope |         | scope.other_drug
        a decision on another drug, active infection | decision | other        | active    | severe           | out_of_scope |         | scope.other_drug
        a decision, drug blank: read as pomalidomide | decision |              | active    | mild             | hold         | article | mild.hold
        a decision on pomalidomide                   | decision | pomalidomide | active    | mild             | hold         | article | mild.hold
    """))
    def test_decides(self, row: SimpleNamespace) -> None:
        assert_decides(row)


class TestRestartStandsOnlyWithResumeAndReassess:
    """`restart` goes with `resume` and `reassess`, and is null elsewhere  (spec, section 2)"""

    @pytest.mark.parametrize("row", table("""
        case                       | infection | severity         | restart
        ---------------------------+-----------+------------------+--------------------
        none                       | none      |                  |
        suspected                  | suspected | severe           |
        active                     | active    | mild             |
        improving                  | resolving | mild             |
        general                    | general   |                  |
        blank                      |           |                  |
        resolved                   | resolved  |                  | depends_on_severity
        resolved, mild             | resolved  | mild             | same_dose
        resolved, severe           | resolved  | severe           | consider_reduction
        resolved, life-threatening | resolved  | life_threatening | reassess_first
    """))
    def test_restart(self, row: SimpleNamespace) -> None:
        assert as_written(decide(case_of(row)).restart) == row.restart


class TestRestartDose:
    """Consider dose reduction upon restarting (from 4 mg to 3 mg)  (article:algorithm.severe.reduce); below 4 mg the label's one level lower  (spec, section 4.6)"""

    @pytest.mark.parametrize("row", table("""
        case                               | severity         | dose | to
        -----------------------------------+------------------+------+----
        mild, 4 mg                         | mild             | 4    | 4.0
        mild, 3 mg                         | mild             | 3    | 3.0
        mild, 1 mg                         | mild             | 1    | 1.0
        mild, dose blank                   | mild             |      |
        severe, 4 mg                       | severe           | 4    | 3.0
        severe, 3 mg                       | severe           | 3    | 2.0
        severe, 2 mg                       | severe           | 2    | 1.0
        severe, 1 mg: no lower level       | severe           | 1    |
        severe, dose blank                 | severe           |      |
        severe, a dose that does not exist | severe           | 2.5  |
        life-threatening: no dose is given | life_threatening | 4    |
        severity blank: no single dose     |                  | 4    |
    """))
    def test_dose_in_mg(self, row: SimpleNamespace) -> None:
        row.infection = "resolved"
        assert as_written(decide(case_of(row)).restart_dose_mg) == row.to

    def test_on_dialysis_after_a_mild_infection_the_dose_stays_the_articles(self) -> None:
        case = case_of(SimpleNamespace(infection="resolved", severity="mild", dose="4", renal="yes", dialysis="yes"))
        assert decide(case).restart_dose_mg == 4.0
        assert "dialysis_disagreement" in decide(case).elements


class TestEveryOutcomeOfTheTable:
    """A row of the decision table that no case reaches would be a rule that never applies."""

    @pytest.mark.parametrize("row", table("""
        rule                      | asked    | drug  | infection | severity         | nf  | treatment | dose | anc
        --------------------------+----------+-------+-----------+------------------+-----+-----------+------+----
        scope.nothing             | nothing  |       |           |                  |     |           |      |
        scope.outside             | outside  |       |           |                  |     |           |      |
        scope.other_drug          | decision | other |           |                  |     |           |      |
        facts.inform              | fact     |       |           |                  |     |           |      |
        general.hold              | decision |       | general   |                  |     |           |      |
        life_threatening.hold     | decision |       | active    | life_threatening |     |           |      |
        neutropenic_fever.hold    | decision |       | suspected |                  | yes |           |      |
        unresolved.hold           | decision |       | resolving |                  |     |           |      |
        severe.hold               | decision |       | active    | severe           |     |           |      |
        mild.hold                 | decision |       | active    | mild             |     |           |      |
        active.hold               | decision |       | active    |                  |     |           |      |
        suspected.hold            | decision |       | suspected |                  |     |           |      |
        resolved.counts.hold      | decision |       | resolved  |                  |     |           |      | 0.4
        life_threatening.reassess | decision |       | resolved  | life_threatening |     |           |      |
        severe.resume.no_lower    | decision |       | resolved  | severe           |     |           | 1    |
        severe.resume.below_4     | decision |       | resolved  | severe           |     |           | 3    |
        severe.resume             | decision |       | resolved  | severe           |     |           |      |
        mild.resume               | decision |       | resolved  | mild             |     |           |      |
        resolved.resume           | decision |       | resolved  |                  |     |           |      |
        counts.hold               | decision |       | none      |                  |     |           |      | 0.4
        none.no_hold              | decision |       | none      |                  |     |           |      |
        held.unknown.hold         | decision |       |           |                  |     | held      |      |
        unknown.hold              | decision |       |           |                  |     |           |      |
    """))
    def test_is_reached(self, row: SimpleNamespace) -> None:
        assert decide(case_of(row)).rules[0] == row.rule
