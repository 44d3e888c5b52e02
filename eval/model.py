"""A configured model under evaluation: its drafts are written down once, and scored from the file as often as wanted, without a call."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import HoldfastError, QuestionError
from assistant.files import sha256
from assistant.pipeline import Assistant
from assistant.records import Case, Decision, Draft, Hit
from eval import runs
from eval.engine import key
from eval.measures import checks_of
from eval.scoring import score
from eval.sets import Item, QuestionSet
from eval.stats import Rate, upper_bound

Json = dict[str, Any]
_BEGINS = b'{"key": "'  # each line of a file of drafts


@dataclass(frozen=True, slots=True)
class Recorded:
    """Gives the drafts that were written down, by the question; a question without one fails as a model that does not answer."""

    drafts: dict[str, Draft]

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str, heard: Callable[[str, bool], None] | None = None) -> Draft:
        """See `Drafter.draft`."""
        return self.drafts.get(key(question), Draft(text="", failure="no draft was recorded"))


def read(path: Path, *, cut: bool = False) -> Recorded:
    """The drafts of a file that `record` has written. A last line that was cut off is left out, and with `cut` taken from the file.

    Raises:
        HoldfastError: the file cannot be read, or is none of drafts.
    """
    try:
        rows = runs.whole_lines(path)
        rest = path.read_bytes().splitlines()[len(rows) :]
        if len(rest) > 1 or not all(part.startswith(_BEGINS[: len(part)]) for part in rest) or not (rows or cut):
            raise ValueError
        drafts = {r["key"]: Draft(**{**r["draft"], "strays": tuple(r["draft"]["strays"])}) for r in rows}
        if cut:
            runs.whole_lines(path, cut=True)
    except (OSError, ValueError, KeyError, TypeError):
        raise HoldfastError(f"{path}: holds no recorded drafts; `python -m eval model SET --record FILE` writes them.") from None
    return Recorded(drafts)


def record(assistant: Assistant, items: Sequence[Item], path: Path, tell: Callable[[int, int], None]) -> None:
    """Have a draft written for each question that the file does not hold yet, or whose draft failed; each is on disk before the next is asked for.

    Raises:
        HoldfastError: no model is configured.
    """
    if assistant.drafter is None:
        raise HoldfastError("no model is configured; set HOLDFAST_MODEL, for instance to 'ollama:NAME'.")
    done = {name for name, draft in read(path, cut=True).drafts.items() if not draft.failure} if path.exists() else set()
    with path.open("a", encoding="utf-8") as file:
        for number, item in enumerate(items, start=1):
            if key(item.text) not in done:
                draft = assistant.answer(item.turns).draft
                if draft is not None:
                    file.write(json.dumps({"key": key(item.text), "set": item.set, "id": item.id, "draft": asdict(draft)}, ensure_ascii=False) + "\n")
                    file.flush()
            tell(number, len(items))


def as_set(path: Path, items: Sequence[Item]) -> QuestionSet:
    """The recorded drafts of these questions as a set of drafts, scored like the fixed ones. A line may hold labels of its draft, under `gold` as in
    every set of drafts; without them its verdict and findings are told, and nothing is called right or wrong.

    Raises:
        HoldfastError: the file is none of drafts, a label in it cannot be used, or none of its drafts belongs to one of these questions.
    """
    drafts, name = read(path).drafts, f"model/{path.stem}"
    labels = {row["key"]: row.get("gold", {}) for row in runs.whole_lines(path)}
    asked = {key(i.text): i for i in reversed(items)}  # of questions that stand in several sets, the first
    found: list[Item] = []
    unscored: list[tuple[int, str]] = []
    for number, (one, draft) in enumerate(drafts.items(), start=1):
        gold = labels[one]
        if not isinstance(gold, dict) or ("clean" in gold and not isinstance(gold["clean"], bool)) or (gold and "clean" not in gold):
            raise HoldfastError(f"{path}: draft {number}: 'gold' needs 'clean', true or false; mend or remove it.")
        if one not in asked:
            unscored.append((number, "its question is in none of the sets given"))
        elif draft.failure:
            unscored.append((number, f"the model gave no draft: {draft.failure}"))
        else:
            item = asked[one]
            found.append(replace(item, set=name, id=f"{item.set}:{item.id}", gold=gold, draft=draft.text))
    if not found:
        raise HoldfastError(f"{path}: holds no draft of a question in the sets given; name the sets that it was recorded with.")
    return QuestionSet(name=name, sha256=sha256(path), held_back=any(i.held_back for i in found), items=tuple(found), unscored=tuple(unscored))


def measure(assistant: Assistant, recorded: Recorded, items: Sequence[Item]) -> Json:
    """What became of the drafts, what the guardrail found in them, and the answers scored as any others."""
    replayed = replace(assistant, drafter=recorded)
    verdicts: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    records, models, unsafe = [], set(), 0
    for item in items:
        try:
            answer = replayed.answer(item.turns)
        except QuestionError:
            continue
        assert answer.draft is not None
        models.add(f"{answer.draft.model or 'unknown'}, prompt {answer.draft.prompt_version or 'unknown'}")
        verdicts["failed" if answer.draft.failure else answer.verdict.outcome.value] += 1
        found = {f.check for f in answer.verdict.findings}
        findings.update(found)
        unsafe += bool(found & {"action", "dose"})
        records.append(score(replayed, item))
    n = len(records)
    return {
        "models": sorted(models),
        "n": n,
        "verdicts": dict(sorted(verdicts.items())),
        "unsafe_drafts": {**Rate(unsafe, n).record(), "upper_95": upper_bound(unsafe, n)},
        "findings": {c: Rate(k, n).record() for c, k in sorted(findings.items())},
        "checks": checks_of(records),
    }


def table(found: Json) -> str:
    """The figures in Markdown: first what the model would have told without the guardrail."""
    unsafe = found["unsafe_drafts"]
    lines = [f"{'; '.join(found['models'])}: {found['n']} drafts", ""]
    lines += [f"prompt only: {unsafe['hits']} of {unsafe['trials']} drafts hold an unsafe action or dose by the guardrail's own reading (upper 95 % bound {unsafe['upper_95']:.1%})"]
    lines += ["", "| verdict | drafts |", "| --- | ---: |", *(f"| {name} | {count} |" for name, count in found["verdicts"].items())]
    lines += ["", "| found by check | drafts |", "| --- | ---: |", *(f"| {name} | {rate['hits']} |" for name, rate in found["findings"].items())]
    lines += ["", "| measure of what is shown | right | of |", "| --- | ---: | ---: |", *(f"| {name} | {rate['hits']} | {rate['trials']} |" for name, rate in found["checks"].items())]
    return "\n".join(lines)
