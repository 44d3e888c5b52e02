"""A conversation as data for the browser: nothing is decided here, and nothing but words leaves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from assistant.records import Action, Answer, Outcome
from assistant.screen import card, clock, exports, keeping, notes, prose, reading_view, reasons, sources, voice
from assistant.screen.conversation import Conversation, Entry
from assistant.screen.corrected import corrected
from assistant.screen.course import course
from assistant.screen.handmade import handmade
from assistant.screen.words import words

Json = dict[str, Any]


Drawn = dict[int, tuple[object, Json]]


def view(conversation: Conversation, *, waiting: str = "", models: Sequence[str] = (), drawn: Drawn | None = None) -> Json:
    """The whole conversation; `waiting` says what the last answer still waits for, `models` which may explain it anew.

    `drawn` holds the turns as they were made before: those that have not changed are taken from it.
    """
    drawn = {} if drawn is None else drawn
    turns: list[Json] = []
    last = len(conversation.entries) - 1
    for number, entry in enumerate(conversation.entries):
        made_of = (_Same(conversation.entries[: number + 1]), conversation.reader, waiting if number == last and not entry.settled else "", number == last)
        if number not in drawn or drawn[number][0] != made_of:
            shown = {**entry_view(conversation.until(number), made_of[2]), "last": number == last}
            drawn[number] = (made_of, {**shown, "id": number, "version": _version(shown)})
        turns.append(drawn[number][1])
    return {
        "id": conversation.id,
        "article": sources.article(),
        "references": sources.references(),
        "labels": _named(sources.labels(clock.today()), turns),
        "turns": turns,
        "models": [*models, ""] if models else [],
        "ticked": [f"{number}:{item}" for number, item in sorted(conversation.ticked)],
        "said": {str(one.number): {"verdict": one.verdict, "comment": one.comment, "expected": one.expected} for one in conversation.said},
        "actions": [[action.value, words().actions[action.value].word] for action in Action],
    }


def _named(labels: Json, turns: list[Json]) -> Json:
    """The labels that the turns speak of: all of them would be a third of what the browser is sent at every run."""
    used = {name for turn in turns if turn["answer"] for name in turn["answer"]["labels"]}
    return {name: label for name, label in labels.items() if name in used}


class _Same:
    """Entries that are the same where they are the very same objects: they are frozen, and comparing them whole is slow."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and len(self.entries) == len(other.entries) and all(a is b for a, b in zip(self.entries, other.entries, strict=True))

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up


def entry_view(conversation: Conversation, waiting: str) -> Json:
    """The last question of a conversation and its answer."""
    entry = conversation.entries[-1]
    answer = entry.answer
    turn = len(conversation.turns) - 1 if entry.typed else -1
    shown: Json = {"text": entry.text, "fault": entry.fault, "waiting": waiting, "number": len(conversation.entries), "typed": not entry.by_hand}
    if answer is None:
        return {**shown, "question": [{"text": entry.text, "names": [], "told": ""}], "answer": None}
    return {
        **shown,
        "question": reading_view.marked(entry.text, reading_view.facts(answer.case), turn),
        "answer": _answer(answer, entry, conversation, turn),
    }


def _answer(answer: Answer, entry: Entry, conversation: Conversation, turn: int) -> Json:
    reader = card.reader_of(answer.case, conversation.reader)
    answer = voice.said_to(answer, reader)
    places = sources.stops(answer)
    found = sources.passages(answer, places)
    beside = notes.notes(answer)
    named = [p["id"] for p in found] + [name for p in found for one in p["beside"] for name in one["labels"]] + [name for note in beside for name in note["labels"]]
    glance = card.card(answer.case, answer.decision, reader, handmade=handmade(answer))
    return {
        "card": glance,
        "spoken": card.spoken(glance),
        "chips": reading_view.chips(answer.case, conversation.corrections(answer.case), turn),
        "corrections": reasons.corrections(answer.decision),
        "lead": words().readers[reader].lead if answer.decision.action in card.DECIDED else "",
        "paragraphs": prose.paragraphs(answer, places),
        "stops": places,
        "passages": found,
        "notes": beside,
        "labels": [name for name in dict.fromkeys(named) if name.startswith("label:")],
        "asks": reasons.asks(answer.decision),
        "why": reasons.why(answer.case, answer.decision, reader),
        "course": course(answer.case, answer.decision),
        "note": exports.note(answer, reader),
        "remarks": [remark for remark in (entry.remark, answer.remark) if remark],
        "checked": _checked(answer),
        "corrected": corrected(answer) if entry.settled else None,
        "plain": not voice.explained(answer, reader),
        "receipt": entry.settled and entry.remark != keeping.OLDER,
        "settled": entry.settled,
    }


def _checked(answer: Answer) -> str:
    """Who wrote the text, and what the check made of it."""
    draft = answer.draft
    if draft is None or draft.failure or answer.verdict.outcome is Outcome.OVERRIDE:
        return "Written by the rules."
    removed = len(answer.verdict.findings)
    fate = (
        "every sentence passed the check"
        if answer.verdict.outcome is Outcome.PASS
        else f"{removed} finding{'s' if removed != 1 else ''} mended by the check"
    )
    return f"Explained by {draft.model}; {fate}. The decision is the rules'."


def _version(shown: Json) -> str:
    """Changes whenever what is shown changes, so that the browser draws only what is new."""
    return hashlib.sha256(json.dumps(shown, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:16]
