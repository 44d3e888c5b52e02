"""Numbers that stand for themselves: the answer to what was asked back, a corrected value, a cell of a pasted table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.reading import quantities
from assistant.reading.ages import ages
from assistant.reading.calendar_dates import dates_in, latest
from assistant.reading.counts import counts
from assistant.reading.quantities import Quantity

_Read = Callable[[str], list[Quantity]]
_LABELS: dict[str, tuple[re.Pattern[str], _Read]] = {
    "anc": (re.compile(r"\b(?:anc|neut\w*|absolute neutrophil count|polys|granulocytes)\b"), counts),
    "platelets": (re.compile(r"\b(?:plts?|platelets?|platelet count|plats?|thrombocytes)\b"), counts),
    "temp": (re.compile(r"\b(?:t|temps?|temperature|fever)\b"), quantities.temperatures),
    "egfr": (re.compile(r"\b(?:e?gfr|crcl|creatinine clearance)\b"), quantities.filtrations),
    "age": (re.compile(r"\b(?:age|how old)\b"), ages),
    "pom": (re.compile(r"\b(?:dose|which dose|what dose|strength)\b"), quantities.doses),
}
# An answer is no longer than this; a bare decimal after talk of a fever or of neutrophils is a neutrophil count.
_ANSWER = 24
_DECIMAL = re.compile(r"(?<![\d./])\d?[.,]\d{1,2}(?![\d/%]|\s*(?:mg|cm|l\b|kg|c\b|g\b))")
# 'Decimal slipped, 0.41': the value said before is told anew.
_MENDS = re.compile(r"\b(?:decimal|slip(?:ped)?|typo|mistyped|misread|misheard|meant|should (?:be|read)|make that|correction)\b")
# 'They were 19 at the worst' after platelets: the lowest of them.
_AT_WORST = re.compile(r"\b(?:nadir|lowest|at (?:the |its |their )?worst|worst|at (?:the )?(?:bottom|trough)|as low as|bottomed)\b")
_SPEAKS_OF_COUNTS = re.compile(r"\b(?:fever|febrile|temp|neutrop\w*|anc|neuts?|counts?|fn|fbc|cbc|bloods)\b")
_CORRECTION = re.compile(
    r"(?<![\d.,])(?P<new>\d[\d.,]{0,7}),?\s?(?:and )?not\s(?P<old>\d[\d.,]{0,7})|\bnot\s(?P<old2>\d[\d.,]{0,7})[,;]?\s?(?:-|but|its|it's|it is|is)?\s?(?P<new2>\d[\d.]{0,7})(?!\d)"
)
_CELLS = re.compile(r"[^|\n]+")
_WORDS = re.compile(r"\S+")


def answered(turn: str, before: str) -> list[Quantity]:
    """What a short message gives without naming it ('0.38' after 'ANC?'); empty where it names it or gives nothing.

    Args:
        turn: the message, folded.
        before: the message before it, folded.
    """
    mends = bool(_MENDS.search(turn))
    if (len(turn.strip()) > _ANSWER and not (mends or _AT_WORST.search(turn))) or not re.search(r"\d", turn):
        return []
    if any(read(turn) for _, read in _LABELS.values()):
        return []
    lowest = bool(_AT_WORST.search(turn))
    again = lowest or mends
    asked = [
        (m.start(), name)
        for name, (label, _) in _LABELS.items()
        for m in label.finditer(before)
        if again or not re.search(r"\d", before[m.end() : m.end() + 12])
    ]
    name = max(asked)[1] if asked else ""
    if not name and _DECIMAL.search(turn) and _SPEAKS_OF_COUNTS.search(before):
        name = "anc"
    if not name:
        return []
    label = f"{name} nadir " if lowest else f"{name} "
    start = re.search(r"\d|[.,](?=\d)", turn)
    told = turn[start.start() if start else 0 :]
    shift = len(turn) - len(told) - len(label)
    return [replace(q, start=max(0, q.start + shift), end=q.end + shift) for q in _LABELS[name][1](label + told)]


def corrected(turn: str, known: dict[str, Quantity]) -> Iterator[Quantity]:
    """The values that a message takes back for another: '3.0 not 0.3', 'not 79, 75'."""
    for match in _CORRECTION.finditer(turn):
        new, old = (match["new"], match["old"]) if match["new"] else (match["new2"], match["old2"])
        was, now = quantities.number(old.rstrip(".,")), quantities.number(new.rstrip(".,"))
        for name, quantity in known.items():
            scale = next((s for s in (1.0, 1000.0) if was and abs(quantity.value * s - was) < 1e-6), None)
            if scale:
                yield Quantity(name, now / scale, match.start(), match.end())


def tabulated(folded: str) -> list[Quantity]:
    """Counts and temperatures of a table, row by row: its first row or its first column names them."""
    rows = [(m.start(), m.group()) for m in re.finditer(r"[^\n]+", folded)]
    found: list[Quantity] = []
    below: list[tuple[str, list[Quantity]]] = []
    names: dict[int, str] = {}
    width = 0
    for offset, row in rows:
        cells = [(offset + m.start(), m.group()) for m in (_CELLS if "|" in row else _WORDS).finditer(row) if m.group().strip()]
        header = {n: name for n, (_, cell) in enumerate(cells) for name, (label, _) in _LABELS.items() if label.fullmatch(cell.strip())}
        if len(header) >= 2 or (header and "|" in row and not re.search(r"\d", row)):
            names, width = header, len(cells)
            continue
        label = next((name for name, (label, _) in _LABELS.items() if "|" in row and cells and label.fullmatch(cells[0][1].strip())), "")
        if label and label not in ("anc", "platelets"):  # a row of a count is read as its series
            found += [q for cell in cells[1:] for q in _in_cell(label, *cell)]
        elif not label and len(cells) == width:
            below.append((row, [q for n, name in names.items() if n < len(cells) for q in _in_cell(name, *cells[n])]))
    return [*found, *(q for _, quantities in _oldest_first(below) for q in quantities)]


def _in_cell(name: str, start: int, cell: str) -> list[Quantity]:
    """What a cell holds under a name."""
    if not re.search(r"\d", cell):
        return []
    return [replace(q, start=start, end=start + len(cell)) for q in _LABELS[name][1](f"{name} {cell.strip()}")]


def _oldest_first(rows: list[tuple[str, list[Quantity]]]) -> list[tuple[str, list[Quantity]]]:
    """The rows of a table in the order of time, where its first column dates them and the newest stands on top."""
    dates = [next(iter(dates_in(row)), None) for row, _ in rows]
    told = [d for d in dates if d and d.has_month]
    return rows[::-1] if len(rows) > 1 and len(told) == len(rows) and latest(told) == 0 else rows
