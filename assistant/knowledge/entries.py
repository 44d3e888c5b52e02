"""The records of the files below `knowledge/`, as they are written there: unknown keys are refused."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Jurisdiction = Literal["US", "EU", "CH", "CA"]
Verdict = Literal["correct", "differs", "incomplete", "not verified"]
FACES = {
    "original": "Read in the original.",
    "secondary": "Read in a secondary copy, not in the original label.",
    "memory": "Not seen in any copy of the label: not verified, and not to be relied on before it is read there.",
}
PASSED = "That day has passed: read the current label before relying on this record."


class Strict(BaseModel):
    """A record of a knowledge file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class QuoteEntry(Strict):
    """Words that must stand verbatim in the passage named."""

    passage: str
    words: str = Field(min_length=8)


class Outcome(Strict):
    """What a rule of the decision table decides."""

    action: Literal["hold", "resume", "reassess", "no_hold", "inform", "out_of_scope"]
    restart: Literal["same_dose", "consider_reduction", "depends_on_severity", "reassess_first"] | None = None
    basis: Literal["article", "precautionary", "label"] | None = None
    severity: Literal["unspecified", "none"] | None = None


class Rule(Strict):
    """A row of the decision table; `quotes` are the article's words for it."""

    id: str
    says: str
    when: dict[str, list[str]]
    then: Outcome | None = None
    elements: list[str] = []
    quotes: list[QuoteEntry] = []
    label: str | None = None


class Element(Strict):
    """Something an answer can owe, with the markers and passages that carry it."""

    markers: list[str]
    passages: list[str]
    labels: list[str] = []


class AskEntry(Strict):
    """A question back, with ready answers."""

    question: str
    answers: list[str] = Field(min_length=1)


class Algorithm(Strict):
    """The decision table, whole; `fields` are what a rule may ask for, each with its values."""

    fields: dict[str, list[str]]
    outcomes: list[Rule]
    modifiers: list[Rule]
    elements: dict[str, Element]
    asks: dict[Literal["infection", "severity", "anc", "dose_mg", "patient"], AskEntry]


class FactEntry(Strict):
    """A question of fact that the article answers."""

    id: str
    title: str
    say: str
    cites: list[str] = Field(min_length=1)
    labels: list[str] = []
    asked_as: list[str] = Field(min_length=2)


class Figure(Strict):
    """A statement that the article makes on the authority of a reference, in each passage where it stands, and what its source says."""

    passages: list[str] = Field(min_length=1)
    words: str = Field(min_length=2)
    shown_as: list[str] = []
    verdict: Verdict
    found: str
    confidence: str
    notes: list[str] = []

    @model_validator(mode="after")
    def _noted(self) -> Figure:
        if self.verdict != "correct" and not self.notes:
            raise ValueError("a figure that its source does not carry needs 'notes', which stand beside the answers that show it")
        return self


class Reference(Strict):
    """One of the article's reference numbers and what checking found."""

    marker: Literal["1", "2", "3", "4"]
    status: Literal["verified", "identified", "unknown"]
    identity: str
    doi: str
    confidence: str
    found: str
    figures: list[Figure] = []


class Label(Strict):
    """A product-label fact in our own words; what is not in the original carries that on its face."""

    id: str
    marker: Jurisdiction
    jurisdiction: str
    topic: str
    section: str
    edition: str
    read: Literal["original", "secondary", "memory"]
    confidence: str
    trusted_until: datetime.date | None = None
    text: str

    @model_validator(mode="after")
    def _dated(self) -> Label:
        if (self.read == "memory") != (self.trusted_until is None):
            raise ValueError("what was read needs 'trusted_until', and what was not seen can have none")
        return self

    @property
    def face(self) -> str:
        """How it was read, and until when that may be trusted."""
        if self.trusted_until is None:
            return FACES[self.read]
        return f"{FACES[self.read]} Edition: {self.edition}. To be read again by {self.trusted_until.isoformat()}."

    def due(self, today: datetime.date) -> bool:
        """Whether the day has passed until which the record may be trusted."""
        return self.trusted_until is not None and self.trusted_until < today

    def face_on(self, today: datetime.date) -> str:
        """The face as the page shows it on a day; an answer has the face itself, which no clock changes."""
        return f"{self.face} {PASSED}" if self.due(today) else self.face


class Raised(Strict):
    """What brings a note up: any of rules, elements, topics, flags or words, where actions, restarts, doses and ANC are among those given."""

    rules: list[str] = []
    elements: list[str] = []
    topics: list[str] = []
    flags: list[str] = []
    words: list[str] = []
    actions: list[str] = []
    restarts: list[str] = []
    doses: list[int] = []
    anc: list[float] = Field(default=[], max_length=2)

    @model_validator(mode="after")
    def _can_be_raised(self) -> Raised:
        if not any((self.rules, self.elements, self.topics, self.flags, self.words)):
            raise ValueError("nothing brings it up; name rules, elements, topics, flags or words")
        if self.anc and len(self.anc) != 2:
            raise ValueError("'anc' is two numbers: from, and below")
        return self


class NoteEntry(Strict):
    """A disagreement or a silence: where the article is at odds with a label or its own source, or says nothing."""

    id: str
    severity: Literal["A", "B", "C"]
    kind: Literal["disagreement", "silence"]
    title: str
    say: str
    confidence: str
    passages: list[str] = []
    labels: list[str] = []
    references: list[str] = []
    raised_by: Raised


class LabelTopic(Strict):
    """Something that can be asked of the labels: `words` and `never` are cue patterns, `topics` those of the label records, `drugs` lets a drug's name ask for it."""

    id: str = Field(pattern=r"^label\.")
    topics: list[str] = Field(min_length=1)
    title: str
    article: str
    cites: list[str] = []
    words: list[str] = Field(min_length=1)
    never: list[str] = []
    drugs: bool = False


class Inhibitor(Strict):
    """A drug that is asked about beside pomalidomide: what it does to CYP1A2; `words` are the patterns of its names."""

    id: str
    quinolone: bool = False
    strong: bool = False
    words: list[str] = []
    say: str
    confidence: Literal["V1", "V2", "M"]

    @model_validator(mode="after")
    def _can_be_named(self) -> Inhibitor:
        if self.quinolone == bool(self.words):
            raise ValueError("a quinolone is known to the lexicon and needs no 'words', and any other drug does")
        return self


class LabelQuestions(Strict):
    """label_questions.yaml: how a label is named, how a jurisdiction, and what can be asked."""

    named: list[str] = Field(min_length=1)
    jurisdictions: dict[Jurisdiction, list[str]]
    topics: list[LabelTopic]


class Source(Strict):
    """A source: where it lies and how far it may be trusted."""

    id: str
    file: str
    kind: Literal["article", "references", "labels", "notes"]
    status: str
    identity: str
    licence: str


class ArticleHead(Strict):
    """What stands around the article's text: status, date, disclaimer."""

    title: str
    heading: str
    publisher: str
    updated: Any
    updated_words: str
    review_status: str
    review_stages: list[str]
    review_note: str
    purpose: str
    disclaimer: str
