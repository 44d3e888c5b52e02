"""Keeping, editing, rating and deleting conversations, killed for real at many moments: what was kept is there, whole.

A forked child works through one list of deeds and says before and after each. It is killed while it works; then the file
must hold what the deeds that were done had left, or that and the one that was under way: nothing lost, nothing half.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.storage import Feedback, Store, examine, open_store

if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)

KILLS = 60
DEEDS = 160
State = dict[str, object]


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/kept.sqlite"


def do(store: Store, number: int) -> None:
    """One deed of the list: each conversation grows, is rated, edited, renamed and in the end deleted."""
    conversation, step = f"c{number // 8 % 5}", number % 8
    if step < 4:
        store.keep(conversation, title=f"Bed {number}", extra="{}", number=step, text=f"question {number}", payload=f"answer {number} " * 400)
    elif step == 4:
        store.say(Feedback(conversation=conversation, number=1, verdict="unsafe", comment=f"comment {number}", receipt="receipt " * 400))
    elif step == 5:
        store.note(conversation, title=f"Renamed {number}", extra="{}")
    elif step == 6:
        store.keep(conversation, title=f"Bed {number}", extra="{}", number=1, text=f"edited {number}", payload=f"edited {number} " * 400)
    elif number // 8 % 2:
        store.drop(conversation)


def state(store: Store) -> State:
    """All that is kept, but for times."""
    return {one.id: (store.get(one.id), store.feedback(one.id)) for one in sorted(store.search(), key=lambda found: found.id)}


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[State]:
    """What is kept before the first deed and after each."""
    store = open_store(url(tmp_path_factory.mktemp("undisturbed")))
    found = [state(store)]
    for number in range(DEEDS):
        do(store, number)
        found.append(state(store))
    return found


def killed_after(folder: Path, delay: float) -> tuple[int, bool]:
    """Let a child do its deeds and kill it that many seconds after the first; how many it had finished, and whether it was killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            store = open_store(url(folder))
            for number in range(DEEDS):
                do(store, number)
                os.write(writing, b".")
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    select.select([reading], [], [], 60)
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with os.fdopen(reading, "rb") as said:
        return len(said.read()), status == -signal.SIGKILL


@pytest.mark.slow
def test_what_was_kept_is_there_whenever_the_process_was_killed(tmp_path: Path, states: list[State]) -> None:
    kills = half = 0
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        done, killed = killed_after(folder, 0.0017 * number)
        kills += killed
        found = state(open_store(url(folder)))
        assert found in states[done : done + 2], f"killed after deed {done}"
        half += found != states[done]
        assert examine(url(folder)) == ""
    assert kills >= KILLS // 2
    print(f"conversations and feedback: {kills} kills")
    print(f"({half} deeds were whole before they were told)")


@pytest.mark.slow
def test_several_processes_keep_at_once(tmp_path: Path) -> None:
    """Four processes, forty conversations each: none is lost, and nobody is told that the file is busy."""
    open_store(url(tmp_path)).close()
    children = []
    for worker in range(4):
        pid = os.fork()
        if pid == 0:
            try:
                store = open_store(url(tmp_path))
                for number in range(20):
                    store.keep(f"{worker}-{number}", title="Bed", extra="{}", number=0, text="question", payload="answer")
                    store.say(Feedback(conversation=f"{worker}-{number}", number=0, verdict="right"))
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0] * 4
    store = open_store(url(tmp_path))
    assert len(store.search()) == len(store.feedback()) == 80
    assert examine(url(tmp_path)) == ""


@pytest.mark.slow
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """No file may grow further: the system refuses the write as on a full disk."""
    store = open_store(url(tmp_path))
    store.keep("a", title="Bed 3", extra="{}", number=0, text="question", payload="answer")
    before = state(store)
    store.close()
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            size = (tmp_path / "kept.sqlite").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            with pytest.raises(StoreError, match=r"cannot be read or written .*; free some space"):
                open_store(url(tmp_path)).keep("a", title="Bed 3", extra="{}", number=1, text="question", payload="answer " * 20_000)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    after = open_store(url(tmp_path))
    assert state(after) == before
    after.keep("a", title="Bed 3", extra="{}", number=1, text="question", payload="answer")
    assert examine(url(tmp_path)) == ""
