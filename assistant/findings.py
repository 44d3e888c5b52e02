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


def unverified(sentence: Sentence, *, beside: bool = True) -> list[Sentence]:
    """What is said of the figures of a sentence that were not seen in their source: right behind it, once for each reference; or elsewhere (not `beside`), with their words."""
    words = wording().labels
    told: dict[str, Sentence] = {}
    for reference, figure in shown(sentence):
        if figure.verdict == UNSEEN:
            name = ("unverified" if beside else "unverified_words") if reference.identity else "unverified_unknown"
            text = words[name].format(marker=reference.marker, words=figure.words)
            told[text] = Sentence(text=text, kind=Fate.HARMLESS, basis="references", passage_ids=(f"reference:{reference.marker}",), block=sentence.block)
    return list(told.values())


@lru_cache(maxsize=64)
def _compiled(words: str, others: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join([re.escape(words), *others]), re.IGNORECASE)


def _words(figure: Figure) -> re.Pattern[str]:
    return _compiled(figure.words, tuple(figure.shown_as))
