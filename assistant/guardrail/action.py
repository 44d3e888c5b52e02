"""Check `action`: what a piece tells the reader to do with pomalidomide, against the decision."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.guardrail.aims import direction, is_instruction, on_pomalidomide
from assistant.guardrail.conditions import Condition, all_kinds, kinds_of
from assistant.guardrail.orders import Order
from assistant.guardrail.readings import Context, Fault, Reading
from assistant.guardrail.stances import judge_aim
from assistant.guardrail.tokens import Token
from assistant.records import Action, Basis, Infection

UNREAD = "It seems to instruct on pomalidomide in words that cannot be read."
FOR_GOOD = "It stops pomalidomide for good; a temporary hold with planned resumption is preferred."
_ENDS = ("stop", "discontin", "give", "giving", "abandon")
_NEVER = re.compile(r"\bnever\b[^.;]*\b(?:again|use|take|given|receive|restart\w*|reintroduc\w*|go back)\b")
_DEFERS = re.compile(r"\b(?:another|a further|at least|wait|after) (?:\w+ )?(?:days?|weeks?|months?|cycles?)\b[^.;]*\b(?:before|until)\b")
_KNOWN = (
    "DOSE", "SAME", "SILENT", "SOURCE", "RENAL", "QUIN", "RISK", "NEUTRO", "RESOLVED", "REASSESS", "PERM", "PLANNED", "EXPOSE", "PROGRESSION", "INF", "IMPAIR", "PROLONG", "CAUSE", "RAISE",
    "COMPL", "HARMLESS", "PARTNER", "DEX", "PROPH", "CBC", "GCSF", "FULL", "LATER", "UNTIL", "LABEL", "NOW", "ELDERLY",
)  # fmt: skip
_MENTIONS = frozenset(
    "asked ask asks question suggestion suggests suggested told says said claim idea phrase advice argument wonder wondering".split()
)


def stops_for_good(reading: Reading) -> bool:
    """Whether a piece asks for a permanent stop: local negation counted, and not named as a harm."""
    if any(
        o.act in ("RESTART", "START")
        and o.negated
        and "never" in [t.text for t in o.segment.tokens]
        and not o.conditions
        and "ACTIVE" not in o.segment.tags
        and on_pomalidomide(o, reading)
        for o in reading.orders
    ):
        return True
    if _NEVER.search(reading.plain) and reading.any("POM", "RESTART") and not reading.any("UNTIL", "WHILE", "IF", "ONCE", "PROGRESSION"):
        return True
    if reading.any("PROGRESSION", "PLANNED", "EVALNEG"):
        return _prefers_for_good(reading)
    if any(p.kind == "until" and Condition.RESOLVED in kinds_of(p) for p in reading.parts):
        return False
    for part in reading.parts:
        if part.kind not in ("main", "reason", "quote"):
            continue
        if part.kind == "quote" and not part.tags & {"STOP", "RESTART", "POM", "SHOULD"}:
            continue  # `"Forever" is another matter`
        for at, token in enumerate(part.tokens):
            if token.tag == "PERM" and not (token.text == "altogether" and not any(t.text.startswith(_ENDS) for t in part.tokens)):
                if token.text == "not come back" and any(p.kind in ("while", "if", "until") for p in reading.parts):
                    continue
                comma = max((to for to in range(at) if part.tokens[to].text in (",", "|", ":")), default=0)
                negative = sum(t.tag == "NEG" and t.text != "neither" for t in part.tokens[comma:at])
                again = token.text in ("ever again", "at any dose", "for good", "for ever", "forever")
                barred = any(o.act in ("RESTART", *(("START", "GO") if again else ())) and o.negated and o.segment == part for o in reading.orders)
                after = any(t.tag in ("NEG", "EVALNEG") for t in part.tokens[at + 1 : at + 6])
                if barred or (negative % 2 == 0 and not after):
                    return True
    return False


def _prefers_for_good(reading: Reading) -> bool:
    """`Permanent discontinuation is preferred over planned resumption`: the article turned round."""
    for part in reading.parts:
        tags = [t.tag if not _leads_to_progression(part.tokens, at) else "W" for at, t in enumerate(part.tokens)]
        if "PERM" in tags and "EVALPOS" in tags:
            between = tags[tags.index("PERM") : tags.index("EVALPOS")]
            if (
                tags.index("PERM") < tags.index("EVALPOS")
                and not {"PLANNED", "NEG", "PROGRESSION"} & set(between)
                and "NEG" not in tags[: tags.index("PERM")]
            ):
                return True
    return False


def _leads_to_progression(tokens: Sequence[Token], at: int) -> bool:
    """`could allow the myeloma to progress`, `can mean progression`: a word that praises otherwise, and names a harm here."""
    return tokens[at].tag == "EVALPOS" and any(t.tag == "PROGRESSION" for t in tokens[at + 1 : at + 4])


def faults(reading: Reading, context: Context, *, kind: str = "text") -> list[Fault]:
    """The faults of one piece as to pomalidomide itself; a heading or a bare label names a step, it does not order it."""
    label = kind in ("heading", "header") or sum(t.tag not in ("PUNCT", "NUM") for t in reading.tokens) <= 1
    found: list[Fault] = []
    if kind in ("heading", "header") and next((t.form for t in reading.tokens if t.tag not in ("PUNCT", "W", "NUM")), "") == "ing":
        return found  # `Carrying on`: a heading that names a deed
    if reading.asks:
        return found
    action = context.decision.action
    if stops_for_good(reading):
        found.append(_fault(FOR_GOOD, context))
    for order in reading.orders:
        if on_pomalidomide(order, reading) and is_instruction(order):
            why = judge_aim(_meant(order, reading), order, reading, action, general=context.case.infection is Infection.GENERAL)
            spared = waits_for_count(order, reading, context) or _tells_of_the_label(order, reading, context)
            if why and not spared and not (label and direction(order) in ("restart", "norestart", "stop")):
                found.append(_fault(why, context))
    if _unread(reading):
        found.append(_fault(UNREAD, context, main=False))
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
    told = order if yes else order._replace(negated=not order.negated)
    why = judge_aim(direction(told), told._replace(weak=False), question, context.decision.action)
    return (_fault(why, context),) if why else ()


def waits_for_count(order: Order, reading: Reading, context: Context) -> bool:
    """Under a label hold the restart hangs on the label's own count."""
    label = context.decision.basis is Basis.LABEL and direction(order) in ("restart", "norestart")
    return label and Condition.COUNTS in all_kinds(order.conditions) and re.search(r"\b(?:0\.5|500|50|recover\w*|1\.0)\b", reading.plain) is not None


def _tells_of_the_label(order: Order, reading: Reading, context: Context) -> bool:
    """Under a label hold: `the label interrupts it when the neutrophils fall below 0.5`, `should fever come, it is stopped at once`."""
    if context.decision.basis is not Basis.LABEL or direction(order) != "stop":
        return False
    tied = [p for p in order.conditions if p.kind in ("if", "once", "while")]
    return bool(tied) and len(tied) == len(order.conditions) and (reading.any("LABEL", "NF", "FEVER") or Condition.COUNTS in all_kinds(order.conditions))


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


def _fault(why: str, context: Context, *, main: bool = True) -> Fault:
    return Fault("action", why, context.rule, "critical", main=main)
