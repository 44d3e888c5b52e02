"""Retrieval for its own sake: kinds of search side by side on labelled questions, over the same passages.

Every kind scores all passages for a question; the best come first, equal ones in the order of the sources. `default`
is the project's own `Retriever` as it is built, so that the table says whether the default is the best.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant import examples
from assistant.errors import HoldfastError
from assistant.index import embedded_text
from assistant.records import Passage
from assistant.retrieval import WordRetriever
from eval import sets
from eval.measures import ranking
from eval.scoring import wanted_passages
from eval.stats import mcnemar

DEPTH = 10
Json = dict[str, Any]
Scores = Any  # an array of one score for each passage, in their order


class Encodes(Protocol):
    """What makes vectors of texts."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text, of length one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Passages, questions by id, and for each the ids of the passages that answer it."""

    name: str
    passages: tuple[Passage, ...]
    questions: Mapping[str, str]
    wanted: Mapping[str, list[str]]
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def from_set(path: Path, passages: Sequence[Passage]) -> Task:
    """The labelled questions of a set over the project's passages.

    Raises:
        HoldfastError: a label names a passage that does not exist, or no question is labelled.
    """
    known = {p.id for p in passages}
    items = {i.id: i for i in sets.load(path).items if i.draft is None and wanted_passages(i.gold)}
    gone = sorted({name for i in items.values() for name in wanted_passages(i.gold)} - known)
    if gone or not items:
        raise HoldfastError(f"{path}: " + (f"labels name passages that do not exist: {', '.join(gone)}" if gone else "no question has passage labels"))
    wanted = {n: wanted_passages(i.gold) for n, i in items.items()}
    questions = {n: i.text for n, i in items.items()}
    return Task(name=sets.name_of(path), passages=tuple(passages), questions=questions, wanted=wanted, examples=example_questions())


def example_questions() -> dict[str, tuple[str, ...]]:
    """For each passage the example questions that it answers."""
    asked = {row.id: row.text for row in examples.rows()}
    found: dict[str, tuple[str, ...]] = {}
    for name, passages in examples.answered().items():
        for passage in passages:
            found[passage] = (*found.get(passage, ()), asked[name])
    return found


def from_pairs(path: Path, most: int = 5_000) -> Task:
    """Question-answer pairs of a test collection from outside (CSV or JSONL with `question` and `answer`): each answer is a passage.

    Raises:
        HoldfastError: the file cannot be read or holds no pairs.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [json.loads(line) for line in file if line.strip()] if path.suffix == ".jsonl" else list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as fault:
        raise HoldfastError(f"{path}: cannot be read as pairs ({type(fault).__name__}); give a CSV or JSONL file with 'question' and 'answer'.") from None
    pairs = [(str(r["question"]).strip(), str(r["answer"]).strip()) for r in rows if r.get("question") and r.get("answer")][:most]
    if not pairs:
        raise HoldfastError(f"{path}: holds no pairs; each row needs 'question' and 'answer'.")
    ids = {answer: f"pair:{n:06d}" for n, answer in reversed(list(enumerate(a for _, a in pairs)))}
    passages = tuple(Passage(id=name, source="outside", text=answer) for answer, name in sorted(ids.items(), key=lambda one: one[1]))
    questions: dict[str, str] = {}
    wanted: dict[str, list[str]] = {}
    for question, answer in pairs:
        name = f"q{len(questions):06d}"
        questions[name], wanted[name] = question, [ids[answer]]
    return Task(name=path.stem, passages=passages, questions=questions, wanted=wanted)


Scorer = Callable[[str], Scores]


class _Parts:
    """What the kinds of search are made of, over the passages of one task: with their headings, and bare."""

    def __init__(self, task: Task, encoder: Encodes) -> None:
        self._task = task
        self._encoder = encoder
        bare = tuple(Passage(id=p.id, source=p.source, text=p.text) for p in task.passages)
        texts = {"headed": [embedded_text(p) for p in task.passages], "bare": [p.text for p in bare]}
        self._vectors = {form: np.array([encoder.embed_query(t) for t in those]) for form, those in texts.items()}
        self._words = {"headed": WordRetriever.over(task.passages), "bare": WordRetriever.over(bare)}

    def lexical(self, form: str = "headed") -> Scorer:
        def scores(question: str) -> Scores:
            found = self._words[form].scores(question)
            return np.array([found[p.id] for p in self._task.passages])

        return scores

    def dense(self, form: str = "headed") -> Scorer:
        return lambda question: np.maximum(self._vectors[form] @ np.array(self._encoder.embed_query(question)), 0.0)

    def weighted(self, share: float) -> Scorer:
        return lambda question: share * self.dense()(question) + (1 - share) * self.lexical()(question)

    def fused(self, constant: int) -> Scorer:
        def scores(question: str) -> Scores:
            return sum(1.0 / (constant + ranks(one(question))) for one in (self.dense(), self.lexical()))

        return scores

    def normalised(self) -> Scorer:
        return lambda question: sum(_unit(one(question)) for one in (self.dense(), self.lexical()))

    def raised(self, share: float, *, asked_as: bool, prior: float) -> Scorer:
        """With `asked_as`, meaning also by the example questions that a passage answers; `prior` is the article's over other sources."""
        task, encode = self._task, self._encoder.embed_query
        shown = task.examples if asked_as else {}
        near = [np.array([self._vectors["headed"][n], *(encode(q) for q in shown.get(p.id, ()))]) for n, p in enumerate(task.passages)]
        first = np.array([prior * (p.source == "article") for p in task.passages])

        def scores(question: str) -> Scores:
            asked = np.array(encode(question))
            meaning = np.array([float(np.max(those @ asked)) for those in near])
            return share * np.maximum(meaning, 0.0) + (1 - share) * self.lexical()(question) + first

        return scores


def kinds(task: Task, encoder: Encodes) -> dict[str, Scorer]:
    """The kinds of search by name: each gives a score for every passage, as an array in the order of the passages."""
    parts = _Parts(task, encoder)
    return {
        "words (BM25)": parts.lexical(),
        "words, without headings": parts.lexical("bare"),
        "meaning (MiniLM)": parts.dense(),
        "meaning, without headings": parts.dense("bare"),
        "both, mean of shares": parts.weighted(0.5),
        "both, 3/4 meaning": parts.weighted(0.75),
        "both, 1/4 meaning": parts.weighted(0.25),
        "both, scaled to the best": parts.normalised(),
        "both, with example questions": parts.raised(0.5, asked_as=True, prior=0.0),
        "both, article first": parts.raised(0.5, asked_as=False, prior=0.05),
        "both, example questions, article first": parts.raised(0.5, asked_as=True, prior=0.05),
        "fusion of ranks, k = 60": parts.fused(60),
        "fusion of ranks, k = 10": parts.fused(10),
    }


def ranks(scores: Scores) -> Any:
    """The rank of each passage, from 1; equal scores share the better rank, so that no order is made up."""
    array = np.asarray(scores)
    return 1 + (array[None, :] > array[:, None] + 1e-12).sum(axis=1)


def _unit(scores: Scores) -> Any:
    top = float(np.max(scores))
    return np.asarray(scores) / top if top > 0 else np.asarray(scores)


def best(scores: Scores, passages: Sequence[Passage]) -> list[str]:
    """The ids of the best passages; rounded, so that the last bits of a float decide no order."""
    order = sorted(range(len(passages)), key=lambda n: (-round(float(np.asarray(scores)[n]), 9), n))
    return [passages[n].id for n in order[:DEPTH]]


def measure(task: Task, encoder: Encodes, default: Callable[[str], list[str]] | None = None) -> Json:
    """The figures of every kind, and for each the exact paired test of its first hit against the default's (or the first kind's)."""
    found = {name: {q: best(scores(text), task.passages) for q, text in task.questions.items()} for name, scores in kinds(task, encoder).items()}
    if default is not None:
        found = {"default": {q: default(text)[:DEPTH] for q, text in task.questions.items()}, **found}
    base = next(iter(found))
    return {
        "task": task.name,
        "questions": len(task.questions),
        "passages": len(task.passages),
        "kinds": {name: {**ranking(dict(task.wanted), run), "p": round(_paired(task, found[base], run), 4)} for name, run in found.items()},
        "unfound": sorted(q for q in task.questions if not set(found[base][q][:5]) & set(task.wanted[q])),
    }


def _paired(task: Task, one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> float:
    first, second = ({q for q in task.questions if run[q][:1] and run[q][0] in task.wanted[q]} for run in (one, other))
    return mcnemar(len(first - second), len(second - first))


def table(found: Json) -> str:
    """The figures as a Markdown table, best nDCG first."""
    columns = ("R@1", "R@3", "R@5", "R@10", "RR", "nDCG@10")
    rows = sorted(found["kinds"].items(), key=lambda one: -one[1]["nDCG@10"])
    lines = [f"{found['task']}: {found['questions']} questions, {found['passages']} passages", ""]
    lines += ["| search | " + " | ".join(columns) + " | p |", "| --- |" + " ---: |" * (len(columns) + 1)]
    lines += [f"| {name} | " + " | ".join(f"{f[c]:.3f}" for c in columns) + f" | {f['p']:.3f} |" for name, f in rows]
    return "\n".join(lines)
