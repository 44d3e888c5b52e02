"""A file to passages: read in a process of its own, split by its structure, and screened for instructions to a machine."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import SourceRefused
from assistant.knowledge import HOME, load_yaml

MAX_BYTES = 60_000_000
MAX_PASSAGES = 200_000
TARGET, MOST = 700, 1_100  # characters of a passage: the encoder reads some 1,100
SUFFIXES = (".md", ".markdown", ".html", ".htm", ".txt", ".docx", ".pdf")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_TIMEOUT = 180  # seconds, on a busy machine too; the processor time is limited in the process itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A passage of a file that is added; `page` counts from 1, None where the format has no pages."""

    text: str
    section: tuple[str, ...]
    page: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A file as it will be indexed. `withheld` paragraphs carried instructions to a machine and are left out."""

    name: str
    sha256: str
    pages: int
    parts: tuple[Part, ...]
    withheld: int


def load(path: Path) -> Loaded:
    """Read a file.

    Raises:
        SourceRefused: it cannot be added; says why and what to do.
    """
    digest = _checked(path)
    found = _extracted(path)
    sound = [piece for piece in found["pieces"] if not instructs(" ".join((*piece["section"], piece["text"])))]
    withheld = len(found["pieces"]) - len(sound)
    parts = list(_parts(sound))
    if not parts:
        raise SourceRefused(f"{path.name}: every passage of it carries instructions to a machine; nothing was added.")
    if len(parts) > MAX_PASSAGES:
        raise SourceRefused(f"{path.name}: has more than {MAX_PASSAGES:,} passages; add its parts one by one.")
    if digest != _digest(path):
        raise SourceRefused(f"{path.name}: changed while it was read; try again.")
    return Loaded(name=path.name, sha256=digest, pages=int(found["pages"]), parts=tuple(parts), withheld=withheld)


def _checked(path: Path) -> str:
    if not path.is_file():
        raise SourceRefused(f"{path.name}: there is no such file.")
    if path.suffix.lower() not in SUFFIXES:
        raise SourceRefused(f"{path.name}: this kind of file cannot be read; possible are {', '.join(SUFFIXES)}.")
    size = path.stat().st_size
    if size == 0:
        raise SourceRefused(f"{path.name}: is empty.")
    if size > MAX_BYTES:
        raise SourceRefused(f"{path.name}: has {size // 1_000_000} MB, more than {MAX_BYTES // 1_000_000}; add its parts one by one.")
    try:
        return _digest(path)
    except OSError as fault:
        raise SourceRefused(f"{path.name}: cannot be read ({fault.strerror}).") from fault


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _extracted(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "assistant.library.extract", str(path.resolve())]
    try:
        done = subprocess.run(command, cwd=HOME.parent, capture_output=True, timeout=_TIMEOUT, check=False)
        found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"refused": "makes its reader fail; it may be damaged or made to do harm"}
    except subprocess.TimeoutExpired:
        found = {"refused": "takes too long to read; it may be damaged or made to do harm"}
    except ValueError:
        found = {"refused": "makes its reader fail; it may be damaged or made to do harm"}
    if "refused" in found:
        raise SourceRefused(f"{path.name}: {found['refused']}. Nothing was added.")
    return found


def _parts(pieces: list[dict[str, Any]]) -> Iterator[Part]:
    """Neighbouring pieces of one section and page together, up to the target length; a long one is cut between sentences."""
    text, place = "", None
    for piece in pieces:
        here = (tuple(piece["section"]), piece["page"])
        for cut in _cut(piece["text"]):
            if text and (here != place or len(text) + len(cut) > TARGET):
                assert place is not None
                yield Part(text=text, section=place[0], page=place[1])
                text = ""
            text, place = f"{text} {cut}".strip(), here
    if text and place is not None:
        yield Part(text=text, section=place[0], page=place[1])


def _cut(text: str) -> Iterator[str]:
    if len(text) <= MOST:
        yield text
        return
    held = ""
    for sentence in _SENTENCE.split(text):
        for start in range(0, len(sentence), MOST):
            bit = sentence[start : start + MOST]
            if held and len(held) + len(bit) > MOST:
                yield held
                held = ""
            held = f"{held} {bit}".strip()
    if held:
        yield held


@lru_cache(maxsize=1)
def _screen() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in load_yaml(HOME / "injected.yaml")["patterns"])


def instructs(text: str) -> bool:
    """Whether a text speaks to a machine and not to a reader."""
    return any(pattern.search(text) for pattern in _screen())
