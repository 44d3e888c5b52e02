"""Check `action`, the rest of it: antimicrobials delayed, prophylaxis refused, G-CSF, CBC or monitoring denied, states redefined."""

from __future__ import annotations

import itertools
import re

from assistant.guardrail.aims import only_if
from assistant.guardrail.conditions import Condition, all_kinds, kinds_of, spans_time, text_of
from assistant.guardrail.orders import Order
from assistant.guardrail.readings import Context, Fault, Reading
from assistant.records import Action, Basis

_GIVES = ("START", "GO", "NEED", "CONSIDER", "RESTART")
_DEFINES = re.compile(
    r"\b(?:counts?|regarded|considered|means?|treat(?:ed)?|called|deemed|taken|equals?|enough|suffices?|sufficient|amounts?|effectively|practically|essentially|purposes|read|classed|declared|defined?|qualif\w+|seen|as good as|equivalent)\b"
    r"[^.;]{0,40}\b(?:resol\w+|cleared|gone|over|cured)\b|\b(?:resol\w+|cleared|cured)\b[^.;]{0,25}\b(?:for practical|for this purpose|in effect|enough|means|is defined|is when)\b"
)
_EXEMPTS = re.compile(
    r"\b(?:is|are|does|do) not (?:really |actually |truly )?(?:an? |count as (?:an? )?|regarded as (?:an? )?|considered (?:an? )?|qualify as (?:an? )?)(?:active |real |true |proper )?infections?\b"
    r"|\b(?:algorithm|rule|article|hold|recommendation|guidance)\b[^.;]{0,20}\b(?:does|do|need) not (?:apply|concern|hold|extend)\b"
    r"|\b(?<!no )(?<!not an )exceptions?\b[^.;]{0,25}\b(?:hold|rule|stop)|\b(?<!not )exempt(?:ed)? from\b"
    r"|\b(?:applies|apply|meant|intended|concerns|holds|recommends?|asks for|requires?|calls for)\b[^.;]{0,40}(?:\bonly\b[^.;]{0,25}\b(?:severe|serious|life-threatening|bacterial|sepsis|septic)\b|\b(?:severe|serious|life-threatening|bacterial|sepsis)\b[^.;]{0,20}\bonly\b)"
)
_WAIVES = re.compile(
    r"\bresolution\b[^.;,]{0,30}\b(?:not|no longer|never|hardly)\b[^.;,]{0,20}\b(?:required|necessary|needed|essential|mandatory|a condition)\b|\b(?:without|before|rather than|instead of) (?:waiting for |awaiting )?(?:complete |full |infection )*resolution\b|\bcomplete resolution is (?:unnecessary|optional)|\b(?:resolution|disappearance|absence) of (?:the )?(?:fever|temperature|pyrexia)\b[^.;]{0,20}\b(?:sufficient|suffices|enough)\b"
)
_NAMES = {
    "AMB": "antimicrobial treatment",
    "PROPH": "the prophylaxis that the algorithm asks for",
    "GCSF": "G-CSF support",
    "CBC": "the CBC before the restart",
}


def faults(reading: Reading, context: Context) -> list[Fault]:
    """The faults of one piece as to what goes with the hold or the restart."""
    if reading.asks:
        return []
    found = [f for order in reading.orders if (f := _companion(order, reading, context))]
    if any(p.kind == "once" and "RESTART" in p.tags and not p.tags & {"INF", "RESOLVED"} for p in reading.parts) and any(
        o.act == "REASSESS" and o.kind == "main" and not o.negated for o in reading.orders
    ):
        found.append(Fault("action", "It reassesses after the restart; it comes before.", context.rule, "critical"))
    if (
        reading.has("RESP")
        and re.search(r"\bno need to\b|\bneed not\b|\bnot necessary to\b|\bunnecessary to\b", reading.plain)
        and not reading.any("STOP", "RESTART", "DELAY")
        and not found
    ):
        found.append(Fault("action", "It does without monitoring of the response.", context.rule, "critical"))
    if _stops_monitoring(reading):
        found.append(Fault("action", "It ends the monitoring of the response.", context.rule, "critical"))
    redefined = _redefines(reading, context)
    if redefined:
        found.append(Fault("action", redefined, context.rule, "critical", main=redefined.startswith("It exempts")))
    return found


def withheld(order: Order) -> bool:
    """Whether an order takes something away: not given, stopped, delayed."""
    if order.act in _GIVES:
        return order.negated
    return (order.act in ("STOP", "DELAY") or order.text in ("drop", "dropped", "drops", "dropping")) and not order.negated


def _stops_monitoring(reading: Reading) -> bool:
    """`stop monitoring`: the head before it is no order about pomalidomide."""
    return any(a.tag == "STOP" and b.tag == "MONITOR" for p in reading.parts for a, b in itertools.pairwise(p.tokens))


def _companion(order: Order, reading: Reading, context: Context) -> Fault | None:
    if (
        order.kind == "before"
        and order.target in ("AMB", "AMBNAME")
        and order.act == "START"
        and context.decision.action is Action.HOLD
        and _is_put_off(reading)
    ):
        return _fault("AMB", context)
    if order.past or order.noun or order.kind in ("if", "once", "until", "before", "onlyif"):
        return None
    target = {"AMBNAME": "AMB", "QUIN": "AMB"}.get(order.target, order.target)
    if target == "AMB" and order.act == "START" and not order.segment.tags & {"AMB", "AMBNAME", "QUIN", "TREAT", "PRON"}:
        return None  # `no date can be given`: the antibiotics stand in the sentence before
    if target == "AMB" and order.text.startswith(("finish", "complet")) and not order.segment.tags & {"AMB", "AMBNAME", "QUIN"}:
        return None
    if target in _NAMES and reading.silent:
        return None
    if target == "AMB" and context.decision.action in (Action.HOLD, Action.INFORM) and _denies_treatment(order, reading):
        return _fault(target, context)
    later = context.decision.action in (Action.RESUME, Action.REASSESS)
    if later and target == "AMB" and order.act == "STOP" and withheld(order) and order.text.startswith(("withh", "omit", "skip")):
        return _fault("PROPH", context)
    if target == "PROPH" and withheld(order) and not order.rejected:
        return _fault(target, context)
    informs = context.decision.action is Action.INFORM
    if target == "GCSF" and withheld(order) and ("gcsf" in context.decision.elements or informs or reading.any("NF")):
        return _fault(target, context)
    if (
        target == "CBC"
        and withheld(order)
        and ("cbc_before_restart" in context.decision.elements or informs)
        and not reading.any("WHILE")
        and order.act != "DELAY"
    ):
        return _fault(target, context)
    if order.act == "MONITOR" and order.negated and context.decision.action in (Action.HOLD, Action.INFORM) and not order.segment.tags & {"RESOLVED"}:
        return Fault("action", "It does without monitoring of the response.", context.rule, "critical")
    if order.act == "REASSESS" and order.negated and "reassess_risk_benefit" in context.decision.elements and not reading.any("DELAY", "RESTART"):
        return Fault("action", "It does without the reassessment of risk and benefit.", context.rule, "critical", main=True)
    if order.act == "DELAY" and order.negated and context.decision.action is Action.HOLD and reading.any("RESOLVED"):
        return Fault("action", "It does not wait for complete resolution.", context.rule, "critical", main=True)
    return None


def _is_put_off(reading: Reading) -> bool:
    """`observe for 24 hours before giving antibiotics`."""
    return any(p.kind == "main" and p.tags & {"MONITOR", "DELAY"} and "NEG" not in p.tags and spans_time(text_of(p)) for p in reading.parts)


def _denies_treatment(order: Order, reading: Reading) -> bool:
    if withheld(order):
        return order.target != "QUIN" or order.act == "DELAY"
    if order.act in _GIVES or (order.act == "DELAY" and order.negated):
        kinds = all_kinds(order.conditions)
        if only_if(order) and "NEG" not in order.segment.tags:
            return True
        waits = [p for p in order.conditions if p.kind in ("if", "once") and (p.tags & {"OUTSIDE", "WORSE"} or Condition.DATE in kinds_of(p))]
        return bool(waits) and order.act == "START" and Condition.RESOLVED not in kinds
    return False


def _redefines(reading: Reading, context: Context) -> str:
    """`once the temperature is down it counts as resolved`: something less is declared to be complete resolution."""
    if (
        context.decision.action in (Action.HOLD, Action.INFORM)
        and context.decision.basis is not Basis.LABEL
        and _EXEMPTS.search(reading.plain)
        and not reading.any("REDUCE", "PROPH", "DEX", "ELDERLY", "SAME")
    ):
        return "It exempts this infection from the hold."
    if context.decision.action in (Action.NO_HOLD, Action.OUT_OF_SCOPE) or not reading.any("RESOLVED"):
        return ""
    if (
        _WAIVES.search(reading.plain)
        and (reading.any("PLANNED") or not reading.any("STOP", "EVALNEG"))
        and not any(o.act == "RESTART" and o.negated for o in reading.orders)
    ):
        return "It does not wait for complete resolution."
    denied = any(t.tag == "NEG" and t.text not in ("without", "no", "absence of") for t in reading.tokens)
    if (
        _DEFINES.search(reading.plain)
        and reading.any("FEVER", "PARTIAL", "CBC", "AMB")
        and not denied
        and not reading.any("EVALNEG", "SILENT", "ONLYIF")
    ):
        return "It declares something less than complete resolution to be resolved."
    return ""


def _fault(target: str, context: Context) -> Fault:
    return Fault("action", f"It delays, withholds or denies {_NAMES[target]}.", context.rule, "critical")
