"""Adding, replacing and removing a source, and building the index, killed for real at many points: nothing lost, nothing half.

A child process is forked for each point and kills itself with SIGKILL at its n-th write, rename or removal, n = 1, 2, 3 ... until
it comes through alive; and, since Chroma writes its files where that cannot be watched, is killed at moments spread over its time.
After each kill another child looks at what is left, as the next process would. For more kills: KILL_STRIDE=1, KILL_MOMENTS=25.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import index
from assistant.collection import Place
from assistant.errors import SourceRefused
from assistant.library import found
from assistant.library import shelf as shelves
from assistant.library.loading import Loaded, Part
from assistant.library.shelf import Shelf
from tests.support import WordEmbedder, some_passages

if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)

MARK = "w" * 64
STRIDE = int(os.environ.get("KILL_STRIDE", "3"))  # every point takes a process and a look after it; with 1 all of them are tried (103 when this was written)
MOMENTS = int(os.environ.get("KILL_MOMENTS", "4"))  # of each deed
WATCHED = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three chunks from forty passages, so that a kill between two of them is quick to bring about."""
    monkeypatch.setattr(shelves, "CHUNK", 16)


def quiet(message: str, share: float) -> None:
    """Tell nobody."""


def loaded(name: str, word: str, count: int = 40) -> Loaded:
    """A file of more than two chunks."""
    parts = tuple(Part(text=f"{word} passage number{n}", section=(word,), page=None) for n in range(count))
    return Loaded(name=name, sha256=(word * 32)[:64], pages=0, parts=parts, withheld=0)


def place(data: Path) -> Place:
    return Place(data / "added" / ".search")


def add(data: Path, name: str, word: str) -> None:
    shelf = Shelf(data)
    with shelf.locked():
        shelf.add(loaded(name, word), WordEmbedder(), MARK, quiet)
    search(data)


def remove(data: Path) -> None:
    with Shelf(data).locked():
        Shelf(data).remove("old.md")
    search(data)


def search(data: Path) -> found.AddedSearch | None:
    return found.opened(data, place(data), WordEmbedder(), MARK, quiet)


def forked(work: Callable[[], None]) -> int:
    """Run in a forked process that ends with 0, or with 1 and a trace on the error stream; its number."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return pid


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked process; its exit status, negative where it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(forked(work), 0)[1])


def killed_at(point: int, work: Callable[[], None]) -> int:
    """Run in a child that kills itself at its `point`-th change of a file."""

    def watched() -> None:
        left = point

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            writes = event == "open" and isinstance(arguments[1], str) and any(c in arguments[1] for c in "wax+")
            if writes or event in WATCHED:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        work()

    return in_child(watched)


def look(data: Path, wanted: list[set[str]]) -> None:
    """What the next process finds: one of the sets of words that are wanted, whole, searchable, and nothing besides."""
    shelf = Shelf(data)
    words = {shelf.passage(source, 0).section[1] for source in shelf.all()}
    assert words in wanted, words
    assert [shelf.examine(source) for source in shelf.all()] == [""] * len(words)
    opened = search(data)
    assert (opened is None) == (not words)
    if opened is not None:
        assert found.differences(Shelf(data), place(data)) == []
        for word in words:
            hits = opened.search(f"{word} number7", WordEmbedder().embed_query(f"{word} number7"), 4)
            assert len(hits) == 4 and any(word in hit.passage.text for hit in hits)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "work", "wanted"),
    [
        ("add", lambda data: add(data, "new.md", "panda"), [{"zebra"}, {"zebra", "panda"}]),
        ("replace", lambda data: add(data, "old.md", "panda"), [{"zebra"}, {"panda"}]),
        ("remove", remove, [{"zebra"}, set()]),
    ],
    ids=["add", "replace", "remove"],
)
def test_killed_at_every_change_of_a_file(tmp_path: Path, name: str, work: Callable[[Path], None], wanted: list[set[str]]) -> None:
    kills = 0
    assert in_child(lambda: add(tmp_path / "base", "old.md", "zebra")) == 0
    for point in range(1, 200, STRIDE):
        data = tmp_path / f"{name}{point}"  # Chroma keeps a client for each path it has seen
        shutil.copytree(tmp_path / "base", data)
        status = killed_at(point, lambda data=data: work(data))
        assert in_child(lambda data=data: look(data, wanted)) == 0, f"killed at change {point}"
        if status == 0:
            break
        assert status == -signal.SIGKILL
        kills += 1
    else:
        pytest.fail("it never came through")
    least = {"add": 12, "replace": 14, "remove": 3}
    assert kills >= least[name], f"only {kills} points"
    print(f"{name}, at changes of files: {kills} kills")


def build(data: Path, count: int) -> None:
    passages = some_passages(count)
    index.build(data, passages, index.stamp(passages, "words", "0"), WordEmbedder(), quiet)


def look_at_index(data: Path) -> None:
    """The old index or the new one, whole, and the next process builds what it wants."""
    stamps = [index.stamp(some_passages(count), "words", "0") for count in (100, 200)]
    assert "" in [index.examine(data, wanted) for wanted in stamps]
    assert index.probe(data, WordEmbedder()) == ""
    assert len(index.ready(data, some_passages(200), stamps[1], WordEmbedder(), quiet).get()["ids"]) == 200


def killed_by_the_clock(work: Callable[[], None], after: float) -> int:
    """Run in a child, which is killed that many seconds later if it still runs."""
    pid = forked(work)
    end = time.monotonic() + after
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


DEEDS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "add": (lambda data: add(data, "new.md", "panda"), lambda data: look(data, [{"zebra"}, {"zebra", "panda"}])),
    "replace": (lambda data: add(data, "old.md", "panda"), lambda data: look(data, [{"zebra"}, {"panda"}])),
    "remove": (remove, lambda data: look(data, [{"zebra"}, set()])),
    "build": (lambda data: build(data, 200), look_at_index),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DEEDS)
def test_killed_at_moments_spread_over_its_time(tmp_path: Path, name: str) -> None:
    deed, seen = DEEDS[name]
    base = tmp_path / "base"
    assert in_child(lambda: build(base, 100) if name == "build" else add(base, "old.md", "zebra")) == 0
    whole = shutil.copytree(base, tmp_path / "whole")
    started = time.monotonic()
    assert in_child(lambda: deed(whole)) == 0
    took, kills = time.monotonic() - started, 0
    for moment in range(MOMENTS):
        data = shutil.copytree(base, tmp_path / f"{name}{moment}")
        status = killed_by_the_clock(lambda data=data: deed(data), took * (moment + 0.5) / MOMENTS)
        assert status in (0, -signal.SIGKILL)
        kills += status != 0
        assert in_child(lambda data=data: seen(data)) == 0, f"killed after {moment} of {MOMENTS} parts of its time"
    assert kills
    print(f"{name}, at moments of its time: {kills} kills")


@pytest.mark.slow
def test_a_killed_add_goes_on_where_it_was(tmp_path: Path) -> None:
    """Vectors that were encoded before the kill are not encoded again."""

    class Counting(WordEmbedder):
        def __init__(self, most: int) -> None:
            self.done, self.most = 0, most

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            self.done += len(texts)
            if self.done > self.most:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().embed_documents(texts)

    def run(encoder: Counting) -> None:
        with Shelf(tmp_path).locked():
            Shelf(tmp_path).add(loaded("new.md", "panda"), encoder, MARK, quiet)

    assert in_child(lambda: run(Counting(20))) == -signal.SIGKILL
    assert Shelf(tmp_path).all() == ()
    rest = Counting(10_000)
    run(rest)
    assert rest.done == 40 - 16
    assert [s.passages for s in Shelf(tmp_path).all()] == [40]
    assert list((tmp_path / "added").glob(".staging-*")) == []
    print("add, while it encodes: 1 kills")


@pytest.mark.slow
def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    """No file may grow beyond what the vectors need: the system refuses the write as on a full disk."""
    assert in_child(lambda: add(tmp_path, "old.md", "zebra")) == 0

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))
        with pytest.raises(SourceRefused, match=r"cannot be written to .*; free some space"), Shelf(tmp_path).locked():
            Shelf(tmp_path).add(loaded("new.md", "panda"), WordEmbedder(), MARK, quiet)

    assert in_child(full) == 0
    assert in_child(lambda: look(tmp_path, [{"zebra"}])) == 0
    assert in_child(lambda: add(tmp_path, "new.md", "panda")) == 0
    assert in_child(lambda: look(tmp_path, [{"zebra", "panda"}])) == 0


@pytest.mark.slow
def test_several_processes_add_at_once(tmp_path: Path) -> None:
    """Four sources by four processes: all four are there, each under a marker of its own."""
    children = []
    for word in ("ant", "bee", "cat", "dog"):
        pid = os.fork()
        if pid == 0:
            try:
                add(tmp_path, f"{word}.md", word)
            except BaseException:
                os._exit(1)
            os._exit(0)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0] * 4
    assert in_child(lambda: look(tmp_path, [{"ant", "bee", "cat", "dog"}])) == 0
    assert sorted(s.marker for s in Shelf(tmp_path).all()) == ["L1", "L2", "L3", "L4"]
