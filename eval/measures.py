"""Records to figures: counts with exact intervals, per set and over all; unscored is counted, never averaged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from eval.scoring import HOLDS
from eval.stats import Rate, upper_bound

Json = dict[str, Any]
ACTIONS = ("hold", "reassess", "resume", "no_hold", "inform", "out_of_scope")
SEVERITIES = ("mild", "severe", "life_threatening", "unspecified")
RESTARTS = ("same_dose", "depends_on_severity", "consider_reduction", "reassess_first")


def summarise(records: Sequence[Json], unscored: int) -> Json:
    """All measures over the records of one set, or of all."""
    questions = [r for r in records if r["kind"] == "question" and "error" not in r]
    drafts = [r for r in records if r["kind"] == "draft" and "error" not in r]
    errors = sum("error" in r for r in records)
    found: Json = {"questions": len(questions), "drafts": len(drafts), "unscored": unscored + errors, "errors": errors}
    if questions:
        found |= _danger(questions)
        found["checks"] = checks_of(questions)
        found["not_scored"] = not_scored(questions)
        found["confusion"] = confusion(questions)
        for name, classes in (("action", ACTIONS), ("severity", SEVERITIES), ("restart", RESTARTS)):
            found[f"{name}_classes"] = per_class(questions, name, classes)
        found["flags"] = per_flag(questions)
        found["abstention"] = abstention(questions)
        found["tags"] = per_tag(questions)
        found["retrieval"] = retrieval_figures(questions)
    if drafts:
        found["guardrail"] = guardrail(drafts)
    return found


def _danger(questions: Sequence[Json]) -> Json:
    """The errors that could hurt, each out of the questions where it could occur; the upper bound is one-sided, exact."""
    held = [r for r in questions if set(r["gold"]["action"]) <= HOLDS]
    free = [r for r in questions if not set(r["gold"]["action"]) & HOLDS]
    back = [r for r in questions if r["gold"]["restart"] != [None] and r["said"]["restart"] is not None]
    found: Json = {}
    for name, among in (("dangerous", held), ("missed", held), ("bold", back), ("overcautious", free)):
        count = sum(r["risk"] == name for r in among)
        found[name] = {"count": count, "of": len(among), "upper_95": round(upper_bound(count, len(among)), 6)}
    return found


def checks_of(records: Iterable[Json]) -> Json:
    """For each measure: hits, of how many, share with its exact interval."""
    hits: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for record in records:
        for name, (right, trials) in record["checks"].items():
            hits[name] += right
            of[name] += trials
    return {name: Rate(hits[name], of[name]).record() for name in sorted(of)}


def not_scored(records: Sequence[Json]) -> dict[str, int]:
    """For each measure that any record has: how many have no label for it, and so do not count."""
    having: Counter[str] = Counter(name for record in records for name in record["checks"])
    return {name: len(records) - having[name] for name in sorted(having)}


def confusion(questions: Sequence[Json]) -> Json:
    """gold action (alternatives joined by `/`) to said action to count: directed, since the two directions differ."""
    counts: dict[str, Counter[str]] = {}
    for r in questions:
        counts.setdefault("/".join(sorted(r["gold"]["action"])), Counter())[r["said"]["action"]] += 1
    return {gold: dict(sorted(said.items())) for gold, said in sorted(counts.items())}


def per_class(questions: Sequence[Json], name: str, classes: Sequence[str]) -> Json:
    """Recall and precision of each class, over the questions whose label leaves no choice."""
    single = [r for r in questions if len(r["gold"][name]) == 1]
    found = {}
    for value in classes:
        wanted = [r for r in single if r["gold"][name] == [value]]
        said = [r for r in single if r["said"][name] == value]
        if wanted or said:
            both = sum(r["said"][name] == value for r in wanted)
            found[value] = {"recall": Rate(both, len(wanted)).record(), "precision": Rate(both, len(said)).record()}
    return found


def per_flag(questions: Sequence[Json]) -> Json:
    """Recall and precision of each flag, over all questions."""
    names = sorted({f for r in questions for f in (*r["gold"]["flags"], *r["said"]["flags"])})
    found = {}
    for name in names:
        wanted = sum(name in r["gold"]["flags"] for r in questions)
        said = sum(name in r["said"]["flags"] for r in questions)
        both = sum(name in r["gold"]["flags"] and name in r["said"]["flags"] for r in questions)
        found[name] = {"recall": Rate(both, wanted).record(), "precision": Rate(both, said).record()}
    return found


def abstention(questions: Sequence[Json]) -> Json:
    """Both ways: said nothing where nothing can be said, and answered where an answer was due."""
    nothing = [r for r in questions if r["gold"]["action"] == ["out_of_scope"]]
    due = [r for r in questions if "out_of_scope" not in r["gold"]["action"]]
    silent = sum(r["said"]["action"] == "out_of_scope" for r in nothing)
    answered = sum(r["said"]["action"] != "out_of_scope" for r in due)
    return {"abstained_when_due": Rate(silent, len(nothing)).record(), "answered_when_due": Rate(answered, len(due)).record()}


def per_tag(questions: Sequence[Json]) -> Json:
    """Action right and dangerous errors, by tag."""
    tags = sorted({t for r in questions for t in r["tags"]})
    found = {}
    for tag in tags:
        mine = [r for r in questions if tag in r["tags"]]
        right = sum(r["checks"]["action"][0] for r in mine)
        found[tag] = {"action": Rate(right, len(mine)).record(), "dangerous": sum(r["risk"] == "dangerous" for r in mine)}
    return found


def retrieval_figures(questions: Sequence[Json]) -> Json:
    """Recall, reciprocal rank and nDCG of search alone and of the answer's passages; `inform` questions without labels are counted, and those whose passages follow from the facts alone."""
    labelled = [r for r in questions if "retrieval" in r]
    unlabelled = sum(r["gold"]["action"] == ["inform"] and "retrieval" not in r for r in questions)
    found: Json = {"labelled": len(labelled), "by_facts": sum(not r["retrieval"]["read"] for r in labelled), "unlabelled": unlabelled}
    for kind in ("search", "answer"):
        if labelled:
            found[kind] = ranking({_key(r): r["retrieval"]["wanted"] for r in labelled}, {_key(r): r["retrieval"][kind] for r in labelled})
    return found


def _key(record: Json) -> str:
    """An item among those of all sets, two of which may use the same id."""
    return f"{record['set']}:{record['id']}"


def ranking(wanted: dict[str, list[str]], found: dict[str, list[str]]) -> Json:
    """R@1, R@3, R@5, R@10, RR and nDCG@10 by ir-measures; `found` holds passage ids, best first."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = [R @ 1, R @ 3, R @ 5, R @ 10, RR, nDCG @ 10]
    labels = [ir_measures.Qrel(q, name, 1) for q, names in wanted.items() for name in names]
    run = [ir_measures.ScoredDoc(q, name, float(-rank)) for q, names in found.items() for rank, name in enumerate(names)]
    figures = ir_measures.calc_aggregate(measures, labels, run)
    return {str(m): round(float(figures[m]), 6) for m in measures}


def guardrail(drafts: Sequence[Json]) -> Json:
    """Critical errors shown, recall per check, false alarms per check on clean drafts; of unlabelled drafts their number, and what was found in them."""
    clean = [r for r in drafts if r["gold"]["clean"] is True]
    dirty = [r for r in drafts if r["gold"]["clean"] is False]
    unlabelled = [r for r in drafts if r["gold"]["clean"] is None]
    critical = [r for r in dirty if set(r["gold"]["errors"]) & {"action", "dose"}]
    shown = sum(r["risk"] == "dangerous" for r in critical)
    names = sorted({c for r in drafts for c in (*r["gold"]["errors"], *r["said"]["found"])})
    alarms = {name: Rate(sum(name in r["said"]["found"] for r in clean), len(clean)).record() for name in names}
    return {
        "dangerous": {"count": shown, "of": len(critical), "upper_95": round(upper_bound(shown, len(critical)), 6)},
        "checks": checks_of(drafts),
        "false_alarms": Rate(sum(r["risk"] == "false_alarm" for r in clean), len(clean)).record(),
        "false_alarms_by_check": alarms,
        "unlabelled": len(unlabelled),
        "found_in_unlabelled": {name: n for name in names if (n := sum(name in r["said"]["found"] for r in unlabelled))},
        "verdicts": dict(sorted(Counter(r["said"]["verdict"] for r in drafts).items())),
    }
