"""What each part is worth: the same drafts, questions and passages with one part left out at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from assistant import guardrail
from assistant.guardrail.judging import Judged, judge
from assistant.guardrail.readings import Context
from assistant.pipeline import Assistant
from assistant.reading import opinion, second, standing
from assistant.reading.surroundings import Surroundings
from assistant.records import Outcome, Verdict
from eval import plots
from eval.measures import checks_of
from eval.mutants import CHECKS
from eval.report import percent
from eval.scoring import Json, risk_of, score
from eval.sets import Item


@contextmanager
def without_check(name: str) -> Iterator[None]:
    """The guardrail deaf to one of its eight checks, whichever part of it raises that."""

    def deaf(text: str, told: Context) -> tuple[Judged, ...]:
        return tuple(replace(j, faults=tuple(f for f in j.faults if f.check != name)) for j in judge(text, told))

    with ExitStack() as stack:
        stack.enter_context(patch.object(guardrail, "judge", deaf))
        if name == "missing":
            stack.enter_context(patch.object(guardrail, "lacking", lambda *given: []))
        if name == "action":
            stack.enter_context(patch.object(guardrail, "unsaid_hold", lambda *given: False))
        yield


def _as_drafted(text: str, **told: Any) -> Verdict:
    return Verdict(outcome=Outcome.PASS, text=text)


@contextmanager
def without_guardrail() -> Iterator[None]:
    """Every draft is shown as it was written."""
    with patch.object(guardrail, "check", _as_drafted):
        yield


@contextmanager
def without_second_reader() -> Iterator[None]:
    """The lexicon alone: the classifiers are never sure of anything."""

    def unsure(self: second.Classifier, scans: object) -> dict[str, float]:
        return dict.fromkeys(self.labels, 1 / len(self.labels))

    with without_tuned(), patch.object(second.Classifier, "probabilities", unsure), patch.object(second.Classifier, "best", lambda self, scans: (self.labels[0], 0.0)):
        yield


@contextmanager
def without_tuned() -> Iterator[None]:
    """The second reader's linear classifiers alone."""
    with patch.object(opinion, "_tuned", lambda *given: {}):
        yield


@contextmanager
def without_second_opinion() -> Iterator[None]:
    """The classifiers say what is asked, and nothing on whether the infection is over."""
    with patch.object(standing, "_second_opinion", lambda *given: None):
        yield


@contextmanager
def without_scopes() -> Iterator[None]:
    """Words count wherever they stand: no negation, history, plan, hypothesis or other person."""
    with patch.object(Surroundings, "placed", lambda self, item: item):
        yield


def of_drafts(assistant: Assistant, items: Sequence[Item]) -> list[Json]:
    """Rows for the guardrail: as drafted, whole, and without each check."""
    drafts = [i for i in items if i.draft is not None]
    if not drafts:
        return []
    parts: list[tuple[str, Any]] = [("no guardrail: shown as drafted", without_guardrail), ("guardrail", ExitStack)]
    parts += [(f"guardrail without {name}", lambda name=name: without_check(name)) for name in CHECKS]
    return [{"part": name, **_drafts(assistant, drafts, made)} for name, made in parts]


NOT_MEASURED = "not measured: no draft of a model that was given the decision and the rules; record some (`model --record FILE`) and name them (`--drafts FILE`)"


def of_model(assistant: Assistant, drafts: Sequence[Item]) -> list[Json]:
    """Rows for the drafts of a model that was given the decision and the rules in its prompt: shown unchecked, and checked.

    The fixed drafts do not say what their writers were given, so that nothing of this can be measured on them.
    """
    if not drafts:
        return [{"part": "prompt only", "n": 0, "not_measured": NOT_MEASURED}]
    unsafe = sum(bool({f.check for f in assistant.check(i.turns, str(i.draft))[1].findings} & {"action", "dose"}) for i in drafts)
    parts: list[tuple[str, Any]] = [("prompt only", without_guardrail), ("prompt and guardrail", ExitStack)]
    shared = {"unlabelled": sum("clean" not in i.gold for i in drafts), "found_unsafe": unsafe}
    return [{"part": name, **_drafts(assistant, drafts, made), **shared} for name, made in parts]


def _drafts(assistant: Assistant, drafts: Sequence[Item], made: Callable[[], Any]) -> Json:
    with made():
        records = [score(assistant, i) for i in drafts]
    checks = checks_of(records)
    critical = sum("critical_caught" in r["checks"] for r in records)
    shown = sum(r["risk"] == "dangerous" for r in records)
    return {"n": len(drafts), "dangerous": shown, "of": critical, **{m: checks[m]["share"] for m in ("caught", "bad_text_gone", "no_false_alarm") if m in checks}}


def of_questions(assistant: Assistant, items: Sequence[Item]) -> list[Json]:
    """Rows for the reader: whole, and without each part."""
    questions = [i for i in items if i.draft is None]
    if not questions:
        return []
    parts: list[tuple[str, Any, bool]] = [
        ("reader", ExitStack, True),
        ("reader without the classifiers", without_second_reader, True),
        ("reader without the tuned classifier", without_tuned, True),
        ("reader without their word on resolution", without_second_opinion, True),
        ("reader without scopes", without_scopes, True),
        ("reader of the last turn alone", ExitStack, False),
    ]
    return [{"part": name, **_questions(assistant, questions, made, whole)} for name, made, whole in parts]


def _questions(assistant: Assistant, questions: Sequence[Item], made: Callable[[], Any], whole: bool) -> Json:
    counts = dict.fromkeys(("action", "severity", "dangerous", "overcautious"), 0)
    severities = 0
    with made():
        for item in questions:
            _, decision = assistant.decide(item.turns if whole else item.turns[-1:])
            said = decision.action.value
            counts["action"] += said in item.gold["action"]
            wanted = item.gold.get("severity", [None])
            severities += wanted != [None]
            counts["severity"] += wanted != [None] and (decision.severity and decision.severity.value) in wanted
            risk = risk_of(item.gold, said, decision.restart.value if decision.restart else None)
            if risk in counts:
                counts[risk] += 1
    n = len(questions)
    return {"n": n, "dangerous": counts["dangerous"], "overcautious": counts["overcautious"], "action": counts["action"] / n, "severity": counts["severity"] / max(severities, 1)}


def tables(found: dict[str, Any]) -> str:
    """All tables in Markdown."""
    drafts, questions, kinds = found["drafts"], found["questions"], found["retrieval"]["kinds"]
    lines = ["| drafts | n | critical shown | caught | bad text gone | clean ones left alone |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    lines += [_row(r) for r in drafts]
    lines += ["", "| drafts of a model that was given decision and rules | n | critical shown | caught | bad text gone | clean ones left alone |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    lines += [_row(r) for r in found["model"]]
    if (first := found["model"][0])["n"]:
        lines += ["", f"{first['unlabelled']} of them have no labels; by the guardrail's own reading {first['found_unsafe']} of {first['n']} hold an unsafe action or dose."]
    lines += ["", "| questions | n | dangerous | over-cautious | action | severity |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    lines += [f"| {r['part']} | {r['n']} | {r['dangerous']} | {r['overcautious']} | {r['action']:.1%} | {r['severity']:.1%} |" for r in questions]
    lines += ["", "| search | R@5 | RR | nDCG@10 |", "| --- | ---: | ---: | ---: |"]
    return "\n".join([*lines, *(f"| {name} | {f['R@5']:.3f} | {f['RR']:.3f} | {f['nDCG@10']:.3f} |" for name, f in kinds.items())])


def _row(row: Json) -> str:
    if "not_measured" in row:
        return f"| {row['part']} | 0 | {row['not_measured']} | – | – | – |"
    shares = " | ".join(percent(row.get(m)) for m in ("caught", "bad_text_gone", "no_false_alarm"))
    return f"| {row['part']} | {row['n']} | {row['dangerous']} of {row['of']} | {shares} |"


def plot(found: dict[str, Any]) -> str:
    """One page of plots: errors that reach the reader, by what is left out."""
    drafts = [(r["part"], r["dangerous"] / max(r["of"], 1), f"{r['dangerous']} of {r['of']}") for r in (*found["drafts"], *found["model"]) if r.get("of")]
    worst = max([r["dangerous"] for r in found["questions"]] + [1])
    questions = [(r["part"], r["dangerous"] / worst, f"{r['dangerous']} of {r['n']}") for r in found["questions"]]
    kinds = [(name, f["nDCG@10"], f"{f['nDCG@10']:.3f}") for name, f in found["retrieval"]["kinds"].items()]
    titles = ("Critical errors of drafts that are shown", "Dangerous errors on questions (scaled to the worst)", "nDCG@10 of kinds of search")
    style = "body{font:15px system-ui;margin:24px;max-width:800px}svg{font:13px system-ui}.cell{fill:#eef1f4}.bar{fill:#24609c}"
    body = "".join(f"<h2>{title}</h2>{plots.bars(rows, title)}" for title, rows in zip(titles, (drafts, questions, kinds), strict=True))
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Holdfast: ablation</title><style>{style}</style><h1>What each part is worth</h1>{body}</html>\n'
