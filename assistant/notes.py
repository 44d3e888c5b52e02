"""Where the article is silent or at odds with a label or its own source: the notes that stand beside an answer.

They come from `knowledge/disagreements.yaml` and never change a decision.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant import findings
from assistant.knowledge import NoteEntry, knowledge
from assistant.knowledge.choice import chosen, cited
from assistant.records import Case, Decision, Note, Sentence


def beside(case: Case, decision: Decision, turns: Sequence[str], jurisdictions: Sequence[str] = (), sentences: Sequence[Sentence] = ()) -> tuple[Note, ...]:
    """The notes that a question, its decision and the figures shown in its answer bring up, those that could change a dose or cause harm first."""
    text = "\n".join(turns).lower()
    figures = findings.notes(sentences)
    found = [_note(entry, jurisdictions) for entry in knowledge().notes.values() if entry.id in figures or _raised(entry, case, decision, text)]
    return tuple(sorted(found, key=lambda note: note.severity))


def _raised(entry: NoteEntry, case: Case, decision: Decision, text: str) -> bool:
    by = entry.raised_by
    parts = (decision, *decision.patients)
    named = (
        any(set(by.rules) & set(part.rules) for part in parts)
        or any(set(by.elements) & set(part.elements) for part in parts)
        or any(set(by.topics) & set(part.topics) for part in parts)
        or any(set(by.flags) & set(part.flags) for part in parts)
        or any(_compiled(pattern).search(text) for pattern in by.words)
    )
    return (
        named
        and (not by.actions or decision.action.value in by.actions)
        and (not by.restarts or (decision.restart is not None and decision.restart.value in by.restarts))
        and (not by.doses or case.dose_mg in by.doses)
        and (not by.anc or (case.anc is not None and by.anc[0] <= case.anc < by.anc[1]))
    )


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def _note(entry: NoteEntry, jurisdictions: Sequence[str]) -> Note:
    known = knowledge()
    labels = chosen((known.labels[name] for name in entry.labels), jurisdictions)
    return Note(
        id=entry.id,
        severity=entry.severity,
        kind=entry.kind,
        title=entry.title,
        text=" ".join([entry.say, *map(cited, labels)]),
        confidence=entry.confidence,
        passage_ids=(*(f"article:{name}" for name in entry.passages), *(f"label:{label.id}" for label in labels), *(f"reference:{r}" for r in entry.references)),
    )
