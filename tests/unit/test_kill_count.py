"""The count of kills at the end of a run: deed by deed, in all, and how many tests found something lost."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.conftest import pytest_terminal_summary


@dataclass
class Report:
    """What pytest knows of a test that ran."""

    nodeid: str
    user_properties: list[tuple[str, object]] = field(default_factory=list)
    failed: bool = False
    when: str = "call"


@dataclass
class Terminal:
    """Where pytest writes."""

    stats: dict[str, list[Report]]
    written: list[str] = field(default_factory=list)

    def section(self, title: str) -> None:
        self.written.append(title)

    def write_line(self, line: str) -> None:
        self.written.append(line)


BUILD, ADD = "kills: build, at points of its work", "kills: add, at changes of files"


@pytest.mark.parametrize(
    ("passed", "failed", "told"),
    [
        ([Report("a.py::other", [("time", 1)])], [], []),
        (
            [Report("tests/faults/test_killed_build.py::a", [(BUILD, 1)]), Report("tests/faults/test_killed_build.py::b", [(BUILD, 1)]), Report("tests/faults/test_killed.py::c", [(ADD, 15)])],
            [Report("a.py::other", failed=True)],
            ["killed on purpose", "    2 build, at points of its work", "   15 add, at changes of files", "   17 kills, 0 losses"],
        ),
        (
            [],
            [Report("tests/faults/test_killed_build.py::a", [(BUILD, 1)], failed=True)],
            ["killed on purpose", "    1 build, at points of its work", "    1 kills, 1 losses"],
        ),
        ([], [Report("tests/faults/test_killed.py::c", failed=True)], ["killed on purpose", "    0 kills, 1 losses"]),
    ],
    ids=["no kill", "no loss", "a loss", "a loss before the kills were counted"],
)
def test_kills_and_losses_are_told(passed: list[Report], failed: list[Report], told: list[str]) -> None:
    terminal = Terminal({"passed": passed, "failed": failed})
    pytest_terminal_summary(terminal)  # type: ignore[arg-type]
    assert terminal.written == told
