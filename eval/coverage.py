"""Which rule is fired and nearly fired by which questions, which sentence of the article stands behind which rule, which silence is asked about.

A question nearly fires a rule when one condition of the rule alone is not met, as its case was read. Only questions
whose label agrees with what was said count: a wrong reading proves nothing about a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant import notes
from assistant.knowledge import Rule, knowledge
from assistant.pipeline import Assistant
from assistant.records import Case, Decision
from assistant.rules import fields_of
from eval.scoring import wanted_passages
from eval.sets import Item

NEEDED = 3
# Sentences that state no rule and no fact: they only lead to what follows, or close the page.
LEADING = frozenset({"article:rationale", "article:resuming", "article:closing"})
Json = dict[str, Any]


@dataclass(slots=True)
class Covered:
    """Ids of the questions that fire a rule, and of those that nearly do, with the condition that kept it from firing."""

    fires: list[str] = field(default_factory=list)
    nearly: list[tuple[str, str]] = field(default_factory=list)


def rules_of_table() -> list[Rule]:
    """All outcomes and modifiers."""
    return [*knowledge().algorithm.outcomes, *knowledge().algorithm.modifiers]


def unmet(rule: Rule, fields: dict[str, str]) -> list[str]:
    """The conditions of a rule that do not hold."""
    return [name for name, allowed in rule.when.items() if fields.get(name) not in allowed]


def cases_of(case: Case, decision: Decision) -> Iterable[tuple[Case, Decision]]:
    """A case with its decision, or those of each patient where there are several."""
    return zip(case.others, decision.patients, strict=True) if decision.patients else [(case, decision)]


def measure(assistant: Assistant, items: Sequence[Item]) -> Json:
    """All three coverages, with the holes as sentences."""
    rules = {rule.id: Covered() for rule in rules_of_table()}
    silences: dict[str, list[str]] = {n.id: [] for n in knowledge().notes.values() if n.kind == "silence"}
    asked: dict[str, list[str]] = {}
    unlabelled: list[str] = []
    for item in items:
        name = f"{item.set}:{item.id}"
        if item.gold["action"] == ["inform"] and "passages" not in item.gold:
            unlabelled.append(name)
        case, decision = assistant.decide(item.turns)
        for passage in wanted_passages(item.gold):
            asked.setdefault(passage, []).append(name)
        if decision.action.value not in item.gold["action"]:
            continue
        for one, decided in cases_of(case, decision):
            _note(rules, one, decided, name)
        for note in notes.beside(case, decision, item.turns):
            if note.id in silences and note.id in item.gold.get("notes", ()):
                silences[note.id].append(name)
    found = {"rules": {n: {"fires": c.fires, "nearly": [f"{q} ({u})" for q, u in c.nearly]} for n, c in rules.items()}}
    return {**found, "sentences": _sentences(asked), "silences": silences, "unlabelled": unlabelled, "holes": _holes(rules, _sentences(asked), silences)}


def _note(rules: dict[str, Covered], case: Case, decision: Decision, name: str) -> None:
    fields = {**fields_of(case), "action": decision.action.value}
    for rule in rules_of_table():
        missing = unmet(rule, fields)
        if rule.id in decision.rules:
            rules[rule.id].fires.append(name)
        elif len(missing) == 1:
            rules[rule.id].nearly.append((name, missing[0]))


def _sentences(asked: dict[str, list[str]]) -> Json:
    """For each passage of the article: the rules that quote it, the elements and facts that it carries, the questions that ask for it."""
    known = knowledge()
    found: Json = {}
    for passage in (p for p in known.passages.values() if p.source == "article"):
        short = passage.id.removeprefix("article:")
        found[passage.id] = {
            "rules": [r.id for r in rules_of_table() if any(q.passage == short for q in r.quotes)],
            "elements": [n for n, e in known.algorithm.elements.items() if short in e.passages],
            "facts": [f.id for f in known.facts.values() if short in f.cites],
            "questions": len(asked.get(passage.id, [])),
        }
    return found


def _holes(rules: dict[str, Covered], sentences: Json, silences: dict[str, list[str]]) -> list[str]:
    holes = []
    for name, covered in rules.items():
        for what, count in (("fire", len(covered.fires)), ("nearly fire", len(covered.nearly))):
            if count < NEEDED:
                holes.append(f"rule {name}: {count} question(s) {what} it, {NEEDED} are needed")
    for name, behind in sentences.items():
        if name in LEADING:
            continue
        if not behind["rules"] and not behind["elements"] and not behind["facts"]:
            holes.append(f"sentence {name}: no rule, element or fact rests on it")
        if "algorithm." in name and not behind["rules"] and not behind["elements"]:
            holes.append(f"sentence {name}: no rule of the algorithm quotes it")
        if not behind["questions"]:
            holes.append(f"sentence {name}: no question asks for it")
    return holes + [f"silence {name}: no question that is labelled with it brings it up" for name, asked in silences.items() if not asked]


def table(found: Json) -> str:
    """The matrix in Markdown, holes last."""
    lines = ["| rule | fire it | nearly fire it | by the condition |", "| --- | ---: | ---: | --- |"]
    for name, rule in found["rules"].items():
        why = sorted({entry.rpartition("(")[2].rstrip(")") for entry in rule["nearly"]})
        lines.append(f"| {name} | {len(rule['fires'])} | {len(rule['nearly'])} | {', '.join(why)} |")
    lines += ["", "| sentence | rules | elements | facts | questions |", "| --- | --- | --- | --- | ---: |"]
    lines += [f"| {n} | {', '.join(s['rules'])} | {', '.join(s['elements'])} | {', '.join(s['facts'])} | {s['questions']} |" for n, s in found["sentences"].items()]
    lines += ["", "| silence | questions |", "| --- | ---: |"] + [f"| {n} {knowledge().notes[n].title} | {len(q)} |" for n, q in found["silences"].items()]
    lines += ["", f"questions of fact whose passages nobody has labelled: {len(found['unlabelled'])}", *(f"- {name}" for name in found["unlabelled"])]
    return "\n".join([*lines, "", f"holes: {len(found['holes'])}", *(f"- {hole}" for hole in found["holes"])])
