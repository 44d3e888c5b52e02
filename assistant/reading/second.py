"""The second reader: small linear classifiers over what a message says and what the lexicon found in it.

It weighs hashed n-grams of the words, of the line in which names stand as their class, and the lexicon's items with
their flags; so it learns what a list cannot foresee. Trained by `python -m eval.train_reader` on the examples in
`knowledge/second_reader/examples/`; the weights lie beside them. It needs numpy and nothing else, and gives the same
numbers everywhere. What it may change is decided in `standing` and `asked`: it never turns a hold into a restart
against the lexicon.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant import weights
from assistant.reading.items import Item, Scan
from assistant.reading.text import fold
from assistant.weights import BUCKETS, FOLDER

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[?!+/%<>]")
_ARTICLES = frozenset({"the", "a", "an"})
_NAMED = frozenset({"state", "severity", "time", "intent"})  # kinds of items whose name is a class and no single thing
MAX_CHARACTERS = 4000


@lru_cache(maxsize=32768)
def _bucket(gram: str) -> int:
    return zlib.crc32(gram.encode()) % BUCKETS


@lru_cache(maxsize=16384)
def _spelling(word: str) -> frozenset[int]:
    """The buckets of a word and of its runs of 3 to 5 letters."""
    padded = f"<{word}>"
    return frozenset(map(_bucket, [f"w {word}", *(f"c {padded[i : i + n]}" for n in (3, 4, 5) for i in range(len(padded) - n + 1))]))


def features(scans: Sequence[Scan]) -> np.ndarray:
    """The buckets of a conversation, shape (n,), each once and in order.

    Words alone and in pairs, and runs of 3 to 5 letters within a word; pairs and threes of the classed line; the items,
    their flags and which follows which. Numbers count as that alone, so that no dose or age is learnt by heart.
    """
    found: set[int] = set()
    for scan in scans:
        words = ["#" if w[0].isdigit() else w for w in _WORD.findall(fold(scan.text[:MAX_CHARACTERS]))]
        found.update(*map(_spelling, words))
        found.update(_bucket(f"p {a} {b}") for a, b in itertools.pairwise(["^", *words, "$"]))
        found.update(map(_bucket, _classed(scan)))
        found.update(map(_bucket, _read(scan.items)))
    return np.array(sorted(found), dtype=np.int64)


def _classed(scan: Scan) -> Iterator[str]:
    """Pairs, pairs over one word, and threes of the line in which names stand as their class."""
    words = ["#" if w[0].isdigit() else w for w in scan.classed.text[:MAX_CHARACTERS].split() if w not in _ARTICLES]
    edged = ["^", *words, "$"]
    yield from (f"k2 {a} {b}" for a, b in itertools.pairwise(edged))
    for a, b, c in zip(edged, edged[1:], edged[2:], strict=False):
        yield f"k3 {a} {b} {c}"
        yield f"ks {a} {c}"


def _read(items: Sequence[Item]) -> Iterator[str]:
    """What the lexicon read, as features."""
    names = [f"{i.kind}:{i.name if i.kind in _NAMED else i.entry.kind if i.kind == 'infection' else ''}" for i in items]
    for name, item in zip(names, items, strict=True):
        yield f"i {name}"
        yield from (f"if {name} {flag}" for flag in item.flags)
    yield from (f"ib {a} {b}" for a, b in itertools.pairwise(names))
    yield from (f"il {name}" for name in names[-1:])


@dataclass(frozen=True, slots=True)
class Classifier:
    """One classifier: labels, weights of shape (buckets, labels), bias of shape (labels,)."""

    labels: tuple[str, ...]
    weights: Any
    bias: Any

    def probabilities(self, scans: Sequence[Scan]) -> dict[str, float]:
        """The probability of each label; they add up to one."""
        buckets = features(scans)
        scores = self.weights[buckets].astype(np.float64).sum(axis=0) / max(1.0, len(buckets) ** 0.5) + self.bias
        scaled = np.exp(scores - scores.max())
        return dict(zip(self.labels, (scaled / scaled.sum()).tolist(), strict=True))

    def best(self, scans: Sequence[Scan]) -> tuple[str, float]:
        """The most probable label and its probability."""
        return max(self.probabilities(scans).items(), key=lambda pair: pair[1])


@lru_cache(maxsize=8)
def classifier(name: str, folder: Path = FOLDER) -> Classifier:
    """A trained classifier by name: `intent`, `topic` or `state`.

    Raises:
        KnowledgeError: where its weights are missing or do not fit its labels.
    """
    return Classifier(*weights.load(name, "labels", "eval.train_reader", folder))
