"""Answers items in order, in several processes where there are many, with the questions' vectors computed ahead.

The encoder costs nearly all of an answer's time and gives the same vector for the same text for ever, so vectors are
kept in the data folder under the fingerprint of the encoder's files: a second run loads no model. What is measured as
latency is therefore an answer without its encoding; `make bench` measures the whole.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant import encoder
from assistant import settings as environment
from assistant.encoder import MAX_CHARACTERS
from assistant.errors import HoldfastError, QuestionError
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.wiring import LazyRetriever, build_assistant
from eval.scoring import Json, score
from eval.sets import Item

FEW = 150  # below this many items a second process costs more than it saves
CHUNK = 16
T = TypeVar("T")
Made = TypeVar("Made")


def vectors_file(settings: Settings) -> Path:
    """Where the vectors of the encoder in use are kept."""
    return settings.data / "eval" / f"vectors-{encoder.fingerprint(settings.encoder)[:16]}.npz"


def key(text: str) -> str:
    """What a text's vector is kept under."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


class KeptVectors(Embeddings):
    """The encoder, with the vectors that were computed before; loads the model only for a text it does not know."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept = _read(vectors_file(settings))

    @property
    def _model(self) -> Embeddings:
        return encoder.load(self._settings.encoder, self._settings.data)

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text, 384 floats, as the encoder itself gives it."""
        found = self._kept.get(key(text))
        if found is None:
            found = self._kept[key(text)] = np.asarray(self._model.embed_query(text), dtype=np.float64)
        return list(map(float, found))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages; not kept, since only building an index asks for them."""
        return self._model.embed_documents(texts)

    def learn(self, texts: Sequence[str], workers: int = 1) -> int:
        """Compute and keep what is missing, in several processes where there is much; how many were.

        Each text goes through the model by itself, so that its vector does not depend on who computes it, or beside what.
        """
        missing = sorted({t for t in texts if key(t) not in self._kept})
        if workers > 1 and len(missing) >= FEW:
            encoder.load(self._settings.encoder, self._settings.data)  # exported once, before several processes need it
            for text, vector in zip(missing, spread(partial(_vector, self._settings), missing, workers), strict=True):
                self._kept[key(text)] = vector
        else:
            for text in missing:
                self.embed_query(text)
        if missing:
            path = vectors_file(self._settings)
            path.parent.mkdir(parents=True, exist_ok=True)
            names = sorted(self._kept)
            part = path.with_name(f".{os.getpid()}.npz")
            np.savez(part, names=np.array(names), vectors=np.stack([self._kept[n] for n in names]))
            part.replace(path)
        return len(missing)


def _vector(settings: Settings, text: str) -> Any:
    """The vector of one text, by the encoder that this process loads once."""
    return np.asarray(encoder.load(settings.encoder, settings.data).embed_query(text), dtype=np.float64)


def _read(path: Path) -> dict[str, Any]:
    try:
        with np.load(path) as held:
            return dict(zip(held["names"].tolist(), held["vectors"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}


def searched_text(item: Item) -> str:
    """What the search is asked with for an item."""
    return item.text.strip()[-MAX_CHARACTERS:]


def offline() -> Settings:
    """The environment's settings without a model: evaluation asks none unless its drafts were recorded."""
    environment.switch_off_telemetry()
    return replace(environment.read(), model="", model_base_url="", model_reads=False, other_models=())


def prepare(items: Sequence[Item], workers: int) -> None:
    """Compute missing vectors and build the index where that is needed, once, before several processes read them."""
    settings = offline()
    questions = [i for i in items if i.draft is None]
    if questions:
        KeptVectors(settings).learn([searched_text(i) for i in questions], workers)
        assistant().retriever.search(searched_text(questions[0]), assistant().decide(["pomalidomide"])[1])


class OwnSources(LazyRetriever):
    """The search without what an operator added, of which no label knows."""

    def added(self, embeddings: Embeddings) -> None:
        """None: it is not searched."""


@lru_cache(maxsize=1)
def assistant() -> Assistant:
    """This process's assistant, over the project's own sources alone."""
    settings = offline()
    return replace(build_assistant(settings), retriever=OwnSources(settings, lambda message, share: None, lambda _: KeptVectors(settings)))


def answer(item: Item) -> Json:
    """The record of one item with its seconds under `_seconds`; a question that cannot be answered is an error in it."""
    started = time.perf_counter()
    try:
        record = score(assistant(), item)
    except QuestionError as fault:
        record = _error(item, str(fault))
    except HoldfastError:
        raise  # settings, knowledge or index: every item would fail alike
    except Exception as fault:  # one item that brings out a bug must not cost the run; it is counted and shown
        record = _error(item, f"internal error ({type(fault).__name__})")
    record["_seconds"] = round(time.perf_counter() - started, 6)
    return record


def _error(item: Item, why: str) -> Json:
    return {"set": item.set, "id": item.id, "kind": item.kind, "tags": list(item.tags), "error": why, "checks": {}, "risk": "", "failed": ["error"]}


def answers(items: Sequence[Item], workers: int) -> Iterator[Json]:
    """The records in the order of the items.

    Raises:
        HoldfastError: a process was killed from outside.
    """
    if workers < 2 or len(items) < FEW:
        yield from map(answer, items)
        return
    yield from spread(answer, items, workers)


def spread(work: Callable[[T], Made], items: Sequence[T], workers: int) -> Iterator[Made]:
    """What `work` makes of each item, in their order, by several processes.

    Raises:
        HoldfastError: a process was killed from outside.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_quiet) as pool:
        try:
            yield from pool.map(work, items, chunksize=CHUNK)
        except BrokenProcessPool:
            raise HoldfastError("a process of the evaluation was killed (out of memory?); what is done is kept: start the same command again, or give --workers 1.") from None


def _quiet() -> None:
    """Leave Ctrl-C to the parent, which writes down what is done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def peak_mb() -> float:
    """The largest resident memory of this process and of its finished children so far, in MB (Linux)."""
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return float(max(own, children)) / 1024
