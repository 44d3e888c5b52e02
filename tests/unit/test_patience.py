"""A process is waited for while it gets on, and no longer."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.patience import run_while_it_gets_on

WORKS = "import time\nend = time.process_time() + 2\nwhile time.process_time() < end: pass\nprint('done')"
SPEAKS = "import time\nfor n in range(8): print(n, flush=True); time.sleep(0.3)"
STANDS = "import time\nprint('begun', flush=True)\ntime.sleep(60)"
RAVES = "print('begun', flush=True)\nwhile True: pass"


@pytest.mark.parametrize(("script", "end"), [(WORKS, "done"), (SPEAKS, "7")])
def test_one_that_works_or_speaks_is_waited_for_beyond_the_limit(script: str, end: str) -> None:
    done = run_while_it_gets_on([sys.executable, "-c", script], os.environ, still=1.5)
    assert (done.returncode, done.stdout.split()[-1]) == (0, end)


@pytest.mark.parametrize(("script", "limits"), [(STANDS, {"still": 1.5}), (RAVES, {"work": 0.5})])
def test_one_that_stands_still_or_works_without_a_word_is_ended_and_what_it_said_is_told(script: str, limits: dict[str, float]) -> None:
    with pytest.raises(subprocess.TimeoutExpired) as ended:
        run_while_it_gets_on([sys.executable, "-c", script], os.environ, **limits)
    assert str(ended.value.output).strip() == "begun"
