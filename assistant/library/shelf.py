"""The added sources on disk, whole or not at all: what is searched is derived from them and can be made anew.

`<data>/added/<id>/` holds `source.json`, `passages.jsonl`, `offsets.npy` (where each line begins) and `vectors.npy`. A source is written
beside its place and renamed there as the last step, so that a process killed at any moment leaves it whole or absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import SourceRefused
from assistant.files import replacing, sha256
from assistant.index import Tell
from assistant.library.loading import Loaded
from assistant.records import Neighbour, Passage

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

SCHEMA = 1
ANEW = "`python -m assistant index rebuild` makes it anew"
CHUNK = 512  # passages encoded between two savings: what a killed run loses at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """One added source. `marker` is what it is cited by, `encoder` the fingerprint that its vectors were made with."""

    id: str
    marker: str
    title: str
    file: str
    sha256: str
    pages: int
    passages: int
    withheld: int
    encoder: str
    content_sha256: str
    schema: int = SCHEMA
    replaces: str = ""
    offsets_sha256: str = ""  # of the files; "" in a record of an earlier version, which kept none
    vectors_sha256: str = ""


class Shelf:
    """The added sources below `<data>/added`."""

    def __init__(self, data: Path) -> None:
        self.home = data / "added"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time changes the shelf; the system takes the lock from one that dies.

        Raises:
            SourceRefused: the folder cannot be written.
        """
        from filelock import FileLock

        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with FileLock(self.home / "lock"):
                self._sweep()
                yield
        except OSError as fault:
            raise SourceRefused(f"The sources cannot be written to {self.home} ({fault.strerror}); free some space, or name another folder in HOLDFAST_DATA.") from fault

    def all(self) -> tuple[Added, ...]:
        """The sources, in the order of their markers; one that was replaced and not yet removed is not among them."""
        found = [record for folder in self._folders() if (record := _record(folder)) is not None]
        gone = {record.replaces for record in found}
        return tuple(sorted((r for r in found if r.id not in gone), key=lambda r: int(r.marker[1:])))

    def unreadable(self) -> list[str]:
        """Folders whose record cannot be read: damaged, or of another version of Holdfast. They are left alone."""
        return [folder.name for folder in self._folders() if _record(folder) is None]

    def folder(self, source: Added) -> Path:
        """Where a source lies."""
        return self.home / source.id

    def add(self, loaded: Loaded, encoder: Embeddings, fingerprint: str, tell: Tell, *, title: str = "") -> tuple[Added, str]:
        """Put a source on the shelf; what there is to say about it. Call with the shelf locked.

        Raises:
            SourceRefused: the same file, or the same text, is here already.
        """
        held = self.all()
        content = _content(loaded)
        same = next((s for s in held if loaded.sha256 == s.sha256 or content == s.content_sha256), None)
        if same is not None:
            raise SourceRefused(f"{loaded.name}: is here already as [{same.marker}] {same.file}; nothing was added.")
        older = next((s for s in held if s.file == loaded.name), None)
        taken = {s.marker for s in held}
        marker = older.marker if older else next(f"L{n}" for n in range(1, len(held) + 2) if f"L{n}" not in taken)
        source = Added(
            id=f"{content[:16]}", marker=marker, title=clean_title(title) or clean_title(Path(loaded.name).stem), file=loaded.name, sha256=loaded.sha256, pages=loaded.pages,
            passages=len(loaded.parts), withheld=loaded.withheld, encoder=fingerprint, content_sha256=content, replaces=older.id if older else "",
        )  # fmt: skip
        staging = self.home / f".staging-{content[:16]}-{fingerprint[:8]}"
        source = self._write(staging, source, loaded, encoder, tell)
        staging.rename(self.folder(source))
        _sync(self.home)
        self._sweep()
        return source, f"replaces the version that was here as [{marker}]" if older else ""

    def remove(self, name: str) -> Added:
        """Take a source off the shelf, by marker, file name or id. Call with the shelf locked.

        Raises:
            SourceRefused: there is none of that name.
        """
        source = next((s for s in self.all() if name.strip("[]") in (s.marker, s.file, s.id)), None)
        if source is None:
            raise SourceRefused(f"{name}: no such source; `python -m assistant index list` names them.")
        gone = self.home / f".gone-{source.id}"
        self.folder(source).rename(gone)
        _sync(self.home)
        shutil.rmtree(gone, ignore_errors=True)
        return source

    def encode_anew(self, source: Added, encoder: Embeddings, fingerprint: str, tell: Tell) -> Added:
        """The same source with vectors and offsets made anew, by this encoder or another. Call with the shelf locked."""
        parts = self.lines(source)
        folder = self.folder(source)
        _vectors(folder, folder / "vectors.new", [embedded(part) for part in parts], encoder, tell, source.file)
        (folder / "vectors.new").replace(folder / "vectors.npy")
        _offsets(folder, [_line(part) for part in parts])
        return _sealed(folder, replace(source, encoder=fingerprint))

    def mend(self, encoder: Embeddings, fingerprint: str, tell: Tell) -> None:
        """Make anew what is derived from passages that are sound, where it is damaged or cannot be verified. Call with the shelf locked."""
        for source in self.all():
            if self.examine(source) and not self._passages_at_fault(source):
                self.encode_anew(source, encoder, fingerprint, tell)

    def lines(self, source: Added) -> list[dict[str, Any]]:
        """All passages of a source as they were written."""
        with (self.folder(source) / "passages.jsonl").open(encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def passage(self, source: Added, number: int) -> Passage:
        """One passage of a source, with what stands before and after it."""
        folder = self.folder(source)
        offsets = np.load(folder / "offsets.npy", mmap_mode="r")
        first, last = max(number - 1, 0), min(number + 1, len(offsets) - 1)
        with (folder / "passages.jsonl").open("rb") as file:
            file.seek(int(offsets[first]))
            parts = {n: json.loads(file.readline()) for n in range(first, last + 1)}
        around = {n: Neighbour(text=part["text"], section=(source.title, *part["section"])) for n, part in parts.items()}
        return replace(as_passage(source, number, parts[number]), before=around.get(number - 1), after=around.get(number + 1))

    def vectors(self, source: Added) -> Any:
        """The vectors of a source, shape (passages, floats), read from disk where they are needed."""
        return np.load(self.folder(source) / "vectors.npy", mmap_mode="r")

    def examine(self, source: Added) -> str:
        """What is wrong with a source on disk, with its remedy; "" where nothing is."""
        fault = self._passages_at_fault(source)
        if fault:
            return f"{fault}; remove it and add it again"
        fault = self._derived_at_fault(source)
        return f"{fault}; {ANEW}" if fault else ""

    def _passages_at_fault(self, source: Added) -> str:
        try:
            parts = self.lines(source)
            sound = _content_of(parts) == source.content_sha256 and len(parts) == source.passages
        except (OSError, ValueError, KeyError, TypeError) as fault:
            return f"its files are damaged ({type(fault).__name__})"
        return "" if sound else "its passages are not those that were added"

    def _derived_at_fault(self, source: Added) -> str:
        """What is wrong with what was made from the passages: vectors and offsets."""
        if not (source.offsets_sha256 and source.vectors_sha256):
            return "it was added by an earlier version and cannot be verified"
        folder = self.folder(source)
        try:
            sound = sha256(folder / "offsets.npy") == source.offsets_sha256 and sha256(folder / "vectors.npy") == source.vectors_sha256
        except OSError as fault:
            return f"its files are damaged ({type(fault).__name__})"
        return "" if sound else "its vectors or offsets are not those that were made"

    def _write(self, staging: Path, source: Added, loaded: Loaded, encoder: Embeddings, tell: Tell) -> Added:
        """All files of a source into `staging`; vectors that an earlier, killed run left there are used again. Its record, with the sums of its files."""
        staging.mkdir(exist_ok=True)
        parts = [asdict(part) for part in loaded.parts]
        lines = [_line(part) for part in parts]
        with (staging / "passages.jsonl").open("wb") as file:
            file.writelines(lines)
            _flush(file)
        _offsets(staging, lines)
        _vectors(staging, staging / "vectors.npy", [embedded(part) for part in parts], encoder, tell, loaded.name)
        source = _sealed(staging, source)
        for name in ("offsets.npy", "vectors.npy"):
            with (staging / name).open("rb") as file:
                os.fsync(file.fileno())
        return source

    def _folders(self) -> list[Path]:
        return sorted(p for p in self.home.glob("*") if p.is_dir() and not p.name.startswith(".")) if self.home.is_dir() else []

    def _sweep(self) -> None:
        """Finish what a killed process left: removals, and versions that were replaced. Staged vectors stay for the next try."""
        for left in self.home.glob(".gone-*"):
            shutil.rmtree(left, ignore_errors=True)
        kept = {record.id for record in self.all()}
        for folder in self._folders():
            record = _record(folder)
            if record is not None and record.id not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def as_passage(source: Added, number: int, part: dict[str, Any]) -> Passage:
    """A line of a source as a passage, with what must be shown with it."""
    page = f", page {part['page']}" if part["page"] else ""
    return Passage(
        id=f"added:{source.id}:{number}",
        source="added",
        text=part["text"],
        section=(source.title, *part["section"]),
        markers=(source.marker,),
        face=f"Added here: {source.title}{page}. It informs; no decision rests on it.",
    )


def embedded(part: dict[str, Any]) -> str:
    """What is encoded for a part: its headings first, as for the knowledge's own passages."""
    return ": ".join([*part["section"], part["text"]])


def clean_title(text: str) -> str:
    """One line without markup: the title is the only word of a source that an answer names."""
    return " ".join(re.sub(r"[^\w\s.,()&'’/+-]", " ", text.replace("_", " ")).split())[:80]


def _vectors(folder: Path, target: Path, texts: Sequence[str], encoder: Embeddings, tell: Tell, name: str) -> None:
    """Encode in chunks, each saved, into one array; a chunk that is there already is not encoded again."""
    files = []
    for start in range(0, len(texts), CHUNK):
        file = folder / f"chunk-{start:07d}.npy"
        files.append(file)
        batch = list(texts[start : start + CHUNK])
        if not _fits(file, len(batch)):
            fresh = folder / "chunk.part.npy"
            np.save(fresh, np.asarray(encoder.embed_documents(batch), dtype=np.float32))
            fresh.replace(file)
        done = start + len(batch)
        tell(f"{name}: encoded {done} of {len(texts)} passages", done / len(texts))
    part = target.with_name("whole.part.npy")
    np.save(part, np.concatenate([np.load(file) for file in files]))
    part.replace(target)
    for file in files:
        file.unlink()


def _line(part: dict[str, Any]) -> bytes:
    """A passage as it stands in passages.jsonl."""
    return json.dumps(part, ensure_ascii=False).encode() + b"\n"


def _offsets(folder: Path, lines: Sequence[bytes]) -> None:
    """Write where each line begins."""
    fresh = folder / "offsets.part.npy"
    np.save(fresh, np.array([0, *accumulate(len(line) for line in lines[:-1])], dtype=np.int64)[: len(lines)])
    fresh.replace(folder / "offsets.npy")


def _sealed(folder: Path, source: Added) -> Added:
    """Write the record of a source with the sums of the files that were made from its passages."""
    sealed = replace(source, offsets_sha256=sha256(folder / "offsets.npy"), vectors_sha256=sha256(folder / "vectors.npy"))
    _write_json(folder / "source.json", asdict(sealed))
    return sealed


def _fits(file: Path, rows: int) -> bool:
    try:
        return bool(np.load(file, mmap_mode="r").shape[0] == rows)
    except (OSError, ValueError, EOFError):
        return False


def _content(loaded: Loaded) -> str:
    return _content_of([asdict(part) for part in loaded.parts])


def _content_of(parts: Sequence[dict[str, Any]]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(f"{part['text']}\x1f{list(part['section'])}\x1f{part['page']}\x1e".encode())
    return whole.hexdigest()


def _record(folder: Path) -> Added | None:
    try:
        record = Added(**json.loads((folder / "source.json").read_text(encoding="utf-8")))
        return record if record.schema == SCHEMA else None
    except (OSError, ValueError, TypeError):
        return None


def _write_json(target: Path, content: dict[str, Any]) -> None:
    with replacing(target) as file:
        json.dump(content, file, ensure_ascii=False, indent=1)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
