"""Release by sentence: what a model has written so far is shown only as far as it has been checked.

The guardrail judges whole sentences. While a draft grows, its finished sentences are checked as a draft of their own,
and what the guardrail lets stand of them is released; the last sentence waits until the next one has begun. The verdict
on the whole draft comes at its end and has the last word.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import groupby

from assistant import guardrail
from assistant.guardrail.pieces import cut
from assistant.records import Case, Decision, Dictated, Verdict

Shows = Callable[[str], None]


class Release:
    """Hears a growing draft and shows its checked part; without `show` it does nothing."""

    def __init__(self, case: Case, decision: Decision, dictated: Dictated, show: Shows | None, *, started: float, question: str = "") -> None:
        self._case, self._decision, self._dictated, self._show = case, decision, dictated, show
        self._started = started
        self._question = question
        self._checked = ""
        self._shown = ""
        self.first: float | None = None
        """Seconds from `started` (a reading of `time.perf_counter`) to the first release, None before it."""

    def hear(self, text: str, whole: bool) -> None:
        """Take the draft so far; `whole` where its end is the end of a sentence for certain."""
        ready = finished(text, whole=whole)
        if self._show is None or len(ready) <= len(self._checked):
            return
        self._checked = ready
        verdict = guardrail.check(ready, case=self._case, decision=self._decision, dictated=self._dictated, question=self._question)
        standing = stands(ready, verdict)
        if standing and standing != self._shown:
            self._shown = standing
            self.first = time.perf_counter() - self._started if self.first is None else self.first
            self._show(standing)


def finished(text: str, *, whole: bool) -> str:
    """The part of a growing draft that will not change: all but its last sentence.

    A question waits for its answer, which may be part of what is said; a marker that stands alone belongs to the
    sentence before it.
    """
    sentences = [list(pieces) for _, pieces in groupby(cut(text), key=lambda piece: piece.sentence)]
    if not whole and sentences:
        last = sentences.pop()
        if last[0].text.startswith("[") and sentences:
            sentences.pop()
    while sentences and (sentences[-1][-1].text.endswith("?") or sentences[-1][-1].kind in ("heading", "row", "header", "rule")):
        sentences.pop()
    return text[: sentences[-1][-1].end] if sentences else ""


def stands(text: str, verdict: Verdict) -> str:
    """What the guardrail lets stand of a text's own sentences, in order; nothing that it would add."""
    shown = ""
    gap, before = "", 0
    for line in verdict.ledger:
        gap += text[before : line.start]
        before = line.end
        if line.shown:
            shown += (_space(gap) if shown else "") + line.shown
            gap = ""
    return shown


def _space(gap: str) -> str:
    return "\n\n" if "\n\n" in gap else "\n" if "\n" in gap else " "
