"""The machine interface: lines in, records out, as the README's file formats have them.

Fields may be added here, none renamed or dropped. No message repeats any text of a line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.difference import difference
from assistant.errors import QuestionError
from assistant.records import Answer, Ask, Change, Claim, Decision, Draft, Edit, Fact, Hit, NearRule, Note, Sentence, Verdict

Json = dict[str, Any]
Id = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a question set (`draft` is "") or of a set of drafted answers."""

    id: Id
    turns: tuple[str, ...]
    draft: str = ""


class LineError(QuestionError):
    """A line that is not valid; `id` is the line's, where it could be read."""

    def __init__(self, message: str, id: Id = None) -> None:
        super().__init__(message)
        self.id = id


def parse(raw: bytes, *, drafted: bool = False) -> Line:
    """One line of a JSONL file; with `drafted`, one that also holds an `answer` to be checked.

    Raises:
        LineError: the line is not valid; says what is wrong with it.
    """
    try:
        data = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise LineError("the line is not UTF-8 text") from None
    except json.JSONDecodeError as fault:
        raise LineError(f"the line is not valid JSON ({fault.msg} at character {fault.pos})") from None
    except (RecursionError, ValueError):  # nested too deep, or a number of thousands of digits
        raise LineError("the line is not valid JSON (too deep or too long a number)") from None
    if not isinstance(data, dict):
        raise LineError("the line is not a JSON object")
    name = _id(data)
    turns = _turns(data, name)
    draft = data.get("answer", "")
    if drafted and (not isinstance(draft, str) or "answer" not in data):
        raise LineError("'answer' must be there and be text", name)
    return Line(id=name, turns=turns, draft=draft if drafted else "")


def _id(data: Json) -> Id:
    name = data.get("id")
    if name is not None and (isinstance(name, bool) or not isinstance(name, (str, int))):
        raise LineError("'id' must be text or a whole number")
    if isinstance(name, str) and not _writable(name):
        raise LineError("'id' is not valid text (it holds half of a surrogate pair)")
    return name


def _turns(data: Json, name: Id) -> tuple[str, ...]:
    """The turns of a line; that they hold a question is for the pipeline to say."""
    if ("question" in data) == ("turns" in data):
        raise LineError("one of 'question' and 'turns' must be there, and not both", name)
    turns = data["turns"] if "turns" in data else [data["question"]]
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise LineError("'question' must be text, 'turns' a list of texts", name)
    return tuple(turns)


def _writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def error_record(name: Id, fault: str) -> Json:
    """The record for a line that could not be answered."""
    return {"id": name, "error": fault}


def answer_record(name: Id, answer: Answer) -> Json:
    """The record for an answered question."""
    return {
        "id": name,
        "answer": answer.text,
        "decision": decision_record(answer.decision),
        "citations": [{"marker": c.marker, "passage_id": c.passage_id, "quote": c.quote} for c in answer.citations],
        "passages": [_hit(hit) for hit in answer.hits],
        "guardrail": _verdict(answer.verdict),
        "sentences": [_sentence(s) for s in answer.sentences],
        "model_reading": _reading(answer) if answer.claims else None,
        "draft": draft_record(answer.draft) if answer.draft else None,
        "difference": [_edit(edit) for edit in difference(answer.draft, answer.verdict)],
        "disagreements": [_note(n) for n in answer.notes],
        "remark": answer.remark,
        "seconds": round(answer.seconds, 4),
        "first_sentence_seconds": None if answer.first_sentence_seconds is None else round(answer.first_sentence_seconds, 4),
    }


def check_record(name: Id, decision: Decision, verdict: Verdict) -> Json:
    """The record for a draft that was checked."""
    return {"id": name, "guardrail": _verdict(verdict), "answer": verdict.text, "decision": decision_record(decision)}


def decision_record(decision: Decision) -> Json:
    """A decision as the contract has it, with what was asked back, nearly fired and would change it besides."""
    return {
        "action": decision.action.value,
        "severity": decision.severity.value if decision.severity else None,
        "restart": decision.restart.value if decision.restart else None,
        "restart_dose_mg": _number(decision.restart_dose_mg),
        "basis": decision.basis.value if decision.basis else None,
        "rules": list(decision.rules),
        "elements": list(decision.elements),
        "flags": list(decision.flags),
        "facts": [_fact(f) for f in decision.facts],
        "topics": list(decision.topics),
        "notes": list(decision.notes),
        "missing": list(decision.missing),
        "asks": [_ask(a) for a in decision.asks],
        "near": [_near(n) for n in decision.near],
        "changes": [_change(c) for c in decision.changes],
        "patients": [decision_record(p) for p in decision.patients],
    }


def draft_record(draft: Draft) -> Json:
    """What a model wrote, as it was before the check; why it could not be used, where it could not."""
    told = {"text": draft.text, "model": draft.model, "prompt_version": draft.prompt_version}
    return {**told, "failure": draft.failure, "strays": list(draft.strays)}


def dump(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def _number(value: str | float | bool | None) -> str | float | bool | None:
    """Whole numbers without a point: 4, not 4.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fact(f: Fact) -> Json:
    place = {"text": f.words.text, "turn": f.words.turn, "start": f.words.start, "end": f.words.end}
    return {"name": f.name, "value": _number(f.value), **place, "status": f.status.value, "note": f.note}


def _hit(hit: Hit) -> Json:
    p = hit.passage
    return {"passage_id": p.id, "source": p.source, "score": hit.score, "text": p.text, "section": list(p.section), "face": p.face, "why": hit.why.value}


def _verdict(verdict: Verdict) -> Json:
    findings = [{"check": f.check, "severity": f.severity, "sentence": f.sentence, "why": f.why, "rule": f.rule} for f in verdict.findings]
    return {"verdict": verdict.outcome.value, "findings": findings}


def _sentence(s: Sentence) -> Json:
    return {"text": s.text, "kind": s.kind.value, "basis": s.basis, "passage_ids": list(s.passage_ids)}


def _reading(answer: Answer) -> Json:
    """What a model read, and what became of each claim."""
    assert answer.claims is not None
    weights = {one.claim: one.weight.value for one in answer.weighed}
    told = [{**_claim(claim), "became": weights.get(claim, "")} for claim in answer.claims.claims]
    return {"model": answer.claims.model, "failure": answer.claims.failure, "claims": told}


def _claim(claim: Claim) -> Json:
    words = claim.words
    return {"name": claim.name, "value": _number(claim.value), "text": words.text, "turn": words.turn, "start": words.start, "end": words.end}


def _edit(e: Edit) -> Json:
    return {"kind": e.kind.value, "text": e.text, "why": e.why, "check": e.check, "rule": e.rule, "part": e.part}


def _note(n: Note) -> Json:
    told = {"id": n.id, "severity": n.severity, "kind": n.kind, "title": n.title, "text": n.text}
    return {**told, "confidence": n.confidence, "passage_ids": list(n.passage_ids)}


def _ask(a: Ask) -> Json:
    return {"fact": a.fact, "question": a.question, "answers": list(a.answers)}


def _near(n: NearRule) -> Json:
    return {"rule": n.rule_id, "unmet": n.unmet, "found": n.found, "needed": list(n.needed)}


def _change(c: Change) -> Json:
    return {"fact": c.fact, "value": c.value, "action": c.action.value, "restart": c.restart.value if c.restart else None}
