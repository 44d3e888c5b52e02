"""The model's draft as a corrected script, and the receipt of an answer, as data for the browser."""

from __future__ import annotations

from typing import Any

from assistant import receipts
from assistant.difference import difference
from assistant.knowledge import knowledge
from assistant.records import Answer, Edit, EditKind, Outcome

Json = dict[str, Any]


def corrected(answer: Answer) -> Json | None:
    """What the model said, what was struck and inserted, each with reason and rule; None where no draft was used."""
    edits = difference(answer.draft, answer.verdict)
    if answer.draft is None or not edits:
        return None
    reasons: list[Json] = []
    shown = [_edit(edit, reasons) for edit in edits]
    return {
        "model": answer.draft.model,
        "replaced": answer.verdict.outcome is Outcome.OVERRIDE,
        "edits": shown,
        "reasons": reasons,
        "strays": [f"[{marker}]" for marker in answer.draft.strays],
    }


def _edit(edit: Edit, reasons: list[Json]) -> Json:
    """One part; its reason stands once in the list, numbered from 1, 0 where it needs none."""
    told = {"why": edit.why, "check": edit.check, "rule": edit.rule, "says": _says(edit.rule)}
    if edit.kind is EditKind.KEPT or not edit.why or not edit.text.strip():
        return {"kind": edit.kind.value, "text": edit.text, "part": edit.part, "reason": 0}
    if told not in reasons:
        reasons.append(told)
    return {"kind": edit.kind.value, "text": edit.text, "part": edit.part, "reason": reasons.index(told) + 1}


def _says(rule: str) -> str:
    table = knowledge().algorithm
    return next((one.says for one in (*table.outcomes, *table.modifiers) if one.id == rule), "")


def receipt(answer: Answer, times: int) -> Json:
    """The receipt of an answer as a file to save; `times` tells one press from the next."""
    content = receipts.receipt(answer)
    return {"name": receipts.name_of(content), "text": content.decode(), "times": times}
