"""Trains the second reader: `python -m eval.train_reader`. Repeatable to the byte.

Examples are JSON lines `{"text": ..., "label": ...}` in `knowledge/second_reader/examples/NAME.jsonl`. A fifth of them,
chosen by a hash of the text, is held back and scored; the weights are then trained on all of them.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np

from assistant.reading.second import FOLDER, features

_BUCKETS = 1 << 15
STRENGTH = {"intent": 30.0, "topic": 30.0, "state": 20.0, "severity": 20.0}


def load(path: Path) -> tuple[list[str], list[str]]:
    """Texts and labels of one example file, in the order of the file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [r["text"] for r in rows], [r["label"] for r in rows]


def matrix(texts: list[str]):  # type: ignore[no-untyped-def]
    """The features of many texts as a sparse matrix of shape (texts, buckets)."""
    from scipy.sparse import csr_matrix

    found = [features(t) for t in texts]
    indptr = np.concatenate([[0], np.cumsum([len(b) for b, _ in found])])
    return csr_matrix((np.concatenate([v for _, v in found]), np.concatenate([b for b, _ in found]), indptr), shape=(len(texts), _BUCKETS))


def fit(texts: list[str], labels: list[str], strength: float):  # type: ignore[no-untyped-def]
    """A logistic regression on the features; classes are weighted to count alike."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=2000, class_weight="balanced").fit(matrix(texts), labels)


def held_back(text: str) -> bool:
    """Whether an example belongs to the fifth that is scored and not trained on."""
    return zlib.crc32(text.encode()) % 5 == 0


def train(name: str, folder: Path = FOLDER) -> float:
    """Score on the held-back fifth, train on all, write the weights; returns the held-back accuracy."""
    texts, labels = load(folder / "examples" / f"{name}.jsonl")
    apart = [held_back(t) for t in texts]
    model = fit([t for t, a in zip(texts, apart, strict=True) if not a], [x for x, a in zip(labels, apart, strict=True) if not a], STRENGTH[name])
    held = [(t, x) for t, x, a in zip(texts, labels, apart, strict=True) if a]
    accuracy = float(np.mean(model.predict(matrix([t for t, _ in held])) == np.array([x for _, x in held])))
    model = fit(texts, labels, STRENGTH[name])
    table = np.vstack([model.coef_.T, model.intercept_[None, :]])
    np.save(folder / f"{name}.npy", np.round(table, 2).astype(np.float16))
    (folder / f"{name}.json").write_text(json.dumps({"labels": model.classes_.tolist(), "examples": len(texts), "held_back_accuracy": round(accuracy, 4)}) + "\n", encoding="utf-8")
    return accuracy


def main() -> None:
    """Train every classifier that has examples."""
    for path in sorted((FOLDER / "examples").glob("*.jsonl")):
        print(f"{path.stem}: held-back accuracy {train(path.stem):.3f} ({path.name})")


if __name__ == "__main__":
    main()
