"""What an order about pomalidomide comes to: its direction, whether it is given at all, and what it hangs on."""

from __future__ import annotations

import itertools
import re

from assistant.guardrail.clauses import Segment
from assistant.guardrail.conditions import Condition, all_kinds, kinds_of, spans_time, text_of
from assistant.guardrail.cues import pattern
from assistant.guardrail.orders import Order
from assistant.guardrail.readings import Reading

_ONCE_ONLY = re.compile(r"\b(?:only|just) (?:tonight|today|one|this|the next|a single|the first)\b|\b(?:tonight|today|once) only\b")
_TESTS = frozenset("culture cultures test tests swab result results pcr x-ray scan ct lab laboratory biopsy serology antigen".split())
_ON_POM = ("POM", "TREAT", "SAME", "DOSE", "")


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
    if order.act == "DELAY" and order.negated and not order.segment.tags & {"POM", "SAME", "DOSE"} and not reading.any("RESTART", "RESOLVED"):
        return False  # `neither should wait`: what is not put off is not named
    if order.act == "DELAY" and (reading.any("STOP") or "REDUCE" in order.segment.tags) and not reading.any("RESTART"):
        return False  # `a reduction is reserved for severe infections`
    if order.act == "START" and order.target in ("AMB", "AMBNAME"):
        return any(a.tag == "AND" and b.tag == "POM" for a, b in itertools.pairwise(order.segment.tokens))  # `take the antibiotic and the capsule`
    if order.act == "START":
        pronoun = any(a.tag == "START" and b.text in ("it", "them") for a, b in itertools.pairwise(order.segment.tokens))
        pronoun = pronoun or (order.text in ("taken", "given") and any(t.text == "let" for t in order.segment.tokens))  # `let those three be taken`
        pronoun = pronoun or (reading.has("RAISE", "RISK") and any(t.tag == "PRON" for t in order.segment.tokens))  # `it may be given, as it raises the risk`
        return (
            order.target == "POM"
            and ("POM" in reading.tags or pronoun)
            and not order.text.startswith(("use", "cover", "appl", "includ", "complet", "finish"))
        )
    return order.target in _ON_POM


def is_instruction(order: Order) -> bool:
    """Whether an order is given, not only named, told of the past, or called harmful."""
    return not (order.noun or order.past or order.rejected) and order.kind in ("main", "reason", "quote", "while", "onlyif")


def only_if(order: Order) -> bool:
    """Whether an order hangs on `only`: as a condition of its own, or as a bare word before an if."""
    bare = any(t.tag == "ONLYIF" for t in order.segment.tokens) and order.segment.kind == "main"
    return any(p.kind == "onlyif" or (bare and p.kind in ("if", "once")) for p in order.conditions)


def _underlines(part: Segment, order: Order) -> bool:
    """`complete resolution, not before`: two words that name no condition of their own, and only confirm the one before them."""
    return "RESOLVED" in order.segment.tags and all(t.tag in ("ONLYIF", "PUNCT") for t in part.tokens)


def restricted(order: Order, *, by_tier: bool = True) -> bool:
    """A stop that is tied to a worse course, to `only if`, or that ends before complete resolution.

    `by_tier` says whether a tier as a condition narrows it: in a general answer the tiers are gone through one by one.
    """
    through = any(p.kind == "until" and Condition.RESOLVED in kinds_of(p) for p in order.conditions)
    for part in order.conditions:
        if is_concession(part) or _underlines(part, order):
            continue
        kinds = kinds_of(part)
        if part.kind == "onlyif" and Condition.RESOLVED not in kinds:
            return True
        if part.kind == "if" and kinds == {Condition.OTHER} and "OUTSIDE" in part.tags:
            return True  # `if the second set of blood cultures grows, stop`: the infection is there already
        if not through and part.kind in ("if", "once", "onlyif") and part.tags & {"CONFIRM", "OCCUR"} and {t.text for t in part.tokens} & _TESTS:
            return True  # `stop once the culture is confirmed`
        if part.kind in ("if", "once") and kinds & {Condition.WORSE, Condition.DATE, Condition.COUNTS} and "NF" not in part.tags:
            return True
        if part.kind == "once" and kinds == {Condition.OTHER} and order.act == "STOP" and not through and not pattern("at_once").search(text_of(part)):
            return True  # `stop once the cycle is complete`
        if by_tier and not through and part.kind in ("if", "once") and Condition.TIER in kinds and "MILD" not in part.tags:
            return True
        if part.kind == "until" and ends_early(part):
            return True
    if order.act == "STOP" and not order.negated and "NEG" not in order.segment.tags and _ONCE_ONLY.search(text_of(order.segment)):
        return True
    if only_if(order) and Condition.RESOLVED not in all_kinds(order.conditions) and not all(_underlines(p, order) for p in order.conditions):
        return True
    return (
        order.act == "STOP"
        and not order.past
        and (spans_time(text_of(order.segment)) or (order.text.split()[-1] == "break" and not _described(order)) or "brief" in order.text)
    )


def _described(order: Order) -> bool:
    """`It is a break, not the end of the treatment`: what the stop is called."""
    before = next((a for a, b in itertools.pairwise(order.segment.tokens) if b.text == order.text), None)
    return before is not None and before.tag in ("BE", "COMMON")


def is_concession(part: Segment) -> bool:
    """`an infection, if a mild one`: nothing hangs on it."""
    return part.kind == "if" and "MILD" in part.tags and len(part.tokens) <= 4 and "BE" not in part.tags


def ends_early(part: Segment) -> bool:
    """Whether an `until` names an end short of complete resolution."""
    kinds = kinds_of(part)
    if Condition.NOT_RESOLVED in kinds:
        return True
    return bool(kinds & {Condition.DATE, Condition.WORSE}) and Condition.RESOLVED not in kinds


def says_stop_now(order: Order, reading: Reading) -> bool:
    """Whether an order is the stop that a hold asks for: given, firm, not tied to anything."""
    if not on_pomalidomide(order, reading) or direction(order) != "stop" or not is_instruction(order) or order.weak or reading.asks:
        return False
    tokens = order.segment.tokens
    answered = len(tokens) > 1 and tokens[0].text == "no" and tokens[1].tag == "PUNCT"
    denials = sum(t.tag in ("NEG", "EVALNEG") for t in tokens[answered:])
    if order.act != "STOP" and denials > 1:
        return False  # `not something that it cannot be taken through`
    head = next((at for at, t in enumerate(tokens) if t.text == order.text), 0)
    if head > 1 and any(t.text == "then" for t in tokens[1:head]):
        return False  # `fever with this count would be neutropenic fever: it is then discontinued`
    if any(t.text == "then" for t in tokens[head + 1 : head + 3]):
        return False  # `if he spikes, that is a different story and we would stop then`
    narrowed = any(p.kind in ("if", "onlyif") and not is_concession(p) and ("INF" not in p.tags or p.tags & {"SEVERE", "LIFETHR"}) for p in order.conditions)
    return not restricted(order) and not narrowed
