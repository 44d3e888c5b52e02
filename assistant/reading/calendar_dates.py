"""Dates as people type them: '3/1', '1/3/25', '3 March', 'Mar 3rd', 'the 4th', '2025-03-01'.

A date is kept in both orders, day first and month first, as long as both are possible: nothing is guessed. A date
without a year or a month is placed as near as possible to the day that it is looked at from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
_ORDINAL = r"(?:st|nd|rd|th)"
_NOT_A_DATE = rf"(?!\s*(?:mg|%|days?\b|weeks?\b|wks?\b|months?\b|hours?\b|doses?\b|mls?\b|x\b|of \d|/\d|[.,]\d|{_ORDINAL}))"
_DATE = re.compile(
    rf"(?<![\d/.-])(?P<iso>20\d\d)-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)(?!\d)"
    rf"|(?<![\d/.,a-z-])(?P<first>\d{{1,2}})(?P<sign>[/.-])(?P<second>\d{{1,2}})(?:(?P=sign)(?P<year>20\d\d|\d\d))?(?![\d/]|[.,]\d|\s*(?:%|mg\b|ago\b|days?\b|doses?\b))"
    rf"|(?<![\d/.,])(?P<day>\d{{1,2}}){_ORDINAL}?(?:\s+of)?[\s-]*(?P<month>{_MONTH})(?:\.?[\s,-]+(?P<named_year>20\d\d)\b)?"
    rf"|(?<![a-z])(?P<month_first>{_MONTH})\.?\s+(?:the\s+)?(?P<named_day>\d{{1,2}})(?:{_ORDINAL}\b|(?!\d)){_NOT_A_DATE}(?:,?\s+(?P<later_year>20\d\d)\b)?"
    rf"|\b(?:the|on|due|by|until|till|til|since|from|through|thru|to)\s+(?:the\s+)?(?P<alone>\d{{1,2}}){_ORDINAL}\b(?!\s+(?:of\s+)?{_MONTH})(?!\s+(?:dose|day|week|month|cycle|line|time|infusion|relapse|centile|percentile|course|episode|bout|one|bag|floor|birthday|year)\w*)"
)
# '5/7', '2/52', '3/12' behind these are lengths of time.
_LENGTH = re.compile(r"(?:\bfor|\bx|\blast|\bpast|\bover|\bevery|\bin|\bnext|\bfurther|\banother|\bgrade|\bday|\bscore|\bms|\bps|\bpower)\s*(?:the\s+)?$")
_DENOMINATORS = (7, 52, 12)
SOME_DAY = date(2024, 7, 1)
"""Any day of any year: dates without a year are placed around it, and then around one another."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text and where it stands. `orders`: (year, month, day) read day first and month first.

    What is not told is None in it, an order that is not possible is None in whole.
    """

    start: int
    end: int
    orders: tuple[tuple[int | None, int | None, int] | None, tuple[int | None, int | None, int] | None]

    @property
    def has_month(self) -> bool:
        """Whether more than a day of some month is told."""
        return any(told and told[1] for told in self.orders)

    def on(self, order: int, near: date) -> date | None:
        """The day that is meant in one order (0: day first, 1: month first), as near as possible to another; None where it is none."""
        told = self.orders[order]
        if told is None:
            return None
        year, month, day = told
        months = [month] if month else [(near.month - 2) % 12 + 1, near.month, near.month % 12 + 1]
        years = [year] if year else [near.year - 1, near.year, near.year + 1]
        possible = [found for y in years for m in months if (found := _day(y, m, day))]
        return min(possible, key=lambda d: abs((d - near).days), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _orders(match: re.Match[str]) -> tuple[tuple[int | None, int | None, int] | None, tuple[int | None, int | None, int] | None]:
    """What a match says, day first and month first."""
    if match["iso"]:
        told = int(match["iso"]), int(match["iso_month"]), int(match["iso_day"])
        return told, told
    if match["first"]:
        year = int(match["year"]) % 2000 + 2000 if match["year"] else None
        first, second = int(match["first"]), int(match["second"])
        return (year, second, first), (year, first, second)
    if match["alone"]:
        alone = None, None, int(match["alone"])
        return alone, alone
    month = _MONTHS.index((match["month"] or match["month_first"])[:3]) + 1
    raw = match["named_year"] or match["later_year"]
    named = int(raw) if raw else None, month, int(match["day"] or match["named_day"])
    return named, named


def _possible(told: tuple[int | None, int | None, int] | None) -> bool:
    return told is not None and 1 <= told[2] <= 31 and (told[1] is None or 1 <= told[1] <= 12)


def dates_in(folded: str) -> list[DateMention]:
    """The dates of a folded text in order. An order that one of them rules out is ruled out for all."""
    found = []
    for match in _DATE.finditer(folded):
        if match["first"] and not _is_written_as_date(match, folded):
            continue
        day_first, month_first = (told if _possible(told) else None for told in _orders(match))
        if day_first or month_first:
            start = match.start("alone") if match["alone"] else match.start()
            found.append(DateMention(start, match.end(), (day_first, month_first)))
    ruled_out = [any(m.orders[n] is None for m in found) for n in (0, 1)]
    if all(ruled_out):  # both orders in one text: each date for itself
        return found
    return [DateMention(m.start, m.end, (None if ruled_out[0] else m.orders[0], None if ruled_out[1] else m.orders[1])) for m in found]


def _is_written_as_date(match: re.Match[str], folded: str) -> bool:
    """Whether two figures with a sign between them are a date and no length of time, range or ratio."""
    if match["year"]:
        return True
    if match["sign"] != "/":
        return False
    return not (int(match["second"]) in _DENOMINATORS and _LENGTH.search(folded[max(0, match.start() - 12) : match.start()]))


def latest(mentions: Sequence[DateMention]) -> int | None:
    """Which of several dates is the latest, by its number; None where that depends on the order of day and month, or on nothing."""
    found = set()
    for order in (0, 1):
        near = mentions[0].on(order, SOME_DAY)
        days = [m.on(order, near) for m in mentions] if near else [None]
        told = [d for d in days if d]
        if len(told) == len(mentions):
            found.add(max(range(len(told)), key=lambda n: (told[n], n)))
    return found.pop() if len(found) == 1 else None
