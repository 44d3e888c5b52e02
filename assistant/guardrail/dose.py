"""Check `dose`: doses and schedules of pomalidomide and dexamethasone, and the age from which dexamethasone is reduced."""

from __future__ import annotations

import re

from assistant.guardrail.aims import only_if
from assistant.guardrail.amounts import Amount, amounts_of
from assistant.guardrail.cues import pattern
from assistant.guardrail.orders import Order
from assistant.guardrail.readings import Context, Fault, Reading
from assistant.records import Action, Severity

SCHEDULE = "It gives a schedule or a scaling of the dose that no source gives."
RAISES = "It raises the dose; no rule does."
REDUCES = "It reduces the dose; after a mild infection the dose stays the same."
SAME_AFTER_MILD = "After a mild infection the dose stays the same."
LESS_AFTER_SEVERE = "After a severe infection a reduction is considered."
DENIED = "It denies the dose reduction that is considered after a severe infection."
WHILE_HELD = "It reduces the dose where pomalidomide is to be held."
SPOKEN_OF = (SCHEDULE, RAISES, REDUCES)
"""Faults of a deed that may be named only to be refused."""
WORDED = (*SPOKEN_OF, SAME_AFTER_MILD, LESS_AFTER_SEVERE, DENIED, WHILE_HELD)
"""Faults that were read from words alone, not from a number."""


def faults(reading: Reading, context: Context) -> list[Fault]:
    """The faults of one piece as to doses, schedules and the age border."""
    if reading.asks or (reading.silent and not amounts_of(reading)):
        return []
    found = [why for amount in amounts_of(reading) if (why := _amount_fault(amount, reading, context))]
    found += [why for why in (_turned(reading), _tier(reading, context)) if why]
    found += [why for order in reading.orders if (why := _change_fault(order, reading, context))]
    if (
        reading.has("ELDERLY")
        and re.search(r"\b(?:higher|larger|increased|bigger) (?:starting |initial )?dose", reading.plain)
        and not reading.any("NEG")
    ):
        found.append("Elderly patients may need a lower dose, not a higher one.")
    if reading.any("POM", "REDUCE", "DEX", "DOSE", "SAME", "RESTART") and pattern("unit").search(reading.plain):
        found.append("Doses are in mg.")
    found += [why for why in (_schedule(reading), _border(reading, context), _renal(reading, context)) if why]
    return [Fault("dose", why, context.rule, "critical") for why in found[:1]]


def _amount_fault(amount: Amount, reading: Reading, context: Context) -> str:
    if amount.drug == "DEX":
        return _dex_fault(amount, reading, context)
    if amount.drug != "POM":
        return ""
    text = reading.plain
    if amount.refused and amount.mg < (context.case.dose_mg or 4) and context.decision.severity is Severity.SEVERE and not reading.any("MILD", "NOW", "WHILE"):
        return DENIED
    if amount.mg == 1 and re.search(r"\b(?:level|lower|step|below|down|one|by)\b", text):
        return ""
    if amount.mg not in _mentioned(context):
        return f"{amount.mg:g} mg is no dose that the decision allows."
    if _above_before(amount, reading, context):
        return f"{amount.mg:g} mg is more than was given before."
    if not amount.reference and amount.mg not in _recommended(reading, context):
        return f"{amount.mg:g} mg is not the dose that the decision gives."
    return ""


def _above_before(amount: Amount, reading: Reading, context: Context) -> bool:
    """More than the patient took, told as the dose to give."""
    before = context.case.dose_mg
    if before is None or amount.reference or amount.mg <= before or reading.any("SOURCE", "LABEL", "SILENT", "ELDERLY", "NEG", "DIALYSIS", "IF"):
        return False
    return len({a.mg for a in amounts_of(reading)}) == 1


def _turned(reading: Reading) -> str:
    """`4 mg instead of 3 mg`, `from 3 mg to 4 mg`: the step goes up."""
    mine = [a for a in amounts_of(reading) if a.drug in ("POM", "DEX")]
    mine = [a for a in mine if a.drug == mine[0].drug]
    if len(mine) != 2:
        return ""
    first, second = mine
    if "instead of" in reading.plain:
        told, was = first, second
    elif first.reference != second.reference and not reading.any("NEG", "BEEN"):
        told, was = (second, first) if first.reference else (first, second)
    else:
        return ""
    return "The dose goes down, not up." if told.mg > was.mg else ""


def _tier(reading: Reading, context: Context) -> str:
    """The branches of the restart taken crosswise: the same dose after a severe infection, a reduction after a mild one."""
    lower = [a for a in amounts_of(reading) if a.drug == "POM" and a.mg < (context.case.dose_mg or 4) and not a.reference]
    if lower and reading.has("MILD", "RESTART") and not reading.any("SEVERE", "LIFETHR", "ELDERLY", "DIALYSIS", "SAME", "NEG"):
        return SAME_AFTER_MILD
    for order in reading.orders:
        tags = frozenset(tag for p in order.conditions if p.kind in ("if", "once") for tag in p.tags)
        own = order.segment.tags
        if order.act == "RESTART" and not order.negated and "SAME" in own and "SEVERE" in tags and not tags & {"MILD", "NEG"} and "REDUCE" not in own:
            return LESS_AFTER_SEVERE
        if order.act == "REDUCE" and not order.negated and "MILD" in tags and not tags & {"SEVERE", "NEG"} and "ELDERLY" not in reading.tags:
            return SAME_AFTER_MILD
    return ""


def _over_75(context: Context) -> bool:
    return context.case.age is not None and context.case.age > 75


def _mentioned(context: Context) -> set[float]:
    """The doses that may be named at all: the usual ones, the patient's, and after more than a mild infection the level below it."""
    dose = context.case.dose_mg
    if dose is None:
        return {3.0, 4.0}
    lower = dose > 1 and context.decision.severity not in (Severity.MILD, None)
    return {3.0, 4.0, dose} | ({dose - 1} if lower else set())


def _recommended(reading: Reading, context: Context) -> set[float]:
    case = context.case
    free = case.elderly or _over_75(context) or case.dialysis or reading.any("SEVERE", "WORSE", "LIFETHR", "ELDERLY", "SOURCE", "DIALYSIS")
    if context.decision.severity is not Severity.MILD or free:
        return _mentioned(context)
    return {4.0} if case.dose_mg is None else {case.dose_mg}


def _change_fault(order: Order, reading: Reading, context: Context) -> str:
    if (
        order.act not in ("REDUCE", "RAISE")
        or order.past
        or order.target in ("DEX", "PARTNER", "OUTSIDE", "AMB", "AMBNAME")
        or order.kind in ("if", "once", "before", "until")
    ):
        return ""
    dosed = (
        reading.any("DOSE", "SAME")
        or "dose" in order.text
        or " mg" in reading.plain
        or (order.target == "POM" and (order.act == "REDUCE" or reading.any("POM", "PRON")) and order.text not in ("more", "less", "greater", "larger", "minimise", "minimize"))
    )
    if not dosed or reading.any("RISK", "EXPOSE", "RENAL", "MONITOR", "COMPL", "SILENT"):
        return ""
    if order.act == "RAISE":
        plainly = order.text in ("more", "increased", "higher", "greater", "larger")
        return "" if order.negated or plainly else RAISES
    if context.decision.severity is Severity.SEVERE and only_if(order) and not any("SEVERE" in p.tags for p in order.conditions):
        return DENIED
    if context.decision.severity is Severity.SEVERE and pattern("for_others").search(reading.plain):
        return DENIED
    if order.negated:
        severe = context.decision.severity is Severity.SEVERE and (
            context.decision.action is Action.RESUME or reading.any("RESTART", "LATER", "SEVERE", "RESOLVED", "ONCE")
        )
        lowest = context.case.dose_mg == 1.0 or "no lower" in reading.plain or "lowest" in reading.plain
        return DENIED if severe and not lowest and not reading.any("MILD") else ""
    return _needless_reduction(order, reading, context)


def _needless_reduction(order: Order, reading: Reading, context: Context) -> str:
    case, decision = context.case, context.decision
    if reading.any("SEVERE", "LIFETHR", "SOURCE", "ELDERLY"):
        return ""
    if any(o.act == "RESTART" and o.negated and o.segment is order.segment for o in reading.orders):
        return ""  # `no reason to come back at a lower dose`
    if decision.severity is Severity.MILD and not (case.elderly or _over_75(context) or case.dialysis):
        return REDUCES
    if decision.action is Action.HOLD and any(p.kind in ("until", "while") for p in order.conditions) and not reading.any("RESTART", "LATER"):
        return WHILE_HELD
    return ""


def _schedule(reading: Reading) -> str:
    text = pattern("quoted").sub(" ", reading.plain) if reading.any("STOP", "NEG", "EVALNEG") else reading.plain
    split = pattern("split").search(text) or (pattern("scaled").search(text) and not reading.any("NEG"))
    if split and not reading.any("DEX", "MONITOR", "CBC", "AMB", "AMBNAME", "SILENT"):
        return SCHEDULE
    if reading.has("DEX") and (pattern("daily").search(text) or re.search(r"\b(?:split|divided|over two days)\b", text)):
        return "It gives dexamethasone other than weekly."
    return ""


def _dex_fault(amount: Amount, reading: Reading, context: Context) -> str:
    over = _over_75(context)
    if amount.mg not in (20.0, 40.0):
        return f"Dexamethasone {amount.mg:g} mg stands in no source; over 75 it is 20 mg weekly."
    if amount.reference:
        return "" if amount.mg == 40.0 or not over else "Over 75 dexamethasone is 20 mg weekly, not 40 mg."
    if amount.mg == 40.0 and over and "20" not in reading.plain:
        return "Over 75 dexamethasone is 20 mg weekly instead of 40 mg."
    if amount.mg == 20.0 and not over and not pattern("over_75").search(reading.plain) and not reading.silent:
        return "Dexamethasone 20 mg weekly is for patients over 75 only."
    return ""


def _border(reading: Reading, context: Context) -> str:
    if reading.any("NEUTRO") or not reading.any("DEX", "ELDERLY", "REDUCE", "DOSE"):
        return ""
    denied = any(t.tag == "NEG" and t.text not in ("instead of", "rather than", "in place of") for t in reading.tokens)
    for found in pattern("border").finditer(reading.plain):
        side, age, plus = found.group(1), int(found.group(2)), found.group(3)
        if age < 50 or (side in ("of", "aged") and not plus):
            continue
        if age not in (75, context.case.age):
            return f"The age border is over 75, not {age}."
        wrong = (
            bool(plus) or side in ("≥", ">=", "at least", "from age") or (side in ("under", "below", "younger than", "<", "≤", "up to", "less than"))
        )
        if age == 75 and wrong and not denied and not reading.any("SILENT", "ONLYIF"):
            return "The age border is strictly over 75."
    return ""


def _renal(reading: Reading, context: Context) -> str:
    if not reading.any("RENAL"):
        return ""
    changes = re.search(
        r"\bdose (?:must|should|has to|needs to|is to|may|can) be (?:modified|adjusted|reduced|lowered|changed|halved)|\bdose (?:modif\w+|adjust\w+|change\w*|reduc\w+)|\bdose-adjust\w*|\b(?:reduce|adjust|lower|modify|change|halve)\w* the dose|\b(?:reduced|lower|modified|adjusted) dose",
        reading.plain,
    )
    if not changes or reading.any("NEG", "SILENT", "LABEL", "SEVERE", "EVALNEG", "ELDERLY"):
        return ""
    return "" if context.case.dialysis else "Renal function asks for no dose change."
