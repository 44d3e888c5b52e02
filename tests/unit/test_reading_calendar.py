"""Dates, the day of today, and courses that end before or after it."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading import read
from assistant.reading.calendar_dates import dates_in, latest
from assistant.reading.courses import dated
from assistant.reading.text import fold
from assistant.records import Action
from assistant.rules import decide
from tests.spec.tables import table

DATES = """
    typed                        | day first  | month first
    -----------------------------+------------+-------------
    on 3/1                       | 2024-01-03 | 2024-03-01
    on 13/1                      | 2024-01-13 |
    on 1/13/25                   |            | 2025-01-13
    on 3 March                   | 2024-03-03 | 2024-03-03
    on Mar 3rd                   | 2024-03-03 | 2024-03-03
    on 3rd of March 2025         | 2025-03-03 | 2025-03-03
    on the 4th                   | 2024-03-04 | 2024-03-04
    on 2025-03-01                | 2025-03-01 | 2025-03-01
    for 5/7                      |            |
    on the 4th day               |            |
    may 3 mg                     |            |
    ANC 1.2-1.4                  |            |
    BP 120/80                    |            |
"""
COURSES = """
    typed                                                                                                                   | action
    ------------------------------------------------------------------------------------------------------------------------+-------
    Last amoxicillin for his chest went down on the 4th, it's now the 15th, he sounds clear as a bell. Pom back in?          | resume
    The pneumonia was healed. Intravenous SBT/ABPC from 3/1 until 3/10, today is 3/24, X-ray normal. Pom, which dose?        | resume
    Ten days of doxycycline by mouth, begun on 1 March for bronchitis; symptom-free since the 8th; today is 20 March. Pom?   | resume
    Pneumonia resolved, no complaints. Levofloxacin through 6/12. Today 6/20. Restart pom?                                   | resume
    Cellulitis cured, cephalexin course ended 5/1. Now: 5/4. Pom back?                                                       | resume
    Osteomyelitis, IV ertapenem, EOT 3 June. It's now 1 July, no symptoms, CRP normal. Restart pom?                          | resume
    Pneumonia resolved. Ceftriaxone x14d from 3/1. Today 3/20, well. Pom?                                                    | resume
    Pneumonia cured, last dose of IV meropenem on 2025-03-10, today is 2025-03-24. Resume pomalidomide?                      | resume
    UTI resolved, symptom free, nitrofurantoin done 2/3. Pom held until 12/3. Today 10/3. Restart?                           | resume
    Candidemia, cleared 12/3. PO fluc, EOT 12/30. Today 12/19, no complaints. Can I restart pom?                             | hold
    Line sepsis gone, the last of his four weekly dalbavancin infusions is due on the 28th. Today is the 14th. Resume pom?   | hold
    MyChart Tues 10/14: burning gone since yesterday, I have the macrobid til Friday. Restart Pomalyst?                      | hold
    Fourteen days of doxycycline, begun on 10 March for bronchitis; symptom-free since the 18th; today is 20 March. Pom?     | hold
    Pneumonia resolved, no complaints. Levofloxacin through 6/12. Today 6/10. Restart pom?                                   | hold
    Cellulitis cured, cephalexin course ends 5/4. Now: 5/1. Pom back?                                                        | hold
    Osteomyelitis, IV ertapenem, EOT 3 July. It's now 1 July, no symptoms, CRP normal. Restart pom?                          | hold
    Pneumonia resolved. Ceftriaxone x14d from 3/10. Today 3/20, well. Pom?                                                   | hold
    Flu gone. Oseltamivir till the 4th, today is the 28th. Pom?                                                              | hold
    Pneumonia resolved, well. Augmentin until 4/5. Today 5/4. Pom?                                                           | hold
    Pneumonia cured, last dose of IV meropenem on 2025-03-20, today is 2025-03-14. Resume pomalidomide?                      | hold
    Course was to finish 4 May but micro extended it to the 18th; it's the 12th. Erysipelas, penicillin V, skin normal. Pom? | hold
    Pneumonia on levofloxacin. Last dose of pomalidomide 3/1, today 3/14. Restart pom?                                       | hold
    Pneumonia on levofloxacin, pom held until 3/1, today 3/14. Restart pom?                                                  | hold
    Candidemia, PO fluc, EOT 12/30, clinical cure anticipated. No complaints. Restart pom?                                   | hold
"""


class TestDates:
    """In both orders, as long as both are possible."""

    @pytest.mark.parametrize("row", table(DATES))
    def test_are_read(self, row: SimpleNamespace) -> None:
        found = [[m.on(order, date(2024, 3, 1)) for order in (0, 1)] for m in dates_in(fold(row.typed))]
        told = [date.fromisoformat(cell) if cell else None for cell in (row.__dict__["day first"], row.__dict__["month first"])]
        assert found == ([told] if any(told) else [])

    def test_one_date_settles_the_order_of_all(self) -> None:
        assert [m.orders[1] for m in dates_in("on 3/4 and on 15/4")] == [None, None]

    @pytest.mark.parametrize(("typed", "last"), [("15/3 and 8/4", 1), ("12/20 and 1/3/25", 1), ("3/4 and 4/3", None), ("4/4 and 5/5", 1)])
    def test_the_latest_is_named_only_where_it_is_sure(self, typed: str, last: int | None) -> None:
        assert latest(dates_in(typed)) == last


class TestCourses:
    """What is decided where a treatment ends before or after today."""

    @pytest.mark.parametrize("row", table(COURSES))
    def test_are_reckoned(self, row: SimpleNamespace) -> None:
        assert decide(read([row.typed])).action.value == row.action

    def test_nothing_is_reckoned_without_today_or_with_two(self) -> None:
        assert not dated("levofloxacin through 6/12").endings
        assert not dated("levofloxacin through 6/12, today 6/14, today 6/10").endings

    def test_a_later_turn_ends_it(self) -> None:
        turns = ["Pneumonia resolved. Levofloxacin through 6/12. Today 6/10. Restart pom?", "It is a week later: levofloxacin finished, no symptoms at all"]
        assert decide(read(turns)).action is Action.RESUME


_WRITTEN = st.sampled_from(["{d.month}/{d.day}", "{d.day} {d:%B}", "{d:%b} {d.day}", "{d.year}-{d.month:02}-{d.day:02}"])
_ENDS = st.sampled_from(["levofloxacin through {}", "oral cefalexin until {}", "IV ceftriaxone, EOT {}", "amoxicillin course ends {}", "last dose of ertapenem due {}"])
_STATES = st.sampled_from(["pneumonia resolved", "pneumonia cured, no complaints", "no infection any more", "completely better from his pneumonia", "UTI gone, symptom free"])


@settings(max_examples=60, deadline=None)
@given(today=st.dates(date(2024, 1, 1), date(2026, 12, 31)), ahead=st.integers(1, 120), style=_WRITTEN, ends=_ENDS, state=_STATES, first=st.booleans())
def test_no_treatment_that_ends_after_today_is_resumed_over(today: date, ahead: int, style: str, ends: str, state: str, first: bool) -> None:
    course = ends.format(style.format(d=today + timedelta(days=ahead)))
    told = f"{state}, {course}" if first else f"{course}; {state}"
    question = f"{told[0].upper()}{told[1:]}. Today is {style.format(d=today)}. Restart pom 4 mg?"
    assert decide(read([question])).action is Action.HOLD, question
