"""Reads and validates `knowledge/`; the only reader of that folder.

Every file is checked whole before anything is used: unknown keys, doubled ids, quotes that do not stand in the
passage they name. All faults are reported at once, each with file, key and remedy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from assistant.errors import KnowledgeError
from assistant.knowledge import article, links
from assistant.knowledge.entries import (
    Algorithm,
    ArticleHead,
    FactEntry,
    Figure,
    Inhibitor,
    Label,
    LabelQuestions,
    LabelTopic,
    NoteEntry,
    Reference,
    Rule,
    Source,
    Strict,
)
from assistant.knowledge.files import Faults, load_yaml, read
from assistant.records import Passage

__all__ = ["HOME", "FactEntry", "Figure", "Inhibitor", "Knowledge", "Label", "LabelTopic", "NoteEntry", "Reference", "Rule", "knowledge", "load", "load_yaml"]

T = TypeVar("T", bound=Strict)

HOME = Path(__file__).resolve().parent.parent.parent / "knowledge"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of `knowledge/` but the lexicon and the wording, validated."""

    head: ArticleHead
    blocks: tuple[tuple[str, str, str], ...]
    passages: dict[str, Passage]
    references: dict[str, Reference]
    labels: dict[str, Label]
    sources: tuple[Source, ...]
    algorithm: Algorithm
    facts: dict[str, FactEntry]
    notes: dict[str, NoteEntry]
    label_questions: LabelQuestions
    inhibitors: dict[str, Inhibitor]
    sha256: str

    def passage(self, short_id: str) -> Passage:
        """The article's passage by its anchor (`lead`, `algorithm.mild.hold`, ...)."""
        return self.passages[f"article:{short_id}"]

    def topic(self, name: str) -> FactEntry | LabelTopic:
        """What is known under a topic: a fact of the article, or (`label.…`) what the labels say."""
        if name in self.facts:
            return self.facts[name]
        return next(entry for entry in self.label_questions.topics if entry.id == name)

    def labels_on(self, topic: LabelTopic) -> tuple[Label, ...]:
        """The label records that answer a topic, in the order of labels.yaml."""
        return tuple(label for label in self.labels.values() if label.topic in topic.topics)


def load(home: Path = HOME) -> Knowledge:
    """Read and validate the folder `home`.

    Raises:
        KnowledgeError: with every fault of every file, each with file, key and remedy.
    """
    faults = Faults()
    text = _article(home, faults)
    table = _whole(Algorithm, home / links.TABLE, faults)
    facts = faults.parse_list(FactEntry, home / "facts.yaml", "facts", "id")
    references = faults.parse_list(Reference, home / "references.yaml", "references", "marker")
    labels = faults.parse_list(Label, home / "labels.yaml", "labels", "id")
    notes = faults.parse_list(NoteEntry, home / "disagreements.yaml", "notes", "id")
    questions = _whole(LabelQuestions, home / "label_questions.yaml", faults)
    drugs = faults.parse_list(Inhibitor, home / "inhibitors.yaml", "drugs", "id")
    links.check_inhibitors(faults, drugs)
    sources = faults.parse_list(Source, home / "sources.yaml", "sources", "id")
    if not faults.lines or (text.passages and labels):  # ids are compared with what could be read
        links.check_facts(faults, facts, text.passages, labels)
        links.check_references(faults, references, text.passages, notes)
        for note in notes.values():
            links.check_ids(faults, f"disagreements.yaml: notes[{note.id}]", note.passages, note.labels, text.passages, labels)
    if table is not None and text.passages:
        links.check_table(faults, table, text.passages, labels)
    if table is not None and facts and references:
        links.check_notes(faults, notes, table, facts, references)
    if questions is not None and labels:
        links.check_questions(faults, questions, labels)
    faults.raise_if_any()
    assert text.head is not None and table is not None and questions is not None  # raise_if_any has raised otherwise
    passages = {**text.passages, **{p.id: p for p in _from_records(references.values(), labels.values())}}
    digest = hashlib.sha256("\x1e".join(f"{p.id}\x1f{p.text}" for p in passages.values()).encode()).hexdigest()
    return Knowledge(text.head, tuple(text.blocks), passages, references, labels, tuple(sources.values()), table, facts, notes, questions, drugs, digest)


def _article(home: Path, faults: Faults) -> article.Article:
    try:
        return article.split(read(home / article.FILE), faults)
    except KnowledgeError as fault:
        faults.lines.append(str(fault))
        return article.Article()


def _whole(model: type[T], path: Path, faults: Faults) -> T | None:
    """A file that is one record."""
    known = len(faults.lines)
    data = faults.yaml(path)
    return faults.parse(model, data, path.name) if len(faults.lines) == known else None


def _from_records(references: Iterable[Reference], labels: Iterable[Label]) -> Iterable[Passage]:
    """References and labels are passages too, in our own words."""
    for ref in references:
        told = ref.identity or f"The article's reference {ref.marker} could not be identified."
        section = ("References", f"Reference {ref.marker}")
        yield Passage(id=f"reference:{ref.marker}", source="references", text=f"{told} {ref.found}", section=section, markers=(ref.marker,))
    for label in labels:
        section = ("Product labels", label.jurisdiction)
        yield Passage(id=f"label:{label.id}", source="labels", text=label.text, section=section, markers=(label.marker,), face=label.face)


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The project's own knowledge, read once in a process and never changed."""
    return load()
