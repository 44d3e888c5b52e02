"""What is asked: a decision on pomalidomide, a fact of the article, something outside, or nothing; and about whom."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reading.lexicon import lexicon
from assistant.reading.scan import Scan
from assistant.records import Drug

_PATIENT_WORDS = re.compile(
    r"(?<!\S)(?:he|she|his|her|him|hers|hes|shes|pt|pts|patient|patients? on|mr|mrs|ms|my|our|this|i|im|ive|me|yo|lady|gentleman|gent|man|woman|chap|bloke|guy|today|tonight|now|yesterday|bed|subject|subj|started|day|\S+mg|mg|dad|mum|mom|husband|wife)(?!\S)"
)
_POM_IN_THE_PAST = re.compile(r"(?<!\S)(?:finished with|stopped|came off|off|progressed (?:on|through)|failed|after|previous|prior|previously on|was on|used to (?:be on|take)|had|completed|refractory to|exposed to|post) (?:\S+ ){0,2}<pom>")
_VERB = r"(?:pause|hold|stop|delay|postpone|continue|omit|skip|drop|withhold|give|restart|resume|reduce|defer|keep)"
_OTHER_ASKED = re.compile(rf"(?<!\S){_VERB} (?:\S+ ){{0,2}}<drug>")
_POM_ASKED = re.compile(rf"(?<!\S){_VERB}(?: \S+){{0,3}} <pom>|<pom>(?: \S+){{0,4}} {_VERB}(?!\S)|<pom> (?:\S+ )?\?")


def topics_of(scan: Scan) -> tuple[str, ...]:
    """The facts of the article that a message asks about, most telling first."""
    found = []
    for topic, any_of, all_of, none_of in lexicon().topics:
        lines = (scan.plain.text, scan.quinolones.text)
        if not _stands(any_of, lines):
            continue
        if all(any(p.search(line) for line in lines) or p.pattern == r"(?<!\S)(?:.)(?!\S)" for p in (*all_of.plain, *all_of.classed)) and not _stands(none_of, lines):
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
    if ours and others and _asks_about_the_other(scans[-1]):
        return Drug.OTHER, others[-1].name
    if ours:
        return Drug.POMALIDOMIDE, ""
    if others:
        return Drug.OTHER, others[-1].name
    return Drug.UNSPECIFIED, ""


def _asks_about_the_other(last: Scan) -> bool:
    """Pomalidomide is over, and what is asked about is another drug."""
    line = last.classed.text
    return bool(_OTHER_ASKED.search(line)) and not _POM_ASKED.search(line) and bool(_POM_IN_THE_PAST.search(line))


def speaks_of_a_patient(scan: Scan) -> bool:
    """Whether a message speaks of somebody, and not in general."""
    return bool(_PATIENT_WORDS.search(scan.plain.text)) or bool(scan.of("antimicrobial")) or bool(re.search(r"\d{2} ?(?:m|f|yo|y)(?!\S)", scan.plain.text))
