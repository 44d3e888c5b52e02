"""The same run several times, each in processes of its own: everything but the clock must come out byte by byte the same.

What could make two runs differ is made to differ: the seed of Python's hashes, by which sets are ordered, and the number of
processes among which the items are shared.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import HoldfastError
from assistant.settings import ROOT

COMPARED = ("results.jsonl", "summary.json", "summary.md", "junit.xml", "report.html")
_CLOCK = b'id="clock"'  # the one line of the report that a clock touches
_FOLDER = "results: "


def repeat(arguments: Sequence[str], times: int, workers: int) -> list[Path]:
    """Run `python -m eval run` so many times, every second one with a single process; the folders.

    Raises:
        HoldfastError: a run could not be made; its message stands above.
    """
    found = []
    for number in range(times):
        command = [sys.executable, "-m", "eval", "run", *arguments, "--workers", str(1 if number % 2 else workers)]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": str(number + 1)}, stdout=subprocess.PIPE, text=True, check=False)
        folders = [line.removeprefix(_FOLDER) for line in done.stdout.splitlines() if line.startswith(_FOLDER)]
        if done.returncode not in (0, 1) or not folders:
            raise HoldfastError(f"run {number + 1} of {times} failed with exit status {done.returncode}; its message stands above.")
        found.append(Path(folders[0]))
    return found


def differences(one: Path, other: Path) -> list[str]:
    """Each file of two runs that differs, with the first line that does; none where they are the same but for the clock."""
    return [told for name in COMPARED if (told := _difference(one / name, other / name))]


def _difference(one: Path, other: Path) -> str:
    first, second = ([part for part in path.read_bytes().splitlines(keepends=True) if _CLOCK not in part] for path in (one, other))
    if first == second:
        return ""
    line = next((n for n, (a, b) in enumerate(zip(first, second, strict=False), start=1) if a != b), min(len(first), len(second)) + 1)
    return f"{one} and {other} differ from line {line} on"
