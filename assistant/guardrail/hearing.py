"""Weighs what the rules read of an order against what the second ear hears of it."""

from __future__ import annotations

import math

from assistant.guardrail import action, aims, dose, missing, near, telling
from assistant.guardrail.clauses import HEADS
from assistant.guardrail.readings import Context, Fault, Reading
from assistant.records import Action, Basis, Severity

# Log-odds of the second ear; chosen on drafts that it was not trained on.
CONDEMNS = {Action.RESUME: 0.6, Action.REASSESS: 0.6}
CONDEMNS_ELSE = 0.8
CONDEMNS_CONFIRMED = 1.3
CONDEMNS_BARE = 1.5  # of words that name no deed, no drug and no dose
ACQUITS = -0.5  # of words that the rules cannot read
OVERRULES = -2.0  # of an order that the rules read: its words are those of drafts that fit the decision
OVERRULES_COMPANION = -3.0  # of what goes with it, which the ear hears less well
_FITS = {Action.HOLD: ("stop", "norestart"), Action.INFORM: ("stop", "norestart"), Action.RESUME: ("restart", "go"), Action.REASSESS: ("stop", "norestart")}
_DEEDS = ("POM", "STOP", "GO", "RESTART", "START", "DELAY", "DOSE", "SAME", "REDUCE", "RAISE", "KEEP", "BRING")


def heard(orders: list[Fault], beside: list[Fault], reading: Reading, context: Context, *, named: bool) -> list[Fault]:
    """What is left of the faults that the rules found once the second ear has been asked, or what it hears where they found none."""
    if reading.asks or context.decision.action not in telling.WORLDS:
        return orders + beside
    against = telling.against(reading, context.decision.action)
    least = CONDEMNS.get(context.decision.action, CONDEMNS_ELSE)
    doubted = bool(orders or beside) and not (near.fault(reading) or _imperative(reading))
    if doubted and context.decision.basis is not Basis.LABEL:  # a label's hold hangs on a count, of which the ear knows nothing
        orders = [f for f in orders if against >= _overrules(f)]
        beside = [f for f in beside if against >= OVERRULES_COMPANION]
    if orders or beside or named or against < least or reading.silent or reading.has("PERM", "NEG"):
        return orders + beside
    confirmed = _confirmed(reading, context)
    if _owed_dose(reading, context):
        return []  # which dose is right hangs on the severity and the age, which the dose check knows
    bound = CONDEMNS_CONFIRMED if confirmed else least if reading.any(*_DEEDS) else CONDEMNS_BARE
    if against < bound:
        return []
    why = "It sounds like an instruction against the decision, in words that no rule confirms."
    return [Fault("action", why, context.rule, "critical", main=not (confirmed and context.decision.action is Action.RESUME))]


def _owed_dose(reading: Reading, context: Context) -> bool:
    """Whether a piece gives the dose that is owed, or speaks of the kidneys alone."""
    owed = {"dex_20mg_weekly", "elderly_3mg"} | ({"consider_dose_reduction"} if context.decision.severity is Severity.SEVERE else set())
    plainly = {"resume_same_dose"} if context.decision.severity is Severity.MILD and len(reading.tokens) < 9 else set()
    if (owed | plainly).intersection(missing.carried_by(reading, context)):
        return True
    return reading.any("RENAL") and not any(o.act in ("GO", "RESTART", "STOP") and aims.is_instruction(o) and o.text not in ("no change", "unchanged", "no adjustment") for o in reading.orders)


def takes_up(fault: Fault, reading: Reading, context: Context) -> bool:
    """Whether a schedule or a change of dose is only spoken of (`halving it is not what the article says`), as the second ear hears it."""
    if fault.why not in dose.SPOKEN_OF or context.decision.action is not Action.HOLD or _imperative(reading):
        return False
    return telling.against(reading, Action.HOLD) < (-0.5 if any(context.takes_up(t.text) for t in reading.tokens if t.tag in ("REDUCE", "W", "UNKNOWN")) else OVERRULES)


def _imperative(reading: Reading) -> bool:
    """Whether a piece opens with a plain order (`continue ...`, `do not monitor ...`), which the rules read best."""
    at = next((at for at, t in enumerate(reading.tokens) if t.tag not in ("PUNCT", "NEG", "W", "NUM")), None)
    if at is None or (at and reading.tokens[at - 1].text in ("to", "the", "a")):
        return False
    return reading.tokens[at].tag in HEADS and reading.tokens[at].form == "base"


def _overrules(fault: Fault) -> float:
    """Below which log-odds a fault that the rules found is not believed."""
    if fault.why == action.UNREAD:
        return ACQUITS
    return -math.inf if fault.why == action.FOR_GOOD else OVERRULES


def _confirmed(reading: Reading, context: Context) -> bool:
    """Whether the rules read in a piece what the decision owes, or an order that fits it."""
    fits = _FITS.get(context.decision.action, ())
    if any(aims.on_pomalidomide(o, reading) and aims.is_instruction(o) and aims.direction(o) in fits for o in reading.orders):
        return True
    return bool(missing.carried_by(reading, context))
