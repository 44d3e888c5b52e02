"""Neutrophils from a white count and its differential: 'WBC 1.8, segs 22 %, bands 2 %', 'TLC 2100, DLC N20 L70'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WHITE = re.compile(
    r"(?<![a-z])(?:total (?:leu[ck]ocyte |white (?:cell )?|wbc )?count|white (?:blood )?(?:cell )?counts?|white cells?|whites?|leu[ck]ocytes?|w\.?b\.?c\.?|w\.?c\.?c\.?|tlc|tc)(?![a-z])"
    r"(?:\s|is|was|of|at|now|only|total|count|down|to|just|today|[:=~,(-])*(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?!\s*(?:%|\d|(?:/|per)\s*(?:h|l)pf|\s*(?:hours|days|weeks)))\s*(k\b|x?\s*10|/\s*(?:u|mm|cu|c)|per|cells)?"
)
_NEUTROPHILS = r"n|p|neuts?|neutros?|neutrophils?|polys?|polymorphs?|pmns?|segs?|segmented(?: neutrophils)?|grans?|granulocytes"
_BANDS = r"bands?|stabs?|stab cells|band forms"
_LINK = r"(?:\s|was|is|are|of|at|only|just|[:=~(-]){0,6}"
# Figures that follow a white count and are its parts: with a per cent sign, or in a list of at least two ('N30 L58').
_SHARE = re.compile(rf"(?<![a-z])({_NEUTROPHILS}){_LINK}(\d{{1,3}}(?:\.\d)?)\s*(?:%|percent\b|per cent\b)")
_SHARE_BEFORE = re.compile(rf"(\d{{1,3}}(?:\.\d)?)\s*(?:%|percent|per cent)\s*(?:of (?:them|which|those)\s*)?(?:are |were |being )?({_NEUTROPHILS}|{_BANDS})(?![a-z])")
_LISTED = re.compile(rf"(?<![a-z])({_NEUTROPHILS})\s?[:=]?\s?(\d{{1,3}})\s?%?[\s,/;]*(?:l|lymphs?|lymphocytes)\s?[:=]?\s?\d{{1,3}}(?!\d|\.\d)")
_SLASHED = re.compile(r"(?<![a-z])n\s?/\s?l\s*[:=]?\s*(\d{1,3})\s?/\s?\d{1,3}")
_YOUNG = re.compile(rf"(?<![a-z])(?:{_BANDS}){_LINK}(\d{{1,2}}(?:\.\d)?)\s*%")
_OTHER_TEST = re.compile(r"\n\s*\n|(?<![a-z])(?:hb|hgb|haemoglobin|hemoglobin|plts?|platelets?|anc)(?![a-z])")
# How far from the white count its parts may stand, in characters, and the white count up to which it is in 10^9/L.
_REACH, _BILLIONS = 60, 100.0


@dataclass(frozen=True, slots=True)
class Differential:
    """Neutrophils in 10^9/L reckoned from a white count and a share, and where both stand."""

    value: float
    start: int
    end: int


def _white_count(raw: str, unit: str | None) -> float:
    value = float(raw.replace(",", ""))
    per_microlitre = unit is not None and unit.lstrip().startswith(("/", "per", "cells"))
    return value / 1000 if value > _BILLIONS or per_microlitre else value


def _shares(near: str) -> list[tuple[float, int]]:
    """The shares of neutrophils and bands in per cent behind a white count, each with where it ends; the first of each counts."""
    found: list[tuple[float, int]] = []
    mature = next((m for p in (_SHARE, _LISTED) if (m := p.search(near))), None)
    slashed = _SLASHED.search(near)
    before = _SHARE_BEFORE.search(near)
    if mature:
        found.append((float(mature.group(2)), mature.end(2)))
    elif slashed:
        found.append((float(slashed.group(1)), slashed.end(1)))
    elif before:
        found.append((float(before.group(1)), before.end()))
    young = _YOUNG.search(near) if found else None
    return [*found, (float(young.group(1)), young.end(1))] if young else found


def differentials(folded: str) -> Iterator[Differential]:
    """The neutrophil counts that white counts and their parts amount to, in the order of the text."""
    for white in _WHITE.finditer(folded):
        behind = _OTHER_TEST.split(folded[white.end(1) : white.end(1) + _REACH])[0]
        ahead = _OTHER_TEST.split(folded[max(0, white.start() - _REACH) : white.start()])[-1]
        shares = _shares(behind)
        start, end = white.start(), white.end(1) + max((stop for _, stop in shares), default=0)
        if not shares:
            shares, start = _shares(ahead), white.start() - len(ahead)
        total = sum(share for share, _ in shares)
        if shares and total <= 100:
            yield Differential(round(_white_count(white.group(1), white.group(2)) * total / 100, 3), start, end)
