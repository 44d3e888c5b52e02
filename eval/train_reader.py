"""Trains the second reader: `python -m eval.train_reader`. Repeatable to the byte.

It learns from the examples in `knowledge/second_reader/examples/` and from the labelled questions in
`eval/sets/build/`; nothing in `eval/sets/held_back/` is ever opened here. A fifth of the examples, chosen by a hash
of the text, is held back and scored; the weights are then trained on all of them. Two classifiers learn the same: linear
ones over words and what the lexicon read, and one on top of the bundled model, which reads the classed line.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.knowledge import knowledge
from assistant.reading.opinion import HEADS, NAME, PIECES, line_of
from assistant.reading.reader import scans_of
from assistant.reading.second import features
from assistant.weights import BUCKETS, FOLDER
from eval import tuning

BUILD = Path(__file__).parent / "sets" / "build"
EXAMPLES = FOLDER / "examples"
# Inverse regularisation; chosen on authors left out, among 1.5, 3, 5, 8, 20 (state) and the held-back fifth (the others).
STRENGTH = {"intent": 10.0, "topic": 10.0, "state": 8.0, "severity": 5.0}
_SNIPPET_STATE = {"resolved": "resolved", "unresolved": "infected", "active": "infected", "possible": "infected", "none": "none"}
_ACTION_STATE = {"resume": "resolved", "reassess": "resolved", "hold": "infected", "no_hold": "none"}
_OF_AN_INFECTION = ("hold", "resume", "reassess")
PLATELETS = 50  # x 10^9/L; below it a restart waits
TASK = tuning.Task(NAME, tuple(label for labels in HEADS.values() for label in labels), PIECES, epochs=4, layers=6)
Example = tuple[tuple[str, ...], str]  # the turns of a conversation, and its label


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSONL file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _questions() -> Iterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
    """Turns, action and labels of the build questions that have one acceptable action, and of the scenes."""
    for path in sorted(BUILD.glob("*.jsonl")):
        for row in rows(path):
            actions = set(row["gold"]["action"])
            if len(actions) == 1:
                yield tuple(row.get("turns") or [row["question"]]), actions.pop(), row["gold"]
    for path in sorted(EXAMPLES.glob("scenes*.jsonl")):
        yield from ((tuple(row["turns"]), row["action"], {"severity": [row["severity"]]}) for row in rows(path))


def _asked() -> Iterator[dict[str, Any]]:
    """The examples of single questions, by what they ask."""
    for path in [EXAMPLES / "intents.jsonl", *sorted(EXAMPLES.glob("general*.jsonl"))]:
        yield from rows(path)


def intents() -> Iterator[Example]:
    """Last messages by what they ask."""
    yield from (((row["text"],), row["intent"]) for row in _asked())
    yield from (((asked,), "fact") for fact in knowledge().facts.values() for asked in fact.asked_as)
    for turns, action, _ in _questions():
        yield turns[-1:], {"inform": "fact", "out_of_scope": "outside"}.get(action, "decision")


def topics() -> Iterator[Example]:
    """Questions of fact by the fact that they ask for."""
    known = knowledge().facts
    yield from (((row["text"],), row["topics"][0]) for row in _asked() if row["topics"] and row["topics"][0] in known)
    yield from (((asked,), fact.id) for fact in known.values() for asked in fact.asked_as)


def states() -> Iterator[Example]:
    """Conversations and snippets by whether the infection is over (resolved), there (infected) or none."""
    for path in sorted(EXAMPLES.glob("snippets*.jsonl")):
        yield from (((row["text"],), _SNIPPET_STATE[row["state"]]) for row in rows(path) if row["state"] in _SNIPPET_STATE)
    for turns, action, gold in _questions():
        for_counts_alone = action == "hold" and gold.get("severity") == [None]
        label = "none" if for_counts_alone else _ACTION_STATE.get(action)
        held_for_counts = action == "hold" and not for_counts_alone and ("anc_below_500" in gold.get("flags", []) or _few_platelets(turns))
        if label and not held_for_counts and "two_patients" not in gold.get("flags", []):
            yield turns, label


def severities() -> Iterator[Example]:
    """Conversations by how bad the infection was at its worst; `unspecified` where nothing tells."""
    for turns, action, gold in _questions():
        told = gold.get("severity") or [None]
        if action in _OF_AN_INFECTION and len(told) == 1 and told[0] and "two_patients" not in gold.get("flags", []):
            yield turns, told[0]


def _few_platelets(turns: Sequence[str]) -> bool:
    """Whether platelets stand there that may hold the drug whatever the infection does (spec, section 4.5)."""
    return any(count.name == "platelets" and count.value < PLATELETS for scan in scans_of(turns) for count in scan.counts)


def matrix(conversations: Iterable[Sequence[str]]) -> Any:
    """The features of many conversations as a sparse matrix of shape (conversations, buckets)."""
    from scipy.sparse import csr_matrix

    found = [features(scans_of(turns)) for turns in conversations]
    indptr = np.concatenate([[0], np.cumsum([len(b) for b, _ in found])])
    made = csr_matrix((np.concatenate([v for _, v in found]), np.concatenate([b for b, _ in found]), indptr), shape=(len(found), BUCKETS))
    made.sum_duplicates()
    return made


def fit(examples: list[Example], strength: float) -> Any:
    """A logistic regression on the features; classes are weighted to count alike."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=3000, class_weight="balanced")
    return model.fit(matrix(turns for turns, _ in examples), [label for _, label in examples])


def lines() -> dict[str, list[float]]:
    """The lines that the tuned classifier learns from, each with 1, 0 or nan (not known) for each of its heads."""
    found: dict[str, list[float]] = {}
    for name, examples in (("state", states()), ("intent", intents()), ("severity", severities())):
        labels = HEADS[name]
        for turns, right in examples:
            if right in labels:
                row = found.setdefault(line_of(scans_of(turns)), [math.nan] * len(TASK.heads))
                for label in labels:
                    row[TASK.heads.index(label)] = float(label == right)
    return found


def held_back(turns: Sequence[str]) -> bool:
    """Whether an example belongs to the fifth that is scored and not trained on."""
    return zlib.crc32(" || ".join(turns).encode()) % 5 == 0


def train(name: str, examples: list[Example], folder: Path = FOLDER) -> float:
    """Score on the held-back fifth, train on all, write the weights; returns the held-back accuracy."""
    examples = list(dict.fromkeys(examples))
    held = [e for e in examples if held_back(e[0])]
    partial = fit([e for e in examples if not held_back(e[0])], STRENGTH[name])
    accuracy = float(np.mean(partial.predict(matrix(turns for turns, _ in held)) == np.array([label for _, label in held])))
    model = fit(examples, STRENGTH[name])
    table = np.vstack([model.coef_.T, model.intercept_[None, :]])
    np.save(folder / f"{name}.npy", np.round(table, 2).astype(np.float16))
    record = {"labels": model.classes_.tolist(), "examples": len(examples), "held_back_accuracy": round(accuracy, 3)}
    (folder / f"{name}.json").write_text(json.dumps(record) + "\n", encoding="utf-8")
    return accuracy


def main() -> None:
    """Train all classifiers and print how well each does on examples that it has not seen."""
    for name, examples in (("intent", list(intents())), ("topic", list(topics())), ("state", list(states())), ("severity", list(severities()))):
        print(f"{name}: {len(examples)} examples, held-back accuracy {train(name, examples):.3f}", flush=True)
    tuning.save(TASK, tuning.trained(TASK, list(lines().items())))


if __name__ == "__main__":
    main()
