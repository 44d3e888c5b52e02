"""Makes question sets: from a clinician's table and from feedback, checked; perturbed and paired from a set, with their labels; near-duplicates found."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import HoldfastError
from assistant.knowledge import load_yaml
from assistant.records import Action, Restart, Severity
from eval.sets import Item

Json = dict[str, Any]
COLUMNS = ("id", "question", "action", "severity", "restart", "flags", "facts", "citations", "tags")
FLAGS = (
    "neutropenic_fever", "renal_impairment", "dialysis", "age_over_75", "elderly", "quinolone", "suspected", "permanent_stop_asked",
    "anc_below_500", "two_patients", "contradiction", "patient_voice",
)  # fmt: skip
ALLOWED: Mapping[str, Sequence[str]] = {
    "action": [a.value for a in Action],
    "severity": [*(s.value for s in Severity), "none"],
    "restart": [*(r.value for r in Restart), "none"],
    "flags": FLAGS,
    "citations": ["1", "2", "3", "4", "US", "EU"],
}
NEXT_TURN = "---"  # a line that parts the turns of a conversation in one cell
EXAMPLE = {
    "id": "my-001", "question": "78M on pom-dex, admitted with pneumonia on IV antibiotics. Hold?", "action": "hold", "severity": "severe",
    "restart": "none", "flags": "age_over_75", "facts": "", "citations": "", "tags": "example",
}  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file or of the first sheet of a spreadsheet, by column name.

    Raises:
        HoldfastError: the file cannot be read, or lacks columns.
    """
    try:
        rows = _sheet(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    except (OSError, ValueError, KeyError, csv.Error) as fault:
        raise HoldfastError(f"{path}: cannot be read as a table ({type(fault).__name__}); save it as CSV (UTF-8) or XLSX.") from None
    missing = [c for c in ("question", "action") if not rows or c not in rows[0]]
    if missing:
        raise HoldfastError(f"{path}: the first row must name the columns; missing: {', '.join(missing)}. `python -m eval make template FILE.csv` writes an empty table.")
    return rows


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        file.seek(0)
        rows = csv.DictReader(file, delimiter=";" if head.count(";") > head.count(",") else ",")  # Excel writes `;` where the comma is the decimal sign
        return [{str(k).strip().lower(): (v or "").strip() for k, v in row.items() if k} for row in rows]


def _sheet(path: Path) -> list[dict[str, str]]:
    import openpyxl

    rows = iter(openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True))
    head = [str(cell or "").strip().lower() for cell in next(rows, ())]
    return [{name: "" if cell is None else str(cell).strip() for name, cell in zip(head, row, strict=False) if name} for row in rows]


def from_table(rows: Sequence[Mapping[str, str]]) -> tuple[list[Json], list[str]]:
    """Labelled questions, and what is wrong: each fault names row (as a spreadsheet counts), column and remedy."""
    made: list[Json] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    unknown = [c for c in rows[0] if c and c not in COLUMNS] if rows else []
    faults += [f"row 1, column '{c}': nothing reads this column; {_hint(c, COLUMNS)}" for c in unknown]
    for number, row in enumerate(rows, start=2):
        if not any(row.values()):
            continue
        wrong = _faults(row, number)
        name = row.get("id") or f"row-{number}"
        if name in seen:
            wrong.append(f"row {number}, column 'id': '{name}' stands in row {seen[name]} already; give each row its own.")
        seen.setdefault(name, number)
        faults += wrong
        if not wrong:
            made.append(_labelled(row, name))
    return made, faults


def _faults(row: Mapping[str, str], number: int) -> list[str]:
    wrong = [f"row {number}, column '{c}': is empty; fill it in." for c in ("question", "action") if not row.get(c)]
    for column, allowed in ALLOWED.items():
        for value in _values(row.get(column, "")):
            if value not in allowed:
                wrong.append(f"row {number}, column '{column}': '{value}' is not allowed; {_hint(value, allowed)}")
    actions, restarts = _values(row.get("action", "")), [v for v in _values(row.get("restart", "")) if v != "none"]
    if restarts and not set(actions) & {"resume", "reassess"}:
        wrong.append(f"row {number}, column 'restart': goes with the actions resume and reassess alone; empty it, or mend the action.")
    if actions == ["resume"] and not restarts:
        wrong.append(f"row {number}, column 'restart': a resume needs one; {_hint('', ALLOWED['restart'])}")
    return wrong


def _hint(value: str, allowed: Sequence[str]) -> str:
    near = difflib.get_close_matches(value.lower(), allowed, n=1)
    return f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(allowed)}."


def _values(cell: str) -> list[str]:
    """Several values of a cell are parted by `/`, `,` or `;`."""
    return [part.strip() for part in re.split(r"[/,;]", cell) if part.strip()]


def _labelled(row: Mapping[str, str], name: str) -> Json:
    turns = [t.strip() for t in re.split(rf"^\s*{NEXT_TURN}\s*$", row["question"], flags=re.MULTILINE) if t.strip()]
    asked: Json = {"question": turns[0]} if len(turns) == 1 else {"turns": turns}
    gold: Json = {k: [None if v == "none" else v for v in _values(row.get(k, ""))] or [None] for k in ("action", "severity", "restart")}
    gold |= {"flags": _values(row.get("flags", "")), "facts": [f.strip() for f in row.get("facts", "").split(";") if f.strip()], "citations": _values(row.get("citations", ""))}
    return {"id": name, **asked, "gold": gold, "tags": _values(row.get("tags", ""))}


def from_feedback(lines: Iterable[Json]) -> tuple[list[Json], list[str]]:
    """Labelled questions from stored feedback; what was called wrong without the right action named cannot be one, and is told."""
    made: list[Json] = []
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        gold = line.get("gold")
        if not isinstance(gold, dict) or not gold.get("action"):
            why = line.get("left_out") or "was called wrong, and the action that would have been right was not named; ask the reader, or leave it out."
            faults.append(f"line {number}: {why}")
        elif not line.get("turns") and not line.get("question"):
            faults.append(f"line {number}: holds no question.")
        else:
            made.append({k: line[k] for k in ("id", "question", "turns", "gold", "tags") if k in line})
    return made, faults


# ------------------------------------------------------------------------------- written otherwise, same label


@lru_cache(maxsize=1)
def _rewritings() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    held = load_yaml(Path(__file__).parent / "perturbations.yaml")
    return {kind: [(re.compile(rf"\b{re.escape(old)}\b", re.IGNORECASE), new) for old, new in pairs] for kind, pairs in held.items()}


def perturbed(item: Item) -> Iterator[Json]:
    """The item in other spellings, each with the item's own labels."""
    for kind, pairs in _rewritings().items():
        turns = []
        for turn in item.turns:
            for pattern, new in pairs:
                turn = pattern.sub(new, turn)
            turns.append(turn)
        yield from _if_changed(item, turns, kind)
    yield from _if_changed(item, [t.lower() for t in item.turns], "lower_case")
    yield from _if_changed(item, [t.upper() for t in item.turns], "upper_case")
    yield from _if_changed(item, [_units(t) for t in item.turns], "units")


def _units(text: str) -> str:
    """Celsius as Fahrenheit, counts in 10^9/L per microlitre, no blank before mg."""
    text = re.sub(r"\b(3[5-9]\.\d|4[0-2]\.\d) ?°?C\b", lambda m: f"{float(m[1]) * 9 / 5 + 32:.1f} F", text)
    text = re.sub(r"\b(ANC|neuts|neutrophils) (?:of |is |was )?(0\.\d+|[1-9]\.\d+)(?! ?x|\d| ?/|%)", lambda m: f"{m[1]} {float(m[2]) * 1000:.0f}/uL", text)
    return re.sub(r"\b([1-4]) mg\b", r"\1mg", text)


def _if_changed(item: Item, turns: Sequence[str], kind: str) -> Iterator[Json]:
    if list(turns) != list(item.turns):
        yield _made(item, turns, kind, item.gold, "perturbed")


def _made(item: Item, turns: Sequence[str], kind: str, gold: Json, family: str) -> Json:
    asked: Json = {"question": turns[0]} if len(turns) == 1 else {"turns": list(turns)}
    return {"id": f"{item.id}~{kind}", **asked, "gold": gold, "tags": [family, kind]}


# ------------------------------------------------------------------------------- minimal pairs: one fact, another label

_RESOLVED = re.compile(r"\b(?:(?:has|have|is|are|was) )?(?:now )?(?:completely|fully|entirely|totally) (?:resolved|cleared|gone|recovered)\b", re.IGNORECASE)


def paired(item: Item) -> Iterator[Json]:
    """Neighbours of a clear restart that differ in one fact, with the label that this fact makes."""
    gold = item.gold
    if gold["action"] != ["resume"] or len(gold.get("restart", [])) != 1 or {"two_patients", "contradiction"} & set(gold.get("flags", [])):
        return
    flags = [f for f in gold.get("flags", []) if f != "anc_below_500"]
    text, last = item.text, item.turns[-1]

    def told(more: str, kind: str, **changes: Any) -> Json:
        return _made(item, [*item.turns[:-1], f"{last} {more}"], kind, {**gold, **changes}, "pair")

    held = {"action": ["hold"], "restart": [None]}
    if not re.search(r"\b(anc|neut\w*|platelets?|plts?|counts?|cbc|fbc|bloods?)\b", text, re.IGNORECASE):
        yield told("ANC today 0.49 x10^9/L.", "anc_0.49", **held, flags=[*flags, "anc_below_500"])
        yield told("ANC today 0.5 x10^9/L.", "anc_0.5")
        yield told("Platelets today 24 x10^9/L.", "platelets_24", **held)
    if not {"age_over_75", "elderly"} & set(flags) and not re.search(r"\b\d\d ?(?:-?y|m\b|f\b|yo|year)|\b(?:age|aged) \d|\b[5-9]\d\b", text, re.IGNORECASE):
        yield told("The patient is 75 years old.", "age_75")
        yield told("The patient is 76 years old.", "age_76", flags=[*flags, "age_over_75"])
    if not {"renal_impairment", "dialysis"} & set(flags):
        yield told("The patient has CKD stage 4.", "ckd_4", flags=[*flags, "renal_impairment"])
    if _RESOLVED.search(last):
        yield _made(item, [*item.turns[:-1], _RESOLVED.sub("is improving but not yet resolved", last, count=1)], "not_yet_resolved", {**gold, **held}, "pair")


# ------------------------------------------------------------------------------- near-duplicates and leaks


@dataclass(frozen=True, slots=True, order=True)
class Near:
    """Two items that say nearly the same: how alike (0 to 1), and who they are."""

    alike: float
    one: str
    other: str
    same_label: bool


def pieces(text: str) -> frozenset[str]:
    """What two texts are compared by: runs of five characters of their words, numbers as one sign."""
    plain = " ".join(re.findall(r"[a-z]+|#", re.sub(r"\d+(?:\.\d+)?", "#", text.lower())))
    return frozenset(plain[n : n + 5] for n in range(max(len(plain) - 4, 1)))


def near_duplicates(first: Sequence[Item], second: Sequence[Item], least: float = 0.6) -> list[Near]:
    """Pairs of items, one of each list, whose texts (drafts, where they are some) share at least `least` of their pieces (Jaccard), the most alike first."""
    held = [pieces(i.draft or i.text) for i in second]
    where: dict[str, list[int]] = {}
    for number, mine in enumerate(held):
        for piece in mine:
            where.setdefault(piece, []).append(number)
    found = []
    for item in first:
        mine = pieces(item.draft or item.text)
        shared: dict[int, int] = {}
        for piece in mine:
            for number in where.get(piece, ()):
                shared[number] = shared.get(number, 0) + 1
        for number, count in shared.items():
            alike = count / (len(mine) + len(held[number]) - count)
            other = second[number]
            if alike >= least and (item.set, item.id) != (other.set, other.id):
                same = all(item.gold.get(label) == other.gold.get(label) for label in ("action", "clean"))
                found.append(Near(round(alike, 3), f"{item.set}:{item.id}", f"{other.set}:{other.id}", same))
    return sorted(found, key=lambda n: (-n.alike, n.one, n.other))
