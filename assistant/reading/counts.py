"""Neutrophils and platelets as series: every value that is told of a count, which of them is the current one, and which lie behind.

From the name of a count a region is read, up to the name of the next measurement or the end of the sentence, and beyond
it where what follows goes on with it. Dates, doses, ages, lengths of time and reference ranges in it are no values.
The words around a value say when it was (`count_*` in phrases.yaml); where they leave it open, the lower value stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.reading.calendar_dates import DateMention, dates_in, latest
from assistant.reading.differential import differentials
from assistant.reading.phrases import phrase
from assistant.reading.quantities import Quantity, number

_NAMES = {
    "anc": re.compile(
        r"(?<![a-z])(?:anc|pnn|absolute neutrophil count|abs neut\w*|neutrophil count|neutrophils?|neuts?|newts|neutros?|neutrophile?n?|polys|granulocytes|grans|pmn|neutropenic|(?<=\s)n(?=\s?[0-9.]))(?![a-z])"
    ),
    "platelets": re.compile(r"(?<![a-z])(?:platelets?|plts?|plats?|thrombocytes)(?![a-z])"),
}
# Bare values up to the first are 10^9/L, from the second on per microlitre, up to the third; between the first two it is not settled.
_LIMITS = {"anc": (20.0, 50.0, 100_000.0), "platelets": (1000.0, 1500.0, 3_000_000.0)}
_POWER = r"(?:x\s*)?10\s*(?:\^|\*\*|\*|e)?\s*(?:9\s*/?\s*l?|3\s*/?\s*(?:u?l|mcl|mm3)?)"
_UNIT = rf"{_POWER}|/\s*u\s*l|/\s*mcl|per\s+(?:ul|mcl|microlit\w+|mm3|cubic mm)|(?:cells?\s*)?/\s*mm\s*\^?3|cells|g/l|gpt\s*/\s*l|/\s*nl|la[ck]hs?\b|lacs?\b|k\b(?:\s*/\s*(?:ul|mcl|mm3))?"
# A blank parts thousands only in a round number or before a unit: '24 000' is one value, '188 171 166' are three.
_NUMBER = rf"\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,3}} (?:\d00(?![\d.,]|\s+\d)|\d{{3}}(?=\s*(?:{_UNIT})))|\d+(?:[.,]\d+)?|[.,]\d+"
_RANGE = r"\d[\d.,]*\s*(?:-|to)\s*\d[\d.,]*"
_FIGURE = re.compile(
    rf"(?P<none>\d{{1,2}}:\d\d|(?:x\s*)10\s*(?:\^|\*\*|e)\s*\d|10\s*(?:\^|\*\*)\s*\d|\b(?:ref\w*|normal(?: range)?|range|nr)\b[\s:.a-z]{{0,12}}{_RANGE}|[(\[]\s*{_RANGE}\s*[)\]])"
    rf"|(?<![\d/^a-z])(?<!\d[.,])(?P<value>{_NUMBER})(?:\s*\(?(?P<unit>{_UNIT}))?"
)
_END = re.compile(r"[;!?\n]|\.+(?!\d)")
_CLAUSE = re.compile(r"[,;\n]|\.(?!\d)|\b(?:and|but|then|which|having)\b")
_FROM = re.compile(r"(?:<-+|←)\s*$")
_ARROW = re.compile(r"\s*-*>\s*")
_BARE_LIST = re.compile(r"[\s,/|&]*(?:and\s)?\s*")
_NO_VALUE_HERE = re.compile(r"\s*(?:%|/\s?\d)|[:h]\d\d|[a-gi-km-rt-z]|[lhs][a-z]")
_WORD = re.compile(r"[a-z]{2,}")
_THERMAL = re.compile(r"(?:3[4-9]|4[0-2])[.,]\d")
_YEAR, _SINCE_WHEN = re.compile(r"(?:19|20)\d\d"), re.compile(r"(?:\bin|\bsince|\bof|\buntil|\bfrom|year|summer|autumn|winter|spring)\s*$")
# Characters before the name that may tell when ('today's ANC'), and words between name and value that need no check of what follows.
_PREFIX, _CLOSE = 24, 3
# A grade or a word stands for a count (CTCAE v5.0: grade 4 is below 0.5 and below 25).
_GRADES = (
    ("anc", re.compile(r"\b(?:grade|gr|g)\s?(?:4|iv) neutrop\w+(?! fever)|\bneut\w*(?: count)?(?: are| is| were)? (?:undetectable|unrecordable|nil|zero)\b|\bsevere neutrop\w+ \(?<\s?0?\.5"), 0.4),
    ("platelets", re.compile(r"\b(?:grade|gr|g)\s?(?:4|iv) thrombocytop\w+"), 20.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Value:
    """A value and when it was: `now`, `past`, `lowest`, `fell` or `was` (past beside a later value), "" where no word says.

    `listed`: it follows the value before it in a bare list. `mention`: the number of the mention of its count.
    """

    quantity: Quantity
    when: str
    dated: DateMention | None
    listed: bool
    mention: int


def counts(folded: str) -> list[Quantity]:
    """ANC and platelets in 10^9/L in the order of the text; all but the current value of each carry `nadir`."""
    labels = sorted({m.start() for p in (*_NAMES.values(), phrase("count_next")) for m in p.finditer(folded)})
    dates = dates_in(folded) if labels else []
    found: list[Quantity] = []
    for name, pattern in _NAMES.items():
        mentions = enumerate(pattern.finditer(folded))
        found += _marked([value for n, label in mentions for value in _told(name, folded, label, n, labels, dates)])
    if not any(q.name == "anc" and not q.ambiguous for q in found):
        reckoned = list(differentials(folded))
        found = [q for q in found if q.name != "anc" or not any(d.start <= q.start < d.end for d in reckoned)]
        found += [Quantity("anc", d.value, d.start, d.end) for d in reckoned]
    for name, pattern, value in _GRADES:
        found += [Quantity(name, value, m.start(), m.end()) for m in pattern.finditer(folded)]
    return sorted(found, key=lambda q: q.start)


# ----------------------------------------------------------------------------- the values behind one mention


def _told(name: str, folded: str, label: re.Match[str], mention: int, labels: list[int], dates: list[DateMention]) -> list[_Value]:
    """The values that are told behind one mention of a count."""
    following = bisect_left(labels, label.end())
    end = _region_end(folded, label, labels[following] if following < len(labels) else len(folded))
    figures = list(_figures(name, folded, label.end(), end, dates))
    own = _dates_of(folded, label, figures, end, dates)
    found: list[_Value] = []
    ahead = max(0, label.start() - _PREFIX)
    in_course = phrase("count_trend").search(folded, label.start(), end) is not None
    for n, figure in enumerate(figures):
        stop = figures[n + 1].start("value") if n + 1 < len(figures) else end
        before, behind = folded[ahead : figure.start("value")], folded[figure.end() : stop]
        value, ambiguous = _in_billions(name, figure["value"], figure["unit"])
        value = value if found and _ARROW.fullmatch(before) else _beyond(value, before)
        quantity = Quantity(name, value, figure.start("value") if found else label.start(), figure.end(), ambiguous)
        listed = bool(found) and not in_course and _BARE_LIST.fullmatch(folded[figures[n - 1].end() : figure.start("value")]) is not None
        when, said = _told_behind(behind, followed=n + 1 < len(figures))
        found.append(_Value(quantity, when or _told_before(before), own[n], listed, mention))
        ahead = figure.end() + said
    return found


def _region_end(folded: str, label: re.Match[str], stop: int) -> int:
    """Where the sentence ends, unless what follows goes on with the count: 'platelets 38. They were 19 last week'."""
    for end in _END.finditer(folded, label.end(), stop):
        heads_line = end.group() == "\n" and not folded[folded.rfind("\n", 0, label.start()) + 1 : label.start()].strip(" -*")
        if not folded[label.end() : end.start()].strip(" :=") and (heads_line or end.group() == "?"):
            continue  # the value stands on the line below its name, or answers 'ANC?'
        if not phrase("count_goes_on").match(folded[end.end() : stop].lstrip()):
            return end.start()
    return stop


def _figures(name: str, folded: str, start: int, end: int, dates: list[DateMention]) -> Iterator[re.Match[str]]:
    """The numbers of a region that are values of the count."""
    last: re.Match[str] | None = None
    for figure in _FIGURE.finditer(folded, start, end):
        dated = any(d.start <= figure.start() < d.end for d in dates)
        if figure["none"] or dated or not _is_value(name, figure, folded[last.end() if last else start : figure.start("value")], folded[figure.end() : end], last):
            continue
        yield figure
        last = figure


def _is_value(name: str, figure: re.Match[str], gap: str, behind: str, last: re.Match[str] | None) -> bool:
    """Whether a number is a value of a count.

    Args:
        name: the count.
        figure: the number.
        gap: what stands between it and the name, or the value before it.
        behind: what stands behind it.
        last: the value before it, or None.
    """
    raw, unit = number(figure["value"]), figure["unit"]
    if raw > _LIMITS[name][2] or _NO_VALUE_HERE.match(behind) or phrase("count_not_before").search(gap) or (not unit and phrase("count_not_behind").match(behind)):
        return False
    if _YEAR.fullmatch(figure["value"]) and _SINCE_WHEN.search(gap):
        return False
    if last is None and (unit or len(_WORD.findall(gap)) <= _CLOSE):
        return True
    if last is not None and not unit and _is_another(name, figure["value"], gap, last):
        return False
    leads = phrase("count_before").search(gap) is not None
    return leads and (bool(unit) or phrase("count_followed").match(behind) is not None)


def _is_another(name: str, value: str, gap: str, last: re.Match[str]) -> bool:
    """Whether a number behind a value is the end of a range, a temperature, an age, a share or a time of day."""
    billions, microlitres, _ = _LIMITS[name]
    raw, before = number(value), number(last["value"])
    if (gap.strip() == "-" and raw > before) or _THERMAL.fullmatch(value):
        return True
    return (name == "anc" and billions < raw < microlitres) or (raw >= microlitres and before <= billions and not last["unit"])


def _dates_of(folded: str, label: re.Match[str], figures: Sequence[re.Match[str]], end: int, dates: list[DateMention]) -> list[DateMention | None]:
    """The date that stands with each value; those of a table stand in a line of dates above."""
    found: list[DateMention | None] = []
    dated_ahead = False
    for n, figure in enumerate(figures):
        ahead = figures[n - 1].end() if n else max(folded.rfind("\n", 0, label.start()) + 1, label.start() - _PREFIX)
        stop = figures[n + 1].start("value") if n + 1 < len(figures) else end
        before = [d for d in dates if ahead <= d.start and d.end <= figure.start("value")]
        behind = [d for d in dates if figure.end() <= d.start < stop and not folded[figure.end() : d.start].strip(" (on")]
        dated_ahead = dated_ahead or (n == 0 and bool(before))
        found.append(next(reversed(before), None) if dated_ahead else next(iter(behind), None))
    if len(figures) < 2 or any(found):
        return found
    lines = folded[: label.start()].split("\n")[:-1]
    offset = label.start() - len(folded[: label.start()].split("\n")[-1])
    for line in reversed(lines):
        offset -= len(line) + 1
        header = [d for d in dates if offset <= d.start < offset + len(line)]
        if len(header) > 1:
            return list(header) if len(header) == len(figures) else found
    return found


def _told_behind(behind: str, *, followed: bool) -> tuple[str, int]:
    """When a value was by the words right behind it, and where they end; "" where they are said of the value that follows."""
    for when in ("lowest", "past", "now"):
        told = phrase(f"count_{when}_behind").match(behind)
        if not told:
            continue
        rest = behind[told.end() :]
        leads_on = followed and not re.search(r"[,;.)\n]", rest) and len(_WORD.findall(rest)) <= _CLOSE
        if leads_on and (when != "past" or told.group().lstrip()[0] in ",("):
            continue
        return when, told.end()
    return "", 0


def _told_before(before: str) -> str:
    """When a value was by the nearest word of its clause before it."""
    clause = _CLAUSE.split(before)[-1]
    if _FROM.search(clause):
        return "past"
    near = {when: max((m.end() for m in phrase(f"count_{when}").finditer(clause)), default=0) for when in ("now", "past", "lowest", "fell", "rose", "was")}
    told = max(("now", "past", "lowest", "fell", "rose"), key=lambda when: near[when])
    if near[told]:
        return "" if told == "rose" else told
    return "was" if near["was"] else ""


# ----------------------------------------------------------------------------- which of them is the current one


def _marked(values: list[_Value]) -> list[Quantity]:
    """The quantities of one count, all but the current one marked as lying behind it."""
    current = _current(_in_order(values))
    return [replace(v.quantity, nadir=current is None or v.quantity is not current.quantity) for v in values]


def _in_order(values: list[_Value]) -> list[_Value]:
    """The values with what their dates say: of several dated ones the latest is the present one, or where that is open the lowest."""
    dated = [v for v in values if v.dated and v.dated.has_month]
    if len(dated) < 2:
        return values
    last = latest([v.dated for v in dated if v.dated])
    newest = dated[last] if last is not None else min(dated, key=lambda v: v.quantity.value)
    return [replace(v, when="now" if v is newest else "past", listed=False) if v in dated and v.when != "now" else v for v in values]


def _current(values: list[_Value]) -> _Value | None:
    """The value that holds today; None where all of them are told as past."""
    now = [v for v in values if v.when == "now"]
    told = [v for v in values if not v.when]
    if now:
        since = values[values.index(now[-1]) + 1 :]
        again = [v for v in since if v.quantity.value < now[-1].quantity.value and (v.when == "fell" or (not v.when and v.mention > now[-1].mention))]
        return again[-1] if again else now[-1]
    if not told:
        return next((v for v in reversed(values) if v.when in ("was", "fell")), None)
    place = values.index(told[-1])
    start = place
    while values[start].listed:
        start -= 1
    fallen = [v for v in values[place + 1 :] if v.when == "fell"]
    return min([*values[start : place + 1], *fallen], key=lambda v: v.quantity.value) if start < place or fallen else told[-1]


# ----------------------------------------------------------------------------- units


def _in_billions(name: str, raw: str, unit: str | None) -> tuple[float, bool]:
    """A count in 10^9/L, and whether it is ambiguous."""
    value = number(raw)
    unit = (unit or "").replace(" ", "")
    billions, microlitres, _ = _LIMITS[name]
    if unit.startswith("la"):  # a lakh is 100 000 in a microlitre
        return value * 100, False
    if re.search(r"ul|mcl|mm|micro|cells|cubic", unit) and not unit.startswith(("k", "x10", "10")):
        return value / 1000, False
    if unit:
        return (value / 1000, False) if value >= microlitres * 2 and name == "anc" else (value, False)
    if value <= billions:
        return value, False
    return (value / 1000, False) if value >= microlitres else (value, True)


def _beyond(value: float, before: str) -> float:
    """A count that is only bounded: '<0.5' is below 0.5 and '>0.5' above it, by one per cent."""
    if re.search(r"(?:<(?!=)|\bnot(?: yet)? (?:above|over)|\bbelow|\bunder|\bless than)\s*$", before):
        return round(value * 0.99, 4)
    return round(value * 1.01, 4) if re.search(r"(?:(?<!-)(?<!\d)(?<!\d )>(?!=)|\babove|\bover|\bmore than|\bgreater than)\s*$", before) else value
