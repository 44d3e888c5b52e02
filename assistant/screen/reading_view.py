"""What was read from the question: its words marked where they stand, and the facts as chips."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from assistant.corrections import Value
from assistant.records import Answer, EpisodeState, Fact, FactStatus
from assistant.screen.words import fact_name, fact_value, words

Json = dict[str, Any]

_NOT_COUNTED = (EpisodeState.HISTORICAL, EpisodeState.NOT_THIS_PATIENT, EpisodeState.ABSENT)


def marked(text: str, facts: tuple[Fact, ...], turn: int) -> list[Json]:
    """The question in pieces, each with the names of the facts that were read from it; overlapping words share a piece."""
    own = [f for f in facts if f.words.turn == turn and text[f.words.start : f.words.end] == f.words.text]
    edges = sorted({0, len(text), *(f.words.start for f in own), *(f.words.end for f in own)})
    pieces: list[Json] = []
    for start, end in itertools.pairwise(edges):
        names = list(dict.fromkeys(f.name for f in own if f.words.start <= start and end <= f.words.end))
        told = "; ".join(
            dict.fromkeys(f"{fact_name(f.name)}: {fact_value(f.name, f.value)}" for f in own if f.words.start <= start and end <= f.words.end)
        )
        pieces.append({"text": text[start:end], "names": names, "told": told})
    return pieces


def chips(answer: Answer, by_hand: Mapping[str, Value], turn: int) -> list[Json]:
    """One chip for each fact, in the order of the table of words; what was set by hand or is not counted is said."""
    groups: dict[str, list[Fact]] = {}
    for fact in answer.case.facts:
        groups.setdefault(fact.name, []).append(fact)
    rank = {name: place for place, name in enumerate(words().facts)}
    found = [_chip(name, groups[name], turn) for name in sorted(groups, key=lambda name: rank.get(name, 99))]
    others = [(name, value) for name, value in by_hand.items() if name not in groups and value is not None]
    found += [
        {"name": name, "label": fact_name(name), "value": fact_value(name, value), "words": [], "note": "set by hand", "new": True}
        for name, value in others
    ]
    return found + _not_counted(answer)


def _chip(name: str, facts: list[Fact], turn: int) -> Json:
    values = list(dict.fromkeys(fact_value(name, f.value) for f in facts))
    notes = [note for f in facts if (note := f.note or ("denied" if f.status is FactStatus.DENIED else ""))]
    if len(values) > 1 or any(f.status is FactStatus.CONFLICTING for f in facts):
        notes.append("several are stated")
    return {
        "name": name,
        "label": fact_name(name),
        "value": " / ".join(values),
        "words": list(dict.fromkeys(f.words.text for f in facts)),
        "note": ", ".join(dict.fromkeys(notes)),
        "new": any(f.words.turn == turn for f in facts),
    }


def _not_counted(answer: Answer) -> list[Json]:
    """Infections that are mentioned and do not count for the decision."""
    told = words().states
    aside = [e for e in answer.case.episodes if e.state in _NOT_COUNTED]
    texts = dict.fromkeys((e.name, told[e.state.value]) for e in aside)
    return [{"name": "", "label": "Not counted", "value": name, "words": [], "note": note, "new": True} for name, note in texts]
