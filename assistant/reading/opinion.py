"""The second reader's opinion of a conversation: what its two classifiers say, in one; of how an infection stands, how bad it was at its worst, and what is asked.

The linear one (`second`) weighs words and the lexicon's items, and errs with the lexicon. The other reads the line, in which
names stand as what they are ('the antibiotics are done'), with the bundled model and what was trained onto it
(`assistant.tuned`): it errs elsewhere, so that both together are surer than each. Trained by `python -m eval.train_reader`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cached_property

from assistant.reading.items import Scan
from assistant.reading.second import classifier
from assistant.tuned import tuned

NAME = "reading"
HEADS = {"state": ("infected", "resolved", "none"), "intent": ("decision", "fact", "outside"), "severity": ("mild", "severe", "life_threatening", "unspecified")}
"""What the tuned classifier tells, by the linear one beside it; a label that only the linear one knows keeps its share."""
PIECES = 128  # word pieces that are read
_EDGE = 40  # words kept at the beginning and at the end of a long note: there it says who it is about and what is asked
_CLASSES = {"<inf>": "infection", "<abx>": "antibiotics", "<pom>": "pomalidomide", "<sym>": "symptom"}
_CLASS = re.compile(r"<\w+>")
DISSENT = 0.35  # a share of the linear one below which it speaks against a label; chosen on questions that were hunted for unsafe readings
RULED_OUT = 0.15  # a share of both together below which the tuned one has all but ruled it out
NOT_RULED_OUT = 0.85  # a share of the linear one that stands whatever the other says
SETTLED = 0.98  # where the linear one is so sure, the other is not asked
SURER = 0.15  # how much surer of an infection both together must be where the linear one alone is not
FEARED, NOT_EXCLUDED = 0.9, 0.3  # shares of the tuned one from which an infection is feared, and of the linear one below which it is not; chosen on held-back questions in number
_LEAST = 1e-9  # a probability that is not quite nought, so that it has a logarithm


def line_of(scans: Sequence[Scan]) -> str:
    """The conversation as the tuned classifier reads it: classed, and in plain words again."""
    words = " | ".join(_CLASS.sub(lambda found: _CLASSES.get(found[0], found[0][1:-1]), scan.classed.text) for scan in scans).encode("utf-8", "replace").decode().split()
    return " ".join(words if len(words) <= 2 * _EDGE else [*words[:_EDGE], *words[-_EDGE:]])


class Opinion:
    """What both classifiers think of a conversation. The tuned one costs most of the reading, so it is asked only where the linear one leaves it open."""

    def __init__(self, name: str, scans: Sequence[Scan]) -> None:
        """`name` is one of `HEADS`.

        Raises:
            KnowledgeError: where weights are missing or damaged.
        """
        self._name, self._scans = name, scans
        self.linear = classifier(name).probabilities(scans)

    @cached_property
    def _tuned(self) -> dict[str, float]:
        return _tuned(self._name, line_of(self._scans))

    @cached_property
    def likely(self) -> dict[str, float]:
        """The probability of each label by both, their geometric mean; they add up to one."""
        if max(self.linear.values()) >= SETTLED:
            return self.linear
        joint = {label: math.sqrt((share + _LEAST) * (self._tuned.get(label, share) + _LEAST)) for label, share in self.linear.items()}
        total = sum(joint.values())
        return {label: share / total for label, share in joint.items()}

    def agrees(self, label: str, sure: float) -> bool:
        """Whether both together are so sure of a label, and the linear one does not speak against it."""
        return self.linear[label] >= DISSENT and self.likely[label] >= sure

    def insists(self, label: str, sure: float) -> bool:
        """Whether each by itself is so sure of a label."""
        return self.linear[label] >= sure and self._tuned[label] >= sure

    def warns(self, sure: float) -> bool:
        """Whether there is an infection: the linear one is so sure of it and the other does not rule it out, or is surer than to be ruled out, or both together are."""
        linear = self.linear["infected"]
        return (linear >= sure and (linear >= NOT_RULED_OUT or self.likely["infected"] >= RULED_OUT)) or self.agrees("infected", sure + SURER)

    def fears(self) -> bool:
        """Whether the tuned one is sure of an infection that the linear one does not exclude: too much to say that there is none."""
        return self.linear["infected"] >= NOT_EXCLUDED and self._tuned.get("infected", 0.0) >= FEARED


def _tuned(name: str, line: str) -> dict[str, float]:
    model = tuned(NAME)
    odds = dict(zip(model.heads, model.scores([line])[0].tolist(), strict=True))
    scaled = {label: math.exp(odds[label]) for label in HEADS[name]}
    return {label: value / sum(scaled.values()) for label, value in scaled.items()}
