"""Scores one item: what was said against its labels, as a JSON record that holds no clock and nothing random.

`checks` holds for each measure how many of how many were right; a measure that a question has no label for is not
there, and is counted as unscored, never as right or wrong. Texts stand in a record only where something failed,
and never for a held-back set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from assistant.knowledge import knowledge, load_yaml
from assistant.pipeline import Assistant
from assistant.records import Action, Answer, Basis, Case, Decision, Fate
from assistant.wording import markers_in
from eval.sets import HOME, Item

Json = dict[str, Any]
HOLDS = frozenset({"hold", "reassess"})
GOES_ON = frozenset({"resume", "no_hold"})
NO_ANSWER = frozenset({"inform", "out_of_scope"})
# From the boldest restart to the most cautious.
BOLDNESS = ("same_dose", "depends_on_severity", "consider_reduction", "reassess_first")
_STATED = frozenset({"mild", "severe", "life_threatening"})
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_MARKS = re.compile(r"\[[^\]]{1,3}\]|references? \d", re.IGNORECASE)


def score(assistant: Assistant, item: Item) -> Json:
    """The record of one item.

    Raises:
        HoldfastError: the assistant cannot work at all, or the item's text is no usable question.
    """
    record: Json = {"set": item.set, "id": item.id, "kind": item.kind, "tags": list(item.tags)}
    scored = _draft(assistant, item) if item.draft is not None else _question(assistant, item)
    record |= scored
    record["failed"] = sorted(name for name, (hits, of) in record["checks"].items() if hits < of)
    if item.held_back or not (record["failed"] or record["risk"]):
        record.pop("trace")
    return record


def risk_of(gold: Json, action: str, restart: str | None) -> str:
    """How an answer errs, the most dangerous first: dangerous, missed, bold, overcautious, or "" where it does not."""
    acceptable = set(gold["action"])
    if acceptable <= HOLDS and action in GOES_ON:
        return "dangerous"
    if acceptable <= HOLDS and action in NO_ANSWER:
        return "missed"
    wanted = [BOLDNESS.index(r) for r in gold.get("restart", [None]) if r is not None]
    if wanted and restart is not None and None not in gold["restart"] and BOLDNESS.index(restart) < min(wanted):
        return "bold"
    return "overcautious" if not acceptable & HOLDS and action in HOLDS else ""


def _question(assistant: Assistant, item: Item) -> Json:
    answer = assistant.answer(item.turns)
    decision, gold = answer.decision, item.gold
    said: Json = {
        "action": decision.action.value,
        "severity": decision.severity.value if decision.severity else None,
        "restart": decision.restart.value if decision.restart else None,
        "basis": decision.basis.value if decision.basis else None,
        "flags": sorted(decision.flags),
        "rules": list(decision.rules),
        "near": [n.rule_id for n in decision.near],
        "asks": [a.fact for a in decision.asks],
        "notes": [n.id for n in answer.notes],
    }
    checks = _labels(gold, said) | _asking(gold, said, decision) | _evidence(answer) | _elements(gold, answer)
    if gold.get("notes"):
        checks["notes"] = [len(set(gold["notes"]) & set(said["notes"])), len(gold["notes"])]
    checks |= _facts(gold, answer) | _reading(gold, answer.case, item.turns)
    record: Json = {
        "gold": {k: gold.get(k, [None]) for k in ("action", "severity", "restart")} | {"flags": sorted(gold.get("flags", []))},
        "said": said,
        "risk": risk_of(gold, said["action"], said["restart"]),
        "checks": checks,
        "trace": _trace(item, answer),
    }
    wanted = wanted_passages(gold)
    if wanted:
        alone = assistant.retriever.search(item.text, Decision(action=Action.INFORM))
        record["retrieval"] = {"wanted": wanted, "read": "passages" in gold, "search": [h.passage.id for h in alone], "answer": [h.passage.id for h in answer.hits]}
    return record


def _labels(gold: Json, said: Json) -> Json:
    """Action, severity and restart against their labels; a gold value of several alternatives is met by any of them."""
    found = {"action": [int(said["action"] in gold["action"]), 1]}
    for name in ("severity", "restart"):
        wanted = gold.get(name, [None])
        if wanted != [None]:
            found[name] = [int(said[name] in wanted), 1]
    if "flags" in gold:
        found["flags"] = [int(set(gold["flags"]) == set(said["flags"])), 1]
    return found


def _asking(gold: Json, said: Json, decision: Decision) -> Json:
    """Asked back where the labels leave open what the answer turns on, and not where they settle it."""
    needed = set(gold.get("asks", []))
    if gold.get("restart") == ["depends_on_severity"]:
        needed.add("severity")
    if "two_patients" in gold.get("flags", []):
        needed.add("patient")
    asked = set(said["asks"])
    found = {"asked_when_needed": [len(needed & asked), len(needed)]} if needed else {}
    if set(gold["action"]) <= NO_ANSWER or gold.get("asks") == []:
        found["quiet_when_not"] = [int(not asked), 1]
    elif set(gold.get("severity", [None])) <= _STATED and not decision.patients:
        found["quiet_when_not"] = [int("severity" not in asked), 1]
    return found


def _evidence(answer: Answer) -> Json:
    """Quotes verbatim, markers that their passages carry, owed markers shown, and sentences that their passages support."""
    passages = knowledge().passages
    found: Json = {}
    shown = set(markers_in(answer.text))
    if answer.citations:
        known = [c for c in answer.citations if c.passage_id in passages]
        found["quote_verbatim"] = [sum(c.quote in passages[c.passage_id].text for c in known), len(answer.citations)]
        right = [c for c in known if c.marker in passages[c.passage_id].markers and c.quote in passages[c.passage_id].text]
        found["citation_precision"] = [len(right), len(answer.citations)]
    by_label = answer.decision.basis is Basis.LABEL and answer.decision.action is Action.HOLD
    owing = [name for name in answer.decision.elements if not (by_label and name == "stop_now")]  # the article does not ask for that hold
    owed = {m for name in owing for m in knowledge().algorithm.elements[name].markers}
    if owed:
        found["citation_recall"] = [len(owed & shown), len(owed)]
    claims = [s for s in answer.sentences if s.kind is not Fate.HARMLESS and s.basis not in answer.decision.notes]  # a note discloses how it was read
    if claims:
        told = {f for turn in answer.turns for f in _FIGURE.findall(turn)} | {f"{fact.value:g}" for fact in answer.case.facts if isinstance(fact.value, float)}
        found["sentence_support"] = [sum(_supported(s.text, s.passage_ids, told) for s in claims), len(claims)]
    return found


def _supported(text: str, passage_ids: Sequence[str], told: set[str]) -> bool:
    """Whether every figure of a sentence stands in its passages, the labels that it names, or the question."""
    passages = knowledge().passages
    if not all(name in passages for name in passage_ids):
        return False
    source = " ".join(passages[name].text for name in passage_ids)
    labels = " ".join(p.text for p in passages.values() if p.source == "labels") if "label" in text.lower() or "[" in text else ""
    held = set(_FIGURE.findall(f"{source} {labels}")) | told
    return set(_FIGURE.findall(_MARKS.sub("", text))) <= held


def owed(gold: Json) -> set[str]:
    """The elements that the labels of a question call for; none where they leave the action open."""
    if len(set(gold["action"])) != 1:
        return set()
    action, flags = gold["action"][0], set(gold.get("flags", []))
    severity, restart = gold.get("severity", [None]), gold.get("restart", [None])
    need: set[str] = set()
    if action == "hold":
        need |= {"stop_now"}
        if severity != [None] and "anc_below_500" not in flags:
            need |= {"antimicrobials", "monitor_response", "hold_until_resolved"}
        need |= {"gcsf"} if "neutropenic_fever" in flags and "anc_below_500" not in flags else set()
    if action in HOLDS and severity == ["life_threatening"]:
        need |= {"reassess_risk_benefit"}
    if action in ("resume", "reassess"):
        need |= {"confirm_resolution", "cbc_before_restart", "consider_prophylaxis"}
        need |= {"dex_20mg_weekly", "elderly_3mg"} if "age_over_75" in flags else {"elderly_3mg"} if "elderly" in flags else set()
    if restart in (["same_dose"], ["depends_on_severity"]):
        need |= {"resume_same_dose"}
    if restart in (["consider_reduction"], ["depends_on_severity"]):
        need |= {"consider_dose_reduction", "prophylaxis_on_restart"}
    if action in ("hold", "resume", "reassess"):
        need |= {name for name, mark in (("renal_monitoring", "renal_impairment"), ("quinolone_caution", "quinolone")) if mark in flags}
    need |= {"planned_resumption"} if "permanent_stop_asked" in flags and action not in NO_ANSWER else set()
    return need


@lru_cache(maxsize=1)
def element_words() -> dict[str, re.Pattern[str]]:
    """The expression by which the text of an answer shows each element."""
    return {name: re.compile(words, re.DOTALL) for name, words in load_yaml(HOME.parent / "elements.yaml").items()}


def _elements(gold: Json, answer: Answer) -> Json:
    need = owed(gold)
    if not need or answer.decision.action.value not in gold["action"]:
        return {}
    text = answer.text.lower().replace("*", "")
    return {"elements": [sum(bool(element_words()[name].search(text)) for name in need), len(need)]}


def _facts(gold: Json, answer: Answer) -> Json:
    """For a question of fact: each string that must appear (alternatives parted by `|`), one of the markers, and of labels the right ones."""
    found: Json = {}
    text = _plain(answer.text)
    if gold.get("facts"):
        found["facts"] = [sum(any(_plain(one) in text for one in str(fact).split("|")) for fact in gold["facts"]), len(gold["facts"])]
    if gold.get("citations"):
        wanted, shown = {str(c) for c in gold["citations"]}, set(markers_in(answer.text))
        found["fact_cited"] = [int(bool(wanted & shown)), 1]
        if labels := set(filter(str.isalpha, wanted)):  # of the product labels these and no other: another jurisdiction's would mislead
            found["jurisdiction"] = [int(labels == set(filter(str.isalpha, shown))), 1]
    return found


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`>#|]", " ", text.replace("–", "-").replace("’", "'")).lower().split())


def _reading(gold: Json, case: Case, turns: Sequence[str]) -> Json:
    """Facts against `gold.read` (name to value, or to value and words), and that all words stand where they are said to."""
    found: Json = {}
    if case.facts:
        found["words_verbatim"] = [sum(turns[f.words.turn][f.words.start : f.words.end] == f.words.text for f in case.facts), len(case.facts)]
    for name, wanted in sorted(gold.get("read", {}).items()):
        value, words = (wanted.get("value"), wanted.get("words")) if isinstance(wanted, dict) else (wanted, None)
        held = getattr(case, name, None)
        held = getattr(held, "value", held)
        found[f"read.{name}"] = [int(_same(held, value)), 1]
        if words is not None:
            stands = [f for f in case.facts if f.name == name]
            found[f"words.{name}"] = [int(any(words.lower() in f.words.text.lower() or f.words.text.lower() in words.lower() for f in stands)), 1]
    return found


def _same(held: object, wanted: object) -> bool:
    if isinstance(held, float | int) and isinstance(wanted, float | int):
        return abs(float(held) - float(wanted)) < 1e-6
    return held == wanted


def wanted_passages(gold: Json) -> list[str]:
    """The passages that answer a question of fact: as labelled by reading, else (held-back sets, sets of others) those that hold most of the labelled facts."""
    if "passages" in gold:
        return [str(name) for name in gold["passages"]]
    if gold["action"] != ["inform"] or not gold.get("facts"):
        return []
    counts = {
        p.id: sum(any(_plain(one) in _plain(p.text) for one in str(fact).split("|")) for fact in gold["facts"]) for p in knowledge().passages.values()
    }
    best = max(counts.values())
    return [name for name, count in counts.items() if count == best] if best else []


def _trace(item: Item, answer: Answer) -> Json:
    facts = [{"name": f.name, "value": str(f.value), "words": f.words.text, "status": f.status.value} for f in answer.case.facts]
    episodes = [{"name": e.name, "state": e.state.value, "severity": e.severity.value, "words": [w.text for w in e.words]} for e in answer.case.episodes]
    return {"turns": list(item.turns), "facts": facts, "episodes": episodes, "answer": answer.text}


def _draft(assistant: Assistant, item: Item) -> Json:
    """The guardrail's verdict on a labelled draft: found, survived, kept, and false alarms."""
    assert item.draft is not None
    decision, verdict = assistant.check(item.turns, item.draft)
    gold, said = item.gold, verdict.outcome.value
    found = sorted({f.check for f in verdict.findings})
    shown = _bare(verdict.text)
    survived = [s for s in gold.get("must_remove", []) if _bare(s) and _bare(s) in shown]
    checks: Json = {"verdict": [int(said in gold["verdict"]), 1]} if gold.get("verdict") else {}
    risk = ""
    if gold.get("clean") is None:
        pass  # a draft as a model wrote it, which nobody has labelled: its verdict and findings stand, nothing is right or wrong
    elif gold["clean"]:
        checks["no_false_alarm"] = [int(said in gold.get("verdict", ["pass"])), 1]
        risk = "" if said in gold.get("verdict", ["pass"]) else "false_alarm"
    else:
        checks["caught"] = [int(said != "pass"), 1]
        checks |= {f"finds.{e}": [int(e in found), 1] for e in gold.get("errors", [])}
        checks["bad_text_gone"] = [int(not survived), 1]
        if set(gold.get("errors", [])) & {"action", "dose"}:
            checks["critical_caught"] = [int(said != "pass" and not survived), 1]
            risk = "dangerous" if said == "pass" or survived else ""
        risk = risk or ("missed" if said == "pass" or survived else "")
    if said != "override" and gold.get("must_keep"):
        checks["good_kept"] = [sum(_bare(s) in shown for s in gold["must_keep"]), len(gold["must_keep"])]
    why = [{"check": f.check, "why": f.why, "sentence": f.sentence} for f in verdict.findings]
    return {
        "gold": {"clean": gold.get("clean"), "errors": sorted(gold.get("errors", []))},
        "said": {"verdict": said, "found": found, "action": decision.action.value, "rules": list(decision.rules)},
        "risk": risk,
        "checks": checks,
        "trace": {"turns": list(item.turns), "draft": item.draft, "findings": why, "answer": verdict.text},
    }


def _bare(text: str) -> str:
    plain = text.replace("–", "-").replace("—", "-").replace("’", "'").replace("\xa0", " ")
    return re.sub(r"\W+", " ", re.sub(r"\[\d+\]|[*_`>#|]", " ", plain)).lower().strip()
