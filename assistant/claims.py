"""What becomes of a model's reading: a claim may make a decision more cautious, never less; what it would loosen is asked.

The rules decide on the case with the claim as they do on any case. Where that decision is at least as cautious in every
respect and more so in one, the claim stands; where it is less cautious, the reading stands as it was and the clinician
is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant import rules
from assistant.corrections import apply
from assistant.knowledge import knowledge
from assistant.records import Action, Ask, Case, Claim, Decision, Fact, Restart, Weighed, Weight

_ACTIONS = {Action.NO_HOLD: 0, Action.RESUME: 1, Action.REASSESS: 2, Action.HOLD: 3}
_RESTARTS = {Restart.SAME_DOSE: 0, Restart.DEPENDS_ON_SEVERITY: 1, Restart.CONSIDER_REDUCTION: 2, Restart.REASSESS_FIRST: 3}


def weigh(case: Case, decision: Decision, claims: Sequence[Claim], by_hand: Collection[str] = ()) -> tuple[Case, Decision, tuple[Weighed, ...]]:
    """Case and decision with the claims that make it more cautious, and what became of each claim.

    What was set by hand (`by_hand` names the fields) is nobody else's to change.
    """
    fates: list[Weighed] = []
    for claim in claims:
        if decision.action not in _ACTIONS or case.others or claim.name in by_hand:  # nothing to decide, or not clear for whom
            fates.append(Weighed(claim=claim, weight=Weight.UNUSED))
            continue
        other = _with(case, claim)
        then = rules.decide(other)
        if _same(then, decision):
            fates.append(Weighed(claim=claim, weight=Weight.AGREES))
        elif _more_cautious(then, decision):
            fates.append(Weighed(claim=claim, weight=Weight.STANDS))
            case, decision = other, then
        else:
            fates.append(Weighed(claim=claim, weight=Weight.ASKED))
    questions = tuple(ask for one in fates if one.weight is Weight.ASKED and (ask := _ask(one.claim, decision)) is not None)
    first = tuple({ask.fact: ask for ask in questions}.values())
    return case, replace(decision, asks=(*decision.asks, *first)) if first else decision, tuple(fates)


def _with(case: Case, claim: Claim) -> Case:
    """The case with a claim put over what was read."""
    fact = Fact(name=claim.name, value=claim.value, words=claim.words, note="read by the model")
    others = tuple(one for one in case.facts if one.name != claim.name)
    return replace(apply(case, {claim.name: claim.value}), facts=(*others, fact))


def _same(one: Decision, other: Decision) -> bool:
    return _respects(one) == _respects(other) and one.restart_dose_mg == other.restart_dose_mg


def _respects(decision: Decision) -> tuple[int, int, int, frozenset[str]]:
    """In what a decision may be more or less cautious; a hold restarts nothing, which is the most cautious restart."""
    restart = _RESTARTS[decision.restart] if decision.restart is not None else len(_RESTARTS)
    severity = decision.severity.rank if decision.severity is not None else 0
    action = _ACTIONS.get(decision.action, -1)
    warned = frozenset(decision.flags) | (frozenset(decision.elements) if action == _ACTIONS[Action.HOLD] else frozenset())
    return action, restart if action in (1, 2) else len(_RESTARTS), severity, warned


def _more_cautious(new: Decision, old: Decision) -> bool:
    """Whether a decision is at least as cautious in every respect, and more so in one."""
    action, restart, severity, warned = _respects(new)
    before, restart_before, severity_before, warned_before = _respects(old)
    if action < before or restart < restart_before or severity < severity_before or action == -1:
        return False
    if action == before and not warned >= warned_before:
        return False
    if new.restart_dose_mg is None:
        return True
    return restart > restart_before if old.restart_dose_mg is None else new.restart_dose_mg <= old.restart_dose_mg


def _ask(claim: Claim, decision: Decision) -> Ask | None:
    """The question back to the clinician, with the ready answers that this fact has; none where it is asked already."""
    entry = next((told for name, told in knowledge().algorithm.asks.items() if name == claim.name), None)
    if entry is None or any(ask.fact == claim.name for ask in decision.asks):
        return None
    return Ask(fact=claim.name, question=f"The model reads “{claim.words.text}” otherwise. {entry.question}", answers=tuple(entry.answers))
