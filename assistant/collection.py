"""One Chroma collection in one folder: created, filled, opened through LangChain, and a digest of what it holds.

Vectors always come from our encoder: Chroma's own default would fetch a model from the network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import IndexUnusable
from assistant.records import Passage

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

NAME = "passages"
DATABASE = "chroma.sqlite3"


def created(folder: Path) -> Collection:
    """A new, empty collection in an empty folder."""
    return _client(folder).create_collection(NAME, metadata={"hnsw:space": "cosine"}, embedding_function=None)


def upsert(into: Collection, passages: Sequence[Passage], vectors: Sequence[Sequence[float]]) -> None:
    """Put passages in under their ids, with their vectors (one of 384 floats each)."""
    import numpy as np

    into.upsert(
        ids=[p.id for p in passages],
        documents=[p.text for p in passages],
        metadatas=[{"source": p.source, "section": " > ".join(p.section), "markers": " ".join(p.markers)} for p in passages],
        embeddings=np.asarray(vectors, dtype=np.float32),
    )


def opened(folder: Path, encoder: Embeddings, content_sha256: str) -> Chroma:
    """The collection in `folder`, through LangChain.

    Raises:
        IndexUnusable: it cannot be opened, or does not hold what it should.
    """
    from chromadb.errors import ChromaError
    from langchain_chroma import Chroma

    try:
        store = Chroma(client=_client(folder), collection_name=NAME, embedding_function=encoder, create_collection_if_not_exists=False)
        held = digest(store.get)
    except (ChromaError, ValueError) as fault:
        raise IndexUnusable(f"the index is damaged ({type(fault).__name__})") from fault
    if held != content_sha256:
        raise IndexUnusable("the index does not hold what its manifest says")
    return store


def digest(get: Callable[..., Any]) -> str:
    """SHA-256 of all that a collection holds, ordered by id; `get` is the collection's own."""
    import numpy as np

    held = get(include=["documents", "metadatas", "embeddings"])
    whole = hashlib.sha256()
    for name, text, about, vector in sorted(zip(held["ids"], held["documents"], held["metadatas"], held["embeddings"], strict=True), key=lambda row: row[0]):
        whole.update(f"{name}\x1f{text}\x1f{json.dumps(about, sort_keys=True)}\x1f".encode() + np.asarray(vector, dtype="<f4").tobytes())
    return whole.hexdigest()


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
