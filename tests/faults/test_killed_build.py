"""A build that is killed, for real, leaves the old index or none, never half of one."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import index
from tests.support import WordEmbedder, run_python, some_passages

OLD, NEW = some_passages(100), some_passages(200)

# Builds an index over 200 passages and kills itself with SIGKILL at the point named.
BUILD = """
import os, signal, sys
from pathlib import Path
from assistant import index
from tests.support import WordEmbedder, some_passages

data, point = Path(sys.argv[1]), sys.argv[2]
die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
replace = Path.replace
def killing_replace(path, target):
    name = Path(target).name
    if point == f"before {name}": die()
    done = replace(path, target)
    if point == f"after {name}": die()
    return done
Path.replace = killing_replace
if point == "before removing old builds": index._sweep = die
def tell(message, share):
    if message.startswith(point): die()
passages = some_passages(200)
index.build(data, passages, index.stamp(passages, "words", "0"), WordEmbedder(), tell)
"""

POINTS = [
    "Building the index",
    "Encoded 64 of",
    "Encoded 192 of",
    "Encoded 200 of",
    "before passages.json",
    "after passages.json",
    "before manifest.json",
    "after manifest.json",
    "before current",
    "after current",
    "before removing old builds",
    "The index is built",
]
SWAPPED = POINTS.index("after current")


def stamp(passages: tuple[index.Passage, ...]) -> index.Stamp:
    return index.stamp(passages, "words", "0")


def quiet(message: str, share: float) -> None:
    """Tell nobody."""


def kill_at(data: Path, point: str, record: Callable[[str, object], None]) -> None:
    done = run_python("-c", BUILD, str(data), point)
    assert done.returncode == -signal.SIGKILL, f"was not killed at '{point}': {done.stderr}"
    record("kills: build, at points of its work", 1)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_the_old_index_stays_whole_until_the_new_one_is(tmp_path: Path, point: str, record_property: Callable[[str, object], None]) -> None:
    index.build(tmp_path, OLD, stamp(OLD), WordEmbedder(), quiet)
    kill_at(tmp_path, point, record_property)
    served = NEW if POINTS.index(point) >= SWAPPED else OLD
    assert index.examine(tmp_path, stamp(served)) == ""
    assert index.probe(tmp_path, WordEmbedder()) == ""

    store = index.ready(tmp_path, NEW, stamp(NEW), WordEmbedder(), quiet)
    assert len(store.get()["ids"]) == len(NEW)


@pytest.mark.slow
@pytest.mark.parametrize("point", ["Encoded 192 of", "before manifest.json", "before current"])
def test_a_first_build_that_is_killed_leaves_no_index_and_no_lock(tmp_path: Path, point: str, record_property: Callable[[str, object], None]) -> None:
    kill_at(tmp_path, point, record_property)
    assert index.current(tmp_path) is None
    store = index.ready(tmp_path, NEW, stamp(NEW), WordEmbedder(), quiet)
    assert len(store.get()["ids"]) == len(NEW)
    assert len(list((tmp_path / "index").glob("build-*"))) == 1


@pytest.mark.slow
def test_two_processes_build_it_once(tmp_path: Path) -> None:
    """Four start at once over no index: all end with it, and one folder was built."""
    script = (
        "import sys; from pathlib import Path; from assistant import index; from tests.support import WordEmbedder, some_passages\n"
        "p = some_passages(200); s = index.stamp(p, 'words', '0'); told = []\n"
        "store = index.ready(Path(sys.argv[1]), p, s, WordEmbedder(), lambda m, x: told.append(m))\n"
        "print(len(store.get()['ids']), 'built' if told else 'found')"
    )
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: run_python("-c", script, str(tmp_path)), range(4)))
    assert [one.returncode for one in done] == [0] * 4, done
    said = sorted(one.stdout.strip() for one in done)
    assert said == ["200 built", "200 found", "200 found", "200 found"]
