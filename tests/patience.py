"""Waits for a process as long as it gets on, however busy the machine is; ends one that stands still."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support import ROOT

STILL = 180.0  # seconds without any sign of life after which a process counts as stuck
WORK = 600.0  # seconds of the processor's own time that it may use from one message to the next: a busy machine does not lengthen these
_TICKS = 100  # of the processor's clock, as Linux counts them for a process


def run_while_it_gets_on(command: Sequence[str], environ: Mapping[str, str], *, still: float = STILL, work: float = WORK) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Signs of life are what it writes and the processor's time that it uses.

    Raises:
        subprocess.TimeoutExpired: it stood still, or worked too long without a word; holds what it wrote.
    """
    with tempfile.TemporaryFile("a+", encoding="utf-8") as out, subprocess.Popen(command, cwd=ROOT, env=dict(environ), stdout=out, stderr=subprocess.STDOUT) as process:
        said, spoke_at, used, moved = 0, 0.0, 0.0, time.monotonic()
        while process.poll() is None:
            now_used, now_said = _used(process.pid), out.seek(0, 2)
            if now_said > said:
                said, spoke_at, moved = now_said, now_used, time.monotonic()
            elif now_used > used:
                moved = time.monotonic()
            used = now_used
            if time.monotonic() - moved > still or used - spoke_at > work:
                process.kill()
                out.seek(0)
                raise subprocess.TimeoutExpired(command, still, output=out.read())
            time.sleep(0.05)
        out.seek(0)
        return subprocess.CompletedProcess(command, process.returncode, out.read(), "")


def _used(process: int) -> float:
    """Seconds of the processor that a process has used; 0 where the system does not tell, and only words count as signs of life."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
