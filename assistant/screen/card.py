"""The decision card: the action in plain words, its sign, severity, restart, basis, and the two or three things to do now."""

from __future__ import annotations

from typing import Any

from assistant.composing import plain_number
from assistant.knowledge import knowledge
from assistant.records import Action, Basis, Case, Decision, Infection, Restart, Severity
from assistant.screen.words import fact_name, words

Json = dict[str, Any]

DECIDED = (Action.HOLD, Action.RESUME, Action.REASSESS, Action.NO_HOLD)
CALL = "Call the treating team now. Change no dose by yourself."
_ILL = (Infection.SUSPECTED, Infection.ACTIVE, Infection.RESOLVING)
MOST_NOW, MOST_ALSO = 3, 3


def card(case: Case, decision: Decision, reader: str = "clinician", *, handmade: str = "") -> Json:
    """The card of a decision in the words of who reads; the decision is the same for all. `handmade` says what of it was set by hand."""
    told = words()
    reads = told.readers[reader_of(case, reader)]
    action = told.actions[decision.action.value]
    now = [reads.now.get(name, text) for name, text in told.now.items() if name in decision.elements]
    also = {name: reads.also.get(name, text) for name, text in told.also.items() if name in decision.elements}
    if not now:
        now = [text for name, texts in told.alone.items() if name in decision.elements for text in reads.alone.get(name, texts)]
        also = {name: text for name, text in also.items() if name not in told.alone}
    unknown = [fact_name(name) for name in decision.missing if name in told.facts] if decision.action in DECIDED else []
    return {
        "action": decision.action.value,
        "word": action.word,
        "icon": action.icon,
        "line": _line(decision),
        "handmade": handmade,
        "says": reads.says.get(decision.action.value, ""),
        "about": _about(case, decision),
        "now_head": told.now_heads.get(decision.action.value, "") if now else "",
        "now": now[:MOST_NOW],
        "also": list(also.values())[:MOST_ALSO],
        "unknown": ", ".join(unknown),
        "call": CALL if (reads.calls or _layman(case)) and _urgent(case, decision) else "",
        "patients": [_patient(number, part) for number, part in enumerate(decision.patients, start=1)],
    }


def reader_of(case: Case, reader: str) -> str:
    """Who is answered: who writes as a patient or caregiver is one, unless another reader was chosen."""
    return "patient" if reader == "clinician" and _layman(case) else reader


def _layman(case: Case) -> bool:
    return case.patient_voice or case.caregiver_voice


def _urgent(case: Case, decision: Decision) -> bool:
    """Whether a patient is to call: not only about a decision, since a fever on another drug is as urgent; facts alone call for none."""
    if decision.action is Action.OUT_OF_SCOPE:
        return _layman(case) or case.infection in _ILL
    return decision.action in DECIDED


def spoken(shown: Json) -> str:
    """The card in one breath, for who hears the page."""
    about = ". ".join(f"{label}: {value}" for label, value in shown["about"])
    now = f"{shown['now_head']}: {', '.join(shown['now'])}" if shown["now"] else ""
    parts = (shown["word"].capitalize(), shown["call"], shown["line"], shown["handmade"], shown["says"], about, now)
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


def _line(decision: Decision) -> str:
    told = words().lines
    rule = next((name for name in decision.rules if name in told), "")
    if decision.action is Action.INFORM and decision.topics:
        return ", ".join(knowledge().topic(topic).title for topic in decision.topics[:3]) + "."
    return told.get(rule, "")


def _about(case: Case, decision: Decision) -> list[list[str]]:
    if decision.action not in DECIDED:
        return []
    told = words()
    about = []
    if decision.severity is not None:
        about.append(["Severity", told.severities[decision.severity.value]])
    restart = _restart(case, decision)
    if restart:
        about.append(["Restart", restart])
    if decision.basis is not None:
        about.append(["Basis", told.bases[decision.basis.value]])
    return about


def _restart(case: Case, decision: Decision) -> str:
    """What the restart is, or will be once the hold ends."""
    told = words()
    if decision.restart is None:
        return _later(decision)
    dose, lower = plain_number(case.dose_mg), plain_number(decision.restart_dose_mg)
    if decision.restart is Restart.CONSIDER_REDUCTION and case.dose_mg == 1:
        return told.restarts["consider_reduction.none"]
    known = f"{decision.restart.value}.dose"
    return told.restarts[known if lower and known in told.restarts else decision.restart.value].format(dose=dose, lower=lower)


def _later(decision: Decision) -> str:
    if decision.action is not Action.HOLD:
        return ""
    told = words().restarts_later
    if decision.basis is Basis.LABEL:
        return told["counts"]
    return told[(decision.severity or Severity.UNSPECIFIED).value]


def _patient(number: int, decision: Decision) -> Json:
    action = words().actions[decision.action.value]
    return {"who": f"Patient {number}", "action": decision.action.value, "word": action.word, "icon": action.icon, "line": _line(decision)}
