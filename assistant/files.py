"""Writes a file so that whoever reads its place sees the old content or the new one, whole."""

from __future__ import annotations

import atexit
import hashlib
import mmap
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_THROWN: list[Path] = []


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in one piece: a thread that hashed it block by block would wait for the interpreter at each.

    Raises OSError where it cannot be read.
    """
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:  # nothing can be mapped
            return hashlib.sha256().hexdigest()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return hashlib.sha256(content).hexdigest()


def throwaway() -> Path:
    """A new folder that goes with the process; `clear` is for one that ends without its exit handlers."""
    made = Path(tempfile.mkdtemp(prefix="holdfast-"))
    _THROWN.append(made)
    return made


@atexit.register
def clear() -> None:
    """Remove all throwaway folders."""
    while _THROWN:
        shutil.rmtree(_THROWN.pop(), ignore_errors=True)


@contextmanager
def replacing(target: Path) -> Iterator[TextIO]:
    """A UTF-8 text file that takes the place of `target` when the block ends without an error, and vanishes otherwise.

    A link is followed. Raises OSError as `open` does, IsADirectoryError among them for anything but a regular file.
    """
    place = target.resolve()
    if place.exists() and not place.is_file():
        raise IsADirectoryError(21, "is not a regular file", str(target))
    fresh = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        with fresh.open("x", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)
