"""Reads what a piece tells the reader to do: to what, with which polarity, how firmly and on what condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.guardrail.clauses import HEADS, Segment
from assistant.guardrail.negation import DETERMINERS, LEANS, flips_left, flips_right, is_named, left_of, modality, right_of
from assistant.guardrail.tokens import Token
from assistant.guardrail.verbs import merge_split_verbs, target_of

_TOPICS = frozenset({"POM", "AMB", "DEX", "PARTNER", "PROPH"})
_NEEDS = frozenset({"PROPH", "GCSF", "CBC", "AMB"})
_ABOUT = frozenset({"of", "about", "for", "by", "from", "on", "with", "around"})
_HARM = frozenset({"PROLONG", "COMPL", "PROGRESSION", "IMPAIR", "RISK"})
_KNOWN = frozenset({"knows", "know", "aware", "knowing", "told"})
_CALLS = frozenset("ring call phone report contact tell inform".split())
_WISHES = frozenset(
    "want wants wanted wish wishes hope hopes hoping tempted temptation urge keen asked ask asking asks whether wonder wondering desire pressure eager instinct".split()
)


class Order(NamedTuple):
    """One thing that is told: `act` (a head tag) on `target`; `negated` after all negations are counted.

    `weak` is may/consider/perhaps; `past` only tells what was done; `rejected` names a deed as harmful;
    `conditions` are the segments on which it depends; `kind` is the segment it stands in; `noun` a deed that is only named.
    """

    act: str
    target: str
    negated: bool
    weak: bool
    past: bool
    rejected: bool
    noun: bool
    kind: str
    text: str
    segment: Segment
    conditions: tuple[Segment, ...] = ()


def _order(segment: Segment, tokens: list[Token], at: int, topic: str, rest: Sequence[Token]) -> Order:
    token = tokens[at]
    left, right = left_of(tokens, at), right_of([*tokens, *rest], at)
    flips = flips_left(left) + flips_right(token, left, right) + _answered_no(tokens, at)
    weak, past = modality(left)
    weak = (
        weak
        or any(t.text in LEANS for t in left)
        or ((token.form in ("ing", "word") or is_named(left)) and any(t.tag in ("WEAK", "CONSIDER") for t in right))
    )
    if past and token.tag == "GO" and any(t.tag == "EVALPOS" for t in left):
        past = False  # `the reviewer has approved continuation`
    past = past or (token.form in ("ing", "word") and any(t.text in ("was", "were") for t in right[:4]))
    about = bool(left) and left[-1].text in _ABOUT and token.form in ("ing", "word")
    about = about or (token.text.startswith("back") and any(t.text in _ABOUT for t in left[-4:]))
    named = token.form in ("ing", "word") or (token.form == "base" and is_named(left))
    praised = any(t.tag == "EVALPOS" for t in right) and not any(t.tag in ("RISK", "REASSESS") for t in left)
    omitted = token.tag == "STOP" and flips % 2 == 1
    harm = (named or omitted) and any(t.tag in _HARM for t in right) and not praised and not any(t.tag == "NEG" for t in right)
    epithet = token.form == "past" and bool(left) and left[-1].tag in ("W", "WHO") and left[-1].text in DETERMINERS
    aside = (
        token.form == "base"
        and len(left) > 1
        and left[-1].text in DETERMINERS
        and left[-2].text in ("not", "instead of", "rather than")
        and flips == 1
    )
    of_it = token.tag == "STOP" and token.form == "base" and len(left) > 1 and left[-1].text in DETERMINERS and left[-2].text == "of"
    wish = next((place for place, t in enumerate(left) if t.text in _WISHES), None)
    if wish is not None and left[wish].text == "ask" and (wish == 0 or left[wish - 1].tag in ("W", "PUNCT")):
        wish = None  # `please ask him to leave it off`
    wished = wish is not None and not (wish > 0 and (left[wish - 1].text in ("i", "we") or left[wish - 1].tag in ("WEAK", "SHOULD")))
    patient = token.tag == "START" and bool(left) and (left[-1].text in ("who", "patients", "people") or any(t.text in _KNOWN for t in left))
    patient = patient or (
        token.tag == "START" and token.form in ("ing", "past") and not any(t.tag in ("BE", "SHOULD", "WEAK", "STRONG", "BEEN") for t in left[-3:])
    )
    return Order(
        act=token.tag, target=target_of(tokens, at, topic), negated=flips % 2 == 1, weak=weak, past=past and token.form in ("past", "ing", "word"),
        rejected=harm and (token.tag != "STOP" or omitted or any(t.tag == "PERM" for t in tokens)), noun=of_it or (bool(left) and left[-1].text == "about" and named) or ((named or token.text.startswith("back")) and about and flips % 2 == 0 and not praised) or aside or patient or wished or epithet, kind=segment.kind, text=token.text, segment=segment,
    )  # fmt: skip


def _answered_no(tokens: Sequence[Token], at: int) -> bool:
    """`restart now: no`, `going up, no`: the answer stands behind the only deed that is named."""
    told = tokens[at:-1] if tokens[-1].text in (".", "!") else tokens[at:]
    return sum(t.tag in HEADS for t in tokens) == 1 and len(told) > 3 and told[-1].text == "no" and told[-2].text in (":", "|", ",")


def orders_of(parts: Sequence[Segment], topic: str) -> tuple[Order, ...]:
    """Every order in the segments of a piece; `topic` is what `it` stands for when the piece does not say."""
    places: list[tuple[int, Order, int]] = []
    for number, segment in enumerate(parts):
        tokens = merge_split_verbs(segment.tokens)
        rest = _carried_on(parts, number)
        for at, token in enumerate(tokens):
            state = token.tag == "AMB" and any(t.text == "on" for t in tokens[max(0, at - 2) : at])
            topic = token.tag if token.tag in _TOPICS and not state else topic
            if token.tag in HEADS:
                order = _order(segment, tokens, at, topic, rest)
                if token.tag == "DELAY" and "POM" not in segment.tags and any(p.kind == "before" and "AMB" in p.tags for p in parts[number:]):
                    order = order._replace(target="AMB")
                if token.tag == "DELAY" and any(p.kind == "before" and "STOP" in p.tags for p in parts[number:]):
                    order = order._replace(act="STOP", target="POM", negated=not order.negated)  # `do not wait for a culture before pausing`
                places.append((number, order, at))
    heads = {number for number, _, _ in places}
    return tuple(order._replace(conditions=_conditions(parts, number, heads, last=_is_last(order, at))) for number, order, at in places)


def _carried_on(parts: Sequence[Segment], number: int) -> list[Token]:
    """`Continuing during an infection may prolong it`: the statement goes on behind a span of time."""
    found: list[Token] = []
    for part in parts[number + 1 :]:
        if part.kind != "while":
            break
        found += part.tokens
    return found


def _is_last(order: Order, at: int) -> bool:
    """Whether no comma or colon with another head stands between an order and the end of its segment."""
    after = order.segment.tokens[at + 1 :]
    if any(t.text in _CALLS for t in after):
        return False  # `stop the capsules and ring if she gets worse`
    cuts = [place for place, t in enumerate(after) if t.text in (",", ":", "|")]
    return not any(t.tag in HEADS for place in cuts for t in after[place:])


def _conditions(parts: Sequence[Segment], number: int, with_heads: set[int], *, last: bool) -> tuple[Segment, ...]:
    """The conditions of an order: those right after its segment, and an opening one right before it.

    In `no hold is called for, and it is held during an infection` the time belongs to the last order alone.
    """
    found = []
    for to in range(number + 1, len(parts)):
        if parts[to].asserted:
            break
        refused = parts[to - 1].tokens[-1].tag == "NEG" and parts[to].kind in ("if", "onlyif")
        if not refused and (last or parts[to].kind in ("until", "onlyif")):
            found.append(parts[to])
    for to in range(number - 1, -1, -1):
        if parts[to].asserted:
            break
        if to == 0 or not any(n < to and parts[n].asserted for n in with_heads):
            found.append(parts[to])
    return tuple(found)


def needs_of(parts: Sequence[Segment], orders: Sequence[Order]) -> tuple[Order, ...]:
    """What a piece says of prophylaxis, G-CSF, a CBC or antimicrobials without a verb: `no prophylaxis is required`."""
    found = []
    for segment in parts:
        aimed = {o.target for o in orders if o.segment is segment}
        for at, token in enumerate(segment.tokens):
            if token.tag in _NEEDS - aimed:
                left = left_of(segment.tokens, at)
                if token.tag == "AMB" and any(t.text == "on" for t in left[-3:]):  # `being on antibiotics` is a state
                    continue
                flips = flips_left(left) + flips_right(Token(token.tag, token.text, "word"), left, right_of(segment.tokens, at))
                weak, _ = modality(left)
                found.append(Order("NEED", token.tag, flips % 2 == 1, weak, False, False, False, segment.kind, token.text, segment))
    return tuple(found)
