"""Where the article is silent or at odds with a label or its own source: the notes beside an answer, as data for the browser."""

from __future__ import annotations

from typing import Any

from assistant.knowledge import knowledge
from assistant.records import Answer
from assistant.screen.words import typeset

Json = dict[str, Any]

ALWAYS = "A"  # could change a dose or cause harm: shown beside the answer; the others stand in the panel
SURE = {
    "V1": "Seen in an official page or in the publication's own record.",
    "V2": "Seen in a copy only; check it before relying on it.",
    "M": "From memory, not verified.",
    "I": "Our own inference.",
}


def notes(answer: Answer) -> list[Json]:
    """The notes of an answer, those that could change a dose or cause harm first."""
    known = knowledge()
    return [
        {
            "id": note.id,
            "always": note.severity == ALWAYS,
            "kind": note.kind,
            "title": note.title,
            "say": typeset(known.notes[note.id].say),
            "sure": SURE[note.confidence],
            "labels": [name for name in note.passage_ids if name.startswith("label:")],
            "references": [name.removeprefix("reference:") for name in note.passage_ids if name.startswith("reference:")],
            "passage": next((name for name in note.passage_ids if name.startswith("article:")), ""),
        }
        for note in answer.notes
    ]
