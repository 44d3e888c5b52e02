"""The way of a case: hold, resolution, count, restart, the first months of prophylaxis; and what is ticked on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.composing import plain_number
from assistant.records import Action, Case, Decision, Infection
from assistant.rules import decide
from assistant.screen.words import words

Json = dict[str, Any]

_ON_THE_WAY = (Action.HOLD, Action.RESUME, Action.REASSESS)


def course(case: Case, decision: Decision) -> list[Json]:
    """The stages with their items; `past` is a stage that the question itself says is over. Empty where there is no way to go."""
    if decision.action not in _ON_THE_WAY or decision.patients or case.infection is Infection.GENERAL:
        return []
    held = decision.action is Action.HOLD
    owed = {*decision.elements, *_later(case)} if held else set(decision.elements)
    over = {"hold"} if not held else {"hold", "resolution"} if case.infection is Infection.RESOLVED else set()
    stages = []
    for stage in words().course:
        items = [{"id": name, "text": _text(name, case, decision)} for name in stage.items if name in owed and _counts(name, owed)]
        if stage.id in over:
            stages.append({"id": stage.id, "name": stage.name, "past": True, "items": []})
        elif items:
            stages.append({"id": stage.id, "name": stage.name, "past": False, "items": items})
    return stages


def _later(case: Case) -> tuple[str, ...]:
    """What the restart will owe, once the infection has resolved and the count has recovered."""
    if case.infection is Infection.NONE:
        return ("cbc_before_restart",)
    return decide(replace(case, infection=Infection.RESOLVED, anc=None, platelets=None, platelets_nadir=None)).elements


def _counts(name: str, owed: set[str]) -> bool:
    """The two wordings of prophylaxis are one thing to do."""
    return not (name == "consider_prophylaxis" and "prophylaxis_on_restart" in owed and "resume_same_dose" not in owed)


def _text(name: str, case: Case, decision: Decision) -> str:
    told = words()
    if name == "resume_same_dose" and case.dose_mg is not None and decision.restart_dose_mg == case.dose_mg:
        return f"Same dose, {plain_number(case.dose_mg)} mg"
    if name == "consider_dose_reduction" and decision.restart_dose_mg is not None:
        return f"{plain_number(decision.restart_dose_mg)} mg considered"
    return told.ticks.get(name) or told.now.get(name) or told.also[name]


def ticked(stages: list[Json], done: set[str]) -> list[Json]:
    """The items of all stages, in order, each with whether it is ticked."""
    return [{"stage": stage["name"], **item, "done": item["id"] in done} for stage in stages for item in stage["items"]]
