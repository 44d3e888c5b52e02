"""Counts negations: how far they reach to a deed, what an evaluation after it does to it, how firmly it is said."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.guardrail.clauses import HEADS
from assistant.guardrail.tokens import Token

DETERMINERS = frozenset({"a", "an", "the", "each", "every", "any", "one", "this", "that", "her", "his", "their"})
LEANS = frozenset({"towards", "toward", "favours", "favors", "favouring", "suggests", "leans", "prefers", "preference"})
_SWAPS = frozenset({"instead of", "rather than", "in place of"})
_ABSENCE = frozenset({"without", "no", "absence of", "lack of", "none"})
UNTIMELY = frozenset({"too early", "too soon", "premature"})
NONE_OF = frozenset({"no", "no more", "no further"})
_TELLS = frozenset({"tell", "reassure", "explain", "say", "answer", "inform", "assure", "told", "sure", "know", "remind", "confirm"})
_STATES = frozenset({"INF", "FEVER", "NF", "WORSE", "ACTIVE", "OUTSIDE", "NEUTRO", "SUSPECT", "SEVERE", "MILD"})


def left_of(tokens: Sequence[Token], at: int) -> list[Token]:
    """The tokens before a head, back to what ends the reach of a negation."""
    found: list[Token] = []
    for to in range(at - 1, -1, -1):
        token = tokens[to]
        if token.text in (",", ";", ":", "|", "(", ")", ".") or token.tag in ("CONTR", "AND"):
            break
        shared = to + 1 < len(tokens) and tokens[to + 1].tag == "OR"  # `should not be stopped or interrupted`
        if token.tag in HEADS and token.tag != "DELAY" and not shared and (token.form != "base" or to + 1 != at):
            break
        found.append(token)
    return found[::-1]


def right_of(tokens: Sequence[Token], at: int) -> list[Token]:
    """The tokens after a head, up to the next head or the end of the clause."""
    found: list[Token] = []
    told = tokens[at + 1 : at + 4]
    if tokens[at].tag == "STOP" and len(told) == 3 and told[0].text == ":" and told[1].text in NONE_OF and told[2].tag in ("POM", "DOSE"):
        return found  # `hold: no pomalidomide until ...` says the same twice
    start = at + 2 if tokens[at + 1 : at + 2] and tokens[at + 1].text in (":", "|", "?") else at + 1
    if tokens[start : start + 1] and tokens[start].text == "|":
        start += 1
    for token in tokens[start:]:
        if (
            token.text in (";", "|", ":", ".")
            or token.tag == "CONTR"
            or (token.tag in HEADS and token.tag not in ("RAISE", "REDUCE", "START", "REASSESS", "MONITOR") and token.text not in UNTIMELY)
        ):
            break
        found.append(token)
    return found


def flips_left(left: Sequence[Token]) -> int:
    count = 0
    for at, token in enumerate(left):
        if token.text == "neither" and any(t.text == "nor" for t in left):
            continue
        if token.text in _SWAPS and at + 1 < len(left) and left[at + 1].tag == "NUM":
            continue  # `3 mg instead of 4 mg, with prophylactic antibiotics`
        if token.text == "without" and at + 1 < len(left) and (left[at + 1].text in ("one", "any", "it") or left[at + 1].tag == "PRON"):
            continue
        following = next((t for t in left[at + 1 :] if t.text not in DETERMINERS), None)
        absence = token.text in _ABSENCE and following is not None and following.tag in _STATES
        count += not absence and (token.tag in ("NEG", "EVALNEG", "DELAY"))
    return count


def flips_right(token: Token, left: Sequence[Token], right: Sequence[Token]) -> int:
    """`stopping is not required`, `a hold is unnecessary`: an evaluation after a deed that is named, not ordered; `take no pomalidomide`."""
    if right and right[0].text in NONE_OF | {"zero"} and any(t.tag in ("POM", "DOSE", "PRON") for t in right[1:3]):
        return 1
    if token.form == "base" and not is_named(left) and not (right and right[0].tag == "NEG" and len(right) <= 2 and not left):
        return 0
    count, seen = 0, False
    if right and right[0].tag == "NEG" and right[0].text in ("no", "not", "none", "never") and (len(right) == 1 or right[1].tag == "PUNCT"):
        return 1
    for other in right:
        if other.text == ",":
            break
        if other.tag == "EVALNEG" or other.text in UNTIMELY:
            return count + 1
        if other.tag in ("NEG", "DELAY"):
            count, seen = count + 1, True
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


def is_named(left: Sequence[Token]) -> bool:
    """Whether a base form is used as a noun: `a hold`, `the stop`, `any interruption`, `tonight's pause`."""
    near = [t.text for t in left[-2:]]
    return any(word in ("a", "the", "any", "this", "that", "no", "every", "temporary", "of") for word in near)


def modality(left: Sequence[Token]) -> tuple[bool, bool]:
    """(weak, past): may or consider; and whether the head only tells what has been done."""
    told = next((at for at, t in enumerate(left) if t.text in _TELLS), len(left))
    that = next((at for at in range(told, len(left)) if left[at].text in ("that", ":")), -1)
    left = left[that + 1 :]  # `you can tell her that stopping is right`: the telling is free, the stop is not
    weak = any(t.tag in ("WEAK", "CONSIDER") for t in left) and not any(t.tag == "STRONG" for t in left)
    modal = any(t.tag in ("SHOULD", "STRONG", "WEAK") for t in left)
    return weak, any(t.tag == "BEEN" for t in left[-4:]) and not modal
