"""What checking found of the figures that a sentence of an answer shows, which the article takes from its references."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from assistant.knowledge import Figure, Reference, knowledge
from assistant.records import Fate, Sentence
from assistant.wording import wording

UNSEEN = "not verified"


def shown(sentence: Sentence) -> list[tuple[Reference, Figure]]:
    """The figures of the passages behind a sentence that stand in its words, in the article's own or in another form."""
    behind = {name.removeprefix("article:") for name in sentence.passage_ids}
    return [(reference, figure) for reference in knowledge().references.values() for figure in reference.figures if behind & set(figure.passages) and _words(figure).search(sentence.text)]


def notes(sentences: Iterable[Sentence]) -> frozenset[str]:
    """The notes that stand beside an answer for the figures that it shows."""
    return frozenset(name for sentence in sentences for _, figure in shown(sentence) for name in figure.notes)


def unverified(sentence: Sentence) -> list[Sentence]:
    """What is said right behind a sentence of the figures in it that were not seen in their source, once for each reference."""
    return _told(sentence, _unseen(sentence), "unverified")


def untold(sentences: Iterable[Sentence], text: str) -> list[Sentence]:
    """What is said at the end of a text, with the figures' words, of those that its sentences show without saying right behind that they were not seen in their source."""
    shown_by = list(sentences)
    said = [figure for s in shown_by for figure in _unseen(s) if all(f"{s.text} {one.text}" in text for one in _told(s, [figure], "unverified"))]
    return list({one.text: one for s in shown_by for one in _told(s, [f for f in _unseen(s) if f not in said], "unverified_words") if one.text not in text}.values())


def _unseen(sentence: Sentence) -> list[tuple[Reference, Figure]]:
    return [(reference, figure) for reference, figure in shown(sentence) if figure.verdict == UNSEEN]


def _told(sentence: Sentence, figures: Iterable[tuple[Reference, Figure]], label: str) -> list[Sentence]:
    words = wording().labels
    told: dict[str, Sentence] = {}
    for reference, figure in figures:
        text = words[label if reference.identity else "unverified_unknown"].format(marker=reference.marker, words=figure.words)
        told[text] = Sentence(text=text, kind=Fate.HARMLESS, basis="references", passage_ids=(f"reference:{reference.marker}",), block=sentence.block)
    return list(told.values())


@lru_cache(maxsize=64)
def _compiled(words: str, others: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join([re.escape(words), *others]), re.IGNORECASE)


def _words(figure: Figure) -> re.Pattern[str]:
    return _compiled(figure.words, tuple(figure.shown_as))
