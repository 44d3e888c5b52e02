"""One Chroma collection in one folder: created, filled, opened through LangChain, and a digest of what it holds.

Vectors always come from our encoder: Chroma's own default would fetch a model from the network.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.errors import IndexUnusable
from assistant.files import replacing, throwaway
from assistant.records import Passage

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from langchain_core.embeddings import Embeddings

    from assistant.nearest import NearestStore

NAME = "passages"
DATABASE = "chroma.sqlite3"


def created(folder: Path) -> Collection:
    """A new, empty collection in an empty folder."""
    return _client(folder).create_collection(NAME, metadata={"hnsw:space": "cosine"}, embedding_function=None)


def damage(folder: Path) -> str:
    """What SQLite finds wrong with the database in `folder`, "" where nothing is; opens no Chroma, so damage cannot take the process down."""
    try:
        with closing(sqlite3.connect(f"{(folder / DATABASE).resolve().as_uri()}?mode=ro", uri=True)) as database:
            return "" if database.execute("PRAGMA quick_check").fetchone() == ("ok",) else "damaged"
    except sqlite3.Error as fault:
        return f"damaged ({type(fault).__name__})"


def upsert(into: Collection, passages: Sequence[Passage], vectors: Sequence[Sequence[float]]) -> None:
    """Put passages in under their ids, with their vectors (one of 384 floats each)."""
    import numpy as np

    into.upsert(
        ids=[p.id for p in passages],
        documents=[p.text for p in passages],
        metadatas=[{"source": p.source, "section": " > ".join(p.section), "markers": " ".join(p.markers)} for p in passages],
        embeddings=np.asarray(vectors, dtype=np.float32),
    )


def opened(folder: Path, encoder: Embeddings, content_sha256: str) -> NearestStore:
    """The collection in `folder`, through LangChain.

    Raises:
        IndexUnusable: it cannot be opened, or does not hold what it should.
    """
    from chromadb.errors import ChromaError

    try:
        store = wrapped(_client(folder), NAME, encoder)
        held = digest(store.get)
    except (ChromaError, ValueError) as fault:
        raise IndexUnusable(f"the index is damaged ({type(fault).__name__})") from fault
    if held != content_sha256:
        raise IndexUnusable("the index does not hold what its manifest says")
    return store


def wrapped(client: ClientAPI, name: str, encoder: Embeddings) -> NearestStore:
    """A collection that is there, through LangChain."""
    from assistant.nearest import NearestStore

    return NearestStore(client=client, collection_name=name, embedding_function=encoder, create_collection_if_not_exists=False)


def digest(get: Callable[..., Any]) -> str:
    """SHA-256 of all that a collection holds, ordered by id; `get` is the collection's own."""
    import numpy as np

    held = get(include=["documents", "metadatas", "embeddings"])
    whole = hashlib.sha256()
    for name, text, about, vector in sorted(zip(held["ids"], held["documents"], held["metadatas"], held["embeddings"], strict=True), key=lambda row: row[0]):
        whole.update(f"{name}\x1f{text}\x1f{json.dumps(about, sort_keys=True)}\x1f".encode() + np.asarray(vector, dtype="<f4").tobytes())
    return whole.hexdigest()


class Place:
    """Where a collection that may be changed lies: in a folder of this machine, or on a Chroma server."""

    def __init__(self, home: Path, server: str = "", prefix: str = "") -> None:
        self._home = home
        self._server = server
        self._prefix = prefix

    @property
    def local(self) -> bool:
        """Whether it lies on this machine."""
        return not self._server

    @property
    def name(self) -> str:
        """What tells this place from another."""
        return f"{self._server} {self._prefix}" if self._server else f"folder {self._pointer()}"

    def collection(self, name: str, metadata: dict[str, Any]) -> Collection:
        """The collection of that name, made where there is none.

        Raises:
            IndexUnusable: the server does not answer.
        """
        client = served(self._server) if self._server else _client(self._home / self._pointer())
        return client.get_or_create_collection(f"{self._prefix}{name}", metadata=metadata, embedding_function=None)

    def damage(self) -> str:
        """What is wrong with the folder's database, "" where nothing is; a server looks after its own."""
        return "" if self._server else damage(self._home / self._pointer())

    def clear(self, name: str) -> None:
        """Begin anew without the collection. A folder is left for a fresh one, since Chroma keeps a client for each path it has seen."""
        if self._server:
            from chromadb.errors import NotFoundError

            with suppress(NotFoundError):
                served(self._server).delete_collection(f"{self._prefix}{name}")
            return
        self._home.mkdir(parents=True, exist_ok=True)
        old = self._home / self._pointer()
        with replacing(self._home / "folder") as file:
            file.write(f"chroma-{secrets.token_hex(4)}")
        shutil.rmtree(old, ignore_errors=True)

    def _pointer(self) -> str:
        try:
            return (self._home / "folder").read_text(encoding="utf-8").strip() or "chroma"
        except (OSError, UnicodeDecodeError):
            return "chroma"


def served(address: str) -> ClientAPI:
    """A client of the Chroma server at an address.

    Raises:
        IndexUnusable: it does not answer.
    """
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(address)
    try:
        return chromadb.HttpClient(
            host=parts.hostname or "localhost", port=parts.port or (443 if parts.scheme == "https" else 80), ssl=parts.scheme == "https", settings=Settings(anonymized_telemetry=False)
        )
    except Exception as fault:  # the client raises ValueError, httpx errors and its own for a server that is not there
        raise IndexUnusable(f"The Chroma server at HOLDFAST_CHROMA does not answer ({type(fault).__name__}); start it, or unset HOLDFAST_CHROMA.") from fault


@lru_cache(maxsize=8)
def _copied(folder: Path, changed: int) -> Path:
    """A copy of a folder that may only be read: Chroma writes to its files when it merely opens them. `changed` is when its database was."""
    copy = throwaway() / folder.name
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)
    for part in (copy, *(inner for inner in copy.rglob("*") if inner.is_dir())):
        part.chmod(0o700)
    return copy


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    if folder.exists() and not os.access(folder, os.W_OK):
        folder = _copied(folder, (folder / DATABASE).stat().st_mtime_ns)
    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
