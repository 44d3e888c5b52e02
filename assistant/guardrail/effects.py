"""Relations that a piece claims (`pomalidomide raises the infection risk`), against the closed list of those the article states."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.guardrail.cues import EffectEntry, cues
from assistant.guardrail.readings import Reading
from assistant.guardrail.tokens import Token

EFFECTS = frozenset({"RAISE", "REDUCE", "IMPAIR", "PROLONG", "CAUSE", "BENEFIT"})
_OBJECTS = frozenset({"RISK", "RECOVERY", "COMPL", "INF", "EXPOSE", "PROGRESSION", "NEUTRO", "OUTSIDE", "UNKNOWN", "RESP", "FEVER", "NF"})
_SUBJECTS = frozenset(
    {
        "POM",
        "QUIN",
        "NEUTRO",
        "PERM",
        "RENAL",
        "PRON",
        "GO",
        "PROPH",
        "AMB",
        "AMBNAME",
        "DEX",
        "GCSF",
        "PARTNER",
        "OUTSIDE",
        "PATHWAY",
        "STOP",
        "TREAT",
        "INF",
        "CBC",
        "MONITOR",
        "ELDERLY",
    }
)
_BACKWARD = frozenset(
    {
        "rise",
        "rises",
        "rising",
        "rose",
        "risen",
        "grow",
        "grows",
        "climb",
        "climbs",
        "increased",
        "higher",
        "greater",
        "elevated",
        "raised",
        "go up",
        "goes up",
        "larger",
        "increases",
        "increase",
        "heightened",
        "lower",
        "reduced",
        "decreased",
        "impaired",
        "prolonged",
        "lowered",
    }
)
_FORGETS = frozenset({"overlook", "overlooking", "forget", "forgetting", "neglect", "neglecting"})
_COMPARES = frozenset({"more", "less", "fewer", "greater", "larger", "higher"})


def fault(reading: Reading) -> str:
    """Why a relation in this piece is not one of the article's, or nothing."""
    if reading.silent:
        return ""
    flat = [(part.kind, token) for part in reading.parts for token in part.tokens]
    tokens = [token for _, token in flat]
    for at, (kind, token) in enumerate(flat):
        improves = token.text in ("improve", "improves", "improved") and any(t.tag in ("RECOVERY", "INF", "COMPL") for t in tokens[at + 1 : at + 4])
        if (token.tag in EFFECTS or improves) and kind in ("main", "reason", "while"):
            why = _one(tokens, at, reading)
            if why:
                return why
    return ""


def _one(tokens: Sequence[Token], at: int, reading: Reading) -> str:
    token = tokens[at]
    if token.text.endswith("longer infection"):
        return ""
    place = _object(tokens, at)
    if place is None:
        return _without_object(token, reading)
    target = tokens[place]
    if token.text in _COMPARES and target.tag not in ("RISK", "EXPOSE", "COMPL", "RECOVERY"):
        return ""
    if token.tag == "REDUCE":
        return (
            ""
            if (target.tag in ("INF", "RESP", "FEVER", "NF", "UNKNOWN") and not reading.any("PROPH")) or _closing(tokens, at)
            else f"No source says that this lowers {target.text}."
        )
    if token.tag == "CAUSE" and target.tag == "INF" and token.text in ("allow", "allows", "due to"):
        return ""
    entries = [e for e in cues().claims.effects if e.effect == token.tag and target.tag in e.object]
    if not entries:
        return f"No source says this of {target.text}."
    return _fits(entries, tokens, at, place)


def _fits(entries: Sequence[EffectEntry], tokens: Sequence[Token], at: int, place: int) -> str:
    target = tokens[place]
    subject = _subject(tokens, at, place)
    if place < at and subject and not any(subject & set(e.subject) for e in entries):
        subject |= {t.tag for t in tokens[at:] if t.tag in _SUBJECTS}  # `the risk may be higher when renal function is impaired`
    mine = [e for e in entries if not subject or subject & set(e.subject)]
    if not mine:
        return f"No source says that this bears on {target.text} so."
    left = tokens[max(0, at - 5) : at]
    deed = next((t for t in reversed(tokens[:at]) if t.tag in ("STOP", "GO", "PRON")), None)
    if (
        target.tag in ("INF", "COMPL")
        and tokens[at].tag in ("PROLONG", "RAISE")
        and deed is not None
        and deed.tag == "STOP"
        and deed.form in ("ing", "word")
        and "CONT" not in subject
    ):
        return "The article says this of continuing."
    if any(t.tag in ("NEG", "RARE") and t.text not in _FORGETS for t in left) and not any(t.tag in ("GO", "STOP") for t in left):
        return "The article says the contrary."
    if all(e.hedged for e in mine) and any(t.tag == "STRONG" for t in left):
        return "The article says this less firmly."
    return ""


def _object(tokens: Sequence[Token], at: int) -> int | None:
    """The place of what an effect is said to act on: after it, or before it for `exposure may rise`."""
    passive = tokens[at].text in _BACKWARD and at > 0 and tokens[at - 1].tag in ("BE", "BEEN")
    for place in range(at + 1, at + 1 if passive else min(at + 9, len(tokens))):
        token = tokens[place]
        if token.text in (";", ".", "|") or (tokens[at].tag == "BENEFIT" and token.tag == "AND") or (token.tag in EFFECTS and token.text not in _COMPARES):
            break
        if token.tag in _OBJECTS:
            return _after_risk(tokens, place)
    if tokens[at].text in _BACKWARD:
        return next((place for place in range(at - 1, max(-1, at - 9), -1) if tokens[place].tag in _OBJECTS - {"INF"}), None)
    return None


def _after_risk(tokens: Sequence[Token], at: int) -> int:
    """`infection risk` is a risk, and `risk of X` is about X where X is not an infection or a complication."""
    wanted, reach = {"INF": (("RISK",), 2), "RISK": (("OUTSIDE", "UNKNOWN", "PROGRESSION", "RECOVERY"), 4)}.get(tokens[at].tag, ((), 0))
    return next((place for place in range(at + 1, min(at + reach, len(tokens))) if tokens[place].tag in wanted), at)


def _subject(tokens: Sequence[Token], at: int, place: int) -> frozenset[str]:
    """What the effect is said of: the nearest candidate before it, or any before it that is pomalidomide being continued."""
    target = tokens[place]
    if place < at:
        agent = next((i for i in range(at + 1, min(at + 3, len(tokens))) if tokens[i].text == "by"), None)
        if agent is not None:
            return frozenset(t.tag for t in tokens[agent + 1 : agent + 4] if t.tag in _SUBJECTS)
    before = [
        t
        for i, t in enumerate(tokens[:at])
        if t.tag in _SUBJECTS and i != place and not (t.tag == "POM" and target.tag == "EXPOSE") and not (t.tag == "INF" and tokens[i + 1].tag == "RISK")
    ]
    if not before:
        return frozenset()
    tags = {before[-1].tag}
    omitted = any(a.tag == "NEG" and b.tag == "STOP" for a, b in itertools.pairwise(tokens[:at]))
    if any(t.tag == "GO" for t in before) or omitted:
        tags.add("CONT")
    if before[-1].tag in ("INF", "PRON", "TREAT", "GO") or before[-1].tag == target.tag:
        tags |= {t.tag for t in before}
    return frozenset(tags)


def _closing(tokens: Sequence[Token], at: int) -> bool:
    """The article's closing words: efficacy maximised, complications minimised by following the guidance."""
    return any(t.tag == "COMPL" for t in tokens[max(0, at - 3) : at + 4]) and not any(t.tag in ("POM", "PROPH", "QUIN", "GO") for t in tokens[:at])


def _without_object(token: Token, reading: Reading) -> str:
    if (
        token.tag == "BENEFIT"
        and token.text in ("effective", "highly effective", "protective", "protection", "immunity", "immune system")
        and reading.any("AMBNAME", "OUTSIDE", "PARTNER", "UNKNOWN")
    ):
        return "No source says this."
    return ""
