"""Sources, the index and conversations, killed at many points while they change (the cases stand in killed_*.py).

How many kills there were is told at the end of a run: `make kills`.

The cases fork. That is safe only in a process where no library has started a thread yet, so a fresh interpreter runs them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MINUTES = 10


@pytest.mark.slow
@pytest.mark.parametrize("cases", ["killed_sources.py", "killed_conversations.py"])
def test_nothing_is_lost_wherever_a_change_is_killed(cases: str, record_property: Callable[[str, object], None]) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-rP", str(HERE / cases)], cwd=ROOT, env=own, capture_output=True, text=True, timeout=60 * MINUTES, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
    kills = {deed: int(count) for deed, count in re.findall(r"^(.+): (\d+) kills$", done.stdout, re.MULTILINE)}
    assert kills and all(kills.values()), done.stdout[-4000:]
    for deed, count in kills.items():
        record_property(f"kills: {deed}", count)
