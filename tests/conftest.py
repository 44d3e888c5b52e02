"""Fixtures that several tests use."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import settings
from tests.patience import run_while_it_gets_on
from tests.stores import Store, running_server
from tests.support import without_settings

# Before any library is imported by a test: most of them read these names once, at import.
settings.switch_off_telemetry()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How often a process was killed on purpose, deed by deed, and how many of those tests found something lost."""
    ran = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, ()) if report.when == "call"]
    kills: Counter[str] = Counter()
    for name, count in (pair for report in ran for pair in report.user_properties if pair[0].startswith("kills: ")):
        kills[name.removeprefix("kills: ")] += count
    lost = sum(report.failed and "tests/faults/test_killed" in report.nodeid for report in ran)
    if kills or lost:
        terminalreporter.section("killed on purpose")
        for deed, count in kills.items():
            terminalreporter.write_line(f"{count:5} {deed}")
        terminalreporter.write_line(f"{kills.total():5} kills, {lost} losses")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own HOLDFAST_ variables change no test."""
    for name in os.environ:
        if name.startswith(settings.PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server, one for each module that asks for it."""
    with running_server(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@pytest.fixture(scope="module", params=["folder", pytest.param("server", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> Store:
    """Each of the two places where search may lie."""
    return Store(request.getfixturevalue("server") if request.param == "server" else "")


@pytest.fixture(scope="session")
def data_with_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the real index, built by the real command. Tests only read it."""
    data = tmp_path_factory.mktemp("data")
    done = run_while_it_gets_on([sys.executable, "-m", "assistant", "index", "build"], {**without_settings(), "HOLDFAST_DATA": str(data)})
    assert done.returncode == 0, done.stdout
    return data
