"""Check `action`: what a piece tells the reader to do with pomalidomide, against the decision."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from assistant.guardrail.conditions import Condition, all_kinds, kinds_of, spans_time, text_of
from assistant.guardrail.orders import Order
from assistant.guardrail.readings import Context, Fault, Reading
from assistant.records import Action, Basis

_ON_POM = ("POM", "TREAT", "SAME", "DOSE", "")
_LATE = re.compile(
    r"\b(?:gradually|eventually|slowly|stepwise|tomorrow|next week|in a few days|by degrees|taper\w*|(?:at|after) the end of (?:the|this|her|his) (?:current )?(?:cycle|week|pack|blister)|"
    r"after (?:this|the current|tonight|her next|his next|the next) (?:cycle|pack|blister|dose|capsule)|from (?:the )?next (?:cycle|week)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
_ANYWAY = re.compile(r"\beven (?:if|though|when)\b|\bregardless\b|\birrespective\b")
_NEVER = re.compile(r"\bnever\b[^.;]*\b(?:again|use|take|given|receive|restart\w*|reintroduc\w*|go back)\b")
_DEFERS = re.compile(r"\b(?:another|a further|at least|wait|after) (?:\w+ )?(?:days?|weeks?|months?|cycles?)\b[^.;]*\b(?:before|until)\b")
_KNOWN = (
    "DOSE", "SAME", "SILENT", "SOURCE", "RENAL", "QUIN", "RISK", "NEUTRO", "RESOLVED", "REASSESS", "PERM", "PLANNED", "EXPOSE", "PROGRESSION", "INF", "IMPAIR", "PROLONG", "CAUSE", "RAISE",
    "COMPL", "HARMLESS", "PARTNER", "DEX", "PROPH", "CBC", "GCSF", "FULL", "LATER", "UNTIL", "LABEL", "NOW", "ELDERLY",
)  # fmt: skip
_MENTIONS = frozenset(
    {
        "asked",
        "ask",
        "asks",
        "question",
        "suggestion",
        "suggests",
        "suggested",
        "told",
        "says",
        "said",
        "claim",
        "idea",
        "phrase",
        "advice",
        "argument",
        "wonder",
        "wondering",
    }
)


def direction(order: Order) -> str:
    """stop, go, restart or norestart: what the order comes to once negations are counted."""
    if order.act == "STOP":
        return "go" if order.negated else "stop"
    begins = order.act == "START" and order.text.startswith(("start", "begin", "began", "begun", "commenc", "initiat"))
    if order.act in ("GO", "START") and not begins:
        return "stop" if order.negated else "go"
    if order.act == "DELAY":
        return "restart" if order.negated else "norestart"
    return "norestart" if order.negated else "restart"


def on_pomalidomide(order: Order, reading: Reading) -> bool:
    """Whether an order is about pomalidomide."""
    if order.act not in ("STOP", "GO", "START", "RESTART", "DELAY"):
        return False
    if order.target == "TREAT":
        return order.act in ("STOP", "RESTART") or (order.act == "GO" and not reading.any("AMB", "AMBNAME", "RESP"))
    if order.text in ("unchanged", "no change", "no adjustment", "no modification") and order.segment.tags & {"DOSE", "SAME", "RENAL"}:
        return False
    if order.act == "START":
        pronoun = any(a.tag == "START" and b.text in ("it", "them") for a, b in itertools.pairwise(order.segment.tokens))
        return (
            order.target == "POM"
            and ("POM" in reading.tags or pronoun)
            and not order.text.startswith(("use", "cover", "appl", "includ", "complet", "finish"))
        )
    return order.target in _ON_POM


def is_instruction(order: Order) -> bool:
    """Whether an order is given, not only named, told of the past, or called harmful."""
    return not (order.noun or order.past or order.rejected) and order.kind in ("main", "reason", "quote", "while", "onlyif")


def stops_for_good(reading: Reading) -> bool:
    """Whether a piece asks for a permanent stop: local negation counted, and not named as a harm."""
    if any(
        o.act in ("RESTART", "START")
        and o.negated
        and "never" in [t.text for t in o.segment.tokens]
        and not o.conditions
        and on_pomalidomide(o, reading)
        for o in reading.orders
    ):
        return True
    if _NEVER.search(reading.plain) and reading.any("POM", "RESTART") and not reading.any("UNTIL", "WHILE", "IF", "ONCE", "PROGRESSION"):
        return True
    if reading.any("PROGRESSION", "PLANNED", "EVALNEG"):
        return _prefers_for_good(reading)
    for part in reading.parts:
        if part.kind not in ("main", "reason", "quote"):
            continue
        for at, token in enumerate(part.tokens):
            if token.tag == "PERM":
                comma = max((to for to in range(at) if part.tokens[to].text in (",", "|", ":")), default=0)
                negative = sum(t.tag == "NEG" for t in part.tokens[comma:at])
                barred = any(o.act == "RESTART" and o.negated and o.segment == part for o in reading.orders)
                after = any(t.tag in ("NEG", "EVALNEG") for t in part.tokens[at + 1 : at + 6])
                if barred or (negative % 2 == 0 and not after):
                    return True
    return False


def _prefers_for_good(reading: Reading) -> bool:
    """`Permanent discontinuation is preferred over planned resumption`: the article turned round."""
    for part in reading.parts:
        tags = [t.tag for t in part.tokens]
        if "PERM" in tags and "EVALPOS" in tags:
            between = tags[tags.index("PERM") : tags.index("EVALPOS")]
            if (
                tags.index("PERM") < tags.index("EVALPOS")
                and not {"PLANNED", "NEG", "PROGRESSION"} & set(between)
                and "NEG" not in tags[: tags.index("PERM")]
            ):
                return True
    return False


def only_if(order: Order) -> bool:
    """Whether an order hangs on `only`: as a condition of its own, or as a bare word before an if."""
    bare = any(t.tag == "ONLYIF" for t in order.segment.tokens) and order.segment.kind == "main"
    return any(p.kind == "onlyif" or (bare and p.kind in ("if", "once")) for p in order.conditions)


def restricted(order: Order) -> bool:
    """A stop that is tied to a worse course, to `only if`, or that ends before complete resolution."""
    for part in order.conditions:
        kinds = kinds_of(part)
        if part.kind == "onlyif" and Condition.RESOLVED not in kinds:
            return True
        if part.kind in ("if", "once") and kinds & {Condition.WORSE, Condition.DATE, Condition.COUNTS} and "NF" not in part.tags:
            return True
        if part.kind in ("if", "once") and kinds & {Condition.TIER} and "MILD" not in part.tags:
            return True
        if part.kind == "until" and ends_early(part):
            return True
    if only_if(order) and Condition.RESOLVED not in all_kinds(order.conditions):
        return True
    return (
        order.act == "STOP"
        and not order.past
        and (spans_time(text_of(order.segment)) or order.text.split()[-1] in ("break",) or "brief" in order.text)
    )


def ends_early(part: object) -> bool:
    """Whether an `until` names an end short of complete resolution."""
    kinds = kinds_of(part)  # type: ignore[arg-type]
    if Condition.NOT_RESOLVED in kinds:
        return True
    return bool(kinds & {Condition.DATE, Condition.WORSE}) and Condition.RESOLVED not in kinds


def says_stop_now(order: Order, reading: Reading) -> bool:
    """Whether an order is the stop that a hold asks for: given, firm, not tied to anything."""
    if not on_pomalidomide(order, reading) or direction(order) != "stop" or not is_instruction(order) or order.weak or reading.asks:
        return False
    return not restricted(order) and not any(p.kind in ("if", "onlyif") and "INF" not in p.tags for p in order.conditions)


def restart_is_early(order: Order, reading: Reading) -> bool:
    """Under a hold: whether a restart is told for a time before complete resolution."""
    kinds = all_kinds(order.conditions)
    own = order.segment.tags
    if _ANYWAY.search(reading.plain) or any("RESOLVED" in p.tags and "NEG" in p.tags and p.kind in ("if", "while", "once") for p in order.conditions):
        return True
    if order.kind == "onlyif":
        return Condition.RESOLVED not in kinds_of(order.segment)
    if Condition.NOT_RESOLVED in kinds or (reading.any("RESIDUAL") and "NEG" not in own):
        return True
    if Condition.RESOLVED in kinds or Condition.REASSESSED in kinds:
        return False
    if own & {"NOW", "SOON"} or Condition.DATE in kinds or Condition.COUNTS in kinds or spans_time(text_of(order.segment)):
        return True
    dosed = reading.any("SAME", "REDUCE", "PROPH", "DOSE", "LATER", "CONFIRM", "RESOLVED", "REASSESS", "CBC") or " mg" in reading.plain
    return not dosed


def faults(reading: Reading, context: Context, *, kind: str = "text") -> list[Fault]:
    """The faults of one piece as to pomalidomide itself; a heading or a bare label names a step, it does not order it."""
    label = kind in ("heading", "header") or sum(t.tag not in ("PUNCT", "NUM") for t in reading.tokens) <= 1
    found: list[Fault] = []
    action = context.decision.action
    if stops_for_good(reading) and not reading.asks:
        found.append(_fault("It stops pomalidomide for good; a temporary hold with planned resumption is preferred.", context))
    if reading.asks:
        return found
    for order in reading.orders:
        if on_pomalidomide(order, reading) and is_instruction(order):
            why = _judge(_meant(order, reading), order, reading, action)
            if why and _waits_for_count(order, reading, context):
                why = ""
            if why and not (label and direction(order) in ("restart", "norestart", "stop")):
                found.append(_fault(why, context))
    if not found and _unread(reading):
        found.append(_fault("It seems to instruct on pomalidomide in words that cannot be read.", context, main=False))
    if action is Action.RESUME and _refuses_restart(reading):
        found.append(_fault("It refuses or defers the restart; the decision is that pomalidomide can be resumed.", context))
    if action in (Action.HOLD, Action.INFORM) and _reviews_late(reading):
        found.append(_fault("It reviews the matter only on a worse course.", context))
    return found


def answered(question: Reading, context: Context, *, yes: bool) -> tuple[Fault, ...]:
    """The faults of a question once it is answered with a plain yes or no."""
    order = next((o for o in question.orders if on_pomalidomide(o, question) and is_instruction(o)), None)
    if order is None:
        return ()
    told = order if yes else replace(order, negated=not order.negated)
    why = _judge(direction(told), replace(told, weak=False), question, context.decision.action)
    return (_fault(why, context),) if why else ()


def _waits_for_count(order: Order, reading: Reading, context: Context) -> bool:
    """Under a label hold the restart hangs on the label's own count."""
    label = context.decision.basis is Basis.LABEL and direction(order) in ("restart", "norestart")
    return label and Condition.COUNTS in all_kinds(order.conditions) and re.search(r"\b(?:0\.5|500|50|recover\w*|1\.0)\b", reading.plain) is not None


def _unread(reading: Reading) -> bool:
    """Pomalidomide with a modal, a negation or an evaluation, and no deed or statement that is known: it is not shown."""
    if (
        not reading.any("POM")
        or any(o.act != "NEED" for o in reading.orders)
        or not reading.any("NEG", "EVALNEG", "EVALPOS", "SHOULD", "STRONG", "WEAK")
    ):
        return False
    return not reading.any(*_KNOWN)


def _refuses_restart(reading: Reading) -> bool:
    """`contraindicated from now on`, `another month before restarting`."""
    barred = (
        reading.any("POM")
        and any(t.text in ("contraindicated", "forbidden", "prohibited") for t in reading.tokens)
        and not reading.any("NEG", "WHILE", "IF")
    )
    return barred or (_DEFERS.search(reading.plain) is not None and reading.any("RESTART") and not reading.any("NEG"))


def _reviews_late(reading: Reading) -> bool:
    """`revisit the decision only if she deteriorates`: the matter is closed unless things get worse."""
    worse = any(p.kind == "onlyif" and Condition.WORSE in kinds_of(p) for p in reading.parts)
    return worse and reading.any("REASSESS", "MONITOR") and not reading.any("STOP", "RESTART", "NEG")


def _meant(order: Order, reading: Reading) -> str:
    """The direction, turned round when it stands in quotation marks and is refused."""
    aim = direction(order)
    if order.kind != "quote":
        return aim
    outside = [t for p in reading.parts if p.kind != "quote" for t in p.tokens]
    if any(t.tag == "EVALNEG" for t in outside) or any(t.tag == "NEG" for t in outside[:12]):
        return {"stop": "go", "go": "stop", "restart": "norestart", "norestart": "restart"}[aim]
    if any(t.text in _MENTIONS for t in outside) and not any(t.tag == "EVALPOS" for t in outside):
        return ""
    return aim


def _judge(aim: str, order: Order, reading: Reading, action: Action) -> str:
    match action:
        case Action.HOLD | Action.INFORM:
            return _under_hold(aim, order, reading, action)
        case Action.RESUME:
            return _under_resume(aim, order)
        case Action.REASSESS:
            return _under_reassess(aim, order, reading)
        case Action.NO_HOLD:
            return _under_no_hold(aim, order)
        case Action.OUT_OF_SCOPE:
            return (
                "It gives an order about pomalidomide where none can be given."
                if aim in ("go", "restart") and not order.text.split()[0].endswith("ing")
                else ""
            )


def _under_hold(aim: str, order: Order, reading: Reading, action: Action) -> str:
    if order.kind == "onlyif" and aim == "stop" and order.segment.tags & {"WORSE", "SEVERE", "LIFETHR", "INF", "FEVER"} and not reading.any("MILD"):
        return "It ties the hold to a worse course."
    if order.kind == "while" and not (aim == "go" and order.act == "GO" and "AMB" not in order.segment.tags and order.target == "POM"):
        return ""
    if aim == "go" and order.act == "START" and (Condition.RESOLVED in all_kinds(order.conditions) or "LATER" in order.segment.tags):
        aim = "restart"
    if aim == "go":
        if order.act == "STOP" and order.negated and "PERM" in order.segment.tags:
            return ""
        return "It lets pomalidomide go on; the decision is to hold it."
    if aim == "stop" and order.act == "STOP":
        if _LATE.search(reading.plain) and not reading.any("NOW", "RESTART", "NEG"):
            return "It puts the stop off."
        if restricted(order):
            return "It ties the hold to a condition, or ends it before complete resolution."
        if order.weak and action is Action.HOLD and not reading.any("SOURCE"):
            return "It leaves the hold open; the decision is to hold."
    if aim == "restart" and restart_is_early(order, reading):
        return "It restarts pomalidomide before complete resolution."
    if aim == "norestart" and any(p.kind in ("until", "before", "once") and ends_early(p) for p in order.conditions):
        return "It ends the hold before complete resolution."
    return ""


def _under_resume(aim: str, order: Order) -> str:
    kinds = all_kinds(order.conditions)
    waits = kinds & {Condition.RESOLVED, Condition.COUNTS, Condition.INFECTION} and not kinds & {Condition.DATE}
    if aim == "stop" and not waits and order.kind != "while":
        named = order.act == "STOP" and (
            order.text in ("pause", "hold", "break", "stop", "interruption", "on hold", "off") and order.segment.tokens and _named(order)
        )
        return "" if named else "It keeps pomalidomide off; the decision is that it can be resumed."
    if aim == "restart" and ("RESIDUAL" in order.segment.tags or Condition.NOT_RESOLVED in kinds) and "NEG" not in order.segment.tags:
        return "It restarts pomalidomide before complete resolution, or without what comes first."
    if aim == "norestart" and not waits:
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
    if aim == "restart" and _named(order):
        return ""
    only_resolved = bool(order.conditions) and all(p.kind == "once" and Condition.RESOLVED in kinds_of(p) for p in order.conditions)
    if aim == "restart" and only_resolved and not reading.any("REASSESS", "DEX", "ELDERLY") and order.segment.kind == "main":
        return "It restarts pomalidomide without the reassessment of risk and benefit."
    if aim == "restart" and not reading.any("REASSESS") and not any(p.kind in ("if", "once", "before") for p in order.conditions):
        if not (
            reading.any("LATER", "PROPH", "DEX", "CONFIRM", "CBC", "ELDERLY")
            or "CONSIDER" in order.segment.tags
            or order.text in ("back", "resumption", "reintroduction")
        ):
            return "It restarts pomalidomide without the reassessment of risk and benefit."
    return ""


def _under_no_hold(aim: str, order: Order) -> str:
    kinds = all_kinds(order.conditions)
    infected = (
        Condition.INFECTION in kinds
        or order.segment.tags & {"OCCUR", "ACTIVE", "NF", "LATER"}
        or "moment" in text_of(order.segment)
        or any(p.tags & {"INF", "NF", "OCCUR"} for p in order.conditions)
    )
    if aim == "stop" and order.act == "STOP" and order.kind != "while":
        if not infected and Condition.WORSE not in kinds:
            return "It holds pomalidomide; the decision is that no hold is called for."
        if any(p.kind == "onlyif" and kinds_of(p) & {Condition.WORSE, Condition.TIER} for p in order.conditions):
            return "It waits for a worse course before a hold; any infection is reason enough."
    if aim == "go" and Condition.INFECTION in kinds and any(p.kind in ("if", "while") and "NEG" not in p.tags for p in order.conditions):
        return "It lets pomalidomide go on during an infection."
    return ""


def _fault(why: str, context: Context, *, main: bool = True) -> Fault:
    return Fault("action", why, context.rule, "critical", main=main)
