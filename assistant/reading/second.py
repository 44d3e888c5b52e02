"""The second reader: small linear classifiers over hashed word and letter n-grams, for what no list foresees.

Trained by `python -m eval.train_reader` on the examples in `knowledge/second_reader/examples/`; the weights lie
beside them. It needs numpy and nothing else, and gives the same numbers everywhere. What it may change is decided in
`reader`: it never turns a hold into a restart against the lexicon.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant import weights
from assistant.reading.text import fold
from assistant.weights import BUCKETS, FOLDER

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[?!+/%<>]")
MAX_CHARACTERS = 4000
BETWEEN_TURNS = " || "


def features(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Hashed n-grams of a text: bucket numbers, shape (n,), and their weights, shape (n,), of length one.

    Words alone and in pairs, and runs of 2 to 5 letters within a word; each counted once. Numbers keep their
    size class alone, so that a dose or an age is not learnt by heart.
    """
    words = ["#" if w[0].isdigit() else w for w in _WORD.findall(fold(text[:MAX_CHARACTERS]))]
    grams = {f"w {w}" for w in words} | {f"p {a} {b}" for a, b in zip(["^", *words], [*words, "$"], strict=True)}
    for word in words:
        padded = f"<{word}>"
        grams.update(f"c {padded[i : i + n]}" for n in (3, 4, 5) for i in range(len(padded) - n + 1))
    buckets = np.array(sorted({zlib.crc32(g.encode()) % BUCKETS for g in grams}), dtype=np.int64)
    return buckets, np.full(len(buckets), 1.0 / max(1.0, np.sqrt(len(buckets))))


@dataclass(frozen=True, slots=True)
class Classifier:
    """One classifier: labels, weights of shape (buckets, labels), bias of shape (labels,)."""

    labels: tuple[str, ...]
    weights: Any
    bias: Any

    def probabilities(self, text: str) -> dict[str, float]:
        """The probability of each label; they add up to one."""
        buckets, values = features(text)
        scores = values @ self.weights[buckets].astype(np.float64) + self.bias
        scaled = np.exp(scores - scores.max())
        return dict(zip(self.labels, (scaled / scaled.sum()).tolist(), strict=True))

    def best(self, text: str) -> tuple[str, float]:
        """The most probable label and its probability."""
        return max(self.probabilities(text).items(), key=lambda pair: pair[1])


@lru_cache(maxsize=8)
def classifier(name: str, folder: Path = FOLDER) -> Classifier:
    """A trained classifier by name: `intent`, `topic` or `state`.

    Raises:
        KnowledgeError: where its weights are missing or do not fit its labels.
    """
    return Classifier(*weights.load(name, "labels", "eval.train_reader", folder))
