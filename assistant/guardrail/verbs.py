"""Verbs whose halves stand apart (`keep it off`), and what a verb is done to."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.guardrail.clauses import HEADS
from assistant.guardrail.negation import NONE_OF
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
_HALVES = frozenset({"off", "back", "away", "have", "remain", "remains"})
_WHEN = frozenset({"NOW", "UNTIL", "WHILE", "BEFORE", "ONCE", "IF", "AND", "PUNCT", "INF", "CONTR"})
_SPANS = frozenset({"for", "from", "during", "at", "in", "this", "tonight"})
_AS_POM = frozenset({"SAME", "DOSE", "TREAT"})
_JOINED = frozenset({"to", "be", "being", "with", "the", "a", "this", "that", "its", "her", "his", "their", "your", "on"})
_LASTS = frozenset({"continues", "continue", "run on", "runs on", "carries on", "carry on", "goes on", "go on", "remains", "stays in place", "in place", "is maintained", "maintained", "continued", "stays", "remain"})


def merge_split_verbs(tokens: Sequence[Token]) -> list[Token]:
    """`keep it off`, `bring pomalidomide back`, `stays off`: the two halves of a verb become one head."""
    made = _none_given(_lasting_stop(tokens))
    if not any(t.tag in ("KEEP", "BRING") or t.text.split()[0] in _HALVES for t in tokens):
        return made
    for at in range(1, len(made)):
        if made[at].text == "have" and made[at - 1].tag in ("WEAK", "SHOULD", "KEEP") and any(t.tag == "POM" for t in made[at + 1 : at + 4]):
            made[at] = Token("START", "have", "base")
    for at, token in enumerate(made):
        if (token.tag == "KEEP" or token.text in ("remain", "remains")) and _keeps_on(made, at):
            made[at] = Token("GO", token.text, token.form)
            continue
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
            if other.text.startswith("off") and other.text[3:4] in ("", " ") and _is_off(made, to):
                made[to] = Token("STOP", "off", "past")
                made[at] = Token("W", token.text) if token.tag == "START" else token
                break
            if token.tag == "START" and other.text == "away" and token.text.startswith(("take", "taking", "took")):
                made[to], made[at] = Token("STOP", "away", token.form), Token("W", token.text)
                break
            if token.tag in ("BRING", "START", "SHOULD") and other.text == "back":
                made[to] = Token("RESTART", "back", token.form or "base")
                break
            if token.tag == "KEEP" and other.text in ("going", "on", "running", "up", "goes"):
                made[to] = Token("GO", other.text, token.form)
                break
            if token.tag == "KEEP" and other.text == "from" and made[to - 1].tag == "POM" and made[to + 1 : to + 2] and made[to + 1].tag in ("WHO", "PRON"):
                made[to] = Token("STOP", "from", token.form)  # `keep pomalidomide from her`
                break
            if token.tag == "KEEP" and other.text in ("out", "away", "apart"):
                made[to] = Token("STOP", other.text, token.form)
                break
    return made


def _none_given(tokens: list[Token]) -> list[Token]:
    """`No pomalidomide from now until ...`, `no further capsules`: an order without a verb."""
    at = next((place for place, t in enumerate(tokens) if t.tag not in ("W", "NOW", "PUNCT", "AND")), len(tokens))
    none, thing, after = [*tokens[at : at + 3], None, None, None][:3]
    if none is None or thing is None or none.text not in NONE_OF or thing.tag != "POM" or any(t.tag in HEADS for t in tokens):
        return tokens
    if after is not None and after.tag not in _WHEN and after.text not in _SPANS:
        return tokens  # `no pomalidomide toxicity`
    return [*tokens[:at], Token("STOP", none.text, "base"), *tokens[at + 1 :]]


def _lasting_stop(tokens: Sequence[Token]) -> list[Token]:
    """`continue to withhold it`, `maintain the hold`, `the hold goes on`: what is kept up is the stop."""
    made = list(tokens)
    for at, token in enumerate(made):
        if token.tag not in ("GO", "KEEP"):
            continue
        ahead = next((to for to in range(at + 1, min(at + 5, len(made))) if made[to].text not in _JOINED), at)
        behind = next((to for to in range(at - 1, max(-1, at - 4), -1) if made[to].tag not in ("BE", "SHOULD", "STRONG", "WEAK", "W")), at)
        passive = made[ahead].form == "past" and made[ahead - 1].text in ("be", "being")  # `continues to be withheld`
        kept = made[ahead].tag == "STOP" and (made[ahead].form in ("base", "ing", "word") or passive) and all(t.tag != "POM" for t in made[at + 1 : ahead])
        lasts = token.text in _LASTS and made[behind].tag == "STOP" and behind > 0 and made[behind - 1].text in _JOINED
        if kept or lasts:
            made[at] = Token("W", token.text)
    return made


def _keeps_on(tokens: Sequence[Token], at: int) -> bool:
    """`pomalidomide remains part of the regimen`, `stay with pomalidomide`: kept, with nothing that stops it."""
    near = [*tokens[max(0, at - 2) : at], *tokens[at + 1 : at + 4]]
    after = list(itertools.takewhile(lambda t: t.tag not in ("AND", "CONTR") and t.text not in (",", ":", "|"), tokens[at + 1 : at + 8]))
    stopped = any(
        t.tag in ("STOP", "GO", "RESTART", "SAME", "DOSE", "NEG", "UNTIL", "RESOLVED", "DELAY", "START") or t.text in ("off", "out", "stopped", "to")
        for t in after
    )
    return not stopped and any(t.tag == "POM" for t in near)


def _is_off(tokens: Sequence[Token], at: int) -> bool:
    """`off` means off pomalidomide unless another drug or a span of time without it follows (`off antibiotics 2 weeks`)."""
    return all(
        token.tag not in ("AMB", "AMBNAME", "TREAT", "DEX", "PARTNER", "FULL", "QUIN", "PROPH", "OUTSIDE") for token in tokens[at + 1 : at + 3]
    )


def target_of(tokens: Sequence[Token], at: int, topic: str) -> str:
    token = tokens[at]
    if token.tag in ("GO", "RESTART") and _of_another_thing(tokens, at):
        return "THING"
    passive = token.form in ("past", "word") or (token.form == "ing" and False)
    right = _scan(tokens, range(at + 1, min(at + 9, len(tokens))))
    left = _scan(tokens, range(at - 1, -1, -1))
    subject = (
        token.tag in ("GO", "STOP", "RESTART")
        and token.form == "base"
        and any(a.tag == "POM" and b.tag in ("WEAK", "SHOULD", "STRONG") for a, b in itertools.pairwise(tokens[max(0, at - 4) : at]))
    )
    if (
        token.tag == "GO"
        and token.text in ("remain", "remains", "stay", "stays", "leave", "leaves")
        and any(t.tag == "POM" for t in tokens[max(0, at - 2) : at + 4])
    ):
        return "POM"
    if subject and right in ("", "AMB", "AMBNAME"):
        return "POM"
    found = (left or right) if passive and any(t.tag in ("BE", "BEEN", "KEEP", "SHOULD") for t in tokens[max(0, at - 4) : at]) else (right or left)
    if token.tag in ("STOP", "RESTART") and found in ("", "PRON") and any(t.tag == "PERM" for t in tokens):
        return "POM"
    if (not found and token.tag in ("STOP", "RESTART", "DELAY")) or (
        token.tag == "RESTART" and found in ("AMB", "AMBNAME", "CBC", "GCSF", "PROPH", "QUIN")
    ):
        return "POM"
    if token.tag == "STOP" and token.form == "base" and not right and left in ("AMB", "AMBNAME", "PROPH", "CBC") and _after_other_head(tokens, at):
        return "POM"  # `treat the infection, watch the response, and hold until ...`
    if found == "PRON" and topic == "AMB" and token.tag == "STOP" and token.form in ("word", "ing"):
        return "POM"
    if found == "PRON" or not found:
        other = left if left not in ("", "PRON") else ""
        found = other or topic
    if found in _AS_POM:
        found = next((t.tag for t in tokens if t.tag in ("DEX", "PARTNER")), "POM" if found != "TREAT" else "TREAT")
    return found


def _after_other_head(tokens: Sequence[Token], at: int) -> bool:
    """Whether another order with an object of its own stands before this one in the clause."""
    return any(t.tag in HEADS for t in tokens[:at]) and tokens[at - 1].tag in ("AND", "PUNCT")


def _of_another_thing(tokens: Sequence[Token], at: int) -> bool:
    """`the cough may carry on`, `he can go on walking`, `continue to monitor`: nothing is said of a drug."""
    after = [t for t in tokens[at + 1 : at + 4] if t.text not in ("to", "with", "the", "normal", "her", "his", "their", "usual", "on", "wear", "a")]
    if after and (after[0].tag == "THING" or (tokens[at].tag == "GO" and after[0].tag in ("MONITOR", "CONFIRM"))):
        return True
    before = [t for t in tokens[max(0, at - 4) : at] if t.tag not in ("WEAK", "SHOULD", "STRONG", "BE", "BEEN", "NEG") and t.text != "like that"]
    return bool(before) and before[-1].tag == "THING"


def _scan(tokens: Sequence[Token], places: range) -> str:
    pronoun = ""
    for to in places:
        token = tokens[to]
        state = places.step == -1 and token.tag in ("AMB", "AMBNAME") and any(t.text == "on" for t in tokens[max(0, to - 2) : to])
        if state or token.tag in ("RESP", "INF", "NF", "RENAL"):
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
