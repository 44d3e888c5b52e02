"""Puts a draft right: bad pieces go, markers are set right, what is owed and absent is added from the dictated answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.guardrail.citation import AUTHOR, JOURNAL, right_marker
from assistant.guardrail.judging import Judged
from assistant.guardrail.readings import Context
from assistant.guardrail.tokens import MARKER
from assistant.records import Sentence

_FIRST = ("stop_now", "hold_until_resolved")
_TWINS = {"consider_prophylaxis": "prophylaxis_on_restart", "prophylaxis_on_restart": "consider_prophylaxis"}


@dataclass(frozen=True, slots=True)
class Repaired:
    """The text after repair, and what each piece became (by its place among the pieces)."""

    text: str
    shown: tuple[str, ...]


def repair(draft: str, judged: Sequence[Judged], lacking: Sequence[str], context: Context) -> Repaired:
    """The draft without its faults and with what it lacked."""
    orphans = _orphans(judged)
    shown = tuple("" if j.removed or at in orphans else _remarked(j) if j.remarked else j.piece.text for at, j in enumerate(judged))
    shown = _mend_joins(judged, shown)
    body = _assemble(draft, judged, shown)
    first, after = additions(lacking, context)
    parts = [" ".join(s.text for s in first), body, " ".join(s.text for s in after)]
    return Repaired("\n\n".join(p for p in parts if p.strip()), shown)


def additions(lacking: Sequence[str], context: Context) -> tuple[list[Sentence], list[Sentence]]:
    """The dictated sentences for what is lacking: those that state the action, and the rest."""
    first: list[Sentence] = []
    after: list[Sentence] = []
    for name in lacking:
        sentence = _sentence(name, context)
        if sentence is not None and sentence not in first + after:
            (first if name in _FIRST else after).append(sentence)
    return first, after


def _sentence(name: str, context: Context) -> Sentence | None:
    wanted = [name, _TWINS.get(name, "")] + (list(context.decision.rules) if name in _FIRST else [])
    for basis in wanted:
        for sentence in context.dictated.sentences:
            if sentence.basis == basis:
                return sentence
    return None


def _remarked(judged: Judged) -> str:
    """The piece with each wrong marker set right where that is clear, else without it."""
    wrong = {m.upper() for f in judged.faults for m in re.findall(r"\[(\w+)\]", f.why)}
    right = right_marker(judged.reading, judged.around)
    have = set(judged.reading.markers)

    def put(found: re.Match[str]) -> str:
        marks = list(re.findall(r"\w+", found.group()))
        if not any(m.upper() in wrong for m in marks):
            return found.group()
        good = [m for m in marks if m.upper() not in wrong]
        if right and right not in have and right not in good:
            good.append(right)
        return "".join(f"[{m}]" for m in good)

    text = MARKER.sub(put, judged.piece.text)
    if any(f.why.startswith("There is no source (") for f in judged.faults):
        text = JOURNAL.sub("", AUTHOR.sub("", text))
    return re.sub(r"\s+([.,;:])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).rstrip()


def _orphans(judged: Sequence[Judged]) -> frozenset[int]:
    """Headings and lead-ins whose every following piece was removed."""
    found = set()
    for at, one in enumerate(judged):
        leads = one.piece.kind == "heading" or (one.piece.text.endswith(":") and one.piece.kind == "text")
        if not leads or one.removed:
            continue
        under: list[bool] = []
        for other in judged[at + 1 :]:
            if other.piece.kind == "heading" or (one.piece.kind == "text" and other.piece.kind == "text" and under):
                break
            if other.piece.kind != "rule":
                under.append(other.removed)
        if under and all(under):
            found.add(at)
    return frozenset(found)


def _mend_joins(judged: Sequence[Judged], shown: Sequence[str]) -> tuple[str, ...]:
    """Where one part of a sentence went, the other ends in a full stop or begins with a capital."""
    made = list(shown)
    for at in range(len(made) - 1):
        same = judged[at].piece.sentence == judged[at + 1].piece.sentence
        if same and made[at].endswith(";") and not made[at + 1]:
            made[at] = made[at][:-1] + "."
        if same and not made[at] and made[at + 1]:
            made[at + 1] = made[at + 1][0].upper() + made[at + 1][1:]
    return tuple(made)


def _assemble(draft: str, judged: Sequence[Judged], shown: Sequence[str]) -> str:
    """The pieces in their places; a line that lost all its pieces goes, and so do doubled blanks."""
    made: list[str] = []
    at = 0
    for one, text in zip(judged, shown, strict=True):
        gap = draft[at : one.piece.start]
        made.append(gap if text or "\n" in gap else (" " if gap else ""))
        made.append(text)
        at = one.piece.end
    text = "".join(made) + draft[at:]
    text = re.sub(r"(?<=\S)[ \t]{2,}(?=\S)", " ", text)
    text = re.sub(r"[ \t]+$", "", text, flags=re.M)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
