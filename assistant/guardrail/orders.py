"""Reads what a piece tells the reader to do: to what, with which polarity, how firmly and on what condition."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.guardrail.clauses import HEADS, Segment
from assistant.guardrail.tokens import Token

TARGETS = frozenset(
    {
        "POM",
        "AMB",
        "AMBNAME",
        "QUIN",
        "PROPH",
        "GCSF",
        "CBC",
        "DEX",
        "PARTNER",
        "SAME",
        "DOSE",
        "OUTSIDE",
        "PRON",
        "TREAT",
        "RESP",
        "INF",
        "NF",
        "RENAL",
    }
)
_AS_POM = frozenset({"SAME", "DOSE", "TREAT"})
_TOPICS = frozenset({"POM", "AMB", "DEX", "PARTNER", "PROPH"})
_NEEDS = frozenset({"PROPH", "GCSF", "CBC", "AMB"})
_ABOUT = frozenset({"of", "about", "for", "by", "from", "on", "with"})
_DETERMINERS = frozenset({"a", "an", "the", "each", "every", "any", "one", "this", "that", "her", "his", "their"})
_LEANS = frozenset({"towards", "toward", "favours", "favors", "favouring", "suggests", "leans", "prefers", "preference"})
_ABSENCE = frozenset({"without", "no", "absence of", "lack of", "none"})
_STATES = frozenset({"INF", "FEVER", "NF", "WORSE", "ACTIVE", "OUTSIDE", "NEUTRO", "SUSPECT", "SEVERE", "MILD"})
_HARM = frozenset({"PROLONG", "COMPL", "PROGRESSION", "IMPAIR", "RISK"})
_WISHES = frozenset(
    {
        "want",
        "wants",
        "wanted",
        "wish",
        "wishes",
        "hope",
        "hopes",
        "hoping",
        "tempted",
        "temptation",
        "urge",
        "keen",
        "asked",
        "ask",
        "asking",
        "asks",
        "whether",
        "wonder",
        "wondering",
        "desire",
        "pressure",
        "eager",
        "instinct",
    }
)


@dataclass(frozen=True, slots=True)
class Order:
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


def merge_split_verbs(tokens: Sequence[Token]) -> list[Token]:
    """`keep it off`, `bring pomalidomide back`, `stays off`: the two halves of a verb become one head."""
    made = list(tokens)
    for at in range(1, len(made)):
        if made[at].text == "have" and made[at - 1].tag in ("WEAK", "SHOULD", "KEEP") and any(t.tag == "POM" for t in made[at + 1 : at + 4]):
            made[at] = Token("START", "have", "base")
    for at, token in enumerate(made):
        if token.tag not in ("KEEP", "BRING", "BE", "POM", "PRON", "STOP", "SHOULD", "STRONG", "START", "MONITOR"):
            continue
        for to in range(at + 1, min(at + 7, len(made))):
            other = made[to]
            if other.text in (",", ";", "|", ":") or (other.tag in HEADS and other.tag not in ("START", "STOP", "GO")):
                break
            if token.tag == "KEEP" and token.text.startswith(("leave", "leaving", "left")) and other.tag == "POM" and to + 1 == len(made):
                made[at] = Token("GO", token.text, token.form)
                break
            if token.text == "let" and other.tag == "POM" and to + 1 < len(made) and made[to + 1].text in ("ride", "run", "be"):
                made[to + 1] = Token("GO", made[to + 1].text, "base")
                break
            if other.text == "off" and _is_off(made, to):
                made[to] = Token("STOP", "off", "past")
                made[at] = Token("W", token.text) if token.tag == "START" else token
                break
            if token.tag in ("BRING", "START", "SHOULD") and other.text == "back":
                made[to] = Token("RESTART", "back", token.form or "base")
                break
            if token.tag == "KEEP" and other.text in ("going", "on", "running", "up", "goes"):
                made[to] = Token("GO", other.text, token.form)
                break
            if token.tag == "KEEP" and other.text in ("out",):
                made[to] = Token("STOP", "out", token.form)
                break
    return made


def _is_off(tokens: Sequence[Token], at: int) -> bool:
    """`off` means off pomalidomide unless another drug or a span of time without it follows (`off antibiotics 2 weeks`)."""
    for token in tokens[at + 1 : at + 3]:
        if token.tag in ("AMB", "AMBNAME", "TREAT", "DEX", "PARTNER", "FULL", "QUIN", "PROPH", "OUTSIDE"):
            return False
    return True


def _left(tokens: Sequence[Token], at: int) -> list[Token]:
    """The tokens before a head, back to what ends the reach of a negation."""
    found: list[Token] = []
    for to in range(at - 1, -1, -1):
        token = tokens[to]
        if token.text in (",", ";", ":", "|", "(", ")", ".") or token.tag in ("CONTR", "AND"):
            break
        if token.tag in HEADS and token.tag != "DELAY" and not (tokens[to + 1].tag == "OR" if to + 1 < len(tokens) else False):
            if token.form != "base" or to + 1 != at:
                break
        found.append(token)
    return found[::-1]


def _right(tokens: Sequence[Token], at: int) -> list[Token]:
    """The tokens after a head, up to the next head or the end of the clause."""
    found: list[Token] = []
    start = at + 2 if tokens[at + 1 : at + 2] and tokens[at + 1].text in (":", "|", "?") else at + 1
    if tokens[start : start + 1] and tokens[start].text == "|":
        start += 1
    for token in tokens[start:]:
        if (
            token.text in (";", "|", ":", ".")
            or token.tag == "CONTR"
            or (token.tag in HEADS and token.tag not in ("RAISE", "REDUCE", "START", "REASSESS", "MONITOR"))
        ):
            break
        found.append(token)
    return found


def _flips_left(left: Sequence[Token]) -> int:
    count = 0
    for at, token in enumerate(left):
        following = next((t for t in left[at + 1 :] if t.text not in _DETERMINERS), None)
        absence = token.text in _ABSENCE and following is not None and following.tag in _STATES
        count += not absence and (token.tag in ("NEG", "EVALNEG", "DELAY"))
    return count


def _flips_right(token: Token, left: Sequence[Token], right: Sequence[Token]) -> int:
    """`stopping is not required`, `a hold is unnecessary`: an evaluation after a deed that is named, not ordered."""
    if token.form == "base" and not _names(left) and not (right and right[0].tag == "NEG" and len(right) <= 2 and not left):
        return 0
    count, seen = 0, False
    if right and right[0].tag == "NEG" and right[0].text in ("no", "not", "none", "never") and (len(right) == 1 or right[1].tag == "PUNCT"):
        return 1
    for other in right:
        if other.text == ",":
            break
        if other.tag in ("NEG", "DELAY"):
            count, seen = count + 1, True
        elif other.tag == "EVALNEG":
            return count + 1
        elif other.tag == "EVALPOS" or (other.tag == "CONSIDER" and seen):
            return count
        elif (
            other.tag
            in ("BE", "WEAK", "SHOULD", "STRONG", "W", "POM", "PRON", "DOSE", "FULL", "INF", "AMB", "AMBNAME", "MILD", "SEVERE", "TEMP", "START")
            or not seen
        ):
            continue
        else:
            break
    return 0


def _names(left: Sequence[Token]) -> bool:
    """Whether a base form is used as a noun: `a hold`, `the stop`, `any interruption`, `tonight's pause`."""
    near = [t.text for t in left[-2:]]
    return any(word in ("a", "the", "any", "this", "that", "no", "every", "temporary", "of") for word in near)


def _target(tokens: Sequence[Token], at: int, topic: str) -> str:
    token = tokens[at]
    passive = token.form in ("past", "word") or (token.form == "ing" and False)
    right = _scan(tokens, range(at + 1, min(at + 9, len(tokens))))
    left = _scan(tokens, range(at - 1, -1, -1))
    subject = (
        token.tag in ("GO", "STOP", "RESTART")
        and token.form == "base"
        and any(a.tag == "POM" and b.tag in ("WEAK", "SHOULD", "STRONG") for a, b in itertools.pairwise(tokens[max(0, at - 4) : at]))
    )
    if subject and right in ("", "AMB", "AMBNAME"):
        return "POM"
    found = (left or right) if passive and any(t.tag in ("BE", "BEEN", "KEEP", "SHOULD") for t in tokens[max(0, at - 4) : at]) else (right or left)
    if token.tag in ("STOP", "RESTART") and found in ("", "PRON") and any(t.tag == "PERM" for t in tokens):
        return "POM"
    if (not found and token.tag in ("STOP", "RESTART", "DELAY")) or (
        token.tag == "RESTART" and found in ("AMB", "AMBNAME", "CBC", "GCSF", "PROPH", "QUIN")
    ):
        return "POM"
    if found == "PRON" or not found:
        other = left if left not in ("", "PRON") else ""
        found = other or topic
    if found in _AS_POM:
        found = next((t.tag for t in tokens if t.tag in ("DEX", "PARTNER")), "POM" if found != "TREAT" else "TREAT")
    return found


def _scan(tokens: Sequence[Token], places: range) -> str:
    pronoun = ""
    for to in places:
        token = tokens[to]
        if token.tag in ("RESP", "INF", "NF", "RENAL"):
            continue
        if token.tag in TARGETS:
            if token.tag != "PRON" or token.text == "both":
                return "POM" if token.tag == "PRON" else token.tag
            pronoun = pronoun or "PRON"
        alternative = token.text == "," and any(t.tag == "OR" for t in tokens[max(0, to - 2) : to + 2])
        adjective = token.tag in ("REDUCE", "RAISE") and token.form in ("past", "word")
        if (
            places.step == 1
            and not alternative
            and not adjective
            and ((token.tag in HEADS and tokens[to - 1].tag != "OR") or token.text in (",", ";", "(", "|") or token.tag == "CONTR")
        ):
            break
        if places.step == -1 and (token.text in (";",) or token.tag == "CONTR"):
            break
    return pronoun


def _modality(left: Sequence[Token]) -> tuple[bool, bool]:
    """(weak, past): may or consider; and whether the head only tells what has been done."""
    weak = any(t.tag in ("WEAK", "CONSIDER") for t in left) and not any(t.tag == "STRONG" for t in left)
    modal = any(t.tag in ("SHOULD", "STRONG", "WEAK") for t in left)
    return weak, any(t.tag == "BEEN" for t in left[-4:]) and not modal


def _order(segment: Segment, tokens: list[Token], at: int, topic: str, rest: Sequence[Token]) -> Order:
    token = tokens[at]
    left, right = _left(tokens, at), _right([*tokens, *rest], at)
    flips = _flips_left(left) + _flips_right(token, left, right)
    weak, past = _modality(left)
    weak = (
        weak
        or any(t.text in _LEANS for t in left)
        or ((token.form in ("ing", "word") or _names(left)) and any(t.tag in ("WEAK", "CONSIDER") for t in right))
    )
    past = past or (token.form in ("ing", "word") and any(t.text in ("was", "were") for t in right[:4]))
    about = bool(left) and left[-1].text in _ABOUT and token.form in ("ing", "word")
    named = token.form in ("ing", "word") or (token.form == "base" and _names(left))
    omitted = token.tag == "STOP" and flips % 2 == 1
    harm = (named or omitted) and any(t.tag in _HARM for t in right) and not any(t.tag == "NEG" for t in right)
    epithet = token.form == "past" and bool(left) and left[-1].tag in ("W", "WHO") and left[-1].text in _DETERMINERS
    aside = (
        token.form == "base"
        and len(left) > 1
        and left[-1].text in _DETERMINERS
        and left[-2].text in ("not", "instead of", "rather than")
        and flips == 1
    )
    wish = next((place for place, t in enumerate(left) if t.text in _WISHES), None)
    wished = wish is not None and not (wish > 0 and (left[wish - 1].text in ("i", "we") or left[wish - 1].tag in ("WEAK", "SHOULD")))
    patient = token.tag == "START" and bool(left) and left[-1].text in ("who", "patients", "people")
    patient = (
        patient
        or (token.tag == "START"
        and token.form in ("ing", "past")
        and not any(t.tag in ("BE", "SHOULD", "WEAK", "STRONG", "BEEN") for t in left[-3:]))
    )
    return Order(
        act=token.tag, target=_target(tokens, at, topic), negated=flips % 2 == 1, weak=weak, past=past and token.form in ("past", "ing", "word"),
        rejected=harm and (token.tag != "STOP" or omitted or any(t.tag == "PERM" for t in tokens)), noun=(named and about and flips % 2 == 0) or aside or patient or wished or epithet, kind=segment.kind, text=token.text, segment=segment,
    )  # fmt: skip


def orders_of(parts: Sequence[Segment], topic: str) -> tuple[Order, ...]:
    """Every order in the segments of a piece; `topic` is what `it` stands for when the piece does not say."""
    places: list[tuple[int, Order, int]] = []
    for number, segment in enumerate(parts):
        tokens = merge_split_verbs(segment.tokens)
        rest = _carried_on(parts, number)
        for at, token in enumerate(tokens):
            topic = token.tag if token.tag in _TOPICS else topic
            if token.tag in HEADS:
                order = _order(segment, tokens, at, topic, rest)
                if token.tag == "DELAY" and "POM" not in segment.tags and any(p.kind == "before" and "AMB" in p.tags for p in parts[number:]):
                    order = replace(order, target="AMB")
                places.append((number, order, at))
    heads = {number for number, _, _ in places}
    return tuple(replace(order, conditions=_conditions(parts, number, heads, last=_is_last(order, at))) for number, order, at in places)


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
                left = _left(segment.tokens, at)
                flips = _flips_left(left) + _flips_right(Token(token.tag, token.text, "word"), left, _right(segment.tokens, at))
                weak, _ = _modality(left)
                found.append(Order("NEED", token.tag, flips % 2 == 1, weak, False, False, False, segment.kind, token.text, segment))
    return tuple(found)
