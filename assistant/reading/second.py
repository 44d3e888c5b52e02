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
from assistant.weights import BUCKETS, FOLDER

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[?!+/%<>]")
_ARTICLES = frozenset({"the", "a", "an"})
_NAMED = frozenset({"state", "severity", "time", "intent"})  # kinds of items whose name is a class and no single thing
# Flags that turn what an item means.
_DECISIVE = frozenset({"negated", "hypothetical", "other", "historical", "unasserted", "prophylaxis", "uncertain", "exposure"})
LENGTHS = (1.0, 1.0, 0.35)
"""How much words, classed line and items weigh; chosen on authors that neither reader was built on."""
MAX_CHARACTERS = 4000


@lru_cache(maxsize=32768)
def _bucket(gram: str) -> int:
    return zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS


@lru_cache(maxsize=16384)
def _spelling(word: str) -> frozenset[int]:
    """The buckets of a word and of its runs of 3 to 5 letters."""
    padded = f"<{word}>"
    return frozenset(map(_bucket, [f"w {word}", *(f"c {padded[i : i + n]}" for n in (3, 4, 5) for i in range(len(padded) - n + 1))]))


def features(scans: Sequence[Scan]) -> tuple[np.ndarray, np.ndarray]:
    """Bucket numbers, shape (n,), and their weights, shape (n,), of a conversation.

    Three blocks of a fixed length each, so that the many letters do not drown the few items, and the items, which share
    the lexicon's errors, do not drown the words: words alone and in pairs and runs of 3 to 5 letters within a word; pairs and threes of the classed line; the items, their flags, which follows
    which, and what stands in the last of several turns. Numbers count as that alone, so that no dose is learnt by heart.
    """
    return _features(tuple(scans))


@lru_cache(maxsize=4)  # the classifiers of one message look at the same
def _features(scans: tuple[Scan, ...]) -> tuple[np.ndarray, np.ndarray]:
    spelt: set[int] = set()
    for scan in scans:
        words = ["#" if w[0].isdigit() else w for w in _WORD.findall(scan.folded[:MAX_CHARACTERS])]
        spelt.update(*map(_spelling, words))
        spelt.update(_bucket(f"p {a} {b}") for a, b in itertools.pairwise(["^", *words, "$"]))
    blocks = (spelt, {_bucket(g) for scan in scans for g in _classed(scan)}, {_bucket(g) for g in _read(scans)})
    filled = [(sorted(block), length) for block, length in zip(blocks, LENGTHS, strict=True) if block]
    values = [np.full(len(block), length / len(block) ** 0.5) for block, length in filled]
    return np.array([bucket for block, _ in filled for bucket in block], dtype=np.int64), np.concatenate(values) if values else np.zeros(0)


def _classed(scan: Scan) -> Iterator[str]:
    """Pairs, pairs over one word, and threes of the line in which names stand as their class."""
    edged = ["^", *_shown(scan), "$"]
    yield from (f"k2 {a} {b}" for a, b in itertools.pairwise(edged))
    for a, b, c in zip(edged, edged[1:], edged[2:], strict=False):
        yield f"k3 {a} {b} {c}"
        yield f"ks {a} {c}"


def _shown(scan: Scan) -> list[str]:
    """The words of the classed line without articles; a number is that alone."""
    return ["#" if w[0].isdigit() else w for w in scan.classed.text[:MAX_CHARACTERS].split() if w not in _ARTICLES]


def _read(scans: Sequence[Scan]) -> Iterator[str]:
    """What the lexicon read, as features."""
    for scan in scans:
        named = [(_name(i), ",".join(sorted(i.flags & _DECISIVE)), i) for i in scan.items]
        for name, decisive, item in named:
            yield f"i {name}"
            yield f"of {name}/{decisive}"
            yield from (f"if {name} {flag}" for flag in item.flags)
        yield from (f"ib {a} {b}" for (a, _, _), (b, _, _) in itertools.pairwise(named))
        told = [f"{name}/{decisive}" for name, decisive, item in named if item.kind != "intent"]
        yield from (f"ob {a} {b}" for a, b in itertools.pairwise(told))
        yield from (f"ot {a} {b} {c}" for a, b, c in zip(told, told[1:], told[2:], strict=False))
        yield from (f"il {name}" for name, _, _ in named[-1:])
    if len(scans) > 1:
        yield from (f"L {_name(i)}/{','.join(sorted(i.flags & _DECISIVE))}" for i in scans[-1].items if i.kind != "intent")
        yield from (f"Lw {word}" for word in _shown(scans[-1]))


def _name(item: Item) -> str:
    """An item by its kind, and by its name where that is a class."""
    return f"{item.kind}:{item.name if item.kind in _NAMED else item.entry.kind if item.kind == 'infection' else ''}"


@dataclass(frozen=True, slots=True)
class Classifier:
    """One classifier: labels, weights of shape (buckets, labels), bias of shape (labels,)."""

    labels: tuple[str, ...]
    weights: Any
    bias: Any

    def probabilities(self, scans: Sequence[Scan]) -> dict[str, float]:
        """The probability of each label; they add up to one."""
        buckets, values = features(scans)
        scores = values @ self.weights[buckets].astype(np.float64) + self.bias
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
