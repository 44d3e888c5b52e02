"""Example questions of the knowledge's facts: indexed beside the passages, found in the place of those that answer them.

A clinician's words are nearer to another question than to the article's prose. What is found is always a passage.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.knowledge import knowledge
from assistant.records import Passage

SOURCE = "examples"


def rows() -> tuple[Passage, ...]:
    """A row of the index for each example question; none of them is ever shown or cited."""
    return tuple(Passage(id=name, source=SOURCE, text=question) for name, (question, _) in _numbered().items())


def answered() -> Mapping[str, tuple[str, ...]]:
    """For each row's id the ids of the passages that answer it."""
    return {name: passages for name, (_, passages) in _numbered().items()}


def _numbered() -> dict[str, tuple[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for fact in knowledge().facts.values():
        passages = (*(f"article:{cited}" for cited in fact.cites), *(f"label:{label}" for label in fact.labels))
        found |= {f"example:{fact.id}:{n}": (question, passages) for n, question in enumerate(fact.asked_as)}
    return found
