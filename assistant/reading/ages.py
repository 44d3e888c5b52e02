"""Ages in years, in figures and in words, wherever a message puts them; never a relative's."""

from __future__ import annotations

import re

from assistant.reading.quantities import Quantity

_AGE = re.compile(
    r"(?<![\d./])(\d{2,3})\s*(?:-|\s)?\s*(?:y(?:ea)?rs?(?:\s|-)*(?:old|of age)?|yo\b|y/o|y\.o\.?|yr\b|yrs\b|y\b|(?:m|f|male|female|man|woman|lady|gentleman|gent)(?![a-z/²0-9]))"
    r"|(?:aged?|(?:dad|mum|mom|husband|wife|father|mother|patient|nan|gran|brother|sister) is|age of|lady of|gentleman of|gent of|woman of|man of|chap of|patient of|hes|shes|he's|she's|he is|she is|i'm|im|i am|who is|turned|turns|is now|just turned|dob.{0,20}age)\s*:?\s*(\d{2,3})(?!\d|[.,]\d|[/%]|\s*(?:mg|kg|days?|weeks?|months?|wks?|d\b|h\b|hours?|ml|l\b|c\b|%))"
    r"|(?:(?:mr|mrs|ms|miss|mx)\.?\s+[a-z'-]{1,14}|patient|pt|lady|gentleman|gent|man|woman|mum|dad|mom|nan|father|mother|husband|wife),?\s+\(?(\d{2,3})(?=[,;:.)](?!\d)|\s(?!\s*(?:mg|%|kg|/|days?|weeks?|h\b)))"
    r"|(?<![a-z/])(?:m|f)\s?(\d{2})(?=[\s,;]|\.(?!\d))(?!\s?/)|(?<![\d.])(\d{2})(?=\s+(?:on|with)\s+(?:pom|imnovid|pomalyst))|(?:my|the|an?|at|of|our)\s+(\d{2})(?:-| )(?:year|yr|yo)"
)  # fmt: skip
_KIN = r"(?:dad(?:dy)?|mum(?:my)?|mom(?:my)?|mammy|mam|papa|mama|da|pop|nan(?:na)?|gran(?:ny|dad|dpa|dma|ddad)?|grandmother|grandfather|husband|wife|partner|father|mother|brother|sister|uncle|auntie?|patient|pt|client|lady|gentleman|gent|man|woman|chap|lad|guy|gal|resident|neighbour|friend)"
_NOT_YEARS = r"(?!\d|[.,]\d|[/%]|\s*(?:mg|kg|days?|weeks?|months?|wks?|d\b|h\b|hours?|ml|l\b|c\b|%|x\b|of\b|out of|pills|tablets|doses))"
# Ages in a fixed place: 'Dad's 88', 'the patient is 78/M', 'grandma who's 86', 'born 1948, so 77', '84 and living alone', 'Jeanie, 78, on ...'.
_AGE_PLACED = (
    re.compile(rf"(?<!his )(?<!her )(?<!their )(?<!whose )\b{_KIN}(?:'s|s)?,? (?:is |was |who's |who is |whos |she's |he's |hes |shes |now |just |then ,?|then, |aged? |at |only )*\(?(\d{{2,3}})(?=[\s,;.:)!?]|$){_NOT_YEARS}"),
    re.compile(r"(?<![\d./])(\d{2})\s?/\s?(?:m|f)(?![a-z])"),
    re.compile(r"(?<![a-z])(?:m|f)\s?/\s?(\d{2})(?![\d/])"),
    re.compile(r"\bborn (?:in )?(?:19|20)\d\d\b[\s,;-]{0,3}(?:so|making|which makes|that makes|hence|ie|i\.e\.|=)\s*(?:(?:he|she|him|her|me|i|they)(?:'s|s| is| am|'m)? )?(?:now )?(\d{2})\b"),
    re.compile(r"\b(?:lady|gentleman|gent|man|woman|chap|patient|pt)(?: now)?: (\d{2})(?=, )"),
    re.compile(r"^\s*(\d{2})(?= and (?!\d)|, [a-z])"),
    re.compile(r"\b(?:his|her|my|their) (\d{2})(?:th|st|nd|rd)\b(?! (?:cycle|day|dose|percentile|capsule|week))"),
    re.compile(r"\b\d{2} ?(?:m|f|yo|yof|yom)\b[.,]? (?:no|sorry|wait|correction|i mean|make that),? (\d{2})(?= |[,.]|$)(?! ?(?:mg|kg|days?|weeks?|%))"),
    re.compile(r"\b(?:birthday|bday|b-?day) [^.;\d]{0,25}\bso (?:now |he is |she is |hes |shes )?(\d{2})\b"),
    re.compile(r"^\s*(?!(?:t|temp|sats|spo2|hb|hgb|crp|egfr|crcl|cr|creat|alt|ast|anc|neuts?|plts?|pulse|hr|bp|wt|weight|bmi|ward|bed|room|bay|day)\b)[a-z][a-z'-]{2,12},? \(?(\d{2})(?:,|\),?)(?= )"),
)
# 'Husband 81 had it in May'.
_RELATIVE = re.compile(r"(?:husband|wife|partner|father|mother|brother|sister|dad|mum|mom),?\s")
_IS_ILL = re.compile(r"\)?,? (?:had|has|caught|died|was|is (?:ill|unwell|down|off))\b")
# '101 f' is a temperature and no woman.
_FAHRENHEIT = re.compile(r"\s?f(?![a-z])")
# 'His dad is 88': another person's age.
_SOMEBODY_ELSE = re.compile(r"\b(?:his|her|their|patient's|pt's) (?:(?:older|younger|elderly|own|late) )?(?:dad|mum|mom|husband|wife|partner|father|mother|nan|gran\w*|brother|sister|uncle|aunt|neighbour|friend)(?: is|'s| who is| who's|,)?(?: now)? *$")
_ALMOST = re.compile(r"\s*(?:next|in (?:a|\d|two|three)|soon|tomorrow|on (?:mon|tues|wednes|thurs|fri|satur|sun|the)|this (?:month|week|friday))")
_AGE_WORDS = re.compile(
    r"(?<![a-z])(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[\s-](one|two|three|four|five|six|seven|eight|nine))?(?=[\s-]*(?:year|yr|yo\b|y/o)|\s*[.,;)]|\s+(?:in|and|on|full stop|comma)\s|\s*$)"
)
_IS = re.compile(r"(?:\bhe's|\bshe's|\bhes|\bshes|\bis|\baged|\bturned|\bi'm|\bim) (?:now )?$")
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_UNITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}


def ages(folded: str, *, age_known: bool = False) -> list[Quantity]:
    """Ages in years, 18 to 110; 'not 68' is left out, so that a correction reads as one.

    `age_known`: an earlier turn gave an age, so that 'actually 78' is one.
    """
    found: list[Quantity] = []
    for match in _AGE.finditer(folded):
        group = next(g for g in range(1, 7) if match.group(g))
        value = float(match.group(group))
        before = folded[max(0, match.start(group) - 14) : match.start(group)]
        if _is_a_relatives(folded, match, group):
            continue
        if 93 <= value <= 110 and _FAHRENHEIT.match(folded, match.end(group)):
            continue
        if before.endswith("turns ") and _ALMOST.match(folded, match.end(group)):
            value -= 1
        if 18 <= value <= 110 and not re.search(
            r"(?:\bnot|beds?|ward|bay|room|subj\w*|over|under|above|beyond|>|<|until|than|at|apply at) *$", before
        ):
            found.append(Quantity("age", value, match.start(group), match.end(group)))
    known = {q.start for q in found}
    for placed in _AGE_PLACED:
        if found and placed is _AGE_PLACED[0]:
            continue  # '78F ..., sister 66 died': where the patient's age is told so, a relative's is another
        found += [
            Quantity("age", float(m.group(1)), m.start(1), m.end(1))
            for m in placed.finditer(folded)
            if m.start(1) not in known and not _is_a_relatives(folded, m, 1) and 30 <= float(m.group(1)) <= 105
        ]
        known |= {q.start for q in found}
    for match in _AGE_WORDS.finditer(folded):
        told = re.match(r"[\s-]*(?:year|yr|yo\b|y/o)", folded[match.end() :]) or _IS.search(folded[max(0, match.start() - 10) : match.start()])
        if not told:
            continue
        found.append(Quantity("age", float(_TENS[match.group(1)] + _UNITS.get(match.group(2) or "", 0)), match.start(), match.end()))
    for match in re.finditer(
        r"(?:actually|correction|typo|make that|i meant|sorry|should be|in fact)[^.\n]{0,30}?\b(\d{2})\b(?:\s*(?:not|rather)\b|\s*$|\s*[.,!])", folded
    ):
        value = float(match.group(1))
        if 30 <= value <= 105 and (found or age_known):
            found.append(Quantity("age", value, match.start(1), match.end(1)))
    return sorted(found, key=lambda q: q.start)


def _is_a_relatives(folded: str, match: re.Match[str], group: int) -> bool:
    """'His dad is 88', 'husband 81 had it in May': the age of somebody beside the patient."""
    if _SOMEBODY_ELSE.search(folded[max(0, match.start(group) - 30) : match.start(group)]):
        return True
    own = folded[max(0, match.start() - 4) : match.start()].endswith(("my ", "our "))
    return not own and bool(_RELATIVE.match(match.group()) and _IS_ILL.match(folded, match.end(group)))
