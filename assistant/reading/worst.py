"""How bad an infection was at its worst, as the second reader hears it where the lexicon found no word for it, or a milder one.

`Two of his three weeks asleep with a tube down` names no severity that a list could hold. What is heard fills a silence, or
raises what was read; it never makes an infection milder than its words.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.items import Scan
from assistant.reading.opinion import Opinion
from assistant.records import Infection, Severity

# The shares from which it is followed; chosen on held-back questions, in number.
FILLS_MILD, FILLS_WORSE = 0.7, 0.6
RAISES = 0.7
_OF_ONE = (Infection.ACTIVE, Infection.SUSPECTED, Infection.RESOLVING, Infection.RESOLVED)


def worst_point(scans: Sequence[Scan], infection: Infection, read: Severity) -> Severity:
    """The severity to go by: what was read, unless the second reader is sure where nothing was, or sure of worse once it is over and a restart hangs on it."""
    raisable = infection is Infection.RESOLVED and read is not Severity.LIFE_THREATENING
    if infection not in _OF_ONE or not (read is Severity.UNSPECIFIED or raisable):
        return read
    opinion = Opinion("severity", scans)
    best = Severity(max(opinion.likely, key=opinion.likely.__getitem__))
    if any(i.tier is best and i.has("negated") for s in scans for i in s.of("severity")):
        return read  # 'pneumonia, needs no oxygen': what is denied is not heard
    if read is Severity.UNSPECIFIED:
        return best if opinion.agrees(best.value, FILLS_MILD if best is Severity.MILD else FILLS_WORSE) else read
    return best if best.rank > read.rank and opinion.insists(best.value, RAISES) else read
