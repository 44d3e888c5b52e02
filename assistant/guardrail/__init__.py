"""From a draft to a verdict: nothing that the decision and the sources do not carry is shown.

`check` is deterministic: it uses no language model, no index and no clock. Small trained classifiers are a second ear beside the rules.
What a repair yields is checked again and must pass; else the dictated answer stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.guardrail.judging import Judged, fate_of, judge, kept, says_main, unsaid_hold
from assistant.guardrail.missing import lacking
from assistant.guardrail.readings import Context, context
from assistant.guardrail.repair import repair
from assistant.records import Case, Decision, Dictated, Fate, Finding, LedgerLine, Outcome, Verdict

__all__ = ["check"]


def check(text: str, *, case: Case, decision: Decision, dictated: Dictated, question: str = "") -> Verdict:
    """Hold a draft against the decision; `question` holds the turns, whose words a draft may take up without advising.

    Pass: `text` unchanged. Repair: pieces removed, set right or added, and the result passes. Override: the dictated text.
    Every piece of the draft stands in the ledger with one fate.
    """
    told = context(case, decision, dictated, question)
    judged = judge(text, told)
    findings = [f for j in judged for f in j.findings()]
    if not judged:
        return _override(judged, [Finding(check="missing", severity="major", sentence="", why="The draft is empty.", rule=told.rule)], told)
    absent = lacking(kept(judged), told)
    findings += [Finding(check="missing", severity="major", sentence="", why=f"The draft lacks '{name}'.", rule=told.rule) for name in absent]
    contradicts = any(f.main for j in judged for f in j.faults) or unsaid_hold(judged, told)
    if contradicts and not says_main(judged, told):
        return _override(judged, findings, told)
    if not findings:
        return Verdict(outcome=Outcome.PASS, text=text, ledger=_ledger(judged, [j.piece.text for j in judged], told))
    mended = repair(text, judged, absent, told)
    again = judge(mended.text, told)
    owed = [name for name in lacking(kept(again), told) if name not in absent]
    if owed:  # what a removed piece had carried along (`monitor the response`, of what?)
        findings += [Finding(check="missing", severity="major", sentence="", why=f"What is left lacks '{name}'.", rule=told.rule) for name in owed]
        mended = repair(text, judged, [*absent, *owed], told)
        again = judge(mended.text, told)
    if not _passes(again, told):
        return _override(judged, findings, told, outcome=Outcome.OVERRIDE if contradicts else Outcome.REPAIR)
    return Verdict(outcome=Outcome.REPAIR, text=mended.text, findings=tuple(findings), ledger=_ledger(judged, mended.shown, told))


def _passes(judged: Sequence[Judged], told: Context) -> bool:
    """Whether a repaired text is free of faults and carries what is owed."""
    return bool(judged) and not any(j.faults for j in judged) and not lacking(kept(judged), told)


def _override(judged: Sequence[Judged], findings: list[Finding], told: Context, *, outcome: Outcome = Outcome.OVERRIDE) -> Verdict:
    """The dictated text in place of the draft; `outcome` is a repair where the draft did not contradict the decision."""
    lines = tuple(
        LedgerLine(
            start=j.piece.start,
            end=j.piece.end,
            text=j.piece.text,
            fate=Fate.REMOVED,
            basis=j.faults[0].why if j.faults else "The whole draft is replaced.",
        )
        for j in judged
    )
    return Verdict(outcome=outcome, text=told.dictated.text, findings=tuple(findings), ledger=lines)


def _ledger(judged: Sequence[Judged], shown: Sequence[str], told: Context) -> tuple[LedgerLine, ...]:
    lines = []
    for one, now in zip(judged, shown, strict=True):
        if not now:
            fate, basis = Fate.REMOVED, one.faults[0].why if one.faults else "Nothing was left below it."
        elif now != one.piece.text:
            fate, basis = Fate.CORRECTED, one.faults[0].why if one.faults else "joined anew"
        else:
            fate, basis = fate_of(one, told)
        lines.append(LedgerLine(start=one.piece.start, end=one.piece.end, text=one.piece.text, fate=fate, basis=basis, shown=now))
    return tuple(lines)
