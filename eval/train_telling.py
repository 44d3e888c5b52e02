"""Trains the guardrail's second ear: `python -m eval.train_telling`. Repeatable to the byte.

It learns from the sentences in `knowledge/second_reader/telling/` and from the labelled drafts in `sets/drafts` that may be
built on; no held-back file is opened here. Each file of drafts is once left out and scored; the weights are then
trained on all of them. Run it anew whenever the cue words change: what the rules read is among the features.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from assistant import reading, rules
from assistant.guardrail import action
from assistant.guardrail.pieces import cut
from assistant.guardrail.readings import context, read
from assistant.guardrail.telling import NAME, WORLDS, features
from assistant.records import Action, Case, Decision, Dictated
from assistant.weights import BUCKETS, FOLDER
from eval.train_reader import rows

DRAFTS = Path(__file__).parent / "sets" / "drafts"
SENTENCES = FOLDER / NAME
STRENGTH = 8.0  # inverse regularisation; 3, 8 and 20 did nearly alike on drafts left out
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
_SPOKEN = ("text", "item", "row")
Example = tuple[str, bool]


def sentences(world: str) -> list[Example]:
    """The single sentences, by whether they speak against the decision."""
    found = []
    for path in sorted(SENTENCES.glob("*.jsonl")):
        for row in rows(path):
            if row["tells"] in AGAINST[world] | FITS[world]:
                found.append((row["text"], row["tells"] in AGAINST[world]))
    return found


def drafted(path: Path, world: str) -> list[Example]:
    """The pieces of labelled drafts: all of a clean one fit, of the others what is marked as to keep or to remove."""
    found: list[Example] = []
    for row in rows(path):
        case = reading.read(tuple(row.get("turns") or [row["question"]]))
        decision = rules.decide(case)
        gold = row["gold"]
        if WORLDS.get(decision.action) != world or (decision.action is Action.INFORM and not gold["clean"]):
            continue
        if gold["clean"] and _misread(row["answer"], case, decision):
            continue
        good = [row["answer"]] if gold["clean"] else gold["must_keep"]
        found += [(piece.body, False) for text in good for piece in cut(text) if piece.kind in _SPOKEN]
        if set(gold["errors"]) <= {"action", "dose", "missing"}:
            found += [(piece.body, True) for text in gold["must_remove"] for piece in cut(text)[:1] if len(cut(text)) == 1]
    return found


def _misread(draft: str, case: Case, decision: Decision) -> bool:
    """Whether a clean draft says twice the contrary of the decision: then the question was misread, and it teaches the wrong thing."""
    told = context(case, decision, Dictated(text="", sentences=(), citations=()))
    return sum(f.main for piece in cut(draft) for f in action.faults(read(piece.body, "POM"), told)) > 1


def matrix(texts: list[str]) -> Any:
    """The features of many clauses as a sparse matrix of shape (clauses, buckets)."""
    from scipy.sparse import csr_matrix

    found = [features(read(text, "POM")) for text in texts]
    indptr = np.concatenate([[0], np.cumsum([len(b) for b in found])])
    values = np.concatenate([np.full(len(b), 1.0 / max(1.0, np.sqrt(len(b)))) for b in found])
    made = csr_matrix((values, np.concatenate(found), indptr), shape=(len(texts), BUCKETS))
    made.sum_duplicates()
    return made


def fit(examples: list[Example]) -> Any:
    """A logistic regression on the features; both classes count alike."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced", random_state=0)
    return model.fit(matrix([text for text, _ in examples]), [bad for _, bad in examples])


def left_out(world: str, files: list[Path]) -> str:
    """How the classifier does on drafts that it was not trained on: recall at 1 % and 2 % of good pieces flagged."""
    good, bad = [], []
    for path in files:
        mine = drafted(path, world)
        if not mine:
            continue
        known = {text for text, _ in mine}
        others = [e for other in files if other != path for e in drafted(other, world)]
        model = fit([e for e in sentences(world) + others if e[0] not in known])
        scores = model.decision_function(matrix([text for text, _ in mine]))
        good += [s for s, (_, wrong) in zip(scores, mine, strict=True) if not wrong]
        bad += [s for s, (_, wrong) in zip(scores, mine, strict=True) if wrong]
    ordered = np.sort(good)[::-1]
    told = [f"{share:.0%} of {len(good)} flagged: {np.mean(np.array(bad) > ordered[int(share * len(good))]):.0%}" for share in (0.01, 0.02)]
    return f"{world}: on drafts left out, of {len(bad)} bad pieces found, with " + "; ".join(told)


def main() -> None:
    """Score on files left out, train on all, write the weights."""
    files = sorted(p for p in DRAFTS.glob("*.jsonl") if not p.name.startswith("held_back"))
    names = sorted(set(WORLDS.values()))
    tables, counts = [], {}
    for world in names:
        print(left_out(world, files))
        examples = list(dict.fromkeys(sentences(world) + [e for path in files for e in drafted(path, world)]))
        model = fit(examples)
        counts[world] = len(examples)
        tables.append(np.concatenate([model.coef_[0], model.intercept_]))
    np.save(FOLDER / f"{NAME}.npy", np.round(np.stack(tables, axis=1), 2).astype(np.float16))
    (FOLDER / f"{NAME}.json").write_text(json.dumps({"names": names, "examples": counts}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
