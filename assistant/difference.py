"""What a draft said and what the check made of it, as on a corrected script: kept, struck and inserted, each with the reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from assistant.records import Draft, Edit, EditKind, Fate, Finding, LedgerLine, Outcome, Verdict

_WORDS = re.compile(r"\s+|\[[^\]\s]{1,4}\]|\w+|[^\w\s]")


def difference(draft: Draft | None, verdict: Verdict) -> tuple[Edit, ...]:
    """The draft with its corrections, in order; empty where no draft was used.

    What is kept or struck, joined, is the draft with each run of blanks between sentences as one; what is kept or
    inserted is what is shown.
    """
    if draft is None or draft.failure or not verdict.ledger:
        return ()
    if verdict.outcome is Outcome.OVERRIDE:
        return _replaced(verdict)
    return tuple(_edits(verdict))


def _replaced(verdict: Verdict) -> tuple[Edit, ...]:
    struck = [_struck(line, verdict) for line in verdict.ledger]
    rule = next((f.rule for f in verdict.findings if f.rule), "")
    return (*struck, Edit(kind=EditKind.INSERTED, text=verdict.text, why="The draft contradicted the decision; this is the answer that the rules dictate.", rule=rule))


def _edits(verdict: Verdict) -> Iterator[Edit]:
    """Walks over draft and shown text side by side; what stands in the shown text alone was added."""
    at = 0
    for line in verdict.ledger:
        place = _place(line.shown, verdict.text, at)
        if place is not None:
            yield from _added(verdict.text[at : place.start()], verdict)
            at = place.end()
        if line.fate is Fate.REMOVED:
            yield _struck(line, verdict)
        elif line.shown and line.shown != line.text:
            yield from _corrected(line, verdict)
        else:
            yield Edit(kind=EditKind.KEPT, text=line.text)
    yield from _added(verdict.text[at:], verdict)


def _place(shown: str, text: str, at: int) -> re.Match[str] | None:
    """Where a piece stands in the shown text, its blanks as they may be there."""
    words = [re.escape(word) for word in shown.split()]
    return re.compile(r"\s+".join(words)).search(text, at) if words else None


def _added(text: str, verdict: Verdict) -> Iterator[Edit]:
    if not text.strip():
        return
    missing = [finding for finding in verdict.findings if finding.check == "missing"]
    why = " ".join(dict.fromkeys(finding.why for finding in missing)) or "Joined anew."
    yield Edit(kind=EditKind.INSERTED, text=text.strip(), why=why, check="missing", rule=_rule(missing))


def _struck(line: LedgerLine, verdict: Verdict) -> Edit:
    found = _found(line, verdict)
    why = " ".join(dict.fromkeys(finding.why for finding in found)) or line.basis
    return Edit(kind=EditKind.STRUCK, text=line.text, why=why, check=found[0].check if found else "", rule=_rule(found))


def _corrected(line: LedgerLine, verdict: Verdict) -> Iterator[Edit]:
    """A sentence set right, word by word: what was kept of it stands once."""
    found = _found(line, verdict)
    told = line.basis if line.fate is Fate.CORRECTED else "The marker of its source was added."
    why = " ".join(dict.fromkeys(finding.why for finding in found)) or told
    check, rule = found[0].check if found else "", _rule(found)
    before, after = _WORDS.findall(line.text), _WORDS.findall(line.shown)
    for tag, b, e, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Edit(kind=EditKind.KEPT, text="".join(before[b:e]), part=b + c > 0)
            continue
        if e > b:
            yield Edit(kind=EditKind.STRUCK, text="".join(before[b:e]), why=why, check=check, rule=rule, part=b + c > 0)
        if d > c:
            yield Edit(kind=EditKind.INSERTED, text="".join(after[c:d]), why=why, check=check, rule=rule, part=b + c > 0 or e > b)


def _found(line: LedgerLine, verdict: Verdict) -> list[Finding]:
    return [finding for finding in verdict.findings if finding.sentence == line.text]


def _rule(found: Sequence[Finding]) -> str:
    return next((finding.rule for finding in found if finding.rule), "")
