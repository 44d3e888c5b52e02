"""Check `number`: every figure with what it counts, against the article; spans of prophylaxis and risk; counts of the labels."""

from __future__ import annotations

import math
import re

from assistant.guardrail.cues import FigureEntry, cues, pattern
from assistant.guardrail.readings import Context, Fault, Reading

_WITH_DEX = 30.0  # the one figure that the article gives of pomalidomide with low-dose dexamethasone
_THIRD = frozenset({"three", "3", "a third", "one third"})
_COUNTS = frozenset({0.5, 500.0, 25.0, 50.0, 1.0, 1000.0, 38.0, 100.4, 38.3, 38.5, 9.0, 10.0})
_NOUNS = ("infect", "pneumon", "neutro", "event", "sepsis", "grade", "fever")
_YEARS = frozenset({"2014", "2017", "2019", "2025"})


def faults(reading: Reading, context: Context) -> list[Fault]:
    """The faults of one piece as to its figures."""
    why = _percentages(reading, context) or _spans(reading) or _averages(reading) or _fractions(reading) or _counts(reading, context) or _years(reading)
    return [Fault("number", why, context.rule)] if why else []


def figures_in(reading: Reading) -> tuple[FigureEntry, ...]:
    """The article's percentages that stand in a piece."""
    values = {_value(m.group(1)) for m in pattern("percent").finditer(reading.plain)}
    return tuple(f for f in cues().claims.figures if f.value in values)


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def _percentages(reading: Reading, context: Context) -> str:
    known = {f.value: f for f in cues().claims.figures}
    text = re.sub(r"\bgrades? (\d) ?(?:-|/|to|or|and) ?(\d)", r"grade \1/\2", reading.plain)
    foreign = reading.any("PARTNER") or (reading.any("DEX") and not reading.any("POM"))
    for found in pattern("percent").finditer(text):
        figure = known.get(_value(found.group(1)))
        if foreign and not reading.any("SILENT") and (figure is None or figure.value != _WITH_DEX):
            return "The article's figures are of pomalidomide."
        if figure is None and pattern("how_well").search(text[max(0, found.start() - 16) : found.end() + 16]):
            continue
        if figure is None or found.group(2):
            return f"No passage holds the figure {found.group().strip()}."
        if text[: found.start()].endswith("the ") and reading.any("NEG"):
            continue  # `the article does not break the 33.7% down`
        scope = text if figure.scope == "piece" else _chunk(text, found.start(), found.end(), figure)
        if not any(word in text for word in _NOUNS):
            scope += context.asked  # `about 30 %`: of what stands in the question
        if not all(any(word in scope for word in words) for words in figure.needs) or any(_stands(word, scope) for word in figure.never):
            return f"{figure.value:g} % counts something else in the article."
        if re.search(
            r"\b(?:exactly|precisely|less than|fewer than|under|below|at most|over|more than|above|at least|up to)\s*$", text[: found.start()]
        ):
            return f"The article does not say this of {figure.value:g} %."
    return ""


def _stands(word: str, scope: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", scope) is not None


def _chunk(text: str, start: int, end: int, figure: FigureEntry) -> str:
    """The clause around a figure; where it holds no noun to count, the clause before it, then the one after."""
    breaks = [0, *(m.end() for m in pattern("break").finditer(text)), len(text)]
    low = max(b for b in breaks if b <= start)
    high = min((m.start() for m in pattern("break").finditer(text) if m.start() >= end), default=len(text))
    own = text[low:high]
    nouns = {w for words in figure.needs for w in words} | set(figure.never) | {"infection", "pneumonia", "neutropenia", "event"}
    while not any(_stands(w, own) for w in nouns) and low > 0:
        low = max((b for b in breaks if b < low), default=0)
        own = text[low:high]
    return own if any(_stands(w, own) for w in nouns) else text


def _spans(reading: Reading) -> str:
    """The first three months of therapy, for prophylaxis and for the time of risk, and no other span."""
    text = reading.plain
    late = pattern("late_span").search(text)
    told = reading.any("OCCUR", "RISK", "PROPH", "COMMON", "SOURCE", "MOSTCOMMON") or bool(reading.markers)
    if late and (told or (reading.any("INF") and "cycle" not in late.group())):  # `in his third cycle, with an infected cut`: the case
        return "The span is the first three months of therapy."
    about = reading.any("PROPH") or (
        (reading.any("INF", "RISK", "COMMON") or "%" in text) and re.search(r"\b(?:first|last|initial|final|early|opening)\b[^.]*\b(?:therapy|treatment|pomalidomide)\b", text)
    )
    if not about or "post" in text:
        return ""
    for found in pattern("span").finditer(text):
        order, number, unit = found.groups()
        if (
            (number is None and order is None)
            or "ago" in text[found.end() : found.end() + 5]
            or (number == "a" and order is None)
            or (number is None and order == "last" and not unit.endswith("s"))  # `the infection last month`: when it was
            or unit.startswith(("hour", "quarter"))
            or (number is None and order == "first" and text[: found.start()].endswith(("from ", "from the ")))  # `from the first day back`: when it begins
        ):
            continue
        if unit.startswith("day") and number == "90":
            continue
        right = unit.startswith("month") and number in ("three", "3") and order in (None, "first", "initial", "opening")
        if not right and (order or reading.any("PROPH")) and not (order in ("early", "next") and number is None):
            return "The span is the first three months of therapy."
    if re.search(r"\b(?:lifelong|indefinite(?:ly)?|until progression|as long as)\b", text) and reading.any("PROPH"):
        return "The span of prophylaxis is the first three months of therapy."
    return ""


def _averages(reading: Reading) -> str:
    """`recovery takes six weeks on average`: how long things take stands in no source."""
    text = reading.plain
    if reading.any("FIRST3", "PROPH") or not reading.any("INF", "RECOVERY", "RESOLVED", "POM") or not pattern("average").search(text):
        return ""
    found = next((m for m in pattern("span").finditer(text) if m.group(2)), None)
    return f"No source holds the span '{found.group().strip()}'." if found else ""


def _fractions(reading: Reading) -> str:
    text = reading.plain
    if not reading.any("INF", "NEUTRO"):
        return ""
    for found in pattern("fraction").finditer(text):
        if text[: found.start()].endswith("of ") and found.group().startswith("all"):
            continue  # `of all patients`
        share = found.group(1) or found.group(2)
        neutro = reading.any("NEUTRO")
        right = (share in _THIRD and not neutro and "pneumonia" not in text.split(";")[0][: found.end() + 30]) or (
            share == "half" and neutro and re.search(r"\b(?:more than|over) half", text)
        )
        right = right or ("three in ten" in found.group() and reading.any("SEVERE") | ("grade" in text))
        right = right or (share in ("seven", "7") and "pneumonia" in text) or (share in ("six", "6") and "serious" in text)
        if not right and re.search(r"\b(?:patients|people|of them|cases)\b", text):
            return f"No passage holds the share '{found.group()}'."
    return ""


def _counts(reading: Reading, context: Context) -> str:
    if not reading.any("NEUTRO") and not re.search(r"10\^?9|threshold", reading.plain):
        return ""
    case = context.case
    known = _COUNTS | {v for v in (case.anc, case.platelets, case.platelets_nadir, case.temperature, case.age, case.dose_mg) if v is not None}
    known |= {v * 1000 for v in (case.anc,) if v is not None}
    small, large = ([m.group(1) for m in pattern(name).finditer(reading.plain)] for name in ("per_microlitre", "per_litre"))
    if small and large and not any(math.isclose(_value(a) / 1000, _value(b)) for a in small for b in large):
        return f"{small[0]} per microlitre is not {large[0]} x10^9/L."
    for found in re.finditer(
        r"(?:<|>|≤|≥|below|above|under|over|least|reaches|exceeds|anc of|anc|threshold (?:is|at|of)|count of|platelets of|platelets)\s*(\d+(?:[.,]\d+)?)(?!\s*(?:%|mg|months?|weeks?|days?|years?|/))",
        reading.plain,
    ):
        if _value(found.group(1)) not in known:
            return f"No source holds the count {found.group(1)}."
    return ""


def _years(reading: Reading) -> str:
    for year in pattern("year").findall(reading.plain):
        if year not in _YEARS and re.search(r"et al|journal|published|study|trial|lancet|nejm|blood|paper|guideline", reading.plain):
            return f"No source holds the year {year}."
    return ""
