"""The words of a text that count in the search by words, and how much each weighs."""

from __future__ import annotations

import math
import re

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?")
_COMMON = frozenset(
    "a about after all an and any are as at be been but by can could did do does for from had has have he her him his how i if in is it its "
    "just me my no not now of on once or our out she should so than that the their them then there they this to up was we were what when "
    "where which while who why will with would you your".split()
)


def words(text: str) -> list[str]:
    """The words of a text that count in the search by words: lower case, no plural s, common words left out."""
    found = (w.removesuffix("'s") for w in _WORD.findall(text.lower()))
    return [w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in found if w not in _COMMON]


def weight(passages: int, holding: int) -> float:
    """Inverse document frequency, as BM25 in Lucene's form has it."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))
