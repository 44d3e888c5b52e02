"""What was read from the question: its words marked where they stand, and the facts as chips."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from assistant.corrections import READ_AS, Value
from assistant.records import Case, EpisodeState, Fact, FactStatus, Infection
from assistant.screen.words import fact_name, fact_value, plain, words

Json = dict[str, Any]

# What follows from other facts, and from which; the words of those are its own.
_RESTS_ON = {"neutropenic_fever": ("anc", "temperature"), "renal_impairment": ("filtration", "creatinine", "dialysis")}
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


def facts(case: Case) -> tuple[Fact, ...]:
    """All that was read; of several patients each one's own."""
    return tuple(fact for part in case.others or (case,) for fact in part.facts)


def chips(case: Case, by_hand: Mapping[str, Value], turn: int) -> list[Json]:
    """One chip for each fact, in the order of the table of words; what was set by hand or is not counted is said."""
    found: list[Json] = []
    for number, part in enumerate(case.others or (case,), start=1):
        whose = f"Patient {number}: " if case.others else ""
        found += [{**chip, "label": whose + chip["label"]} for chip in (*_of_patient(part, turn), *_derived(part, by_hand, turn))]
    have = {chip["name"] for chip in found}
    for field, value in by_hand.items():
        read_as = READ_AS.get(field, field)
        name = read_as if field in have else field  # where the infection's name is told, its state stands beside it
        if read_as not in have and value is not None:
            found.append({"name": name, "label": fact_name(name), "value": fact_value(name, value), "words": [], "lights": [], "note": "set by hand", "new": True})
    return [*_suspected(case, {chip["name"] for chip in found}), *found, *_not_counted(case)]


def _of_patient(case: Case, turn: int) -> list[Json]:
    groups: dict[str, list[Fact]] = {}
    for fact in case.facts:
        groups.setdefault(fact.name, []).append(fact)
    rank = {name: place for place, name in enumerate(words().facts)}
    return [_chip(name, groups[name], turn) for name in sorted(groups, key=lambda name: rank.get(name, 99))]


def _derived(case: Case, by_hand: Mapping[str, Value], turn: int) -> list[Json]:
    """What nobody said and the decision rests on, since other facts show it; with the words of these."""
    found = []
    for name, bases in _RESTS_ON.items():
        under = [fact for fact in case.facts if fact.name in bases and fact.status is not FactStatus.DENIED]
        said = name == "neutropenic_fever" and not case.neutropenic_fever_derived
        if getattr(case, name) is not True or name in by_hand or said or not under or any(fact.name == name for fact in case.facts):
            continue
        told = " and ".join(dict.fromkeys(fact_name(fact.name) for fact in under))
        found.append({**_chip(name, under, turn), "value": plain(value=True), "note": f"derived from {told}"})
    return found


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
        "lights": list(dict.fromkeys(f.name for f in facts)),
        "note": ", ".join(dict.fromkeys(notes)),
        "new": any(f.words.turn == turn for f in facts),
    }


def _suspected(case: Case, have: set[str]) -> list[Json]:
    """An infection that nobody named, and that the decision rests on: told by signs alone, such as a fever."""
    if case.infection is not Infection.SUSPECTED or have & {"infection", "state"}:
        return []
    signs = [fact for fact in case.facts if fact.name == "temperature"]
    words, lights = [fact.words.text for fact in signs], list(dict.fromkeys(fact.name for fact in signs))
    return [{"name": "infection", "label": fact_name("infection"), "value": plain(case.infection.value), "words": words, "lights": lights, "note": "by its signs", "new": True}]


def _not_counted(case: Case) -> list[Json]:
    """Infections that are mentioned and do not count for the decision."""
    told = words().states
    aside = [e for e in (() if case.others else case.episodes) if e.state in _NOT_COUNTED]
    texts = dict.fromkeys((e.name, told[e.state.value]) for e in aside)
    return [{"name": "", "label": "Not counted", "value": name, "words": [], "lights": [], "note": note, "new": True} for name, note in texts]
