"""Two sources in one message that do not agree: a sheet says 'no infection', the drug chart says 'IV co-amoxiclav today'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reading.items import Item, Scan
from assistant.reading.phrases import phrase
from assistant.reading.quantities import FEVER
from assistant.records import Severity

_OVER = ("no_infection", "resolved", "treatment_done")
_UNDER_WAY = ("treatment_ongoing", "residual", "worse")
# 'This is not sepsis' denies how bad it is, and not that it is there.
_SEPSIS_ONLY = re.compile(r"seps|septic")
_NOT_TOLD = ("negated", "unasserted", "hypothetical", "other", "historical", "exposure", "prophylaxis", "far", "mid")


def sources_differ(scans: Sequence[Scan]) -> bool:
    """Whether one message reports that there is no infection, or only a mild one, and itself shows another picture."""
    return any(_differ(scan) for scan in scans)


def denied_and_seen(scan: Scan) -> bool:
    """Whether a source denies any infection and signs of one, or a fever, are told after it."""
    denials = [n for n, line in enumerate(scan.sentence_lines) if phrase("source").search(line) and phrase("claims_none").search(line)]
    signs = [i.sentence for i in scan.of("symptom") if not i.has(*_NOT_TOLD)] + _fevers(scan)
    signs += [i.sentence for i in scan.of("state") if i.name == "treatment_ongoing" and not i.has(*_NOT_TOLD)]
    return any(sign > denials[0] for sign in signs) if denials else False


def _differ(scan: Scan) -> bool:
    sourced = [(n, line) for n, line in enumerate(scan.sentence_lines) if phrase("source").search(line)]
    claims = [n for n, line in sourced if _claims_none(scan, n, line)]
    if any(_shows_infection(scan, n) for n in range(len(scan.sentence_lines)) if claims and n not in claims and not _is_another_illness(scan, claims, n)):
        return True
    cool = [n for n, line in sourced if phrase("claims_no_fever").search(line)]
    if cool and any(n not in cool for n in _fevers(scan)):
        return True
    played_down = [n for n, line in enumerate(scan.sentence_lines) if phrase("source").search(line) and phrase("played_down").search(line)]
    grave = {i.sentence for i in scan.of("severity") if i.tier is Severity.LIFE_THREATENING and not i.has(*_NOT_TOLD)}
    return bool(played_down and grave - set(played_down)) or _turns_within(scan)


def _told(scan: Scan, sentence: int) -> list[Item]:
    return [i for i in scan.items if i.sentence == sentence and not i.has(*_NOT_TOLD)]


def _claims_none(scan: Scan, sentence: int, line: str) -> bool:
    """Whether a sentence says that nothing is there, or that it is over."""
    if phrase("claims_none").search(line):
        return True
    return any(i.kind == "state" and i.name in _OVER and not _SEPSIS_ONLY.search(i.words.text.lower()) for i in _told(scan, sentence))


def _shows_infection(scan: Scan, sentence: int) -> bool:
    """Whether a sentence shows an infection under way: a fever measured, a treatment that runs, signs of it."""
    told = _told(scan, sentence)
    if any(i.kind == "state" and i.name in _OVER for i in told):
        return False
    if any(i.kind == "state" and i.name in _UNDER_WAY for i in told) or any(i.kind == "symptom" for i in told):
        return True
    if any(i.kind == "antimicrobial" and not (i.has("listed") and i.entry.prophylactic) for i in told):
        return True
    return sentence in _fevers(scan)


def _fevers(scan: Scan) -> list[int]:
    """The sentences with a temperature of 38.0 C or more."""
    return [scan.sentence_of[scan.token_at(q.start)] for q in scan.temperatures if q.value >= FEVER]


def _is_another_illness(scan: Scan, claims: list[int], sentence: int) -> bool:
    """Whether a sentence is of another diagnosis than the one that is over: 'letter: pneumonia resolved. Cellulitis since Friday'."""

    def named(where: Sequence[int]) -> set[str]:
        return {i.name for i in scan.of("infection") if i.sentence in where and i.entry.kind not in ("generic", "organism", "not_infection")}

    over, here = named(claims), named([sentence])
    return bool(over and here and not over & here) or bool(phrase("since_then").match(scan.sentence_lines[sentence]))


def _turns_within(scan: Scan) -> bool:
    """'No infection, says the form, but he is on day 3 of clarithromycin': both in one sentence."""
    for number, line in enumerate(scan.sentence_lines):
        parts = phrase("turn").split(line, maxsplit=1)
        if len(parts) == 2 and phrase("source").search(parts[0]) and phrase("claims_none").search(parts[0]):
            told = [i for i in _told(scan, number) if i.kind == "antimicrobial" or (i.kind == "state" and i.name in _UNDER_WAY)]
            if number in _fevers(scan) or any(i.words.text.lower().split()[0] in parts[1] for i in told):
                return True
    return False
