"""Weighs what the rules read of an order against what the second ear hears of it."""

from __future__ import annotations

import math

from assistant.guardrail import action, aims, dose, missing, near, scope, stances, telling
from assistant.guardrail.amounts import amounts_of
from assistant.guardrail.clauses import HEADS
from assistant.guardrail.readings import Context, Fault, Reading, read
from assistant.records import Action, Basis, Severity

# Log-odds of the second ear; chosen on drafts that it was not trained on.
CONDEMNS = -0.3
CONDEMNS_CONFIRMED = 0.9  # of words in which the rules read what is owed
CONDEMNS_PLAIN = 2.5  # of so few words that nothing can hide among them, or of those that say two things that are owed
CONDEMNS_REASONED = -0.8  # of a clause that borrows the article's reason
CONDEMNS_ORDERLESS = 1.5  # of few words in which no order is read
CONDEMNS_BARE = 0.2  # of few words, and of those that name no deed, no drug and no dose
CONDEMNS_PART = 0.7  # of a part of a clause
FITS = -4.0  # of a clause that names a dose in one of its parts
ACQUITS = -0.5  # of words that the rules cannot read
OVERRULES = -2.5  # of an order that the rules read: its words are those of drafts that fit the decision
OVERRULES_COMPANION = -4.0  # of what goes with it, which the ear hears less well
OVERRULES_FOR_GOOD = -3.5  # of a permanent stop
OVERRULES_FIRMLY = -4.0  # of a dose that was read from words, and of a hold that hangs on something, which the rules read best
CLAIM_ACQUITS, CLAIM_CONDEMNS = -3.0, 2.0  # of a claim that holds a strange word; of one in which the rules find nothing
SAYS = 0.0  # that a clause says what a marker stands for
_FEW = 8  # words
_MARKED = {
    "1": ("stop_now", "hold_until_resolved", "consider_prophylaxis", "prophylaxis_on_restart", "quinolone_caution"),
    "2": ("dex_20mg_weekly",),
    "3": ("elderly_3mg", "renal_monitoring"),
    "4": ("planned_resumption",),
}
_BY_A_WORD = ("No source speaks of", "'", "It gives advice on another drug")
_FITS = {Action.HOLD: ("stop", "norestart"), Action.INFORM: ("stop", "norestart"), Action.RESUME: ("restart", "go"), Action.REASSESS: ("stop", "norestart")}
_DEEDS = ("POM", "STOP", "GO", "RESTART", "START", "DELAY", "DOSE", "SAME", "REDUCE", "RAISE", "KEEP", "BRING")


def heard(orders: list[Fault], beside: list[Fault], reading: Reading, context: Context, *, named: bool) -> list[Fault]:
    """What is left of the faults that the rules found once the second ear has been asked, or what it hears where they found none."""
    return _heard_whole(orders, beside, reading, context, named=named) or ([] if named else _heard_in_a_part(reading, context))


def _heard_whole(orders: list[Fault], beside: list[Fault], reading: Reading, context: Context, *, named: bool) -> list[Fault]:
    if reading.asks:
        return orders + beside
    if not telling.heads_of(context.decision.action, context.decision.severity):
        return [f for f in orders + beside if f.why != action.UNREAD or _doubt(reading) >= CLAIM_ACQUITS]
    own = near.own_clause(reading)  # its reason is the article's and must not speak for it
    against = telling.against(read(own, reading.topic) if own else reading, context.decision)
    if (orders or beside) and not _for_the_rules(reading) and context.decision.basis is not Basis.LABEL:  # a label's hold hangs on a count, of which the ear knows nothing
        orders = [f for f in orders if against >= _overrules(f, reading)]
        beside = [f for f in beside if against >= OVERRULES_COMPANION]
    if orders or beside or named or against < (CONDEMNS_REASONED if own else CONDEMNS) or reading.silent or reading.has("PERM", "NEG") or reading.body in context.dictated.text:
        return orders + beside
    confirmed, few = _confirmed(reading, context), len(reading.tokens) < _FEW
    if any(action.waits_for_count(o, reading, context) for o in reading.orders):
        return []  # what hangs on the label's count the rules know
    if _owed_dose(reading, context):
        return []  # which dose is right hangs on the severity and the age, which the dose check knows
    if confirmed:
        plain = few or (len(reading.tokens) < 2 * _FEW and {"stop_now", "antimicrobials"} <= set(missing.carried_by(reading, context)))
        bound = CONDEMNS_PLAIN if plain else CONDEMNS_CONFIRMED
    elif few:
        bound = CONDEMNS_BARE if reading.orders else CONDEMNS_ORDERLESS
    else:
        bound = CONDEMNS if reading.any(*_DEEDS) else CONDEMNS_BARE
    if against < (CONDEMNS_REASONED if own and not confirmed else bound):
        return []
    why = "It sounds like an instruction against the decision, in words that no rule confirms."
    return [Fault("action", why, context.rule, "critical", main=not (confirmed and context.decision.action is Action.RESUME))]


def _heard_in_a_part(reading: Reading, context: Context) -> list[Fault]:
    """`Hold it until the infection has resolved, counting from the end of the blister`: a part that undoes the rest, in words that no rule reads.

    What the rules read in a part they have read in its sentence, where it may be refused or supposed; it is left to them.
    """
    if reading.asks or reading.silent or reading.body in context.dictated.text:
        return []
    for part in telling.parts_of(reading.body):
        alone = read(part, reading.topic)
        if alone.any("REDUCE", "RAISE", "DEX") or (amounts_of(alone) and telling.against(reading, context.decision) < FITS):
            continue  # which dose is right the dose check knows
        if telling.against(alone, context.decision) >= CONDEMNS_PART and not action.faults(alone, context):
            return [Fault("action", f"'{part}' sounds as if it undid what the decision says.", context.rule, "critical")]
    return []


def _owed_dose(reading: Reading, context: Context) -> bool:
    """Whether a piece gives the dose that is owed, or speaks of the kidneys alone."""
    owed = {"dex_20mg_weekly", "elderly_3mg"} | ({"consider_dose_reduction"} if context.decision.severity is Severity.SEVERE else set())
    plainly = {"resume_same_dose"} if context.decision.severity is Severity.MILD and len(reading.tokens) < 9 else set()
    if (owed | plainly).intersection(missing.carried_by(reading, context)) or (reading.has("DEX", "NUM") and "20 mg" in reading.plain):
        return True
    if context.decision.severity is Severity.MILD and reading.any("REDUCE") and (reading.has("SEVERE", "ONLYIF") or any(o.act == "REDUCE" and o.negated for o in reading.orders)):
        return True
    return reading.any("RENAL") and not any(o.act in ("GO", "RESTART", "STOP") and aims.is_instruction(o) and o.text not in ("no change", "unchanged", "no adjustment") for o in reading.orders)


def claimed(found: list[Fault], reading: Reading, context: Context) -> list[Fault]:
    """What is left of the faults of a claim once the second ear has been asked, or what it hears where the rules found none."""
    if reading.asks:
        return found
    if not telling.heads_of(context.decision.action, context.decision.severity):
        return [f for f in found if f.why != scope.ANSWERS or _doubt(reading) >= CLAIM_ACQUITS]
    doubt = _doubt(reading)
    if found:
        return [f for f in found if doubt >= CLAIM_ACQUITS or not f.why.startswith(_BY_A_WORD) or _for_the_rules(reading)]
    if doubt < CLAIM_CONDEMNS or reading.silent or _confirmed(reading, context):
        return []
    return [Fault("support", "It sounds like a claim that no source makes.", context.rule)]


def _doubt(reading: Reading) -> float:
    """The log-odds that a piece claims what no source says, or advises on what none covers."""
    return max(telling.claims(reading, "unsupported"), telling.claims(reading, "outside"))


def backed(reading: Reading) -> frozenset[str]:
    """The markers of what the second ear hears said, where the rules know no word for it."""
    return frozenset(marker for marker, elements in _MARKED.items() if any(telling.says(reading, e) >= SAYS for e in elements))


def takes_up(fault: Fault, reading: Reading, context: Context) -> bool:
    """Whether a schedule or a change of dose is only spoken of (`halving it is not what the article says`), as the second ear hears it."""
    against = telling.against(reading, context.decision)
    if fault.why in dose.WORDED and against < OVERRULES_FIRMLY and not _for_the_rules(reading):
        return True
    if fault.why not in dose.SPOKEN_OF or context.decision.action is not Action.HOLD or _imperative(reading):
        return False
    return against < (-0.5 if any(context.takes_up(t.text) for t in reading.tokens if t.tag in ("REDUCE", "W", "UNKNOWN")) else OVERRULES)


def _for_the_rules(reading: Reading) -> bool:
    """Whether the rules alone judge a piece: a plain order, and what is an article sentence but for a word."""
    return _imperative(reading) or _plainly_goes_on(reading) or near.close(reading)


def _plainly_goes_on(reading: Reading) -> bool:
    """Whether a few words say no more than that pomalidomide goes on (`for mild infections: continue at the same dose`)."""
    if len(reading.tokens) > _FEW or reading.any("NEG", "EVALNEG", "UNTIL", "ONLYIF", "RESOLVED"):
        return False
    return any(aims.on_pomalidomide(o, reading) and aims.is_instruction(o) and aims.direction(o) == "go" for o in reading.orders)


def _imperative(reading: Reading) -> bool:
    """Whether a piece opens with a plain order (`continue ...`, `do not monitor ...`), which the rules read best."""
    at = next((at for at, t in enumerate(reading.tokens) if t.tag not in ("PUNCT", "NEG", "W", "NUM")), None)
    if at is None or (at and reading.tokens[at - 1].text in ("to", "the", "a")):
        return False
    return reading.tokens[at].tag in HEADS and reading.tokens[at].form == "base"


def _overrules(fault: Fault, reading: Reading) -> float:
    """Below which log-odds a fault that the rules found is not believed."""
    if fault.why == action.UNREAD:
        return ACQUITS
    if fault.why == stances.TIED:
        return OVERRULES_FIRMLY
    if fault.why == action.FOR_GOOD:
        return -math.inf if reading.any("EVALPOS") else OVERRULES_FOR_GOOD  # `permanent discontinuation is preferred`: a word of praise turns it, and is too small to be heard
    return OVERRULES


def _confirmed(reading: Reading, context: Context) -> bool:
    """Whether the rules read in a piece what the decision owes, or an order that fits it."""
    fits = _FITS.get(context.decision.action, ())
    if any(aims.on_pomalidomide(o, reading) and aims.is_instruction(o) and aims.direction(o) in fits for o in reading.orders):
        return True
    return bool(missing.carried_by(reading, context))
