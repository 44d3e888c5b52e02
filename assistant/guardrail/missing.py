"""Check `missing`: what the decision owes and a draft lacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.guardrail import telling
from assistant.guardrail.aims import direction, is_instruction, on_pomalidomide, says_stop_now
from assistant.guardrail.amounts import amounts_of
from assistant.guardrail.companions import withheld
from assistant.guardrail.conditions import Condition, count_recovers, kinds_of
from assistant.guardrail.cues import cues
from assistant.guardrail.number import figures_in
from assistant.guardrail.readings import Context, Reading
from assistant.records import Action, Basis, Severity

Reads = Sequence[Reading]
SURE, SURE_OF_HOLD = 0.0, 0.5
"""Log-odds from which the second ear's word is taken that a clause says something; chosen on drafts that it was not trained on."""
_OF_HOLD = ("stop_now", "hold_until_resolved", "antimicrobials")
SURE_OF_STOP = 2.0  # that the draft as a whole holds
AGAINST = 2.0
"""Log-odds from which a clause speaks so much against the decision that it is not heard to say what is owed."""
_MORE_CAREFULLY = re.compile(r"\b(?:monitor\w*|watch\w*|follow\w*|observ\w*) (?:\w+ )?(?:more|extra) (?:carefully|closely)|(?:careful|closer|tighter|extra|more careful) (?:monitoring|eye|watch|surveillance|follow-up)|monitored more")


def lacking(readings: Reads, context: Context) -> tuple[str, ...]:
    """The elements owed that no reading carries, in the decision's order."""
    if _of_no_patient(context) and _only_informs(readings):
        return ()
    found = [name for name in context.decision.elements if name in _PRESENT and not (_PRESENT[name](readings, context) or _heard(name, readings, context))]
    if context.decision.action not in (Action.RESUME, Action.REASSESS):
        found = [name for name in found if name != "dialysis_disagreement"]
    if context.decision.basis is not Basis.LABEL:  # ruling 11: a label hold asks for the threshold that caused it
        found = [name for name in found if name != "count_threshold"]
    return tuple(found)


def _of_no_patient(context: Context) -> bool:
    """Whether a hold rests on the bare mention of an infection: nothing was read of a patient, of how bad it is or of how it goes."""
    case = context.case
    told = case.age is not None or case.dose_mg is not None or case.patient_voice or case.severity is not Severity.UNSPECIFIED
    return context.decision.action is Action.HOLD and not told and not any(e.state_words or e.severity_words for e in case.episodes)


def _only_informs(readings: Reads) -> bool:
    """Whether a draft answers a question of fact (it gives a figure, or says that the source is silent) and orders nothing of pomalidomide."""
    if any(on_pomalidomide(o, r) and is_instruction(o) for r in readings for o in r.orders):
        return False
    return any(r.any("SILENT") or figures_in(r) for r in readings)


def carried_by(reading: Reading, context: Context) -> tuple[str, ...]:
    """The elements owed that one reading carries."""
    return tuple(name for name in context.decision.elements if name in _PRESENT and _PRESENT[name]((reading,), context))


def heard_to_stop(reading: Reading, context: Context) -> bool:
    """Whether the second ear is sure that a clause stops pomalidomide, and that it does not speak against the decision."""
    return not reading.asks and telling.says(reading, "stop_now") >= SURE_OF_STOP and telling.against(reading, context.decision) < 0


def _heard(name: str, readings: Reads, context: Context) -> bool:
    """Whether the second ear hears an element where the rules know no word for it."""
    least = SURE_OF_HOLD if name in _OF_HOLD else SURE
    return any(telling.says(r, name) >= least and telling.against(r, context.decision) < AGAINST for r in readings if not r.asks)


def _stop_now(readings: Reads, context: Context) -> bool:
    return any(says_stop_now(o, r) for r in readings for o in r.orders)


def _until(readings: Reads, context: Context) -> bool:
    for reading in readings:
        for part in reading.parts:
            bound = part.kind == "until" or any(o.act in ("RESTART", "STOP", "DELAY", "START") for o in reading.orders)
            if bound and part.kind in ("until", "once", "if", "onlyif", "before") and Condition.RESOLVED in kinds_of(part):
                return True
        if any(count_recovers(part) for part in reading.parts):
            continue
        if reading.any("RESOLVED") and reading.any("FULL") and reading.any("STOP", "RESTART", "DELAY"):
            return True
        if reading.any("RESOLVED") and reading.any("STOP", "UNTIL") and not reading.any("RESTART"):
            return True
    return False


def _antimicrobials(readings: Reads, context: Context) -> bool:
    for reading in readings:
        named = {"AMB": "AMB", "AMBNAME": "AMB", "QUIN": "AMB"}
        aimed = [o for o in reading.orders if named.get(o.target) == "AMB" and o.act != "RESTART"]
        if any((not withheld(o)) or o.past for o in aimed):
            return True
        if reading.any("AMB", "AMBNAME") and not reading.any("NEG", "EVALNEG", "DELAY"):
            return True
        if any(o.act == "START" and o.text.startswith("treat") and not o.negated for o in reading.orders) and reading.any("INF"):
            return True
        if any(o.act in ("GO", "START") and o.target == "TREAT" and not o.negated for o in reading.orders):
            return True
    return False


def _monitor(readings: Reads, context: Context) -> bool:
    for reading in readings:
        if (
            any(t.tag == "MONITOR" for t in reading.tokens)
            and (reading.any("RESP", "INF", "AMB", "AMBNAME", "WHO", "PRON") or len(reading.tokens) < 6)
            and not any(o.act == "MONITOR" and o.negated for o in reading.orders)
        ):
            return True
        if reading.has("RESP") and not _denied(reading, "RESP"):
            return True
        if any(word in reading.plain for word in cues().claims.monitored):
            return True
    return False


def _denied(reading: Reading, tag: str) -> bool:
    """Whether what a tag names is denied: an odd number of negations before it in its segment."""
    for part in reading.parts:
        for at, token in enumerate(part.tokens):
            if token.tag == tag and sum(t.tag in ("NEG", "EVALNEG") for t in part.tokens[:at]) % 2:
                return True
    return False


def _has(*tags: str) -> Callable[[Reads, Context], bool]:
    def present(readings: Reads, context: Context) -> bool:
        return any(r.any(*tags) and not any(o.target in tags and withheld(o) for o in r.orders) for r in readings)

    return present


def _reassess(readings: Reads, context: Context) -> bool:
    return any(t.tag == "REASSESS" and t.text not in ("discuss", "discussed", "discussing") for r in readings for t in r.tokens)


def _confirm(readings: Reads, context: Context) -> bool:
    if any("confirmed" in r.plain for r in readings) and any(r.has("RESOLVED") for r in readings):
        return True
    for reading in readings:
        if reading.has("CONFIRM") or (reading.has("RESOLVED") and (reading.any("SHOULD", "STRONG", "EVALPOS", "CBC", "BEFORE") or "confirm" in reading.plain)):
            return True
        for part in reading.parts:
            if (
                part.kind in ("if", "once", "until", "onlyif", "before", "while")
                and "RESOLVED" in part.tags
                and any(o.act in ("RESTART", "START", "GO") for r in readings for o in r.orders)
            ):
                return True
        if reading.body.lstrip("-* [x]☐").lower().startswith(
            ("symptoms", "complete resolution", "all symptoms", "full resolution", "every symptom")
        ) and reading.has("RESOLVED"):
            return True
    return False


def _same_dose(readings: Reads, context: Context) -> bool:
    dose = context.case.dose_mg
    for reading in readings:
        if reading.any("SAME"):
            return True
        if any(o.act == "REDUCE" and o.negated for o in reading.orders):
            return True
        if any(a.drug == "POM" and a.mg == (dose or 4.0) and not a.reference for a in amounts_of(reading)) and reading.any(
            "RESTART", "GO", "DOSE", "START", "MILD", "STOP"
        ):
            return True
    return False


def _reduction(readings: Reads, context: Context) -> bool:
    dose, lower = context.case.dose_mg, context.decision.restart_dose_mg
    for reading in readings:
        if dose == 1.0 and reading.any("REDUCE", "DOSE") and reading.any("NEG", "SILENT"):
            return True
        if any(o.act == "REDUCE" and not o.negated and o.target not in ("DEX",) for o in reading.orders) and not reading.has("RISK"):
            return True
        target = lower if lower is not None and lower != dose else 3.0
        if any(a.drug == "POM" and a.mg == target and not a.reference for a in amounts_of(reading)) and target != dose:
            return True
    return False


def _dex(readings: Reads, context: Context) -> bool:
    return any(a.drug == "DEX" and a.mg == 20.0 and not a.reference for r in readings for a in amounts_of(r)) and any(
        "week" in r.plain for r in readings
    )


def _elderly(readings: Reads, context: Context) -> bool:
    for reading in readings:
        if any(a.drug == "POM" and a.mg == 3.0 for a in amounts_of(reading)) and (
            reading.any("ELDERLY", "REDUCE") or "start" in reading.plain or str(int(context.case.age or 999)) in reading.plain
        ):
            return True
        if reading.has("ELDERLY", "REDUCE"):
            return True
    return False


def _renal(readings: Reads, context: Context) -> bool:
    if any(r.any("RENAL", "DIALYSIS") and (r.any("MONITOR", "CAUTION") or "monitor" in r.plain) for r in readings):
        return True
    return any(_MORE_CAREFULLY.search(r.plain) for r in readings)


def _quinolone(readings: Reads, context: Context) -> bool:
    return any(r.any("CAUTION", "EXPOSE", "PATHWAY") for r in readings)


def _planned(readings: Reads, context: Context) -> bool:
    return any(
        r.any("PLANNED", "PROGRESSION") or (r.any("PERM") and r.any("NEG", "EVALNEG", "TEMP")) or (r.any("TEMP") and r.any("STOP")) for r in readings
    )


def _threshold(readings: Reads, context: Context) -> bool:
    return any(r.any("NEUTRO", "CBC") and (r.any("LABEL", "SOURCE", "DELAY") or any(t.tag == "NUM" for t in r.tokens)) for r in readings)


def _trigger(readings: Reads, context: Context) -> bool:
    for reading in readings:
        if any(
            on_pomalidomide(o, reading) and direction(o) in ("stop",) and (o.conditions or is_instruction(o)) for o in reading.orders
        ) and reading.any("INF", "NF", "FEVER", "OCCUR"):
            return True
        if reading.any("INF", "FEVER", "NF") and reading.any("IF", "ONCE", "OCCUR", "UNTIL", "NEG", "WHILE", "ONLYIF", "STOP"):
            return True
    return False


_PRESENT: dict[str, Callable[[Reads, Context], bool]] = {
    "stop_now": _stop_now,
    "hold_until_resolved": _until,
    "antimicrobials": _antimicrobials,
    "monitor_response": _monitor,
    "gcsf": _has("GCSF"),
    "reassess_risk_benefit": _reassess,
    "confirm_resolution": _confirm,
    "cbc_before_restart": _has("CBC"),
    "consider_prophylaxis": _has("PROPH"),
    "prophylaxis_on_restart": _has("PROPH"),
    "resume_same_dose": _same_dose,
    "consider_dose_reduction": _reduction,
    "dex_20mg_weekly": _dex,
    "elderly_3mg": _elderly,
    "renal_monitoring": _renal,
    "dialysis_disagreement": _has("LABEL", "DIALYSIS"),
    "quinolone_caution": _quinolone,
    "planned_resumption": _planned,
    "count_threshold": _threshold,
    "what_would_trigger": _trigger,
}

NAMES = tuple(_PRESENT)
"""The elements that are looked for."""
