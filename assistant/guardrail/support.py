"""Check `support`: what a piece claims must be one of the article's statements, a rule's, a fact of the question, or harmless."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from assistant.guardrail import effects, near, scope
from assistant.guardrail.cues import cues
from assistant.guardrail.readings import Context, Fault, Reading
from assistant.guardrail.tokens import Token
from assistant.records import Action, Severity

_DANGLING = frozenset(
    "a an the and or but of to for with in on at by from as if when until while because since give should may might can must will is are be been not also than which the per about".split()
)
_NO_BEARING = re.compile(
    r"\b(?:risk|exposure|chance)s? (?:is|are|remains?|stays?) (?:very |quite |really )?(?:low|small|minimal|trivial|unaffected|unchanged|theoretical|negligible|irrelevant)\b|\bno (?:bearing|effect|influence|impact|relation|link|connection)\b"
    r"|\bnot (?:affect|influence|alter|change|matter|impact|related|linked|associated)\b[^.;]{0,30}\b(?:risk|recovery|infections?|exposure)\b"
)
_BEFORE_VERBS = frozenset({"NEG", "SHOULD", "WEAK", "WHO"})  # behind these stands a verb, no name of a thing
_DESCRIBES = ("ing", "ly", "ful", "ous", "ish", "less", "ness", "able", "ible")
_GIVES = frozenset({"START", "CONSIDER", "BENEFIT", "CAUSE", "GO", "SHOULD", "STRONG", "EVALPOS", "CONFIRM"})
_WORKS = frozenset({"SHOULD", "STRONG", "START", "EVALPOS", "BENEFIT", "CAUSE", "WEAK"})
_ADVISES = ("SHOULD", "STRONG", "EVALPOS", "BENEFIT", "CAUSE", "START", "CONSIDER", "WEAK", "RAISE", "REDUCE", "IMPAIR")
_TESTS = frozenset({"cultures", "culture", "blood cultures", "blood culture", "sputum", "urine culture", "imaging", "swab", "swabs", "ct"})
_GENERAL_INF = frozenset({"infection", "infections", "infected", "infectious", "infective", "pneumonia", "episode", "illness", "infection's"})
_STOPS = str.maketrans(dict.fromkeys(".,;:!?()[]\"'«»0123456789%", " "))
_ALPHABET = re.compile(r"[^\W\d_]")
_STRANGE = re.compile(r"[^\W\d_\u0000-\u024f\u0370-\u03ff]")  # letters that are neither Latin nor Greek


def faults(reading: Reading, context: Context, *, last: bool, kind: str) -> list[Fault]:
    """The faults of one piece as to what it claims."""
    why = _unreadable(reading, last=last, kind=kind)
    if not why and not reading.asks:
        why = (
            near.fault(reading)
            or effects.fault(reading)
            or _common(reading)
            or _quinolone(reading)
            or _others(reading, context)
            or _careless(reading)
            or _names_drug(reading, context)
            or _states(reading, context)
        )
    return [Fault("support", why, context.rule)] if why else []


def _unreadable(reading: Reading, *, last: bool, kind: str) -> str:
    """Another language, or a tail that was cut off: what cannot be read has not passed."""
    strange = _STRANGE.findall(reading.body)
    if len(strange) > 2 and len(strange) * 4 > len(_ALPHABET.findall(reading.body)):
        return "It is not in English and cannot be checked."
    words = reading.plain.translate(_STOPS).split()
    foreign = [w for w in words if w in cues().foreign]
    unknown = sum(t.tag == "UNKNOWN" for t in reading.tokens)
    if len(foreign) >= (2 if unknown >= 2 else 3) and len(foreign) + unknown > len(words) * 0.3:
        return "It is not in English and cannot be checked."
    open_end = last and kind in ("text", "item") and bool(words) and not re.search(r"[.!?:)\]\"”'*|…]\s*$", reading.body)
    if open_end and (words[-1] in _DANGLING or (len(reading.tokens) > 3 and reading.tokens[-1].tag == "UNKNOWN")):
        return "It is cut off in mid sentence."
    return ""


def _common(reading: Reading) -> str:
    """What is said to be common or rare."""
    names = {t.text for t in reading.tokens if t.tag == "INF"} - _GENERAL_INF
    if (
        reading.any("MOSTCOMMON")
        and (names or reading.any("NEUTRO", "OUTSIDE"))
        and reading.any("SEVERE")
        and "%" not in reading.plain
    ):
        return "The article names pneumonia as the most common serious infection, and infections as the most common serious adverse event."
    if reading.any("MOSTCOMMON") and reading.any("SEVERE") and reading.any("INF") and not ("pneumonia" in reading.plain or "event" in reading.plain):
        return "The article does not call this the most common."
    if (
        reading.any("RARE")
        and reading.any("INF", "NEUTRO", "RISK")
        and not reading.any("NEG", "OUTSIDE")
        and reading.any("BE", "COMMON", "CAUSE", "POM")
    ):
        return "No source calls this rare."
    return ""


def _quinolone(reading: Reading) -> str:
    if not reading.any("QUIN") or reading.silent:
        return ""
    if re.search(
        r"\bwithout (?:any |special |particular )?(?:caution|concern|care|restriction|worry)|\bfreely\b|\bno (?:special |particular )?(?:caution|interaction|concern)|\bnot (?:interact|need (?:any )?caution)",
        reading.plain,
    ):
        return "Quinolones must be used with caution."
    if any(
        t.text in ("contraindicated", "forbidden", "prohibited") and before.tag != "NEG"
        for before, t in itertools.pairwise(reading.tokens)
    ) or re.search(
        r"\b(?:must|should) (?:not be used|be avoided|never)|\bavoid\w* (?:all |any )?(?:fluoro)?quinolone", reading.plain
    ):
        return "The article asks for caution with quinolones, it does not forbid them."
    return ""


def _careless(reading: Reading) -> str:
    """Monitoring made less where the article asks for more, and prophylaxis with other drugs than antibiotics."""
    if re.search(
        r"\bless (?:careful|close|frequent|intens\w+|strict)\w* (?:monitor|follow|watch)|\bno (?:extra|additional|special|closer|more careful) monitoring",
        reading.plain,
    ):
        return "The article asks for more careful monitoring."
    if (
        reading.any("RESP", "RESOLVED", "REASSESS", "CBC", "MONITOR", "CAUTION")
        and not reading.any("NEG", "RESTART")
        and re.search(r"\b(?:ignor\w+|disregard\w*|neglect\w*|overlook\w*|forget|never mind|omit|skip|excluding)\b", reading.plain)
    ):
        return "It leaves out what the article asks for."
    if (
        reading.any("RISK", "RECOVERY", "EXPOSE", "INF")
        and not reading.any("MILD", "SEVERE")
        and reading.any("POM", "RISK", "STOP", "GO", "RECOVERY", "EXPOSE")
        and _NO_BEARING.search(reading.plain)
    ):
        return "No source says this; the article says that pomalidomide raises the infection risk and may impair recovery."
    if (
        reading.any("PROPH")
        and any(p.kind in ("once", "while", "if") and "STOP" in p.tags and "RESTART" not in p.tags for p in reading.parts)
        and not reading.any("RESTART", "LATER")
    ):
        return "The article speaks of prophylaxis when pomalidomide is restarted."
    if re.search(r"\bhigh-dose dexamethasone|\bwithout differential", reading.plain):
        return "The article does not say so."
    if (
        re.search(
            r"\b(?:prophyla\w+|preventive) (?:\w+ )?(?:anti(?:virals?|fungals?)|immunoglobulin\w*|g-csf)|\banti(?:viral|fungal) prophyla\w+",
            reading.plain,
        )
        and not reading.silent
    ):
        return "The article speaks of antibiotic prophylaxis only."
    return ""


def _others(reading: Reading, context: Context) -> str:
    """Medicine that no source speaks of, and words that cannot be read in a claim or an instruction."""
    if reading.silent or (context.decision.action is Action.OUT_OF_SCOPE and scope.refers(reading)):
        return ""
    for token in reading.tokens:
        tested = token.text in _TESTS and reading.any("NEG", "RESIDUAL", "DELAY")
        taken_up = context.asks_of(token.text) and not reading.any(*_ADVISES)
        if token.tag == "OUTSIDE" and not (context.knows(token.text) or tested or taken_up):
            return f"No source speaks of '{token.text}'."
    unknown = next((t.text for at, t in enumerate(reading.tokens) if t.tag == "UNKNOWN" and not context.knows(t.text) and _as_remedy(reading.tokens, at)), "")
    return f"'{unknown}' stands in no source." if unknown and not _anchored(reading) else ""


def _as_remedy(tokens: Sequence[Token], at: int) -> bool:
    """Whether an unknown word stands where a remedy would: `give X`, `X helps`, `X should be added`; not where a verb or an adjective would."""
    if tokens[at].text.endswith(_DESCRIBES) or (at > 0 and (tokens[at - 1].tag in _BEFORE_VERBS or tokens[at - 1].text == "to")):
        return False
    before = {t.tag for t in tokens[max(0, at - 4) : at]}
    after = {t.tag for t in tokens[at + 1 : at + 5]}
    return bool(before & _GIVES or after & _WORKS)


def _anchored(reading: Reading) -> bool:
    """Whether a piece says something that is known, so that one strange word in it is only a word."""
    known = (o.target in ("AMB", "PROPH", "CBC", "GCSF") or (o.target == "POM" and (o.act != "START" or reading.any("POM"))) for o in reading.orders)
    return any(known) or reading.any("RESOLVED", "CONFIRM", "REASSESS")


def _names_drug(reading: Reading, context: Context) -> str:
    """A particular antimicrobial that is to be given and was not named in the question; G-CSF without neutropenic fever."""
    named = [t for t in reading.tokens if t.tag == "AMBNAME" or (t.tag == "QUIN" and "quinolone" not in t.text)]
    if "quinolones" in reading.plain and all(t.tag == "QUIN" for t in named):
        named = []  # named as examples of their class
    if not reading.silent and not all(_known(t, context) for t in named):
        return "It names an antimicrobial that the question did not; no source does."
    for order in reading.orders:
        if order.kind not in ("main", "reason") or order.past or order.noun:
            continue
        if (
            order.target == "GCSF"
            and not order.negated
            and "gcsf" not in context.decision.elements
            and not reading.any("NF", "FEVER", "NEUTRO")
            and context.decision.action is not Action.INFORM
        ):
            return "G-CSF support is for neutropenic fever."
        if (
            order.target == "DEX"
            and order.text not in ("no change", "unchanged")
            and order.act in ("STOP", "GO", "RESTART", "START")
            and "mg" not in reading.plain
            and "dose" not in reading.plain
            and not order.segment.tags & {"POM"}
        ):
            return "No source says this of dexamethasone."
    return ""


def _known(token: Token, context: Context) -> bool:
    """Whether a drug that is named stands in the question, whole or shortened at either end (`co-amox`, `the penicillin` for benzylpenicillin)."""
    if token.tag == "QUIN" and context.case.quinolone:
        return True
    if context.asks_of(token.text):
        return True
    name, asked = _joined(token.text), map(_joined, (*context.words, *context.asked.split()))
    return any(len(w) >= 4 and (name.startswith(w) or w.startswith(name) or (len(name) > 6 and w.endswith(name))) for w in asked)


def _joined(name: str) -> str:
    return name.replace(" ", "").replace("-", "")


def _states(reading: Reading, context: Context) -> str:
    """A severity other than the one that was read, said of this infection."""
    severity = context.decision.severity
    if (
        severity in (None, Severity.UNSPECIFIED)
        or context.case.moderate
        or reading.any("SOURCE", "NEG", "IF", "ONLYIF", "WEAK")
        or any(p.kind == "if" for p in reading.parts)
    ):
        return ""
    named = {Severity.MILD: "MILD", Severity.SEVERE: "SEVERE", Severity.LIFE_THREATENING: "LIFETHR"}[severity]
    if named in reading.tags or not re.search(
        r"\b(?:this|it|her|his|the|infection|episode) (?:infection |episode )?(?:is|was|counts as|is read as|is considered) (?:therefore |clearly |only |just |still )?(?:a |an )?(?:mild|minor|severe|serious|life-threatening|trivial)\b",
        reading.plain,
    ):
        return ""
    return f"The infection was read as {severity.value.replace('_', '-')}."
