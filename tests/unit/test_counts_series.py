"""Counts that are told as a series: the current value and the lowest one, in 10^9/L, in prose, in lines and in tables."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.reading import read
from assistant.reading.counts import counts
from assistant.reading.text import fold
from assistant.rules import decide
from tests.spec.tables import table

# `/` stands for the end of a line.
SERIES = """
    typed                                                                                  | now  | lowest
    ---------------------------------------------------------------------------------------+------+-------
    platelets, which touched 19 in the middle of it, are 41 now                            | 41   | 19
    Plts got down to 19 during it, 38 now, Hb 92                                           | 38   | 19
    Plt 3/1: 17 / Plt 3/8: 29 / Plt 3/15 (today): 38                                       | 38   | 17
    Plt 3/15: 38 / Plt 3/8: 29 / Plt 3/1: 17                                               | 38   | 17
    Day 3/1 3/8 3/15 / Plt 88 71 66                                                        | 66   | 66
    Day 3/15 3/8 3/1 / Plt 88 71 66                                                        | 88   | 66
    Plt 188 171 166                                                                        | 166  | 166
    platelets bottomed at 14 during a grade 2 bronchitis and have been 57 and 63 on successive Mondays | 63 | 14
    plts are back at 66 having been 17 on admission                                        | 66   | 17
    plts 17 on admission and 66 today                                                      | 66   | 17
    platelet count today is 64; two weeks back it was 13                                   | 64   | 13
    Plt 22K (61K last wk)                                                                  | 22   | 22
    Plt: 55, prev 17                                                                       | 55   | 17
    Plt 52 (nadir was 31)                                                                  | 52   | 31
    Platelets dropped from 140 to 18 over the week                                         | 18   | 18
    plt 120, dropped to 18 during the pneumonia                                            | 120  | 18
    platelets 140, dropped to 18                                                           | 18   | 18
    platelets: last month 80, last week 40, today 20                                       | 20   | 20
    nadir plt 22k. now 1.8 lakh                                                            | 180  | 22
    plts 19, 84                                                                            | 19   | 19
    plts 31 (150-400)                                                                      | 31   | 31
    platelets 44, ward 12, bed 7                                                           | 44   | 44
    platelets fine on 3 successive checks                                                  |      |
    platelets were 60, got 2 units and now 80                                              | 80   | 60
    platelets of 60, MRSA only half treated, still needing 1 L oxygen                      | 60   | 60
    Plt 64. Two weeks ago 5 days of amoxicillin                                            | 64   | 64
"""
NEUTROPHILS = """
    typed                                                                  | now
    -----------------------------------------------------------------------+------
    anc just printed 0.42                                                  | 0.42
    neuts have crept up from 0.3 to 0.8                                    | 0.8
    ANC 0.8 (ref 1.5-7.8)                                                  | 0.8
    Neuts 0.7 L (2.0 - 7.5)                                                | 0.7
    ANC (x10^9/L): 0.4                                                     | 0.4
    ANC today 2.1 (nadir 0.2)                                              | 2.1
    neutrophils: nadir 0.1 on day 9, 1.6 on day 20                         | 1.6
    his neutrophils, 0.2 at their worst, are now 1.3                       | 1.3
    ANC 0.1 > 0.3 > 0.8 > 1.9 (today, 3/18)                                | 1.9
    ANC 1.4 -> 0.7 -> 0.4 over three weeks                                 | 0.4
    ANC 1.6 on 20/3, 0.2 on 9/3                                            | 1.6
    ANC 1.4 on 20/3, 0.2 on 28/3                                           | 0.2
    ANC 0.9 on 4/3, 0.2 on 3/4                                             | 0.2
    ANC 0.2 on 4/3, 0.9 on 3/4                                             | 0.2
    ANC rose to 1.2 then fell to 0.4                                       | 0.4
    ANC fell to 0.4 then rose to 1.2                                       | 1.2
    ANC last 0.9, before that 0.3                                          | 0.9
    ANC was 0.3 last week (no infection, no fever), 0.9 today              | 0.9
    Neuts over three Mondays: 0.2, 0.4, 1.3                                | 1.3
    Neut 0.45 at 0600, 0.62 at 1400                                        | 0.62
    ANC: 350 <- 800                                                        | 0.35
    ANC 0.3, 0.9 on repeat                                                 | 0.9
    ANC 2.0... sorry 0.2                                                   | 0.2
    neutrophils 1 450/mm3                                                  | 1.45
    ANC? 0.3                                                               | 0.3
    neutrophils 300 and my thermometer reads 101.5                         | 0.3
    neutropenic sepsis 2022, line sepsis 2023                              |
    how many see their neutrophils go through the floor, grade 3 or 4      |
"""


def _now_and_lowest(typed: str, name: str) -> tuple[float | None, float | None]:
    found = [q for q in counts(fold(typed.replace(" / ", "\n"))) if q.name == name]
    now = [q.value for q in found if not q.nadir]
    return now[-1] if now else None, min((q.value for q in found), default=None)


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


class TestSeries:
    """What a row says is now, and the lowest that was told."""

    @pytest.mark.parametrize("row", table(SERIES))
    def test_of_platelets(self, row: SimpleNamespace) -> None:
        assert _now_and_lowest(row.typed, "platelets") == (_number(row.now), _number(row.lowest))

    @pytest.mark.parametrize("row", table(NEUTROPHILS))
    def test_of_neutrophils(self, row: SimpleNamespace) -> None:
        assert _now_and_lowest(row.typed, "anc")[0] == _number(row.now)

    @pytest.mark.parametrize("name", ["ANC", "platelets"])
    @pytest.mark.parametrize("shape", ["{n} {high}, {low}", "{n} {low} {high}", "{n} {low} on 3/4, {high} on 4/3"])
    def test_that_leave_open_which_is_the_last_give_the_lower(self, name: str, shape: str) -> None:
        low, high = (0.3, 1.4) if name == "ANC" else (12, 88)
        now, _ = _now_and_lowest(shape.format(n=name, low=low, high=high), "anc" if name == "ANC" else "platelets")
        assert now == low

    def test_in_a_table_with_the_newest_row_on_top(self) -> None:
        case = read(["Cold gone.\nDate ANC Plt\n15/6 1.5 17\n8/6 1.6 41\n1/6 1.8 88\nRestart pom?"])
        assert (case.anc, case.platelets) == (1.5, 17)

    def test_in_a_table_with_the_newest_column_on_the_left(self) -> None:
        assert read(["| |15/3|8/3|1/3|\n|---|---|---|---|\n|ANC|0.3|0.9|1.4|\nCold gone, restart pom?"]).anc == 0.3


class TestTurns:
    """An earlier value that is told later does not replace the current one."""

    def test_a_value_of_last_week_leaves_the_current_one(self) -> None:
        assert read(["Cold gone, ANC 0.3. Restart pom?", "ANC was 0.9 last week"]).anc == 0.3

    def test_a_repeat_replaces_it(self) -> None:
        assert read(["Cold gone, ANC 0.4. Restart pom?", "ANC was 1.3 on this morning's repeat"]).anc == 1.3

    def test_a_count_is_no_age(self) -> None:
        assert read(["Cold gone. Platelets is now 81. Restart pom?"]).age is None


@pytest.mark.parametrize(("typed", "action"), [
    ("Bronchitis, oral antibiotics, resolved. Platelets, which touched 19 in the middle of it, are 41 now", "hold"),
    ("Bronchitis, oral antibiotics, resolved. Platelets, which touched 19 in the middle of it, are 61 now", "resume"),
    ("Cold gone a week. Plt 3/1: 17\nPlt 3/8: 29\nPlt 3/15 (today): 38\nANC 1.5", "hold"),
    ("Cold gone a week. Plt 3/1: 17\nPlt 3/8: 29\nPlt 3/15 (today): 58\nANC 1.5", "resume"),
    ("Cold gone a week. neuts have crept up from 0.3 to 0.45", "hold"),
    ("Cold gone a week. neuts have crept up from 0.3 to 0.8", "resume"),
])  # fmt: skip
def test_the_rules_see_the_current_and_the_lowest(typed: str, action: str) -> None:
    assert decide(read([f"{typed}. Restart pom?"])).action.value == action
