"""What stands behind an answer, for the citation panel: the article whole, and the places that the answer rests on.

A place (`stop`) is one passage behind one sentence of the answer, with the exact words to mark. Offsets are in UTF-16
code units, which is how a browser counts.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from assistant.knowledge import Knowledge, knowledge
from assistant.knowledge.choice import chosen, wanted
from assistant.records import Answer, Neighbour, Passage, Sentence
from assistant.screen.notes import SURE
from assistant.screen.words import typeset, words
from assistant.wording import markers_in

Json = dict[str, Any]

UNCITED = "¶"
_PRINTED = re.compile(r"(?<=[A-Za-z.)]) ([1-9])(?=$|,)")


def units(text: str, offset: int) -> int:
    """An offset of Python as the browser counts it."""
    return len(text[:offset].encode("utf-16-le")) // 2


@lru_cache(maxsize=1)
def article() -> Json:
    """The article in its reading order, the article's own reference numbers located, and what stands around it."""
    known = knowledge()
    blocks = [{"kind": kind, "id": name, "text": text, "notes": _notes(text)} for kind, name, text in known.blocks]
    head = known.head
    return {
        "title": head.title,
        "publisher": head.publisher,
        "status": head.review_status,
        "updated": head.updated_words,
        "purpose": head.purpose,
        "disclaimer": head.disclaimer,
        "blocks": blocks,
    }


def _notes(text: str) -> list[list[int]]:
    return [[units(text, m.start(1)), units(text, m.end(1))] for m in _PRINTED.finditer(text)]


@lru_cache(maxsize=1)
def references() -> Json:
    """The article's references by marker, as far as they are known."""
    told = words().references
    return {r.marker: {**r.model_dump(mode="json"), "told": told[r.status]} for r in knowledge().references.values()}


@lru_cache(maxsize=2)
def labels(today: datetime.date) -> Json:
    """The label records by passage id, with how far each may be trusted on a day."""
    return {f"label:{label.id}": {**label.model_dump(mode="json"), "text": typeset(label.text), "face": label.face_on(today)} for label in knowledge().labels.values()}


def placed(answer: Answer) -> list[tuple[int, Sentence]]:
    """The answer's sentences in the order of its text, each with where it stands there (-1 where it does not)."""
    found: list[tuple[int, Sentence]] = []
    taken: set[int] = set()
    for sentence in answer.sentences:
        start = answer.text.find(sentence.text)
        while start in taken and start >= 0:
            start = answer.text.find(sentence.text, start + 1)
        taken.add(start)
        found.append((start, sentence))
    return sorted(found, key=lambda one: one[0])


def stops(answer: Answer) -> list[Json]:
    """The places behind the answer, in the order of its sentences: this is also the order of next and previous."""
    known = knowledge()
    found: list[Json] = []
    for number, (_, sentence) in enumerate(placed(answer)):
        for marker, passage_id in _behind(sentence, answer, known):
            start, end = _exact(passage_id, answer, known)
            found.append({"mark": marker, "passage": passage_id, "sentence": number, "start": start, "end": end})
    return found


def named(name: str, answer: Answer, known: Knowledge) -> Passage:
    """A passage by its id: the knowledge's own, or one of an added source that was found for this answer."""
    return known.passages.get(name) or next(hit.passage for hit in answer.hits if hit.passage.id == name)


def _behind(sentence: Sentence, answer: Answer, known: Knowledge) -> Iterator[tuple[str, str]]:
    """Marker and passage id: first what the sentence's markers name, then what it says of the article without one."""
    cited: list[str] = []
    for marker in markers_in(sentence.text):
        own = [p for p in sentence.passage_ids if marker in named(p, answer, known).markers]
        for passage_id in own or [c.passage_id for c in answer.citations if c.marker == marker]:
            cited.append(passage_id)
            yield marker, passage_id
    for passage_id in sentence.passage_ids:
        if passage_id not in cited:
            yield UNCITED if passage_id.startswith("article:") else named(passage_id, answer, known).markers[0], passage_id


def _exact(passage_id: str, answer: Answer, known: Knowledge) -> tuple[int, int]:
    """Where the words stand that are quoted; the passage's whole text where no rule quotes a part of it."""
    text = named(passage_id, answer, known).text
    whole = _PRINTED.sub("", text)
    quoted = next((q.words for part in (answer.decision, *answer.decision.patients) for q in part.quotes if q.passage_id == passage_id), whole)
    start = text.find(quoted)
    return (units(text, start), units(text, start + len(quoted))) if start >= 0 else (0, units(text, len(text)))


def passages(answer: Answer, used: list[Json]) -> list[Json]:
    """Every passage that was cited or found: the cited ones first, in the order of the answer, then by score."""
    known = knowledge()
    ranks = {hit.passage.id: (rank, hit) for rank, hit in enumerate(answer.hits, start=1)}
    cited = list(dict.fromkeys(stop["passage"] for stop in used))
    order = [*cited, *(name for name in ranks if name not in cited)]
    return [_passage(name, cited=name in cited, found=ranks.get(name), answer=answer, known=known) for name in order]


def _passage(name: str, *, cited: bool, found: Any, answer: Answer, known: Knowledge) -> Json:
    passage = named(name, answer, known)
    rank, hit = found or (None, None)
    rules = _quoting(name, answer, known)
    return {
        "id": name,
        "source": passage.source,
        "section": list(passage.section),
        "text": typeset(passage.text),
        "markers": list(passage.markers),
        "face": passage.face,
        "before": _neighbour(passage.before),
        "after": _neighbour(passage.after),
        "cited": cited,
        "score": hit.score if hit else None,
        "rank": rank,
        "of": len(answer.hits),
        "because": _because(name, rules, cited=cited, answer=answer),
        "rules": rules,
        "beside": _beside(name, answer, known),
    }


def _neighbour(one: Neighbour | None) -> Json | None:
    return {"section": list(one.section), "text": typeset(one.text)} if one else None


def _because(name: str, rules: list[str], *, cited: bool, answer: Answer) -> str:
    """Why a passage is here, in one sentence."""
    if rules:
        return f"Quoted by a rule: {rules[0]}"
    if any(q.passage_id == name for q in answer.decision.quotes):
        return "It holds the fact that was asked for."
    return "A sentence of the answer rests on it." if cited else "Found by search; the answer does not rest on it."


def _quoting(name: str, answer: Answer, known: Knowledge) -> list[str]:
    """What the rules that fired say, of those that quote the passage or owe an element that rests on it."""
    short = name.removeprefix("article:").removeprefix("label:")
    fired = {rule for part in (answer.decision, *answer.decision.patients) for rule in part.rules}
    told = []
    for rule in (*known.algorithm.outcomes, *known.algorithm.modifiers):
        elements = [known.algorithm.elements[e] for e in rule.elements]
        owns = {q.passage for q in rule.quotes} | {p for e in elements for p in (*e.passages, *e.labels)} | {rule.label or ""}
        if rule.id in fired and short in owns:
            told.append(rule.says)
    return told


def _beside(name: str, answer: Answer, known: Knowledge) -> list[Json]:
    """What is known beside a passage of the article, each under the title of what it is: the notes that name it, and the labels of what rests on it.

    Of labels that differ those of the jurisdiction that was named or chosen are shown.
    """
    short = name.removeprefix("article:")
    if short == name:
        return []
    told, codes = words().notes, wanted(answer.case.jurisdictions, answer.jurisdiction)
    found = [
        {"title": told[note.kind], "text": f"{note.title}. {typeset(note.say)}", "face": SURE[note.confidence], "labels": _labels(note.labels, codes, known)}
        for note in known.notes.values()
        if short in note.passages
    ]
    pairs = [(e.passages, e.labels) for e in known.algorithm.elements.values()] + [(f.cites, f.labels) for f in known.facts.values()]
    mine = [label for cites, named_there in pairs if short in cites for label in named_there]
    under_notes = {label for one in found for label in one["labels"]}
    rest = [label for label in _labels(mine, codes, known) if label not in under_notes]
    return [*found, *({"title": told["label"], "text": "", "face": "", "labels": [label]} for label in rest)]


def _labels(names: Iterable[str], codes: Sequence[str], known: Knowledge) -> list[str]:
    return [f"label:{label.id}" for label in chosen((known.labels[name] for name in dict.fromkeys(names)), codes)]
