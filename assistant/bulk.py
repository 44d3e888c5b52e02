"""Runs a JSONL file through the assistant, line by line: order kept, one record out for each line in.

A line that cannot be answered yields a record with `error`, and the run goes on. The output is written beside its
place and moved there when the run is complete. No text of a question is logged or printed.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from assistant import contract
from assistant.contract import Json, Line, LineError
from assistant.errors import HoldfastError, QuestionError
from assistant.files import replacing
from assistant.pipeline import Assistant

MAX_LINE = 64_000_000  # bytes; a longer line is not even parsed
TELL_EVERY = 2.0  # seconds between reports of progress
BOM = b"\xef\xbb\xbf"

Work = Callable[[Line], Json]

log = logging.getLogger(__name__)


def answering(assistant: Assistant) -> Work:
    """What `batch` does with a line."""
    return lambda line: contract.answer_record(line.id, assistant.answer(line.turns))


def checking(assistant: Assistant) -> Work:
    """What `check` does with a line."""
    return lambda line: contract.check_record(line.id, *assistant.check(line.turns, line.draft))


def run(source: Path, target: Path, work: Work, *, drafted: bool) -> int:
    """Put every line of `source` through `work` into `target`; 0 where all went well, 1 where a line did not.

    Raises:
        HoldfastError: a file cannot be read or written, or the assistant cannot work at all.
    """
    try:
        with source.open("rb") as lines, replacing(target) as out:
            progress = _Progress(os.fstat(lines.fileno()).st_size)
            for raw in _lines(lines):
                record = _record(raw, work, drafted=drafted)
                out.write(contract.dump(record) + "\n")
                progress.count(failed="error" in record, at=lines.tell())
    except OSError as fault:
        raise HoldfastError(f"{fault.filename or target}: {fault.strerror}; check the path and the free space.") from fault
    progress.end()
    return 1 if progress.failed else 0


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines that are not blank; None for one that is too long, of which no more than the limit is read at once."""
    first = True
    while raw := file.readline(MAX_LINE + 1):
        if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif raw := raw.removeprefix(BOM).strip() if first else raw.strip():
            yield raw
        first = False


def _record(raw: bytes | None, work: Work, *, drafted: bool) -> Json:
    name: contract.Id = None
    try:
        if raw is None:
            raise LineError(f"the line has more than {MAX_LINE:,} bytes")
        line = contract.parse(raw, drafted=drafted)
        name = line.id
        return work(line)
    except LineError as fault:
        return contract.error_record(fault.id, str(fault))
    except QuestionError as fault:
        return contract.error_record(name, str(fault))
    except HoldfastError:
        raise  # settings, knowledge or index: every line would fail alike
    except Exception as fault:  # a bug that one line brings out must not cost the others their answers
        frames = traceback.extract_tb(fault.__traceback__)[-3:]
        log.error("a line failed with %s at %s", type(fault).__name__, " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames)))
        return contract.error_record(name, f"internal error ({type(fault).__name__}); please report it")


class _Progress:
    """Counts lines and says now and then on stderr how far the run is."""

    def __init__(self, size: int) -> None:
        self._size = max(size, 1)
        self._started = self._told = time.monotonic()
        self._done = 0
        self.failed = 0

    def count(self, *, failed: bool, at: int) -> None:
        """One more line; `at` is the position in the source, in bytes."""
        self._done += 1
        self.failed += failed
        now = time.monotonic()
        if now - self._told >= TELL_EVERY:
            self._told = now
            print(f"{self._done} done ({at / self._size:.0%}), {self.failed} with errors", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Say what the whole run came to."""
        print(f"{self._done} done, {self.failed} with errors, in {time.monotonic() - self._started:.1f} s", file=sys.stderr, flush=True)
