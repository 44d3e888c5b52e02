"""Trains the guardrail's second ear: `python -m eval.train_telling`. Repeatable as `eval.tuning` says.

It learns from the sentences in `knowledge/second_reader/telling`, `cases` and `wordings`, and from the labelled
drafts in `sets/drafts` that may be built on; no held-back file is opened here. Two classifiers learn the same: a linear one
over words and what the rules read, and one over the bundled model's first layers, which also learns which of the owed
things a sentence says. Run it anew whenever the cue words change: what the rules read is among the features.

`--leave-out NAME …` trains without these files, prints how it does on them, and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from assistant import reading, rules
from assistant.guardrail import action, missing
from assistant.guardrail.pieces import SPOKEN, cut
from assistant.guardrail.readings import Context, context, read
from assistant.guardrail.telling import HEADS, NAME, PIECES, TUNED, features, heads_of, parts_of
from assistant.records import Action, Basis, Case, Decision, Dictated, Severity
from assistant.tuned import Tuned
from assistant.weights import BUCKETS, FOLDER
from eval import tuning
from eval.train_reader import rows

DRAFTS = Path(__file__).parent / "sets" / "drafts"
SENTENCES = FOLDER / NAME
CASES = FOLDER / "cases"
WORDINGS = FOLDER / "wordings"
STRENGTH = 8.0  # inverse regularisation; 3, 8 and 20 did nearly alike on drafts left out
ELEMENTS = tuple(missing.NAMES)
EPOCHS = 3
CLAIMS = {"support": "unsupported", "scope": "outside"}
"""Errors that a sentence has whatever the decision, and their heads."""
TASK = tuning.Task(TUNED, (*HEADS, *CLAIMS.values(), *ELEMENTS), PIECES, EPOCHS, (1.0,) * len((*HEADS, *CLAIMS)) + (0.5,) * len(ELEMENTS))
"""What the tuned model learns; the elements, of which there are many, count for less each."""
# What a sentence tells, by whether it speaks against the decision; what is in neither list depends on the case.
AGAINST = {
    "hold": {"continue", "resume_early", "wrong_dose", "restart_dose_wrong", "stop_for_good", "delay_hold", "against_hold"},
    "resume": {"resume_early", "wrong_dose", "restart_dose_wrong", "stop_for_good", "against_resume"},
    "reassess": {"continue", "resume_early", "wrong_dose", "restart_dose_wrong", "stop_for_good", "against_reassess"},
    "no_hold": {"wrong_dose", "stop_for_good", "against_no_hold"},
}
FITS = {
    "hold": {"hold", "resume_ok", "neutral", "fits_hold"},
    "resume": {"resume_ok", "neutral", "fits_resume"},
    "reassess": {"neutral", "fits_reassess"},
    "no_hold": {"continue", "neutral", "fits_no_hold"},
}
Label = tuple[str, str, bool]  # a text, a head or an element, and whether it is so


def sentences(path: Path) -> Iterator[Label]:
    """Single sentences by what they tell, whatever the case."""
    for row in rows(path):
        for world in AGAINST:
            if row["tells"] in AGAINST[world] | FITS[world]:
                yield from ((row["text"], head, row["tells"] in AGAINST[world]) for head in heads_of(Action(world), None))


def cases(path: Path) -> Iterator[Label]:
    """Sentences written for a case: whether they are wrong there, and which of the owed things they say."""
    told: dict[int, dict[str, Any]] = {}
    for row in rows(path):
        if "question" in row:
            told[row["case"]] = row
            continue
        case = told[row["case"]]
        pieces = cut(row["text"])
        if len(pieces) != 1:
            continue
        text, severity = pieces[0].body, Severity(case["severity"]) if case.get("severity") else None
        yield from ((text, head, row["wrong"] == error) for error, head in CLAIMS.items() if row["wrong"] in ("", error))
        if row["wrong"] not in ("", "action", "dose"):
            continue
        for_counts = case["action"] == "hold" and severity is None
        yield from ((text, head, bool(row["wrong"])) for head in heads_of(Action(case["action"]), severity) if not for_counts)
        yield from ((text, element, element in row["says"]) for element in ELEMENTS)


def wordings(path: Path) -> Iterator[Label]:
    """Sentences by which of the owed things they say; with `at_least`, what is not named is not known."""
    for row in rows(path):
        pieces = cut(row["text"])
        if len(pieces) == 1:
            told = row["says"] if row.get("at_least") else ELEMENTS
            yield from ((pieces[0].body, element, element in row["says"]) for element in told)


def drafted(path: Path) -> Iterator[Label]:
    """The pieces of labelled drafts: all of a clean one fit, of the others what is marked as to keep or to remove."""
    for row in rows(path):
        case = reading.read(tuple(row.get("turns") or [row["question"]]))
        decision = rules.decide(case)
        gold = row["gold"]
        heads = heads_of(decision.action, decision.severity)
        if decision.basis is Basis.LABEL or (decision.action is Action.INFORM and not gold["clean"]) or (gold["clean"] and _misread(row["answer"], case, decision)):
            continue
        told = context(case, decision, Dictated(text="", sentences=(), citations=()))
        for piece in (p for text in ([row["answer"]] if gold["clean"] else gold["must_keep"]) for p in cut(text) if p.kind in SPOKEN):
            yield from ((text, head, False) for text in (piece.body, *_harmless_parts(piece.body, told)) for head in (*heads, *CLAIMS.values()))
            yield from ((piece.body, element, True) for element in missing.carried_by(read(piece.body, "POM"), told))
        if len(gold["errors"]) == 1 and gold["errors"][0] in CLAIMS:
            yield from ((cut(text)[0].body, CLAIMS[gold["errors"][0]], True) for text in gold["must_remove"] if len(cut(text)) == 1)
        if set(gold["errors"]) <= {"action", "dose", "missing"}:
            wrong = [text.strip(" ,;:()–—") for text in gold["must_remove"]]
            whole = [p.body for p in cut(row["answer"]) if any(text in p.body for text in wrong)]
            yield from ((text, head, True) for text in (*(cut(w)[0].body for w in wrong if len(cut(w)) == 1), *whole) for head in heads)


def _harmless_parts(body: str, told: Context) -> Iterator[str]:
    """The parts of a right clause, without those that would be wrong if they stood alone: it is the rest that makes them right."""
    yield from (part for part in parts_of(body) if not action.faults(read(part, "POM"), told))


def _misread(draft: str, case: Case, decision: Decision) -> bool:
    """Whether a clean draft says twice the contrary of the decision: then the question was misread, and it teaches the wrong thing."""
    told = context(case, decision, Dictated(text="", sentences=(), citations=()))
    return sum(f.main for piece in cut(draft) for f in action.faults(read(piece.body, "POM"), told)) > 1


def table(labels: Iterable[Label]) -> dict[str, list[float]]:
    """Each text with a 1, 0 or nan for each head and element; what is labelled both ways is not known."""
    names = TASK.heads
    found: dict[str, list[float]] = {}
    disputed: set[tuple[str, str]] = set()
    for text, name, so in labels:
        row, at = found.setdefault(text, [math.nan] * len(names)), names.index(name)
        if not math.isnan(row[at]) and row[at] != so:
            disputed.add((text, name))
        row[at] = float(so)
    for text, name in disputed:
        found[text][names.index(name)] = math.nan
    return found


def matrix(texts: Sequence[str]) -> Any:
    """The features of many clauses as a sparse matrix of shape (clauses, buckets)."""
    from scipy.sparse import csr_matrix

    found = [features(read(text, "POM")) for text in texts]
    indptr = np.concatenate([[0], np.cumsum([len(b) for b in found])])
    values = np.concatenate([np.full(len(b), 1.0 / max(1.0, np.sqrt(len(b)))) for b in found])
    made = csr_matrix((values, np.concatenate(found), indptr), shape=(len(texts), BUCKETS))
    made.sum_duplicates()
    return made


def linear(examples: dict[str, list[float]]) -> np.ndarray[Any, Any]:
    """Logistic regressions, one for each head, as weights of shape (buckets + 1, heads); both classes count alike."""
    from sklearn.linear_model import LogisticRegression

    texts, labels = list(examples), np.array(list(examples.values()))
    rows_, columns = matrix(texts), []
    for at in range(len(HEADS)):
        known = np.flatnonzero(~np.isnan(labels[:, at]))
        model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced", random_state=0).fit(rows_[known], labels[known, at])
        columns.append(np.concatenate([model.coef_[0], model.intercept_]))
    return np.round(np.stack(columns, axis=1), 2).astype(np.float16)


def sources() -> dict[str, Callable[[], Iterable[Label]]]:
    """All files that may be learnt from, by name."""
    found: dict[str, Callable[[], Iterable[Label]]] = {}
    for reader, paths in ((sentences, SENTENCES.glob("*.jsonl")), (cases, CASES.glob("*.jsonl")), (wordings, WORDINGS.glob("*.jsonl")), (drafted, DRAFTS.glob("*.jsonl"))):
        found |= {path.stem: partial(reader, path) for path in sorted(paths) if not path.name.startswith("held_back")}
    return found


def told_apart(known: dict[str, list[float]], test: dict[str, list[float]]) -> str:
    """How both together do on texts that they were not trained on: what share of the wrong is found while 1, 2 and 5 % of the right are flagged."""
    test = {text: row for text, row in test.items() if text not in known}
    weights = linear(known).astype(np.float64)
    scores = matrix(list(test)) @ weights[:-1] + weights[-1]
    scores = scores + Tuned(TASK.heads, TASK.pieces, tuning.trained(TASK, list(known.items()))).scores(list(test))[:, : len(HEADS)]
    labels = np.array(list(test.values()))[:, : len(HEADS)]
    right, wrong = np.sort(scores[labels == 0])[::-1], scores[labels == 1]
    return f"of {len(wrong)} wrong: " + ", ".join(f"{np.mean(wrong > right[int(share * len(right))]):.0%} at {share:.0%} of {len(right)}" for share in (0.01, 0.02, 0.05))


def main() -> None:
    """Train on all and write the weights; or leave files out and score them."""
    parser = argparse.ArgumentParser(prog="python -m eval.train_telling", description=__doc__)
    parser.add_argument("--leave-out", nargs="+", metavar="NAME", default=[])
    left = parser.parse_args().leave_out
    files = sources()
    if unknown := [name for name in left if name not in files]:
        parser.error(f"no such files: {', '.join(unknown)}; there are: {', '.join(files)}")
    known = table(label for name, labels in files.items() if name not in left for label in labels())
    if left:
        print(f"{len(known)} texts; {', '.join(left)} left out: " + told_apart(known, table(label for name in left for label in files[name]())))
        return
    np.save(FOLDER / f"{NAME}.npy", linear(known))
    (FOLDER / f"{NAME}.json").write_text(json.dumps({"names": HEADS, "examples": len(known)}) + "\n", encoding="utf-8")
    tuning.save(TASK, tuning.trained(TASK, list(known.items())))


if __name__ == "__main__":
    main()
