"""Counts, temperatures, ages, doses and filtration, with every unit and style people type, normalised.

A value that could mean two things is reported as ambiguous and not guessed (evidence: a bare ANC between 20 and 50).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.reading.differential import differentials

FEVER = 38.0
"""Degrees Celsius from which a temperature is a fever (spec, section 4.1)."""
_NUMBER = r"(\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?|[.,]\d+)"
_LINK = r"(?:\s|(?:on|at|of) (?:day|d|cycle|c|week|wk) ?\d{1,3}(?: of (?:pom|treatment|cycle|therapy|imnovid|pomalyst)[a-z]*(?: \d ?mg)?)?|count|counts|was|is|are|of|at|now|today|down|up|to|back|has|had|gone|went|absolute|come|currently|recovered|fallen|dropped|only|just|still|around|about|approx|nadir|level|remains?|persistently|stays|stuck|stubbornly|persisting|continues|measured|this|morning|am|exactly|came|in|were|result|reported|sits?|sitting|dipped|slid|from|have|halved|neutropenic|profoundly|severely|in|their|boots|not|yet|sank|slumped|tumbled|nosedived|went|settled|hovering|hovers|cratered|plummeted|tanked|crashed|fell|falling|bottomed|out|running|low|hit|steady|stable|a|mere|below|under|less|than|above|over|more|greater|[:=~<>≈,(|-]|[a-z]+day\b)*"
_COUNT_UNIT = r"\s*((?:x\s*)?10\s*(?:\^|\*\*|e)?\s*9\s*/?\s*l?|(?:x\s*)?10\s*(?:\^|\*\*|e)?\s*3\s*/?\s*(?:u?l|mcl|mm3)?|/\s*u\s*l|/\s*mcl|per\s+(?:ul|mcl|microlit\w+|mm3|cubic mm)|(?:cells?\s*)?/\s*mm\s*\^?3|cells|g/l|gpt\s*/\s*l|/\s*nl|la[ck]hs?\b|lacs?\b|k\b(?:\s*/\s*(?:ul|mcl|mm3))?)?"
_ANC = re.compile(
    rf"(?<![a-z])(anc|absolute neutrophil count|abs neut\w*|neutrophil count|neutrophils?|neutrophil|neuts?|neut|neutros?|neutrophile?n?|polys|granulocytes|grans|pmn|neutropenic|(?<=\s)n(?=\s?[0-9.]))(?![a-z]){_LINK}{_NUMBER}{_COUNT_UNIT}"
)
_PLATELETS = re.compile(rf"(?<![a-z])(platelets?|platelet count|plts?|plat|plats|thrombocytes)(?![a-z]){_LINK}{_NUMBER}{_COUNT_UNIT}")
_THEN = re.compile(
    rf"[^.;\n]{{0,40}}?(?:\bnow\b|\btoday\b|\bcurrently\b|->|→|\bis\b|\band then\b|\bthen\b|\bup to\b|\brecovered to\b|\bback (?:up )?to\b|\brisen to\b|\bcurrent\b|\bthis morning\b)\s*(?:is|at|back|up|to|:|=|\s)*{_NUMBER}{_COUNT_UNIT}|\s*(?:[^.;\n]{{0,48}}?)(?:[;,]|\band\b|\bbut\b)\s*{_NUMBER}{_COUNT_UNIT}\s*(?:now|today|this a\.?m|this morning|currently)"
)
# 'from 1.9 to 0.3', '1.2 (1/4) 0.7 (8/4)': what follows at once is a later value.
_SERIES = re.compile(rf"(?:\s*(?:to|->|→)|[\s.,-]{{0,5}}(?:sorry|oops|i mean|make that)|\s*\([^)]{{1,12}}\)|\s*\([^)]{{1,12}}\)\s*(?:to|->|→))\s*{_NUMBER}{_COUNT_UNIT}(?!\s*mg|\s*(?:weeks?|days?|wks?))")
# 'Platelets are 38, they were 15 last week': the lowest, which decides beside the current one (spec, section 4.5).
_LOWEST = re.compile(
    rf"(?:[^.;\n\d]{{0,16}}?|\s?(?:now|today|currently)?[.;,\n]?\s*(?:(?:but|and|though|although|up)\s)?(?:they|it|that|these|count|counts|plts?|platelets|the)?[^.;\n\d]{{0,16}}?)"
    rf"\b(?:was|were|been|nadir(?: of| was| at| count)*:?|lowest(?: of| was| point| count| value)*:?|worst(?: of| was| point)*:?|low of|min(?:imum)?(?: of| was)?|fell to|dipped to|dropped to|bottomed(?: out)? at|got to|as low as|down (?:to|at)|from)"
    rf"(?: only| just| about| around| as low as| down to| down at)*\s*{_NUMBER}{_COUNT_UNIT}"
)
# 'Platelets 38 (19 at worst)', 'the nadir was 19': the lowest with its word behind it.
_LOWEST_AFTER = re.compile(rf"[\s,;.(]{{0,4}}(?:and |but |having been |after |with )?{_NUMBER}{_COUNT_UNIT}(?=\s*(?:at (?:the |its |their |his |her )?(?:worst|lowest|nadir|bottom|trough)|nadir|lowest|last week|a week ago|on admission))")
# A grade or a word stands for a count (CTCAE v5.0: grade 4 is below 0.5 and below 25).
_GRADES = (
    ("anc", re.compile(r"\b(?:grade|gr|g)\s?(?:4|iv) neutrop\w+(?! fever)|\bneut\w*(?: count)?(?: are| is| were)? (?:undetectable|unrecordable|nil|zero)\b|\bsevere neutrop\w+ \(?<\s?0?\.5"), 0.4),
    ("platelets", re.compile(r"\b(?:grade|gr|g)\s?(?:4|iv) thrombocytop\w+"), 20.0),
)
_TEMPERATURE = re.compile(
    rf"(?<![a-z])(?:t|temp|temps|temperatures?|temperatur|temperature|tmax|t max|fevers?|febrile|pyrexia\w*|spik\w+|pyrexic|afebrile|apyrexial|afeb|thermometer|thermo)(?![a-z])(?:\s|max|of|at|to|was|is|up|this|morning|overnight|now|today|last|night|am|pm|a|one|around|about|still|still at|only|peaked|hit|\.(?=\s)|reading|reads|read|says|said|showed|shows|came|back|\d{{1,2}}:\d\d|[:=~>(,|-])*{_NUMBER}\s*(?:deg\w*|°)?\s*(c|f)?(?![a-z0-9/])"
)
_BARE_TEMPERATURE = re.compile(
    r"(?<![\d.,/x^-])(3[5-9]\.\d|4[0-2]\.\d|9[5-9]\.\d|10[0-6]\.\d|10[0-6](?=\s*(?:deg\w*|°|f\b)))\s*(?:deg\w*|°)?\s*(c|f)?(?![a-z0-9%/]|\.\d)"
)
_LABELLED_OTHER = re.compile(
    r"(?:hb|hgb|haemoglobin|hemoglobin|crp|k|na|alb|albumin|creat\w*|cr|urea|wcc|wbc|ldh|ca|igg|egfr|bmi|weight|lactate|bp|hr|rr|inr|ph|hct|mcv|ferritin|glucose|dose|mg|ast|alt|crcl|paraprotein|band|mrd|plts?|platelets?|plat|anc|neuts?|neutro\w*|urate|mg|phos|po4|sats?|spo2)\s*(?:of|is|was|:|=|\s)*$"
)
_POM = r"(?:pomalidomid\w*|pom|poma|imnovid|pomalyst|pom-?dex|[a-z]{0,4}pd|capsules?)"
_DOSE_NEAR = re.compile(
    rf"(?<![a-z]){_POM}(?![a-z])(?:\s|at|was|dose|of|on|the|is|previously|before|usual|\(|,|c\d+d?\d*|=|:)*\(?([1-4])(?:\s?-?mg|\s*m\b|\s+milligrams?|(?=[\s,.;?)]|$)(?!\s*(?:days?|weeks?|wks?|months?|x|/|%|[a-z]*\s*ago|of\b|out\b|more|cycles?|doses?|lines?|prior|patients|pts|and\b)))"
)
_DOSE_AFTER = re.compile(rf"(?<![\d./])([1-4])\s?-?(?:mg|milligrams?)\s+(?:of\s+|od\s+|daily\s+|dose\s+of\s+)?{_POM}(?![a-z])")
_DOSE_BARE = re.compile(
    r"(?<![\d./,])([1-4]|one|two|three|four)\s?-?(?:mg|milligrams?)(?![a-z/])(?!\s*(?:of\s+)?(?:dex|iv|tds|bd|qds|tid|bid|q\d|/|kg|m2))"
)
_PROPOSED = re.compile(
    r"(?:restart|resume|back|go|start|drop|reduce|lower|cut|step|down|now|straight|up)\w*\s*(?:\w+\s){0,3}(?:at|on|to|with)\s*$|(?:\bor|\bto|\binto|instead of|\bvs)\s*$"
)
_WORD_DOSE = {"one": 1, "two": 2, "three": 3, "four": 4}
_FILTRATION = re.compile(
    rf"(?<![a-z])(e?gfr|crcl|cr cl|ccr|creatinine clearance|creat clearance|c-?g crcl|clearance|filtrate|(?:glomerular )?filtration(?: rate)?)(?![a-z])(?:\s|of|is|was|has|have|now|today|at|about|around|only|down|to|came|back|currently|measured|stable|settled|hovering|steady|sits|stuck|[:=~<>(|-])*{_NUMBER}"
)
_CREATININE = r"(?<![a-z])(?:s\.?\s?)?(?:serum )?(?:creatinine|creat|scr|cr|sr creat\w*)(?![a-z])(?! ?(?:clearance|cl\b))"
_CREATININE_VALUE = rf"(?:\s|is|was|of|at|now|today|up|to|risen|rose|jumped|bumped|only|[:=~>,(-]){{0,8}}{_NUMBER}(?!\s*(?:%|/\d|x\s?10))\s*(?:u?mol/l|umol|micromol(?:es)?(?:/l)?|mg/dl)?"
_BASELINE = r"(?:baseline|base line|b/l|bl|usual(?:ly)?|normal(?:ly)?|previous(?:ly)?|prior|his usual|her usual|last month|known|was)(?:\s|is|of|at|was|about|around|runs|sits|[:=~-]){0,5}"
# 'Creat 310 (usually 95)', '88 up to 340', 'baseline 90, now 310': the later of two values of creatinine with the earlier.
_RISES = (
    re.compile(rf"{_CREATININE}{_CREATININE_VALUE}[\s,;(]*(?:from )?(?:an? )?{_BASELINE}{_NUMBER}"),
    re.compile(rf"{_CREATININE}{_CREATININE_VALUE}[\s,;(]*(?:up )?from (?:an? )?(?:{_BASELINE})?{_NUMBER}"),
)
_RISES_LATER = (
    re.compile(rf"{_CREATININE}{_CREATININE_VALUE}\s*(?:on \w+ )?(?:(?:at |as )?(?:baseline|usually|normally))?[\s,;]*(?:up to|to|->|→|-->|now|rose to|risen to|then)\s*{_NUMBER}"),
    re.compile(rf"{_CREATININE}\s*(?:was )?(?:from )?(?:an? )?{_BASELINE}{_NUMBER}[\s,;)]*(?:up to|to|->|→|and now|now|today|rose to|risen to)\s*{_NUMBER}"),
)
_CREATININE_ONLY = re.compile(rf"{_CREATININE}{_CREATININE_VALUE}")
# A creatinine above this is a filtration below 60 mL/min at any adult age (CKD-EPI 2021); values from 25 on are in micromol/L.
_HIGH_MG, _HIGH_UMOL, _MICROMOL_FROM = 2.0, 180.0, 25.0
# 'Was 310, now back to 90': what it came down to.
_CAME_DOWN = re.compile(rf"[^.;\n\d]{{0,24}}?(?:now|today|back|down|settled|recovered|improved|better|->|→)[^.;\n\d]{{0,14}}{_NUMBER}")
# A creatinine of one and a half times the baseline is acute kidney injury (KDIGO).
_INJURY = 1.5
_MONTHS = re.compile(
    r"(?:on (?:it|pom\w*|imnovid|pomalyst|therapy|treatment)\s*(?:for|since)?\s*|for\s+)(\d+)\s*(months?|mths?|weeks?|wks?)(?!\s*(?:ago|back))|(\d+)\s*(months?|mths?|weeks?|wks?)\s+(?:in\b|into|on (?:pom|treatment|therapy|imnovid))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit normalised, and where it stands; `ambiguous` where it was not settled."""

    name: str
    value: float
    start: int
    end: int
    ambiguous: bool = False
    nadir: bool = False


def number(text: str) -> float:
    """A number as typed: decimal comma, thousands comma or space, a leading point."""
    text = text.strip()
    if re.fullmatch(r"\d{1,3}(?:[, ]\d{3})+", text):
        return float(re.sub(r"[, ]", "", text))
    return float(text.replace(",", "."))


def _count(name: str, raw: str, unit: str | None, limits: tuple[float, float]) -> tuple[float, bool]:
    """A count in 10^9/L, and whether it is ambiguous. limits: bare values up to the first are 10^9/L, from the second per microlitre."""
    value = number(raw)
    unit = (unit or "").replace(" ", "")
    if unit.startswith("la"):  # a lakh is 100 000 in a microlitre
        return value * 100, False
    if re.search(r"ul|mcl|mm|micro|cells|cubic", unit) and not unit.startswith(("k", "x10", "10")):
        return value / 1000, False
    if unit:
        return (value / 1000, False) if value >= limits[1] * 2 and name == "anc" else (value, False)
    if value <= limits[0]:
        return value, False
    return (value / 1000, False) if value >= limits[1] else (value, True)


_COUNTS = {"anc": (_ANC, (20.0, 50.0)), "platelets": (_PLATELETS, (1000.0, 1500.0))}


def counts(folded: str) -> list[Quantity]:
    """ANC and platelets in 10^9/L in the order of the text; of 'was 0.3, now 1.2' both, the later last."""
    found: list[Quantity] = []
    for name, (pattern, limits) in _COUNTS.items():
        for match in pattern.finditer(folded):
            if re.match(r"\s*(?:%|mg|/\d|[:h]\d\d)", folded[match.end(2) :]) or (
                name == "anc" and re.match(r"\s*(?:st|nd|rd|th)\b", folded[match.end(2) :])
            ):
                continue
            value, ambiguous = _count(name, match.group(2), match.group(3), limits)
            value = _beyond(value, folded[match.start() : match.start(2)])
            nadir = "nadir" in match.group(0)
            found.append(Quantity(name, value, match.start(), match.end(), ambiguous, nadir))
            end = match.end()
            while following := _SERIES.match(folded, end):
                value, ambiguous = _count(name, following.group(1), following.group(2), limits)
                found.append(Quantity(name, value, following.start(1), following.end(), ambiguous))
                end = following.end()
            if name == "platelets" and (low := _LOWEST.match(folded, end) or _LOWEST_AFTER.match(folded, end)):
                value, ambiguous = _count(name, low.group(1), low.group(2), limits)
                found.append(Quantity(name, value, low.start(1), low.end(), ambiguous, nadir=True))
            while later := _THEN.match(folded, end):
                group = 1 if later.group(1) else 3
                if _other_label(folded[end : later.start(group)]):
                    break
                value, ambiguous = _count(name, later.group(group), later.group(2), limits)
                end = later.end()
                found.append(Quantity(name, value, later.start(group), end, ambiguous))
    if not any(q.name == "anc" and not q.ambiguous for q in found):
        reckoned = list(differentials(folded))
        found = [q for q in found if q.name != "anc" or not any(d.start <= q.start < d.end for d in reckoned)]
        found += [Quantity("anc", d.value, d.start, d.end) for d in reckoned]
    for name, pattern, value in _GRADES:
        found += [Quantity(name, value, m.start(), m.end()) for m in pattern.finditer(folded)]
    return sorted(found, key=lambda q: q.start)


def _beyond(value: float, before: str) -> float:
    """A count that is only bounded: '<0.5' is below 0.5 and '>0.5' above it, by one per cent."""
    if re.search(r"<(?!=)|\bnot(?: yet)? (?:above|over)\b|\bbelow\b|\bunder\b|\bless than\b", before):
        return round(value * 0.99, 4)
    return round(value * 1.01, 4) if re.search(r">(?!=)|\babove\b|\bover\b|\bmore than\b|\bgreater than\b", before) else value


def _other_label(between: str) -> bool:
    """Whether another measurement is named in between, so that the number is not a later value of the first."""
    return bool(
        re.search(
            r"\b(?:hb|hgb|crp|plts?|platelets?|plat|anc|neuts?|neutrophils?|wbc|wcc|temp|t|k|na|creat\w*|cr|egfr|dose|pom|afebrile|sats?|spo2|day|age)\b",
            between,
        )
    )


def temperatures(folded: str) -> list[Quantity]:
    """Temperatures in degrees Celsius: 34 to 43 is Celsius, 93 to 110 Fahrenheit."""
    found: dict[int, Quantity] = {}
    for match in [*_TEMPERATURE.finditer(folded), *_BARE_TEMPERATURE.finditer(folded)]:
        if match.re is _BARE_TEMPERATURE and _LABELLED_OTHER.search(folded[max(0, match.start() - 16) : match.start()]):
            continue
        value = number(match.group(1))
        if 93 <= value <= 110 and match.group(2) != "c":
            value = round((value - 32) / 1.8, 1)
        if 34 <= value <= 43 and match.start(1) not in found:
            found[match.start(1)] = Quantity("temperature", value, match.start(1), match.end())
    return [found[key] for key in sorted(found)]


def doses(folded: str) -> list[Quantity]:
    """Doses of pomalidomide in mg that were taken, best first; a dose that is proposed for the restart is none."""
    found: list[tuple[int, Quantity]] = []
    for rank, pattern in enumerate((_DOSE_NEAR, _DOSE_AFTER, _DOSE_BARE)):
        for match in pattern.finditer(folded):
            raw = match.group(1)
            value = float(_WORD_DOSE.get(raw, 0) or raw)
            if not _PROPOSED.search(folded[max(0, match.start() - 30) : match.start()]) and not re.search(
                r"(?:dex\w*|steroids?)\s*$", folded[max(0, match.start() - 16) : match.start()]
            ):
                found.append((rank, Quantity("dose_mg", value, match.start(1), match.end())))
    return [quantity for _, quantity in sorted(found, key=lambda f: (f[0], f[1].start))]


def filtrations(folded: str) -> list[Quantity]:
    """eGFR or creatinine clearance in mL/min."""
    return [Quantity("filtration", number(m.group(2)), m.start(), m.end()) for m in _FILTRATION.finditer(folded)]


def creatinine_raised(folded: str) -> Quantity | None:
    """A creatinine that shows impaired kidneys: well above any normal, or one and a half times the baseline beside it; None without one.

    Its value is the creatinine as typed, in mg/dL or micromol/L.
    """
    for patterns, now, before in ((_RISES, 1, 2), (_RISES_LATER, 2, 1)):
        for pattern in patterns:
            for match in pattern.finditer(folded):
                current, earlier = number(match.group(now)), number(match.group(before))
                same_unit = (current < _MICROMOL_FROM) == (earlier < _MICROMOL_FROM)
                if earlier and current >= _INJURY * earlier and same_unit and not _came_down(folded, match.end(), current):
                    return Quantity("creatinine", current, match.start(), match.end())
    for match in _CREATININE_ONLY.finditer(folded):
        value = number(match.group(1))
        if (_HIGH_MG <= value < _MICROMOL_FROM or value >= _HIGH_UMOL) and not _came_down(folded, match.end(), value):
            return Quantity("creatinine", value, match.start(), match.end())
    return None


def _came_down(folded: str, end: int, value: float) -> bool:
    later = _CAME_DOWN.match(folded, end)
    return later is not None and number(later.group(1)) * _INJURY <= value


def months_on_therapy(folded: str) -> list[Quantity]:
    """Time on pomalidomide in months (weeks divided by 4.35)."""
    found = []
    for match in _MONTHS.finditer(folded):
        amount, unit = (match.group(1), match.group(2)) if match.group(1) else (match.group(3), match.group(4))
        value = float(amount) if unit.startswith("m") else round(float(amount) / 4.35, 1)
        found.append(Quantity("months_on_therapy", value, match.start(), match.end()))
    return found
