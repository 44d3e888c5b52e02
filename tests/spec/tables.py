"""Pipe tables that a clinician can read, and the cases that their rows describe. A blank is a fact that was not mentioned."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.reading import read
from assistant.records import Asked, Case, Decision, Drug, Infection, Severity, Treatment
from assistant.rules import decide

_NUMBERS = ("dose_mg", "age", "anc", "platelets", "platelets_nadir", "temperature")
_YES = ("elderly", "renal_impairment", "dialysis", "permanent_stop_asked", "neutropenic_fever", "contradiction", "patient_voice")
_SHORT = {"dose": "dose_mg", "nadir": "platelets_nadir", "nf": "neutropenic_fever", "renal": "renal_impairment", "permanent": "permanent_stop_asked", "sex": ""}


def rows(text: str) -> list[SimpleNamespace]:
    """The rows of a pipe table whose first line names the columns; lines of dashes are for the eye."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip() and not set(line.strip()) <= set("-+| ")]
    names = [name.strip() for name in lines[0].split("|")]
    found = []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("|")]
        assert len(cells) <= len(names), f"more cells than columns: {line}"
        found.append(SimpleNamespace(**dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=True))))
    return found


def table(text: str) -> list[object]:
    """The rows as parameters of a test, each named by its first cell."""
    return [pytest.param(row, id=next(iter(vars(row).values()))) for row in rows(text)]


def case_of(row: SimpleNamespace) -> Case:
    """The case that a row describes; a column that is no fact of a case is left alone."""
    facts: dict[str, object] = {"asked": Asked.DECISION}
    for short, cell in vars(row).items():
        name = _SHORT.get(short, short)
        if not cell:
            continue
        if name in _NUMBERS:
            facts[name] = float(cell)
        elif name in _YES:
            assert cell in ("yes", "no"), cell
            facts[name] = cell == "yes"
        elif name == "infection":
            facts[name] = Infection(cell)
        elif name == "severity":
            facts[name] = Severity(cell)
        elif name == "treatment":
            facts[name] = Treatment(cell)
        elif name == "drug":
            facts[name] = Drug(cell)
        elif name == "asked":
            facts[name] = Asked(cell)
        elif name == "quinolone":
            facts[name] = cell
    return Case(**facts)  # type: ignore[arg-type]


def turns_of(question: str) -> list[str]:
    """The turns of a conversation that is written on one line, parted by `//`."""
    return [turn.strip() for turn in question.split(" // ")]


def read_line(question: str) -> tuple[Case, Decision]:
    """What is read and decided for a conversation on one line."""
    case = read(turns_of(question))
    return case, decide(case)


def words(cell: str) -> set[str]:
    """The words of a cell that holds several."""
    return {word.strip() for word in cell.split(",") if word.strip()}


def as_written(value: object) -> str:
    """A decided value as a table writes it: blank for none."""
    return "" if value is None else str(getattr(value, "value", value))


def faults_of(question: str, action: str, severity: str = "", restart: str = "", flags: str = "") -> list[str]:
    """Where the decision for a question differs from what is expected; a blank expects nothing, `-flag` its absence."""
    _, decision = read_line(question)
    found = []
    if action and decision.action.value != action:
        found.append(f"action {decision.action.value}")
    if severity and (as_written(decision.severity) or "none") != severity:
        found.append(f"severity {as_written(decision.severity)}")
    if restart and as_written(decision.restart) != restart:
        found.append(f"restart {as_written(decision.restart)}")
    for flag in words(flags):
        if flag.startswith("-") == (flag.lstrip("-") in decision.flags):
            found.append(f"flags {decision.flags}")
    return found
