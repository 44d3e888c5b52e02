"""What has been read in one piece of a draft: tokens, segments, orders, markers; and what the checks are told of the case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from assistant.guardrail.clauses import Segment, segments
from assistant.guardrail.orders import Order, needs_of, orders_of
from assistant.guardrail.pieces import Piece
from assistant.guardrail.tokens import Token, markers_of, plain, tokens_of
from assistant.guardrail.verbs import merge_split_verbs
from assistant.records import Case, Decision, Dictated, Sentence

_RHETORICAL = re.compile(r"\bwhy not (?:just |simply )?(?:continue|carry|keep|resume|restart|go|give|take|stay)", re.I)
_ADVISES = frozenset({"SHOULD", "EVALPOS", "START", "STRONG", "WEAK", "GO", "STOP", "RESTART", "CONSIDER"})
_MATTERS = frozenset({"PARTNER", "OUTSIDE", "AMBNAME", "PRON", "UNKNOWN", "POM", "AMB", "PROPH", "DEX"})
_DECIDED = frozenset({"decision", "question", "separately", "elsewhere", "advice"})  # `please take that decision separately`
_TOPICS = ("AMB", "DEX", "PARTNER", "PROPH", "POM")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A piece as read. `asks` when it is a question; `topic` is what `it` stands for in the next piece."""

    body: str
    plain: str
    tokens: tuple[Token, ...]
    parts: tuple[Segment, ...]
    orders: tuple[Order, ...]
    markers: tuple[str, ...]
    tags: frozenset[str]
    asks: bool
    topic: str

    def has(self, *tags: str) -> bool:
        """Whether every one of the tags stands in the piece."""
        return all(tag in self.tags for tag in tags)

    def any(self, *tags: str) -> bool:
        """Whether one of the tags stands in the piece."""
        return not self.tags.isdisjoint(tags)

    @property
    def silent(self) -> bool:
        """Whether the piece says that the sources are silent, and leaves it at that: no advice on the matter follows."""
        if "SILENT" not in self.tags:
            return False
        last = max(at for at, t in enumerate(self.tokens) if t.tag == "SILENT")
        after = self.tokens[last + 1 :]
        told = next((at for at, t in enumerate(after) if at > 1 and t.tag in _ADVISES and t.text not in ("given", "made")), None)
        if told is None or any(t.tag in ("NEG", "HARMLESS", "SOURCE") for t in after):
            return True
        named = any(t.tag in _MATTERS for t in after[max(2, told - 3) :])
        return not named or any(t.text in _DECIDED for t in after[told:])


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a piece; `main` when it contradicts what the decision says to do with pomalidomide."""

    check: str
    why: str
    rule: str = ""
    severity: str = "major"
    main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The decision that a draft is held against, and the words of the question that were read."""

    case: Case
    decision: Decision
    dictated: Dictated
    words: frozenset[str]
    asked: str
    """The question's words in plain form, between blanks."""
    sentences: dict[str, Sentence]
    judged: dict[object, tuple[Fault, ...]] = field(default_factory=dict, compare=False, repr=False)
    """What has been found of a piece within this one check, so that a repair is not read twice."""

    @property
    def rule(self) -> str:
        return self.decision.rules[0] if self.decision.rules else ""

    def asks_of(self, phrase: str) -> bool:
        """Whether a phrase stands in the question, word for word."""
        return f" {phrase} " in self.asked

    def takes_up(self, word: str) -> bool:
        """Whether a word, or another form of it, stands in the question."""
        return len(word) > 5 and f" {word[:6]}" in self.asked

    def knows(self, word: str) -> bool:
        """Whether a word stands in what was read from the question."""
        return word in self.words


def context(case: Case, decision: Decision, dictated: Dictated, question: str = "") -> Context:
    """Gathers what the checks compare a draft with."""
    texts: list[str] = [case.infection_name, case.other_drug, case.quinolone, case.outside]
    for one in (case, *case.others):
        texts += [f.words.text for f in (*one.facts, *decision.facts)]
        texts += [w.text for e in one.episodes for w in (*e.words, *e.severity_words, *e.state_words)]
        texts += [e.name for e in one.episodes]
    words = {t.text for text in texts if text for t in tokens_of(text)} | {w for text in texts if text for w in plain(text).split()}
    return Context(
        case=case,
        decision=decision,
        dictated=dictated,
        words=frozenset(words),
        asked=f" {' '.join(t.text for t in tokens_of(question) if t.tag != 'PUNCT')} " if question else "",
        sentences={" ".join(s.text.split()): s for s in dictated.sentences},
    )


@lru_cache(maxsize=2048)
def read(body: str, topic: str) -> Reading:
    """Read one piece; the same words with the same topic are always read alike."""
    tokens = tokens_of(body)
    parts = segments(tokens)
    orders = orders_of(parts, topic)
    orders += needs_of(parts, orders)
    named = [t.tag for t in tokens if t.tag in _TOPICS]
    last = "POM" if "POM" in named else named[-1] if named else topic
    tags = frozenset(t.tag for part in parts for t in merge_split_verbs(part.tokens)) | frozenset(t.tag for t in tokens)
    asks = body.rstrip(" *_\"'”").endswith("?") and not _RHETORICAL.search(body)
    return Reading(
        body=body, plain=plain(body), tokens=tokens, parts=parts, orders=orders, markers=markers_of(body), tags=tags, asks=asks, topic=last
    )


def read_all(pieces: Iterable[Piece]) -> tuple[Reading, ...]:
    """Read pieces in order; what `it` means is carried from one to the next, pomalidomide at first."""
    found: list[Reading] = []
    topic = "POM"
    for piece in pieces:
        reading = read(piece.body, topic)
        found.append(reading)
        topic = reading.topic if piece.kind != "row" else "POM"
    return tuple(found)
