"""Hybrid search over the passages: meaning (the encoder and Chroma) and words (BM25) together.

The score of a passage for a question is the mean of two shares, each 0 to 1, higher is better:

- meaning: the cosine similarity of the question with the passage, or with an example question that the passage answers
  where that is nearer; negative ones counted as 0;
- words: how much of the weight of the question's words the passage carries. A word weighs its BM25 inverse document
  frequency (one that stands in no passage weighs most), so 1 would be a passage that holds every word of the
  question, often; common English words count for nothing.

Two shares that are absolute can be averaged without a look at the other passages, and 0.6 means the same for every
question. The encoder alone is blind to numbers and to negation, BM25 alone to synonyms.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

import bm25s
import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.encoder import MAX_CHARACTERS
from assistant.index import embedded_text
from assistant.nearest import NearestStore
from assistant.records import Decision, Hit, Passage, Why
from assistant.terms import weight, words

DEFAULT_K = 8
MAX_K = 50
CANDIDATES = 256  # how many rows are asked of Chroma; below this number search by meaning is complete
MOST_ADDED = 4  # passages of added sources beside those of the knowledge
LEAST_ADDED = 0.3  # below this score an added passage has nothing to do with the question
STRANGE = 2  # words of a last sentence that added sources have and the knowledge has not, from which on it is searched by itself
DIGITS = 4  # scores are rounded, so that the last bits of a float never decide an order

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")

logging.getLogger("bm25s").setLevel(logging.WARNING)  # its import sets DEBUG, and it would speak up at every start


class WordRetriever(BaseRetriever):
    """BM25 over passages as a LangChain retriever; ours, since LangChain's own lies in a package that is being retired."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    passages: tuple[Passage, ...]
    engine: bm25s.BM25
    weights: Mapping[str, float]
    k: int = DEFAULT_K

    @classmethod
    def over(cls, passages: Sequence[Passage]) -> WordRetriever:
        """Index the passages; some milliseconds for a hundred."""
        corpus = [words(embedded_text(p)) for p in passages]
        engine = bm25s.BM25(method="lucene")
        engine.index(corpus, show_progress=False)
        holding = Counter(w for text in corpus for w in set(text))
        weights = {w: weight(len(corpus), n) for w, n in holding.items()}
        return cls(passages=tuple(passages), engine=engine, weights=weights)

    def scores(self, question: str) -> dict[str, float]:
        """The words' share of every passage, by passage id: 0 to 1."""
        asked = sorted(set(words(question)))
        known = [w for w in asked if w in self.weights]
        if not known:
            return dict.fromkeys((p.id for p in self.passages), 0.0)
        unknown = weight(len(self.passages), 0)
        whole = sum(self.weights.get(w, unknown) for w in asked)
        found = np.asarray(self.engine.get_scores(known), dtype=float) / whole
        return {p.id: min(max(float(s), 0.0), 1.0) for p, s in zip(self.passages, found, strict=True)}

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        scores = self.scores(query)
        best = sorted((p for p in self.passages if scores[p.id] > 0), key=lambda p: -scores[p.id])[: self.k]
        return [Document(id=p.id, page_content=p.text, metadata={"source": p.source, "score": scores[p.id]}) for p in best]


class Added(Protocol):
    """What searches the added sources."""

    def holding(self, wanted: Iterable[str]) -> frozenset[str]:
        """Those of the words that stand in an added source."""
        ...

    def search(self, text: str, vector: Sequence[float], k: int) -> tuple[Hit, ...]:
        """The best passages, best first, at most `k`."""
        ...


class Retriever:
    """Search by meaning and by words over one set of passages; holds no state between questions.

    `answered` names, for each row of the store that is an example question, the passages that answer it.
    """

    def __init__(self, store: NearestStore, encoder: Embeddings, passages: Sequence[Passage], answered: Mapping[str, tuple[str, ...]] | None = None, added: Added | None = None) -> None:
        self._answered = answered or {}
        self._added = added
        self._store = store
        self._encoder = encoder
        self._words = WordRetriever.over(passages)
        self._passages = {p.id: p for p in passages}
        self._order = {p.id: n for n, p in enumerate(passages)}

    def search(self, question: str, decision: Decision, *, k: int = DEFAULT_K) -> tuple[Hit, ...]:
        """The passages for a question, best first; equal scores stand in the order of the sources.

        All passages that the decision quotes are among them (`Why.RULE`), if need be more than `k`; search fills up
        to `k`, which is kept within 1 and 50. Of a question longer than the encoder reads, the end is taken, where the question
        usually stands. An empty question finds only what is quoted, with score 0.
        """
        text = question.strip()[-MAX_CHARACTERS:]
        quoted = {quote.passage_id for part in (decision, *decision.patients) for quote in part.quotes}
        unknown = quoted - self._passages.keys()
        if unknown:
            raise KeyError(f"the decision quotes passages that are not indexed: {', '.join(sorted(unknown))}")
        vector = self._encoder.embed_query(text) if text else []
        scores = self._scores(text, vector, quoted) if text else dict.fromkeys(quoted, 0.0)
        ranked = sorted(scores, key=lambda name: (-scores[name], self._order[name]))
        room = max(min(k, MAX_K) - len(quoted), 0) if k > 0 else 0
        filled = set(islice((name for name in ranked if name not in quoted), room))
        own = (Hit(passage=self._passages[name], score=scores[name], why=Why.RULE if name in quoted else Why.SEARCH) for name in ranked if name in quoted or name in filled)
        return tuple(sorted([*own, *self._added_hits(text, vector, k)], key=lambda hit: -hit.score))

    def _added_hits(self, text: str, vector: Sequence[float], k: int) -> tuple[Hit, ...]:
        """What added sources have to say: beside the knowledge's own passages, never in the place of one."""
        if self._added is None or not text or k <= 0:
            return ()
        best: dict[str, Hit] = {}
        for asked, at in ((text, vector), *self._asked_apart(text, self._added)):
            for hit in self._added.search(asked, at, MOST_ADDED):
                if hit.score >= LEAST_ADDED and (hit.passage.id not in best or hit.score > best[hit.passage.id].score):
                    best[hit.passage.id] = hit
        return tuple(sorted(best.values(), key=lambda hit: (-hit.score, hit.passage.id))[:MOST_ADDED])

    def _asked_apart(self, text: str, added: Added) -> Iterator[tuple[str, Sequence[float]]]:
        """The last sentence by itself, where it asks in words that added sources have and the knowledge has not: before it,
        a case told at length would drown "Who signs the restart form?"."""
        last = _SENTENCE_END.split(text)[-1]
        if last != text and len(added.holding(set(words(last)) - self._words.weights.keys())) >= STRANGE:
            yield last, self._encoder.embed_query(last)

    def _scores(self, text: str, vector: Sequence[float], quoted: set[str]) -> dict[str, float]:
        """Score by passage id, for all that search by meaning finds and all that is quoted."""
        meaning: dict[str, float] = {}
        for row, distance in self._store.nearest(vector, CANDIDATES):
            for name in self._answered.get(row, (row,)):
                meaning[name] = max(1.0 - distance, meaning.get(name, 0.0))
        far = sorted(quoted - meaning.keys())
        if far:
            held = self._store.get(ids=far, include=["embeddings"])
            meaning |= {name: max(float(np.dot(vector, other)), 0.0) for name, other in zip(held["ids"], held["embeddings"], strict=True)}
        by_words = self._words.scores(text)
        return {name: round((cosine + by_words[name]) / 2, DIGITS) for name, cosine in meaning.items()}
