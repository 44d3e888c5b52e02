"""Adding, replacing and removing sources, killed at many points (the cases stand in killed_sources.py).

The cases fork. That is safe only in a process where no library has started a thread yet, so a fresh interpreter runs them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).with_name("killed_sources.py")
ROOT = CASES.parents[2]
MINUTES = 10


@pytest.mark.slow
def test_nothing_is_lost_wherever_a_change_of_sources_is_killed() -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", str(CASES)], cwd=ROOT, env=own, capture_output=True, text=True, timeout=60 * MINUTES, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
