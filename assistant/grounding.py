"""What each sentence of an answer rests on, and the marker that says so where a model left it out.

A right statement without its marker is no error, but a reader wants to open its source: where the source is clear the
marker is added, and the text with it must pass the guardrail as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant import guardrail
from assistant.knowledge import knowledge
from assistant.records import Case, Decision, Dictated, Fate, LedgerLine, Outcome, Sentence, Verdict
from assistant.wording import markers_in

_END = re.compile(r"[.!?…:;]*[\"'”’)*_]*\Z")
_RESTS = (Fate.QUOTED, Fate.RULE)


def cited(verdict: Verdict, case: Case, decision: Decision, dictated: Dictated, question: str = "") -> Verdict:
    """The verdict with the markers added that its text lacks, where that passes without a finding; else as it was."""
    if verdict.outcome is Outcome.OVERRIDE:
        return verdict
    text, at, ledger = "", 0, []
    for line in verdict.ledger:
        place = verdict.text.find(line.shown, at) if line.shown else -1
        marker = _marker(line)
        if place < 0 or not marker:
            ledger.append(line)
            continue
        marked = _with(line.shown, marker)
        text += verdict.text[at:place] + marked
        at = place + len(line.shown)
        ledger.append(replace(line, shown=marked))
    text += verdict.text[at:]
    again = guardrail.check(text, case=case, decision=decision, dictated=dictated, question=question)
    sound = again.outcome is Outcome.PASS and not again.findings
    return replace(verdict, text=text, ledger=tuple(ledger)) if sound else verdict


def sentences(verdict: Verdict, dictated: Dictated) -> tuple[Sentence, ...]:
    """The sentences that are shown, each with the passages it rests on: those of the draft, then those put in."""
    if verdict.text == dictated.text:
        return dictated.sentences
    own = {sentence.text: sentence for sentence in dictated.sentences}
    drafted = [
        own.get(line.shown) or Sentence(text=line.shown, kind=line.fate, basis=line.basis, passage_ids=tuple(dict.fromkeys(_passages(line))))
        for line in verdict.ledger
        if line.shown
    ]
    told = {sentence.text for sentence in drafted}
    return (*drafted, *(sentence for sentence in dictated.sentences if sentence.text not in told and sentence.text in verdict.text))


def _marker(line: LedgerLine) -> str:
    """The one reference of the article that carries a sentence without a marker; "" where there is none or it is not clear."""
    if line.fate not in _RESTS or not line.shown or markers_in(line.shown) or line.text.startswith(("|", "#")):
        return ""
    known = knowledge()
    found: set[str] = set(known.passages[line.basis].markers) if line.basis in known.passages else set()
    for name in line.basis.split(", "):
        if name in known.algorithm.elements:
            found.update(known.algorithm.elements[name].markers)
    numbers = sorted(marker for marker in found if marker.isdigit())
    return numbers[0] if len(numbers) == 1 else ""


def _with(text: str, marker: str) -> str:
    end = _END.search(text)
    at = end.start() if end else len(text)
    return f"{text[:at]} [{marker}]{text[at:]}"


def _passages(line: LedgerLine) -> Iterator[str]:
    """The passages behind a sentence: the one it quotes, those of the elements it carries, or those that its rule quotes."""
    known = knowledge()
    if line.basis in known.passages:
        yield line.basis
        return
    table = {rule.id: rule for rule in (*known.algorithm.outcomes, *known.algorithm.modifiers)}
    for name in line.basis.split(", "):
        if name in known.algorithm.elements:
            element = known.algorithm.elements[name]
            yield from [f"article:{passage}" for passage in element.passages] + [f"label:{label}" for label in element.labels]
        elif name in table:
            yield from (f"article:{quote.passage}" for quote in table[name].quotes)
