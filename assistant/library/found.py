"""Search over the added sources: the same two shares as over the knowledge, meaning by Chroma and words by BM25.

What is searched is derived from the shelf. It is brought up to date when it is opened, under a lock and in steps that can be
repeated: rows are keyed by the hash of their source's content, so that what is there is right and what is missing is put in.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bm25s
import numpy as np

from assistant.errors import HoldfastError, IndexUnusable
from assistant.files import replacing, sha256
from assistant.index import Tell
from assistant.library.shelf import ANEW, Added, Shelf, embedded
from assistant.records import Hit, Passage, Why
from assistant.terms import weight, words

if TYPE_CHECKING:
    from chromadb import Collection
    from langchain_core.embeddings import Embeddings

    from assistant.collection import Place

logging.getLogger("bm25s").setLevel(logging.WARNING)  # its import sets DEBUG

NAME = "added"
BATCH = 2_000  # rows a call; Chroma's limit is 5,461
CANDIDATES = 40  # of each of the two searches
DIGITS = 4
SAME = 1e-4  # far above what rounding at unit length changes, far below what another vector differs by
# Breadth of the search in Chroma's graph: 100 is its default; 200 finds 0.98 of the true ten nearest or more at 100,000 rows.
SPACE = {"hnsw:space": "cosine", "hnsw:search_ef": 200, "hnsw:construction_ef": 200, "hnsw:M": 24}


class Words:
    """BM25 over all added passages, kept on disk so that a start does not cut a hundred thousand texts into words again."""

    def __init__(self, folder: Path) -> None:
        self._engine = bm25s.BM25.load(folder, mmap=True, load_corpus=False)
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        self._held = int(about["passages"])
        self._holding: dict[str, int] = about["holding"]

    @staticmethod
    def build(folder: Path, texts: Sequence[str]) -> None:
        """Write the index of `texts` to `folder`."""
        corpus = [words(text) or ["\x00"] for text in texts]
        engine = bm25s.BM25(method="lucene")
        engine.index(corpus, show_progress=False)
        engine.save(folder)
        holding = Counter(word for text in corpus for word in set(text))
        (folder / "about.json").write_text(json.dumps({"passages": len(corpus), "holding": holding}), encoding="utf-8")

    def holding(self, wanted: Iterable[str]) -> frozenset[str]:
        """Those of the words that stand in a passage."""
        return frozenset(word for word in wanted if word in self._holding)

    def shares(self, question: str) -> Any:
        """The words' share of every passage, shape (passages,), 0 to 1."""
        asked = sorted(set(words(question)))
        known = [word for word in asked if word in self._holding]
        if not known:
            return np.zeros(self._held)
        whole = sum(weight(self._held, self._holding.get(word, 0)) for word in asked)
        return np.clip(np.asarray(self._engine.get_scores(known), dtype=float) / whole, 0.0, 1.0)


class AddedSearch:
    """Finds passages of the added sources; holds no state between questions."""

    def __init__(self, shelf: Shelf, sources: Sequence[Added], collection: Collection, lexical: Words) -> None:
        self._shelf = shelf
        self._sources = {source.id: source for source in sources}
        self._collection = collection
        self._words = lexical
        self._vectors = {source.id: np.asarray(shelf.vectors(source)) for source in sources}  # still on disk, without the cost of a memmap at each row
        self._starts = dict(zip(self._sources, np.cumsum([0, *(s.passages for s in sources)]).tolist(), strict=False))
        self._rows = [(source.id, number) for source in sources for number in range(source.passages)]

    def holding(self, wanted: Iterable[str]) -> frozenset[str]:
        """Those of the words that stand in an added source."""
        return self._words.holding(wanted)

    def search(self, text: str, vector: Sequence[float], k: int) -> tuple[Hit, ...]:
        """The best passages for a question and its vector, best first, at most `k`."""
        shares, asked = self._words.shares(text), np.asarray(vector, dtype=np.float32)
        near = self._collection.query(query_embeddings=asked[None, :], n_results=min(CANDIDATES, len(self._rows)), include=["distances"])
        distances = near["distances"]
        assert distances is not None
        meaning = {row: 1.0 - distance for name, distance in zip(near["ids"][0], distances[0], strict=True) if (row := self._row(name)) is not None}
        best: Any = np.argpartition(-shares, min(CANDIDATES, len(shares) - 1))[:CANDIDATES] if len(shares) else []
        for row in (int(r) for r in best if shares[r] > 0):
            if row not in meaning:
                name, number = self._rows[row]
                meaning[row] = float(np.dot(asked, self._vectors[name][number]))
        scores = {row: round((max(cosine, 0.0) + float(shares[row])) / 2, DIGITS) for row, cosine in meaning.items()}
        chosen = sorted(scores, key=lambda row: (-scores[row], row))[:k]
        found = ((row, self._passage(row)) for row in chosen)
        return tuple(Hit(passage=passage, score=scores[row], why=Why.SEARCH) for row, passage in found if passage is not None)

    def _row(self, name: str) -> int | None:
        """The row of an id; None for one that another process has added since this search was opened."""
        _, source, number = name.split(":")
        return int(self._starts[source]) + int(number) if source in self._starts else None

    def _passage(self, row: int) -> Passage | None:
        """The passage of a row; None where another process has taken its source away since."""
        name, number = self._rows[row]
        try:
            return self._shelf.passage(self._sources[name], number)
        except OSError:
            return None


class FollowingSearch:
    """The search over the shelf, opened anew when another process has changed the shelf."""

    def __init__(self, data: Path, place: Place, encoder: Embeddings, fingerprint: str, tell: Tell) -> None:
        self._arguments = (data, place, encoder, fingerprint, tell)
        self._home = Shelf(data).home
        self._seen: int | None = -1
        self._now: AddedSearch | None = None

    def search(self, text: str, vector: Sequence[float], k: int) -> tuple[Hit, ...]:
        """See `AddedSearch.search`; nothing where nothing was added."""
        now = self._current()
        return now.search(text, vector, k) if now else ()

    def holding(self, wanted: Iterable[str]) -> frozenset[str]:
        """Those of the words that stand in an added source; none where nothing was added."""
        now = self._current()
        return now.holding(wanted) if now else frozenset()

    def _current(self) -> AddedSearch | None:
        changed = self._changed()
        if changed != self._seen:
            self._now = opened(*self._arguments)
            self._seen = self._changed()
        return self._now

    def _changed(self) -> int | None:
        try:
            return self._home.stat().st_mtime_ns
        except OSError:
            return None


def opened(data: Path, place: Place, encoder: Embeddings, fingerprint: str, tell: Tell) -> AddedSearch | None:
    """The search over the shelf as it is now, brought up to date where it is not; None where nothing was added.

    Raises:
        IndexUnusable: it cannot be brought up to date.
    """
    shelf = Shelf(data)
    sources = shelf.all()
    if not sources:
        return None
    if any(source.encoder != fingerprint for source in sources):
        with shelf.locked():
            for source in shelf.all():
                if source.encoder != fingerprint:
                    shelf.encode_anew(source, encoder, fingerprint, tell)
            forget(shelf, place)
        sources = shelf.all()
    wanted = state_of(sources, place)
    home = shelf.home / ".search"
    try:
        if not _is_of(_state(home), wanted):
            with shelf.locked():
                sources = shelf.all()
                wanted = state_of(sources, place)
                if not _is_of(_state(home), wanted):
                    _bring_up_to_date(shelf, sources, place, home, wanted, tell)
        return AddedSearch(shelf, sources, place.collection(NAME, SPACE), Words(home / f"words-{_digest(wanted)}"))
    except HoldfastError:  # told already, and no damage
        raise
    except Exception:  # Chroma and bm25s raise what they like about damaged files; all of it is derived
        return _anew(shelf, place, tell)


def _anew(shelf: Shelf, place: Place, tell: Tell) -> AddedSearch:
    """The search made anew. A server looks after its own rows, which others may be reading: of those only what is missing is put in."""
    home = shelf.home / ".search"
    try:
        with shelf.locked():
            if place.local:
                forget(shelf, place)
            sources = shelf.all()
            wanted = state_of(sources, place)  # after `forget`, which begins a fresh folder
            _bring_up_to_date(shelf, sources, place, home, wanted, tell)
        return AddedSearch(shelf, sources, place.collection(NAME, SPACE), Words(home / f"words-{_digest(wanted)}"))
    except HoldfastError:
        raise
    except Exception as fault:
        raise IndexUnusable(f"the search over the added sources cannot be opened ({type(fault).__name__})") from fault


def forget(shelf: Shelf, place: Place) -> None:
    """Drop all that was derived from the shelf. Call with the shelf locked."""
    (shelf.home / ".search" / "state.json").unlink(missing_ok=True)
    place.clear(NAME)
    for old in (shelf.home / ".search").glob("words*"):
        shutil.rmtree(old, ignore_errors=True)


def differences(shelf: Shelf, place: Place) -> list[str]:
    """What the search holds that the shelf does not, and the other way round, a sentence with its remedy for each."""
    sources, home = shelf.all(), shelf.home / ".search"
    state, wanted = _state(home), state_of(sources, place)
    if not _is_of(state, wanted):
        return ["the search is not up to date; the next question brings it up to date"] if sources else []
    damage = place.damage()
    if damage:
        return [f"the search over the added sources is {damage}; {ANEW}"]
    try:
        found = [*_rows_at_fault(shelf, sources, place.collection(NAME, SPACE)), *_words_at_fault(home / f"words-{_digest(wanted)}", state)]
    except HoldfastError:
        raise
    except Exception as fault:  # Chroma raises what it likes about damaged files
        found = [f"the search over the added sources is damaged ({type(fault).__name__})"]
    return [f"{one}; {ANEW}" for one in found]


def _rows_at_fault(shelf: Shelf, sources: Sequence[Added], held: Collection) -> list[str]:
    """Rows that are missing, that belong to no source, or whose vectors are not those of their source."""
    found = []
    for source in sources:
        there = len(_ids(held, source))
        if there != source.passages:
            found.append(f"[{source.marker}] {source.file}: the search holds {there} of {source.passages} passages")
        elif not _same_vectors(shelf, source, held):
            found.append(f"[{source.marker}] {source.file}: the search does not hold the vectors of its passages")
    extra = held.count() - sum(s.passages for s in sources)
    return [*found, *([f"the search holds {extra} passages of no source"] if extra > 0 and not found else [])]


def _same_vectors(shelf: Shelf, source: Added, held: Collection) -> bool:
    """Whether the rows of a source hold its vectors. They are compared by direction: Chroma may keep them at unit length."""
    vectors = shelf.vectors(source)
    for start in range(0, source.passages, BATCH):
        numbers = range(start, min(start + BATCH, source.passages))
        rows = held.get(ids=[_row_id(source, n) for n in numbers], include=["embeddings"])
        if len(rows["ids"]) != len(numbers) or rows["embeddings"] is None:
            return False
        own = vectors[[int(name.rpartition(":")[2]) for name in rows["ids"]]]
        kept = np.asarray(rows["embeddings"], dtype=np.float32)
        if kept.shape != own.shape or not np.allclose(_unit(kept), _unit(own), atol=SAME):
            return False
    return True


def _unit(vectors: Any) -> Any:
    """The vectors at unit length."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)


def _words_at_fault(folder: Path, state: dict[str, Any]) -> list[str]:
    """Whether the files of the words' index are those that were written."""
    if "words" not in state:
        return ["the words' index was made by an earlier version and cannot be verified"]
    try:
        return [] if _sums(folder) == state["words"] else ["the words' index is damaged"]
    except OSError as fault:
        return [f"the words' index is damaged ({type(fault).__name__})"]


def _sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in a folder."""
    return {file.name: sha256(file) for file in sorted(folder.iterdir())}


def _row_id(source: Added, number: int) -> str:
    return f"added:{source.id}:{number}"


def state_of(sources: Sequence[Added], place: Place) -> dict[str, Any]:
    """What the search must have been derived from."""
    return {"place": place.name, "sources": [[s.id, s.marker, s.encoder] for s in sources]}


def _state(home: Path) -> dict[str, Any]:
    try:
        found = json.loads((home / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_of(state: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether what was derived is what must have been; the sums beside it are for `differences`."""
    return all(state.get(name) == value for name, value in wanted.items())


def _digest(state: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]


def key(source: Added) -> str:
    """What the rows of a source are marked with: its content and the encoder of its vectors."""
    return f"{source.id}.{source.encoder[:8]}"


def _ids(held: Collection, source: Added) -> set[str]:
    return set(held.get(where={"of": key(source)}, include=[])["ids"])


def _bring_up_to_date(shelf: Shelf, sources: Sequence[Added], place: Place, home: Path, wanted: dict[str, Any], tell: Tell) -> None:
    """Rows first, then words, then the state that says that both are done; every step may be repeated."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "state.json").unlink(missing_ok=True)
    _rows(shelf, sources, place.collection(NAME, SPACE), tell)
    folder = home / f"words-{_digest(wanted)}"
    fresh = home / "words.part"
    for old in [*home.glob("words-*"), fresh]:
        shutil.rmtree(old, ignore_errors=True)
    Words.build(fresh, [embedded(part) for source in sources for part in shelf.lines(source)])
    sums = _sums(fresh)
    fresh.rename(folder)
    with replacing(home / "state.json") as file:
        json.dump({**wanted, "words": sums}, file)


def _rows(shelf: Shelf, sources: Sequence[Added], held: Collection, tell: Tell) -> None:
    """Take out the rows of sources that are gone, put in those that are missing."""
    keep = [key(s) for s in sources]
    others: Any = {"of": {"$nin": keep}}
    gone = held.get(where=others if keep else None, include=[])["ids"]
    for start in range(0, len(gone), BATCH):
        held.delete(ids=gone[start : start + BATCH])
    whole = sum(s.passages for s in sources)
    done = 0
    for source in sources:
        there = _ids(held, source)
        vectors = shelf.vectors(source)
        missing = [n for n in range(source.passages) if _row_id(source, n) not in there]
        done += source.passages - len(missing)
        for start in range(0, len(missing), BATCH):
            numbers = missing[start : start + BATCH]
            held.upsert(
                ids=[_row_id(source, n) for n in numbers],
                embeddings=np.asarray(vectors[numbers], dtype=np.float32),
                metadatas=[{"of": key(source)} for _ in numbers],
            )
            done += len(numbers)
            tell(f"Indexed {done} of {whole} added passages", done / whole)
