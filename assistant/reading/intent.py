"""What is asked: a decision on pomalidomide, a fact of the article, something outside, or nothing; and about whom."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reading.items import Scan
from assistant.reading.lexicon import lexicon
from assistant.reading.phrases import phrase
from assistant.records import Drug

_PATIENT_WORDS = re.compile(
    r"(?<!give )(?<!tell )(?<!show )(?<!remind )(?<!for )(?<!\S)(?!pt (?:ed|education|leaflet|info|information)(?!\S))(?:he|she|his|her|him|hers|hes|shes|pt|(?:the|this|my|our|a|one) (?:\S+ )?(?:patient|lady|gentleman|gent|man|woman|chap|bloke|guy|subject)|mr|mrs|ms|miss|i|im|ive|me|my|yo|today|tonight|now|yesterday|bed|subject|subj|\d+ ?mg|(?:creat|creatinine|crp|hb|lactate|wbc|wcc|anc|plts?|bp|sats|spo2|temp) \d\S*|dad|mum|mom|husband|wife|c\d+d\d+)(?!\S)"
)
_POM_IN_THE_PAST = re.compile(
    r"(?<!\S)<pom> (?:\S+ ){0,2}(?:years ago|months ago|stopped at relapse)|(?<!\S)(?:finished with|stopped|came off|off|progressed (?:on|through)|failed|after|previous|prior|previously on|was on|used to (?:be on|take)|had|completed|refractory to|exposed to|post|switched from|moved from|changed from|swapped from) (?:\S+ ){0,2}<pom>|<pom> (?:\( )?(?:was |is |had been )?(?:d ?/ ?cd?|dcd|dc d|abandoned|stopped|over|finished|discontinued|dropped|failed|given up|long gone|ended|binned)"
)
# 'Teclistamab, pomalidomide two lines ago': another treatment has taken its place.
_LINES_AGO = re.compile(r"<pom> (?:was |being |some |about )*(?:\S+ ){0,2}(?:lines?|regimens?) (?:of therapy )?(?:ago|back|earlier|before)(?!\S)")
_NO_POM = re.compile(
    r"(?<!\S)(?:no|not on|without|never had|has never had|never been on|had never|never on|isnt on|not taking|never taken|never started|hasnt had|not|off) (?:\S+ ){0,1}<pom>|(?<!\S)(?:never|rather than|instead of) <pom>(?! (?:again|until|till|unless))"
    r"|<pom> (?:[^ .]+ ){0,4}(?:comparator|control|other|standard) arm(?: [^ .]+){0,6} not (?:randomi[sz]ed|allocated|assigned)|(?<!\S)(?:not|never) (?:randomi[sz]ed|allocated|assigned) to (?:the )?<pom>"
)
_ALONE = re.compile(r"(?<!\S)<drug> (?:\S+ )?(?:alone|only|monotherapy|by itself|maintenance|instead)(?!\S)|(?<!\S)only <drug>")
# 'Lenalidomide only: same approach as with pomalidomide?': it is named to be compared with.
_COMPARED = re.compile(
    r"(?<!\S)(?:same|similar|similarly|identical|identically|equally|equivalent|analogous|like|likewise|just|apply|applies|extrapolate|extrapolated|treated)(?: \S+){0,4} (?:as|to|with|like|from)(?: (?:with|for|in|to|on|the|your|our))* <pom>"
    r"|<pom> (?:rules?|algorithm|advice|approach|guidance|hold rules?)(?: \S+){0,3} (?:apply|applies|valid|good|work|works|transfer|carry)"
)
# A turn of so few words that names another drug alone ('ok and Darzalex') asks about it.
_SHORT = 4
_ALSO = re.compile(r"(?<!\S)(?:also|as well|too|alongside|in addition)(?!\S)")
_SOURCE = re.compile(
    r"(?<!\S)(?:(?:the|your|this|that|said) (?:\S+ )?(?:article|source|sources|text|page|paper|write up|writeup|review|piece|document|reference|author|authors|citation|material)|according to|reference (?:number|no)?|cited|citation|the guidance say|article (?:view|line|stance|answer|position|wording)(?!\S))"
)
_VERB = r"(?:bring|reintroduce|recommence|rechallenge|pause|hold|stop|delay|postpone|continue|omit|skip|drop|withhold|give|restart|resume|reduce|defer|keep)"
_OTHER_ASKED = re.compile(rf"(?<!\S)(?:{_VERB}|do with|about) (?:\S+ ){{0,2}}<drug>|<drug> (?:\S+ ){{0,2}}{_VERB}(?!\S)")
_POM_ASKED = re.compile(rf"(?<!\S){_VERB}(?: \S+){{0,3}} <pom>|<pom>(?: \S+){{0,4}} {_VERB}(?!\S)|<pom> (?:\S+ )?\?")


def topics_of(scan: Scan) -> tuple[str, ...]:
    """The facts of the article that a message asks about, most telling first."""
    found = []
    for topic, any_of, all_of, none_of in lexicon().topics:
        lines = (scan.plain.text, scan.quinolones.text)
        if not _stands(any_of, lines):
            continue
        if all(any(p.search(line) for line in lines) or p.pattern == r"(?<!\S)(?:.)(?!\S)" for p in (*all_of.plain, *all_of.classed)) and not _stands(
            none_of, lines
        ):
            found.append(topic.id)
    return tuple(found)


def _stands(cues: object, lines: tuple[str, str]) -> bool:
    plain, classed = cues.plain, cues.classed  # type: ignore[attr-defined]
    return any(p.search(lines[0]) for p in plain) or any(p.search(lines[1]) for p in classed)


def drug_of(scans: Sequence[Scan]) -> tuple[Drug, str]:
    """Which drug the conversation is about, and the name of the other drug where it is one."""
    drugs = [i for scan in scans for i in scan.of("drug")]
    ours = [i for i in drugs if i.entry.role == "pomalidomide"]
    others = [i for i in drugs if i.entry.role != "pomalidomide"]
    if others and (_wrong_drug(scans) or _given_lines_ago(scans)):
        return Drug.OTHER, others[-1].name
    if others and (not ours or _asks_about_the_other(scans[-1]) or _denies_ours(scans) or _only_compares(scans) or _turns_to_another(scans)):
        return Drug.OTHER, others[-1].name
    return (Drug.POMALIDOMIDE, "") if ours else (Drug.UNSPECIFIED, "")


def _wrong_drug(scans: Sequence[Scan]) -> bool:
    """A later turn, or the one turn after pomalidomide is over, that names another drug as the only one."""
    for number, scan in enumerate(scans):
        line = scan.classed.text
        alone, denied = _ALONE.search(line), _NO_POM.search(line) and "<drug>" in line
        if number and (denied or (alone and "<pom>" not in line)):
            return not any("<pom>" in s.classed.text and not _NO_POM.search(s.classed.text) for s in scans[number + 1 :])
        if alone and _POM_IN_THE_PAST.search(line):
            return True
    return False


def _given_lines_ago(scans: Sequence[Scan]) -> bool:
    """Whether every mention of pomalidomide says that it was given lines of therapy ago."""
    return _every_mention(scans, _LINES_AGO)


def _denies_ours(scans: Sequence[Scan]) -> bool:
    """'carfilzomib and dex only (no pom)': every mention of pomalidomide says that it is not taken."""
    return _every_mention(scans, _NO_POM)


def _only_compares(scans: Sequence[Scan]) -> bool:
    """'My lenalidomide patients with shingles: same as pom?': every mention of pomalidomide is what another drug is compared with."""
    return _every_mention(scans, _COMPARED)


def _every_mention(scans: Sequence[Scan], pattern: re.Pattern[str]) -> bool:
    """Whether a pattern is found as often as pomalidomide is named."""
    lines = [scan.classed.text for scan in scans]
    return sum(line.count("<pom>") for line in lines) == sum(len(pattern.findall(line)) for line in lines)


def _turns_to_another(scans: Sequence[Scan]) -> bool:
    """Whether the last turn asks about another drug alone."""
    last = scans[-1]
    names = {i.entry.role == "pomalidomide" for i in last.of("drug")}
    if names == {False} and len(scans) > 1 and _ALONE.search(last.classed.text):
        return True
    return (
        len(scans) > 1
        and names == {False}
        and ("?" in last.text or len(last.tokens) <= _SHORT or bool(_OTHER_ASKED.search(last.classed.text)))
        and not _ALSO.search(last.plain.text)
    )


def asks_of_another_drug(last: Scan) -> bool:
    """Whether what is asked about is another drug, and not pomalidomide."""
    line = last.classed.text
    return bool(_OTHER_ASKED.search(line)) and not _POM_ASKED.search(line)


def _asks_about_the_other(last: Scan) -> bool:
    """Pomalidomide is over, and what is asked about is another drug."""
    return asks_of_another_drug(last) and bool(_POM_IN_THE_PAST.search(last.classed.text))


def names_the_source(scan: Scan) -> bool:
    """Whether a message asks what the article says."""
    return bool(_SOURCE.search(scan.plain.text))


def speaks_at_large(scan: Scan) -> bool:
    """Whether a message says itself that it is about nobody in particular."""
    return bool(phrase("at_large").search(scan.plain.text))


def speaks_of_a_person(scan: Scan) -> bool:
    """Whether a message has a word for somebody."""
    return bool(_PATIENT_WORDS.search(scan.plain.text))


def speaks_of_a_patient(scan: Scan) -> bool:
    """Whether a message speaks of somebody, and not in general."""
    return (
        speaks_of_a_person(scan)
        or any(i.entry.route != "none" and not i.entry.quinolone for i in scan.of("antimicrobial"))
        or bool(re.search(r"\d{2} ?(?:m|f|yo|y)(?!\S)", scan.plain.text))
    )
