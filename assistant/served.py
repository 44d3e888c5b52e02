"""The knowledge's index on a Chroma server, which several processes and machines share.

A collection is named by the stamp of what it was built from, and carries the digest of what it holds. It is filled under
another name and renamed last, so that nobody ever opens half of one; of two that build at once, the first to finish serves.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from assistant import collection
from assistant.errors import IndexUnusable
from assistant.index import BATCH, Stamp, Tell, embedded_text
from assistant.records import Passage

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from langchain_core.embeddings import Embeddings

    from assistant.nearest import NearestStore

_PREFIX = "holdfast"


def ready(address: str, passages: Sequence[Passage], wanted: Stamp, encoder: Embeddings, tell: Tell) -> NearestStore:
    """The index on the server at `address`, opened; built there first where it is not, or does not hold what it should.

    Raises:
        IndexUnusable: the server does not answer, or lost what was put in.
    """
    from chromadb.errors import ChromaError

    client = collection.served(address)
    name = name_of(wanted)
    try:
        if fault(client, name):
            _build(client, name, passages, encoder, tell)
        wrong = fault(client, name)
        if wrong:
            raise IndexUnusable(f"The Chroma server does not keep the index ({wrong}); look at its log.")
        return collection.wrapped(client, name, encoder)
    except ChromaError as broken:
        raise IndexUnusable(f"The Chroma server at HOLDFAST_CHROMA failed ({type(broken).__name__}); look at its log.") from broken


def name_of(wanted: Stamp) -> str:
    """The name of the collection that was built from this."""
    return f"{_PREFIX}-{hashlib.sha256(json.dumps(dict(wanted), sort_keys=True).encode()).hexdigest()[:24]}"


def fault(client: ClientAPI, name: str) -> str:
    """What is wrong with the index on the server, "" where nothing is."""
    from chromadb.errors import NotFoundError

    try:
        held = client.get_collection(name, embedding_function=None)
    except NotFoundError:
        return "there is no index yet"
    except ValueError:
        return "the index cannot be read"
    digest = (held.metadata or {}).get("content_sha256")
    return "" if digest and digest == collection.digest(held.get) else "the index does not hold what it should"


def _build(client: ClientAPI, name: str, passages: Sequence[Passage], encoder: Embeddings, tell: Tell) -> None:
    from chromadb.errors import ChromaError, NotFoundError

    with suppress(NotFoundError, ValueError):
        client.delete_collection(name)
    space: dict[str, Any] = {"hnsw:space": "cosine"}
    fresh = client.create_collection(f"{_PREFIX}-part-{secrets.token_hex(8)}", metadata=space, embedding_function=None)
    for start in range(0, len(passages), BATCH):
        batch = passages[start : start + BATCH]
        collection.upsert(fresh, batch, encoder.embed_documents([embedded_text(p) for p in batch]))
        tell(f"Encoded {start + len(batch)} of {len(passages)} passages", (start + len(batch)) / len(passages))
    try:
        fresh.modify(name=name, metadata={"content_sha256": collection.digest(fresh.get)})
    except (ChromaError, ValueError):  # another process was first; what it built is looked at next
        client.delete_collection(fresh.name)
