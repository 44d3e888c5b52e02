"""Runs the checks over every piece of a draft and says what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.guardrail import action, citation, companions, dose, injection, missing, number, scope, support
from assistant.guardrail.pieces import Piece, cut
from assistant.guardrail.readings import Context, Fault, Reading, read_all
from assistant.knowledge import knowledge
from assistant.records import Action, Fate, Finding

_QUOTE_WORDS = 5


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
    found = []
    for at, (piece, reading) in enumerate(zip(pieces, readings, strict=True)):
        around = _around(pieces, readings, at)
        found.append(Judged(piece, reading, _faults(piece, reading, context, around, last=at == len(pieces) - 1), around))
    return tuple(found)


def _around(pieces: Sequence[Piece], readings: Sequence[Reading], at: int) -> frozenset[str]:
    """What the other parts of the same sentence support: a marker covers its whole sentence (ruling 2)."""
    mine = pieces[at].sentence
    near = [r for p, r in zip(pieces[max(0, at - 4) : at + 5], readings[max(0, at - 4) : at + 5], strict=True) if p.sentence == mine and r is not readings[at]]
    return frozenset(m for r in near for m in citation.supported(r))


def _faults(piece: Piece, reading: Reading, context: Context, around: frozenset[str], *, last: bool) -> tuple[Fault, ...]:
    if piece.kind == "rule" or " ".join(piece.text.split()) in context.sentences:
        return ()
    wrong = injection.faults(piece, context)
    if wrong:
        return tuple(wrong + [f for f in action.faults(reading, context) + dose.faults(reading, context) if piece.kind != "markup"])
    found = action.faults(reading, context, kind=piece.kind) + companions.faults(reading, context) + dose.faults(reading, context)
    found += number.faults(reading, context) + scope.faults(reading, context)
    if not any(f.check in ("scope", "number", "dose") for f in found):
        found += support.faults(reading, context, last=last, kind=piece.kind)
    found += citation.faults(reading, context, around)
    return tuple({(f.check, f.why): f for f in found}.values())


def kept(judged: Sequence[Judged]) -> list[Reading]:
    """What is read in the pieces that stay."""
    return [j.reading for j in judged if not j.removed and j.piece.kind != "rule"]


def says_main(judged: Sequence[Judged], context: Context) -> bool:
    """Whether what stays of a draft states the decision's main action."""
    readings = [j.reading for j in judged if not j.removed and j.piece.kind not in ("rule", "heading", "header")]
    match context.decision.action:
        case Action.HOLD:
            return not missing.lacking(readings, context) or any(action.says_stop_now(o, r) for r in readings for o in r.orders)
        case Action.RESUME:
            return any(action.on_pomalidomide(o, r) and action.direction(o) in ("restart", "go") and action.is_instruction(o) for r in readings for o in r.orders)
        case Action.REASSESS:
            return any(r.any("REASSESS") for r in readings)
        case Action.NO_HOLD:
            return any(action.on_pomalidomide(o, r) and action.direction(o) == "go" and action.is_instruction(o) for r in readings for o in r.orders)
        case Action.INFORM | Action.OUT_OF_SCOPE:
            return bool(readings)


def fate_of(judged: Judged, context: Context) -> tuple[Fate, str]:
    """What a piece that stays rests on."""
    text = " ".join(judged.piece.text.split())
    for sentence in context.dictated.sentences:
        if text == " ".join(sentence.text.split()):
            return sentence.kind, sentence.basis
    bare = " ".join(judged.reading.body.split())
    if len(bare.split()) >= _QUOTE_WORDS:
        for passage in knowledge().passages.values():
            if bare.rstrip(".") in passage.text:
                return Fate.QUOTED, passage.id
    elements = missing.carried_by(judged.reading, context)
    if elements:
        return Fate.RULE, ", ".join(elements)
    if any(action.on_pomalidomide(o, judged.reading) for o in judged.reading.orders):
        return Fate.RULE, context.rule
    known = [t.text for t in judged.reading.tokens if t.tag != "W" and context.knows(t.text)]
    if known:
        return Fate.QUESTION, ", ".join(dict.fromkeys(known))
    return Fate.HARMLESS, "layout" if judged.piece.kind == "rule" else "general"
