"""Check `scope`: advice on other drugs, and answers to what the sources do not cover."""

from __future__ import annotations

import re

from assistant.guardrail.cues import cues
from assistant.guardrail.readings import Context, Fault, Reading
from assistant.records import Action

ANSWERS = "It answers a question that the sources do not cover."

_CLAIMS = (
    "EVALPOS",
    "EVALNEG",
    "CAUSE",
    "RAISE",
    "REDUCE",
    "IMPAIR",
    "BENEFIT",
    "WEAK",
    "SHOULD",
    "STRONG",
    "STOP",
    "GO",
    "RESTART",
    "START",
    "DELAY",
)
_REFERS = re.compile(r"\b(?:better placed|best placed|right (?:person|people|team|place)|(?:ask|contact|consult|check with|speak to|turn to|refer to) (?:your|the|her|his|their|a)|will (?:know|advise|answer)|would not be right|carr(?:y|ied) (?:over|the)|a guess|(?:only|solely) (?:know|speak|cover|about)|covers? (?:\w+ )?only|use (?:the|its|their) (?:\w+ )?(?:label\w*|prescribing information|guidance))\b")
_ADVICE = ("STOP", "GO", "RESTART", "START", "SHOULD", "STRONG", "EVALPOS", "DOSE")


def faults(reading: Reading, context: Context) -> list[Fault]:
    """The faults of one piece as to what it speaks of."""
    if reading.asks or reading.silent:
        return []
    if reading.any("PARTNER") and _advises(reading) and not (context.decision.action is Action.OUT_OF_SCOPE and refers(reading)):
        return [Fault("scope", "It gives advice on another drug, which no source covers.", context.rule)]
    outside = context.decision.action is Action.OUT_OF_SCOPE
    if outside and context.case.other_drug and not reading.any("NEG") and any(word in reading.plain for word in cues().claims.likened):
        return [Fault("scope", "It carries the article over to another drug.", context.rule)]
    if outside and reading.any("OUTSIDE", "AMBNAME", "PARTNER", "UNKNOWN") and reading.any(*_ADVICE) and not refers(reading):
        return [Fault("scope", ANSWERS, context.rule)]
    return []


def refers(reading: Reading) -> bool:
    """Whether a piece sends the reader to somebody who may know."""
    return _REFERS.search(reading.plain) is not None


def _advises(reading: Reading) -> bool:
    """Whether another drug is spoken of as such, not only as a part of the regimen that is named."""
    if any(order.target == "PARTNER" for order in reading.orders):
        return True
    alone = not reading.any("POM")
    return alone and reading.any(*_CLAIMS)
