"""A second ear for instructions: two classifiers over clauses, for wordings that no list foresees.

They say how much a clause sounds like an instruction against a decision (go on, restart early, put the hold off, another
dose ...), and which of the things that a decision owes it says. One is linear, over words and over what the rules read; the
other reads with the first layers of the bundled encoder. Their log-odds are added. Trained by `python -m eval.train_telling`
on examples that the repository holds; the weights lie in `knowledge/second_reader/`.
"""

from __future__ import annotations

import itertools
import math
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant import weights
from assistant.guardrail import aims
from assistant.guardrail.conditions import all_kinds
from assistant.guardrail.readings import Reading
from assistant.guardrail.tokens import Token
from assistant.records import Action, Decision, Severity
from assistant.tuned import tuned
from assistant.weights import BUCKETS, FOLDER

NAME, TUNED = "telling", "hearing"
HEADS = ("hold", "resume_mild", "resume_severe", "reassess", "no_hold")
"""The decisions that a clause may speak against; after a mild infection another dose is right than after a severe one."""
PIECES = 80  # word pieces of a clause that are read

_MASK = BUCKETS - 1
_BETWEEN = re.compile(r"\s*(?:[,()|]|:\s|\s[-–—]\s|—)\s*")
_A_PART = 3  # words
_NOUNS = frozenset({"POM", "INF", "AMB", "AMBNAME", "QUIN", "WHO", "NUM", "SOURCE", "PARTNER", "OUTSIDE", "RENAL", "TREAT"})
_ARTICLES = frozenset({"the", "a", "an"})
_KEPT = 20_000
_LOUD = 3  # how often what an order comes to is counted
_REACH = 4  # how far apart two marks may stand to count as a pair


@lru_cache(maxsize=16384)
def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


@lru_cache(maxsize=16384)
def _letters(word: str) -> tuple[int, ...]:
    """The buckets of a word and of its runs of 3 to 5 letters; a number keeps nothing but that it is one."""
    shown = "#" if word[0].isdigit() else word
    padded = f"<{shown}>"
    grams = {f"w {shown}"} | {f"c {padded[i : i + n]}" for n in (3, 4, 5) for i in range(len(padded) - n + 1)}
    return tuple(sorted(_hash(g) & _MASK for g in grams))


@lru_cache(maxsize=8192)
def _marks(token: Token) -> tuple[int, int, int, tuple[int, ...]]:
    """A token as noun class or word, as head, as tag, and its letters."""
    mixed = token.tag if token.tag in _NOUNS else token.text
    head = token.text if token.tag in ("W", "PUNCT") else token.tag + token.form[:1]
    letters = tuple(b for word in token.text.split() for b in _letters(word))
    return _hash(f"m {mixed}"), _hash(f"h {head}"), _hash(f"l {token.tag} {token.form}"), letters


def features(reading: Reading) -> np.ndarray:
    """The buckets of a clause, shape (n,), repeats included: letters, sequences of words and of tags, and what the rules read."""
    letters = [b for token in reading.tokens for b in _marks(token)[3]]
    return np.array(letters + _sequences(reading), dtype=np.int64)


def _sequences(reading: Reading) -> list[int]:
    """The buckets of a clause without its letters."""
    found = [_hash(name) & _MASK for name in _read(reading)] + [_hash(name) & _MASK for name in _aims(reading)] * _LOUD
    mixed, heads, loud = [], [], []
    for token in reading.tokens:
        one, head, tag, _ = _marks(token)
        if token.tag != "W" or token.text not in _ARTICLES:
            mixed.append(one)
            heads.append(head)
        if token.tag not in ("W", "PUNCT"):
            loud.append(tag)
    for marks in (mixed, heads, loud):
        found += _runs(marks)
    return found + _pairs(loud)


def _runs(marks: Sequence[int]) -> list[int]:
    """A bucket for each mark, each two and each three neighbours."""
    made = [m & _MASK for m in marks]
    edged = [7, *marks, 11]
    two = [(a * 1000003 ^ b) & 0xFFFFFFFF for a, b in itertools.pairwise(edged)]
    made += [(v ^ v >> 15) & _MASK for v in two]
    three = [(a * 69069 ^ b) & 0xFFFFFFFF for a, b in zip(two, edged[2:], strict=False)]
    return made + [(v ^ v >> 15) & _MASK for v in three]


def _pairs(marks: Sequence[int]) -> list[int]:
    """A bucket for each two marks that stand near one another, in their order."""
    made = []
    for at, one in enumerate(marks):
        for other in marks[at + 1 : at + 1 + _REACH]:
            value = (one * 16777619 ^ other) & 0xFFFFFFFF
            made.append((value ^ value >> 15) & _MASK)
    return made


def _read(reading: Reading) -> Iterator[str]:
    """What the rules read, as features."""
    for order in reading.orders:
        yield f"o {order.act} {order.target} {order.negated}"
        yield f"o {order.act} {order.negated} {order.weak} {order.kind} {order.noun or order.past or order.rejected}"
        for part in order.conditions:
            for tag in part.tags:
                yield f"k {order.act} {order.negated} {part.kind} {tag}"
    for part in reading.parts:
        for tag in part.tags:
            yield f"s {part.kind} {tag}"


def _aims(reading: Reading) -> Iterator[str]:
    """What the orders about pomalidomide come to."""
    for order in reading.orders:
        if aims.on_pomalidomide(order, reading) and aims.is_instruction(order):
            told = aims.direction(order)
            yield f"d {told}"
            yield f"d {told} {order.act} {order.weak} {' '.join(sorted(all_kinds(order.conditions)))}"


@dataclass(frozen=True, slots=True)
class Telling:
    """The classifiers: names, weights of shape (names, buckets), bias of shape (names,)."""

    names: tuple[str, ...]
    weights: Any
    bias: Any
    _spelt: dict[tuple[str, Token], float] = field(default_factory=dict, compare=False, repr=False)

    def score(self, reading: Reading, name: str) -> float:
        """The log-odds that a clause speaks against the decision of one classifier."""
        column = self.weights[self.names.index(name)]
        buckets = _sequences(reading)
        size = len(buckets) + sum(len(_marks(token)[3]) for token in reading.tokens)
        made = float(column[buckets].sum()) if buckets else 0.0
        made += math.fsum(self._letters(token, name, column) for token in reading.tokens)
        return float(made / max(1.0, size**0.5) + self.bias[self.names.index(name)])

    def _letters(self, token: Token, name: str, column: Any) -> float:
        """What the letters of a token weigh, kept: the same words come again and again."""
        known = self._spelt.get((name, token))
        if known is None:
            if len(self._spelt) > _KEPT:
                self._spelt.clear()
            known = self._spelt[name, token] = float(column[list(_marks(token)[3])].sum())
        return known


@lru_cache(maxsize=2)
def telling(folder: Path = FOLDER) -> Telling:
    """The trained classifiers.

    Raises:
        KnowledgeError: where the weights are missing or do not fit.
    """
    names, table, bias = weights.load(NAME, "names", "eval.train_telling", folder)
    return Telling(names, np.ascontiguousarray(table.astype(np.float64).T), bias)


def heads_of(action: Action, severity: Severity | None) -> tuple[str, ...]:
    """Which heads judge under a decision: two where the severity is not known, none where nothing is decided on pomalidomide."""
    match action:
        case Action.HOLD | Action.INFORM:
            return ("hold",)
        case Action.RESUME:
            return {Severity.MILD: HEADS[1:2], Severity.SEVERE: HEADS[2:3]}.get(severity or Severity.UNSPECIFIED, HEADS[1:3])
        case Action.REASSESS:
            return ("reassess",)
        case Action.NO_HOLD:
            return ("no_hold",)
    return ()


@lru_cache(maxsize=4096)
def parts_of(body: str) -> tuple[str, ...]:
    """The parts of a clause between commas, brackets, dashes, colons and cells: heard together, the rest drowns what one of them undoes."""
    parts = tuple(part for part in _BETWEEN.split(body) if part.count(" ") + 1 >= _A_PART)
    return () if parts == (body,) else parts


def against(reading: Reading, decision: Decision) -> float:
    """The log-odds of both classifiers that a clause speaks against a decision; 0 where none judges."""
    return _against(reading, heads_of(decision.action, decision.severity))


@lru_cache(maxsize=4096)
def _against(reading: Reading, heads: tuple[str, ...]) -> float:
    """The mean over the heads that judge."""
    if not heads:
        return 0.0
    return sum(telling().score(reading, head) + tuned(TUNED).score(reading.body, head) for head in heads) / len(heads)


def says(reading: Reading, element: str) -> float:
    """The log-odds that a clause says one of the things that a decision may owe."""
    return tuned(TUNED).score(reading.body, element)


def claims(reading: Reading, kind: str) -> float:
    """The log-odds that a clause claims what no source says (`unsupported`) or advises on what none covers (`outside`)."""
    return tuned(TUNED).score(reading.body, kind)
