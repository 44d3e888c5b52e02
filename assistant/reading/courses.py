"""When a treatment ends, reckoned from its dates and from what day it is: 'EOT 12/30 ... today 12/19' runs, 'until 3/10, today is 3/24' is over.

Nothing is reckoned where the day of today is not told, or where the order of day and month leaves open what came first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.reading.calendar_dates import SOME_DAY, DateMention, dates_in
from assistant.reading.phrases import phrase

_AMOUNT = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split()
_LENGTH = re.compile(rf"(?<![\d.])(\d{{1,2}}|{'|'.join(_AMOUNT)})[\s-]?(d|days?|w|wks?|weeks?)\b(?! (?:ago|back))")
# '6 wks IV via PICC, now week 4': how long it is to run, and how far it has come.
_PROGRESS = re.compile(
    rf"(?<![\d.])(?P<all>\d{{1,2}}|{'|'.join(_AMOUNT)})[\s-]?(?P<unit>d|days?|w|wks?|weeks?)\b(?! (?:ago|back|old))(?P<of>[^.;?!\n]{{0,50}}?)"
    r"\b(?:now|currently|presently|today|at present)(?: (?:is|in|on|at|only|just))*[ ,:]*(?P<same>d|day|w|wk|week) ?(?P<now>\d{1,2})\b"
)
_TREATED = re.compile(r"\b(?:iv|picc|opat|po|oral|orally|treatment|course|antibiotics?|abx|therapy)\b")
_SENTENCE_END = re.compile(r"[;!?\n]|\.(?!\d)(?=\s|$)")
# How far from a date, in characters, the words stand that say what ended or began then.
_REACH = 70


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a treatment: where it is told, from its cue to its date, and how many days ago it was (negative: still to come).

    `bare`: the cue says nothing of a treatment ('until 3/10'), so that one must be named beside it.
    """

    start: int
    end: int
    days_ago: int
    bare: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """What the dates of a text tell: the ends of treatments, and the spans of characters that only tell a date or the day of today."""

    endings: tuple[Ending, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def today_in(folded: str, dates: Sequence[DateMention]) -> tuple[DateMention, int] | None:
    """The date that is told to be the day of the question, and where its words begin; None without one or with two."""
    found = []
    for told in dates:
        start = max(0, told.start - 40)
        if ahead := phrase("today_ahead").search(folded[start : told.start]):
            found.append((told, start + ahead.start()))
        elif phrase("today_behind").match(folded[told.end : told.end + 12]):
            found.append((told, told.start))
    return found[-1] if found and len({told.orders for told, _ in found}) == 1 else None


def dated(folded: str) -> Dated:
    """What is reckoned from the dates of a folded text, where today is told, and from how far a course has come."""
    dates, running = dates_in(folded), tuple(_running(folded))
    today = today_in(folded, dates) if len(dates) > 1 else None
    if today is None:
        return Dated(running)
    day, start = today
    ends = tuple(found for told in dates if told is not day for found in _endings_at(folded, told, day))
    return Dated((*ends, *running), ((start, day.end), *((d.start, d.end) for d in dates)))


def _running(folded: str) -> Iterator[Ending]:
    """Courses of which it is told how long they are to run and that they have not come so far."""
    for found in _PROGRESS.finditer(folded):
        whole = int(found["all"]) if found["all"].isdigit() else _AMOUNT.index(found["all"]) + 1
        left = whole - int(found["now"])
        if found["unit"][0] == found["same"][0] and left >= 0:
            yield Ending(found.start(), found.end(), -(left * (7 if found["same"].startswith("w") else 1)) - 1, bare=_TREATED.search(found["of"]) is None)


def _endings_at(folded: str, told: DateMention, today: DateMention) -> Iterator[Ending]:
    """The end that one date tells: by a word for an end before it, or as the begin of a course of so many days."""
    sentence = _SENTENCE_END.split(folded[max(0, told.start - _REACH) : told.start])[-1]
    cue = next((c for name in ("course_ends", "course_until") if (c := phrase(name).search(sentence))), None)
    if cue:
        days = _days_ago(told, today, past=phrase("course_ended").search(sentence[cue.start() :]) is not None, add=0)
        if days is not None and (days < 0 or not phrase("course_planned").search(sentence)):
            yield Ending(told.start - len(sentence) + cue.start(), told.end, days, bare=phrase("course_ends").search(sentence) is None)
        return
    behind = _SENTENCE_END.split(folded[told.end : told.end + 24])[0]
    length = next(iter(_LENGTH.finditer(behind)), None) or next(reversed(list(_LENGTH.finditer(sentence))), None)
    if length and phrase("course_begins").search(sentence):
        amount = int(length[1]) if length[1].isdigit() else _AMOUNT.index(length[1]) + 1
        days = _days_ago(told, today, past=True, add=amount * (7 if length[2].startswith("w") else 1))
        if days is not None:
            yield Ending(told.start, told.end, days, bare=True)


def _days_ago(told: DateMention, today: DateMention, *, past: bool, add: int) -> int | None:
    """How many days lie between a date (and so many days after it) and today; None where that is not told.

    Where the order of day and month leaves it open, the end is taken to lie ahead, unless a verb says that it is past.
    """
    ended = past and not add
    found = []
    for order in (0, 1):
        now = today.on(order, SOME_DAY)
        then = _placed(told, order, now, past=past) if now else None
        if now and then:
            found.append((now - then).days - add)
        elif now or then:
            return None
    if not found or (ended and min(found) < 0 <= max(found)):
        return None
    return min(found)


def _placed(told: DateMention, order: int, now: date, *, past: bool) -> date | None:
    """The day that is meant. A bare day of the month lies behind today only where a verb says so."""
    if told.has_month:
        return told.on(order, now)
    day = told.orders[order][2] if told.orders[order] else 0  # type: ignore[index]
    if past:
        then = told.on(order, now)
        return then if then is None or then <= now else told.on(order, now - timedelta(days=30))
    return told.on(order, now) if day > now.day else None
