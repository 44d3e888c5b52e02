"""Runs the checks over every piece of a draft and says what becomes of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.guardrail import action, aims, citation, companions, dose, hearing, injection, missing, number, scope, support
from assistant.guardrail.clauses import HEADS
from assistant.guardrail.pieces import SPOKEN, Piece, cut
from assistant.guardrail.readings import Context, Fault, Reading, read_all
from assistant.guardrail.tokens import MARKER
from assistant.knowledge import knowledge
from assistant.records import Action, Fate, Finding

_QUOTE_WORDS = 5
_REACH = 6  # parts of one sentence that a marker reaches over: a list without end must not cost without end
_ANSWER = re.compile(r"\W*(yes|no)\b(?:\W*$|[.!;]|,? (?:not|definitely|absolutely|certainly)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece with what was read in it and what is wrong with it."""

    piece: Piece
    reading: Reading
    faults: tuple[Fault, ...]
    around: frozenset[str]

    @property
    def remarked(self) -> bool:
        """Whether a marker alone is wrong: the piece stays and the marker is set right or dropped."""
        return bool(self.faults) and all(f.check == "citation" for f in self.faults)

    @property
    def removed(self) -> bool:
        return bool(self.faults) and not self.remarked

    def findings(self) -> tuple[Finding, ...]:
        return tuple(Finding(check=f.check, severity=f.severity, sentence=self.piece.text, why=f.why, rule=f.rule) for f in self.faults)


def judge(draft: str, context: Context) -> tuple[Judged, ...]:
    """Every piece of a draft, judged."""
    pieces = cut(draft)
    readings = read_all(pieces)
    whole = _sentences(draft, pieces)
    found = []
    pitfalls = False
    for at, (piece, reading) in enumerate(zip(pieces, readings, strict=True)):
        around = _around(pieces, readings, at)
        pitfalls = _names_pitfalls(pieces, readings, at, pitfalls)
        wrong = (
            ()
            if whole[piece.sentence] in context.sentences
            else _faults(piece, reading, context, around, last=at == len(pieces) - 1, pitfalls=pitfalls)
        )
        found.append(Judged(piece, reading, wrong, around))
    return tuple(_with_answers(found, context))


def _with_answers(judged: Sequence[Judged], context: Context) -> list[Judged]:
    """`Must it be stopped? No.`: a question and its one-word answer are judged as one statement."""
    made = list(judged)
    for at in range(len(made) - 1):
        answer = _ANSWER.match(made[at + 1].piece.body)
        if made[at].reading.asks and made[at].piece.kind != "heading" and answer:
            wrong = action.answered(made[at].reading, context, yes=answer.group(1).lower() == "yes")
            made[at] = replace(made[at], faults=made[at].faults + wrong)
            made[at + 1] = replace(made[at + 1], faults=made[at + 1].faults + wrong)
    return made


def _sentences(draft: str, pieces: Sequence[Piece]) -> dict[int, str]:
    """The whole sentence of each piece, blanks evened out: a dictated sentence passes as it stands."""
    ends: dict[int, tuple[int, int]] = {}
    for piece in pieces:
        start, _ = ends.get(piece.sentence, (piece.start, piece.end))
        ends[piece.sentence] = (start, piece.end)
    return {number: " ".join(draft[start:end].split()) for number, (start, end) in ends.items()}


def _names_pitfalls(pieces: Sequence[Piece], readings: Sequence[Reading], at: int, before: bool) -> bool:
    """Whether a piece stands in a list of pitfalls: what it names is what is not to be done."""
    if at == 0:
        return False
    led = pieces[at - 1].kind == "heading" or pieces[at - 1].text.endswith(":") or pieces[at - 1].sentence == pieces[at].sentence
    if led and any(t.tag == "EVALNEG" or t.text in ("avoid", "mistakes", "errors") for t in readings[at - 1].tokens):
        return pieces[at].kind != "heading"
    return before and (pieces[at].kind == "item" or pieces[at - 1].sentence == pieces[at].sentence)


def _around(pieces: Sequence[Piece], readings: Sequence[Reading], at: int) -> frozenset[str]:
    """What the other parts of the same sentence support: a marker covers its whole sentence (ruling 2)."""
    mine = pieces[at].sentence
    found: set[str] = set()
    for step in (-1, 1):
        to = at + step
        while 0 <= to < len(pieces) and pieces[to].sentence == mine and abs(to - at) <= _REACH:
            found |= citation.supported(readings[to])
            to += step
    return frozenset(found)


def _faults(piece: Piece, reading: Reading, context: Context, around: frozenset[str], *, last: bool, pitfalls: bool) -> tuple[Fault, ...]:
    key = (reading, piece.text, piece.kind, around, last, pitfalls)
    if key not in context.judged:
        context.judged[key] = _found(piece, reading, context, around, last=last, pitfalls=pitfalls)
    return context.judged[key]


def _found(piece: Piece, reading: Reading, context: Context, around: frozenset[str], *, last: bool, pitfalls: bool) -> tuple[Fault, ...]:
    if piece.kind == "rule":
        return ()
    wrong = injection.faults(piece, context)
    if wrong:
        return tuple(wrong + [f for f in action.faults(reading, context) + dose.faults(reading, context) if piece.kind != "markup"])
    named = pitfalls or any(t.text in ("pitfall", "pitfalls") for t in reading.tokens)
    orders = [] if named and _only_names(reading) else action.faults(reading, context, kind=piece.kind)
    beside = [] if named and _only_names(reading) else companions.faults(reading, context)
    quoted = quoted_from(reading)
    if quoted or piece.kind not in SPOKEN:
        orders += beside
    else:
        orders = hearing.heard(orders, beside, reading, context, named=named)
    if quoted:
        return () if quoted.startswith("article:pitfalls") and ":" in reading.body else tuple(orders)
    if _restates(reading, context):
        return tuple(citation.faults(reading, context, around))
    found = orders + [f for f in dose.faults(reading, context) if not hearing.takes_up(f, reading, context)]
    found += number.faults(reading, context)
    claims = scope.faults(reading, context)
    if not any(f.check in ("number", "dose") for f in found) and not claims:
        claims = support.faults(reading, context, last=last, kind=piece.kind)
    found += hearing.claimed(claims, reading, context) if piece.kind in SPOKEN else claims
    found += citation.faults(reading, context, around | hearing.backed(reading) if reading.markers and piece.kind in SPOKEN else around)
    return tuple({(f.check, f.why): f for f in found}.values())


def _restates(reading: Reading, context: Context) -> bool:
    """Whether a piece repeats the case in the question's own words (`the patient takes 4 mg and has had a cold for two days`)."""
    if not context.asked or reading.asks or reading.any(*_TELLS):
        return False
    said = [t.text for t in reading.tokens if t.tag not in ("PUNCT", "WHO", "AND") and t.text not in _ARTICLES]
    known = sum(context.asks_of(word) for word in said)
    verbs = [t.text for t in reading.tokens if t.tag in HEADS]
    return len(said) > 3 and known >= 0.8 * len(said) and all(context.asks_of(v) and v.split()[0].endswith("s") for v in verbs)


_TELLS = ("SHOULD", "STRONG", "EVALPOS", "EVALNEG", "NEG", "NOW", "SOON", "WEAK", "GO", "STOP", "RESTART", "IF", "ONLYIF", "UNTIL", "UNKNOWN")
_ARTICLES = frozenset({"the", "a", "an", "this", "that", "has", "had", "is", "of", "for"})


def _only_names(reading: Reading) -> bool:
    """Whether deeds are named and none is ordered: `continuing pomalidomide during active infection`."""
    first = next((t for t in reading.tokens if t.tag not in ("PUNCT", "W", "SOURCE", "EVALNEG", "NUM")), None)
    return first is not None and (first.form in ("ing", "word", "") or first.tag in ("NEG", "PERM"))


def kept(judged: Sequence[Judged]) -> list[Reading]:
    """What is read in the pieces that stay."""
    return [j.reading for j in judged if not j.removed and j.piece.kind != "rule"]


def says_main(judged: Sequence[Judged], context: Context) -> bool:
    """Whether what stays of a draft states the decision's main action."""
    readings = [j.reading for j in judged if not j.removed and j.piece.kind not in ("rule", "heading", "header")]
    match context.decision.action:
        case Action.HOLD:
            return not missing.lacking(readings, context) or any(missing.heard_to_stop(r, context) or any(aims.says_stop_now(o, r) for o in r.orders) for r in readings)
        case Action.RESUME:
            return any(
                aims.on_pomalidomide(o, r) and aims.direction(o) in ("restart", "go") and aims.is_instruction(o) for r in readings for o in r.orders
            )
        case Action.REASSESS:
            return any(r.any("REASSESS") for r in readings)
        case Action.NO_HOLD:
            return any(aims.on_pomalidomide(o, r) and aims.direction(o) == "go" and aims.is_instruction(o) for r in readings for o in r.orders)
        case Action.INFORM | Action.OUT_OF_SCOPE:
            return bool(readings)


def unsaid_hold(judged: Sequence[Judged], context: Context) -> bool:
    """Whether a hold is owed and a draft that goes into the matter never states it: what it means instead is not to be guessed."""
    if "stop_now" not in context.decision.elements or any(j.reading.any("SILENT") for j in judged):
        return False
    left = [j for j in judged if not j.removed and j.piece.kind not in ("rule", "heading", "header")]
    return any(not quoted_from(j.reading) and (j.reading.any("POM", "RESTART", "SOON") or not missing.carried_by(j.reading, context)) for j in left)


@lru_cache(maxsize=2048)
def quoted_from(reading: Reading) -> str:
    """The id of the article passage that holds the piece word for word, or nothing."""
    bare = " ".join(MARKER.sub("", reading.body).split()).rstrip(".;: ").replace(" ,", ",")
    if bare.count(" ") + 1 < _QUOTE_WORDS:
        return ""
    whole, passages = _article()
    if bare not in whole:
        return ""
    return next((name for name, text, unmarked in passages if bare in text or bare in unmarked), "")


@lru_cache(maxsize=1)
def _article() -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """All the article's words, and its passages: id, text, and text without the numbers that it prints as markers."""
    passages = tuple((p.id, p.text, re.sub(r" [1-4](?=$|,)", "", p.text)) for p in knowledge().passages.values() if p.source == "article")
    return "\n".join(f"{text}\n{unmarked}" for _, text, unmarked in passages), passages


def fate_of(judged: Judged, context: Context) -> tuple[Fate, str]:
    """What a piece that stays rests on."""
    text = " ".join(judged.piece.text.split())
    if text in context.sentences:
        return context.sentences[text].kind, context.sentences[text].basis
    passage = quoted_from(judged.reading)
    if passage:
        return Fate.QUOTED, passage
    elements = missing.carried_by(judged.reading, context)
    if elements:
        return Fate.RULE, ", ".join(elements)
    if any(aims.on_pomalidomide(o, judged.reading) for o in judged.reading.orders):
        return Fate.RULE, context.rule
    known = [t.text for t in judged.reading.tokens if t.tag != "W" and context.knows(t.text)]
    if known:
        return Fate.QUESTION, ", ".join(dict.fromkeys(known))
    return Fate.HARMLESS, "layout" if judged.piece.kind == "rule" else "general"
