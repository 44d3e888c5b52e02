"""A data folder that may only be read, and a disk that is full: what can be done is done, what cannot is told with its remedy."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import index
from assistant.screen import shared
from tests.support import ROOT, run_assistant

QUESTION = "Severe pneumonia on pomalidomide. Hold, and what does the zebra unit do?"
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="rights and limits are set as on Linux")]


def bound_by_rights() -> None:
    """In the child before it starts: the superuser too may do only what the rights of a file say."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def no_file_beyond(size: int) -> Callable[[], None]:
    """In the child before it starts: no file grows beyond `size` bytes, which the system refuses as on a full disk."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limited


def run(data: Path, before: Callable[[], None], *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("HOLDFAST_")}, "HOLDFAST_DATA": str(data)}
    return subprocess.run([sys.executable, "-m", "assistant", *arguments], cwd=ROOT, env=environ, preexec_fn=before, capture_output=True, text=True, timeout=180, check=False)


def make_read_only(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


@pytest.fixture
def read_only(tmp_path: Path, data_with_index: Path) -> Path:
    """A data folder with an index and an added source, of which nothing may be written."""
    data = shutil.copytree(data_with_index, tmp_path / "data")
    policy = tmp_path / "policy.md"
    policy.write_text("# Policy\n\nThe zebra unit holds pomalidomide in severe pneumonia and calls the ward.\n")
    assert run_assistant("index", "add", str(policy), data=data).returncode == 0
    make_read_only(data)
    return data


def test_a_folder_that_may_only_be_read_answers_and_is_sound(read_only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    asked = run(read_only, bound_by_rights, "ask", QUESTION)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "HOLD" in asked.stdout
    assert "[L1]" in asked.stdout
    verified = run(read_only, bound_by_rights, "index", "verify")
    assert (verified.returncode, verified.stdout.splitlines()[0]) == (0, "the index is sound")
    assert list(scratch.glob("holdfast-*")) == [], "what was copied to be opened goes with the process"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("index", "build"), "The index cannot be written to {data}/index (Permission denied); free some space, or name another folder in HOLDFAST_DATA."),
        (("index", "add", "README.md"), "The sources cannot be written to {data}/added (Permission denied); free some space, or name another folder in HOLDFAST_DATA."),
        (("index", "remove", "L1"), "The sources cannot be written to {data}/added (Permission denied); free some space, or name another folder in HOLDFAST_DATA."),
    ],
    ids=["build", "add", "remove"],
)
def test_what_needs_writing_says_so(read_only: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run(read_only, bound_by_rights, *arguments)
    assert done.returncode != 0
    assert told.format(data=read_only) in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_folder_that_may_only_be_read_is_named(tmp_path: Path) -> None:
    make_read_only(tmp_path)
    done = run(tmp_path, bound_by_rights, "ask", QUESTION)
    assert done.returncode == 2
    assert f"The index cannot be written to {tmp_path}/index (Permission denied)" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("size", [1_000, 300_000], ids=["at once", "among the passages"])
def test_a_disk_that_is_full_while_building_is_told_and_the_old_index_stays(tmp_path: Path, data_with_index: Path, size: int) -> None:
    data = shutil.copytree(data_with_index, tmp_path / "data")
    before = index.current(data)
    done = run(data, no_file_beyond(size), "index", "build")
    assert done.returncode == 2
    assert f"The index cannot be written to {data}/index" in done.stderr
    assert "free some space" in done.stderr
    assert "Traceback" not in done.stderr
    assert [index.current(data)] == sorted((data / "index").glob("build-*")) == [before], "nothing half is left"
    assert run_assistant("index", "verify", data=data).stdout.startswith("the index is sound")


def test_conversations_that_cannot_be_kept_cost_nobody_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOLDFAST_DATABASE", f"sqlite:///{tmp_path}/file/kept.sqlite")
    shared.keeping.clear()
    held = shared.keeping()
    shared.keeping.clear()
    assert held.store is None
    assert held.fault
