"""What each decision allows to be said of pomalidomide: one function for each action."""

from __future__ import annotations

from assistant.guardrail.aims import ends_early, restricted
from assistant.guardrail.conditions import Condition, all_kinds, count_recovers, kinds_of, spans_time, text_of
from assistant.guardrail.cues import pattern
from assistant.guardrail.orders import Order
from assistant.guardrail.readings import Reading
from assistant.records import Action

_DETERMINERS = frozenset({"a", "the", "any", "this", "that", "planned", "later", "of", "how", "when"})
_RETURNS = frozenset({"sign", "signs", "new", "another", "again", "reason", "left", "residual"})
_MANNERS = frozenset("simply just straight automatically routinely blindly immediately directly without merely".split())

TIED = "It ties the hold to a condition, or ends it before complete resolution."


def judge_aim(aim: str, order: Order, reading: Reading, action: Action, *, general: bool = False) -> str:
    """Why an order that comes to `aim` does not fit the decision's action, or nothing."""
    match action:
        case Action.HOLD | Action.INFORM:
            return _under_hold(aim, order, reading, action, general=general or action is Action.INFORM)
        case Action.RESUME:
            return _under_resume(aim, order)
        case Action.REASSESS:
            return _under_reassess(aim, order, reading)
        case Action.NO_HOLD:
            return _under_no_hold(aim, order, reading)
        case Action.OUT_OF_SCOPE:
            return (
                "It gives an order about pomalidomide where none can be given."
                if aim in ("go", "restart") and not order.text.split()[0].endswith("ing")
                else ""
            )


def _under_hold(aim: str, order: Order, reading: Reading, action: Action, *, general: bool) -> str:
    if order.kind == "onlyif" and aim == "stop" and order.segment.tags & {"WORSE", "SEVERE", "LIFETHR", "INF", "FEVER"} and not reading.any("MILD"):
        return "It ties the hold to a worse course."
    if order.kind == "while" and not (aim == "go" and order.act == "GO" and "AMB" not in order.segment.tags and order.target == "POM"):
        return ""
    if aim == "go" and order.act == "START" and (Condition.RESOLVED in all_kinds(order.conditions) or "LATER" in order.segment.tags):
        aim = "restart"
    if aim == "go":
        if order.text.startswith(("stay", "remain", "keep", "leave")) and any(
            p.kind == "until" and Condition.RESOLVED in kinds_of(p) for p in order.conditions
        ):
            return ""  # `the capsules stay in the box until it has gone`
        if "PERM" in order.segment.tags and ((order.act == "STOP" and order.negated) or order.text.startswith(("leave", "leaving"))):
            return ""  # for good or not: another fault
        return "It lets pomalidomide go on; the decision is to hold it."
    if aim == "stop" and order.act == "STOP" and order.segment.tags >= {"PERM", "PROGRESSION"}:
        return ""
    if aim == "stop" and order.act == "STOP":
        late = pattern("late").search(reading.plain)
        if late and not pattern("review").search(reading.plain[: late.start()][-20:]) and not reading.any("NOW", "RESTART", "NEG"):
            return "It puts the stop off."
        if restricted(order, by_tier=not general):
            return TIED
        if order.weak and action is Action.HOLD and not reading.any("SOURCE") and len(reading.tokens) > 3:
            return "It leaves the hold open; the decision is to hold."
    if aim == "restart" and reading.any("LIFETHR") and not reading.any("REASSESS", "MILD", "SEVERE", "NEG") and "mg" in reading.plain:
        return "After a life-threatening infection risk and benefit are reassessed first."
    if aim == "restart" and restart_is_early(order, reading):
        return "It restarts pomalidomide before complete resolution."
    if aim == "norestart" and any(p.kind in ("until", "before", "once") and ends_early(p) for p in order.conditions):
        return "It ends the hold before complete resolution."
    return ""


def restart_is_early(order: Order, reading: Reading) -> bool:
    """Under a hold: whether a restart is told for a time before complete resolution."""
    kinds = all_kinds(order.conditions)
    own = order.segment.tags
    if reading.any("HARMLESS") and not own & {"NOW", "SOON", "EVALPOS"} and "decide" in reading.plain:
        return False
    if _nominal(order) and not (own & {"NOW", "SOON", "EVALPOS", "RESIDUAL", "PARTIAL", "GO"}) and not kinds & {Condition.DATE, Condition.COUNTS, Condition.NOT_RESOLVED}:
        return False
    if pattern("anyway").search(reading.plain) or any("RESOLVED" in p.tags and "NEG" in p.tags and p.kind in ("if", "while", "once") for p in order.conditions):
        return True
    if order.kind == "onlyif":
        return Condition.RESOLVED not in kinds_of(order.segment)
    if Condition.NOT_RESOLVED in kinds or (reading.any("RESIDUAL") and "NEG" not in own and not _stays_mild(reading)):
        return True
    if Condition.RESOLVED in kinds or Condition.REASSESSED in kinds:
        return False
    if own & {"NOW", "SOON"} or Condition.DATE in kinds or Condition.COUNTS in kinds or spans_time(text_of(order.segment)):
        return True
    if Condition.WORSE in kinds and not kinds & {Condition.TIER, Condition.INFECTION}:
        return True
    unknown = [p for p in order.conditions if p.kind in ("if", "once", "until", "onlyif") and kinds_of(p) == {Condition.OTHER}]
    if unknown and not (own & {"LATER", "REASSESS"} or reading.any("REASSESS")):
        return True  # a condition that is not known is not complete resolution
    dosed = reading.any("SAME", "REDUCE", "PROPH", "DOSE", "LATER", "CONFIRM", "RESOLVED", "REASSESS", "CBC") or " mg" in reading.plain
    return not dosed


def _stays_mild(reading: Reading) -> bool:
    """`if it remains mild`: how bad it is goes on, not the infection."""
    return all(t.text in ("remain", "remains") for t in reading.tokens if t.tag == "RESIDUAL") and reading.any("MILD")


def _nominal(order: Order) -> bool:
    """`the restart`, `a resumption`: spoken of, not ordered."""
    tokens = order.segment.tokens
    at = next((place for place, t in enumerate(tokens) if t.text == order.text), 0)
    noun = order.text in ("resumption", "reintroduction", "re-introduction", "rechallenge") or order.text == "restart"
    return noun and at > 0 and tokens[at - 1].text in _DETERMINERS and not spans_time(text_of(order.segment))


def _under_resume(aim: str, order: Order) -> str:
    kinds = all_kinds(order.conditions)
    own = order.segment.tags
    waits = kinds & {Condition.RESOLVED, Condition.COUNTS, Condition.INFECTION} and not kinds & {Condition.DATE}
    returns = {t.text for t in order.segment.tokens} & _RETURNS and own & {"INF", "FEVER", "OCCUR", "RESIDUAL"}
    again = any(p.kind in ("if", "once") for p in order.conditions) and not kinds & {Condition.DATE, Condition.TIER, Condition.OTHER}
    if aim in ("stop", "norestart") and (again or returns):
        return ""
    if aim == "stop" and not waits and order.kind != "while" and not order.segment.tags & {"PERM", "PROGRESSION"}:
        named = order.act == "STOP" and (
            order.text in ("pause", "hold", "break", "stop", "interruption", "on hold", "off") and order.segment.tokens and _named(order)
        )
        return "" if named else "It keeps pomalidomide off; the decision is that it can be resumed."
    if aim == "restart" and ("RESIDUAL" in order.segment.tags or Condition.NOT_RESOLVED in kinds) and "NEG" not in order.segment.tags:
        return "It restarts pomalidomide before complete resolution, or without what comes first."
    if aim == "restart" and order.act == "DELAY" and "RESIDUAL" in order.segment.tags:
        return "It restarts pomalidomide before complete resolution, or without what comes first."
    if aim == "norestart" and not waits and not _in_another_way(order):
        return "It refuses or defers the restart; the decision is that pomalidomide can be resumed."
    if aim == "go" and Condition.INFECTION in kinds and order.kind != "while" and any(p.kind in ("if", "while") for p in order.conditions):
        return "It lets pomalidomide go on during an infection."
    return ""


def _named(order: Order) -> bool:
    """Whether a stop is only mentioned: `before the hold`, `the pause can end`."""
    texts = [t.text for t in order.segment.tokens]
    if any(t.tag == "KEEP" and t.form == "base" for t in order.segment.tokens):
        return False
    at = texts.index(order.text) if order.text in texts else 0
    return at > 0 and (texts[at - 1] in ("the", "this", "that", "her", "his", "their", "a") or order.text in ("on hold", "off"))


def _under_reassess(aim: str, order: Order, reading: Reading) -> str:
    if order.kind == "while":
        return ""
    if aim == "go":
        return "It lets pomalidomide go on; risk and benefit are reassessed first."
    if aim == "restart" and "NOW" in order.segment.tags and order.segment.tokens[0].tag == "RESTART":
        return "It restarts pomalidomide before the reassessment of risk and benefit."
    if aim == "restart" and not reading.any("NEG") and any(t.text in ("automatically", "automatic") for t in order.segment.tokens):
        return "It restarts pomalidomide without the reassessment of risk and benefit."
    if aim == "restart" and _named(order):
        return ""
    only_resolved = bool(order.conditions) and all(p.kind == "once" and (Condition.RESOLVED in kinds_of(p) or count_recovers(p)) for p in order.conditions)
    if aim == "restart" and only_resolved and not reading.any("REASSESS", "DEX", "ELDERLY") and order.segment.kind == "main":
        return "It restarts pomalidomide without the reassessment of risk and benefit."
    if (
        aim == "restart"
        and not reading.any("REASSESS")
        and not any(p.kind in ("if", "once", "before") for p in order.conditions)
        and not (
            reading.any("DEX", "ELDERLY")
            or (reading.any("LATER", "PROPH", "CONFIRM", "CBC") and not _plainly(order))
            or "CONSIDER" in order.segment.tags
            or order.text in ("back", "resumption", "reintroduction")
        )
    ):
        return "It restarts pomalidomide without the reassessment of risk and benefit."
    return ""


def _in_another_way(order: Order) -> bool:
    """`do not simply go back to 4 mg`, `no reason to come back at a lower dose`: how it is restarted is refused, not that it is."""
    texts = {t.text for t in order.segment.tokens}
    return bool(texts & _MANNERS) or ("REDUCE" in order.segment.tags and order.text != "restart")


def _plainly(order: Order) -> bool:
    """Whether a restart is told as such: `restart at the same dose with prophylaxis`."""
    first = order.segment.tokens[0]
    return order.kind == "main" and order.segment.kind == "main" and first.tag == "RESTART" and first.form == "base"


def _under_no_hold(aim: str, order: Order, reading: Reading) -> str:
    kinds = all_kinds(order.conditions)
    infected = (
        Condition.INFECTION in kinds
        or order.segment.tags & {"OCCUR", "ACTIVE", "NF", "LATER", "FEVER"}
        or pattern("in_that_case").search(reading.plain) is not None
        or "moment" in text_of(order.segment)
        or any(p.tags & {"INF", "NF", "OCCUR"} for p in order.conditions)
        or any(p.kind in ("if", "once") and p.tags & {"INF", "NF", "OCCUR", "FEVER"} for p in reading.parts)
    )
    if aim == "stop" and order.act == "STOP" and order.kind != "while":
        if not infected and Condition.WORSE not in kinds:
            return "It holds pomalidomide; the decision is that no hold is called for."
        if any(p.kind == "onlyif" and kinds_of(p) & {Condition.WORSE, Condition.TIER} for p in order.conditions):
            return "It waits for a worse course before a hold; any infection is reason enough."
    if aim == "go" and Condition.INFECTION in kinds and any(p.kind in ("if", "while") and "NEG" not in p.tags for p in order.conditions):
        return "It lets pomalidomide go on during an infection."
    return ""
