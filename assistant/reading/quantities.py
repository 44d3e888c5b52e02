"""Temperatures, doses and filtration, with every unit and style people type, normalised."""

from __future__ import annotations

import re
from dataclasses import dataclass

FEVER = 38.0
"""Degrees Celsius from which a temperature is a fever (spec, section 4.1)."""
_NUMBER = r"(\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?|[.,]\d+)"
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
    """A value with its unit normalised, and where it stands.

    `ambiguous`: it could mean two things and was not guessed (a bare ANC between 20 and 50). `nadir`: a count that lies
    behind the current one.
    """

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
