"""Builds and verifies the index: one Chroma collection with every passage, keyed by passage id.

On disk, under `<data>/index/`: one folder for each build, with `passages.json` (the texts that it was built from, so that
a later change of them can be named) and `manifest.json`, which is written last, and a file `current` that names the folder in use and is replaced in one step. A build that is killed at any moment leaves the old index
or none, never half of one. Chroma rewrites its own files when it merely opens them, so the manifest holds a hash of
the content (ids, texts, vectors), not of the database file; a damaged one is found by that, or by SQLite's own check.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import collection
from assistant.errors import IndexUnusable
from assistant.files import replacing
from assistant.records import Passage

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from assistant.nearest import NearestStore

SCHEMA = 2  # 1 kept no texts beside the vectors
BATCH = 64  # far below Chroma's limit of 5,461 rows a call, and small enough for a bar that moves
MANIFEST = "manifest.json"
TEXTS = "passages.json"

Tell = Callable[[str, float], None]
"""Told what is being done and how much of it is done, 0 to 1."""

Stamp = Mapping[str, str | int]


def stamp(passages: Sequence[Passage], encoder: str, encoder_sha256: str) -> Stamp:
    """What an index must have been built from to serve: an index with another stamp is rebuilt."""
    content = hashlib.sha256()
    for p in passages:
        content.update(f"{p.id}\x1f{p.source}\x1f{p.text}\x1f{embedded_text(p)}\x1f{p.markers}\x1e".encode())
    name = "folder" if os.sep in encoder else encoder
    return {"schema": SCHEMA, "encoder": name, "encoder_sha256": encoder_sha256, "knowledge_sha256": content.hexdigest(), "chromadb": version("chromadb")}


def embedded_text(passage: Passage) -> str:
    """What is encoded for a passage: its headings first, since a bullet alone often does not say what it is about."""
    return ": ".join([*passage.section, passage.text])


def current(data: Path) -> Path | None:
    """The folder of the index in use, None where there is none."""
    try:
        name = (data / "index" / "current").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = data / "index" / name
    return folder if name and folder.is_dir() else None


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a build, {} where it is missing or damaged."""
    return _object(folder / MANIFEST)


def texts(data: Path) -> dict[str, str]:
    """The passages that the index in use was built from, by id; {} where there is none or that cannot be read."""
    folder = current(data)
    return {name: str(text) for name, text in _object(folder / TEXTS).items()} if folder else {}


def _object(file: Path) -> dict[str, Any]:
    """The JSON object in a file, {} where there is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def examine(data: Path, wanted: Stamp) -> str:
    """What is wrong with the index, "" where nothing is; opens no Chroma, so damage cannot take the process down."""
    folder = current(data)
    if folder is None:
        return "there is no index yet"
    found = manifest(folder)
    if not found:
        return "the index has no manifest"
    differs = [name for name, value in wanted.items() if found.get(name) != value]
    if differs:
        return f"the index was built from something else ({', '.join(differs)})"
    damage = collection.damage(folder)
    return f"the index is {damage}" if damage else ""


def ready(data: Path, passages: Sequence[Passage], wanted: Stamp, encoder: Embeddings, tell: Tell) -> NearestStore:
    """The index, opened; built first where there is none, it is damaged, or it was built from something else.

    Raises:
        IndexUnusable: the folder cannot be written, or the fresh index does not hold what was put in.
    """
    seen = current(data)
    fault = examine(data, wanted)
    if not fault:
        try:
            return _open(data, encoder)
        except IndexUnusable as damage:
            fault = str(damage)
    with _building(data):
        # Whoever built while we waited for the lock has done our work.
        if current(data) == seen or examine(data, wanted):
            _build(data, passages, wanted, encoder, tell, because=fault)
    return _open(data, encoder)


def probe(data: Path, encoder: Embeddings) -> str:
    """What opening the index finds wrong, "" where nothing is; `examine` comes first."""
    try:
        _open(data, encoder)
    except IndexUnusable as damage:
        return str(damage)
    return ""


def build(data: Path, passages: Sequence[Passage], wanted: Stamp, encoder: Embeddings, tell: Tell, *, because: str = "asked for") -> None:
    """Build a new index beside the one in use, whatever its state, and swap it in; waits while another process builds.

    Raises:
        IndexUnusable: there is nothing to index, or the folder cannot be written.
    """
    with _building(data):
        _build(data, passages, wanted, encoder, tell, because=because)


@contextmanager
def _building(data: Path) -> Iterator[None]:
    """The right to build: one process at a time; the system takes it from a process that dies."""
    from filelock import FileLock

    home = data / "index"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / "lock"):
            yield
    except OSError as fault:
        raise _unwritable(home, fault.strerror) from fault


def _unwritable(home: Path, why: str | None) -> IndexUnusable:
    return IndexUnusable(f"The index cannot be written to {home} ({why}); free some space, or name another folder in HOLDFAST_DATA.")


def _build(data: Path, passages: Sequence[Passage], wanted: Stamp, encoder: Embeddings, tell: Tell, *, because: str) -> None:
    from chromadb.errors import ChromaError

    if not passages:
        raise IndexUnusable("There are no passages to index; restore knowledge/ from the repository.")
    home = data / "index"
    tell(f"Building the index: {because}", 0.0)
    folder = Path(tempfile.mkdtemp(prefix="build-", dir=home))
    try:
        _fill(folder, passages, wanted, encoder, tell)
    except (OSError, ChromaError) as fault:  # Chroma has its own error for a full disk
        shutil.rmtree(folder, ignore_errors=True)
        raise _unwritable(home, getattr(fault, "strerror", None) or f"{type(fault).__name__} of Chroma") from fault
    previous = current(data)
    with replacing(home / "current") as pointer:
        pointer.write(folder.name)
    _sweep(home, keep={folder, previous})
    tell("The index is built", 1.0)


def _fill(folder: Path, passages: Sequence[Passage], wanted: Stamp, encoder: Embeddings, tell: Tell) -> None:
    """Encode all passages into a new collection in `folder`; the manifest comes last."""
    fresh = collection.created(folder)
    for start in range(0, len(passages), BATCH):
        batch = passages[start : start + BATCH]
        collection.upsert(fresh, batch, encoder.embed_documents([embedded_text(p) for p in batch]))
        done = start + len(batch)
        tell(f"Encoded {done} of {len(passages)} passages", done / len(passages))
    with replacing(folder / TEXTS) as file:
        json.dump({p.id: p.text for p in passages}, file, ensure_ascii=False, indent=1)
    with replacing(folder / MANIFEST) as file:
        json.dump({**wanted, "count": len(passages), "content_sha256": collection.digest(fresh.get)}, file, indent=1)


def _open(data: Path, encoder: Embeddings) -> NearestStore:
    """Open the index in use, and compare what it holds with its manifest."""
    folder = current(data)
    if folder is None:
        raise IndexUnusable("there is no index yet")
    return collection.opened(folder, encoder, manifest(folder).get("content_sha256", ""))


def _sweep(home: Path, keep: set[Path | None]) -> None:
    """Remove builds that nobody uses; the previous one stays, since another process may have it open."""
    for folder in home.glob("build-*"):
        if folder not in keep:
            shutil.rmtree(folder, ignore_errors=True)
