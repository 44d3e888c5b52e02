"""Section 5 of the algorithm: what the answer must carry, when, and with which of the article's citations."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.knowledge import knowledge
from assistant.rules import decide
from tests.spec.tables import case_of, table, words

ON_HOLD = {"stop_now", "hold_until_resolved", "antimicrobials", "monitor_response"}
ON_RESTART = {"confirm_resolution", "cbc_before_restart", "consider_prophylaxis"}


class TestOnHold:
    """`stop_now`, `antimicrobials`, `monitor_response`, `hold_until_resolved`: `hold` with an infection active or suspected; `gcsf`: neutropenic fever, with `hold`; `reassess_risk_benefit`: `life_threatening`"""

    @pytest.mark.parametrize("row", table("""
        case                                | infection | severity         | treatment | nf  | more
        ------------------------------------+-----------+------------------+-----------+-----+----------------------------
        suspected                           | suspected |                  |           |     |
        active                              | active    |                  |           |     |
        active, mild                        | active    | mild             |           |     |
        active, severe                      | active    | severe           |           |     |
        active, life-threatening            | active    | life_threatening |           |     | reassess_risk_benefit
        improving                           | resolving | severe           | held      |     |
        improving, life-threatening         | resolving | life_threatening | held      |     | reassess_risk_benefit
        held already                        | active    | mild             | held      |     |
        neutropenic fever, no focus         | suspected |                  |           | yes | gcsf
        neutropenic fever with a focus      | active    |                  |           | yes | gcsf
        neutropenic fever, improving        | resolving |                  | held      | yes | gcsf
        neutropenic fever, life-threatening | active    | life_threatening |           | yes | gcsf, reassess_risk_benefit
        general                             | general   |                  |           |     |
        infection blank                     |           |                  |           |     |
    """))
    def test_owes(self, row: SimpleNamespace) -> None:
        assert set(decide(case_of(row)).elements) == ON_HOLD | words(row.more)


class TestOnRestart:
    """`confirm_resolution`, `cbc_before_restart`, `consider_prophylaxis`: `resume`, `reassess`; `resume_same_dose`: `same_dose` or `depends_on_severity`; `consider_dose_reduction`, `prophylaxis_on_restart`: `consider_reduction` and, as a branch, `depends_on_severity`"""

    @pytest.mark.parametrize("row", table("""
        case                    | infection | severity         | dose | nf  | more
        ------------------------+-----------+------------------+------+-----+------------------------------------------------------------------
        mild                    | resolved  | mild             | 4    |     | resume_same_dose
        severe, 4 mg            | resolved  | severe           | 4    |     | consider_dose_reduction, prophylaxis_on_restart
        severe, 3 mg            | resolved  | severe           | 3    |     | consider_dose_reduction, prophylaxis_on_restart
        severe, 1 mg            | resolved  | severe           | 1    |     | consider_dose_reduction, prophylaxis_on_restart
        neutropenic fever, over | resolved  |                  |      | yes | consider_dose_reduction, prophylaxis_on_restart
        severity blank          | resolved  |                  |      |     | resume_same_dose, consider_dose_reduction, prophylaxis_on_restart
        life-threatening        | resolved  | life_threatening | 4    |     | reassess_risk_benefit
    """))
    def test_owes(self, row: SimpleNamespace) -> None:
        assert set(decide(case_of(row)).elements) == ON_RESTART | words(row.more)


class TestSpecialPoints:
    """`dex_20mg_weekly`: age over 75, with `resume` or `reassess`; `elderly_3mg`: age over 75 or "elderly"; `renal_monitoring`: renal impairment or dialysis; `quinolone_caution`: a quinolone; `planned_resumption`: permanent discontinuation asked about"""

    @pytest.mark.parametrize("row", table("""
        case                  | infection | severity | age | elderly | renal | dialysis | quinolone | permanent | has                                     | has not
        ----------------------+-----------+----------+-----+---------+-------+----------+-----------+-----------+-----------------------------------------+--------------------------------------------------------------------------------------
        hold, nothing special | active    | mild     |     |         |       |          |           |           |                                         | dex_20mg_weekly, elderly_3mg, renal_monitoring, quinolone_caution, planned_resumption
        hold, over 75         | active    | mild     | 80  |         |       |          |           |           |                                         | dex_20mg_weekly, elderly_3mg
        hold, renal           | active    | mild     |     |         | yes   |          |           |           | renal_monitoring                        | dialysis_disagreement
        hold, dialysis        | active    | mild     |     |         | yes   | yes      |           |           | renal_monitoring, dialysis_disagreement |
        hold, quinolone       | active    | mild     |     |         |       |          | ofloxacin |           | quinolone_caution                       |
        hold, permanent       | active    | mild     |     |         |       |          |           | yes       | planned_resumption                      |
        resume, over 75       | resolved  | mild     | 76  |         |       |          |           |           | dex_20mg_weekly, elderly_3mg            |
        resume, 75            | resolved  | mild     | 75  |         |       |          |           |           |                                         | dex_20mg_weekly, elderly_3mg
        resume, elderly       | resolved  | mild     |     | yes     |       |          |           |           | elderly_3mg                             | dex_20mg_weekly
        resume, renal         | resolved  | mild     |     |         | yes   |          |           |           | renal_monitoring                        |
        resume, quinolone     | resolved  | mild     |     |         |       |          | cipro     |           | quinolone_caution                       |
        resume, permanent     | resolved  | mild     |     |         |       |          |           | yes       | planned_resumption                      |
        no hold, quinolone    | none      |          |     |         |       |          | cipro     |           | quinolone_caution, what_would_trigger   |
        no hold, renal        | none      |          |     |         | yes   |          |           |           | renal_monitoring                        |
        no hold, over 75      | none      |          | 80  |         |       |          |           |           |                                         | dex_20mg_weekly, elderly_3mg
    """))
    def test_owes(self, row: SimpleNamespace) -> None:
        owed = set(decide(case_of(row)).elements)
        assert words(row.has) <= owed
        assert not words(vars(row)["has not"]) & owed


class TestCounts:
    """A label hold asks for `stop_now` and the threshold that caused it.  (contract, ruling 11)"""

    @pytest.mark.parametrize("row", table("""
        case                       | infection | severity         | anc | owes
        ---------------------------+-----------+------------------+-----+-------------------------------------------------
        no infection               | none      |                  | 0.4 | stop_now, count_threshold
        resolved                   | resolved  | mild             | 0.4 | stop_now, count_threshold
        resolved, life-threatening | resolved  | life_threatening | 0.4 | stop_now, count_threshold, reassess_risk_benefit
        just at the threshold      | none      |                  | 0.5 | what_would_trigger
    """))
    def test_owes(self, row: SimpleNamespace) -> None:
        assert set(decide(case_of(row)).elements) == words(row.owes)


class TestCitations:
    """Each element in an answer carries the citation that the article gives it, or none where the article gives none."""

    @pytest.mark.parametrize("row", table("""
        element                 | markers
        ------------------------+--------
        stop_now                | 1
        hold_until_resolved     | 1
        antimicrobials          |
        monitor_response        |
        reassess_risk_benefit   |
        gcsf                    |
        confirm_resolution      |
        cbc_before_restart      |
        consider_prophylaxis    | 1
        prophylaxis_on_restart  | 1
        resume_same_dose        |
        consider_dose_reduction |
        dex_20mg_weekly         | 2
        elderly_3mg             | 3
        renal_monitoring        | 3
        dialysis_disagreement   | 3, US, EU
        quinolone_caution       | 1
        planned_resumption      | 4
        count_threshold         | US, EU
        what_would_trigger      | 1
    """))
    def test_marker(self, row: SimpleNamespace) -> None:
        element = knowledge().algorithm.elements[row.element]
        assert set(element.markers) == words(row.markers)
        carried = {m for p in element.passages for m in knowledge().passage(p).markers} | {knowledge().labels[label].marker for label in element.labels}
        assert set(element.markers) <= carried | ({"1"} if row.element in ("what_would_trigger", "prophylaxis_on_restart") else set())

    def test_every_element_of_the_table_is_in_this_list(self) -> None:
        listed = {param.values[0].element for param in TestCitations.test_marker.pytestmark[0].args[1]}  # type: ignore[attr-defined]
        assert listed == set(knowledge().algorithm.elements)
